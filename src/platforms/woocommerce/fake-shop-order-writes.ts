/**
 * Writes to orders, notes and refunds of the fake shop.
 *
 * The trap: meta without `id` replaces the value of the same key, and null with an `id` removes it; nothing is ever
 * added twice. A completed status mails each time it is reached anew, a customer note each time it is posted.
 */
import { randomBytes } from 'node:crypto'
import type { JsonObject, Refund, ShopOrder } from './fake-shop-orders.ts'
import { decimals } from './fake-shop-orders.ts'
import { phpJson } from './fake-shop-php.ts'
import type { ParamFault, RestAnswer, RestRequest, Route } from './fake-shop-rest.ts'
import * as rest from './fake-shop-rest.ts'
import { failure, listParam, mayAs, truthy } from './fake-shop-rest.ts'
import type { Note, ShopState } from './fake-shop-state.ts'
import { gmt, local } from './fake-shop-time.ts'

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
  const shippingLines = lines('shipping_lines')
  const fees = lines('fee_lines')
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
    tax_lines: lines('tax_lines'),
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
  const apart = ['id', 'status', 'refunds', 'date_created_gmt', 'date_modified_gmt', 'date_completed_gmt', 'date_paid_gmt']
  return Object.fromEntries(Object.entries(given).filter(([name, value]) => value !== undefined && !apart.includes(name)))
}

function makeLine(state: ShopState, item: JsonObject): JsonObject {
  const product = state.products.get(Number(item.variation_id || item.product_id))?.body
  const quantity = Number(item.quantity ?? 1)
  const price = Number(product?.price ?? 10) / 1.2
  const total = item.total ?? (price * quantity).toFixed(2)
  const tax = item.total_tax ?? (Number(total) * 0.2).toFixed(2)
  return {
    id: state.next('item'),
    name: product?.name ?? 'Article',
    product_id: 0,
    variation_id: 0,
    tax_class: '',
    subtotal: item.total ?? total,
    subtotal_tax: tax,
    total,
    total_tax: tax,
    taxes: [{ id: 1, total: tax, subtotal: tax }],
    meta_data: [],
    sku: product?.sku ?? null,
    global_unique_id: product?.global_unique_id ?? '',
    price: quantity === 0 ? 0 : Number((Number(total) / quantity).toFixed(7)),
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

/* ——— notes ——— */

const orderOf = (request: RestRequest): ShopOrder | undefined => request.state.orders.get(Number(request.parts[0]))
const noOrder = (): RestAnswer => failure(404, 'woocommerce_rest_order_invalid_id', 'Invalid order ID.')

function noteText(request: RestRequest, note: Note): [JsonObject, JsonObject] {
  const { state, home } = request
  const order = `${home}/wp-json/wc/v3/orders/${note.orderId}`
  const data = {
    id: note.id,
    author: note.author,
    date_created: local(note.created, state.zone),
    date_created_gmt: gmt(note.created),
    note: note.note,
    customer_note: note.customerNote,
  }
  const links = {
    self: rest.self(state, `${order}/notes/${note.id}`, ['GET', 'DELETE']),
    collection: [{ href: `${order}/notes` }],
    up: [{ href: order }],
  }
  return [data, links]
}

function listNotes(request: RestRequest): RestAnswer {
  const order = orderOf(request)
  if (!order) return noOrder()
  const type = request.query.type
  const notes = request.state.notes
    .filter((note) => note.orderId === order.id)
    .filter((note) => type === undefined || type === 'any' || (type === 'customer') === note.customerNote)
    // newest second first; within one the shop sorts by nothing else than the id
    .toSorted((a, b) => b.created - a.created || a.id - b.id)
  return { status: 200, text: phpJson(notes.map((note) => rest.row(request, ...noteText(request, note)))) }
}

function addNote(request: RestRequest): RestAnswer {
  const { state, body, key, home } = request
  const order = orderOf(request)
  if (!order) return noOrder()
  const author = truthy(body.added_by_user) ? key?.user : undefined
  const note = state.addNote(order.id, String(body.note), { customer: truthy(body.customer_note), author })
  return {
    status: 201,
    text: rest.one(request, ...noteText(request, note)),
    headers: [['Location', `${home}/wp-json/wc/v3/orders/${order.id}/notes/${note.id}`]],
  }
}

function noteById(request: RestRequest): RestAnswer {
  const { state, parts, method } = request
  if (!orderOf(request)) return noOrder()
  const note = state.notes.find((one) => one.id === Number(parts[1]) && one.orderId === Number(parts[0]))
  if (!note) return failure(404, 'woocommerce_rest_invalid_id', 'Invalid resource ID.')
  if (method === 'DELETE') state.notes.splice(state.notes.indexOf(note), 1)
  return { status: 200, text: rest.one(request, ...noteText(request, note)) }
}

/* ——— refunds ——— */

const REFUND_LINES = ['line_items', 'shipping_lines', 'tax_lines', 'fee_lines']

function refundView(request: RestRequest, order: ShopOrder, refund: Refund, withParent: boolean): [JsonObject, JsonObject] {
  const { state, home } = request
  const { id, created, amount, reason, ...more } = refund
  const up = `${home}/wp-json/wc/v3/orders/${order.id}`
  const lines = Object.fromEntries(REFUND_LINES.map((name) => [name, more[name] ?? []]))
  const data: JsonObject = {
    id,
    ...(withParent && { parent_id: order.id }),
    date_created: local(created, state.zone),
    date_created_gmt: gmt(created),
    amount: decimals(amount, 2),
    reason,
    refunded_by: more.refunded_by ?? 1,
    refunded_payment: false,
    meta_data: more.meta_data ?? [],
    ...lines,
  }
  const links = {
    self: rest.self(state, `${up}/refunds/${id}`, ['GET', 'DELETE']),
    collection: [{ href: `${up}/refunds` }],
    up: [{ href: up }],
  }
  return [data, links]
}

function refundList(request: RestRequest, pairs: [ShopOrder, Refund][], withParent: boolean): RestAnswer {
  const { query } = request
  const include = listParam(query.include)?.map(Number)
  const chosen = pairs
    .filter(([, refund]) => !include || include.includes(refund.id))
    .toSorted(([, a], [, b]) => b.created - a.created || b.id - a.id)
  const paged = rest.paging(query)
  const page = chosen.slice(paged.offset, paged.offset + paged.perPage)
  const link = page.length > 0 ? { ...query, dp: query.dp ?? '2' } : query
  return {
    status: 200,
    text: phpJson(page.map(([order, refund]) => rest.row(request, ...refundView(request, order, refund, withParent)))),
    headers: rest.listHeaders(request, chosen.length, paged, link),
  }
}

/** An unknown or deleted order has no refunds: 200 `[]`, no error (seen). */
function refundsOfOrder(request: RestRequest): RestAnswer {
  const order = orderOf(request)
  return refundList(request, order ? order.refunds.map((refund) => [order, refund]) : [], false)
}

function allRefunds(request: RestRequest): RestAnswer {
  const pairs: [ShopOrder, Refund][] = []
  for (const order of request.state.orders.values())
    if (order.refunds.length > 0) for (const refund of order.refunds) pairs.push([order, refund])
  return refundList(request, pairs, true)
}

function oneRefund(request: RestRequest): RestAnswer {
  const order = orderOf(request)
  if (!order) return failure(404, 'woocommerce_rest_invalid_order_id', 'Invalid order ID.')
  const refund = order.refunds.find((one) => one.id === Number(request.parts[1]))
  if (!refund) return failure(404, 'woocommerce_rest_shop_order_refund_invalid_id', 'Invalid ID.')
  return { status: 200, text: rest.one(request, ...refundView(request, order, refund, false)) }
}

function createRefund(request: RestRequest): RestAnswer {
  const { state, body, home } = request
  const order = orderOf(request)
  if (!order) return failure(404, 'woocommerce_rest_invalid_order_id', 'Invalid order ID.')
  const refund = state.addRefund(order, {
    amount: String(decimals(String(body.amount ?? '0'), 2)),
    reason: String(body.reason ?? ''),
    meta_data: [{ id: state.next('meta'), key: '_refund_type', value: 'partial' }],
  })
  return {
    status: 201,
    text: rest.one(request, ...refundView(request, order, refund, false)),
    headers: [['Location', `${home}/wp-json/wc/v3/orders/(?P<order_id>[\\d]+)/refunds/${refund.id}`]],
  }
}

export const orderPartRoutes: Route[] = [
  {
    methods: ['GET'],
    pattern: /^\/wc\/v[23]\/orders\/(\d+)\/notes$/,
    allow: ['GET', 'POST'],
    right: mayAs('view'),
    handle: listNotes,
  },
  {
    methods: ['POST'],
    pattern: /^\/wc\/v[23]\/orders\/(\d+)\/notes$/,
    allow: ['GET', 'POST'],
    required: ['note'],
    right: mayAs('create'),
    handle: addNote,
  },
  {
    methods: ['GET', 'DELETE'],
    pattern: /^\/wc\/v[23]\/orders\/(\d+)\/notes\/(\d+)$/,
    allow: ['GET', 'DELETE'],
    right: mayAs('view-one'),
    handle: noteById,
  },
  {
    methods: ['GET'],
    pattern: /^\/wc\/v[23]\/orders\/(\d+)\/refunds$/,
    allow: ['GET', 'POST'],
    check: ({ query }) => rest.pagingFaults(query),
    right: mayAs('view'),
    handle: refundsOfOrder,
  },
  {
    methods: ['POST'],
    pattern: /^\/wc\/v[23]\/orders\/(\d+)\/refunds$/,
    allow: ['GET', 'POST'],
    right: mayAs('create'),
    handle: createRefund,
  },
  {
    methods: ['GET'],
    pattern: /^\/wc\/v[23]\/orders\/(\d+)\/refunds\/(\d+)$/,
    allow: ['GET', 'DELETE'],
    right: mayAs('view-one'),
    handle: oneRefund,
  },
  {
    methods: ['GET'],
    pattern: /^\/wc\/v3\/refunds$/,
    allow: ['GET'],
    check: ({ query }) => rest.pagingFaults(query),
    right: mayAs('view'),
    handle: allRefunds,
  },
]
