/** An order as the API shows it: amounts with their currency, ids with their prefix. */
import type { OrderDetail } from '../database/order-detail.ts'
import type { OrderRow } from '../database/order-list.ts'
import type { ListedWriteback } from '../database/writebacks.ts'
import { showId } from '../domain/id.ts'
import type { Locale } from '../words/index.ts'
import { showShipment } from './shipments.ts'
import { showWriteback } from './writebacks.ts'

const moneyOf = (currency: string) => (minor: number | undefined) =>
  minor === undefined ? undefined : { minor, currency }

export const showRow = ({ currency, totalMinor, ...row }: OrderRow) => ({
  ...row,
  id: showId('order', row.id),
  integrationId: showId('integration', row.integrationId),
  total: moneyOf(currency)(totalMinor),
})

export function showOrder(order: OrderDetail, writebacks: readonly ListedWriteback[], locale: Locale) {
  const money = moneyOf(order.currency)
  const { totals, shippingMethod, payment, pickupPoint } = order
  return {
    ...showRow(rowOf(order)),
    placedRaw: order.placedRaw,
    modifiedRaw: order.modifiedRaw,
    paidAt: order.paidAt,
    holdReason: order.holdReason,
    totals: {
      goods: money(totals.goodsMinor),
      shipping: money(totals.shippingMinor),
      fees: money(totals.feesMinor),
      discount: money(totals.discountMinor),
      tax: money(totals.taxMinor),
      grand: money(totals.grandMinor),
      rounding: { minor: totals.roundingMinor, currency: order.currency },
    },
    customer: order.customer,
    shipTo: order.shipTo,
    billTo: order.billTo,
    pickupPoint: pickupPoint && {
      carrier: pickupPoint.carrier,
      id: pickupPoint.id,
      name: pickupPoint.name,
      address: pickupPoint.address,
    },
    shippingMethod: shippingMethod && {
      code: shippingMethod.code,
      title: shippingMethod.title,
      price: money(shippingMethod.priceMinor),
    },
    payment: payment && {
      code: payment.code,
      title: payment.title,
      cashOnDelivery: payment.cashOnDelivery,
      amountDue: money(payment.amountDueMinor),
    },
    note: order.note,
    giftMessage: order.giftMessage,
    lines: order.lines.map(({ totalMinor, taxMinor, ...line }) => ({
      ...line,
      total: money(totalMinor),
      tax: money(taxMinor),
    })),
    knownTrackings: order.knownTrackings,
    issues: order.issues,
    notes: order.notes.map((note) => ({ ...note, id: showId('note', note.id) })),
    shipments: order.shipments.map(showShipment),
    writebacks: writebacks.map((writeback) => showWriteback(writeback, locale)),
    timeline: order.timeline.map((entry) => ({ ...entry, details: withShownIds(entry.details) })),
    version: order.version,
    fetchedAt: order.fetchedAt,
  }
}

/** Only what a list row has: the rest of a detail is named field by field, so nothing new slips out unseen. */
const rowOf = (order: OrderDetail): OrderRow => ({
  id: order.id,
  integrationId: order.integrationId,
  integrationName: order.integrationName,
  remoteId: order.remoteId,
  number: order.number,
  status: order.status,
  statusRaw: order.statusRaw,
  gone: order.gone,
  placedAt: order.placedAt,
  modifiedAt: order.modifiedAt,
  currency: order.currency,
  totalMinor: order.totalMinor,
  customerName: order.customerName,
  email: order.email,
  country: order.country,
  leftToShip: order.leftToShip,
  toShip: order.toShip,
  attention: order.attention,
  issueCount: order.issueCount,
  tags: order.tags,
})

const KINDS = { shipmentId: 'shipment', writebackId: 'writeback', noteId: 'note' } as const

function withShownIds(details: Record<string, unknown>): Record<string, unknown> {
  const shown = Object.entries(KINDS).flatMap(([name, kind]) => {
    const id = details[name]
    return typeof id === 'string' ? [[name, showId(kind, id)] as const] : []
  })
  return { ...details, ...Object.fromEntries(shown) }
}
