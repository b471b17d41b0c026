/** Signed-in browsers. Only the hash of a token is kept: whoever reads the database (or a backup) is not signed in. */
import { createHash, randomBytes } from 'node:crypto'
import { type Clock, instant } from '../domain/clock.ts'
import type { Queryable } from './open.ts'
import type { MemberRole, User } from './users.ts'

const DAY_MS = 24 * 3_600_000
/** Unused for a month: over. */
export const SESSION_IDLE_MS = 30 * DAY_MS
/** A seen session is written at most this often, so reading a page is not a write. */
const TOUCH_MS = 10 * 60_000

export const tokenHash = (token: string): Buffer => createHash('sha256').update(token).digest()
/** 256 bits. */
export const newToken = (): string => randomBytes(32).toString('base64url')

export interface Session {
  hash: Buffer
  csrfToken: string
  user: User
  workspaceId: string
  role: MemberRole
}

export async function openSession(
  db: Queryable,
  clock: Clock,
  who: { userId: string; workspaceId: string },
): Promise<{ token: string; csrfToken: string }> {
  const token = newToken()
  const csrfToken = newToken()
  const now = clock.now()
  await db.query(
    `INSERT INTO sessions (token_hash, user_id, workspace_id, csrf_token, created_at, last_seen_at, expires_at)
     VALUES ($1, $2, $3, $4, $5, $5, $6)`,
    [tokenHash(token), who.userId, who.workspaceId, csrfToken, instant(now), instant(now + SESSION_IDLE_MS)],
  )
  return { token, csrfToken }
}

interface SessionRow {
  user_id: string
  workspace_id: string
  csrf_token: string
  last_seen_at: string
  email: string
  name: string
  locale: string | null
  role: MemberRole
}

/** The session of a token; a membership that was taken away ends it at once. */
export async function findSession(db: Queryable, clock: Clock, token: string): Promise<Session | undefined> {
  const now = clock.now()
  const hash = tokenHash(token)
  const { rows } = await db.query<SessionRow>(
    `SELECT s.user_id, s.workspace_id, s.csrf_token, s.last_seen_at, u.email, u.name, u.locale, m.role
     FROM sessions s JOIN users u ON u.id = s.user_id
     JOIN memberships m ON m.user_id = s.user_id AND m.workspace_id = s.workspace_id
     WHERE s.token_hash = $1 AND s.expires_at > $2`,
    [hash, instant(now)],
    'find-session',
  )
  const row = rows[0]
  if (!row) return undefined
  if (now - Date.parse(row.last_seen_at) > TOUCH_MS) {
    await db.query(`UPDATE sessions SET last_seen_at = $2, expires_at = $3 WHERE token_hash = $1`, [
      hash,
      instant(now),
      instant(now + SESSION_IDLE_MS),
    ])
  }
  return {
    hash,
    csrfToken: row.csrf_token,
    user: { id: row.user_id, email: row.email, name: row.name, locale: row.locale ?? undefined },
    workspaceId: row.workspace_id,
    role: row.role,
  }
}

export async function closeSession(db: Queryable, hash: Buffer): Promise<void> {
  await db.query(`DELETE FROM sessions WHERE token_hash = $1`, [hash])
}
