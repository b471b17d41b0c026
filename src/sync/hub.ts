/** What every deciding room works with; built once by `app.ts`, several may live in one process (tests). */
import type { Logger } from 'pino'
import type { Config } from '../config.ts'
import type { Database } from '../database/open.ts'
import type { Vault } from '../database/vault.ts'
import type { Clock } from '../domain/clock.ts'
import type { Platform } from '../domain/platform.ts'
import type { Door } from '../outbound/door.ts'

export interface Hub {
  config: Config
  clock: Clock
  db: Database
  vault: Vault
  door: Door
  platforms: readonly Platform[]
  log: Logger
  /** 0…1, for jitter; fixed in tests. */
  random: () => number
}
