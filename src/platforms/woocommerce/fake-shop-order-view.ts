/**
 * How the fake shop writes an order: members in the shop's order, amounts with the decimals asked for.
 *
 * The trap: 9.3.2 writes some members otherwise than 10.9.1 (no `global_unique_id` in lines, precise `taxes`, links
 * without verbs), so a reader that was only ever shown one of them breaks on the other.
 */
import type { JsonObject, Refund, Rendering, ShopOrder } from './fake-shop-orders.ts'
import { phpJson } from './fake-shop-php.ts'
import { gmt, local } from './fake-shop-time.ts'

const MONEY = ['discount_total', 'discount_tax', 'shipping_total', 'shipping_tax', 'cart_tax', 'total', 'total_tax']
const LINE_MONEY = ['subtotal', 'subtotal_tax', 'total', 'total_tax', 'tax_total', 'shipping_tax_total']
const OLD = (version: string): boolean => Number(version.split('.')[0]) < 10

/** wc_format_decimal(): rounds half away from zero on the decimal text, as PHP's round() with its pre-rounding does. */
export function decimals(value: unknown, dp: number): unknown {
  if (typeof value !== 'string' || value === '') return value
  const number = Number(value)
  if (!Number.isFinite(number)) return value
  const rounded = Math.round(Number(`${Math.abs(number)}e${dp}`) + 1e-9) / 10 ** dp
  const text = rounded.toFixed(dp)
  return number < 0 && Number(text) !== 0 ? '-' + text : text
}

const money = (source: JsonObject, names: string[], dp: number): JsonObject => {
  const out = { ...source }
  for (const name of names) if (name in out) out[name] = decimals(out[name], dp)
  return out
}

function line(item: JsonObject, render: Rendering): JsonObject {
  const out = money(item, LINE_MONEY, render.dp)
  const old = OLD(render.version)
  // 9.3.2 leaves the precise amounts of `taxes` alone and lacks two members (seen)
  if (!old && Array.isArray(out.taxes))
    out.taxes = out.taxes.map((tax: JsonObject) => money(tax, ['total', 'subtotal'], render.dp))
  if (old) delete out.global_unique_id
  return out
}

function shippingLine(item: JsonObject, render: Rendering): JsonObject {
  const out = line(item, render)
  if (OLD(render.version)) delete out.tax_status
  return out
}

export function orderLinks({ id, body }: Pick<ShopOrder, 'id' | 'body'>, render: Rendering): JsonObject {
  const root = `${render.home}/wp-json/wc/v3`
  const orders = `${root}/orders`
  const customer = body.customer_id ? { customer: [{ href: `${root}/customers/${String(body.customer_id)}` }] } : {}
  if (OLD(render.version)) return { self: [{ href: `${orders}/${id}` }], collection: [{ href: orders }], ...customer }
  return {
    self: [{ href: `${orders}/${id}`, targetHints: { allow: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] } }],
    collection: [{ href: orders }],
    email_templates: [{ embeddable: true, href: `${orders}/${id}/actions/email_templates` }],
    ...customer,
  }
}

/** Tax of a refund: what its own tax lines say. */
function refundTax(refund: Refund): string {
  const rows = (refund.tax_lines as JsonObject[] | undefined) ?? []
  return rows.reduce((sum, row) => sum + Number(row.tax_total) + Number(row.shipping_tax_total), 0).toFixed(6)
}

/** One order as `GET orders/ID` writes it, without its links. */
export function orderView(order: ShopOrder, render: Rendering): JsonObject {
  const { body } = order
  const at = (seconds: number | null) => (seconds === null ? null : local(seconds, render.zone))
  const utc = (seconds: number | null) => (seconds === null ? null : gmt(seconds))
  const lineList = (name: string) => ((body[name] as JsonObject[] | undefined) ?? []).map((item) => line(item, render))
  const old = OLD(render.version)
  const refunds = order.refunds
    .toSorted((a, b) => (render.storage === 'posts' ? a.id - b.id : b.id - a.id))
    .map((refund) => ({
      id: refund.id,
      reason: refund.reason,
      total: `-${String(decimals(refund.amount, render.dp))}`,
      ...(old ? {} : { total_tax: decimals(refundTax(refund), render.dp) }),
    }))
  const payable = Number(body.total) > 0
  return {
    id: order.id,
    parent_id: 0,
    status: order.status,
    currency: body.currency,
    version: body.version ?? render.version,
    prices_include_tax: body.prices_include_tax,
    date_created: at(order.created),
    date_modified: at(order.modified),
    ...Object.fromEntries(MONEY.map((name) => [name, decimals(body[name], render.dp)])),
    customer_id: body.customer_id,
    order_key: body.order_key,
    billing: body.billing,
    shipping: body.shipping,
    payment_method: body.payment_method,
    payment_method_title: body.payment_method_title,
    transaction_id: body.transaction_id,
    customer_ip_address: body.customer_ip_address,
    customer_user_agent: body.customer_user_agent,
    created_via: body.created_via,
    customer_note: body.customer_note,
    date_completed: at(order.completed),
    date_paid: at(order.paid),
    cart_hash: body.cart_hash,
    number: render.numberOf(order),
    meta_data: body.meta_data,
    line_items: lineList('line_items'),
    tax_lines: lineList('tax_lines'),
    shipping_lines: ((body.shipping_lines as JsonObject[] | undefined) ?? []).map((item) => shippingLine(item, render)),
    fee_lines: lineList('fee_lines'),
    coupon_lines: body.coupon_lines,
    refunds,
    payment_url: `${render.home}/checkout/order-pay/${order.id}/?pay_for_order=true&key=${String(body.order_key)}`,
    is_editable: ['pending', 'on-hold', 'auto-draft'].includes(order.status),
    needs_payment: payable && ['pending', 'failed', 'checkout-draft'].includes(order.status),
    needs_processing: body.needs_processing,
    date_created_gmt: gmt(order.created),
    date_modified_gmt: gmt(order.modified),
    date_completed_gmt: utc(order.completed),
    date_paid_gmt: utc(order.paid),
    currency_symbol: body.currency_symbol,
  }
}

/** The JSON text of an order, kept on it until it changes: a page of 100 is then one join. */
export function orderText(order: ShopOrder, render: Rendering): string {
  const quick = order.refunds.length === 0 ? order.quick?.(order, render) : undefined
  if (quick !== undefined) return quick
  const key = `${order.changes} ${render.home} ${render.dp} ${render.zone.name} ${render.version}`
  if (order.kept?.key !== key)
    order.kept = { key, text: phpJson({ ...orderView(order, render), _links: orderLinks(order, render) }) }
  return order.kept.text
}
