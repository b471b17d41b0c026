/**
 * Answers kept by the caller's own key, so that a repeated POST gets the first answer again instead of a second effect.
 *
 * A key belongs to one workspace and one request: the same key with another body is a mistake of the caller and is
 * refused, never answered with a stranger's answer.
 */
import { type Clock, instant } from '../domain/clock.ts'
import { HubError } from '../domain/errors.ts'
import type { Queryable } from './open.ts'

const KEPT_MS = 24 * 3_600_000
/** A request under way renews its key; a process that died inside one holds it no longer than this. */
const RUNNING_MS = 3 * 60_000

export interface KeptAnswer {
  status: number
  body: string
}

/**
 * Takes the key for this request.
 *
 * @returns the kept answer of an earlier request, or undefined when this one is to be carried out
 * @throws HubError `idempotency-reused` (another request) · `idempotency-running` (the first is not over yet)
 */
export async function takeKey(
  db: Queryable,
  clock: Clock,
  request: { workspaceId: string; key: string; hash: Buffer },
): Promise<KeptAnswer | undefined> {
  const now = clock.now()
  const taken = await db.query(
    `INSERT INTO idempotency_keys AS k (workspace_id, key, request_hash, state, created_at, expires_at)
     VALUES ($1, $2, $3, 'running', $4, $5)
     ON CONFLICT (workspace_id, key) DO UPDATE
       SET request_hash = excluded.request_hash, state = 'running', status = NULL, response = NULL,
           created_at = excluded.created_at, expires_at = excluded.expires_at
       WHERE k.expires_at <= $4`,
    [request.workspaceId, request.key, request.hash, instant(now), instant(now + RUNNING_MS)],
  )
  if (taken.rowCount === 1) return undefined

  const { rows } = await db.query<{
    request_hash: Buffer
    state: string
    status: number | null
    response: string | null
  }>(`SELECT request_hash, state, status, response FROM idempotency_keys WHERE workspace_id = $1 AND key = $2`, [
    request.workspaceId,
    request.key,
  ])
  const kept = rows[0]
  if (kept && !kept.request_hash.equals(request.hash)) {
    throw new HubError('idempotency-reused', 'this key was used for another request', { field: 'Idempotency-Key' })
  }
  if (!kept || kept.state === 'running' || kept.status === null) {
    throw new HubError('idempotency-running', 'the first request with this key is not over', {
      field: 'Idempotency-Key',
      retryAfterMs: 1000,
    })
  }
  return { status: kept.status, body: kept.response ?? '' }
}

export const RENEW_EVERY_MS = RUNNING_MS / 3

/** The request is still under way: nobody may take its key for abandoned. */
export async function renewKey(
  db: Queryable,
  clock: Clock,
  request: { workspaceId: string; key: string; hash: Buffer },
): Promise<void> {
  await db.query(
    `UPDATE idempotency_keys SET expires_at = $4
     WHERE workspace_id = $1 AND key = $2 AND request_hash = $3 AND state = 'running'`,
    [request.workspaceId, request.key, request.hash, instant(clock.now() + RUNNING_MS)],
  )
}

export async function keepAnswer(
  db: Queryable,
  clock: Clock,
  request: { workspaceId: string; key: string; hash: Buffer },
  answer: KeptAnswer,
): Promise<void> {
  await db.query(
    `UPDATE idempotency_keys SET state = 'done', status = $4, response = $5, expires_at = $6
     WHERE workspace_id = $1 AND key = $2 AND request_hash = $3 AND state = 'running'`,
    [request.workspaceId, request.key, request.hash, answer.status, answer.body, instant(clock.now() + KEPT_MS)],
  )
}

/** The request had no lasting effect (it failed on our side): the same key may be tried again. */
export async function releaseKey(
  db: Queryable,
  request: { workspaceId: string; key: string; hash: Buffer },
): Promise<void> {
  await db.query(
    `DELETE FROM idempotency_keys WHERE workspace_id = $1 AND key = $2 AND request_hash = $3 AND state = 'running'`,
    [request.workspaceId, request.key, request.hash],
  )
}
