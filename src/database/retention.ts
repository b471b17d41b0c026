/**
 * Logs by day, made ahead and dropped whole: a DROP costs nothing where a DELETE of a million rows costs an hour.
 *
 * Rows that came while no partition for their day stood are in the default one. A partition for a day of which rows lie
 * there cannot be made; those rows are then deleted by age instead.
 */
import { instant } from '../domain/clock.ts'
import { trimExchanges } from './exchanges.ts'
import type { Database, Queryable } from './open.ts'

const DAY_MS = 24 * 3_600_000
const AHEAD_DAYS = 3
const LOGS = [
  { table: 'exchanges', column: 'at', keepDays: 14 },
  { table: 'runs', column: 'started_at', keepDays: 90 },
] as const

const day = (ms: number): string => instant(ms).slice(0, 10)
const partitionOf = (table: string, date: string): string => `${table}_${date.replaceAll('-', '')}`

/** Makes the partitions of today and the next days. Many processes may start at once: one makes them, the others wait. */
export async function ensurePartitions(db: Database, now: number): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.query(`SELECT pg_advisory_xact_lock(hashtext('passerelle-partitions'))`)
    for (const { table, column } of LOGS) {
      for (let n = 0; n <= AHEAD_DAYS; n++) await makePartition(tx, table, column, now + n * DAY_MS)
    }
  })
}

async function makePartition(tx: Queryable, table: string, column: string, at: number): Promise<void> {
  const [from, to] = [day(at), day(at + DAY_MS)]
  const name = partitionOf(table, from)
  const { rows } = await tx.query<{ exists: boolean; taken: boolean }>(
    `SELECT to_regclass($1) IS NOT NULL AS exists,
       EXISTS (SELECT 1 FROM ${table}_default WHERE ${column} >= $2::timestamptz AND ${column} < $3::timestamptz) AS taken`,
    [name, `${from}T00:00:00Z`, `${to}T00:00:00Z`],
  )
  if (rows[0]!.exists || rows[0]!.taken) return
  await tx.query(
    `CREATE TABLE ${name} PARTITION OF ${table} FOR VALUES FROM ('${from}T00:00:00Z') TO ('${to}T00:00:00Z')`,
  )
}

/** Everything that is past its time. */
export async function dropExpired(db: Database, now: number): Promise<void> {
  await dropOldPartitions(db, now)
  await trimAllExchanges(db)
  await db.query(`DELETE FROM host_slots WHERE expires_at < $1`, [instant(now)])
  await db.query(`DELETE FROM hosts WHERE quiet_until < $1`, [instant(now)])
  await db.query(`DELETE FROM idempotency_keys WHERE expires_at < $1`, [instant(now)])
  await db.query(`DELETE FROM authorisations WHERE expires_at < $1`, [instant(now - DAY_MS)])
  await db.query(`DELETE FROM setup_links WHERE expires_at < $1`, [instant(now - DAY_MS)])
  await db.query(`DELETE FROM sessions WHERE expires_at < $1`, [instant(now)])
  await deleteOldEvents(db, instant(now - EVENT_DAYS * DAY_MS))
  await trimQuarantine(db)
  await deleteRemoved(db, now)
}

const EVENT_DAYS = 30
const EVENTS_AT_ONCE = 10_000

/** The feed keeps its numbers: what is left begins later, without a gap. */
async function deleteOldEvents(db: Database, before: string): Promise<void> {
  for (;;) {
    const { rowCount } = await db.query(
      `DELETE FROM events WHERE ctid = ANY (ARRAY(SELECT ctid FROM events WHERE at < $1 LIMIT ${EVENTS_AT_ONCE}))`,
      [before],
    )
    if (rowCount < EVENTS_AT_ONCE) return
  }
}

/** Of a shop whose every order is unreadable, the newest show what is wrong; the shop has them all. */
const MOST_QUARANTINED = 1_000

async function trimQuarantine(db: Database): Promise<void> {
  await db.query(
    `DELETE FROM quarantine q USING (
       SELECT workspace_id, id, row_number() OVER (PARTITION BY workspace_id, integration_id ORDER BY last_seen_at DESC, id DESC) AS n
       FROM quarantine) AS ranked
     WHERE ranked.n > ${MOST_QUARANTINED} AND q.workspace_id = ranked.workspace_id AND q.id = ranked.id`,
  )
}

async function dropOldPartitions(db: Database, now: number): Promise<void> {
  for (const { table, column, keepDays } of LOGS) {
    const oldest = day(now - keepDays * DAY_MS)
    const { rows } = await db.query<{ name: string }>(
      `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
       WHERE i.inhparent = $1::regclass AND c.relname ~ '^[a-z]+_[0-9]{8}$' AND c.relname < $2`,
      [table, partitionOf(table, oldest)],
    )
    for (const { name } of rows) await db.query(`DROP TABLE IF EXISTS ${name}`)
    await db.query(`DELETE FROM ${table}_default WHERE ${column} < $1`, [`${oldest}T00:00:00Z`])
  }
}

async function trimAllExchanges(db: Database): Promise<void> {
  const { rows } = await db.query<{ workspace_id: string; integration_id: string }>(
    `SELECT workspace_id, integration_id FROM exchanges GROUP BY workspace_id, integration_id
     HAVING count(*) > 2000 OR sum(coalesce(length(body_start), 0)) > 4000000`,
  )
  for (const row of rows) await trimExchanges(db, row.workspace_id, row.integration_id)
}

const DELETED_AT_ONCE = 1_000
/** Our webhooks are taken out of the shop first, which needs its login; a shop that is gone is waited for so long. */
const WEBHOOK_PATIENCE_MS = 7 * DAY_MS

/** Orders of integrations that were removed, in small steps; the integration goes with the last of them. */
async function deleteRemoved(db: Database, now: number): Promise<void> {
  const { rows } = await db.query<{ workspace_id: string; id: string }>(
    `SELECT i.workspace_id, i.id FROM integrations i WHERE i.removed_at IS NOT NULL
       AND (i.removed_at < $1
         OR NOT EXISTS (SELECT 1 FROM shop_webhooks w WHERE w.workspace_id = i.workspace_id AND w.integration_id = i.id))`,
    [instant(now - WEBHOOK_PATIENCE_MS)],
  )
  for (const { workspace_id, id } of rows) {
    for (;;) {
      const { rowCount } = await db.query(
        `DELETE FROM orders WHERE workspace_id = $1 AND id IN
           (SELECT id FROM orders WHERE workspace_id = $1 AND integration_id = $2 LIMIT ${DELETED_AT_ONCE})`,
        [workspace_id, id],
      )
      if (rowCount < DELETED_AT_ONCE) break
    }
    await db.query(`DELETE FROM integrations WHERE workspace_id = $1 AND id = $2`, [workspace_id, id])
  }
}
