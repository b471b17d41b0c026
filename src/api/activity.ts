/** What happened with a shop: calls, runs, records that could not be read. */
import type { OpenAPIHono } from '@hono/zod-openapi'
import { listExchanges } from '../database/exchanges.ts'
import { listQuarantine } from '../database/quarantine.ts'
import { listRuns } from '../database/runs.ts'
import { type IdKind, readId, showId } from '../domain/id.ts'
import { HubError } from '../domain/errors.ts'
import { callerOf, type Doors, type Env } from './context.ts'
import { read, showMaybe } from './ids.ts'
import { requireIntegration } from './integrations.ts'
import { troubleOf } from './problem.ts'
import * as routes from './routes/integrations.ts'

const PAGE = 50
const START_BYTES = 2048

export function activityRoutes(app: OpenAPIHono<Env>, { hub }: Doors): void {
  app.openapi(routes.getExchanges, async (c) => {
    const { workspaceId } = callerOf(c)
    const { id } = await requireIntegration(hub, workspaceId, read('integration', c.req.valid('param').id))
    const page = await pageOf('exchange', c.req.valid('query'), (options) =>
      listExchanges(hub.db, workspaceId, id, options),
    )
    return c.json(
      {
        items: page.rows.map(({ integrationId: _, ...row }) => ({ ...row, id: showId('exchange', row.id) })),
        next: page.next,
      },
      200,
    )
  })

  app.openapi(routes.getRuns, async (c) => {
    const { workspaceId } = callerOf(c)
    const { id } = await requireIntegration(hub, workspaceId, read('integration', c.req.valid('param').id))
    const page = await pageOf('run', c.req.valid('query'), (options) => listRuns(hub.db, workspaceId, id, options))
    const items = page.rows.map(({ integrationId: _, error, params, ...row }) => ({
      ...row,
      id: showId('run', row.id),
      because: error && troubleOf(c.get('locale'), error, params),
    }))
    return c.json({ items, next: page.next }, 200)
  })

  app.openapi(routes.getQuarantine, async (c) => {
    const { workspaceId } = callerOf(c)
    const { id } = await requireIntegration(hub, workspaceId, read('integration', c.req.valid('param').id))
    const page = await pageOf('quarantine', c.req.valid('query'), (options) =>
      listQuarantine(hub.db, workspaceId, { integrationId: id, ...options }),
    )
    const items = page.rows.map(({ id: rowId, kind, remoteId, reason, firstSeenAt, lastSeenAt, text }) => ({
      id: showId('quarantine', rowId),
      kind,
      remoteId,
      reason,
      firstSeenAt,
      lastSeenAt,
      bytes: Buffer.byteLength(text),
      start: text.slice(0, START_BYTES),
    }))
    return c.json({ items, next: page.next }, 200)
  })
}

/** One row more than asked for says whether a page follows. The cursor is the shown id of the last row. */
async function pageOf<Row extends { id: string }>(
  kind: IdKind,
  query: { cursor?: string; limit?: number },
  list: (options: { before?: string; limit: number }) => Promise<Row[]>,
): Promise<{ rows: Row[]; next?: string }> {
  const limit = query.limit ?? PAGE
  const before = query.cursor === undefined ? undefined : readId(kind, query.cursor)
  if (query.cursor !== undefined && before === undefined) {
    throw new HubError('field-invalid', 'not a cursor of this list', {
      field: 'cursor',
      params: { reason: 'not-a-cursor' },
    })
  }
  const found = await list({ before, limit: limit + 1 })
  const rows = found.slice(0, limit)
  return { rows, next: found.length > limit ? showMaybe(kind, rows.at(-1)?.id) : undefined }
}
