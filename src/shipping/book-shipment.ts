/**
 * Booking: a person says what left and under which number, and from then on the shop will be told.
 *
 * The order is read again from the shop just before, because a minute ago it may have been cancelled. When the shop
 * does not answer, the parcel has still left and the number is still typed: we ship on what we know and say so.
 * Then everything is saved in one transaction under the order's row lock: a double click ships once.
 */
import { carriers } from '../carriers/index.ts'
import { appendEvents } from '../database/events.ts'
import type { Transaction } from '../database/open.ts'
import type { ShipmentWithWritebacks } from '../database/shipments.ts'
import type { ShippingOrder } from '../database/shipping-orders.ts'
import { getShipment, insertParcels, insertShipment, standingParcels } from '../database/shipments.ts'
import { lockOrder, moveShipped, readOrder } from '../database/shipping-orders.ts'
import { addTimeline } from '../database/timeline.ts'
import { insertWriteback, wakeWriteBack } from '../database/writebacks.ts'
import type { Carrier } from '../domain/carrier.ts'
import { instant } from '../domain/clock.ts'
import { HubError } from '../domain/errors.ts'
import { newId } from '../domain/id.ts'
import type { ShipmentInput, Tell } from '../domain/shipment.ts'
import { trackingKey } from '../domain/shipment.ts'
import type { TrackingWarning } from '../domain/tracking.ts'
import type { Hub } from '../sync/hub.ts'
import type { Draft } from './draft-shipment.ts'
import { draftShipment, sameLines } from './draft-shipment.ts'
import { newReference } from './own-reference.ts'
import { readAgain } from './read-again.ts'

export interface ShipOptions {
  /** Who ships, as the timeline shows it: a user's name, `api`, `cli`, `csv`. */
  actor?: string
  /** Version of the order the person was looking at; refused when what matters changed since. */
  seenVersion?: number
  /** A person insists although the order is on hold or its status unknown. */
  force?: boolean
  /** Carrier folder; default `manual`. */
  carrier?: string
  /** Do not read the order again: the caller just did, or reads many. */
  shopWasRead?: boolean
}

export interface Shipped {
  shipmentId: string
  writebackId: string
  /** The same shipment was booked before; nothing was added. */
  already?: true
  /** The shop did not answer: shipped on what the hub knew. `because` is the error's code. */
  shopUnread?: true
  because?: string
  warnings: TrackingWarning[]
}

/**
 * @throws HubError `not-found`, `order-changed`, `order-not-shippable`, `tracking-invalid`, `quantity-invalid`,
 * `line-unknown`, `line-ambiguous`, `field-invalid`
 */
export async function shipOrder(
  hub: Hub,
  workspaceId: string,
  orderId: string,
  input: ShipmentInput,
  options: ShipOptions = {},
): Promise<Shipped> {
  const carrier = carrierOf(options.carrier ?? 'manual')
  carrier.check(input) // what is mistyped is said before the shop is asked anything
  const known = options.shopWasRead ? undefined : required(await readOrder(hub.db, workspaceId, orderId))
  const read = known === undefined ? { unread: undefined } : await readAgain(hub, workspaceId, known)

  const shipped = await hub.db.transaction(async (tx) => {
    const order = required(await lockOrder(tx, workspaceId, orderId))
    const before = await alreadyBooked(tx, order, input, carrier)
    if (before) return before
    refuseChanged(known, order, options.seenVersion)
    const draft = draftShipment(order, input, carrier, { force: options.force })
    return book(hub, tx, order, draft, carrier, options.actor)
  })
  return read.unread === undefined ? shipped : { ...shipped, shopUnread: true, because: read.unread.code }
}

export function carrierOf(id: string): Carrier {
  const carrier = carriers.find((candidate) => candidate.manifest.id === id)
  if (!carrier)
    throw new HubError('field-invalid', `no carrier ${id}`, { field: 'carrier', params: { reason: 'unknown' } })
  return carrier
}

const required = (order: ShippingOrder | undefined): ShippingOrder => {
  if (!order) throw new HubError('not-found', 'no such order', { field: 'order' })
  return order
}

/** What a person who ships relies on: if none of it changed, a newer version is nothing to stop for. */
const whatMatters = (order: ShippingOrder): string =>
  JSON.stringify([
    order.status,
    order.gone,
    order.details['shipTo'],
    order.details['pickupPoint'],
    order.details['shippingMethod'],
    order.lines.map((line) => [line.remoteId, line.quantity, line.refunded, line.cancelled]),
  ])

/** @param known the order as it was before the shop was read */
function refuseChanged(known: ShippingOrder | undefined, now: ShippingOrder, seenVersion: number | undefined): void {
  if (seenVersion === undefined || seenVersion === now.version) return
  if (known && seenVersion === known.version && whatMatters(known) === whatMatters(now)) return
  throw new HubError('order-changed', `order ${now.number} changed in the shop`, {
    field: 'order',
    params: { number: now.number, version: now.version },
  })
}

/**
 * The shipment this very input made before, if it did. A number that stands on the order for something else is
 * refused: the shop keeps numbers per order and could not tell two apart.
 */
async function alreadyBooked(
  tx: Transaction,
  order: ShippingOrder,
  input: ShipmentInput,
  carrier: Carrier,
): Promise<Shipped | undefined> {
  const { parcels, warnings } = carrier.check(input)
  const standing = await standingParcels(tx, order.workspaceId, order.id)
  const wanted = new Set(parcels.map((parcel) => trackingKey(parcel.tracking)))
  const first = standing.find((parcel) => wanted.has(parcel.key))
  if (!first) return undefined
  const shipment = await getShipment(tx, order.workspaceId, first.shipmentId)
  if (shipment && isSame(order, shipment, wanted, input.lines)) {
    return { shipmentId: shipment.id, writebackId: shipment.writebacks[0]?.id ?? '', already: true, warnings }
  }
  const index = parcels.findIndex((parcel) => trackingKey(parcel.tracking) === first.key)
  const field = parcels.length === 1 ? 'tracking' : `parcels.${index}.tracking`
  throw new HubError('tracking-invalid', `${first.tracking} already stands on order ${order.number}`, {
    field,
    params: { reason: 'already-on-order', value: first.tracking },
  })
}

function isSame(
  order: ShippingOrder,
  shipment: ShipmentWithWritebacks,
  wanted: ReadonlySet<string>,
  lines: ShipmentInput['lines'],
): boolean {
  const keys = shipment.parcels.filter((parcel) => !parcel.withdrawnAt).map((parcel) => trackingKey(parcel.tracking))
  if (keys.length !== wanted.size || !keys.every((key) => wanted.has(key))) return false
  if (lines !== undefined) return sameLines(order.lines, lines, shipment.lines)
  // « Everything » the second time: the same only when the first time took everything.
  return order.lines.every((line) => line.requiresShipping === false || Number(line.shipped) >= remaining(line))
}

const remaining = (line: { quantity: string; refunded: string; cancelled: string }): number =>
  Number(line.quantity) - Number(line.refunded) - Number(line.cancelled)

async function book(
  hub: Hub,
  tx: Transaction,
  order: ShippingOrder,
  draft: Draft,
  carrier: Carrier,
  actor: string | undefined,
): Promise<Shipped> {
  const nowMs = hub.clock.now()
  const now = instant(nowMs)
  const { workspaceId } = order
  const ownReference = newReference()
  // Nobody is called by a carrier whose numbers are typed, so intent and booking are one transaction.
  const booking = await carrier.book({ ...draft, ownReference })
  const shipment = {
    id: newId(nowMs),
    workspaceId,
    orderId: order.id,
    integrationId: order.integrationId,
    ownReference,
    state: 'booked' as const,
    carrier: carrier.manifest.id,
    carrierName: draft.carrierName,
    carrierCode: draft.carrierCode,
    revision: 1,
    createdAt: now,
    bookedAt: now,
    createdBy: actor,
    lines: draft.lines,
  }
  await insertShipment(tx, shipment)
  await insertParcels(
    tx,
    shipment,
    booking.parcels.map((parcel) => ({ ...parcel, id: newId(nowMs) })),
  )
  await moveShipped(tx, workspaceId, order.id, draft.lines, 1)

  const { tell, language } = await tellOf(tx, workspaceId, order.integrationId)
  const writebackId = newId(nowMs)
  await insertWriteback(tx, {
    id: writebackId,
    workspaceId,
    integrationId: order.integrationId,
    orderId: order.id,
    shipmentId: shipment.id,
    revision: 1,
    now,
    notice: {
      kind: 'shipped',
      orderRemoteId: order.remoteId,
      shipmentId: shipment.id,
      ownReference,
      carrierName: draft.carrierName,
      carrierCode: draft.carrierCode,
      parcels: booking.parcels,
      withdrawn: [],
      lines: draft.lines,
      completes: draft.completes,
      shippedAt: now,
      tell,
      language,
    },
  })
  const told = { shipmentId: shipment.id, carrierName: draft.carrierName, parcels: booking.parcels, lines: draft.lines }
  await addTimeline(tx, workspaceId, [{ orderId: order.id, at: nowMs, kind: 'shipped', actor, details: told }], nowMs)
  // Last, because from here on everybody else who ships for this shop waits until the commit.
  await wakeWriteBack(tx, workspaceId, order.integrationId, now)
  await appendEvents(tx, workspaceId, [{ kind: 'shipment.booked', subject: order.id, details: told }], nowMs)
  return { shipmentId: shipment.id, writebackId, warnings: draft.warnings }
}

/** Who tells the customer, and in which language, as the integration is set now. */
export async function tellOf(
  tx: Transaction,
  workspaceId: string,
  integrationId: string,
): Promise<{ tell: Tell; language: string }> {
  const { rows } = await tx.query<{ options: { tell?: Tell; language?: string } }>(
    `SELECT options FROM integrations WHERE workspace_id = $1 AND id = $2`,
    [workspaceId, integrationId],
  )
  const options = rows[0]?.options
  return { tell: options?.tell ?? 'nobody', language: options?.language ?? 'fr' }
}
