/** Records that could not be read: kept whole, shown, and tried again after an upgrade of the mapping. */
import { createHash } from 'node:crypto'
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { instant } from '../domain/clock.ts'
import { newId } from '../domain/id.ts'
import type { Unreadable } from '../domain/platform.ts'
import type { Queryable, Tx } from './open.ts'
import { clean, cleanOrNull } from './rows.ts'

export interface Quarantined {
  id: string
  integrationId: string
  kind: string
  remoteId?: string
  reason: string
  firstSeenAt: string
  lastSeenAt: string
  mapperVersion: number
  /** What the shop sent. */
  text: string
}

/** @returns how many of them were not known yet */
export async function saveQuarantine(
  tx: Tx,
  context: { workspaceId: string; integrationId: string; kind: string; mapperVersion: number; now: number },
  unreadable: readonly Unreadable[],
): Promise<number> {
  const byHash = new Map(unreadable.map((one) => [createHash('sha256').update(one.text).digest('hex'), one]))
  if (byHash.size === 0) return 0
  const all = [...byHash.values()]
  const { rows } = await tx.query<{ fresh: boolean }>(
    `INSERT INTO quarantine AS q (workspace_id, integration_id, kind, mapper_version, first_seen_at, last_seen_at,
       id, remote_id, reason, content_hash, bytes)
     SELECT $1, $2, $3, $4, $5, $5, u.* FROM unnest($6::uuid[], $7::text[], $8::text[], $9::bytea[], $10::bytea[]) AS u
     ON CONFLICT (workspace_id, integration_id, kind, content_hash) DO UPDATE
       SET last_seen_at = excluded.last_seen_at, mapper_version = excluded.mapper_version, reason = excluded.reason
     RETURNING q.first_seen_at = q.last_seen_at AS fresh`,
    [
      context.workspaceId,
      context.integrationId,
      context.kind,
      context.mapperVersion,
      instant(context.now),
      all.map(() => newId(context.now)),
      all.map((one) => cleanOrNull(one.remoteId)),
      all.map((one) => clean(one.reason)),
      [...byHash.keys()].map((hash) => Buffer.from(hash, 'hex')),
      all.map((one) => deflateRawSync(one.text, { level: 1 })),
    ],
  )
  return rows.filter((row) => row.fresh).length
}

interface QuarantineRow {
  id: string
  integration_id: string
  kind: string
  remote_id: string | null
  reason: string
  first_seen_at: string
  last_seen_at: string
  mapper_version: number
  bytes: Buffer
}

const toQuarantined = (row: QuarantineRow): Quarantined => ({
  id: row.id,
  integrationId: row.integration_id,
  kind: row.kind,
  remoteId: row.remote_id ?? undefined,
  reason: row.reason,
  firstSeenAt: row.first_seen_at,
  lastSeenAt: row.last_seen_at,
  mapperVersion: row.mapper_version,
  text: inflateRawSync(row.bytes).toString('utf8'),
})

const COLUMNS = 'id, integration_id, kind, remote_id, reason, first_seen_at, last_seen_at, mapper_version, bytes'

/** Newest first. @param before id of the last one of the page before */
export async function listQuarantine(
  db: Queryable,
  workspaceId: string,
  filter: { integrationId?: string; before?: string; limit?: number } = {},
): Promise<Quarantined[]> {
  const { rows } = await db.query<QuarantineRow>(
    `SELECT ${COLUMNS} FROM quarantine
     WHERE workspace_id = $1 AND ($2::uuid IS NULL OR integration_id = $2) AND ($3::uuid IS NULL OR id < $3)
     ORDER BY id DESC LIMIT $4`,
    [workspaceId, filter.integrationId ?? null, filter.before ?? null, filter.limit ?? 50],
  )
  return rows.map(toQuarantined)
}

/** Those a newer mapping may be able to read, and all when `mapperVersion` is not given. */
export async function quarantineToRetry(
  db: Queryable,
  workspaceId: string,
  integrationId: string,
  options: { olderThan?: number; limit?: number; after?: string } = {},
): Promise<Quarantined[]> {
  const { rows } = await db.query<QuarantineRow>(
    `SELECT ${COLUMNS} FROM quarantine
     WHERE workspace_id = $1 AND integration_id = $2 AND kind = 'orders' AND ($3::int IS NULL OR mapper_version < $3)
       AND ($4::uuid IS NULL OR id > $4)
     ORDER BY id LIMIT $5`,
    [workspaceId, integrationId, options.olderThan ?? null, options.after ?? null, options.limit ?? 100],
  )
  return rows.map(toQuarantined)
}

/** Orders of a page that came through: what was quarantined of them before is settled. */
export async function releaseQuarantineOf(
  tx: Tx,
  workspaceId: string,
  integrationId: string,
  remoteIds: readonly string[],
): Promise<void> {
  await tx.query(
    `DELETE FROM quarantine WHERE workspace_id = $1 AND integration_id = $2 AND kind = 'orders' AND remote_id = ANY($3)`,
    [workspaceId, integrationId, remoteIds],
    'release-quarantine-of',
  )
}
