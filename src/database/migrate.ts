/**
 * The schema, brought up to date: numbered SQL files, forward only, each in one transaction.
 *
 * Many processes may start at once on one database. A lock inside each transaction lets one of them apply a file
 * while the others wait and then see that it is done. (A lock of the session would be lost behind a pooler that hands
 * out connections per transaction.)
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Clock, instant, realClock } from '../domain/clock.ts'
import { writeBackup } from './backup.ts'
import type { Database } from './open.ts'
import {
  type Applied,
  appliedMigrations,
  applyMigration,
  lockSchema,
  prepareSchema,
  readMigrations,
  refuseMismatch,
} from './schema.ts'

export interface MigrateOptions {
  clock?: Clock
  log?: { info(message: string): void }
  /** Folder that gets a backup before the first file runs on a database that already holds something. */
  backupBefore?: string
  /** Folder of the SQL files; the hub's own unless a test says otherwise. */
  folder?: string
}

/**
 * Applies what is missing. Safe in any number of processes at once.
 *
 * @returns what this process applied
 * @throws HubError `database-newer` when the database was made by a later program, `internal` when a file that was
 * applied has been edited since, `config-invalid` when the database holds another program's tables
 */
export async function migrate(db: Database, options: MigrateOptions = {}): Promise<Applied[]> {
  const clock = options.clock ?? realClock
  const migrations = readMigrations(options.folder)
  const before = await appliedMigrations(db)
  refuseMismatch(before, migrations)
  if (options.backupBefore && before.length > 0 && before.length < migrations.length) {
    const file = backupFile(options.backupBefore, before.length, clock)
    await writeBackup(db, file, { clock, folder: options.folder })
    options.log?.info(`backup before the migration from schema ${before.length} to ${migrations.length}: ${file}`)
  }

  const done: Applied[] = []
  for (;;) {
    const applied = await db.transaction(async (tx) => {
      await lockSchema(tx)
      await prepareSchema(tx)
      const there = await appliedMigrations(tx)
      refuseMismatch(there, migrations)
      const next = migrations[there.length]
      if (next) await applyMigration(tx, next, clock)
      return next
    })
    if (!applied) return done
    options.log?.info(`migration ${applied.number} applied: ${applied.name}`)
    done.push({ number: applied.number, name: applied.name, checksum: applied.checksum })
  }
}

function backupFile(folder: string, schema: number, clock: Clock): string {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const stamp = instant(clock.now()).replace(/[:.]/g, '-')
  return join(folder, `before-schema-${schema + 1}-${stamp}.backup.gz`)
}
