/**
 * Writes to the fake shop's orders, and how a new one is made.
 *
 * The trap: meta without `id` replaces the value of the same key, and null with an `id` removes it; nothing is ever
 * added twice. A completed status mails each time it is reached anew, a customer note each time it is posted.
 */
import { randomBytes } from 'node:crypto'
import type { JsonObject, ShopOrder } from './fake-shop-orders.ts'
import type { ParamFault, RestRequest } from './fake-shop-rest.ts'
import * as rest from './fake-shop-rest.ts'
import { truthy } from './fake-shop-rest.ts'
import type { ShopState } from './fake-shop-state.ts'

export function faultsOfWrite({ body, state }: RestRequest): ParamFault[] {
  const faults: ParamFault[] = []
  const type = (name: string, what: string, param = name) =>
    faults.push({
      name,
      code: 'rest_invalid_type',
      message: `${param} is not of type ${what}.`,
      data: { param },
    })
  const { status } = body
  if (status !== undefined && typeof status !== 'string') type('status', 'string')
  else faults.push(...rest.check.word('status', status, ['auto-draft', ...state.statuses().map((one) => one.slug)]))
  if (body.customer_note !== undefined && typeof body.customer_note !== 'string') type('customer_note', 'string')
  const meta = body.meta_data
  if (meta !== undefined) {
    const list = Array.isArray(meta) ? meta : [meta]
    const at = list.findIndex((item) => item === null || typeof item !== 'object')
    if (at >= 0) type('meta_data', 'object', `meta_data[${at}]`)
  }
  return faults
}

/** Meta of an order after a write: by id, else by key, else a new row. */
export function mergeMeta(state: ShopState, before: JsonObject[], rows: JsonObject[]): JsonObject[] {
  let after = [...before]
  for (const row of rows) {
    const at = after.findIndex((one) => (row.id === undefined ? one.key === row.key : one.id === row.id))
    if (at >= 0 && row.value === null) after = after.filter((_, index) => index !== at)
    else if (at >= 0) after[at] = { ...after[at], value: row.value }
    else if (row.value !== null) after.push({ id: state.next('meta'), key: row.key, value: row.value })
  }
  // HPOS gives meta back sorted by key (seen), posts by id
  if (state.settings.storage === 'hpos') after.sort((a, b) => (String(a.key) < String(b.key) ? -1 : 1))
  return after
}

const PLAIN = ['customer_note', 'transaction_id', 'payment_method', 'payment_method_title', 'currency', 'customer_id']

export function updateOrder(state: ShopState, order: ShopOrder, write: JsonObject): void {
  const edit = (one: ShopOrder) => {
    const body = { ...one.body }
    if (Array.isArray(write.meta_data))
      body.meta_data = mergeMeta(state, body.meta_data as JsonObject[], write.meta_data as JsonObject[])
    for (const name of PLAIN) if (write[name] !== undefined) body[name] = write[name]
    for (const name of ['billing', 'shipping'])
      if (write[name] !== undefined) body[name] = { ...(body[name] as JsonObject), ...(write[name] as JsonObject) }
    // nothing to write to the made-up template any more
    one.quick = undefined
    one.body = body
  }
  const real = [...PLAIN, 'billing', 'shipping'].some((name) => differs(order.body[name], write[name]))
  // set_paid changes only an order that needs payment; on-hold answers 200 and stays (seen)
  const pays = truthy(write.set_paid) && ['pending', 'failed'].includes(order.status)
  const status = pays ? 'processing' : typeof write.status === 'string' ? write.status : order.status
  state.setStatus(order, status, edit, real)
}

const differs = (before: unknown, after: unknown): boolean =>
  after !== undefined && JSON.stringify(before) !== JSON.stringify(after)

const EMPTY_ADDRESS = {
  first_name: '',
  last_name: '',
  company: '',
  address_1: '',
  address_2: '',
  city: '',
  state: '',
  postcode: '',
  country: '',
}

const SYMBOLS: Record<string, string> = { EUR: '€', JPY: '¥', USD: '$', GBP: '£', CHF: 'CHF', SEK: 'kr' }

/** An order from parts; what is not said is as a French shop's checkout would leave it. */
export function makeOrder(state: ShopState, given: JsonObject, via: string): ShopOrder {
  const now = state.now()
  const id = given.id === undefined ? state.next('post') : Number(given.id)
  state.reserve('post', id)
  const key = `wc_order_${randomBytes(10).toString('base64url').replace(/[-_]/g, 'x').slice(0, 13)}`
  const currency = String(given.currency ?? 'EUR')
  const items = ((given.line_items as JsonObject[] | undefined) ?? []).map((item) => makeLine(state, item))
  const billing = { ...EMPTY_ADDRESS, email: '', phone: '', ...(given.billing as JsonObject | undefined) }
  const shipping = { ...EMPTY_ADDRESS, phone: '', ...(given.shipping as JsonObject | undefined) }
  const lines = (name: string) =>
    ((given[name] as JsonObject[] | undefined) ?? []).map((item) => ({ ...item, id: item.id ?? state.next('item') }))
  const sum = (rows: JsonObject[], name: string) => rows.reduce((all, row) => all + Number(row[name] ?? 0), 0)
  const shippingLines = lines('shipping_lines').map(
    (item) => ({ taxes: [], tax_status: 'taxable', meta_data: [], ...item }) as JsonObject,
  )
  const fees = lines('fee_lines').map(
    (item) => ({ tax_class: '', tax_status: 'taxable', taxes: [], meta_data: [], ...item }) as JsonObject,
  )
  const cartTax = sum(items, 'total_tax') + sum(fees, 'total_tax')
  const total = sum(items, 'total') + sum(shippingLines, 'total') + sum(fees, 'total')
  const tax = cartTax + sum(shippingLines, 'total_tax')
  const body: JsonObject = {
    currency,
    prices_include_tax: true,
    discount_total: (sum(items, 'subtotal') - sum(items, 'total')).toFixed(2),
    discount_tax: (sum(items, 'subtotal_tax') - sum(items, 'total_tax')).toFixed(2),
    shipping_total: sum(shippingLines, 'total').toFixed(2),
    shipping_tax: sum(shippingLines, 'total_tax').toFixed(2),
    cart_tax: cartTax.toFixed(2),
    total: (total + tax).toFixed(2),
    total_tax: tax.toFixed(2),
    customer_id: 0,
    order_key: key,
    payment_method: '',
    payment_method_title: '',
    transaction_id: '',
    customer_ip_address: via === 'checkout' ? '127.0.0.1' : '',
    customer_user_agent: '',
    created_via: via,
    customer_note: '',
    cart_hash: '',
    coupon_lines: [],
    needs_processing: true,
    currency_symbol: SYMBOLS[currency] ?? currency,
    ...plain(given),
    billing,
    shipping,
    meta_data: ((given.meta_data as JsonObject[] | undefined) ?? []).map((row) => ({ id: state.next('meta'), ...row })),
    line_items: items,
    tax_lines: given.tax_lines ? lines('tax_lines') : taxLines(state, items, shippingLines),
    shipping_lines: shippingLines,
    fee_lines: fees,
  }
  const status = String(given.status ?? 'pending')
  const at = (name: string): number | undefined =>
    typeof given[name] === 'string' ? Math.floor(Date.parse(`${String(given[name])}Z`) / 1000) : undefined
  const created = at('date_created_gmt') ?? now
  return {
    id,
    status,
    created,
    modified: at('date_modified_gmt') ?? created,
    completed: status === 'completed' ? (at('date_completed_gmt') ?? created) : null,
    paid: ['processing', 'completed'].includes(status) ? (at('date_paid_gmt') ?? created) : null,
    refunds: [],
    body,
    changes: 0,
  }
}

/** Members a caller may give as they are. */
const plain = (given: JsonObject): JsonObject => {
  const apart = [
    'id',
    'status',
    'refunds',
    'date_created_gmt',
    'date_modified_gmt',
    'date_completed_gmt',
    'date_paid_gmt',
  ]
  return Object.fromEntries(
    Object.entries(given).filter(([name, value]) => value !== undefined && !apart.includes(name)),
  )
}

/** What the shop writes down of the taxes of lines and shipping: one row, the French rate. */
function taxLines(state: ShopState, items: JsonObject[], shipping: JsonObject[]): JsonObject[] {
  const sum = (rows: JsonObject[]) => rows.reduce((all, row) => all + Number(row.total_tax ?? 0), 0)
  const [cart, carriage] = [sum(items), sum(shipping)]
  if (cart + carriage === 0) return []
  return [
    {
      id: state.next('item'),
      rate_code: 'FR-TVA 20 %-1',
      rate_id: 1,
      label: 'TVA 20 %',
      compound: false,
      tax_total: cart.toFixed(2),
      shipping_tax_total: carriage.toFixed(2),
      rate_percent: 20,
      meta_data: [],
    },
  ]
}

function makeLine(state: ShopState, item: JsonObject): JsonObject {
  const product = state.products.get(Number(item.variation_id || item.product_id))?.body
  const quantity = Number(item.quantity ?? 1)
  const price = Number(product?.price ?? 10) / 1.2
  const total = String(item.total ?? (price * quantity).toFixed(6))
  const tax = String(item.total_tax ?? (Number(total) * 0.2).toFixed(2))
  const reduced = String(quantity)
  const stock =
    product?.manage_stock === true
      ? [
          {
            id: state.next('meta'),
            key: '_reduced_stock',
            value: reduced,
            display_key: '_reduced_stock',
            display_value: reduced,
          },
        ]
      : []
  return {
    id: state.next('item'),
    name: product?.name ?? 'Article',
    product_id: 0,
    variation_id: 0,
    tax_class: '',
    subtotal: total,
    subtotal_tax: tax,
    total,
    total_tax: tax,
    taxes: [{ id: 1, total: tax, subtotal: tax }],
    meta_data: stock,
    sku: product?.sku ?? null,
    global_unique_id: product?.global_unique_id ?? '',
    price: quantity === 0 ? 0 : Number((Number(total) / quantity).toFixed(6)),
    image: { id: '', src: '' },
    parent_name: null,
    ...item,
    quantity,
  }
}

export function createOrder(state: ShopState, given: JsonObject): ShopOrder {
  const order = makeOrder(state, given, 'rest-api')
  state.orders.add(order)
  state.enqueue('order.created', order.id)
  state.enqueue('order.updated', order.id)
  return order
}
