/** Runs that changed something, failed, or were asked for by a person: what the last days brought. Kept 90 days. */
import { instant } from '../domain/clock.ts'
import type { ErrorCode } from '../domain/errors.ts'
import { newId } from '../domain/id.ts'
import type { Queryable } from './open.ts'

export interface RunCounts {
  imported: number
  changed: number
  unchanged: number
  quarantined: number
  gone: number
  requests: number
}

export const noCounts = (): RunCounts => ({
  imported: 0,
  changed: 0,
  unchanged: 0,
  quarantined: 0,
  gone: 0,
  requests: 0,
})

export interface Run extends RunCounts {
  id: string
  integrationId: string
  kind: string
  pass: string
  startedAt: string
  endedAt: string
  /** `done` reached the end · `more` goes on at the next turn · `failed`. */
  outcome: 'done' | 'more' | 'failed'
  error?: ErrorCode
  params?: Record<string, string | number>
}

export async function saveRun(tx: Queryable, workspaceId: string, run: Omit<Run, 'id'>, now: number): Promise<void> {
  await tx.query(
    `INSERT INTO runs (workspace_id, id, integration_id, kind, pass, started_at, ended_at, outcome, imported, changed, unchanged,
       quarantined, gone, requests, error, detail)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
    [
      workspaceId,
      newId(now),
      run.integrationId,
      run.kind,
      run.pass,
      run.startedAt,
      run.endedAt,
      run.outcome,
      run.imported,
      run.changed,
      run.unchanged,
      run.quarantined,
      run.gone,
      run.requests,
      run.error ?? null,
      run.params ? JSON.stringify(run.params) : null,
    ],
    'save-run',
  )
}

interface RunRow extends RunCounts {
  id: string
  integration_id: string
  kind: string
  pass: string
  started_at: string
  ended_at: string
  outcome: Run['outcome']
  error: ErrorCode | null
  detail: Record<string, string | number> | null
}

/** Newest first. @param before id of the last one of the page before */
export async function listRuns(
  db: Queryable,
  workspaceId: string,
  integrationId: string,
  options: { before?: string; limit?: number } = {},
): Promise<Run[]> {
  const { rows } = await db.query<RunRow>(
    `SELECT id, integration_id, kind, pass, started_at, ended_at, outcome, imported, changed, unchanged, quarantined, gone, requests,
       error, detail
     FROM runs WHERE workspace_id = $1 AND integration_id = $2 AND ($3::uuid IS NULL OR id < $3)
     ORDER BY id DESC LIMIT $4`,
    [workspaceId, integrationId, options.before ?? null, options.limit ?? 50],
  )
  return rows.map(({ integration_id, started_at, ended_at, error, detail, ...row }) => ({
    ...row,
    integrationId: integration_id,
    startedAt: started_at,
    endedAt: ended_at,
    error: error ?? undefined,
    params: detail ?? undefined,
  }))
}

/** What all runs that ended at or after `since` brought together. */
export async function sumRuns(
  db: Queryable,
  workspaceId: string,
  integrationId: string,
  since: string,
): Promise<RunCounts & { endedAt?: string }> {
  const { rows } = await db.query<RunCounts & { endedAt: string | null }>(
    `SELECT coalesce(sum(imported), 0)::int AS imported, coalesce(sum(changed), 0)::int AS changed,
       coalesce(sum(unchanged), 0)::int AS unchanged, coalesce(sum(quarantined), 0)::int AS quarantined,
       coalesce(sum(gone), 0)::int AS gone, coalesce(sum(requests), 0)::int AS requests, max(ended_at) AS "endedAt"
     FROM runs WHERE workspace_id = $1 AND integration_id = $2 AND ended_at >= $3
       AND started_at >= $3::timestamptz - interval '1 day'`,
    [workspaceId, integrationId, since],
  )
  const row = rows[0]!
  return { ...row, endedAt: row.endedAt ?? undefined }
}

/** Ends later than it began even when the clock stands still in a test: never before. */
export const span = (startedMs: number, endedMs: number) => ({
  startedAt: instant(startedMs),
  endedAt: instant(Math.max(startedMs, endedMs)),
})
