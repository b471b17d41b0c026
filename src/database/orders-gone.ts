/** Orders the shop no longer has at all: kept, marked, never to be shipped. */
import { instant } from '../domain/clock.ts'
import type { Tx } from './open.ts'
import { addTimeline } from './timeline.ts'

/** @returns ids of the orders that were there until now */
export async function markDeleted(
  tx: Tx,
  workspaceId: string,
  integrationId: string,
  remoteIds: readonly string[],
  now: number,
): Promise<string[]> {
  if (remoteIds.length === 0) return []
  const { rows } = await tx.query<{ id: string; attention: string | null }>(
    `UPDATE orders o SET gone = 'deleted', gone_at = $4, to_ship = false, version = version + 1,
       attention = CASE WHEN EXISTS (SELECT 1 FROM shipments s WHERE s.workspace_id = o.workspace_id AND s.order_id = o.id AND s.state = 'booked')
         THEN 'trashed-after-shipment' ELSE attention END
     WHERE o.workspace_id = $1 AND o.integration_id = $2 AND o.remote_id = ANY($3) AND o.gone IS DISTINCT FROM 'deleted'
     RETURNING o.id, o.attention`,
    [workspaceId, integrationId, remoteIds, instant(now)],
  )
  await addTimeline(
    tx,
    workspaceId,
    rows.map((row) => ({ orderId: row.id, at: now, kind: 'gone', actor: 'shop', details: { how: 'deleted' } })),
    now,
  )
  return rows.map((row) => row.id)
}
