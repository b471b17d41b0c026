/**
 * What shops must still be told, or were told: the outbox and its ledger in one table. Here is what people do to it;
 * what a worker does is in writeback-attempts.ts.
 *
 * A notice is alive while `next_at` is set, also during an attempt.
 */
import { HubError } from '../domain/errors.ts'
import type { Notice, WritebackState, WriteStep } from '../domain/shipment.ts'
import type { Queryable } from './open.ts'
import { known } from './rows.ts'

/** The notice as kept; `triedAgainAt` restarts the 14 days after which a notice is given up. */
export type SavedNotice = Notice & { triedAgainAt?: string }

export interface Writeback {
  id: string
  workspaceId: string
  integrationId: string
  orderId: string
  shipmentId?: string
  kind: Notice['kind']
  revision: number
  state: WritebackState
  /** Why: a refusal's code, or the error of the last attempt that failed. */
  because?: string
  detail?: string
  notice: SavedNotice
  steps: WriteStep[]
  readBack?: unknown
  attempts: number
  nextAt?: string
  createdAt: string
  sentAt?: string
  settledAt?: string
}

/** A write-back in a list, with the names a person reads. */
export interface ListedWriteback extends Writeback {
  orderNumber: string
  integrationName: string
}

export interface WritebackRow {
  id: string
  integration_id: string
  order_id: string
  shipment_id: string | null
  kind: Notice['kind']
  revision: number
  state: WritebackState
  because: string | null
  detail: string | null
  notice: SavedNotice
  steps: WriteStep[]
  read_back: unknown
  attempts: number
  next_at: string | null
  created_at: string
  sent_at: string | null
  settled_at: string | null
}

export const COLUMNS = `w.id, w.integration_id, w.order_id, w.shipment_id, w.kind, w.revision, w.state, w.because, w.detail, w.notice,
  w.steps, w.read_back, w.attempts, w.next_at, w.created_at, w.sent_at, w.settled_at`

export const toWriteback = (workspaceId: string, row: WritebackRow): Writeback => ({
  id: row.id,
  workspaceId,
  integrationId: row.integration_id,
  orderId: row.order_id,
  shipmentId: known(row.shipment_id),
  kind: row.kind,
  revision: row.revision,
  state: row.state,
  because: known(row.because),
  detail: known(row.detail),
  notice: row.notice,
  steps: row.steps,
  readBack: known(row.read_back),
  attempts: row.attempts,
  nextAt: known(row.next_at),
  createdAt: row.created_at,
  sentAt: known(row.sent_at),
  settledAt: known(row.settled_at),
})

export interface NewWriteback {
  id: string
  workspaceId: string
  integrationId: string
  orderId: string
  shipmentId: string
  revision: number
  notice: SavedNotice
  now: string
}

/**
 * Plans a notice, due now. The caller holds the order's row: the notice stands behind all earlier ones of its order
 * even when another machine's clock, or the same millisecond, says otherwise.
 */
export async function insertWriteback(tx: Queryable, planned: NewWriteback): Promise<void> {
  await tx.query(
    `INSERT INTO writebacks (workspace_id, id, integration_id, order_id, shipment_id, kind, revision, state, notice, next_at, created_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, 'planned', $8, $9, greatest($9::timestamptz,
       (SELECT max(created_at) + interval '1 millisecond' FROM writebacks WHERE workspace_id = $1 AND order_id = $4)))`,
    [
      planned.workspaceId,
      planned.id,
      planned.integrationId,
      planned.orderId,
      planned.shipmentId,
      planned.notice.kind,
      planned.revision,
      JSON.stringify(planned.notice),
      planned.now,
    ],
  )
}

/** All notices of a shipment, oldest first, held until the transaction ends. */
export async function lockWritebacksOf(tx: Queryable, workspaceId: string, shipmentId: string): Promise<Writeback[]> {
  const { rows } = await tx.query<WritebackRow>(
    `SELECT ${COLUMNS} FROM writebacks w WHERE w.workspace_id = $1 AND w.shipment_id = $2
     ORDER BY w.created_at, w.revision, w.id FOR UPDATE`,
    [workspaceId, shipmentId],
  )
  return rows.map((row) => toWriteback(workspaceId, row))
}

/** Puts another notice in place of one that is not done yet. A worker that has read the old one can no longer send it. */
export async function replaceNotice(
  tx: Queryable,
  workspaceId: string,
  id: string,
  to: { state: 'planned' | 'sent'; revision: number; notice: SavedNotice; now: string },
): Promise<void> {
  await tx.query(
    `UPDATE writebacks SET kind = $3, revision = $4, notice = $5, state = $7, because = NULL, detail = NULL, attempts = 0,
       next_at = $6, settled_at = NULL
     WHERE workspace_id = $1 AND id = $2`,
    [workspaceId, id, to.notice.kind, to.revision, JSON.stringify(to.notice), to.now, to.state],
  )
}

/** Takes away a notice the shop never heard of; one that waited behind it may be due now. */
export async function deleteWriteback(tx: Queryable, workspaceId: string, id: string): Promise<void> {
  const { rows } = await tx.query<{ integration_id: string }>(
    `DELETE FROM writebacks WHERE workspace_id = $1 AND id = $2 RETURNING integration_id`,
    [workspaceId, id],
  )
  const integrationId = rows[0]?.integration_id
  const nextAt = integrationId && (await nextWritebackAt(tx, workspaceId, integrationId))
  if (integrationId && nextAt) await wakeWriteBack(tx, workspaceId, integrationId, nextAt)
}

/**
 * Ends a notice that no longer matters (its shipment was voided) although calls went out for it: it stays `sent`,
 * which is the truth, and nothing more is tried.
 */
export async function abandonWriteback(
  tx: Queryable,
  workspaceId: string,
  id: string,
  because: string,
  now: string,
): Promise<void> {
  await tx.query(
    `UPDATE writebacks SET state = 'sent', because = $3, detail = NULL, next_at = NULL, settled_at = $4
     WHERE workspace_id = $1 AND id = $2`,
    [workspaceId, id, because, now],
  )
}

/** A person decided: the notice is due again, with these steps behind it. */
export async function planAgain(
  tx: Queryable,
  workspaceId: string,
  id: string,
  to: { state: 'planned' | 'sent'; notice: SavedNotice; steps: readonly WriteStep[]; now: string },
): Promise<void> {
  await tx.query(
    `UPDATE writebacks SET state = $3, because = NULL, detail = NULL, attempts = 0, notice = $4, steps = $5, next_at = $6,
       settled_at = NULL
     WHERE workspace_id = $1 AND id = $2`,
    [workspaceId, id, to.state, JSON.stringify(to.notice), JSON.stringify(to.steps), to.now],
  )
}

/** A person says that nothing more is to be told: off the list, and the reason says it was not read back. */
export async function takeAsDone(
  tx: Queryable,
  workspaceId: string,
  id: string,
  readBack: unknown,
  now: string,
): Promise<void> {
  await tx.query(
    `UPDATE writebacks SET state = 'confirmed', because = 'taken-as-done', read_back = $3, next_at = NULL, settled_at = $4
     WHERE workspace_id = $1 AND id = $2`,
    [workspaceId, id, JSON.stringify(readBack), now],
  )
}

/** Of a notice `w`: every older one of its order is settled. One order is told one thing after another. */
export const ITS_TURN = `NOT EXISTS (
         SELECT 1 FROM writebacks older
         WHERE older.workspace_id = w.workspace_id AND older.order_id = w.order_id AND older.next_at IS NOT NULL
           AND (older.created_at, older.revision, older.id) < (w.created_at, w.revision, w.id))`

/**
 * When the integration's next notice is due; undefined when none waits. One that waits for an older one of its order
 * is not due, or its stream would run without a pause.
 */
export async function nextWritebackAt(
  db: Queryable,
  workspaceId: string,
  integrationId: string,
): Promise<string | undefined> {
  const { rows } = await db.query<{ next_at: string | null }>(
    `SELECT min(w.next_at) AS next_at FROM writebacks w
     WHERE w.workspace_id = $1 AND w.integration_id = $2 AND w.next_at IS NOT NULL AND ${ITS_TURN}`,
    [workspaceId, integrationId],
  )
  return known(rows[0]?.next_at ?? null)
}

/**
 * Has the write-back stream of an integration run now, or at its lane's next attempt while the shop does not answer.
 * Workers hear of it when the transaction commits.
 */
export async function wakeWriteBack(
  tx: Queryable,
  workspaceId: string,
  integrationId: string,
  now: string,
): Promise<void> {
  await tx.query(
    `INSERT INTO streams AS s (workspace_id, integration_id, kind, pass, next_run_at)
     SELECT $1, $2, 'tracking', 'live', greatest($3::timestamptz,
       (SELECT next_attempt_at FROM lane_health
        WHERE workspace_id = $1 AND integration_id = $2 AND lane = 'write-back' AND state <> 'connected'))
     ON CONFLICT (workspace_id, integration_id, kind, pass)
     DO UPDATE SET next_run_at = least(s.next_run_at, excluded.next_run_at)`,
    [workspaceId, integrationId, now],
  )
  await tx.query(`SELECT pg_notify('passerelle_work', $1)`, [integrationId])
}

export interface WritebackFilter {
  state?: WritebackState
  integrationId?: string
  orderId?: string
  /** Default 50, at most 200. */
  limit?: number
  /** `next` of the page before. */
  cursor?: string
}

/** Newest first. `next` is there when more follow. */
export async function listWritebacks(
  db: Queryable,
  workspaceId: string,
  filter: WritebackFilter = {},
): Promise<{ items: ListedWriteback[]; next?: string }> {
  const limit = Math.min(Math.max(filter.limit ?? 50, 1), 200)
  const params: unknown[] = [workspaceId]
  const conditions = ['w.workspace_id = $1', 'i.removed_at IS NULL']
  const also = (condition: (n: number) => string, ...values: unknown[]) => {
    conditions.push(condition(params.length + 1))
    params.push(...values)
  }
  if (filter.state) also((n) => `w.state = $${n}`, filter.state)
  if (filter.integrationId) also((n) => `w.integration_id = $${n}`, filter.integrationId)
  if (filter.orderId) also((n) => `w.order_id = $${n}`, filter.orderId)
  if (filter.cursor)
    also((n) => `(w.created_at, w.id) < ($${n}::timestamptz, $${n + 1}::uuid)`, ...readCursor(filter.cursor))
  const { rows } = await db.query<WritebackRow & { order_number: string; integration_name: string }>(
    `SELECT ${COLUMNS}, o.number AS order_number, i.name AS integration_name
     FROM writebacks w
     JOIN orders o ON o.workspace_id = w.workspace_id AND o.id = w.order_id
     JOIN integrations i ON i.workspace_id = w.workspace_id AND i.id = w.integration_id
     WHERE ${conditions.join(' AND ')} ORDER BY w.created_at DESC, w.id DESC LIMIT ${limit + 1}`,
    params,
  )
  const items = rows.slice(0, limit).map((row) => toListed(workspaceId, row))
  const last = items.at(-1)
  return rows.length > limit && last ? { items, next: writeCursor(last) } : { items }
}

const toListed = (
  workspaceId: string,
  row: WritebackRow & { order_number: string; integration_name: string },
): ListedWriteback => ({
  ...toWriteback(workspaceId, row),
  orderNumber: row.order_number,
  integrationName: row.integration_name,
})

const writeCursor = (last: Writeback): string => Buffer.from(`${last.createdAt} ${last.id}`).toString('base64url')

function readCursor(cursor: string): [string, string] {
  const match = /^(\d{4}-\d\d-\d\dT[\d:.]+Z) ([0-9a-f-]{36})$/.exec(Buffer.from(cursor, 'base64url').toString())
  if (!match)
    throw new HubError('field-invalid', 'not a cursor of this list', {
      field: 'cursor',
      params: { reason: 'not-a-cursor' },
    })
  return [match[1]!, match[2]!]
}

export async function getWriteback(
  db: Queryable,
  workspaceId: string,
  id: string,
): Promise<ListedWriteback | undefined> {
  const { rows } = await db.query<WritebackRow & { order_number: string; integration_name: string }>(
    `SELECT ${COLUMNS}, o.number AS order_number, i.name AS integration_name
     FROM writebacks w
     JOIN orders o ON o.workspace_id = w.workspace_id AND o.id = w.order_id
     JOIN integrations i ON i.workspace_id = w.workspace_id AND i.id = w.integration_id
     WHERE w.workspace_id = $1 AND w.id = $2 AND i.removed_at IS NULL`,
    [workspaceId, id],
  )
  return rows[0] && toListed(workspaceId, rows[0])
}

/** One notice, held until the transaction ends. */
export async function lockWriteback(tx: Queryable, workspaceId: string, id: string): Promise<Writeback | undefined> {
  const { rows } = await tx.query<WritebackRow>(
    `SELECT ${COLUMNS} FROM writebacks w WHERE w.workspace_id = $1 AND w.id = $2 FOR UPDATE`,
    [workspaceId, id],
  )
  return rows[0] && toWriteback(workspaceId, rows[0])
}
