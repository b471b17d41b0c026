/**
 * Gives the planner numbers while the tables are young.
 *
 * On a table that was never analysed every index looks equally good, and the server keeps the plan it chose then: it
 * looked an order up by `workspace_id` alone and read through all of the workspace for each line it checked (seen: 2 ms
 * a line at 2,000 orders, growing, where 0.01 is due). Autovacuum comes after a minute; a first import cannot wait.
 * Statistics of the first page are enough to choose the right index; plans made before are dropped when they arrive.
 */
import type { Database } from './open.ts'

const TABLES = 'orders, order_lines, order_raw, order_counts, products, streams, integrations'
/** From here on autovacuum keeps up by itself. */
const GROWN_UP_ROWS = 10_000
const GROWTH = 16

const states = new WeakMap<Database, { written: number; nextAt: number }>()

/** To be called after orders were added, outside of the transaction that added them. */
export async function keepStatistics(db: Database, added: number): Promise<void> {
  if (added === 0) return
  const state = states.get(db) ?? { written: 0, nextAt: 1 }
  states.set(db, state)
  state.written += added
  if (state.written < state.nextAt) return
  state.nextAt = Infinity // nobody else meanwhile
  const { rows } = await db.query<{ known: number }>(`SELECT reltuples::float8 AS known FROM pg_class WHERE oid = 'orders'::regclass`)
  if (rows[0]!.known >= GROWN_UP_ROWS) return
  await db.query(`ANALYZE ${TABLES}`)
  state.nextAt = state.written * GROWTH
}
