/** Everything a list of integrations shows, in one query: health, progress, counts, what waits. Counts come from counters. */
import type { ErrorCode } from '../domain/errors.ts'
import type { Health } from '../domain/health.ts'
import { LANES, type Lane, type StreamKind, type StreamPass } from '../domain/integration.ts'
import { COLUMNS, toIntegration, type IntegrationRow, type SavedIntegration } from './integration-rows.ts'
import type { Queryable } from './open.ts'
import { at, known } from './rows.ts'

export interface LaneState extends Health {
  lane: Lane
  /** Values of the translated sentence of `because`. */
  params: Record<string, string | number>
}

export interface StreamState {
  kind: StreamKind
  pass: StreamPass
  nextRunAt?: string
  askedAt?: string
  lastRunAt?: string
  lastSuccessAt?: string
  /** Of a long pass, when the shop says. */
  progress?: { done: number; total?: number }
  /** This stream alone fails, while its lane may be well (a page of the backfill the shop cannot answer). */
  failing?: { code: ErrorCode; params: Record<string, string | number>; failures: number }
}

export interface IntegrationOverview extends SavedIntegration {
  lanes: LaneState[]
  streams: StreamState[]
  /** A worker is on it now. */
  working: boolean
  lastSyncAt?: string
  orders: number
  quarantined: number
  writebacks: { waiting: number; refused: number; inDoubt: number }
}

const OVERVIEW = `
  SELECT ${COLUMNS.split(/,\s*/)
    .map((column) => `i.${column}`)
    .join(', ')}, i.lease_until,
    (SELECT coalesce(sum(c.orders), 0)::int FROM order_counts c WHERE c.workspace_id = i.workspace_id AND c.integration_id = i.id) AS orders,
    (SELECT count(*)::int FROM (SELECT 1 FROM quarantine q WHERE q.workspace_id = i.workspace_id AND q.integration_id = i.id LIMIT 1000) q)
      AS quarantined,
    (SELECT json_agg(json_build_object('lane', l.lane, 'state', l.state, 'since', l.since, 'because', l.because, 'detail', l.detail,
       'failures', l.failures, 'refusals', l.refusals, 'next', l.next_attempt_at))
     FROM lane_health l WHERE l.workspace_id = i.workspace_id AND l.integration_id = i.id) AS lanes,
    (SELECT json_agg(json_build_object('kind', s.kind, 'pass', s.pass, 'next', s.next_run_at, 'asked', s.asked_at,
       'last', s.last_run_at, 'success', s.last_success_at, 'progress', s.progress, 'failures', s.failures, 'because', s.because,
       'detail', s.detail))
     FROM streams s WHERE s.workspace_id = i.workspace_id AND s.integration_id = i.id) AS streams,
    (SELECT json_build_object(
       'waiting', count(*) FILTER (WHERE w.state IN ('planned', 'sent') AND w.next_at IS NOT NULL),
       'refused', count(*) FILTER (WHERE w.state = 'refused'),
       'inDoubt', count(*) FILTER (WHERE w.state = 'in-doubt'))
     FROM writebacks w WHERE w.workspace_id = i.workspace_id AND w.integration_id = i.id AND w.state <> 'confirmed') AS writebacks
  FROM integrations i`

interface OverviewRow extends IntegrationRow {
  lease_until: string | null
  orders: number
  quarantined: number
  lanes: LaneRow[] | null
  streams: StreamRow[] | null
  writebacks: { waiting: number; refused: number; inDoubt: number }
}
interface LaneRow {
  lane: Lane
  state: Health['state']
  since: string
  because: ErrorCode | null
  detail: Record<string, string | number> | null
  failures: number
  refusals: number
  next: string | null
}
interface StreamRow {
  kind: StreamKind
  pass: StreamPass
  next: string | null
  asked: string | null
  last: string | null
  success: string | null
  progress: { done: number; total?: number } | null
  failures: number
  because: ErrorCode | null
  detail: Record<string, string | number> | null
}

const toLane = (row: LaneRow): LaneState => ({
  lane: row.lane,
  state: row.state,
  since: at(row.since)!,
  because: known(row.because),
  params: row.detail ?? {},
  failures: row.failures,
  refusals: row.refusals,
  nextAttemptAt: at(row.next),
})

const toStream = (row: StreamRow): StreamState => ({
  kind: row.kind,
  pass: row.pass,
  nextRunAt: at(row.next),
  askedAt: at(row.asked),
  lastRunAt: at(row.last),
  lastSuccessAt: at(row.success),
  progress: known(row.progress),
  failing:
    row.failures > 0 && row.because
      ? { code: row.because, params: row.detail ?? {}, failures: row.failures }
      : undefined,
})

function toOverview(row: OverviewRow, now: number): IntegrationOverview {
  const streams = (row.streams ?? []).map(toStream)
  return {
    ...toIntegration(row),
    lanes: LANES.flatMap((lane) => (row.lanes ?? []).filter((one) => one.lane === lane).map(toLane)),
    streams,
    working: row.lease_until !== null && Date.parse(row.lease_until) > now,
    lastSyncAt: streams.find((stream) => stream.kind === 'orders' && stream.pass === 'live')?.lastSuccessAt,
    orders: row.orders,
    quarantined: row.quarantined,
    writebacks: row.writebacks,
  }
}

/** All of a workspace with everything a list shows, oldest first. @param now ms, for `working` */
export async function listIntegrations(
  db: Queryable,
  workspaceId: string,
  now: number,
): Promise<IntegrationOverview[]> {
  const { rows } = await db.query<OverviewRow>(
    `${OVERVIEW} WHERE i.workspace_id = $1 AND i.removed_at IS NULL ORDER BY i.created_at, i.id`,
    [workspaceId],
  )
  return rows.map((row) => toOverview(row, now))
}

export async function getOverview(
  db: Queryable,
  workspaceId: string,
  id: string,
  now: number,
): Promise<IntegrationOverview | undefined> {
  const { rows } = await db.query<OverviewRow>(
    `${OVERVIEW} WHERE i.workspace_id = $1 AND i.id = $2 AND i.removed_at IS NULL`,
    [workspaceId, id],
  )
  return rows[0] && toOverview(rows[0], now)
}
