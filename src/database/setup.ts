/** The one-time link that makes the first user. Whoever holds it owns the hub, so it works once and only for a day. */
import { type Clock, instant } from '../domain/clock.ts'
import { HubError } from '../domain/errors.ts'
import type { Database, Queryable, Transaction } from './open.ts'
import { newToken, tokenHash } from './sessions.ts'
import { anyUser } from './users.ts'

const LIFE_MS = 24 * 3_600_000
const LOCK = 7_277_354 // beside the lock of the migrations

/** @returns undefined when there is a user already */
export async function makeSetupToken(db: Queryable, clock: Clock): Promise<string | undefined> {
  if (await anyUser(db)) return undefined
  const token = newToken()
  const now = clock.now()
  await db.query(`INSERT INTO setup_links (token_hash, created_at, expires_at) VALUES ($1, $2, $3)`, [
    tokenHash(token),
    instant(now),
    instant(now + LIFE_MS),
  ])
  return token
}

export async function isSetupTokenGood(db: Queryable, clock: Clock, token: string): Promise<boolean> {
  const { rows } = await db.query(
    `SELECT FROM setup_links WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2`,
    [tokenHash(token), instant(clock.now())],
  )
  return rows.length === 1 && !(await anyUser(db))
}

/**
 * Uses the link up and makes the first user, both or nothing. Two links opened at once make one user.
 *
 * @throws HubError `link-expired` when the link is unknown, used or late, or a user exists
 */
export function useSetupToken<T>(
  db: Database,
  clock: Clock,
  token: string,
  make: (tx: Transaction) => Promise<T>,
): Promise<T> {
  return db.transaction(async (tx) => {
    await tx.query('SELECT pg_advisory_xact_lock($1)', [LOCK])
    const { rowCount } = await tx.query(
      `UPDATE setup_links SET used_at = $2 WHERE token_hash = $1 AND used_at IS NULL AND expires_at > $2`,
      [tokenHash(token), instant(clock.now())],
    )
    if (rowCount !== 1 || (await anyUser(tx)))
      throw new HubError('link-expired', 'the setup link is used, late or unknown')
    return make(tx)
  })
}
