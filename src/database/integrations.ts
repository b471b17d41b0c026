/**
 * Integrations, their streams, lanes and sealed logins.
 *
 * Every query names the workspace. Removing only marks: the row keeps the orders alive until they are cleaned away,
 * and its lease token is moved on so that a worker in the middle of a page can save nothing more.
 */
import type { Clock } from '../domain/clock.ts'
import { LANES, STREAMS, type Integration, type IntegrationOptions } from '../domain/integration.ts'
import type { Admission, Login } from '../domain/platform.ts'
import { COLUMNS, toIntegration, type IntegrationRow, type SavedIntegration } from './integration-rows.ts'
import type { Queryable, Tx } from './open.ts'
import type { Vault } from './vault.ts'

export type { SavedIntegration } from './integration-rows.ts'
export { getOverview, listIntegrations } from './integration-overview.ts'
export type { IntegrationOverview, LaneState, StreamState } from './integration-overview.ts'

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
    /** With the key of its host. */
    admission?: Admission
    hostKey?: string
    now: string
    /** When the nightly reading of ids runs next, should it start anew: never in the daytime. */
    sweepAt: string
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
      patch.hostKey ?? null,
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
  if (patch.disabledAt === undefined && was.disabled_at) await startAgain(tx, workspaceId, id, patch.now, patch.sweepAt)
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

async function startAgain(tx: Tx, workspaceId: string, id: string, now: string, sweepAt: string): Promise<void> {
  await tx.query(
    `UPDATE streams SET next_run_at = CASE WHEN pass = 'sweep' THEN $4::timestamptz ELSE $3::timestamptz END
     WHERE workspace_id = $1 AND integration_id = $2 AND next_run_at IS NOT NULL`,
    [workspaceId, id, now, sweepAt],
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

/**
 * Another login or address: whatever waited for the old one to work runs now; the nightly reading of ids keeps its hour.
 *
 * @param mayWrite tracking may go back with the new login
 */
export async function resumeWithNewLogin(
  tx: Tx,
  workspaceId: string,
  id: string,
  now: string,
  mayWrite: boolean,
): Promise<void> {
  await tx.query(
    `UPDATE lane_health SET next_attempt_at = $3
     WHERE workspace_id = $1 AND integration_id = $2 AND next_attempt_at > $3 AND (lane <> 'write-back' OR $4)`,
    [workspaceId, id, now, mayWrite],
  )
  await tx.query(
    `UPDATE writebacks SET next_at = $3 WHERE workspace_id = $1 AND integration_id = $2 AND next_at > $3`,
    [workspaceId, id, now],
  )
  await tx.query(
    `UPDATE streams SET next_run_at = $3, asked_at = CASE WHEN kind = 'orders' AND pass = 'live' THEN $3 ELSE asked_at END
     WHERE workspace_id = $1 AND integration_id = $2 AND pass <> 'sweep' AND (next_run_at IS NOT NULL OR kind = 'tracking')`,
    [workspaceId, id, now],
  )
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
