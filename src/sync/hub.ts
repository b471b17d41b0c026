/** What every deciding room works with; built once by `app.ts`, several may live in one process (tests). */
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import type { Database, Tx } from '../database/open.ts'
import type { Vault } from '../database/vault.ts'
import type { Clock } from '../domain/clock.ts'
import type { Platform } from '../domain/platform.ts'
import type { Door } from '../outbound/door.ts'

/** One-off jobs, in the same database: a job sent in a transaction exists only if that transaction does. */
export interface Queue {
  send<N extends keyof Jobs>(tx: Tx, name: N, data: Jobs[N]): Promise<void>
}

/** Every kind of one-off job and what it carries. */
export interface Jobs {
  'remove-webhooks': { workspaceId: string; integrationId: string }
}

export interface Hub {
  config: Config
  clock: Clock
  db: Database
  vault: Vault
  door: Door
  platforms: readonly Platform[]
  queue: Queue
  log: Logger
  /** 0…1, for jitter; fixed in tests. */
  random: () => number
}
