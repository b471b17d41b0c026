/** Shipping by hand: book, correct, void. */
import type { OpenAPIHono } from '@hono/zod-openapi'
import { getShipment, type ShipmentWithWritebacks } from '../database/shipments.ts'
import { HubError } from '../domain/errors.ts'
import { showId } from '../domain/id.ts'
import type { TrackingWarning } from '../domain/tracking.ts'
import { shipOrder } from '../shipping/book-shipment.ts'
import { correctShipment } from '../shipping/correct-shipment.ts'
import { voidShipment } from '../shipping/void-shipment.ts'
import { callerOf, type Ctx, type Doors, type Env } from './context.ts'
import { read, showMaybe } from './ids.ts'
import { troubleOf } from './problem.ts'
import * as routes from './routes/shipments.ts'

interface Done {
  shipmentId: string
  writebackId?: string
  already?: true
  because?: string
  shopUnread?: true
  warnings?: TrackingWarning[]
}

export function shipmentRoutes(app: OpenAPIHono<Env>, { hub }: Doors): void {
  const answer = async (c: Ctx, workspaceId: string, done: Done) => {
    const shipment = await getShipment(hub.db, workspaceId, done.shipmentId)
    if (!shipment) throw new HubError('not-found', 'no such shipment')
    return {
      ...showShipment(shipment),
      writebackId: showMaybe('writeback', done.writebackId || undefined),
      already: done.already,
      shopUnread: done.shopUnread && troubleOf(c.get('locale'), done.because ?? 'shop-unreachable'),
      warnings: done.warnings ?? [],
    }
  }

  app.openapi(routes.postShipment, async (c) => {
    const { workspaceId, actor } = callerOf(c)
    const { lines, seenVersion, force, ...input } = c.req.valid('json')
    const named = lines?.map(({ line, quantity }) => ({ lineRemoteId: line, quantity }))
    const orderId = read('order', c.req.valid('param').id)
    const done = await shipOrder(hub, workspaceId, orderId, { ...input, lines: named }, { actor, seenVersion, force })
    return c.json(await answer(c, workspaceId, done), 201)
  })

  app.openapi(routes.patchShipment, async (c) => {
    const { workspaceId, actor } = callerOf(c)
    const id = read('shipment', c.req.valid('param').id)
    const done = await correctShipment(hub, workspaceId, id, c.req.valid('json'), { actor })
    return c.json(await answer(c, workspaceId, done), 200)
  })

  app.openapi(routes.postVoid, async (c) => {
    const { workspaceId, actor } = callerOf(c)
    const done = await voidShipment(hub, workspaceId, read('shipment', c.req.valid('param').id), { actor })
    return c.json(await answer(c, workspaceId, done), 200)
  })
}

export const showShipment = (shipment: ShipmentWithWritebacks) => ({
  id: showId('shipment', shipment.id),
  orderId: showId('order', shipment.orderId),
  ownReference: shipment.ownReference,
  state: shipment.state,
  carrierName: shipment.carrierName,
  carrierCode: shipment.carrierCode,
  revision: shipment.revision,
  parcels: shipment.parcels.map((parcel) => ({ ...parcel, id: showId('parcel', parcel.id) })),
  lines: shipment.lines,
  createdAt: shipment.createdAt,
  bookedAt: shipment.bookedAt,
  voidedAt: shipment.voidedAt,
  createdBy: shipment.createdBy,
})
