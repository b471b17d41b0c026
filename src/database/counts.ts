/** Orders per integration and day of placing, kept by the transaction that writes them: a list never counts a million rows. */
import type { Queryable, Tx } from './open.ts'

/** @param days the day (UTC, `2026-11-24`) each new order was placed */
export async function addToCounts(
  tx: Tx,
  workspaceId: string,
  integrationId: string,
  days: readonly string[],
): Promise<void> {
  if (days.length === 0) return
  const perDay = new Map<string, number>()
  for (const day of days) perDay.set(day, (perDay.get(day) ?? 0) + 1)
  await tx.query(
    `INSERT INTO order_counts AS c (workspace_id, integration_id, day, orders)
     SELECT $1, $2, d.day, d.orders FROM unnest($3::date[], $4::int[]) AS d (day, orders)
     ON CONFLICT (workspace_id, integration_id, day) DO UPDATE SET orders = c.orders + excluded.orders`,
    [workspaceId, integrationId, [...perDay.keys()], [...perDay.values()]],
    'add-to-counts',
  )
}

/** What waits for a person in a workspace. Counts stop at 1,000 (`capped`): nobody reads further. */
export interface WorkspaceCounts {
  toShip: number
  oldestToShipAt?: string
  attention: number
  ordersToday: number
  writebacksRefused: number
  writebacksInDoubt: number
  integrations: number
  integrationsSlowed: number
  integrationsPaused: number
  capped: boolean
}

const CAP = 1000
/** Orders of a removed integration stay until the next clean-up; nobody sees them. */
const LIVE =
  'integration_id <> ALL (ARRAY(SELECT id FROM integrations WHERE workspace_id = $1 AND removed_at IS NOT NULL))'

export async function workspaceCounts(db: Queryable, workspaceId: string, today: string): Promise<WorkspaceCounts> {
  const capped = (from: string) => `(SELECT count(*)::int FROM (SELECT 1 FROM ${from} LIMIT ${CAP + 1}) AS few)`
  const lanes = (state: string) =>
    `(SELECT count(DISTINCT l.integration_id)::int FROM lane_health l JOIN integrations i
        ON i.workspace_id = l.workspace_id AND i.id = l.integration_id AND i.removed_at IS NULL AND i.disabled_at IS NULL
      WHERE l.workspace_id = $1 AND l.state = '${state}')`
  const { rows } = await db.query<WorkspaceCounts & { oldestToShipAt: string | null }>(
    `SELECT ${capped(`orders WHERE workspace_id = $1 AND to_ship AND ${LIVE}`)} AS "toShip",
       (SELECT placed_at FROM orders WHERE workspace_id = $1 AND to_ship AND ${LIVE} ORDER BY placed_at, id LIMIT 1) AS "oldestToShipAt",
       ${capped(`orders WHERE workspace_id = $1 AND attention IS NOT NULL AND ${LIVE}`)} AS attention,
       (SELECT coalesce(sum(orders), 0)::int FROM order_counts WHERE workspace_id = $1 AND day = $2::date AND ${LIVE}) AS "ordersToday",
       ${capped(`writebacks WHERE workspace_id = $1 AND state <> 'confirmed' AND state = 'refused' AND ${LIVE}`)} AS "writebacksRefused",
       ${capped(`writebacks WHERE workspace_id = $1 AND state <> 'confirmed' AND state = 'in-doubt' AND ${LIVE}`)} AS "writebacksInDoubt",
       (SELECT count(*)::int FROM integrations WHERE workspace_id = $1 AND removed_at IS NULL) AS integrations,
       ${lanes('slowed')} AS "integrationsSlowed", ${lanes('paused')} AS "integrationsPaused"`,
    [workspaceId, today],
  )
  const counts = rows[0]!
  const limited = [counts.toShip, counts.attention, counts.writebacksRefused, counts.writebacksInDoubt]
  const cap = (value: number) => Math.min(value, CAP)
  return {
    ...counts,
    toShip: cap(counts.toShip),
    attention: cap(counts.attention),
    writebacksRefused: cap(counts.writebacksRefused),
    writebacksInDoubt: cap(counts.writebacksInDoubt),
    oldestToShipAt: counts.oldestToShipAt ?? undefined,
    capped: limited.some((value) => value > CAP),
  }
}
