/** What a customer bought, as the shop tells it. The hub mirrors it and never edits it. */

/** What the hub understands by a shop's status; `unknown` keeps the shop's own word beside it (`statusRaw`). */
export const ORDER_STATUSES = ['ready', 'on-hold', 'shipped', 'completed', 'cancelled', 'refunded', 'unknown'] as const
export type OrderStatus = (typeof ORDER_STATUSES)[number]

/** An amount in the currency's own minor units (ISO 4217 digits: EUR 2, JPY 0). Negative is allowed. */
export type Minor = number

/** A value that was odd but readable: the order is imported, the oddity is shown. */
export interface Issue {
  /** `address-empty`, `product-missing`, `weight-unknown`, `date-unreadable`, `status-unknown`, `amount-not-integral`, … */
  code: string
  /** Where, in the order's own terms: `shipTo`, `lines.315.weight`. */
  field?: string
  /** What the shop sent, shortened to 200 characters. */
  raw?: string
}

export interface Address {
  name?: string
  company?: string
  line1?: string
  line2?: string
  postcode?: string
  city?: string
  /** ISO 3166-2 suffix where the shop's code could be read so, else undefined. */
  stateCode?: string
  /** The state as the shop sent it. */
  stateRaw?: string
  /** ISO 3166-1 alpha-2, upper case. */
  country?: string
  phone?: string
  email?: string
}

export interface PickupPoint {
  carrier?: string
  id?: string
  name?: string
  address?: Address
  /** The plugin's own record, whole. */
  raw?: unknown
}

export interface OrderLine {
  /** The line's id in the shop. */
  remoteId: string
  productRemoteId?: string
  variantRemoteId?: string
  sku?: string
  gtin?: string
  name: string
  /** Chosen options, as shown to the customer. */
  options?: { name: string; value: string }[]
  /** Decimal text, because plugins sell 1.5 m of cloth: "2", "1.5". */
  quantity: string
  refunded: string
  cancelled: string
  /** Price of one, excluding tax, decimal text with up to six decimals in the order's currency. */
  unitPrice?: string
  /** Line total after discount, excluding tax. */
  totalMinor?: Minor
  taxMinor?: Minor
  /** Weight of one, from the product; undefined while unknown, never 0 for unknown. */
  weightMg?: number
  lengthMm?: number
  widthMm?: number
  heightMm?: number
  hsCode?: string
  /** ISO 3166-1 alpha-2. */
  origin?: string
  /** False for virtual and downloadable goods; undefined when the product is unknown. */
  requiresShipping?: boolean
  imageUrl?: string
}

export interface OrderTotals {
  /** Lines after discount, excluding tax. */
  goodsMinor?: Minor
  shippingMinor?: Minor
  feesMinor?: Minor
  discountMinor?: Minor
  taxMinor?: Minor
  grandMinor?: Minor
  /** grand − (goods + shipping + fees + tax): what rounding or plugins left over. */
  roundingMinor: Minor
}

/** A tracking number the shop already knew before we told it any. */
export interface KnownTracking {
  number: string
  carrier?: string
  url?: string
}

export interface Order {
  remoteId: string
  number: string
  status: OrderStatus
  statusRaw: string
  holdReason?: string
  /** It lies in the shop's trash: read by id it still answers, in no list it stands. */
  trashed?: boolean
  /** Instants, UTC. `…Raw` is the text the shop sent. */
  placedAt?: string
  placedRaw?: string
  modifiedAt?: string
  modifiedRaw?: string
  paidAt?: string
  currency: string
  totals: OrderTotals
  customer: { remoteId?: string; name?: string; company?: string; email?: string; phone?: string }
  shipTo: Address
  billTo: Address
  pickupPoint?: PickupPoint
  shippingMethod?: { code?: string; title?: string; priceMinor?: Minor }
  payment?: { code?: string; title?: string; cashOnDelivery: boolean; amountDueMinor?: Minor }
  note?: string
  giftMessage?: string
  lines: OrderLine[]
  knownTrackings: KnownTracking[]
  issues: Issue[]
}

/** Facts about goods that order lines do not carry; cached per integration. */
export interface Product {
  remoteId: string
  /** Set for a variation: `remoteId` is then the parent's. */
  variantRemoteId?: string
  sku?: string
  gtin?: string
  name?: string
  weightMg?: number
  lengthMm?: number
  widthMm?: number
  heightMm?: number
  hsCode?: string
  origin?: string
  requiresShipping?: boolean
  modifiedRaw?: string
  /** The shop says it does not exist (404): remembered, so that it is not asked for at every poll. */
  missing?: boolean
}

/** Key under which a line finds its product: the variation when there is one, else the product. */
export const productKey = (line: { productRemoteId?: string; variantRemoteId?: string }): string | undefined =>
  line.productRemoteId === undefined ? undefined : `${line.productRemoteId}/${line.variantRemoteId ?? ''}`

/** What is still to be sent of one line: max(0, ordered − shipped − refunded before shipping − cancelled). */
export function quantityToShip(line: {
  quantity: string
  refunded: string
  cancelled: string
  shipped: string
}): number {
  const left = Number(line.quantity) - Number(line.shipped) - Number(line.refunded) - Number(line.cancelled)
  return Math.max(0, Math.round(left * 10_000) / 10_000)
}

/** Fills in what only the product knows. Lines keep what the shop said about themselves. Pure. */
export function withProducts(order: Order, products: ReadonlyMap<string, Product>): Order {
  const issues = order.issues.filter((issue) => issue.code !== 'product-missing' && issue.code !== 'weight-unknown')
  const lines = order.lines.map((line): OrderLine => {
    const key = productKey(line)
    const product = key === undefined ? undefined : products.get(key)
    if (key === undefined || product?.missing) issues.push({ code: 'product-missing', field: `lines.${line.remoteId}` })
    if (!product || product.missing) return line
    const requiresShipping = line.requiresShipping ?? product.requiresShipping
    if (product.weightMg === undefined && requiresShipping !== false) {
      issues.push({ code: 'weight-unknown', field: `lines.${line.remoteId}` })
    }
    return {
      ...line,
      sku: line.sku ?? product.sku,
      gtin: line.gtin ?? product.gtin,
      weightMg: product.weightMg,
      lengthMm: product.lengthMm,
      widthMm: product.widthMm,
      heightMm: product.heightMm,
      hsCode: line.hsCode ?? product.hsCode,
      origin: line.origin ?? product.origin,
      requiresShipping,
    }
  })
  return { ...order, lines, issues }
}
