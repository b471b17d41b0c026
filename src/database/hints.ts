/** Orders somebody pointed at (a webhook, a person, the nightly sweep): read by id at the next turn. */
import type { Queryable, Tx } from './open.ts'

export interface Hint {
  remoteId: string
  hintedAt: string
}

export async function addHints(
  tx: Queryable,
  workspaceId: string,
  integrationId: string,
  remoteIds: readonly string[],
  now: string,
): Promise<void> {
  if (remoteIds.length === 0) return
  await tx.query(
    `INSERT INTO hints (workspace_id, integration_id, remote_id, hinted_at)
     SELECT DISTINCT $1::uuid, $2::uuid, h.remote_id, $3::timestamptz FROM unnest($4::text[]) AS h (remote_id)
     ON CONFLICT (workspace_id, integration_id, remote_id) DO UPDATE SET hinted_at = excluded.hinted_at`,
    [workspaceId, integrationId, now, remoteIds],
  )
}

/** The oldest ones; they stay until `clearHints`, so a crash loses none. */
export async function nextHints(
  db: Queryable,
  workspaceId: string,
  integrationId: string,
  limit: number,
): Promise<Hint[]> {
  const { rows } = await db.query<{ remote_id: string; hinted_at: string }>(
    `SELECT remote_id, hinted_at FROM hints WHERE workspace_id = $1 AND integration_id = $2 ORDER BY hinted_at, remote_id LIMIT $3`,
    [workspaceId, integrationId, limit],
  )
  return rows.map((row) => ({ remoteId: row.remote_id, hintedAt: row.hinted_at }))
}

/** One that was given again while it was being read stays: what was read may be older than the second hint. */
export async function clearHints(
  tx: Tx,
  workspaceId: string,
  integrationId: string,
  hints: readonly Hint[],
): Promise<void> {
  if (hints.length === 0) return
  await tx.query(
    `DELETE FROM hints h USING unnest($3::text[], $4::timestamptz[]) AS read (remote_id, hinted_at)
     WHERE h.workspace_id = $1 AND h.integration_id = $2 AND h.remote_id = read.remote_id AND date_trunc('milliseconds', h.hinted_at) <= read.hinted_at`,
    [workspaceId, integrationId, hints.map((hint) => hint.remoteId), hints.map((hint) => hint.hintedAt)],
  )
}
