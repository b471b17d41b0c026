/** What a nightly reading of ids has seen, and where the hub differs from it. */
import type { Queryable, Tx } from './open.ts'

export interface Present {
  remoteId: string
  statusRaw: string
  modifiedRaw: string
}

export async function forgetSeen(tx: Tx, workspaceId: string, integrationId: string): Promise<void> {
  await tx.query(`DELETE FROM sweep_seen WHERE workspace_id = $1 AND integration_id = $2`, [workspaceId, integrationId])
}

/**
 * Remembers a page of ids.
 *
 * @returns those the hub has not, has in another state, or believes gone
 */
export async function seePage(
  tx: Tx,
  workspaceId: string,
  integrationId: string,
  present: readonly Present[],
): Promise<{ remoteId: string; modifiedRaw: string; known: boolean }[]> {
  if (present.length === 0) return []
  const ids = present.map((one) => one.remoteId)
  await tx.query(
    `INSERT INTO sweep_seen (workspace_id, integration_id, remote_id) SELECT $1, $2, unnest($3::text[]) ON CONFLICT DO NOTHING`,
    [workspaceId, integrationId, ids],
    'see-page',
  )
  const { rows } = await tx.query<{ remote_id: string; modified_raw: string; known: boolean }>(
    `SELECT p.remote_id, p.modified_raw, o.id IS NOT NULL AS known FROM unnest($3::text[], $4::text[], $5::text[]) AS p (remote_id, status_raw, modified_raw)
     LEFT JOIN orders o ON o.workspace_id = $1 AND o.integration_id = $2 AND o.remote_id = p.remote_id
     WHERE o.id IS NULL OR o.gone IS NOT NULL OR o.status_raw <> p.status_raw OR o.modified_raw IS DISTINCT FROM p.modified_raw`,
    [workspaceId, integrationId, ids, present.map((one) => one.statusRaw), present.map((one) => one.modifiedRaw)],
    'compare-page',
  )
  return rows.map((row) => ({ remoteId: row.remote_id, modifiedRaw: row.modified_raw, known: row.known }))
}

/** Ids are numbers in most shops: the shorter text is the smaller number. */
const AT_OR_BELOW = '(length(o.remote_id), o.remote_id) <= (length($3), $3)'

/** Orders the hub has and the reading has not seen, at or below the bound up to which it is complete. */
export async function unseen(
  db: Queryable,
  workspaceId: string,
  integrationId: string,
  upTo: string,
  limit: number,
): Promise<string[]> {
  const { rows } = await db.query<{ remote_id: string }>(
    `SELECT o.remote_id FROM orders o
     WHERE o.workspace_id = $1 AND o.integration_id = $2 AND o.gone IS NULL AND ${AT_OR_BELOW}
       AND NOT EXISTS (SELECT 1 FROM sweep_seen s WHERE s.workspace_id = $1 AND s.integration_id = $2 AND s.remote_id = o.remote_id)
     LIMIT $4`,
    [workspaceId, integrationId, upTo, limit],
  )
  return rows.map((row) => row.remote_id)
}

/** The oldest order that came in because of its date: ids below it belong to orders the person did not want. */
export async function oldestWanted(
  db: Queryable,
  workspaceId: string,
  integrationId: string,
  since: string,
): Promise<string | undefined> {
  const { rows } = await db.query<{ remote_id: string }>(
    `SELECT remote_id FROM orders WHERE workspace_id = $1 AND integration_id = $2 AND placed_at >= $3
     ORDER BY placed_at, id LIMIT 1`,
    [workspaceId, integrationId, since],
  )
  return rows[0]?.remote_id
}

/** The newest order the hub has, whatever its date. */
export async function highestKnown(
  db: Queryable,
  workspaceId: string,
  integrationId: string,
): Promise<string | undefined> {
  const { rows } = await db.query<{ remote_id: string }>(
    `SELECT remote_id FROM orders WHERE workspace_id = $1 AND integration_id = $2
     ORDER BY length(remote_id) DESC, remote_id DESC LIMIT 1`,
    [workspaceId, integrationId],
  )
  return rows[0]?.remote_id
}

export const isBelow = (a: string, b: string): boolean => a.length - b.length < 0 || (a.length === b.length && a < b)
