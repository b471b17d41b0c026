/** A real hub in a process of its own, as users run it, to be killed. */
import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync, readdirSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'

const BIN = join(import.meta.dirname, '../../bin/passerelle')
const READY_WITHIN_MS = 60_000

export interface HubProcess {
  pid: number
  /** What it printed, for a failing test's message. */
  output(): string
  call(method: string, path: string, body?: unknown): Promise<{ status: number; body: any }>
  /** Ends it without any chance to tidy up; resolves when it is gone. */
  kill(): Promise<void>
  stop(): Promise<void>
}

/** Starts `passerelle <role>` and resolves when it answers (a worker: when it says so). */
export async function startHubProcess(options: {
  dataDir: string
  role?: string
  env?: Record<string, string>
}): Promise<HubProcess> {
  const { role = 'start', dataDir } = options
  const child = spawn(process.execPath, [BIN, role], {
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      LANG: 'en_US.UTF-8',
      PORT: '0',
      PASSERELLE_DATA: dataDir,
      LOG_LEVEL: 'warn',
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let output = ''
  const collect = (chunk: Buffer) => (output = (output + chunk.toString()).slice(-20_000))
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)

  await new Promise<void>((ready, fail) => {
    const timer = setTimeout(() => fail(new Error(`not ready:\n${output}`)), READY_WITHIN_MS)
    child.stdout.on('data', () => {
      if (!/is ready|is running/.test(output)) return
      clearTimeout(timer)
      ready()
    })
    child.once('exit', (code) => {
      clearTimeout(timer)
      fail(new Error(`ended with ${code}:\n${output}`))
    })
  })

  return {
    pid: child.pid!,
    output: () => output,
    call: (method, path, body) => callSocket(join(dataDir, 'hub.sock'), method, path, body),
    kill: () => ended(child, 'SIGKILL'),
    stop: () => ended(child, 'SIGINT'),
  }
}

function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  return new Promise((gone) => {
    if (child.exitCode !== null || child.signalCode !== null) return gone()
    child.once('exit', () => gone())
    child.kill(signal)
  })
}

export function callSocket(
  socketPath: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ status: number; body: any }> {
  const payload = body === undefined ? undefined : JSON.stringify(body)
  return new Promise((resolve, reject) => {
    const call = request(
      {
        socketPath,
        method,
        path,
        headers: { accept: 'application/json', ...(payload && { 'content-type': 'application/json' }) },
      },
      (answer) => {
        let text = ''
        answer.setEncoding('utf8')
        answer.on('data', (chunk: string) => (text += chunk))
        answer.on('error', reject)
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: text ? JSON.parse(text) : undefined }))
      },
    )
    call.on('error', reject)
    call.end(payload)
  })
}

/** Living PostgreSQL processes that work on a cluster under this path (Linux). */
export function databasesUnder(path: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
        return args.includes('postgres') && args.includes(path)
      } catch {
        return false
      }
    })
}
