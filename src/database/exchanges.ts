/**
 * The exchange log: every call to a shop, redacted before it gets here.
 *
 * Writing it must never slow or fail a call: exchanges wait in memory and go in by batches. A crash loses the last
 * second of a log for people; nothing is decided by it.
 */
import { newId } from '../domain/id.ts'
import type { Exchange, Trace } from '../domain/http.ts'
import type { Database, Queryable } from './open.ts'
import { clean, cleanOrNull } from './rows.ts'

export interface KeptExchange extends Exchange {
  id: string
  integrationId: string
}

interface Waiting {
  workspaceId: string
  integrationId: string
  exchange: Exchange
}

const BATCH = 200
/** A database that is away must not fill the memory: what is beyond is dropped. */
const MOST_WAITING = 5_000
const FLUSH_MS = 1_000

export interface ExchangeLog {
  traceFor(workspaceId: string, integrationId: string): Trace
  flush(): Promise<void>
}

const logs = new WeakMap<Database, ExchangeLog>()
/** One log per open database, whoever asks. */
export function exchangeLog(db: Database): ExchangeLog {
  const existing = logs.get(db)
  if (existing) return existing
  const log = createLog(db)
  logs.set(db, log)
  return log
}

function createLog(db: Database): ExchangeLog {
  const waiting: Waiting[] = []
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> = Promise.resolve()

  const flush = (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    writing = writing.then(async () => {
      while (waiting.length > 0) {
        const batch = waiting.splice(0, BATCH)
        // A log that cannot be written is no reason to stop anything.
        await insert(db, batch).catch(() => {})
      }
    })
    return writing
  }

  return {
    traceFor: (workspaceId, integrationId) => ({
      record: (exchange) => {
        if (waiting.length >= MOST_WAITING) return
        waiting.push({ workspaceId, integrationId, exchange })
        if (waiting.length >= BATCH) void flush()
        else timer ??= setTimeout(() => void flush(), FLUSH_MS).unref()
      },
    }),
    flush,
  }
}

async function insert(db: Queryable, batch: readonly Waiting[]): Promise<void> {
  const column = <T>(of: (one: Waiting) => T): T[] => batch.map(of)
  await db.query(
    `INSERT INTO exchanges (workspace_id, integration_id, id, at, purpose, method, url, status, error, took_ms, sent_bytes, wire_bytes,
       body_bytes, request_headers, response_headers, body_start)
     SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $8::int[],
       $9::text[], $10::int[], $11::int[], $12::int[], $13::int[], $14::json[], $15::json[], $16::text[])`,
    [
      column((one) => one.workspaceId),
      column((one) => one.integrationId),
      column((one) => newId(Date.parse(one.exchange.at))),
      column((one) => one.exchange.at),
      column((one) => one.exchange.purpose),
      column((one) => one.exchange.method),
      column((one) => clean(one.exchange.url)),
      column((one) => one.exchange.status ?? null),
      column((one) => one.exchange.error ?? null),
      column((one) => Math.round(one.exchange.tookMs)),
      column((one) => one.exchange.sentBytes),
      column((one) => one.exchange.wireBytes),
      column((one) => one.exchange.bodyBytes),
      column((one) => JSON.stringify(one.exchange.requestHeaders)),
      column((one) => (one.exchange.responseHeaders ? JSON.stringify(one.exchange.responseHeaders) : null)),
      column((one) => cleanOrNull(one.exchange.bodyStart)),
    ],
    'insert-exchanges',
  )
}

interface ExchangeRow {
  id: string
  integration_id: string
  at: string
  purpose: string
  method: Exchange['method']
  url: string
  status: number | null
  error: string | null
  took_ms: number
  sent_bytes: number
  wire_bytes: number
  body_bytes: number
  request_headers: Record<string, string>
  response_headers: Record<string, string> | null
  body_start: string | null
}

/** Newest first. @param before id of the last one of the page before */
export async function listExchanges(
  db: Queryable,
  workspaceId: string,
  integrationId: string,
  options: { before?: string; limit?: number } = {},
): Promise<KeptExchange[]> {
  const { rows } = await db.query<ExchangeRow>(
    `SELECT id, integration_id, at, purpose, method, url, status, error, took_ms, sent_bytes, wire_bytes, body_bytes, request_headers,
       response_headers, body_start
     FROM exchanges WHERE workspace_id = $1 AND integration_id = $2 AND ($3::uuid IS NULL OR id < $3)
     ORDER BY id DESC LIMIT $4`,
    [workspaceId, integrationId, options.before ?? null, options.limit ?? 50],
  )
  return rows.map((row) => ({
    id: row.id,
    integrationId: row.integration_id,
    at: row.at,
    purpose: row.purpose,
    method: row.method,
    url: row.url,
    status: row.status ?? undefined,
    error: row.error ?? undefined,
    tookMs: row.took_ms,
    sentBytes: row.sent_bytes,
    wireBytes: row.wire_bytes,
    bodyBytes: row.body_bytes,
    requestHeaders: row.request_headers,
    responseHeaders: row.response_headers ?? undefined,
    bodyStart: row.body_start ?? undefined,
  }))
}

const MOST_ROWS = 2_000
const MOST_BODY_BYTES = 8 * 1024 * 1024

/** Keeps the newest of one integration: at most 2,000 calls and 8 MB. */
export async function trimExchanges(db: Queryable, workspaceId: string, integrationId: string): Promise<number> {
  const { rowCount } = await db.query(
    `DELETE FROM exchanges e USING (
       SELECT id, at, row_number() OVER (ORDER BY id DESC) AS n,
         sum(600 + coalesce(length(body_start), 0) + length(request_headers::text) + coalesce(length(response_headers::text), 0))
           OVER (ORDER BY id DESC) AS size
       FROM exchanges WHERE workspace_id = $1 AND integration_id = $2
     ) AS old
     WHERE e.workspace_id = $1 AND e.id = old.id AND e.at = old.at AND (old.n > $3 OR old.size > $4)`,
    [workspaceId, integrationId, MOST_ROWS, MOST_BODY_BYTES],
  )
  return rowCount
}
