/**
 * Builds a running hub out of a config: the only file that knows every room.
 *
 * Several hubs may live in one process (tests do so); nothing here is global.
 */
import { createHash } from 'node:crypto'
import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Hono } from 'hono'
import { pino, type Logger } from 'pino'
import { createApi, makeSetupLink } from './api/app.ts'
import { answers, listen, listenOnSocket, type Listening } from './api/server.ts'
import type { Config } from './config.ts'
import { migrate } from './database/migrate.ts'
import { openDatabase, type Database } from './database/open.ts'
import { ensurePartitions } from './database/retention.ts'
import { endLeases } from './database/streams.ts'
import { ensureDefaultWorkspace } from './database/users.ts'
import { followRotation, openVault, type Vault, type VaultSettings } from './database/vault.ts'
import { realClock, type Clock } from './domain/clock.ts'
import { createDemo, type Demo } from './demo.ts'
import { jobQueue } from './jobs/queue.ts'
import { createDoor } from './outbound/door.ts'
import { identityOf } from './outbound/identity.ts'
import { PLATFORMS } from './platforms/index.ts'
import type { Hub } from './sync/hub.ts'
import { databasePace } from './sync/pace.ts'
import { createWorker } from './sync/worker.ts'

export type Role = 'all' | 'web' | 'worker' | 'command'

export interface StartOptions {
  config: Config
  /** `all`: web and worker in one · `command`: listens nowhere, for the one command of the CLI in this process. */
  role: Role
  clock?: Clock
  log?: Logger
  /** For `command`: also work on what is due (a command that waits for a sync or a write-back). */
  work?: boolean
}

export interface RunningHub {
  hub: Hub
  api: Hono
  /** The same for the operator of this machine, as the local socket offers it. */
  localApi: Hono
  /** Address people open, when the web server runs. */
  url?: string
  /** One-time link that makes the first user; only while there is none. */
  setupLink?: string
  demo: Demo
  stop(): Promise<void>
}

/** Where the local command line finds a running hub of this data folder. */
export function socketPath(config: Config): string {
  const path = join(config.dataDir, 'hub.sock')
  if (Buffer.byteLength(path) <= LONGEST_SOCKET_PATH) return path
  const digest = createHash('sha256').update(config.dataDir).digest('hex').slice(0, 24)
  return join(tmpdir(), `passerelle-${digest}.sock`)
}
/** The kernel's limit is 107 bytes on Linux, 103 on macOS. */
const LONGEST_SOCKET_PATH = 100

/**
 * Starts in the order in which things depend on each other and stops in the opposite one: no new work, running work
 * drained, then the doors, then the database.
 *
 * @throws HubError `config-invalid`, `key-missing`, `key-foreign`, `database-unavailable`: the process must not go on
 */
export async function startHub(options: StartOptions): Promise<RunningHub> {
  const { config, role } = options
  const clock = options.clock ?? realClock
  const log = options.log ?? createLog(config)
  const closers: (() => Promise<void>)[] = []
  const stop = once(async () => {
    for (const close of closers.reverse()) {
      await close().catch((thrown: unknown) => log.error({ err: thrown }, 'while stopping'))
    }
  })

  try {
    mkdirSync(config.dataDir, { recursive: true, mode: 0o700 })
    const { db, embedded, close } = await openDatabase(config, { clock, log })
    closers.push(close)
    await migrate(db, { clock, log, backupBefore: embedded && backupFolder(config) })
    const vault = await openVault(keySettings(config), db)
    if (!embedded) await hearOfNewKeys(vault, db, log)
    await ensureDefaultWorkspace(db, clock)
    await ensurePartitions(db, clock.now())
    if (embedded) await endLeases(db)

    const queue = jobQueue(db, (thrown) => log.error({ err: thrown }, 'queue'))
    closers.push(() => queue.stop())
    const door = createDoor({
      clock,
      identity: identityOf(config),
      egressAddresses: config.egressAddresses,
      allowedPrivateOrigins: await byWorkspaceId(db, config.allowedPrivateOrigins),
      pace: databasePace(db, clock, { alone: embedded !== undefined }),
      log,
    })
    closers.push(() => door.close())
    const hub: Hub = { config, clock, db, vault, door, platforms: PLATFORMS, queue, log, random: Math.random }

    const demo = createDemo(hub)
    closers.push(() => demo.stop())
    // The demo shop listens in the process that also works on it; elsewhere its address would be nobody's.
    const offered = role === 'all' ? { demo } : {}
    const api = createApi(hub, offered)
    const localApi = createApi(hub, { ...offered, localOperator: true })

    if (role === 'all' || role === 'worker' || options.work) {
      const worker = createWorker(hub, { concurrency: config.workerConcurrency })
      await worker.start()
      closers.push(() => worker.stop())
    }
    if (role === 'all' || role === 'worker') await queue.work(hub)
    if (role === 'all') await demo.resume()

    let web: Listening | undefined
    if (role === 'all' || role === 'web') {
      web = await listen(api, { host: config.host, port: config.port })
      const listening = web
      closers.push(() => listening.close())
    }
    // On a shared database several may serve from one folder: the first has the socket, which any of them could answer.
    const path = socketPath(config)
    if ((role === 'all' || role === 'web') && (embedded || !(await answers(path)))) {
      const socket = await listenOnSocket(localApi, path)
      closers.push(() => socket.close())
    }

    const url =
      web && (config.publicUrl ?? `http://${config.host === '127.0.0.1' ? 'localhost' : web.host}:${web.port}`)
    const setupPath = web && (await makeSetupLink(hub))
    return { hub, api, localApi, url, setupLink: setupPath && url ? url + setupPath : undefined, demo, stop }
  } catch (thrown) {
    await stop()
    throw thrown
  }
}

/** A pooler may refuse to listen; the key is then only read anew when this process starts again. */
async function hearOfNewKeys(vault: Vault, db: Database, log: Logger): Promise<void> {
  const failed = (thrown: unknown) => log.warn({ err: thrown }, 'a new key was not heard of; restart after rotate-key')
  await followRotation(vault, db, failed).catch(failed)
}

/** Where the key of the sealed logins comes from. */
export const keySettings = ({ secret, secretPrevious, secretFile }: Config): VaultSettings => ({
  secret: [secret, secretPrevious].filter((text) => text !== undefined),
  secretFile,
})

/** `default=http://shop.lan` → the workspace's id: the setting names a workspace as people do. */
async function byWorkspaceId(db: Database, origins: readonly string[]): Promise<string[]> {
  const { rows } = await db.query<{ id: string; slug: string }>(`SELECT id, slug FROM workspaces`)
  const ids = new Map(rows.map(({ id, slug }) => [slug, id]))
  return origins.map((entry) =>
    entry.replace(/^([^=:/]+)=/, (whole, slug: string) => (ids.has(slug) ? `${ids.get(slug)}=` : whole)),
  )
}

/** Where a backup goes by itself before a migration of the embedded database; your own PostgreSQL has its own. */
export const backupFolder = (config: Config): string => join(config.dataDir, 'backups')

/** JSON lines on stderr; what is printed for people goes to stdout. */
export function createLog(config: Config): Logger {
  return pino({ level: config.logLevel, base: undefined }, pino.destination(2))
}

function once(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  return () => (running ??= run())
}
