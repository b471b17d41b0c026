/**
 * What a person wants to send → a checked draft. Pure: the order as we know it and the form go in, lines and
 * parcels come out, or a HubError that names the field and what to do.
 *
 * The trap is the order that must not be sent: a status write revives a trashed order in the shop and mails its
 * customer, so what the shop cancelled, refunded or deleted is refused here already.
 */
import type { Carrier } from '../domain/carrier.ts'
import { HubError } from '../domain/errors.ts'
import type { OrderStatus } from '../domain/order.ts'
import { quantityParts, readQuantity, showQuantity } from '../domain/quantity.ts'
import type { ParcelInput, ShipmentInput } from '../domain/shipment.ts'
import type { TrackingWarning } from '../domain/tracking.ts'

/** A line of an order and what of it was sent already; quantities are decimal text. */
export interface ShippableLine {
  remoteId: string
  sku?: string
  name: string
  quantity: string
  refunded: string
  cancelled: string
  shipped: string
  requiresShipping?: boolean
}

export interface ShippableOrder {
  number: string
  status: OrderStatus
  statusRaw: string
  gone?: 'trashed' | 'deleted'
  lines: ShippableLine[]
}

export interface DraftLine {
  lineRemoteId: string
  quantity: string
}

export interface Draft {
  carrierName: string
  carrierCode?: string
  parcels: ParcelInput[]
  lines: DraftLine[]
  /** Nothing of the order is left to ship after this. */
  completes: boolean
  warnings: TrackingWarning[]
}

/** Reasons of `order-not-shippable`. */
export type NotShippable = 'trashed' | 'deleted' | 'cancelled' | 'refunded' | 'on-hold' | 'unknown' | 'nothing-left'

/** On hold and unknown are matters of opinion: a person may overrule them. The rest is the shop's decision. */
const OVERRULABLE: readonly NotShippable[] = ['on-hold', 'unknown']

/** Units still to be sent of one line, in ten-thousandths. */
export const leftParts = (line: Omit<ShippableLine, 'remoteId' | 'name'>): number =>
  Math.max(
    0,
    quantityParts(line.quantity) -
      quantityParts(line.shipped) -
      quantityParts(line.refunded) -
      quantityParts(line.cancelled),
  )

/** Units still to be sent of the whole order; what needs no shipping (downloads) does not count. */
export const leftOf = (lines: readonly ShippableLine[]): number =>
  lines.reduce((sum, line) => (line.requiresShipping === false ? sum : sum + leftParts(line)), 0)

/** Why an order may not be sent now; undefined when it may. */
export function notShippable(order: Pick<ShippableOrder, 'status' | 'gone'>): NotShippable | undefined {
  if (order.gone !== undefined) return order.gone
  switch (order.status) {
    case 'cancelled':
    case 'refunded':
    case 'on-hold':
    case 'unknown':
      return order.status
    // A shop that already says shipped or completed may still lack the number.
    case 'ready':
    case 'shipped':
    case 'completed':
      return undefined
  }
}

/** @throws HubError `order-not-shippable` */
export function requireShippable(
  order: Pick<ShippableOrder, 'number' | 'status' | 'statusRaw' | 'gone'>,
  force = false,
): void {
  const reason = notShippable(order)
  if (reason === undefined || (force && OVERRULABLE.includes(reason))) return
  throw refusal(order, reason)
}

/**
 * @param options.force a person insists although the order is on hold or its status unknown
 * @throws HubError `order-not-shippable`, `line-unknown`, `line-ambiguous`, `quantity-invalid`, `tracking-invalid`, `field-invalid`
 */
export function draftShipment(
  order: ShippableOrder,
  input: ShipmentInput,
  carrier: Carrier,
  options: { force?: boolean } = {},
): Draft {
  const checked = carrier.check(input)
  requireShippable(order, options.force)
  const lines = input.lines === undefined ? everythingLeft(order) : namedLines(order, input.lines)
  const shippedNow = new Map(lines.map((line) => [line.lineRemoteId, quantityParts(line.quantity)]))
  const left = order.lines.reduce(
    (sum, line) =>
      line.requiresShipping === false ? sum : sum + Math.max(0, leftParts(line) - (shippedNow.get(line.remoteId) ?? 0)),
    0,
  )
  return { ...checked, lines, completes: left === 0 }
}

const refusal = (order: Pick<ShippableOrder, 'number' | 'statusRaw'>, reason: NotShippable): HubError =>
  new HubError('order-not-shippable', `order ${order.number} is not shippable: ${reason}`, {
    field: 'order',
    params: { reason, number: order.number, status: order.statusRaw },
  })

function everythingLeft(order: ShippableOrder): DraftLine[] {
  const lines = order.lines.flatMap((line) => {
    const left = line.requiresShipping === false ? 0 : leftParts(line)
    return left > 0 ? [{ lineRemoteId: line.remoteId, quantity: showQuantity(left) }] : []
  })
  if (lines.length === 0) throw refusal(order, 'nothing-left')
  return lines
}

function namedLines(order: ShippableOrder, wanted: NonNullable<ShipmentInput['lines']>): DraftLine[] {
  if (wanted.length === 0) {
    throw new HubError('quantity-invalid', 'no line chosen', { field: 'lines', params: { reason: 'none' } })
  }
  const sums = new Map<ShippableLine, number>()
  wanted.forEach(({ lineRemoteId, quantity }, index) => {
    const { line, parts } = readLine(order.lines, lineRemoteId, quantity, index)
    const sum = (sums.get(line) ?? 0) + parts
    const left = leftParts(line)
    if (sum > left) {
      const field = `lines.${index}.quantity`
      throw new HubError('quantity-invalid', `${field}: more than is left to ship`, {
        field,
        params: {
          reason: 'more-than-left',
          value: showQuantity(sum),
          left: showQuantity(left),
          line: line.name.slice(0, 80),
        },
      })
    }
    sums.set(line, sum)
  })
  return [...sums].map(([line, parts]) => ({ lineRemoteId: line.remoteId, quantity: showQuantity(parts) }))
}

function readLine(
  lines: readonly ShippableLine[],
  name: string,
  quantity: string,
  index: number,
): { line: ShippableLine; parts: number } {
  const line = findLine(lines, name, `lines.${index}.lineRemoteId`)
  const parts = readQuantity(quantity)
  if (parts !== undefined && parts > 0) return { line, parts }
  const field = `lines.${index}.quantity`
  throw new HubError('quantity-invalid', `${field} is not a quantity above 0`, {
    field,
    params: { reason: 'not-a-quantity', value: quantity.slice(0, 40), line: line.name.slice(0, 80) },
  })
}

/** Whether a shipment that stands holds exactly these lines: how the second half of a double click is known. */
export function sameLines(
  lines: readonly ShippableLine[],
  wanted: NonNullable<ShipmentInput['lines']>,
  shipped: readonly DraftLine[],
): boolean {
  const rest = new Map(shipped.map((line) => [line.lineRemoteId, quantityParts(line.quantity)]))
  wanted.forEach(({ lineRemoteId, quantity }, index) => {
    const { line, parts } = readLine(lines, lineRemoteId, quantity, index)
    rest.set(line.remoteId, (rest.get(line.remoteId) ?? 0) - parts)
  })
  return [...rest.values()].every((parts) => parts === 0)
}

/**
 * A line by its id, else by a SKU that only one line has. The id goes first: a SKU may look like one.
 *
 * @throws HubError `line-unknown`, `line-ambiguous`
 */
function findLine(lines: readonly ShippableLine[], name: string, field: string): ShippableLine {
  const wanted = name.trim()
  const byId = lines.find((line) => line.remoteId === wanted)
  if (byId) return byId
  const exact = lines.filter((line) => line.sku === wanted && wanted !== '')
  const bySku = exact.length > 0 ? exact : lines.filter((line) => line.sku !== undefined && sameSku(line.sku, wanted))
  if (bySku.length === 1) return bySku[0]!
  const params = {
    line: wanted.slice(0, 80),
    lines: lines
      .map((line) => (line.sku ? `${line.remoteId} (${line.sku})` : line.remoteId))
      .slice(0, 20)
      .join(', '),
  }
  if (bySku.length === 0) throw new HubError('line-unknown', `no line ${params.line}`, { field, params })
  const candidates = bySku.map((line) => line.remoteId).join(', ')
  throw new HubError('line-ambiguous', `${bySku.length} lines have this SKU`, {
    field,
    params: { ...params, count: bySku.length, candidates },
  })
}

const sameSku = (a: string, b: string): boolean => b !== '' && a.trim().toLowerCase() === b.toLowerCase()
