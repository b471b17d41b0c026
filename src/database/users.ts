/** Users, their memberships, and the workspace that exists before any of them. */
import { randomBytes } from 'node:crypto'
import { type Clock, instant } from '../domain/clock.ts'
import { newId } from '../domain/id.ts'
import type { Queryable, Transaction } from './open.ts'

export interface User {
  id: string
  email: string
  name: string
  locale?: string
}

export interface Workspace {
  id: string
  slug: string
  name: string
}

export type MemberRole = 'owner' | 'member'

/** How e-mail addresses are compared: the first user must not be locked out by a capital letter. */
export const emailKey = (email: string): string => email.trim().normalize('NFKC').toLowerCase()

interface UserRow {
  id: string
  email: string
  name: string
  locale: string | null
}
const toUser = (row: UserRow): User => ({
  id: row.id,
  email: row.email,
  name: row.name,
  locale: row.locale ?? undefined,
})

export const DEFAULT_WORKSPACE = 'default'

/** The workspace the command line works in; there from the first start on, without any user. */
export async function ensureDefaultWorkspace(db: Queryable, clock: Clock): Promise<Workspace> {
  const now = clock.now()
  await db.query(
    `INSERT INTO workspaces (id, slug, name, search_key, created_at) VALUES ($1, $2, $2, $3, $4) ON CONFLICT (slug) DO NOTHING`,
    [newId(now), DEFAULT_WORKSPACE, randomBytes(6).toString('hex'), instant(now)],
  )
  const { rows } = await db.query<Workspace>(`SELECT id, slug, name FROM workspaces WHERE slug = $1`, [
    DEFAULT_WORKSPACE,
  ])
  await db.query(`INSERT INTO event_counters (workspace_id, seq) VALUES ($1, 0) ON CONFLICT DO NOTHING`, [rows[0]!.id])
  return rows[0]!
}

export async function getWorkspace(db: Queryable, id: string): Promise<Workspace | undefined> {
  return (await db.query<Workspace>(`SELECT id, slug, name FROM workspaces WHERE id = $1`, [id])).rows[0]
}

export async function renameWorkspace(db: Queryable, id: string, name: string): Promise<void> {
  await db.query(`UPDATE workspaces SET name = $2 WHERE id = $1`, [id, name])
}

export async function anyUser(db: Queryable): Promise<boolean> {
  const { rows } = await db.query<{ there: boolean }>(`SELECT EXISTS (SELECT FROM users) AS there`)
  return rows[0]!.there
}

export interface NewUser {
  email: string
  name: string
  passwordHash: string
  locale?: string
  workspaceId: string
  role: MemberRole
}

export async function insertUser(tx: Transaction, clock: Clock, user: NewUser): Promise<User> {
  const now = clock.now()
  const id = newId(now)
  await tx.query(
    `INSERT INTO users (id, email, email_norm, name, password_hash, locale, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
    [id, user.email.trim(), emailKey(user.email), user.name, user.passwordHash, user.locale ?? null, instant(now)],
  )
  await tx.query(`INSERT INTO memberships (user_id, workspace_id, role, created_at) VALUES ($1, $2, $3, $4)`, [
    id,
    user.workspaceId,
    user.role,
    instant(now),
  ])
  return { id, email: user.email.trim(), name: user.name, locale: user.locale }
}

/** Whoever belongs to several workspaces starts in the first. */
export async function findUserForSignIn(
  db: Queryable,
  email: string,
): Promise<{ user: User; passwordHash: string; workspaceId: string; role: MemberRole } | undefined> {
  const { rows } = await db.query<UserRow & { password_hash: string; workspace_id: string; role: MemberRole }>(
    `SELECT u.id, u.email, u.name, u.locale, u.password_hash, m.workspace_id, m.role
     FROM users u JOIN memberships m ON m.user_id = u.id
     WHERE u.email_norm = $1 ORDER BY m.created_at, m.workspace_id LIMIT 1`,
    [emailKey(email)],
  )
  const row = rows[0]
  return row && { user: toUser(row), passwordHash: row.password_hash, workspaceId: row.workspace_id, role: row.role }
}

/** A hash made with today's cost, kept at the first sign-in after the cost was raised. */
export async function savePasswordHash(db: Queryable, userId: string, passwordHash: string): Promise<void> {
  await db.query(`UPDATE users SET password_hash = $2 WHERE id = $1`, [userId, passwordHash])
}
