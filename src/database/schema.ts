/**
 * The numbered SQL files of the schema and what of them a database has.
 *
 * A file that was applied is never edited: its checksum is kept, and a difference stops the hub before it writes.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Clock, instant } from '../domain/clock.ts'
import { HubError } from '../domain/errors.ts'
import type { Queryable, Transaction } from './open.ts'

export const MIGRATIONS = join(import.meta.dirname, 'migrations')
const LOCK = 7_277_353 // any number, as long as it is the same in every hub
const FILE = /^(\d{4})-([a-z0-9-]+)\.sql$/

export interface Applied {
  number: number
  name: string
  checksum: string
}

export interface Migration extends Applied {
  sql: string
}

/** The files in order. @throws HubError `internal` when one is missing or misnamed */
export function readMigrations(folder = MIGRATIONS): Migration[] {
  const files = readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
  return files.map((file, index) => {
    const parts = FILE.exec(file)
    if (!parts || Number(parts[1]) !== index + 1) {
      throw new HubError('internal', `Migration ${file} should be number ${index + 1}: NNNN-some-words.sql.`)
    }
    const sql = readFileSync(join(folder, file), 'utf8')
    const checksum = createHash('sha256').update(sql.replaceAll('\r\n', '\n')).digest('hex')
    return { number: index + 1, name: parts[2]!, sql, checksum }
  })
}

/** Until this transaction ends, no other process changes the schema. */
export const lockSchema = (tx: Queryable) => tx.query('select pg_advisory_xact_lock($1)', [LOCK])

export async function prepareSchema(tx: Queryable): Promise<void> {
  if (await hasMigrations(tx)) return
  const { rows } = await tx.query<{ name: string }>(
    `select c.relname as name from pg_class c
      where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
        and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
      order by 1 limit 3`,
  )
  if (rows.length > 0) {
    const found = rows.map((row) => row.name).join(', ')
    const settings = `DATABASE_URL: this database holds tables of another program (${found}); give the hub one of its own.`
    throw new HubError('config-invalid', settings, { field: 'DATABASE_URL', params: { settings } })
  }
  await tx.query(
    `create table hub_migrations (
       number integer primary key, name text not null, checksum text not null, applied_at timestamptz not null)`,
  )
}

export async function applyMigration(tx: Transaction, migration: Migration, clock: Clock): Promise<void> {
  try {
    await tx.client.query(migration.sql) // several statements in one go: only without parameters
  } catch (cause) {
    const label = `${String(migration.number).padStart(4, '0')}-${migration.name}`
    throw new HubError('internal', `Migration ${label} failed: ${(cause as Error).message}`, { cause })
  }
  await tx.query('insert into hub_migrations (number, name, checksum, applied_at) values ($1, $2, $3, $4)', [
    migration.number,
    migration.name,
    migration.checksum,
    instant(clock.now()),
  ])
}

export async function appliedMigrations(db: Queryable): Promise<Applied[]> {
  if (!(await hasMigrations(db))) return []
  return (await db.query<Applied>('select number, name, checksum from hub_migrations order by number')).rows
}

/**
 * Read from the table of tables, as a query sees what is committed. `to_regclass` would answer from a cache that still
 * says no after another process has made the table while we waited for the lock (seen).
 */
async function hasMigrations(db: Queryable): Promise<boolean> {
  const { rowCount } = await db.query(
    `select from pg_class where relnamespace = current_schema()::regnamespace and relname = 'hub_migrations'`,
  )
  return rowCount > 0
}

/** @throws HubError `database-newer`, or `internal` when a file differs from the one that was applied */
export function refuseMismatch(applied: readonly Applied[], migrations: readonly Migration[]): void {
  if (applied.length > migrations.length) {
    const params = { database: applied.length, program: migrations.length }
    throw new HubError(
      'database-newer',
      `The database has schema ${params.database}, this program knows ${params.program}: start the newer program.`,
      { params },
    )
  }
  for (const { number, name, checksum } of applied) {
    if (migrations[number - 1]?.checksum === checksum) continue
    throw new HubError('internal', `Migration ${number} (${name}) is not the file that was applied to this database.`)
  }
}
