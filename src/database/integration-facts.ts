/** Small facts a list of integrations shows besides health: orders of today, webhooks that stand, saved login fields. */
import type { Queryable } from './open.ts'

export interface IntegrationFacts {
  ordersToday: number
  /** Names of the merchant's saved login fields; never their values. */
  loginFields: string[]
  webhooks?: { standing: number; lastDeliveryAt?: string }
}

/**
 * @param day today in UTC, `2026-11-24`
 * @param hidden login fields that are ours, not the merchant's
 */
export async function integrationFacts(
  db: Queryable,
  workspaceId: string,
  ids: readonly string[],
  day: string,
  hidden: readonly string[],
): Promise<Map<string, IntegrationFacts>> {
  const { rows } = await db.query<{
    id: string
    today: number | null
    fields: string[]
    standing: number | null
    last_delivery_at: string | null
  }>(
    `SELECT i.id, c.orders AS today, cardinality(w.remote_ids) AS standing, w.last_delivery_at,
       ARRAY(SELECT f.field FROM credentials f
             WHERE f.workspace_id = i.workspace_id AND f.integration_id = i.id AND f.field <> ALL($4::text[]) ORDER BY f.field) AS fields
     FROM integrations i
     LEFT JOIN order_counts c ON c.workspace_id = i.workspace_id AND c.integration_id = i.id AND c.day = $3::date
     LEFT JOIN shop_webhooks w ON w.workspace_id = i.workspace_id AND w.integration_id = i.id
     WHERE i.workspace_id = $1 AND i.id = ANY($2::uuid[])`,
    [workspaceId, ids, day, hidden],
  )
  return new Map(
    rows.map((row) => [
      row.id,
      {
        ordersToday: row.today ?? 0,
        loginFields: row.fields,
        webhooks:
          row.standing === null
            ? undefined
            : { standing: row.standing, lastDeliveryAt: row.last_delivery_at ?? undefined },
      },
    ]),
  )
}
