/** A CSV of tracking numbers: what each row would do, and doing it. */
import type { OpenAPIHono } from '@hono/zod-openapi'
import { HubError } from '../domain/errors.ts'
import { showId } from '../domain/id.ts'
import {
  applyTrackings,
  type AppliedRow,
  type PreviewRow,
  previewTrackings,
  type TrackingFileOptions,
} from '../shipping/import-trackings.ts'
import type { Locale } from '../words/index.ts'
import { callerOf, type Ctx, type Doors, type Env } from './context.ts'
import { read, readMaybe, showMaybe } from './ids.ts'
import { troubleOf } from './problem.ts'
import * as routes from './routes/shipments.ts'

export function trackingRoutes(app: OpenAPIHono<Env>, { hub }: Doors): void {
  app.openapi(routes.postTrackingPreview, async (c) => {
    const { workspaceId, actor } = callerOf(c)
    const file = await fileOf(c)
    const preview = await previewTrackings(hub, workspaceId, file, { ...optionsOf(c.req.valid('query')), actor })
    const rows = preview.rows.map((row) => ({
      ...showRow(row, c.get('locale')),
      state: row.outcome === 'will-ship' ? ('new' as const) : stateOf(row, row.outcome),
    }))
    return c.json({ rows, new: preview.summary.willShip, ...countsOf(rows) }, 200)
  })

  app.openapi(routes.postTrackingImport, async (c) => {
    const { workspaceId, actor } = callerOf(c)
    const file = await fileOf(c)
    const applied = await applyTrackings(hub, workspaceId, file, { ...optionsOf(c.req.valid('query')), actor })
    const rows = applied.rows.map((row) => ({
      ...showRow(row, c.get('locale')),
      state: row.outcome === 'shipped' ? ('done' as const) : stateOf(row, row.outcome),
      shipmentId: showMaybe('shipment', row.shipmentId),
      writebackId: showMaybe('writeback', row.writebackId || undefined),
      shopUnread: row.shopUnread,
    }))
    return c.json({ rows, done: applied.summary.shipped, ...countsOf(rows) }, 200)
  })
}

async function fileOf(c: Ctx): Promise<Uint8Array> {
  const file = new Uint8Array(await c.req.arrayBuffer())
  if (file.byteLength === 0)
    throw new HubError('csv-unreadable', 'empty file', { field: 'file', params: { reason: 'empty' } })
  return file
}

function optionsOf(query: {
  integration?: string
  carrierName?: string
  choose?: string | string[]
}): TrackingFileOptions {
  const chosen = query.choose === undefined ? [] : [query.choose].flat()
  return {
    integrationId: readMaybe('integration', query.integration),
    carrierName: query.carrierName,
    choices: Object.fromEntries(
      chosen.map((choice) => {
        const colon = choice.lastIndexOf(':') // a number may hold one, an id never does
        return [choice.slice(0, colon), read('order', choice.slice(colon + 1))]
      }),
    ),
  }
}

/** A number that two shops have is not wrong: a person has to choose. */
const stateOf = (row: { choices?: unknown }, outcome: 'already' | 'refused') =>
  outcome === 'already' ? ('already' as const) : row.choices ? ('ambiguous' as const) : ('bad' as const)

function countsOf(rows: readonly { state: string }[]) {
  const count = (state: string) => rows.filter((row) => row.state === state).length
  return { already: count('already'), bad: count('bad'), ambiguous: count('ambiguous') }
}

const showRow = (row: PreviewRow | AppliedRow, locale: Locale) => ({
  row: row.line,
  order: row.order,
  carrier: row.carrier,
  tracking: row.tracking,
  url: row.url,
  field: row.field,
  problem: row.code && troubleOf(locale, row.code, row.params, row.field),
  choices: row.choices?.map(({ orderId, integrationId, ...choice }) => ({
    ...choice,
    orderId: showId('order', orderId),
    integrationId: showId('integration', integrationId),
  })),
  orderId: showMaybe('order', row.orderId),
  warnings: row.warnings,
})
