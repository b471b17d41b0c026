/** What shops were told, and a person's decision where they were not. */
import type { OpenAPIHono } from '@hono/zod-openapi'
import { getWriteback, type ListedWriteback, listWritebacks } from '../database/writebacks.ts'
import { HubError } from '../domain/errors.ts'
import { showId } from '../domain/id.ts'
import type { Hub } from '../sync/hub.ts'
import { retryWriteback, settleWriteback } from '../sync/write-back.ts'
import type { Locale } from '../words/index.ts'
import { callerOf, type Doors, type Env } from './context.ts'
import { read, readMaybe, showMaybe } from './ids.ts'
import { troubleOf } from './problem.ts'
import * as routes from './routes/shipments.ts'
import { waitFor } from './waiting.ts'

const LONGEST_WAIT_MS = 60_000

export function writebackRoutes(app: OpenAPIHono<Env>, { hub }: Doors): void {
  app.openapi(routes.getWritebacks, async (c) => {
    const { order, integration, ...filter } = c.req.valid('query')
    const page = await listWritebacks(hub.db, callerOf(c).workspaceId, {
      ...filter,
      orderId: readMaybe('order', order),
      integrationId: readMaybe('integration', integration),
    })
    return c.json({ items: page.items.map((one) => showWriteback(one, c.get('locale'))), next: page.next }, 200)
  })

  app.openapi(routes.getWriteback, async (c) => {
    const { workspaceId } = callerOf(c)
    const id = read('writeback', c.req.valid('param').id)
    const look = () => requireWriteback(hub, workspaceId, id)
    const settled = ({ state }: ListedWriteback) => state !== 'planned' && state !== 'sent'
    const found =
      c.req.valid('query').wait === undefined
        ? await look()
        : await waitFor(c, hub.clock, look, settled, LONGEST_WAIT_MS)
    return c.json(showWriteback(found, c.get('locale')), 200)
  })

  app.openapi(routes.postSettle, async (c) => {
    const { workspaceId, actor } = callerOf(c)
    const id = read('writeback', c.req.valid('param').id)
    const { decision } = c.req.valid('json')
    const { state } = await requireWriteback(hub, workspaceId, id)
    // Only of a message in doubt can anybody say that it arrived; everything else is told again or not.
    if (decision === 'again' && state !== 'in-doubt') await retryWriteback(hub, workspaceId, id, { actor })
    else await settleWriteback(hub, workspaceId, id, decision, { actor })
    return c.json(showWriteback(await requireWriteback(hub, workspaceId, id), c.get('locale')), 200)
  })
}

async function requireWriteback(hub: Hub, workspaceId: string, id: string): Promise<ListedWriteback> {
  const found = await getWriteback(hub.db, workspaceId, id)
  if (!found) throw new HubError('not-found', 'no such write-back')
  return found
}

export const showWriteback = (one: ListedWriteback, locale: Locale) => ({
  id: showId('writeback', one.id),
  integrationId: showId('integration', one.integrationId),
  integrationName: one.integrationName,
  orderId: showId('order', one.orderId),
  orderNumber: one.orderNumber,
  shipmentId: showMaybe('shipment', one.shipmentId),
  kind: one.kind,
  revision: one.revision,
  state: one.state,
  because: one.because === undefined ? undefined : troubleOf(locale, one.because, { number: one.orderNumber }),
  detail: one.detail,
  attempts: one.attempts,
  nextAt: one.nextAt,
  createdAt: one.createdAt,
  sentAt: one.sentAt,
  settledAt: one.settledAt,
  parcels: one.notice.parcels,
  readBack: one.readBack,
})
