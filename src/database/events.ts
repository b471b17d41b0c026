/**
 * The feed of what happened in a workspace, gapless and in commit order.
 *
 * The number comes from a counter row that stays locked until the commit: nobody can see event 8 before event 7. That
 * is why `appendEvents` must be the last statement of its transaction, or it holds up the whole workspace.
 */
import type { Queryable, Tx } from './open.ts'
import { newId } from '../domain/id.ts'

export interface NewEvent {
  /** `orders.imported`, `orders.changed`, `orders.gone`, … */
  kind: string
  /** What it is about: an integration, an order, a shipment. */
  subject?: string
  details: Record<string, unknown>
}

export interface SavedEvent extends NewEvent {
  seq: number
  id: string
  at: string
}

export async function appendEvents(
  tx: Tx,
  workspaceId: string,
  events: readonly NewEvent[],
  now: number,
): Promise<void> {
  if (events.length === 0) return
  await tx.query(
    `WITH counter AS (
       INSERT INTO event_counters AS c (workspace_id, seq) VALUES ($1, $2)
       ON CONFLICT (workspace_id) DO UPDATE SET seq = c.seq + $2 RETURNING seq)
     INSERT INTO events (workspace_id, seq, id, at, kind, subject, details)
     SELECT $1, counter.seq - $2 + e.n, e.id, $3, e.kind, e.subject, e.details
     FROM counter, unnest($4::uuid[], $5::text[], $6::uuid[], $7::json[]) WITH ORDINALITY AS e (id, kind, subject, details, n)`,
    [
      workspaceId,
      events.length,
      new Date(now).toISOString(),
      events.map(() => newId(now)),
      events.map((event) => event.kind),
      events.map((event) => event.subject ?? null),
      events.map((event) => JSON.stringify(event.details)),
    ],
    'append-events',
  )
}

/** Events after `seq`, oldest first. */
export async function readEvents(
  db: Queryable,
  workspaceId: string,
  after: number,
  limit = 100,
): Promise<SavedEvent[]> {
  const { rows } = await db.query<SavedEvent & { subject: string | null }>(
    `SELECT seq, id, at, kind, subject, details FROM events WHERE workspace_id = $1 AND seq > $2 ORDER BY seq LIMIT $3`,
    [workspaceId, after, limit],
  )
  return rows.map((row) => ({ ...row, subject: row.subject ?? undefined }))
}
