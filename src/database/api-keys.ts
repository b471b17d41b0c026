/** Keys for programs. The key itself is shown once and never kept; its start is, to recognise it by. */
import { type Clock, instant } from '../domain/clock.ts'
import { newId } from '../domain/id.ts'
import type { Queryable } from './open.ts'
import { newToken, tokenHash } from './sessions.ts'

export const API_KEY_PREFIX = 'psk_'
const SHOWN_LENGTH = API_KEY_PREFIX.length + 6
const TOUCH_MS = 10 * 60_000

export interface ApiKey {
  id: string
  name: string
  prefix: string
  createdAt: string
  lastUsedAt?: string
}

interface ApiKeyRow {
  id: string
  name: string
  prefix: string
  created_at: string
  last_used_at: string | null
}
const toApiKey = (row: ApiKeyRow): ApiKey => ({
  id: row.id,
  name: row.name,
  prefix: row.prefix,
  createdAt: row.created_at,
  lastUsedAt: row.last_used_at ?? undefined,
})

export async function listApiKeys(db: Queryable, workspaceId: string): Promise<ApiKey[]> {
  const { rows } = await db.query<ApiKeyRow>(
    `SELECT id, name, prefix, created_at, last_used_at FROM api_keys
     WHERE workspace_id = $1 AND revoked_at IS NULL ORDER BY created_at, id`,
    [workspaceId],
  )
  return rows.map(toApiKey)
}

export async function makeApiKey(
  db: Queryable,
  clock: Clock,
  workspaceId: string,
  name: string,
): Promise<{ apiKey: ApiKey; key: string }> {
  const key = API_KEY_PREFIX + newToken()
  const now = clock.now()
  const apiKey: ApiKey = { id: newId(now), name, prefix: key.slice(0, SHOWN_LENGTH), createdAt: instant(now) }
  await db.query(
    `INSERT INTO api_keys (workspace_id, id, name, prefix, token_hash, created_at) VALUES ($1, $2, $3, $4, $5, $6)`,
    [workspaceId, apiKey.id, name, apiKey.prefix, tokenHash(key), apiKey.createdAt],
  )
  return { apiKey, key }
}

/** @returns false when there is no such key */
export async function revokeApiKey(db: Queryable, clock: Clock, workspaceId: string, id: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE api_keys SET revoked_at = $3 WHERE workspace_id = $1 AND id = $2 AND revoked_at IS NULL`,
    [workspaceId, id, instant(clock.now())],
  )
  return rowCount === 1
}

export async function findApiKey(
  db: Queryable,
  clock: Clock,
  key: string,
): Promise<{ id: string; workspaceId: string; name: string } | undefined> {
  const { rows } = await db.query<{ id: string; workspace_id: string; name: string; last_used_at: string | null }>(
    `SELECT id, workspace_id, name, last_used_at FROM api_keys WHERE token_hash = $1 AND revoked_at IS NULL`,
    [tokenHash(key)],
    'find-api-key',
  )
  const row = rows[0]
  if (!row) return undefined
  const now = clock.now()
  if (row.last_used_at === null || now - Date.parse(row.last_used_at) > TOUCH_MS) {
    await db.query(`UPDATE api_keys SET last_used_at = $3 WHERE workspace_id = $1 AND id = $2`, [
      row.workspace_id,
      row.id,
      instant(now),
    ])
  }
  return { id: row.id, workspaceId: row.workspace_id, name: row.name }
}
