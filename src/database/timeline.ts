/** What happened to an order, for people: in the shop, at our hands, on the way back to the shop. */
import { instant } from '../domain/clock.ts'
import { newId } from '../domain/id.ts'
import type { Queryable } from './open.ts'

export interface TimelineEntry {
  orderId: string
  /** ms */
  at: number
  kind: string
  actor?: string
  details: Record<string, unknown>
}

export async function addTimeline(
  tx: Queryable,
  workspaceId: string,
  entries: readonly TimelineEntry[],
  now: number,
): Promise<void> {
  if (entries.length === 0) return
  await tx.query(
    `INSERT INTO order_timeline (workspace_id, id, order_id, at, kind, actor, details)
     SELECT $1, t.* FROM unnest($2::uuid[], $3::uuid[], $4::timestamptz[], $5::text[], $6::text[], $7::json[]) AS t`,
    [
      workspaceId,
      entries.map(() => newId(now)),
      entries.map((entry) => entry.orderId),
      entries.map((entry) => instant(entry.at)),
      entries.map((entry) => entry.kind),
      entries.map((entry) => entry.actor ?? null),
      entries.map((entry) => JSON.stringify(entry.details)),
    ],
    'add-timeline',
  )
}
