/**
 * What a worker does to write-backs.
 *
 * It may only write what it still owns: every change names the revision it read, touches only a notice that is alive
 * (`next_at`) and is made under the lease (`fence`). So a worker that slept through a takeover, or whose notice a
 * person has replaced meanwhile, changes nothing.
 */
import type { WriteStep } from '../domain/shipment.ts'
import type { Queryable } from './open.ts'
import { COLUMNS, ITS_TURN, toWriteback, type SavedNotice, type Writeback, type WritebackRow } from './writebacks.ts'

/** Gives up what has waited since before `before` (a person's retry counts anew); a list shows it. */
export async function expireWritebacks(
  tx: Queryable,
  of: { workspaceId: string; integrationId: string },
  before: string,
  now: string,
): Promise<{ writebackId: string; orderId: string }[]> {
  const { rows } = await tx.query<{ writebackId: string; orderId: string }>(
    `UPDATE writebacks SET state = 'refused', because = 'expired', next_at = NULL, settled_at = $4
     WHERE workspace_id = $1 AND integration_id = $2 AND next_at IS NOT NULL
       AND greatest(created_at, (notice ->> 'triedAgainAt')::timestamptz) <= $3
     RETURNING id AS "writebackId", order_id AS "orderId"`,
    [of.workspaceId, of.integrationId, before, now],
  )
  return rows
}

/** The oldest notice of an integration that is due and whose turn it is. */
export async function nextDueWriteback(
  db: Queryable,
  workspaceId: string,
  integrationId: string,
  now: string,
): Promise<Writeback | undefined> {
  const { rows } = await db.query<WritebackRow>(
    `SELECT ${COLUMNS} FROM writebacks w
     WHERE w.workspace_id = $1 AND w.integration_id = $2 AND w.next_at <= $3
       AND ${ITS_TURN}
     ORDER BY w.created_at, w.revision, w.id LIMIT 1`,
    [workspaceId, integrationId, now],
    'next-due-writeback',
  )
  return rows[0] && toWriteback(workspaceId, rows[0])
}

/** A person asked for the shop to be brought up to date now (« Mettre à jour »): whatever waits for its next try is due. */
export async function hastenWritebacks(
  db: Queryable,
  of: { workspaceId: string; integrationId: string },
  now: string,
): Promise<void> {
  await db.query(
    `UPDATE writebacks SET next_at = $3 WHERE workspace_id = $1 AND integration_id = $2 AND next_at > $3
       AND EXISTS (SELECT 1 FROM streams s WHERE s.workspace_id = $1 AND s.integration_id = $2 AND s.kind = 'tracking'
         AND s.asked_at IS NOT NULL)`,
    [of.workspaceId, of.integrationId, now],
    'hasten-writebacks',
  )
}

type Owned = Pick<Writeback, 'workspaceId' | 'id' | 'revision'>

/**
 * Stores a step that is about to be made; the notice is `sent` from now on.
 *
 * @returns false when the notice was replaced, cancelled or settled meanwhile: do not call
 */
export async function saveIntent(tx: Queryable, of: Owned, steps: readonly WriteStep[], now: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    `UPDATE writebacks SET state = 'sent', steps = $4, sent_at = coalesce(sent_at, $5)
     WHERE workspace_id = $1 AND id = $2 AND revision = $3 AND next_at IS NOT NULL`,
    [of.workspaceId, of.id, of.revision, JSON.stringify(steps), now],
  )
  return rowCount === 1
}

/** Stores what a step was answered. Also after a person settled the notice: an answer is a fact. */
export async function saveSteps(tx: Queryable, of: Owned, steps: readonly WriteStep[]): Promise<void> {
  await tx.query(`UPDATE writebacks SET steps = $4 WHERE workspace_id = $1 AND id = $2 AND revision = $3`, [
    of.workspaceId,
    of.id,
    of.revision,
    JSON.stringify(steps),
  ])
}

/** Sets who is told and what completes the order, as they are when a notice is sent for the first time. */
export async function saveNotice(tx: Queryable, of: Owned, notice: SavedNotice): Promise<void> {
  await tx.query(`UPDATE writebacks SET notice = $4 WHERE workspace_id = $1 AND id = $2 AND revision = $3`, [
    of.workspaceId,
    of.id,
    of.revision,
    JSON.stringify(notice),
  ])
}

/** @returns false when the notice was replaced, cancelled or settled meanwhile */
export async function settleWritebackRow(
  tx: Queryable,
  of: Owned,
  as: {
    state: 'confirmed' | 'refused' | 'in-doubt'
    because?: string
    detail?: string
    readBack?: unknown
    now: string
  },
): Promise<boolean> {
  const { rowCount } = await tx.query(
    `UPDATE writebacks SET state = $4, because = $5, detail = $6, read_back = coalesce($7, read_back), next_at = NULL,
       settled_at = $8, attempts = attempts + 1
     WHERE workspace_id = $1 AND id = $2 AND revision = $3 AND next_at IS NOT NULL`,
    [
      of.workspaceId,
      of.id,
      of.revision,
      as.state,
      as.because ?? null,
      as.detail?.replaceAll('\u0000', '').slice(0, 1000) ?? null,
      as.readBack === undefined ? null : JSON.stringify(as.readBack),
      as.now,
    ],
  )
  return rowCount === 1
}

/** An attempt failed and there will be another. @param failure.state `sent` when something may have got through */
export async function postponeWriteback(
  tx: Queryable,
  of: Owned,
  failure: { state: 'planned' | 'sent'; because: string; detail: string; nextAt: string },
): Promise<void> {
  await tx.query(
    `UPDATE writebacks SET because = $4, detail = $5, next_at = $6, state = $7, attempts = attempts + 1
     WHERE workspace_id = $1 AND id = $2 AND revision = $3 AND next_at IS NOT NULL`,
    [
      of.workspaceId,
      of.id,
      of.revision,
      failure.because,
      failure.detail.replaceAll('\u0000', '').slice(0, 1000),
      failure.nextAt,
      failure.state,
    ],
  )
}
