/**
 * Backup and restore through the connection the hub has anyway, as the embedded PostgreSQL comes without pg_dump and
 * works for a PostgreSQL far away just as well.
 *
 * A backup is one moment (one repeatable-read transaction) of our own schema. A restore is all or nothing: one
 * transaction, and every table's rows are compared with the checksum that was written beside them. The key that opens
 * the saved logins is in no backup: who steals one gets no shop.
 */
import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { open, rename, rm, stat } from 'node:fs/promises'
import { once } from 'node:events'
import pg from 'pg'
import { createGzip } from 'node:zlib'
import { type Clock, instant, realClock } from '../domain/clock.ts'
import { HubError } from '../domain/errors.ts'
import { BackupReader, END_OF_ROWS, FORMAT, type Header, MAGIC, unreadable } from './backup-format.ts'
import { copyIn, copyOut } from './copy.ts'
import type { Database, Queryable, Transaction } from './open.ts'
import {
  appliedMigrations,
  applyMigration,
  lockSchema,
  type Migration,
  prepareSchema,
  readMigrations,
} from './schema.ts'
import { currentKeyId } from './vault.ts'
import {
  dropOwnObjects,
  listPartitions,
  listSequences,
  listTables,
  type Own,
  ownObjects,
  type Table,
  withoutGuards,
} from './backup-schema.ts'

export interface BackupSummary {
  tables: number
  rows: number
  bytes: number
  /** Number of the schema it was made from. */
  schema: number
  createdAt: string
  /** Which key opens the logins in it; the key itself is not inside. */
  keyId?: string
}

export interface BackupOptions {
  clock?: Clock
  /** Folder of the SQL files; the hub's own unless a test says otherwise. */
  folder?: string
}

const quoted = (name: string) => pg.escapeIdentifier(name)

/** Writes the file beside its place first, so that a file with that name is always a whole backup. */
export async function writeBackup(db: Database, path: string, options: BackupOptions = {}): Promise<BackupSummary> {
  const staging = `${path}.partial`
  const createdAt = instant((options.clock ?? realClock).now())
  try {
    const written = await db.transaction(
      (tx) => writeAll(tx, ownObjects(readMigrations(options.folder)), staging, createdAt),
      {
        isolation: 'repeatable read',
        readOnly: true,
      },
    )
    const handle = await open(staging, 'r+')
    await handle.sync()
    await handle.close()
    const { size } = await stat(staging)
    await rename(staging, path)
    return { ...written, bytes: size, createdAt }
  } catch (error) {
    await rm(staging, { force: true })
    throw unwritable(path, error)
  }
}

/** No such folder, no right, no room: the file's trouble and not the hub's. */
function unwritable(path: string, error: unknown): unknown {
  const { syscall, message } = error as NodeJS.ErrnoException
  if (!syscall || error instanceof HubError) return error
  return new HubError('file-unwritable', message, { field: 'file', params: { file: path }, cause: error })
}

async function writeAll(tx: Transaction, own: Own, path: string, createdAt: string) {
  const out = writer(path)
  const header = await describe(tx, own, createdAt)
  out.line(`${MAGIC} ${FORMAT}`)
  out.line(JSON.stringify(header))
  const tables = await listTables(tx, own)
  let rows = 0
  for (const table of tables) rows += await writeTable(tx, table, out)
  out.line(JSON.stringify({ end: true, tables: tables.length, rows }))
  await out.close()
  const keyId = tables.some(({ name }) => name === 'hub_settings') ? await currentKeyId(tx) : undefined
  return { tables: tables.length, rows, schema: header.schema, keyId }
}

async function describe(tx: Transaction, own: Own, createdAt: string): Promise<Header> {
  const migrations = await appliedMigrations(tx)
  const { rows } = await tx.query<{ version: string }>(`select current_setting('server_version') as version`)
  return {
    schema: migrations.length,
    migrations,
    createdAt,
    postgres: rows[0]!.version,
    partitions: await listPartitions(tx, own),
    sequences: await listSequences(tx, own),
  }
}

async function writeTable(tx: Transaction, table: Table, out: Writer): Promise<number> {
  const columns = table.columns.map(quoted).join(', ')
  // A partitioned table cannot be copied out by name, only through a query.
  const source = table.partitioned
    ? `(select ${columns} from ${quoted(table.name)})`
    : `${quoted(table.name)} (${columns})`
  const hash = createHash('sha256')
  let rows = 0
  out.line(JSON.stringify({ table: table.name, columns: table.columns }))
  await copyOut(tx.client, `copy ${source} to stdout`, (chunk) => {
    hash.update(chunk)
    for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) rows++
    return out.bytes(chunk)
  })
  out.line(END_OF_ROWS)
  out.line(JSON.stringify({ rows, sha256: hash.digest('hex') }))
  return rows
}

interface Writer {
  line(text: string): void
  /** A promise when the disk is slower than the database. */
  bytes(chunk: Buffer): Promise<void> | undefined
  close(): Promise<void>
}

function writer(path: string): Writer {
  const gzip = createGzip({ level: 4 })
  const file = createWriteStream(path, { mode: 0o600, flags: 'w' })
  const failed = new Promise<never>((_, reject) => {
    gzip.once('error', reject)
    file.once('error', reject)
  })
  failed.catch(() => {})
  gzip.pipe(file)
  let gathered: Buffer[] = []
  let size = 0
  const flush = () => {
    if (size === 0) return undefined
    const fits = gzip.write(Buffer.concat(gathered, size))
    gathered = []
    size = 0
    return fits ? undefined : Promise.race([once(gzip, 'drain').then(() => {}), failed])
  }
  const add = (chunk: Buffer) => {
    gathered.push(chunk)
    size += chunk.length
  }
  return {
    line: (text) => add(Buffer.from(`${text}\n`)),
    bytes: (chunk) => {
      add(chunk)
      return size > 256 * 1024 ? flush() : undefined
    },
    close: async () => {
      await flush()
      const closed = once(file, 'close')
      gzip.end()
      await Promise.race([closed, failed])
    },
  }
}

/** What a file says about itself, without reading its rows. @throws HubError `backup-unreadable`, `file-unreadable` */
export async function readBackupHeader(path: string, options: BackupOptions = {}): Promise<Header> {
  const reader = new BackupReader(path)
  try {
    const header = await reader.header()
    refuseForeignSchema(path, header, readMigrations(options.folder))
    return header
  } finally {
    reader.close()
  }
}

/**
 * Replaces everything the hub has in this database by what the file holds. A file of an earlier schema is read into
 * that schema and then brought up to date.
 *
 * @throws HubError `backup-unreadable`, `file-unreadable`; the database is then as it was
 */
export async function restoreBackup(db: Database, path: string, options: BackupOptions = {}): Promise<BackupSummary> {
  const migrations = readMigrations(options.folder)
  const own = ownObjects(migrations)
  const clock = options.clock ?? realClock
  const reader = new BackupReader(path)
  try {
    const header = await reader.header()
    refuseForeignSchema(path, header, migrations)
    await db.transaction(async (tx) => {
      await lockSchema(tx)
      const sequences = await listSequences(tx, own)
      await emptySchema(tx, own, migrations.slice(0, header.schema), clock)
      await addPartitions(tx, own, path, header)
      await withoutGuards(tx, own, () => loadAll(tx, own, path, reader))
      // Never back: a number given out since the backup, such as a lease's, must not be given to somebody else.
      for (const { name, value } of furthest([...sequences, ...header.sequences])) {
        await tx.query(`select setval(to_regclass(quote_ident($1)), $2::bigint)`, [name, String(value)])
      }
      for (const migration of migrations.slice(header.schema)) await applyMigration(tx, migration, clock)
    })
    await db.query('analyze')
    const { size } = await stat(path)
    const { tables, rows } = reader
    return {
      tables,
      rows,
      bytes: size,
      schema: header.schema,
      createdAt: header.createdAt,
      keyId: await currentKeyId(db),
    }
  } finally {
    reader.close()
  }
}

function furthest(sequences: { name: string; value: string }[]): { name: string; value: bigint }[] {
  const values = new Map<string, bigint>()
  for (const { name, value } of sequences) {
    const known = values.get(name)
    if (known === undefined || BigInt(value) > known) values.set(name, BigInt(value))
  }
  return [...values].map(([name, value]) => ({ name, value }))
}

/**
 * A hub that goes on while its rows are replaced would mix what it remembers into them.
 *
 * @param db opened under another name than a hub's, so that its own connections do not count
 * @throws HubError `hub-running`
 */
export async function refuseRunningHub(db: Queryable): Promise<void> {
  const { rows } = await db.query<{ n: number }>(
    `select count(*)::int as n from pg_stat_activity
      where datname = current_database() and application_name = 'passerelle' and pid <> pg_backend_pid()`,
  )
  if (rows[0]!.n === 0) return
  throw new HubError('hub-running', `${rows[0]!.n} connections of a running hub are open on this database.`)
}

function refuseForeignSchema(path: string, header: Header, migrations: Migration[]): void {
  if (header.schema > migrations.length) {
    const what = `it was made by a newer program (schema ${header.schema}; this one knows ${migrations.length})`
    throw unreadable(path, 'newer', what)
  }
  const strange = header.migrations.find(({ number, checksum }) => migrations[number - 1]?.checksum !== checksum)
  if (strange || header.migrations.length !== header.schema) {
    throw unreadable(path, 'foreign', 'it was made from another schema than this program’s')
  }
}

/** Our tables as the file's schema has them, without a row. */
async function emptySchema(tx: Transaction, own: Own, wanted: Migration[], clock: Clock): Promise<void> {
  const applied = await appliedMigrations(tx)
  const isSame = applied.length === wanted.length && applied.every((one, at) => one.checksum === wanted[at]!.checksum)
  if (!isSame) {
    if (applied.length > 0) await dropOwnObjects(tx, own)
    await prepareSchema(tx)
    for (const migration of wanted) await applyMigration(tx, migration, clock)
  }
  const names = (await listTables(tx, own)).map(({ name }) => quoted(name))
  if (names.length > 0) await tx.query(`truncate ${names.join(', ')}`)
}

const BOUNDS = /^(DEFAULT|FOR VALUES FROM \('[\w :+.-]+'\) TO \('[\w :+.-]+'\))$/

async function addPartitions(tx: Transaction, own: Own, path: string, header: Header): Promise<void> {
  const there = new Set((await listPartitions(tx, own)).map(({ name }) => name))
  for (const { name, parent, bounds } of header.partitions) {
    if (there.has(name)) continue
    if (!BOUNDS.test(bounds)) throw unreadable(path, 'damaged', `the bounds of ${name} cannot be read`)
    await tx.query(`create table ${quoted(name)} partition of ${quoted(parent)} ${bounds}`)
  }
}

async function loadAll(tx: Transaction, own: Own, path: string, reader: BackupReader): Promise<void> {
  const known = new Map((await listTables(tx, own)).map((table) => [table.name, table]))
  for (;;) {
    const table = await reader.next()
    if (!table) break
    const ours = known.get(table.name)
    if (!ours || table.columns.some((column) => !ours.columns.includes(column))) {
      throw unreadable(path, 'foreign', `table ${table.name} does not fit this program’s`)
    }
    const columns = table.columns.map(quoted).join(', ')
    try {
      await copyIn(tx.client, `copy ${quoted(table.name)} (${columns}) from stdin`, table.rows())
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) throw error
      throw unreadable(path, 'damaged', `table ${table.name}: ${error.message}`, error)
    }
  }
}
