/**
 * Notes and refunds of the fake shop's orders.
 *
 * The traps: an empty note is taken, the same note twice is two notes and two mails; an order nobody knows has no
 * refunds, which is no error; a refund made here carries no lines unless the shop's own pages made it.
 */
import type { JsonObject, Refund, ShopOrder } from './fake-shop-orders.ts'
import { decimals } from './fake-shop-order-view.ts'
import { phpJson } from './fake-shop-php.ts'
import type { RestAnswer, RestRequest, Route } from './fake-shop-rest.ts'
import * as rest from './fake-shop-rest.ts'
import { failure, listParam, mayAs, truthy } from './fake-shop-rest.ts'
import type { Note } from './fake-shop-state.ts'
import { gmt, local } from './fake-shop-time.ts'

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

function refundView(
  request: RestRequest,
  order: ShopOrder,
  refund: Refund,
  withParent: boolean,
): [JsonObject, JsonObject] {
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
