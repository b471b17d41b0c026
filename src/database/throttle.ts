/**
 * Counting attempts, over all processes. The attempt is counted before it is judged: counting afterwards would let a
 * hundred guesses sent at once all pass the same look.
 */
import { createHash } from 'node:crypto'
import type { Clock } from '../domain/clock.ts'
import { HubError } from '../domain/errors.ts'
import type { Queryable } from './open.ts'

export interface Allowance {
  /** What is counted: `sign-in address 192.0.2.7`. Only its digest is stored. */
  key: string
  points: number
  windowMs: number
}

const digest = (key: string): Buffer => createHash('sha256').update(key).digest()

/** @throws HubError `too-many-attempts` with `retryAfterMs` when one of the allowances is used up */
export async function spend(db: Queryable, clock: Clock, allowances: readonly Allowance[]): Promise<void> {
  const now = clock.now()
  let waitMs = 0
  for (const { key, points, windowMs } of allowances) {
    const { rows } = await db.query<{ points: number; resets_at: string }>(
      `INSERT INTO throttle AS t (key, points, resets_at) VALUES ($1, 1, $3)
       ON CONFLICT (key) DO UPDATE SET
         points = CASE WHEN t.resets_at <= $2 THEN 1 ELSE least(t.points + 1, 1000000) END,
         resets_at = CASE WHEN t.resets_at <= $2 THEN $3 ELSE t.resets_at END
       RETURNING points, resets_at`,
      [digest(key), new Date(now).toISOString(), new Date(now + windowMs).toISOString()],
    )
    if (rows[0]!.points > points) waitMs = Math.max(waitMs, Date.parse(rows[0]!.resets_at) - now)
  }
  await dropSome(db, now)
  if (waitMs > 0) {
    throw new HubError('too-many-attempts', 'too many attempts', {
      retryAfterMs: waitMs,
      params: { minutes: Math.ceil(waitMs / 60_000) },
    })
  }
}

/** Gives the allowance back whole: the attempt was a good one. */
export async function forgive(db: Queryable, key: string): Promise<void> {
  await db.query(`DELETE FROM throttle WHERE key = $1`, [digest(key)])
}

/** Rows whose window is over say nothing any more; a few go with each attempt, so nobody has to remember to clean. */
async function dropSome(db: Queryable, now: number): Promise<void> {
  await db.query(
    `DELETE FROM throttle WHERE key IN (SELECT key FROM throttle WHERE resets_at < $1 LIMIT 20 FOR UPDATE SKIP LOCKED)`,
    [new Date(now).toISOString()],
  )
}
