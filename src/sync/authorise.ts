/**
 * The merchant approves in the shop, and no key is copied by hand.
 *
 * Whoever finds our callback could post a key to it: the state in it is 256 bits, single use, lives 15 minutes, is
 * bound to the session that asked and to its workspace, and the key it brings is tried (a signed GET) before it counts.
 */
import { createHash, randomBytes } from 'node:crypto'
import { instant } from '../domain/clock.ts'
import { HubError } from '../domain/errors.ts'
import type { Integration } from '../domain/integration.ts'
import type { Login, Sight } from '../domain/platform.ts'
import { addIntegration, platformOf, recogniseShop, type AddInput } from './connections.ts'
import type { Hub } from './hub.ts'

const LIFE_MS = 15 * 60_000

const stateHash = (state: string): Buffer => createHash('sha256').update(state).digest()

export type AuthoriseInput = Omit<AddInput, 'login'> & { sessionHash?: Uint8Array }

/** @returns the address to send the merchant's browser to */
export async function startAuthorisation(
  hub: Hub,
  workspaceId: string,
  input: AuthoriseInput,
): Promise<{ link: string; expiresAt: string }> {
  const platform = platformOf(hub, input.platform)
  const publicUrl = hub.config.publicUrl?.replace(/\/$/, '')
  if (!platform.authorise || !publicUrl?.startsWith('https://')) {
    throw new HubError('public-url-missing', 'approving in the shop needs an https PUBLIC_URL', { field: 'url' })
  }
  const seen = await recogniseShop(hub, workspaceId, input.url)
  if (seen.platform !== input.platform) {
    throw new HubError('other-platform', `found ${seen.platform}`, {
      field: 'platform',
      params: { platform: seen.platform, url: seen.shownAs },
    })
  }
  const state = randomBytes(32).toString('base64url')
  const now = hub.clock.now()
  const expiresAt = instant(now + LIFE_MS)
  const { sessionHash, ...options } = input
  await hub.db.query(
    `INSERT INTO authorisations (state_hash, workspace_id, session_hash, platform, url, options, created_at, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      stateHash(state),
      workspaceId,
      sessionHash ?? null,
      input.platform,
      seen.url,
      JSON.stringify(options),
      instant(now),
      expiresAt,
    ],
  )
  const link = platform.authorise.link({
    url: seen.url,
    appName: hub.config.identityName ?? 'Passerelle',
    state,
    returnUrl: `${publicUrl}/connect/return`,
    callbackUrl: `${publicUrl}/api/v1/hooks/authorisation/${input.platform}`,
  })
  return { link, expiresAt }
}

/** The shop posts the key. @returns whether it was taken; the shop deletes its key unless the answer is exactly 200 */
export async function takeAuthorisation(hub: Hub, platformId: string, body: string): Promise<boolean> {
  const read = platformOf(hub, platformId).authorise?.readCallback(body)
  if (!read) return false
  const hash = stateHash(read.state)
  const { rows } = await hub.db.query<{ workspace_id: string }>(
    `SELECT workspace_id FROM authorisations
     WHERE state_hash = $1 AND platform = $2 AND used_at IS NULL AND login_sealed IS NULL AND expires_at > $3`,
    [hash, platformId, instant(hub.clock.now())],
  )
  const workspaceId = rows[0]?.workspace_id
  if (!workspaceId) return false
  const sealed = hub.vault.seal(workspaceId, AAD_ROOM, 'login', JSON.stringify(read.login))
  const { rowCount } = await hub.db.query(
    `UPDATE authorisations SET login_sealed = $2 WHERE state_hash = $1 AND login_sealed IS NULL AND used_at IS NULL`,
    [
      hash,
      Buffer.from(
        JSON.stringify({ keyId: sealed.keyId, nonce: b64(sealed.nonce), ciphertext: b64(sealed.ciphertext) }),
      ),
    ],
  )
  return rowCount === 1
}

/**
 * The browser comes back. The key the shop brought meanwhile is tried and the integration made.
 *
 * @throws HubError `link-expired` when the state is unknown, used, too old, of another session, or brought no key
 */
export async function finishAuthorisation(
  hub: Hub,
  workspaceId: string,
  back: { state: string; approved: boolean; sessionHash?: Uint8Array },
): Promise<{ integration: Integration; saw: Sight[] } | 'denied'> {
  const now = instant(hub.clock.now())
  const { rows } = await hub.db.query<{
    session_hash: Buffer | null
    url: string
    options: AddInput
    login_sealed: Buffer | null
  }>(
    `UPDATE authorisations SET used_at = $3
     WHERE state_hash = $1 AND workspace_id = $2 AND used_at IS NULL AND expires_at > $3
       AND session_hash IS NOT DISTINCT FROM $4
     RETURNING session_hash, url, options, login_sealed`,
    [stateHash(back.state), workspaceId, now, back.sessionHash ?? null],
  )
  const found = rows[0]
  if (!found) throw new HubError('link-expired', 'unknown, used or late authorisation')
  if (!back.approved) return 'denied'
  if (!found.login_sealed) throw new HubError('link-expired', 'the shop brought no key')
  const sealed = JSON.parse(found.login_sealed.toString()) as { keyId: string; nonce: string; ciphertext: string }
  const login = JSON.parse(
    hub.vault.open(workspaceId, AAD_ROOM, 'login', {
      keyId: sealed.keyId,
      nonce: Buffer.from(sealed.nonce, 'base64'),
      ciphertext: Buffer.from(sealed.ciphertext, 'base64'),
    }),
  ) as Login
  await hub.db.query(`UPDATE authorisations SET login_sealed = NULL WHERE state_hash = $1`, [stateHash(back.state)])
  return addIntegration(hub, workspaceId, { ...found.options, url: found.url, login })
}

/** Stands where an integration's id stands in the additional data of a sealed login: there is none yet. */
const AAD_ROOM = 'authorisation'
const b64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64')
