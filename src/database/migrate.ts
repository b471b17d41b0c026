/**
 * The schema, brought up to date: numbered SQL files, forward only, each in one transaction.
 *
 * Many processes may start at once on one database. A lock inside each transaction lets one of them apply a file
 * while the others wait and then see that it is done. (A lock of the session would be lost behind a pooler that hands
 * out connections per transaction.)
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Clock, instant, realClock } from '../domain/clock.ts'
import { HubError } from '../domain/errors.ts'
import type { Database, Queryable, Transaction } from './open.ts'

export const MIGRATIONS = join(import.meta.dirname, 'migrations')
const LOCK = 7_277_353 // any number, the same in every hub: P A S S E R E on a telephone
const FILE = /^(\d{4})-([a-z0-9-]+)\.sql$/

export interface Migration {
  number: number
  name: string
  sql: string
  checksum: string
}

export interface Applied {
  number: number
  name: string
  checksum: string
}

export interface MigrateOptions {
  /** Folder of the SQL files; the hub's own unless a test says otherwise. */
  folder?: string
  clock?: Clock
  /** Called once, before the first file runs on a database that already holds our tables. */
  beforeUpgrade?: (from: number) => Promise<void>
}

/** The files in order. @throws HubError `internal` when one is missing or misnamed */
export function readMigrations(folder = MIGRATIONS): Migration[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.sql')).sort()
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

/**
 * Applies what is missing. Safe in any number of processes at once.
 *
 * @returns how many files this process applied
 * @throws HubError `database-newer` when the database was made by a later program, `internal` when a file that was
 * applied has been edited since, `config-invalid` when the database holds another program's tables
 */
export async function migrate(db: Database, options: MigrateOptions = {}): Promise<number> {
  const migrations = readMigrations(options.folder)
  const before = await appliedMigrations(db)
  refuseMismatch(before, migrations)
  if (before.length > 0 && before.length < migrations.length) await options.beforeUpgrade?.(before.length)

  let count = 0
  for (;;) {
    const applied = await db.transaction((tx) => applyNext(tx, migrations, options.clock ?? realClock))
    if (!applied) return count
    count++
  }
}

async function applyNext(tx: Transaction, migrations: Migration[], clock: Clock): Promise<boolean> {
  await lockMigrations(tx)
  await prepareTable(tx)
  const applied = await appliedMigrations(tx)
  refuseMismatch(applied, migrations)
  const next = migrations[applied.length]
  if (next) await applyMigration(tx, next, clock)
  return next !== undefined
}

/** Until this transaction ends, no other process changes the schema. */
export const lockMigrations = (tx: Queryable) => tx.query('select pg_advisory_xact_lock($1)', [LOCK])

export async function prepareTable(tx: Queryable): Promise<void> {
  if (await hasTable(tx)) return
  const { rows } = await tx.query<{ name: string }>(
    `select c.relname as name from pg_class c
      where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
        and not exists (select from pg_depend d where d.objid = c.oid and d.deptype = 'e')
      limit 3`,
  )
  if (rows.length > 0) {
    const found = rows.map((row) => row.name).join(', ')
    const problems = `DATABASE_URL: this database holds tables of another program (${found}); give the hub one of its own.`
    throw new HubError('config-invalid', problems, { field: 'DATABASE_URL', params: { problems } })
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
  if (!(await hasTable(db))) return []
  return (await db.query<Applied>('select number, name, checksum from hub_migrations order by number')).rows
}

async function hasTable(db: Queryable): Promise<boolean> {
  const { rows } = await db.query<{ there: boolean }>(
    `select to_regclass(quote_ident(current_schema()) || '.hub_migrations') is not null as there`,
  )
  return rows[0]!.there
}

function refuseMismatch(applied: Applied[], migrations: Migration[]): void {
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
