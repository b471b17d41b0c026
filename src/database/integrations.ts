/**
 * Integrations, their streams, lanes and sealed logins.
 *
 * Every query names the workspace. Removing only marks: the row keeps the orders alive until they are cleaned away,
 * and its lease token is moved on so that a worker in the middle of a page can save nothing more.
 */
import type { Clock } from '../domain/clock.ts'
import type { ErrorCode } from '../domain/errors.ts'
import type { Health } from '../domain/health.ts'
import {
  LANES,
  STREAMS,
  type Integration,
  type IntegrationOptions,
  type Lane,
  type StreamKind,
  type StreamPass,
} from '../domain/integration.ts'
import type { Admission, Login } from '../domain/platform.ts'
import type { Queryable, Tx } from './open.ts'
import { at, known } from './rows.ts'
import type { Vault } from './vault.ts'

/** An integration with what only the database knows about it. */
export interface SavedIntegration extends Integration {
  homeUrl: string
  siteFingerprint: string
  /** Equal for a shop and its staging copy. */
  copyMark?: string
  copyNo: number
  zone?: string
  /** Rows the shop carried in one page the last time. */
  pageSize: number
  removedAt?: string
}

interface IntegrationRow {
  workspace_id: string
  id: string
  platform: string
  name: string
  url: string
  host_key: string
  home_url: string
  site_fingerprint: string
  copy_mark: string | null
  copy_no: number
  zone: string | null
  shop: Record<string, unknown>
  options: IntegrationOptions
  page_size: number
  disabled_at: string | null
  removed_at: string | null
  created_at: string
}

const COLUMNS = `workspace_id, id, platform, name, url, host_key, home_url, site_fingerprint, copy_mark, copy_no, zone, shop,
  options, page_size, disabled_at, removed_at, created_at`

function toIntegration(row: IntegrationRow): SavedIntegration {
  return {
    id: row.id,
    workspaceId: row.workspace_id,
    platform: row.platform,
    name: row.name,
    url: row.url,
    hostKey: row.host_key,
    shop: row.shop,
    options: row.options,
    disabledAt: at(row.disabled_at),
    createdAt: at(row.created_at)!,
    homeUrl: row.home_url,
    siteFingerprint: row.site_fingerprint,
    copyMark: known(row.copy_mark),
    copyNo: row.copy_no,
    zone: known(row.zone),
    pageSize: row.page_size,
    removedAt: at(row.removed_at),
  }
}

/** Streams that start by themselves at connection; the others wait for a hint, a write-back or the end of the backfill. */
const STARTS_AT_ONCE = new Set(['orders/live', 'orders/backfill', 'orders/removed', 'products/live', 'webhooks/live'])

/** Creates an integration with all its streams and lanes. The first import starts at once. */
export async function insertIntegration(
  tx: Tx,
  integration: Integration,
  found: { admission: Admission; copyNo: number; now: string; shopScope?: string },
): Promise<void> {
  const { workspaceId, id } = integration
  await tx.query(
    `INSERT INTO integrations (workspace_id, id, platform, name, url, host_key, home_url, site_fingerprint, copy_mark, shop_scope,
       copy_no, zone, shop, options, created_at, updated_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15)`,
    [
      workspaceId,
      id,
      integration.platform,
      integration.name,
      integration.url,
      integration.hostKey,
      found.admission.homeUrl,
      found.admission.fingerprint,
      found.admission.copyMark ?? null,
      found.shopScope ?? '',
      found.copyNo,
      found.admission.zone,
      JSON.stringify(integration.shop),
      JSON.stringify(integration.options),
      found.now,
    ],
  )
  await tx.query(
    `INSERT INTO streams (workspace_id, integration_id, kind, pass, next_run_at)
     SELECT $1, $2, s.kind, s.pass, CASE WHEN s.starts THEN $3::timestamptz END
     FROM unnest($4::text[], $5::text[], $6::boolean[]) AS s (kind, pass, starts)`,
    [
      workspaceId,
      id,
      found.now,
      STREAMS.map((stream) => stream.kind),
      STREAMS.map((stream) => stream.pass),
      STREAMS.map((stream) => STARTS_AT_ONCE.has(`${stream.kind}/${stream.pass}`)),
    ],
  )
  await tx.query(
    `INSERT INTO lane_health (workspace_id, integration_id, lane, state, since)
     SELECT $1, $2, lane, 'connected', $3 FROM unnest($4::text[]) AS lane`,
    [workspaceId, id, found.now, [...LANES]],
  )
}

export async function getIntegration(
  db: Queryable,
  workspaceId: string,
  id: string,
): Promise<SavedIntegration | undefined> {
  const { rows } = await db.query<IntegrationRow>(
    `SELECT ${COLUMNS} FROM integrations WHERE workspace_id = $1 AND id = $2 AND removed_at IS NULL`,
    [workspaceId, id],
  )
  return rows[0] && toIntegration(rows[0])
}

/** Also one that was removed: its webhooks are still to be taken away. */
export async function getIntegrationEvenRemoved(
  db: Queryable,
  workspaceId: string,
  id: string,
): Promise<SavedIntegration | undefined> {
  const { rows } = await db.query<IntegrationRow>(
    `SELECT ${COLUMNS} FROM integrations WHERE workspace_id = $1 AND id = $2`,
    [workspaceId, id],
  )
  return rows[0] && toIntegration(rows[0])
}

/** Live integrations that are the shop just admitted, or a copy of it. */
export async function findSameShop(
  db: Queryable,
  workspaceId: string,
  platform: string,
  admission: Pick<Admission, 'fingerprint' | 'copyMark'>,
): Promise<SavedIntegration[]> {
  const { rows } = await db.query<IntegrationRow>(
    `SELECT ${COLUMNS} FROM integrations
     WHERE workspace_id = $1 AND platform = $2 AND removed_at IS NULL AND (site_fingerprint = $3 OR copy_mark = $4)
     ORDER BY created_at, id`,
    [workspaceId, platform, admission.fingerprint, admission.copyMark ?? null],
  )
  return rows.map(toIntegration)
}

export async function findByFingerprint(
  db: Queryable,
  workspaceId: string,
  platform: string,
  fingerprint: string,
): Promise<SavedIntegration[]> {
  return findSameShop(db, workspaceId, platform, { fingerprint })
}

/**
 * Saves what a person changed. A disabled integration loses its worker at once (its token moves on); an enabled one,
 * or one with another address or login, starts anew.
 */
export async function updateIntegration(
  tx: Tx,
  workspaceId: string,
  id: string,
  patch: {
    name: string
    options: IntegrationOptions
    disabledAt?: string
    admission?: Admission
    hostKey?: string
    now: string
  },
): Promise<void> {
  const { admission } = patch
  const before = await tx.query<{ disabled_at: string | null; since: string }>(
    `SELECT disabled_at, options ->> 'since' AS since FROM integrations
     WHERE workspace_id = $1 AND id = $2 AND removed_at IS NULL FOR UPDATE`,
    [workspaceId, id],
  )
  const was = before.rows[0]
  if (!was) return
  await tx.query(
    `UPDATE integrations SET name = $3, options = $4, disabled_at = $5, updated_at = $6,
       url = coalesce($7, url), host_key = coalesce($8, host_key), home_url = coalesce($9, home_url),
       site_fingerprint = coalesce($10, site_fingerprint), copy_mark = coalesce($11, copy_mark), zone = coalesce($12, zone),
       shop = coalesce($13, shop),
       lease_token = CASE WHEN $14 THEN nextval('lease_tokens') ELSE lease_token END,
       lease_until = CASE WHEN $14 THEN NULL ELSE lease_until END
     WHERE workspace_id = $1 AND id = $2`,
    [
      workspaceId,
      id,
      patch.name,
      JSON.stringify(patch.options),
      patch.disabledAt ?? null,
      patch.now,
      admission?.url ?? null,
      patch.hostKey ?? (admission ? new URL(admission.url).host : null),
      admission?.homeUrl ?? null,
      admission?.fingerprint ?? null,
      admission?.copyMark ?? null,
      admission?.zone ?? null,
      admission ? JSON.stringify(admission.shop) : null,
      // Whoever works on it now does so with the old address, login or consent.
      patch.disabledAt !== undefined || admission !== undefined,
    ],
  )
  if (patch.disabledAt !== undefined && !was.disabled_at) await holdStreams(tx, workspaceId, id)
  if (patch.disabledAt === undefined && was.disabled_at) await startAgain(tx, workspaceId, id, patch.now)
  if (isWider(was.since, patch.options.since)) await restartBackfill(tx, workspaceId, id, patch.now)
}

/** `all` is the widest; else the earlier instant is. */
const isWider = (before: string, after: string): boolean =>
  before !== after && before !== 'all' && (after === 'all' || Date.parse(after) < Date.parse(before))

/** Parks what was due, or the head of the queue would fill up with shops that are switched off. */
async function holdStreams(tx: Tx, workspaceId: string, id: string): Promise<void> {
  await tx.query(
    `UPDATE streams SET next_run_at = 'infinity', asked_at = NULL
     WHERE workspace_id = $1 AND integration_id = $2 AND next_run_at IS NOT NULL`,
    [workspaceId, id],
  )
}

async function startAgain(tx: Tx, workspaceId: string, id: string, now: string): Promise<void> {
  await tx.query(
    `UPDATE streams SET next_run_at = $3 WHERE workspace_id = $1 AND integration_id = $2 AND next_run_at IS NOT NULL`,
    [workspaceId, id, now],
  )
}

/** Reads the older orders again from the newest on; those the hub has are dropped by their hash. */
export async function restartBackfill(tx: Tx, workspaceId: string, id: string, now: string): Promise<void> {
  await tx.query(
    `UPDATE streams SET cursor = NULL, progress = NULL, failures = 0, because = NULL, detail = NULL, next_run_at = $3
     WHERE workspace_id = $1 AND integration_id = $2 AND kind = 'orders' AND pass = 'backfill'`,
    [workspaceId, id, now],
  )
}

export async function savePageSize(db: Queryable, workspaceId: string, id: string, pageSize: number): Promise<void> {
  await db.query(`UPDATE integrations SET page_size = $3 WHERE workspace_id = $1 AND id = $2`, [
    workspaceId,
    id,
    pageSize,
  ])
}

/** Takes an integration out of everything. Its worker loses the lease; its orders go with a later clean-up. */
export async function markRemoved(tx: Tx, workspaceId: string, id: string, now: string): Promise<void> {
  await tx.query(
    `UPDATE integrations SET removed_at = $3, updated_at = $3, lease_token = nextval('lease_tokens'), lease_until = NULL
     WHERE workspace_id = $1 AND id = $2 AND removed_at IS NULL`,
    [workspaceId, id, now],
  )
  await tx.query(
    `UPDATE streams SET next_run_at = NULL, asked_at = NULL WHERE workspace_id = $1 AND integration_id = $2`,
    [workspaceId, id],
  )
}

/** Seals every field of a login; other fields saved before stay. */
export async function sealLogin(
  hub: { vault: Vault; clock: Clock },
  tx: Queryable,
  workspaceId: string,
  integrationId: string,
  login: Login,
): Promise<void> {
  const fields = Object.keys(login)
  const sealed = fields.map((field) => hub.vault.seal(workspaceId, integrationId, field, login[field]!))
  await tx.query(
    `INSERT INTO credentials (workspace_id, integration_id, field, key_id, nonce, ciphertext, updated_at)
     SELECT $1, $2, c.field, c.key_id, c.nonce, c.ciphertext, $3
     FROM unnest($4::text[], $5::text[], $6::bytea[], $7::bytea[]) AS c (field, key_id, nonce, ciphertext)
     ON CONFLICT (workspace_id, integration_id, field) DO UPDATE
       SET key_id = excluded.key_id, nonce = excluded.nonce, ciphertext = excluded.ciphertext, updated_at = excluded.updated_at`,
    [
      workspaceId,
      integrationId,
      new Date(hub.clock.now()).toISOString(),
      fields,
      sealed.map((one) => one.keyId),
      sealed.map((one) => Buffer.from(one.nonce)),
      sealed.map((one) => Buffer.from(one.ciphertext)),
    ],
  )
}

/** @throws HubError `credentials-unreadable` when a field does not open with the key this hub has */
export async function openLogin(
  hub: { vault: Vault; db: Queryable },
  workspaceId: string,
  integrationId: string,
): Promise<Login> {
  const { rows } = await hub.db.query<{ field: string; key_id: string; nonce: Buffer; ciphertext: Buffer }>(
    `SELECT field, key_id, nonce, ciphertext FROM credentials WHERE workspace_id = $1 AND integration_id = $2`,
    [workspaceId, integrationId],
  )
  return Object.fromEntries(
    rows.map((row) => [
      row.field,
      hub.vault.open(workspaceId, integrationId, row.field, {
        keyId: row.key_id,
        nonce: row.nonce,
        ciphertext: row.ciphertext,
      }),
    ]),
  )
}

/** After our webhooks were taken out of a shop that was removed. */
export async function forgetLogin(tx: Queryable, workspaceId: string, integrationId: string): Promise<void> {
  await tx.query(`DELETE FROM credentials WHERE workspace_id = $1 AND integration_id = $2`, [
    workspaceId,
    integrationId,
  ])
}

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
