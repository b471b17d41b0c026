/** Calls under way to shop hosts, over all workers, and hosts that asked for quiet. */
import { instant } from '../domain/clock.ts'
import type { Queryable } from './open.ts'

const SLOTS = 2

/** @returns the slot's number, or undefined when all are taken or the host asked for quiet */
export async function takeSlot(
  db: Queryable,
  hostKey: string,
  holder: string,
  now: number,
  until: number,
): Promise<number | undefined> {
  const { rows } = await db.query<{ slot: number }>(
    `INSERT INTO host_slots AS h (host_key, slot, holder, expires_at)
     SELECT $1, n.slot, $2, $4 FROM generate_series(0, ${SLOTS - 1}) AS n (slot)
     LEFT JOIN host_slots s ON s.host_key = $1 AND s.slot = n.slot
     WHERE (s.slot IS NULL OR s.expires_at <= $3)
       AND NOT EXISTS (SELECT 1 FROM hosts q WHERE q.host_key = $1 AND q.quiet_until > $3)
     ORDER BY n.slot LIMIT 1
     ON CONFLICT (host_key, slot) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at WHERE h.expires_at <= $3
     RETURNING slot`,
    [hostKey, holder, instant(now), instant(until)],
    'take-slot',
  )
  return rows[0]?.slot
}

export async function giveSlot(db: Queryable, hostKey: string, slot: number, holder: string): Promise<void> {
  await db.query(
    `DELETE FROM host_slots WHERE host_key = $1 AND slot = $2 AND holder = $3`,
    [hostKey, slot, holder],
    'give-slot',
  )
}

export async function renewSlots(
  db: Queryable,
  holder: string,
  slots: readonly { hostKey: string; slot: number }[],
  until: number,
): Promise<void> {
  await db.query(
    `UPDATE host_slots h SET expires_at = $2 FROM unnest($3::text[], $4::int[]) AS mine (host_key, slot)
     WHERE h.host_key = mine.host_key AND h.slot = mine.slot AND h.holder = $1`,
    [holder, instant(until), slots.map((one) => one.hostKey), slots.map((one) => one.slot)],
  )
}

/** ms until which the host asked for quiet */
export async function quietOf(db: Queryable, hostKey: string): Promise<number | undefined> {
  const { rows } = await db.query<{ quiet_until: string | null }>(`SELECT quiet_until FROM hosts WHERE host_key = $1`, [
    hostKey,
  ])
  const until = rows[0]?.quiet_until
  return until ? Date.parse(until) : undefined
}

export async function saveQuiet(db: Queryable, hostKey: string, until: number): Promise<void> {
  await db.query(
    `INSERT INTO hosts AS h (host_key, quiet_until) VALUES ($1, $2)
     ON CONFLICT (host_key) DO UPDATE SET quiet_until = greatest(h.quiet_until, excluded.quiet_until)`,
    [hostKey, instant(until)],
  )
}
