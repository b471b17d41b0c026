/**
 * A shipment that did not happen after all: its quantities are to ship again, and the shop is told to take the
 * numbers back, where it can. A notice that never went out is cancelled and the shop never hears of either.
 */
import { appendEvents } from '../database/events.ts'
import type { Transaction } from '../database/open.ts'
import type { Shipment } from '../database/shipments.ts'
import type { ShippingOrder } from '../database/shipping-orders.ts'
import { markVoided, standingParcels, withdrawParcels } from '../database/shipments.ts'
import { clearAttentionWithoutShipment, moveShipped } from '../database/shipping-orders.ts'
import { addTimeline } from '../database/timeline.ts'
import {
  abandonWriteback,
  deleteWriteback,
  insertWriteback,
  lockWritebacksOf,
  wakeWriteBack,
} from '../database/writebacks.ts'
import { instant } from '../domain/clock.ts'
import { newId } from '../domain/id.ts'
import type { Hub } from '../sync/hub.ts'
import { tellOf } from './book-shipment.ts'
import { lockShipment } from './correct-shipment.ts'
import { neverSent, toldParcels, without } from './told-parcels.ts'

export interface Voided {
  shipmentId: string
  /** It was voided before; nothing was done. */
  already?: true
  /** What tells the shop; absent when the shop never heard of the shipment. */
  writebackId?: string
}

/** @throws HubError `not-found` */
export async function voidShipment(
  hub: Hub,
  workspaceId: string,
  shipmentId: string,
  options: { actor?: string } = {},
): Promise<Voided> {
  return hub.db.transaction(async (tx) => {
    const { order, shipment } = await lockShipment(tx, workspaceId, shipmentId)
    if (shipment.state === 'voided') return { shipmentId, already: true }
    const nowMs = hub.clock.now()
    const now = instant(nowMs)
    const parcels = shipment.parcels.filter((parcel) => !parcel.withdrawnAt)
    await withdrawParcels(
      tx,
      workspaceId,
      parcels.map((parcel) => parcel.id),
      now,
    )
    await markVoided(tx, workspaceId, shipmentId, now, shipment.revision + 1)
    await moveShipped(tx, workspaceId, order.id, shipment.lines, -1)
    await clearAttentionWithoutShipment(tx, workspaceId, order.id)

    const writebackId = await planVoid(hub, tx, order, shipment)
    const details = {
      shipmentId,
      carrierName: shipment.carrierName,
      withdrawn: parcels.map(({ tracking }) => ({ tracking })),
    }
    await addTimeline(
      tx,
      workspaceId,
      [{ orderId: order.id, at: nowMs, kind: 'voided', actor: options.actor, details }],
      nowMs,
    )
    await appendEvents(tx, workspaceId, [{ kind: 'shipment.voided', subject: order.id, details }], nowMs)
    return writebackId === undefined ? { shipmentId } : { shipmentId, writebackId }
  })
}

async function planVoid(
  hub: Hub,
  tx: Transaction,
  order: ShippingOrder,
  shipment: Shipment,
): Promise<string | undefined> {
  const { workspaceId, integrationId } = shipment
  const nowMs = hub.clock.now()
  const now = instant(nowMs)
  const writebacks = await lockWritebacksOf(tx, workspaceId, shipment.id)
  for (const writeback of writebacks) {
    if (neverSent(writeback)) await deleteWriteback(tx, workspaceId, writeback.id)
    else if (writeback.state === 'sent' || writeback.state === 'in-doubt') {
      await abandonWriteback(tx, workspaceId, writeback.id, 'shipment-voided', now)
    }
  }
  if (writebacks.every(neverSent)) return undefined

  const standing = new Set((await standingParcels(tx, workspaceId, order.id)).map((parcel) => parcel.key))
  const id = newId(nowMs)
  const revision = shipment.revision + 1
  await insertWriteback(tx, {
    id,
    workspaceId,
    integrationId,
    orderId: order.id,
    shipmentId: shipment.id,
    revision,
    now,
    notice: {
      kind: 'voided',
      orderRemoteId: order.remoteId,
      shipmentId: shipment.id,
      ownReference: shipment.ownReference,
      carrierName: shipment.carrierName,
      carrierCode: shipment.carrierCode,
      parcels: [],
      withdrawn: without(toldParcels(writebacks), standing),
      lines: shipment.lines,
      completes: false,
      shippedAt: shipment.bookedAt ?? now,
      ...(await tellOf(tx, workspaceId, integrationId)),
    },
  })
  await wakeWriteBack(tx, workspaceId, integrationId, now)
  return id
}
