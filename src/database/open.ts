/**
 * The open database: one class over a pool of connections, the same for the embedded server and for DATABASE_URL.
 *
 * Three surprises of the driver end here. A bigint arrives as text and a timestamptz as a Date in the zone of the
 * machine: we want numbers and ISO-8601 UTC. An idle connection that dies emits an `error` that ends the process when
 * nobody listens. And a lost connection comes in a dozen shapes: callers see `database-unavailable`.
 */
import pg from 'pg'
import { type Clock, realClock } from '../domain/clock.ts'
import { HubError } from '../domain/errors.ts'
import { type Embedded, startEmbedded } from './embedded.ts'
import { type Listening, listenOn } from './listen.ts'
import { typeParsers } from './types.ts'

const OLDEST_SUPPORTED = 150_000 // PostgreSQL 15: unique nulls not distinct

export interface Result<Row> {
  rows: Row[]
  /** Rows returned or changed. */
  rowCount: number
}

/** What a statement can be sent to: the database itself, or a transaction of it. */
export interface Queryable {
  /**
   * One statement with `$1`… parameters. Give hot statements a name: the server then keeps their plan.
   *
   * @throws HubError `database-unavailable` when the connection is lost; the driver's error (with SQLSTATE in
   * `code`) when the server refuses the statement
   */
  query<Row extends object = Record<string, unknown>>(
    sql: string,
    params?: readonly unknown[],
    name?: string,
  ): Promise<Result<Row>>
}

export interface Transaction extends Queryable {
  /** The connection under it, for COPY. */
  readonly client: pg.ClientBase
  /** A part that may fail without the whole: what it wrote is undone, its error is thrown on. */
  savepoint<T>(work: (tx: Transaction) => Promise<T>): Promise<T>
}

/** The short name of it. */
export type Tx = Transaction

export interface TransactionOptions {
  isolation?: 'read committed' | 'repeatable read' | 'serializable'
  readOnly?: boolean
}

export interface DatabaseOptions {
  /** Under which name the server lists its connections. Default `passerelle`. */
  name?: string
  /** Most connections at once. Default 10. */
  max?: number
  log?: (line: string) => void
}

export class Database implements Queryable {
  readonly pool: pg.Pool
  readonly #connection: pg.ClientConfig
  readonly #options: DatabaseOptions
  readonly #listeners = new Set<Listening>()
  #closing: Promise<void> | undefined

  constructor(connection: pg.ClientConfig, options: DatabaseOptions = {}) {
    this.#connection = { application_name: options.name ?? 'passerelle', types: typeParsers, ...connection }
    this.#options = options
    this.pool = new pg.Pool({
      ...this.#connection,
      max: options.max ?? 10,
      connectionTimeoutMillis: 10_000,
      // A process that froze inside a transaction must not keep others from taking its work over.
      idle_in_transaction_session_timeout: 120_000,
      idleTimeoutMillis: 30_000,
    })
    this.pool.on('error', (error) => {
      if (!this.#closing) options.log?.(`an idle database connection ended: ${error.message}`)
    })
  }

  query<Row extends object = Record<string, unknown>>(sql: string, params: readonly unknown[] = [], name?: string) {
    return send<Row>(this.pool, sql, params, name)
  }

  /** All of `work` or nothing of it. It is never repeated by itself: `work` may have done other things as well. */
  async transaction<T>(work: (tx: Transaction) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    const client = await this.pool.connect().catch((error: unknown) => {
      throw readable(error)
    })
    let broken: Error | undefined
    const onError = (error: Error) => void (broken = error)
    client.on('error', onError)
    try {
      const mode = `isolation level ${options.isolation ?? 'read committed'}${options.readOnly ? ' read only' : ''}`
      await send(client, `begin ${mode}`, [])
      const result = await work(transactionOn(client))
      await send(client, 'commit', [])
      return result
    } catch (error) {
      await client.query('rollback').catch((failure: Error) => void (broken ??= failure))
      throw broken ? readable(error) : error // a shop that refused a connection inside `work` is not a lost database
    } finally {
      client.off('error', onError)
      client.release(broken)
    }
  }

  /**
   * Calls `heard` for each NOTIFY on the channel, and once with `undefined` whenever the connection was lost and is
   * back, as something may have been missed meanwhile.
   */
  async listen(channel: string, heard: (payload: string | undefined) => void): Promise<Listening> {
    const listening = await listenOn(this.#connection, channel, heard, this.#options.log ?? (() => {}))
    this.#listeners.add(listening)
    return {
      close: async () => {
        this.#listeners.delete(listening)
        await listening.close()
      },
    }
  }

  close(): Promise<void> {
    this.#closing ??= (async () => {
      await Promise.all([...this.#listeners].map((listening) => listening.close()))
      await this.pool.end()
    })()
    return this.#closing
  }
}

const transactionOn = (client: pg.ClientBase, depth = 1): Transaction => ({
  client,
  query: (sql, params = [], name) => send(client, sql, params, name),
  savepoint: async (work) => {
    await send(client, `savepoint s${depth}`, [])
    try {
      const result = await work(transactionOn(client, depth + 1))
      await send(client, `release savepoint s${depth}`, [])
      return result
    } catch (error) {
      await send(client, `rollback to savepoint s${depth}`, [])
      throw error
    }
  },
})

async function send<Row extends object>(
  to: pg.Pool | pg.ClientBase,
  sql: string,
  params: readonly unknown[],
  name?: string,
): Promise<Result<Row>> {
  try {
    // Several statements in one text (only without parameters) give several results; all their rows count.
    const sent: pg.QueryResult<Row> | pg.QueryResult<Row>[] = await to.query<Row>({
      text: sql,
      values: [...params],
      name,
    })
    if (!Array.isArray(sent)) return { rows: sent.rows, rowCount: sent.rowCount ?? 0 }
    return {
      rows: sent.flatMap(({ rows }) => rows),
      rowCount: sent.reduce((sum, { rowCount }) => sum + (rowCount ?? 0), 0),
    }
  } catch (error) {
    throw readable(error)
  }
}

/** SQLSTATE classes and system codes that say the server or the way to it is gone, not that a statement is wrong. */
const LOST = /^(08...|57P0[1-5]|53300|ECONN\w+|EPIPE|ENOENT|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/
const LOST_WITHOUT_CODE =
  /connection terminated|timeout exceeded when trying to connect|not queryable|after calling end on the pool/i

function readable(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof HubError) return error
  const code = (error as Error & { code?: unknown }).code
  const lost = typeof code === 'string' ? LOST.test(code) : LOST_WITHOUT_CODE.test(error.message)
  return lost
    ? new HubError('database-unavailable', `The database cannot be reached: ${error.message || code}`, { cause: error })
    : error
}

/** What of the settings is needed here. */
export interface DatabaseSettings {
  /** The user's own PostgreSQL; without it the embedded one is started. */
  databaseUrl?: string
  dataDir: string
  databaseConnections?: number
}

/** The part of a logger that is used here. */
export interface Log {
  debug(message: string): void
  warn(message: string): void
}

export interface OpenDatabase {
  db: Database
  /** Set when the server is the hub's own. */
  embedded: Embedded | undefined
  /** Closes the connections, then stops the embedded server. */
  close(): Promise<void>
}

/**
 * Opens the database the settings name. Migrations are a step of their own (`migrate`).
 *
 * @throws HubError `config-invalid`, `database-unavailable`, `database-locked`
 */
export async function openDatabase(
  settings: DatabaseSettings,
  options: { clock?: Clock; log?: Log; name?: string } = {},
): Promise<OpenDatabase> {
  const clock = options.clock ?? realClock
  const pool = { name: options.name, max: settings.databaseConnections, log: (line: string) => options.log?.warn(line) }
  if (settings.databaseUrl) {
    const db = new Database({ connectionString: settings.databaseUrl }, pool)
    try {
      await answers(db, clock)
      await refuseOldServer(db)
      return { db, embedded: undefined, close: () => db.close() }
    } catch (error) {
      await db.close()
      throw error
    }
  }
  const embedded = await startEmbedded({ dataDir: settings.dataDir, clock, log: (line) => options.log?.debug(line) })
  const db = new Database(embedded.connection, pool)
  const close = async () => {
    await db.close()
    await embedded.stop()
  }
  return { db, embedded, close }
}

const FIRST_ANSWER_PATIENCE_MS = 15_000 // started together with its server, a hub is often the faster of the two

async function answers(db: Database, clock: Clock): Promise<void> {
  const until = clock.now() + FIRST_ANSWER_PATIENCE_MS
  for (;;) {
    try {
      await db.query('select 1')
      return
    } catch (error) {
      const lost = error instanceof HubError && error.code === 'database-unavailable'
      if (!lost) throw refusedUrl(error)
      if (clock.now() >= until) throw error
      await clock.sleep(500)
    }
  }
}

/** A wrong password, a missing database, a refused TLS: the setting is wrong, not the hub. */
function refusedUrl(error: unknown): HubError {
  const said = error instanceof Error ? error.message : String(error)
  const problems = `DATABASE_URL: ${said}`
  return new HubError('config-invalid', problems, {
    field: 'DATABASE_URL',
    params: { settings: problems },
    cause: error,
  })
}

async function refuseOldServer(db: Database): Promise<void> {
  const { rows } = await db.query<{ number: string; name: string }>(
    `select current_setting('server_version_num') as number, current_setting('server_version') as name`,
  )
  if (Number(rows[0]!.number) >= OLDEST_SUPPORTED) return
  const problems = `DATABASE_URL: this is PostgreSQL ${rows[0]!.name}; the hub needs 15 or newer.`
  throw new HubError('config-invalid', problems, { field: 'DATABASE_URL', params: { settings: problems } })
}
