/**
 * A WooCommerce order → the hub's order. Pure and total: whatever stands in the row, an order comes out, and what was odd
 * is listed in `issues`; only what has no identity is refused before it gets here.
 *
 * Traps, all seen: amounts are texts with two decimals even in yen; `sku` is null and `product_id` 0 for a deleted
 * product; an empty shipping address means "the same as billing"; the order's own `refunds` say nothing of quantities
 * (the refunds' negative lines do, by `_refunded_item_id`); plugins sell 1.5 of a thing; names hold tags, tabs and
 * invisible characters. Lines + shipping + fees + tax = total held to the cent in 513 orders of 513; what a plugin leaves
 * over is kept as `roundingMinor`.
 */
import { currencyDigits, decimalText, isCurrency, sumDecimals, toMinor, unitPrice } from '../../domain/money.ts'
import type { Address, Issue, KnownTracking, Minor, Order, OrderLine, OrderStatus } from '../../domain/order.ts'
import { trackingKey } from '../../domain/shipment.ts'
import { instantOf } from './dates.ts'
import { type Dict, dict, dicts, idText, metaValue, oneLine, plainText } from './odd-values.ts'
import { OUR_META } from './our-meta.ts'
import { isLocalPickup, pickupPointOf } from './pickup-point.ts'

/** Raised when the mapping below changes: orders are then mapped again from what was kept. */
export const MAPPER_VERSION = 1

const STATUSES: Record<string, OrderStatus> = {
  processing: 'ready',
  'on-hold': 'on-hold',
  pending: 'on-hold',
  'checkout-draft': 'on-hold',
  'auto-draft': 'on-hold',
  draft: 'on-hold',
  shipped: 'shipped', // of many plugins; means what it says
  completed: 'completed',
  cancelled: 'cancelled',
  failed: 'cancelled',
  trash: 'cancelled',
  refunded: 'refunded',
}

const COD = /^(?:cod|.*cash.?on.?delivery.*|.*contrassegno.*|.*contre.?remboursement.*|.*nachnahme.*)$/i
const GIFT_KEYS = ['_gift_message', 'gift_message', '_billing_gift_message']

/** @param refunds what `orders/<id>/refunds` said; undefined when it was not asked */
export function toOrder(row: unknown, refunds?: readonly unknown[]): Order {
  const raw = dict(row)
  const issues: Issue[] = []
  const issue = (code: string, field?: string, value?: unknown) =>
    issues.push({
      code,
      ...(field ? { field } : {}),
      ...(value === undefined || value === null ? {} : { raw: shorten(value) }),
    })

  const currency = currencyOf(raw.currency, issue)
  const digits = currencyDigits(currency)
  const amount = (value: unknown, field: string): Minor | undefined => {
    if (value === undefined || value === null || value === '') return undefined
    const read = toMinor(value, digits)
    if (!read) issue('amount-unreadable', field, value)
    else if (!read.exact) issue('amount-not-integral', field, value)
    return read?.minor
  }

  const meta = dicts(raw.meta_data)
  const refunded = refundedQuantities(refunds)
  // Read as no lines, it would leave the work list without a word.
  if (!Array.isArray(raw.line_items)) issue('lines-unreadable', 'lines', raw.line_items)
  const lines = dicts(raw.line_items).map((line, index) => lineOf(line, index, refunded, amount, issue))
  const statusRaw = typeof raw.status === 'string' ? raw.status : ''
  const billTo = addressOf(dict(raw.billing), 'billTo', issue)
  const shippingLines = dicts(raw.shipping_lines)
  const pickedUp = shippingLines.some(isLocalPickup)
  const pickupPoint = pickupPointOf(shippingLines, meta)
  const totals = totalsOf(raw, lines, amount)

  return {
    remoteId: idText(raw.id) ?? '',
    number: plainText(raw.number) || idText(raw.number) || (idText(raw.id) ?? ''),
    status: statusOf(statusRaw, meta, issue),
    statusRaw,
    // Read by id, an order in the trash comes like any other; lists leave it out.
    ...(statusRaw === 'trash' ? { trashed: true } : {}),
    placedAt: time(raw.date_created_gmt, 'placedAt', issue),
    placedRaw: textOr(raw.date_created_gmt),
    modifiedAt: time(raw.date_modified_gmt, 'modifiedAt', issue),
    modifiedRaw: textOr(raw.date_modified_gmt),
    paidAt: raw.date_paid_gmt ? time(raw.date_paid_gmt, 'paidAt', issue) : undefined,
    currency,
    totals,
    customer: {
      remoteId: idText(raw.customer_id),
      name: billTo.name,
      company: billTo.company,
      email: billTo.email,
      phone: billTo.phone,
    },
    shipTo: shipToOf(dict(raw.shipping), billTo, pickedUp, lines.length > 0 && shippingLines.length === 0, issue),
    billTo,
    ...(pickupPoint ? { pickupPoint } : {}),
    shippingMethod: shippingMethodOf(shippingLines, amount),
    payment: paymentOf(raw, totals.grandMinor),
    note: plainText(raw.customer_note) || undefined,
    giftMessage: GIFT_KEYS.map((key) => plainText(metaValue(meta, key))).find((text) => text !== ''),
    lines,
    knownTrackings: knownTrackingsOf(meta),
    issues,
  }
}

type Report = (code: string, field?: string, value?: unknown) => void
type Amount = (value: unknown, field: string) => Minor | undefined

const shorten = (value: unknown): string =>
  (typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value))).slice(0, 200)
const textOr = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

function currencyOf(value: unknown, issue: Report): string {
  const code = typeof value === 'string' ? value.trim().toUpperCase() : ''
  if (isCurrency(code)) return code
  issue('currency-unknown', 'currency', value)
  return /^[A-Z]{3}$/.test(code) ? code : 'XXX'
}

function time(value: unknown, field: string, issue: Report): string | undefined {
  const read = instantOf(value)
  if (read === undefined) issue('date-unreadable', field, value)
  return read
}

function statusOf(raw: string, meta: Dict[], issue: Report): OrderStatus {
  const word = raw.replace(/^wc-/, '')
  const known = Object.hasOwn(STATUSES, word) ? STATUSES[word] : undefined
  if (known === undefined) issue('status-unknown', 'status', raw)
  // Core fulfillments never move the order's own status (seen).
  if (known === 'ready' && metaValue(meta, '_fulfillment_status') === 'fulfilled') return 'shipped'
  return known ?? 'unknown'
}

function totalsOf(raw: Dict, lines: OrderLine[], amount: Amount): Order['totals'] {
  const sum = (values: (Minor | undefined)[]) => values.reduce<number>((total, value) => total + (value ?? 0), 0)
  const goodsMinor = sum(lines.map((line) => line.totalMinor))
  const feesMinor = sum(dicts(raw.fee_lines).map((fee, index) => amount(fee.total, `fees.${index}`)))
  const shippingMinor = amount(raw.shipping_total, 'totals.shipping')
  const discountMinor = amount(raw.discount_total, 'totals.discount')
  const taxMinor = amount(raw.total_tax, 'totals.tax')
  const grandMinor = amount(raw.total, 'totals.grand')
  const roundingMinor =
    grandMinor === undefined ? 0 : grandMinor - (goodsMinor + (shippingMinor ?? 0) + feesMinor + (taxMinor ?? 0))
  return { goodsMinor, shippingMinor, feesMinor, discountMinor, taxMinor, grandMinor, roundingMinor }
}

function lineOf(
  line: Dict,
  index: number,
  refunded: ReadonlyMap<string, string>,
  amount: Amount,
  issue: Report,
): OrderLine {
  const id = idText(line.id)
  const remoteId = id ?? `#${index + 1}`
  if (id === undefined) issue('line-without-id', `lines.${remoteId}`, line.id)
  const quantity = decimalText(line.quantity)
  if (quantity === undefined) issue('quantity-unreadable', `lines.${remoteId}.quantity`, line.quantity)
  const image = textOr(dict(line.image).src)
  const options = dicts(line.meta_data).flatMap((entry) => {
    const name = plainText(entry.display_key ?? entry.key)
    const value = plainText(entry.display_value ?? entry.value)
    return name === '' || value === '' || name.startsWith('_') || textOr(entry.key)?.startsWith('_')
      ? []
      : [{ name, value }]
  })
  return {
    remoteId,
    productRemoteId: idText(line.product_id),
    variantRemoteId: idText(line.variation_id),
    sku: plainText(line.sku) || undefined,
    gtin: plainText(line.global_unique_id) || undefined,
    name: plainText(line.name),
    ...(options.length > 0 ? { options } : {}),
    quantity: quantity ?? '0',
    refunded: refunded.get(remoteId) ?? '0',
    cancelled: '0',
    unitPrice: unitPrice(line.total, line.quantity) ?? decimalText(line.price),
    totalMinor: amount(line.total, `lines.${remoteId}.total`),
    taxMinor: amount(line.total_tax, `lines.${remoteId}.tax`),
    ...(image && /^https?:\/\//i.test(image) ? { imageUrl: image } : {}),
  }
}

/** Refunded pieces by order line. A refund of an amount only has no lines and takes no piece away. */
function refundedQuantities(refunds: readonly unknown[] | undefined): ReadonlyMap<string, string> {
  const pieces = new Map<string, unknown[]>()
  for (const line of dicts(refunds).flatMap((refund) => dicts(refund.line_items))) {
    const of = idText(metaValue(dicts(line.meta_data), '_refunded_item_id'))
    const quantity = decimalText(line.quantity)
    if (of === undefined || quantity === undefined) continue
    pieces.set(of, [...(pieces.get(of) ?? []), quantity.replace('-', '')])
  }
  return new Map([...pieces].map(([id, quantities]) => [id, sumDecimals(quantities)]))
}

function addressOf(raw: Dict, field: string, issue: Report): Address {
  const country = oneLine(raw.country).toUpperCase()
  const known = /^[A-Z]{2}$/.test(country)
  if (country !== '' && !known) issue('country-unreadable', `${field}.country`, raw.country)
  const state = oneLine(raw.state)
  const name = [oneLine(raw.first_name), oneLine(raw.last_name)].filter(Boolean).join(' ')
  return {
    name: name || undefined,
    company: oneLine(raw.company) || undefined,
    line1: oneLine(raw.address_1) || undefined,
    line2: oneLine(raw.address_2) || undefined,
    postcode: oneLine(raw.postcode) || undefined,
    city: oneLine(raw.city) || undefined,
    stateCode: stateCode(state, country),
    stateRaw: state || undefined,
    country: known ? country : undefined,
    phone: oneLine(raw.phone) || undefined,
    email: oneLine(raw.email) || undefined,
  }
}

/** WooCommerce's codes carry the country in some lists ("JP13", "TH-10"); ISO 3166-2 wants what follows it. Names stay raw. */
function stateCode(state: string, country: string): string | undefined {
  const code = state.toUpperCase()
  const bare = code.startsWith(country) && code.length > 2 ? code.slice(2).replace(/^-/, '') : code
  return country !== '' && /^[A-Z0-9]{1,3}$/.test(bare) ? bare : undefined
}

const isBlank = (address: Address): boolean =>
  !address.name && !address.company && !address.line1 && !address.line2 && !address.postcode && !address.city

function shipToOf(raw: Dict, billTo: Address, pickedUp: boolean, nothingShipped: boolean, issue: Report): Address {
  const shipTo = addressOf(raw, 'shipTo', issue)
  const contact = { phone: shipTo.phone ?? billTo.phone, email: shipTo.email ?? billTo.email }
  if (!isBlank(shipTo)) return { ...shipTo, ...contact }
  if (pickedUp) return { ...shipTo, ...contact }
  if (isBlank(billTo)) {
    issue('address-empty', 'shipTo')
    return { ...billTo, ...contact }
  }
  if (!nothingShipped) issue('address-from-billing', 'shipTo')
  return { ...billTo, ...contact }
}

function shippingMethodOf(lines: Dict[], amount: Amount): Order['shippingMethod'] {
  const [first] = lines
  if (!first) return undefined
  const prices = lines.map((line, index) => amount(line.total, `shipping.${index}`))
  return {
    code: plainText(first.method_id) || undefined,
    title: plainText(first.method_title) || undefined,
    priceMinor: prices.reduce<number>((sum, price) => sum + (price ?? 0), 0),
  }
}

/** @param dueMinor what the carrier is to collect when the parcel is paid for at the door */
function paymentOf(raw: Dict, dueMinor: Minor | undefined): Order['payment'] {
  const code = plainText(raw.payment_method)
  const title = plainText(raw.payment_method_title)
  if (code === '' && title === '') return undefined
  const cashOnDelivery = COD.test(code)
  const due = cashOnDelivery && !raw.date_paid_gmt ? dueMinor : undefined
  return {
    code: code || undefined,
    title: title || undefined,
    cashOnDelivery,
    ...(due === undefined ? {} : { amountDueMinor: due }),
  }
}

/** Numbers the shop knew before we told it any: of tracking plugins, and the usual single meta. */
function knownTrackingsOf(meta: Dict[]): KnownTracking[] {
  const ours = new Set(
    dicts(metaValue(meta, OUR_META)).flatMap((shipment) =>
      dicts(shipment.parcels).map((parcel) => trackingKey(oneLine(parcel.tracking))),
    ),
  )
  const found = dicts(metaValue(meta, '_wc_shipment_tracking_items')).map((item) => ({
    number: oneLine(item.tracking_number),
    carrier: oneLine(item.custom_tracking_provider) || oneLine(item.tracking_provider),
    url: oneLine(item.custom_tracking_link),
  }))
  for (const number of oneLine(metaValue(meta, '_tracking_number')).split(/\s*,\s*/)) {
    found.push({
      number,
      carrier: oneLine(metaValue(meta, '_tracking_provider')),
      url: oneLine(metaValue(meta, '_tracking_url')),
    })
  }
  const seen = new Set<string>()
  return found.flatMap(({ number, carrier, url }) => {
    const key = trackingKey(oneLine(number))
    if (key === '' || ours.has(key) || seen.has(key)) return []
    seen.add(key)
    return [{ number, ...(carrier ? { carrier } : {}), ...(/^https?:\/\//i.test(url) ? { url } : {}) }]
  })
}
