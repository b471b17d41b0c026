/**
 * A typed number, link or carrier name was wrong: it is corrected here and the shop is told.
 *
 * A notice that is still on its way is replaced and goes on with the right number. One that has arrived is followed by
 * a second that names the numbers to take back, because a shop keeps every number it was ever given.
 */
import { appendEvents } from '../database/events.ts'
import type { Transaction } from '../database/open.ts'
import type { Shipment, ShipmentParcel } from '../database/shipments.ts'
import type { ShippingOrder } from '../database/shipping-orders.ts'
import {
  getShipment,
  insertParcels,
  rewriteParcel,
  saveRevision,
  standingParcels,
  withdrawParcels,
} from '../database/shipments.ts'
import { lockOrder } from '../database/shipping-orders.ts'
import { addTimeline } from '../database/timeline.ts'
import {
  insertWriteback,
  lockWritebacksOf,
  replaceNotice,
  wakeWriteBack,
  type Writeback,
} from '../database/writebacks.ts'
import type { CheckedParcels } from '../domain/carrier.ts'
import { instant } from '../domain/clock.ts'
import { HubError } from '../domain/errors.ts'
import { newId } from '../domain/id.ts'
import type { Notice, ParcelInput } from '../domain/shipment.ts'
import { didNothing, trackingKey } from '../domain/shipment.ts'
import type { TrackingWarning } from '../domain/tracking.ts'
import type { Hub } from '../sync/hub.ts'
import { carrierOf, tellOf } from './book-shipment.ts'
import { leftOf } from './draft-shipment.ts'
import { neverSent, toldParcels, without } from './told-parcels.ts'

export interface Correction {
  carrierName?: string
  carrierCode?: string
  /** All parcels of the shipment as they are to be; absent: unchanged. */
  parcels?: ParcelInput[]
}

export interface Corrected {
  shipmentId: string
  /** False: it already was so, nothing was done. */
  changed: boolean
  revision: number
  /** What tells the shop; absent when nothing changed. */
  writebackId?: string
  warnings: TrackingWarning[]
}

/** @throws HubError `not-found`, `shipment-voided`, `tracking-invalid`, `field-invalid` */
export async function correctShipment(
  hub: Hub,
  workspaceId: string,
  shipmentId: string,
  correction: Correction,
  options: { actor?: string } = {},
): Promise<Corrected> {
  return hub.db.transaction(async (tx) => {
    const { order, shipment } = await lockShipment(tx, workspaceId, shipmentId)
    if (shipment.state !== 'booked')
      throw new HubError('shipment-voided', 'the shipment was voided', { field: 'shipment' })
    const live = shipment.parcels.filter((parcel) => !parcel.withdrawnAt)
    const checked = carrierOf(shipment.carrier).check({
      carrierName: correction.carrierName ?? shipment.carrierName,
      // A code belongs to its name: another carrier does not keep it.
      carrierCode: correction.carrierCode ?? (correction.carrierName === undefined ? shipment.carrierCode : undefined),
      parcels: correction.parcels ?? live,
    })
    const standing = await standingParcels(tx, workspaceId, order.id)
    const others = new Set(standing.filter((parcel) => parcel.shipmentId !== shipmentId).map((parcel) => parcel.key))
    refuseNumbersOfOthers(checked.parcels, others)

    const changes = compare(live, checked.parcels)
    const renamed = checked.carrierName !== shipment.carrierName || checked.carrierCode !== shipment.carrierCode
    if (!renamed && changes.gone.length + changes.added.length + changes.rewritten.length === 0) {
      return { shipmentId, changed: false, revision: shipment.revision, warnings: checked.warnings }
    }
    const revision = shipment.revision + 1
    const nowMs = hub.clock.now()
    const now = instant(nowMs)
    await withdrawParcels(
      tx,
      workspaceId,
      changes.gone.map((parcel) => parcel.id),
      now,
    )
    for (const parcel of changes.rewritten) await rewriteParcel(tx, workspaceId, parcel.id, parcel)
    const added = changes.added.map((parcel) => ({ ...parcel, id: newId(nowMs) }))
    if (added.length > 0) await insertParcels(tx, shipment, added)
    await saveRevision(tx, {
      ...shipment,
      revision,
      carrierName: checked.carrierName,
      carrierCode: checked.carrierCode,
    })

    const writebackId = await planCorrection(hub, tx, order, { ...shipment, revision }, checked, others)
    const details = {
      shipmentId,
      carrierName: checked.carrierName,
      parcels: checked.parcels,
      withdrawn: changes.gone.map((parcel) => ({ tracking: parcel.tracking })),
    }
    await addTimeline(
      tx,
      workspaceId,
      [{ orderId: order.id, at: nowMs, kind: 'corrected', actor: options.actor, details }],
      nowMs,
    )
    await appendEvents(tx, workspaceId, [{ kind: 'shipment.corrected', subject: order.id, details }], nowMs)
    return { shipmentId, changed: true, revision, writebackId, warnings: checked.warnings }
  })
}

/** A shipment and its order, the order's row held: what is read here stays true until the transaction ends. */
export async function lockShipment(
  tx: Transaction,
  workspaceId: string,
  shipmentId: string,
): Promise<{ order: ShippingOrder; shipment: Shipment }> {
  const found = await getShipment(tx, workspaceId, shipmentId)
  const order = found && (await lockOrder(tx, workspaceId, found.orderId))
  const shipment = order && (await getShipment(tx, workspaceId, shipmentId))
  if (!order || !shipment) throw new HubError('not-found', 'no such shipment', { field: 'shipment' })
  return { order, shipment }
}

function refuseNumbersOfOthers(parcels: readonly ParcelInput[], others: ReadonlySet<string>): void {
  const index = parcels.findIndex((parcel) => others.has(trackingKey(parcel.tracking)))
  if (index < 0) return
  throw new HubError('tracking-invalid', 'another shipment of the order has this number', {
    field: parcels.length === 1 ? 'tracking' : `parcels.${index}.tracking`,
    params: { reason: 'already-on-order', value: parcels[index]!.tracking },
  })
}

function compare(live: readonly ShipmentParcel[], wanted: readonly ParcelInput[]) {
  const before = new Map(live.map((parcel) => [trackingKey(parcel.tracking), parcel]))
  const after = new Map(wanted.map((parcel) => [trackingKey(parcel.tracking), parcel]))
  return {
    gone: live.filter((parcel) => !after.has(trackingKey(parcel.tracking))),
    added: wanted.filter((parcel) => !before.has(trackingKey(parcel.tracking))),
    rewritten: [...after].flatMap(([key, parcel]) => {
      const old = before.get(key)
      return old && (old.tracking !== parcel.tracking || old.url !== parcel.url) ? [{ ...parcel, id: old.id }] : []
    }),
  }
}

async function planCorrection(
  hub: Hub,
  tx: Transaction,
  order: ShippingOrder,
  shipment: Shipment,
  checked: CheckedParcels,
  others: ReadonlySet<string>,
): Promise<string> {
  const now = instant(hub.clock.now())
  const { workspaceId, revision } = shipment
  const writebacks = await lockWritebacksOf(tx, workspaceId, shipment.id)
  const told = toldParcels(writebacks)
  const keep = new Set([...others, ...checked.parcels.map((parcel) => trackingKey(parcel.tracking))])
  const open = writebacks.findLast(replaceable)
  const notice: Notice = {
    kind: writebacks.every(neverSent) ? 'shipped' : (open?.kind ?? 'corrected'),
    orderRemoteId: order.remoteId,
    shipmentId: shipment.id,
    ownReference: shipment.ownReference,
    carrierName: checked.carrierName,
    carrierCode: checked.carrierCode,
    parcels: checked.parcels,
    withdrawn: without(told, keep),
    lines: shipment.lines,
    completes: leftOf(order.lines) === 0,
    shippedAt: shipment.bookedAt ?? now,
    ...(await tellOf(tx, workspaceId, order.integrationId)),
  }
  const id = open?.id ?? newId(hub.clock.now())
  if (open)
    await replaceNotice(tx, workspaceId, id, {
      state: open.steps.every(didNothing) ? 'planned' : 'sent',
      revision,
      notice,
      now,
    })
  else {
    const { integrationId } = shipment
    await insertWriteback(tx, {
      id,
      workspaceId,
      integrationId,
      orderId: order.id,
      shipmentId: shipment.id,
      revision,
      notice,
      now,
    })
  }
  await wakeWriteBack(tx, workspaceId, order.integrationId, now)
  return id
}

/**
 * A notice the shop never heard of, or one that is still on its way and has mailed nobody: it goes on with the right
 * number, and what it may have left behind is taken back. So no mail goes out that names the wrong one.
 */
const replaceable = (writeback: Writeback): boolean =>
  neverSent(writeback) || (writeback.nextAt !== undefined && writeback.steps.every((step) => !step.mails))
