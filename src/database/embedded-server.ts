/**
 * One PostgreSQL server process, from spawn to gone.
 *
 * It never outlives the hub, not even one ended by kill -9: on Linux the kernel sends it SIGINT when the hub dies
 * (`setpriv --pdeathsig`), elsewhere a shell waits for the end of a pipe that the hub holds. It leads a process group
 * of its own, so Ctrl-C in a terminal reaches the hub, which drains first, and not the database under it.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import { HubError } from '../domain/errors.ts'
import type { Clock } from '../domain/clock.ts'
import { isProgram, program } from './embedded-native.ts'
import { BARE_ENV, type Place } from './embedded-place.ts'

const READY = 'database system is ready to accept connections'
const OLD_MEMORY = 'pre-existing shared memory block'
const OLD_MEMORY_PATIENCE_MS = 30_000
const STOP_PATIENCE_MS = 20_000
const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv', '/usr/local/bin/setpriv'].find((path) => existsSync(path))

/** Runs "$@", or nothing when the hub ($1) died before the kernel knew what to do about it. */
const IF_PARENT_LIVES = '[ "$PPID" = "$1" ] || exit 9; shift; exec "$@"'
/** Runs "$@" until it ends or our stdin does, which is when the hub is gone. */
const UNTIL_PIPE_ENDS =
  'exec 3<&0; "$@" </dev/null & pid=$!; (cat <&3; kill -INT $pid) >/dev/null 2>&1 & wait $pid; exit $?'

export type Guard = 'pdeathsig' | 'pipe' | 'none'

/** The signal of a parent's death is the death of the thread that spawned, so only the main thread may use it. */
export function guardFor(platform: NodeJS.Platform = process.platform): Guard {
  if (platform === 'win32') return 'none'
  return platform === 'linux' && SETPRIV && isMainThread ? 'pdeathsig' : 'pipe'
}

/** Starts a program that ends with the hub. */
export function spawnGuarded(command: string, args: string[], place: Place, guard: Guard): ChildProcess {
  const line =
    guard === 'pdeathsig'
      ? [SETPRIV!, '--pdeathsig=INT', '/bin/sh', '-c', IF_PARENT_LIVES, 'sh', String(process.pid), command, ...args]
      : guard === 'pipe'
        ? ['/bin/sh', '-c', UNTIL_PIPE_ENDS, 'sh', command, ...args]
        : [command, ...args]
  return spawn(line[0]!, line.slice(1), {
    cwd: place.account ? '/' : place.folder,
    env: process.platform === 'win32' ? undefined : BARE_ENV,
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
    windowsHide: true,
    ...place.account,
  })
}

export interface Server {
  /** Process id of the server itself. */
  pid: number
  /** Resolves when it has ended, for whatever reason. */
  ended: Promise<string>
  stop(): Promise<void>
}

interface Options {
  place: Place
  settings: string[]
  clock: Clock
  log: (line: string) => void
  guard?: Guard
}

/** Starts the server and waits until it takes connections; replay after a crash may take its time. */
export async function startServer(options: Options): Promise<Server> {
  const until = options.clock.now() + OLD_MEMORY_PATIENCE_MS
  for (;;) {
    await clearTheWay(options)
    const outcome = await tryToStart(options)
    if (typeof outcome !== 'string') return outcome
    // A killed server's last busy process still holds its memory: it ends by itself within seconds.
    if (!outcome.includes(OLD_MEMORY) || options.clock.now() > until) {
      throw new HubError('database-unavailable', `The embedded PostgreSQL did not start: ${outcome}`)
    }
    await options.clock.sleep(250)
  }
}

function tryToStart({ place, settings, log, guard = guardFor() }: Options): Promise<Server | string> {
  const child = spawnGuarded(program(place.native, 'postgres'), ['-D', place.cluster, ...settings], place, guard)
  const last: string[] = []
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(String(error)))
    child.once('exit', (code, signal) => {
      child.stdin?.destroy()
      resolve(`${signal ?? `exit code ${code}`}${last.length ? `: ${last.join(' | ')}` : ''}`)
    })
  })
  child.stdin?.on('error', () => {}) // it may be gone before we let go of it
  return new Promise((resolve) => {
    void ended.then(resolve)
    lines(child, (line) => {
      log(line)
      last.push(line)
      if (last.length > 8) last.shift()
      if (line.includes(READY)) resolve(running(place, child, guard, ended))
    })
  })
}

function running(place: Place, child: ChildProcess, guard: Guard, ended: Promise<string>): Server {
  const pid = guard === 'pdeathsig' ? child.pid! : (pidInFile(place.cluster) ?? child.pid!)
  const stop = async () => {
    if (process.platform === 'win32') {
      spawn(program(place.native, 'pg_ctl'), ['stop', '-D', place.cluster, '-m', 'fast'], { windowsHide: true })
    } else {
      signal(pid, 'SIGINT') // not SIGTERM: that one waits for every client to leave
    }
    const escalate = setTimeout(() => signal(pid, 'SIGQUIT'), STOP_PATIENCE_MS)
    await ended
    clearTimeout(escalate)
  }
  return { pid, ended, stop }
}

/**
 * Ends what an earlier hub left running on this cluster and removes a stale `postmaster.pid`. Only called while
 * the folder's lock is held, so whatever runs there has no hub any more.
 *
 * PostgreSQL refuses to start when the file names any living process of the same account, which after a reboot may be
 * a stranger; and it must not be removed while one of the old server's processes lives, or two servers would write.
 */
async function clearTheWay({ place, clock, log }: Options): Promise<void> {
  const until = clock.now() + OLD_MEMORY_PATIENCE_MS
  for (let tries = 0; ; tries++) {
    const left = serversOn(place.cluster)
    if (left.length === 0) break
    if (clock.now() > until)
      throw new HubError('database-unavailable', `Processes ${left} do not leave ${place.cluster}.`)
    if (tries === 0) log(`ending the server an earlier hub left behind (${left.join(', ')})`)
    const named = pidInFile(place.cluster)
    for (const pid of left) {
      if (tries > 50) signal(pid, 'SIGQUIT')
      else if (tries === 0 && (pid === named || !left.includes(named ?? 0))) signal(pid, 'SIGINT')
    }
    await clock.sleep(200)
  }
  rmSync(join(place.cluster, 'postmaster.pid'), { force: true })
}

/** Every living PostgreSQL process that works in this cluster. Outside Linux only the one that its file names. */
export function serversOn(cluster: string): number[] {
  if (!existsSync(cluster)) return []
  if (process.platform !== 'linux') return [pidInFile(cluster) ?? 0].filter((pid) => pid > 0 && isAlive(pid))
  const home = realpathSync(cluster)
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => linkOf(`/proc/${name}/cwd`) === home && isProgram(linkOf(`/proc/${name}/exe`)))
    .map(Number)
}

function pidInFile(cluster: string): number | undefined {
  try {
    const pid = Number(readFileSync(join(cluster, 'postmaster.pid'), 'utf8').split('\n')[0])
    return Number.isInteger(pid) && pid > 1 ? pid : undefined
  } catch {
    return undefined
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return '' // gone meanwhile, or somebody else's
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // already gone: that is what was wanted
  }
}

/** Calls `each` for every line the program says. */
export function lines(child: ChildProcess, each: (line: string) => void): void {
  for (const stream of [child.stdout, child.stderr]) {
    let rest = ''
    stream?.setEncoding('utf8').on('data', (text: string) => {
      const parts = (rest + text).split('\n')
      rest = parts.pop() ?? ''
      for (const line of parts) if (line.trim()) each(line.trimEnd())
    })
  }
}
