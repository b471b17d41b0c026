/** Were two calls to one shop ever under way from two workers at once? Read from the exchange log itself. */
import type { Queryable } from '../../src/database/open.ts'

/**
 * Pairs of runs of one integration that overlap in time. Runs of one claim follow each other; two that overlap were
 * made by two workers.
 */
export async function overlapsOf(db: Queryable): Promise<{ integration: string; first: string; second: string }[]> {
  const { rows } = await db.query<{ integration: string; first: string; second: string }>(
    `SELECT a.integration_id AS integration, a.kind || '/' || a.pass AS first, b.kind || '/' || b.pass AS second
     FROM runs a JOIN runs b ON b.workspace_id = a.workspace_id AND b.integration_id = a.integration_id AND b.id <> a.id
     WHERE a.started_at < b.ended_at AND b.started_at < a.ended_at AND a.id < b.id
       AND a.started_at <> b.started_at LIMIT 20`,
  )
  return rows
}
