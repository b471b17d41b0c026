/** Orders: the list, one with everything, notes and tags of our own, reading one again. */
import type { OpenAPIHono } from '@hono/zod-openapi'
import { workspaceCounts } from '../database/counts.ts'
import {
  addNote,
  deleteNote,
  dismissAttention,
  getOrder,
  getRaw,
  setTags,
  type OrderDetail,
} from '../database/order-detail.ts'
import { listOrders } from '../database/order-list.ts'
import { listWritebacks } from '../database/writebacks.ts'
import { instant } from '../domain/clock.ts'
import { HubError } from '../domain/errors.ts'
import { showId } from '../domain/id.ts'
import { readAgain } from '../shipping/read-again.ts'
import type { Hub } from '../sync/hub.ts'
import { callerOf, type Ctx, type Doors, type Env } from './context.ts'
import { read, readMaybe } from './ids.ts'
import { showOrder, showRow } from './order-view.ts'
import * as routes from './routes/orders.ts'

const DAY_MS = 24 * 3_600_000
const MOST_WRITEBACKS = 200

export function orderRoutes(app: OpenAPIHono<Env>, { hub }: Doors): void {
  app.openapi(routes.getOrders, async (c) => {
    const { cursor, limit, integration, from, to, ...filter } = c.req.valid('query')
    const page = await listOrders(
      hub.db,
      callerOf(c).workspaceId,
      {
        ...filter,
        integrationId: readMaybe('integration', integration),
        placedFrom: from && readMoment(from, 'from'),
        placedBefore: to && readEnd(to),
      },
      { cursor, limit },
    )
    return c.json({ items: page.orders.map(showRow), next: page.next }, 200)
  })

  app.openapi(routes.getOrder, async (c) => {
    const { workspaceId } = callerOf(c)
    return c.json(await shown(hub, c, workspaceId, read('order', c.req.valid('param').id)), 200)
  })

  app.openapi(routes.getOrderRaw, async (c) => {
    const raw = await getRaw(hub.db, callerOf(c).workspaceId, read('order', c.req.valid('param').id))
    if (!raw) throw notFound()
    return c.body(rawJson(raw), 200, { 'Content-Type': 'application/json' }) as never
  })

  app.openapi(routes.patchOrder, async (c) => {
    const { workspaceId, actor } = callerOf(c)
    const id = read('order', c.req.valid('param').id)
    const { tags, attention } = c.req.valid('json')
    const now = hub.clock.now()
    await hub.db.transaction(async (tx) => {
      if (tags && !(await setTags(tx, workspaceId, id, tags, { actor, now }))) throw notFound()
      if (attention === null) await dismissAttention(tx, workspaceId, id)
    })
    return c.json(await shown(hub, c, workspaceId, id), 200)
  })

  app.openapi(routes.postNote, async (c) => {
    const { workspaceId, actor } = callerOf(c)
    const id = read('order', c.req.valid('param').id)
    const note = await addNote(
      hub.db,
      workspaceId,
      id,
      { text: c.req.valid('json').text, author: actor },
      hub.clock.now(),
    )
    if (!note) throw notFound()
    return c.json({ ...note, id: showId('note', note.id) }, 201)
  })

  app.openapi(routes.deleteNote, async (c) => {
    const { id, note } = c.req.valid('param')
    const deleted = await deleteNote(hub.db, callerOf(c).workspaceId, read('order', id), read('note', note))
    if (!deleted) throw notFound()
    return c.body(null, 204)
  })

  app.openapi(routes.postRefresh, async (c) => {
    const { workspaceId } = callerOf(c)
    const order = await requireOrder(hub, workspaceId, read('order', c.req.valid('param').id))
    const { unread } = await readAgain(hub, workspaceId, order)
    if (unread) throw unread
    return c.json(await shown(hub, c, workspaceId, order.id), 200)
  })

  app.openapi(routes.getCounts, async (c) => {
    const today = instant(hub.clock.now()).slice(0, 10)
    return c.json(await workspaceCounts(hub.db, callerOf(c).workspaceId, today), 200)
  })
}

const notFound = () => new HubError('not-found', 'no such order')

/** The record is put in as text: read and printed anew, 12.50 would become 12.5 and a long id another one. */
const rawJson = ({ fetchedAt, text, extra }: NonNullable<Awaited<ReturnType<typeof getRaw>>>): string =>
  `{"fetchedAt":${JSON.stringify(fetchedAt)},"record":${text}${extra === undefined ? '' : `,"extra":${JSON.stringify(extra)}`}}`

async function requireOrder(hub: Hub, workspaceId: string, id: string): Promise<OrderDetail> {
  const order = await getOrder(hub.db, workspaceId, id)
  if (!order) throw notFound()
  return order
}

async function shown(hub: Hub, c: Ctx, workspaceId: string, id: string) {
  const order = await requireOrder(hub, workspaceId, id)
  const { items } = await listWritebacks(hub.db, workspaceId, { orderId: id, limit: MOST_WRITEBACKS })
  return showOrder(order, items, c.get('locale'))
}

function readMoment(text: string, field: string): string {
  const ms = Date.parse(text)
  const year = Number.isNaN(ms) ? 0 : new Date(ms).getUTCFullYear()
  if (year < 1000 || year > 9998)
    throw new HubError('field-invalid', `${field} is no date`, { field, params: { reason: 'date' } })
  return instant(ms)
}

/** A day is meant with its evening: orders before the next one begins. */
const readEnd = (text: string): string =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) ? instant(Date.parse(readMoment(text, 'to')) + DAY_MS) : readMoment(text, 'to')
