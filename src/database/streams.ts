/**
 * Which integration is worked on next, by whom, and where its streams continue.
 *
 * An integration is worked on by one worker at a time: it holds a lease that ends by itself, and a token. A worker
 * that stalled and wakes after somebody else took over still believes in its lease; so every save looks at the token
 * (`fence`) in its own transaction, under a lock that a takeover has to wait for.
 */
import { instant } from '../domain/clock.ts'
import { HubError, type ErrorCode } from '../domain/errors.ts'
import { laneOf, STREAMS, type Lane, type StreamKind, type StreamPass } from '../domain/integration.ts'
import type { Queryable, Tx } from './open.ts'
import { at, known } from './rows.ts'

export interface Claim {
  workspaceId: string
  integrationId: string
  /** Fencing token: the larger one is the later one. */
  token: string
}

export const LEASE_MS = 60_000

const claimSql = (due: string) => `
  WITH due AS MATERIALIZED (
    SELECT i.workspace_id, i.id FROM streams s
    JOIN integrations i ON i.workspace_id = s.workspace_id AND i.id = s.integration_id
    WHERE s.next_run_at <= $1 AND ${due} AND i.disabled_at IS NULL AND i.removed_at IS NULL
      AND (i.lease_until IS NULL OR i.lease_until <= $1)
    LIMIT 1 FOR NO KEY UPDATE OF i SKIP LOCKED)
  UPDATE integrations i SET lease_token = nextval('lease_tokens'), lease_until = $2, lease_holder = $3
  FROM due WHERE i.workspace_id = due.workspace_id AND i.id = due.id
  RETURNING i.workspace_id, i.id, i.lease_token`

const CLAIM_ASKED = claimSql('s.asked_at IS NOT NULL').replace('LIMIT 1', 'ORDER BY s.asked_at LIMIT 1')
const CLAIM_DUE = claimSql('true').replace('LIMIT 1', 'ORDER BY s.next_run_at LIMIT 1')

/**
 * Takes the integration that waited longest; those a person asked for go first.
 *
 * @param holder who claims, for people looking into the table
 */
export async function claimDue(db: Queryable, now: number, holder: string): Promise<Claim | undefined> {
  const params = [instant(now), instant(now + LEASE_MS), holder]
  for (const [name, text] of [
    ['claim-asked', CLAIM_ASKED],
    ['claim-due', CLAIM_DUE],
  ] as const) {
    const { rows } = await db.query<{ workspace_id: string; id: string; lease_token: number }>(text, params, name)
    const row = rows[0]
    if (row) return { workspaceId: row.workspace_id, integrationId: row.id, token: String(row.lease_token) }
  }
  return undefined
}

/** Keeps the lease. @returns false when somebody else has it by now */
export async function heartbeat(db: Queryable, claim: Claim, now: number): Promise<boolean> {
  const { rowCount } = await db.query(
    `UPDATE integrations SET lease_until = $4 WHERE workspace_id = $1 AND id = $2 AND lease_token = $3`,
    [claim.workspaceId, claim.integrationId, claim.token, instant(now + LEASE_MS)],
  )
  return rowCount === 1
}

export async function release(db: Queryable, claim: Claim): Promise<void> {
  await db.query(
    `UPDATE integrations SET lease_until = NULL, lease_holder = NULL WHERE workspace_id = $1 AND id = $2 AND lease_token = $3`,
    [claim.workspaceId, claim.integrationId, claim.token],
  )
}

/** For a hub that is alone on its database and has just started: whoever holds a lease was killed. */
export async function endLeases(db: Queryable): Promise<void> {
  await db.query(`UPDATE integrations SET lease_until = NULL, lease_holder = NULL WHERE lease_until IS NOT NULL`)
}

/** First statement of every transaction that saves work. @throws HubError `lease-lost` */
export async function fence(tx: Tx, claim: Claim): Promise<void> {
  const { rowCount } = await tx.query(
    `SELECT 1 FROM integrations WHERE workspace_id = $1 AND id = $2 AND lease_token = $3 FOR SHARE`,
    [claim.workspaceId, claim.integrationId, claim.token],
    'fence',
  )
  if (rowCount !== 1)
    throw new HubError('lease-lost', `the lease ${claim.token} on ${claim.integrationId} is no longer ours`)
}

/** One stream as its worker needs it. */
export interface Stream {
  kind: StreamKind
  pass: StreamPass
  lane: Lane
  cursor: unknown
  nextRunAt?: string
  askedAt?: string
  passStartedAt?: string
  lastRunAt?: string
  lastSuccessAt?: string
  /** When a person asked the last time, served or not. */
  lastAskedAt?: string
  idleRuns: number
  failures: number
  because?: ErrorCode
  params: Record<string, string | number>
  progress?: { done: number; total?: number }
}

interface StreamRow {
  kind: StreamKind
  pass: StreamPass
  cursor: unknown
  next_run_at: string | null
  asked_at: string | null
  pass_started_at: string | null
  last_run_at: string | null
  last_success_at: string | null
  last_asked_at: string | null
  idle_runs: number
  failures: number
  because: ErrorCode | null
  detail: Record<string, string | number> | null
  progress: { done: number; total?: number } | null
}

/** Streams of an integration, in the order of STREAMS. */
export async function streamsOf(db: Queryable, workspaceId: string, integrationId: string): Promise<Stream[]> {
  const { rows } = await db.query<StreamRow>(
    `SELECT kind, pass, cursor, next_run_at, asked_at, pass_started_at, last_run_at, last_success_at, last_asked_at, idle_runs,
       failures, because, detail, progress
     FROM streams WHERE workspace_id = $1 AND integration_id = $2`,
    [workspaceId, integrationId],
    'streams-of',
  )
  return STREAMS.flatMap(({ kind, pass }) => rows.filter((row) => row.kind === kind && row.pass === pass).map(toStream))
}

const toStream = (row: StreamRow): Stream => ({
  kind: row.kind,
  pass: row.pass,
  lane: laneOf(row.kind),
  cursor: known(row.cursor),
  nextRunAt: at(row.next_run_at),
  askedAt: at(row.asked_at),
  passStartedAt: at(row.pass_started_at),
  lastRunAt: at(row.last_run_at),
  lastSuccessAt: at(row.last_success_at),
  lastAskedAt: at(row.last_asked_at),
  idleRuns: row.idle_runs,
  failures: row.failures,
  because: known(row.because),
  params: row.detail ?? {},
  progress: known(row.progress),
})

type Which = Pick<Stream, 'kind' | 'pass'>
const key = (claim: Claim, { kind, pass }: Which) => [claim.workspaceId, claim.integrationId, kind, pass]
const ONE = 'workspace_id = $1 AND integration_id = $2 AND kind = $3 AND pass = $4'

/** Where the stream continues; in the transaction that saves the page before it (fenced by the caller). */
export async function saveCursor(
  tx: Tx,
  claim: Claim,
  which: Which,
  next: { cursor: unknown; progress?: { done: number; total?: number }; passStartedAt: string },
): Promise<void> {
  await tx.query(
    `UPDATE streams SET cursor = $5, progress = coalesce($6, progress), pass_started_at = $7 WHERE ${ONE}`,
    [
      ...key(claim, which),
      next.cursor === undefined ? null : JSON.stringify(next.cursor),
      next.progress ? JSON.stringify(next.progress) : null,
      next.passStartedAt,
    ],
    'save-cursor',
  )
}

/**
 * Ends a pass that reached its end. Somebody who asked after it began is not served yet: his ask stays, due now.
 *
 * @param nextRunAt undefined: nothing to do until somebody asks
 */
export async function finishPass(
  tx: Tx,
  claim: Claim,
  which: Which,
  end: { startedAt: string; endedAt: string; nextRunAt?: string; idle: boolean; forgetCursor?: boolean },
): Promise<void> {
  await tx.query(
    `UPDATE streams SET
       next_run_at = CASE WHEN asked_at > $5 THEN $6 ELSE $7::timestamptz END,
       asked_at = CASE WHEN asked_at > $5 THEN asked_at END,
       pass_started_at = NULL, last_run_at = $5, last_success_at = $6, failures = 0, because = NULL, detail = NULL,
       idle_runs = CASE WHEN $8 THEN idle_runs + 1 ELSE 0 END, cursor = CASE WHEN $9 THEN NULL ELSE cursor END
     WHERE ${ONE}`,
    [...key(claim, which), end.startedAt, end.endedAt, end.nextRunAt ?? null, end.idle, end.forgetCursor ?? false],
    'finish-pass',
  )
}

/** Holds a stream's row: who wants to wake it waits until we are done with it. */
export async function lockStream(tx: Tx, claim: Claim, which: Which): Promise<void> {
  await tx.query(`SELECT 1 FROM streams WHERE ${ONE} FOR NO KEY UPDATE`, key(claim, which), 'lock-stream')
}

export async function pendingHints(tx: Tx, workspaceId: string, integrationId: string): Promise<boolean> {
  const { rowCount } = await tx.query(`SELECT 1 FROM hints WHERE workspace_id = $1 AND integration_id = $2 LIMIT 1`, [
    workspaceId,
    integrationId,
  ])
  return rowCount > 0
}

/** A pass that failed; it goes on from its cursor. */
export async function failPass(
  tx: Tx,
  claim: Claim,
  which: Which,
  failed: { startedAt: string; nextRunAt: string; code: ErrorCode; params: Record<string, string | number> },
): Promise<void> {
  await tx.query(
    `UPDATE streams SET next_run_at = $6, asked_at = CASE WHEN asked_at > $5 THEN asked_at END, last_run_at = $5,
       pass_started_at = NULL, failures = failures + 1, because = $7, detail = $8
     WHERE ${ONE}`,
    [...key(claim, which), failed.startedAt, failed.nextRunAt, failed.code, JSON.stringify(failed.params)],
  )
}

/** More to do: due again now, behind everyone who waits longer. */
export async function yieldPass(db: Queryable, claim: Claim, which: Which, now: string): Promise<void> {
  await db.query(`UPDATE streams SET next_run_at = $5 WHERE ${ONE} AND next_run_at IS NOT NULL`, [
    ...key(claim, which),
    now,
  ])
}

/** Makes a stream due at `when`, or earlier if it already is. */
export async function wakeStream(
  tx: Queryable,
  workspaceId: string,
  integrationId: string,
  kind: StreamKind,
  pass: StreamPass,
  when: string,
): Promise<void> {
  await tx.query(
    `UPDATE streams SET next_run_at = least(coalesce(next_run_at, 'infinity'), $5::timestamptz)
     WHERE workspace_id = $1 AND integration_id = $2 AND kind = $3 AND pass = $4`,
    [workspaceId, integrationId, kind, pass, when],
  )
}

const KINDS_OF: Record<Lane, StreamKind[]> = {
  import: ['orders', 'products'],
  'write-back': ['tracking'],
  webhooks: ['webhooks'],
}

/** A lane that fails: none of its streams is tried before `until`, but for those a person asked for. */
export async function deferLane(tx: Tx, claim: Claim, lane: Lane, until: string): Promise<void> {
  await tx.query(
    `UPDATE streams SET next_run_at = greatest(next_run_at, $4)
     WHERE workspace_id = $1 AND integration_id = $2 AND kind = ANY($3) AND next_run_at < $4 AND asked_at IS NULL`,
    [claim.workspaceId, claim.integrationId, KINDS_OF[lane], until],
  )
}

/** A lane that works again: everything of it that was put off runs now. */
export async function resumeLane(tx: Tx, claim: Claim, lane: Lane, now: string): Promise<void> {
  await tx.query(
    `UPDATE streams SET next_run_at = $4, failures = 0, because = NULL, detail = NULL
     WHERE workspace_id = $1 AND integration_id = $2 AND kind = ANY($3) AND next_run_at > $4 AND next_run_at < 'infinity'
       AND pass <> 'sweep'`,
    [claim.workspaceId, claim.integrationId, KINDS_OF[lane], now],
  )
}

/**
 * A person asked for a sync: the live pass and the open write-backs run now whatever their lane's health, and what else
 * would have run sooner or later comes along. Workers hear of it at the commit.
 */
export async function askForSync(
  tx: Queryable,
  workspaceId: string,
  integrationId: string,
  now: string,
): Promise<void> {
  await tx.query(
    `UPDATE streams SET next_run_at = $3,
       asked_at = CASE WHEN kind = 'orders' AND pass = 'live' THEN $3 ELSE asked_at END,
       last_asked_at = CASE WHEN kind = 'orders' AND pass = 'live' THEN $3 ELSE last_asked_at END
     WHERE workspace_id = $1 AND integration_id = $2
       AND (kind = 'orders' AND pass = 'live' OR next_run_at > $3 AND kind IN ('orders', 'products') AND pass <> 'sweep')`,
    [workspaceId, integrationId, now],
  )
  // Notices that wait for their next try are tried now as well: the ask is what hastens them.
  await tx.query(
    `UPDATE streams SET next_run_at = $3, asked_at = $3
     WHERE workspace_id = $1 AND integration_id = $2 AND kind = 'tracking' AND EXISTS (SELECT 1 FROM writebacks w
       WHERE w.workspace_id = $1 AND w.integration_id = $2 AND w.next_at IS NOT NULL)`,
    [workspaceId, integrationId, now],
  )
  await tx.query(`SELECT pg_notify('passerelle_work', '')`)
}
