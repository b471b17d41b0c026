/**
 * Our webhooks in a shop: made when the hub has a public address, looked after, used only as a hint to fetch.
 *
 * A shop disables a webhook after a few failed deliveries without telling anybody, so their state is read once a
 * day and a disabled one is made anew. Path and secret are derived, not stored in clear: both are sealed logins.
 */
import { createHash, randomBytes } from 'node:crypto'
import { addHints } from '../database/hints.ts'
import { getIntegration, openLogin, sealLogin } from '../database/integrations.ts'
import type { Tx } from '../database/open.ts'
import { instant } from '../domain/clock.ts'
import type { Connector } from '../domain/platform.ts'
import type { Hub } from './hub.ts'
import type { Integration } from '../domain/integration.ts'

/** Names of the sealed fields that belong to us, not to the merchant's login. */
export const HOOK_FIELDS = ['hookPath', 'hookSecret'] as const

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
const DEBOUNCE_MS = 3_000

export const pathHash = (path: string): Buffer => createHash('sha256').update(path).digest()

/** Letters and digits only: the shop decodes HTML entities in a secret before it signs with it. */
export function randomWord(length: number): string {
  let word = ''
  while (word.length < length) {
    for (const byte of randomBytes(length)) if (byte < 248 && word.length < length) word += ALPHABET[byte % 62]!
  }
  return word
}

/** What every webhook of ours ends with, whatever the hub's public address was when it was made. */
export const hookTail = (path: string): string => `/hooks/shops/${path}`

export const hookAddress = (publicUrl: string, path: string): string =>
  `${publicUrl.replace(/\/$/, '')}${hookTail(path)}`

/**
 * Makes the webhooks that are missing and replaces those the shop disabled.
 *
 * @returns how many were made anew, or undefined when the hub has no public address
 */
export async function lookAfterWebhooks(
  hub: Hub,
  integration: Integration,
  connector: Connector,
): Promise<number | undefined> {
  const publicUrl = hub.config.publicUrl
  if (!publicUrl || !connector.webhooks) return undefined
  const { id, workspaceId } = integration
  const login = await openLogin(hub, workspaceId, id)
  const path = login['hookPath'] ?? randomWord(43)
  const secret = login['hookSecret'] ?? randomWord(40)
  const now = instant(hub.clock.now())

  // The path is known before the first call: the shop pings it while it creates the webhook.
  await hub.db.transaction(async (tx) => {
    if (!login['hookPath']) await sealLogin(hub, tx, workspaceId, id, { hookPath: path, hookSecret: secret })
    await tx.query(
      `INSERT INTO shop_webhooks (workspace_id, integration_id, path_hash, created_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (workspace_id, integration_id) DO UPDATE SET path_hash = excluded.path_hash`,
      [workspaceId, id, pathHash(path), now],
    )
  })

  const known = await knownWebhooks(hub, workspaceId, id)
  const made = await connector.webhooks.ensure({ url: hookAddress(publicUrl, path), secret, known })
  await hub.db.query(
    `UPDATE shop_webhooks SET remote_ids = $3, checked_at = $4, remade = remade + $5
     WHERE workspace_id = $1 AND integration_id = $2`,
    [workspaceId, id, made.remoteIds, now, made.remade],
  )
  return made.remade
}

export async function knownWebhooks(hub: Hub, workspaceId: string, integrationId: string): Promise<string[]> {
  const { rows } = await hub.db.query<{ remote_ids: string[] }>(
    `SELECT remote_ids FROM shop_webhooks WHERE workspace_id = $1 AND integration_id = $2`,
    [workspaceId, integrationId],
  )
  return rows[0]?.remote_ids ?? []
}

/**
 * Takes a delivery at `/hooks/shops/<path>`. Its content is never trusted: it names orders to fetch.
 *
 * @returns `unknown` path → 404 · `refused` signature → 401 · `taken` → 200 (a ping too: anything else counts as a
 * failed delivery in the shop)
 */
export async function receiveDelivery(
  hub: Hub,
  path: string,
  headers: Record<string, string>,
  body: Uint8Array,
): Promise<'unknown' | 'refused' | 'taken'> {
  const { rows } = await hub.db.query<{ workspace_id: string; integration_id: string }>(
    `SELECT w.workspace_id, w.integration_id FROM shop_webhooks w
     JOIN integrations i ON i.workspace_id = w.workspace_id AND i.id = w.integration_id
     WHERE w.path_hash = $1 AND i.removed_at IS NULL`,
    [pathHash(path)],
  )
  const found = rows[0]
  if (!found) return 'unknown'
  const { workspace_id: workspaceId, integration_id: id } = found
  const integration = await getIntegration(hub.db, workspaceId, id)
  const platform = hub.platforms.find((candidate) => candidate.manifest.id === integration?.platform)
  if (!integration || !platform?.readDelivery) return 'unknown'

  const login = await openLogin(hub, workspaceId, id)
  const delivery = platform.readDelivery(headers, body, login['hookSecret'] ?? '')
  if (delivery.kind === 'ping') return 'taken'
  if (delivery.kind === 'refused') {
    await hub.db.query(
      `UPDATE shop_webhooks SET refused = refused + 1 WHERE workspace_id = $1 AND integration_id = $2`,
      [workspaceId, id],
    )
    return 'refused'
  }
  await hub.db.transaction(async (tx) => {
    const now = hub.clock.now()
    await tx.query(
      `UPDATE shop_webhooks SET deliveries = deliveries + 1, last_delivery_at = $3 WHERE workspace_id = $1 AND integration_id = $2`,
      [workspaceId, id, instant(now)],
    )
    await hint(tx, workspaceId, id, delivery.remoteIds, now)
  })
  return 'taken'
}

/** Orders to read by id soon. Several hints within seconds are one turn: a checkout sends two at once. */
export async function hint(
  tx: Tx,
  workspaceId: string,
  integrationId: string,
  remoteIds: string[],
  now: number,
): Promise<void> {
  await addHints(tx, workspaceId, integrationId, remoteIds, instant(now))
  await tx.query(
    `UPDATE streams SET next_run_at = least(coalesce(next_run_at, 'infinity'), $3::timestamptz)
     WHERE workspace_id = $1 AND integration_id = $2 AND kind = 'orders' AND pass = 'hinted'`,
    [workspaceId, integrationId, instant(now + DEBOUNCE_MS)],
  )
}
