/**
 * Gives the planner numbers while the tables are young.
 *
 * Of a workspace it has not met the planner believes that it has one order, so that any index which begins with the
 * workspace looks as good as the right one; each page then reads all of the workspace (seen: 2 ms a line at 2,000
 * orders, growing, where 0.01 is due). Autovacuum comes after a minute, or after a tenth of a big table has changed; a
 * first import cannot wait that long. Statistics of its first page are enough, and plans made before are dropped.
 */
import type { Database } from './open.ts'

const TABLES = 'orders, order_lines, order_raw, products'
const GROWTH = 16
/** From here on an import is a visible part of any table, and autovacuum keeps up. */
const LAST_AT = 500_000

const states = new WeakMap<Database, Map<string, { written: number; nextAt: number }>>()

/** To be called while older orders come in, outside of the transaction that adds them. */
export async function keepStatistics(db: Database, integrationId: string, added: number): Promise<void> {
  if (added === 0) return
  const ofDatabase = states.get(db) ?? new Map<string, { written: number; nextAt: number }>()
  states.set(db, ofDatabase)
  const state = ofDatabase.get(integrationId) ?? { written: 0, nextAt: 1 }
  ofDatabase.set(integrationId, state)
  state.written += added
  if (state.written < state.nextAt || state.written > LAST_AT) return
  state.nextAt = state.written * GROWTH
  await db.query(`ANALYZE (SKIP_LOCKED) ${TABLES}`)
}
