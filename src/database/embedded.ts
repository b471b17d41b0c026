/**
 * A real PostgreSQL of the hub's own, for everybody who has none: made at the first start, stopped with the hub.
 *
 * The cluster is made beside its final place and moved there in one step, so a start that was interrupted leaves
 * nothing that looks like a database. It listens on a socket in a private folder, and never on the network.
 */
import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, readFileSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { totalmem } from 'node:os'
import { join, resolve } from 'node:path'
import { type Clock, realClock } from '../domain/clock.ts'
import { HubError } from '../domain/errors.ts'
import { type FolderLock, lockFolder } from './embedded-lock.ts'
import { program } from './embedded-native.ts'
import { findPlace, type Place, privateFolder } from './embedded-place.ts'
import { type Guard, guardFor, lines, type Server, spawnGuarded, startServer } from './embedded-server.ts'

const USER = 'passerelle'
const DATABASE = 'passerelle'
const PORT_NAME = 5432 // with a socket only part of its file name
/** sun_path holds 108 bytes with its closing zero on Linux, 104 on macOS: PostgreSQL ends with FATAL above that. */
const LONGEST_SOCKET_PATH = process.platform === 'darwin' ? 103 : 107
const MB = 1024 * 1024

export interface EmbeddedOptions {
  /** The hub's data folder; the database lies in it, or where its file WHERE says. */
  dataDir: string
  clock?: Clock
  /** Gets what PostgreSQL says, line by line. */
  log?: (line: string) => void
  /** false: no fsync, for throw-away databases of tests. */
  durable?: boolean
  /** How the server learns of our death; for tests of the other ways. */
  guard?: Guard
}

export interface Connection {
  host: string
  port: number
  user: string
  password: string
  database: string
}

export interface Embedded {
  connection: Connection
  /** Folder of the cluster. */
  dataPlace: string
  /** The server's process id now (it is started again should it end by itself). */
  pid(): number
  stop(): Promise<void>
}

/** @throws HubError `database-locked` when another hub uses the folder, `database-unavailable` when it does not start */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const dataDir = resolve(options.dataDir)
  const log = options.log ?? (() => {})
  const clock = options.clock ?? realClock
  const place = findPlace(dataDir, log)
  const lock = lockFolder(join(place.folder, 'hub.lock'))
  try {
    const password = await prepare(dataDir, place, options)
    const address = await chooseAddress(place)
    const settings = [...address.settings, ...tuning(options.durable ?? true)].flatMap((setting) => ['-c', setting])
    const start = () => startServer({ place, settings, clock, log, guard: options.guard })
    const connection = { host: address.host, port: address.port, user: USER, password, database: DATABASE }
    return keepRunning(await start(), start, { place, lock, clock, log, connection })
  } catch (error) {
    lock.release()
    throw error
  }
}

interface Kept {
  place: Place
  lock: FolderLock
  clock: Clock
  log: (line: string) => void
  connection: Connection
}

/** Starts the server again whenever it ends unasked: a hub without a database helps nobody. */
function keepRunning(first: Server, start: () => Promise<Server>, kept: Kept): Embedded {
  const stopping = new AbortController()
  let server = first
  const watch = async () => {
    for (let wait = 500; !stopping.signal.aborted; wait = Math.min(wait * 2, 30_000)) {
      const why = await server.ended
      if (stopping.signal.aborted) return
      kept.log(`the database ended unasked (${why}); starting it again`)
      await kept.clock.sleep(wait, stopping.signal)
      if (stopping.signal.aborted) return
      try {
        server = await start()
        wait = 250
      } catch (error) {
        kept.log(String(error))
      }
    }
  }
  const watching = watch()
  return {
    connection: kept.connection,
    dataPlace: kept.place.cluster,
    pid: () => server.pid,
    stop: async () => {
      if (stopping.signal.aborted) return void (await watching)
      stopping.abort()
      await server.stop()
      await watching
      await server.stop() // started anew while we asked it to stop
      kept.lock.release()
    },
  }
}

/** Makes the cluster at the first start. @returns the password */
async function prepare(dataDir: string, place: Place, options: EmbeddedOptions): Promise<string> {
  const passwordFile = join(dataDir, 'postgres.password')
  if (!existsSync(join(place.cluster, 'PG_VERSION'))) return makeCluster(place, passwordFile, options)
  refuseOtherMajor(place)
  if (existsSync(passwordFile)) return readFileSync(passwordFile, 'utf8').trim()

  const password = newPassword()
  await singleUser(place, place.cluster, `ALTER ROLE ${USER} PASSWORD '${password}'`, options)
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 })
  return password
}

const newPassword = () => randomBytes(24).toString('base64url')

async function makeCluster(place: Place, passwordFile: string, options: EmbeddedOptions): Promise<string> {
  const password = newPassword()
  const staging = `${place.cluster}.new`
  const handedOver = `${place.cluster}.password`
  rmSync(staging, { recursive: true, force: true })
  privateFolder(staging, place.account)
  writeFileSync(handedOver, password, { mode: 0o600 })
  if (place.account) chownSync(handedOver, place.account.uid, place.account.gid)
  const locale = ['--locale-provider=builtin', '--locale=C.UTF-8', '-E', 'UTF8']
  const login = ['-U', USER, '-A', 'scram-sha-256', `--pwfile=${handedOver}`]
  const pace = options.durable === false ? ['--no-sync'] : []
  try {
    await finish(place, 'initdb', ['-D', staging, ...locale, ...login, ...pace], '', options)
  } finally {
    rmSync(handedOver, { force: true })
  }
  await singleUser(place, staging, `CREATE DATABASE ${DATABASE}`, options)
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 })
  renameSync(staging, place.cluster)
  return password
}

/** One statement in a server of its own, which asks for no password and takes no connection. */
const singleUser = (place: Place, cluster: string, statement: string, options: EmbeddedOptions) =>
  finish(place, 'postgres', ['--single', '-D', cluster, 'postgres'], `${statement}\n`, options)

/** Runs one of PostgreSQL's programs to its end. */
function finish(place: Place, name: 'initdb' | 'postgres', args: string[], input: string, options: EmbeddedOptions) {
  const guard = guardFor() === 'pdeathsig' ? 'pdeathsig' : 'none' // stdin is needed for the statement
  return new Promise<void>((done, fail) => {
    const child = spawnGuarded(program(place.native, name), args, place, guard)
    const said: string[] = []
    lines(child, (line) => said.push(line))
    child.once('error', fail)
    child.once('close', (code) => {
      // A single-user server answers a failed statement with code 0.
      if (code === 0 && !said.some((line) => /\b(ERROR|FATAL|PANIC):/.test(line))) return done()
      for (const line of said) options.log?.(line)
      const why = said.slice(-6).join(' | ')
      fail(new HubError('database-unavailable', `${name} ended with code ${code}: ${why}`))
    })
    child.stdin?.on('error', () => {})
    child.stdin?.end(input)
  })
}

function refuseOtherMajor(place: Place): void {
  const made = readFileSync(join(place.cluster, 'PG_VERSION'), 'utf8').trim()
  const have = place.native.version.split('.')[0]!
  if (made === have) return
  throw new HubError('database-unavailable', `The database in ${place.cluster} is of PostgreSQL ${made}, not ${have}.`)
}

interface Address {
  host: string
  port: number
  settings: string[]
}

async function chooseAddress(place: Place): Promise<Address> {
  const folder = join(place.folder, 'socket')
  const fits = Buffer.byteLength(join(folder, `.s.PGSQL.${PORT_NAME}`)) <= LONGEST_SOCKET_PATH
  if (process.platform !== 'win32' && fits && !/[,"\s]/.test(folder)) {
    privateFolder(folder, place.account)
    return {
      host: folder,
      port: PORT_NAME,
      settings: [
        'listen_addresses=',
        `unix_socket_directories=${folder}`,
        'unix_socket_permissions=0700',
        `port=${PORT_NAME}`,
      ],
    }
  }
  const port = await freePort()
  return {
    host: '127.0.0.1',
    port,
    settings: ['listen_addresses=127.0.0.1', 'unix_socket_directories=', `port=${port}`],
  }
}

const freePort = () =>
  new Promise<number>((done, fail) => {
    const probe = createServer()
    probe.once('error', fail)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => (address && typeof address === 'object' ? done(address.port) : fail(new Error('no port'))))
    })
  })

/** Measured on 2 cores: batches of 100 orders commit at disk speed, idle it stays below 50 MB. */
function tuning(durable: boolean): string[] {
  const sharedMb = durable ? Math.min(512, Math.max(64, Math.floor(totalmem() / MB / 16))) : 64
  const settings = [
    `shared_buffers=${sharedMb}MB`,
    `effective_cache_size=${Math.max(256, Math.floor(totalmem() / MB / 2))}MB`,
    'work_mem=8MB',
    'maintenance_work_mem=128MB',
    'max_wal_size=1GB',
    'checkpoint_timeout=15min',
    'wal_compression=pglz', // this build knows neither lz4 nor zstd, and such a setting stops it from starting
    'random_page_cost=1.1',
    'jit=off',
    'max_connections=60',
    'timezone=UTC',
    'log_timezone=UTC',
    'lc_messages=C',
    // Statements and their details hold customers: the log gets none of them.
    'log_min_messages=log',
    'log_min_error_statement=panic',
    'log_error_verbosity=terse',
    'log_checkpoints=off',
  ]
  if (smallSharedMemory()) settings.push('dynamic_shared_memory_type=mmap')
  if (!durable) settings.push('fsync=off', 'synchronous_commit=off', 'full_page_writes=off')
  return settings
}

/** Containers get 64 MB of /dev/shm by default; a parallel query that wants more fails there. */
function smallSharedMemory(): boolean {
  try {
    const { blocks, bsize } = statfsSync('/dev/shm')
    return blocks * bsize < 256 * MB
  } catch {
    return process.platform === 'linux'
  }
}
