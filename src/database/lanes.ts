/** Health of the lanes as it is kept; what an outcome does to it is `domain/health.ts`. */
import type { ErrorCode } from '../domain/errors.ts'
import type { Health } from '../domain/health.ts'
import type { Lane } from '../domain/integration.ts'
import type { Queryable, Tx } from './open.ts'

interface LaneRow {
  lane: Lane
  state: Health['state']
  since: string
  because: ErrorCode | null
  failures: number
  refusals: number
  next_attempt_at: string | null
}

const toHealth = (row: LaneRow): Health => ({
  state: row.state,
  since: row.since,
  because: row.because ?? undefined,
  failures: row.failures,
  refusals: row.refusals,
  nextAttemptAt: row.next_attempt_at ?? undefined,
})

export async function lanesOf(db: Queryable, workspaceId: string, integrationId: string): Promise<Map<Lane, Health>> {
  const { rows } = await db.query<LaneRow>(
    `SELECT lane, state, since, because, failures, refusals, next_attempt_at FROM lane_health
     WHERE workspace_id = $1 AND integration_id = $2`,
    [workspaceId, integrationId],
    'lanes-of',
  )
  return new Map(rows.map((row) => [row.lane, toHealth(row)]))
}

/** @param params values of the translated sentence of `because`; never a secret */
export async function saveHealth(
  tx: Tx,
  workspaceId: string,
  integrationId: string,
  lane: Lane,
  health: Health,
  params?: Record<string, string | number>,
): Promise<void> {
  await tx.query(
    `UPDATE lane_health SET state = $4, since = $5, because = $6, detail = $7, failures = $8, refusals = $9, next_attempt_at = $10
     WHERE workspace_id = $1 AND integration_id = $2 AND lane = $3`,
    [
      workspaceId,
      integrationId,
      lane,
      health.state,
      health.since,
      health.because ?? null,
      health.because && params ? JSON.stringify(params) : null,
      health.failures,
      health.refusals,
      health.nextAttemptAt ?? null,
    ],
  )
}
