/**
 * Core fulfillments of the fake shop (behind a feature flag of WooCommerce 10).
 *
 * The traps: more pieces than were ordered and lines of other orders are taken; a meta key left out of an update is
 * deleted; a deleted one is deleted again with 200; the order's own status never moves. (Seen on 10.9.1.)
 */
import type { JsonObject, ShopOrder } from './fake-shop-orders.ts'
import { mergeMeta } from './fake-shop-order-writes.ts'
import { phpJson } from './fake-shop-php.ts'
import type { RestAnswer, RestRequest, Route } from './fake-shop-rest.ts'
import * as rest from './fake-shop-rest.ts'
import { failure, mayAs, truthy } from './fake-shop-rest.ts'
import type { ShopState } from './fake-shop-state.ts'
import { gmt } from './fake-shop-time.ts'

const order = (request: RestRequest): ShopOrder | undefined => request.state.orders.get(Number(request.parts[1]))

const itemsIn = (meta: unknown): JsonObject[] =>
  ((meta as JsonObject[] | undefined)?.find((row) => row.key === '_items')?.value as JsonObject[] | undefined) ?? []

/** Seen: no item is 400 with the number 0 as code, ids as strings too; nothing else is looked at. */
function itemsRefused(meta: unknown): RestAnswer | undefined {
  const items = itemsIn(meta)
  if (items.length === 0) return failure(400, 0, 'The fulfillment should contain at least one item.')
  const whole = items.every((item) => Number.isInteger(item.item_id) && Number.isInteger(item.qty))
  return whole ? undefined : failure(400, 0, 'Invalid item.')
}

const ofOrder = (state: ShopState, id: number): JsonObject[] =>
  state.fulfillments.filter((one) => one.entity_id === String(id) && one.date_deleted === null)

const stamp = (state: ShopState): string => gmt(state.now()) + 'Z'

/** A list shows what the database gives: "1" for true. */
const stored = (one: JsonObject): JsonObject => ({ ...one, is_fulfilled: one.is_fulfilled ? '1' : '0' })

let metaIds = 0

function metaRows(given: JsonObject[], before: JsonObject[], fulfilled: boolean, state: ShopState): JsonObject[] {
  const rows = given.map((row) => {
    const known = before.find((one) => one.key === row.key)
    return known ? { id: known.id, key: row.key, value: row.value } : { key: row.key, value: row.value, id: ++metaIds }
  })
  if (!fulfilled || rows.some((row) => row.key === '_date_fulfilled')) return rows
  return [...rows, { key: '_date_fulfilled', value: stamp(state), id: ++metaIds }]
}

/** The order's status never moves; its meta and its date_modified do. */
function markOrder(state: ShopState, of: ShopOrder): void {
  const done = new Map<number, number>()
  for (const one of ofOrder(state, of.id))
    if (one.is_fulfilled)
      for (const { item_id, qty } of itemsIn(one.meta_data))
        done.set(Number(item_id), (done.get(Number(item_id)) ?? 0) + Number(qty))
  const lines = of.body.line_items as JsonObject[]
  const whole = lines.every((line) => (done.get(Number(line.id)) ?? 0) >= Number(line.quantity))
  const value = whole ? 'fulfilled' : done.size > 0 ? 'partially_fulfilled' : 'unfulfilled'
  state.save(of, true, (one) => {
    one.quick = undefined
    const meta = mergeMeta(state, one.body.meta_data as JsonObject[], [{ key: '_fulfillment_status', value }])
    one.body = { ...one.body, meta_data: meta }
  })
}

function notify(request: RestRequest, of: ShopOrder, meta: JsonObject[]): void {
  if (!truthy(request.body.notify_customer ?? request.query.notify_customer)) return
  const text = String(meta.find((row) => row.key === '_tracking_number')?.value ?? '')
  const subject = `An item from ${request.state.settings.title} order ${of.id} has been fulfilled!`
  request.state.mail({ to: 'customer', why: 'fulfilled', orderId: of.id, subject, text })
}

function createFulfillment(request: RestRequest): RestAnswer {
  const { state, body } = request
  const of = order(request)
  if (!of) return unknownOrder()
  const refused = itemsRefused(body.meta_data)
  if (refused) return refused
  const fulfilled = truthy(body.is_fulfilled)
  const meta = metaRows(body.meta_data as JsonObject[], [], fulfilled, state)
  const one: JsonObject = {
    id: state.next('fulfillment'),
    entity_type: 'WC_Order',
    entity_id: String(of.id),
    status: String(body.status ?? 'unfulfilled'),
    is_fulfilled: fulfilled,
    date_updated: stamp(state),
    date_deleted: null,
    meta_data: meta,
  }
  state.fulfillments.push(one)
  markOrder(state, of)
  notify(request, of, meta)
  return { status: 201, text: rest.one(request, one) }
}

/** Said by the check of rights: no `Allow`. */
const unknownOrder = (): RestAnswer => ({
  ...failure(404, 'woocommerce_rest_order_invalid_id', 'Invalid order ID.', { status: '404' }),
  allow: [],
})

const absent = (): RestAnswer => failure(400, 404, 'Fulfillment not found.')

const byId = ({ state, parts }: RestRequest): JsonObject | undefined =>
  state.fulfillments.find((one) => one.id === Number(parts[2]) && one.entity_id === parts[1])

function updateFulfillment(request: RestRequest): RestAnswer {
  const { state, body } = request
  const of = order(request)
  if (!of) return unknownOrder()
  const one = byId(request)
  if (!one || one.date_deleted !== null) return absent()
  const refused = itemsRefused(body.meta_data)
  if (refused) return refused
  const before = (one.meta_data as JsonObject[]).filter((row) => row.key !== '_date_fulfilled')
  const fulfilled = body.is_fulfilled === undefined ? Boolean(one.is_fulfilled) : truthy(body.is_fulfilled)
  // a key left out of the update is deleted (seen with _tracking_url)
  one.meta_data = metaRows(body.meta_data as JsonObject[], before, fulfilled, state)
  one.is_fulfilled = fulfilled
  if (body.status !== undefined) one.status = body.status
  one.date_updated = stamp(state)
  markOrder(state, of)
  notify(request, of, one.meta_data as JsonObject[])
  return { status: 200, text: rest.one(request, one) }
}

function deleteFulfillment(request: RestRequest): RestAnswer {
  const of = order(request)
  if (!of) return unknownOrder()
  const one = byId(request)
  if (!one) return absent()
  if (one.date_deleted === null) {
    one.date_deleted = stamp(request.state)
    markOrder(request.state, of)
  }
  return { status: 200, data: { message: 'Fulfillment deleted successfully.' } }
}

function fulfillments(request: RestRequest): RestAnswer {
  if (!order(request)) return unknownOrder()
  const rows = ofOrder(request.state, Number(request.parts[1])).map((one) => rest.row(request, stored(one)))
  return { status: 200, text: phpJson(rows) }
}

function oneFulfillment(request: RestRequest): RestAnswer {
  if (!order(request)) return unknownOrder()
  const one = byId(request)
  if (!one || one.date_deleted !== null) return absent()
  return { status: 200, text: rest.one(request, stored(one)) }
}

function fulfillmentMeta(request: RestRequest): RestAnswer {
  const one = byId(request)
  return one ? { status: 200, data: one.meta_data } : absent()
}

/** It only guesses a carrier from the form of the number; it does not search. */
function lookup({ query }: RestRequest): RestAnswer {
  const number = String(query.tracking_number)
  if (!/^[A-Z]{2}\d{9}[A-Z]{2}$/.test(number)) return { status: 200, data: [] }
  const guess = (url: string, score: number) => ({ url: url + number, ambiguity_score: score })
  return {
    status: 200,
    data: {
      tracking_number: number,
      shipping_provider: 'dpd',
      tracking_url: `https://www.dpd.com/tracking/${number}`,
      possibilities: {
        dhl: guess('https://www.dhl.com/en/express/tracking.html?AWB=', 75),
        dpd: guess('https://www.dpd.com/tracking/', 90),
        ups: guess('https://www.ups.com/track?tracknum=', 65),
      },
    },
  }
}

/** Its text for a customer's key is another one than that of the other lists. */
const mayView: NonNullable<Route['right']> = (request) => {
  const refused = mayAs('view')(request)
  return refused && { ...refused, message: 'Sorry, you cannot view resources.' }
}

const FULFILLMENTS = '^/(wc/v3)/orders/(\\d+)/fulfillments'

export const fulfillmentRoutes: Route[] = [
  {
    methods: ['GET'],
    pattern: new RegExp(`${FULFILLMENTS}$`),
    allow: ['GET', 'POST'],
    right: mayView,
    handle: fulfillments,
  },
  {
    methods: ['POST'],
    pattern: new RegExp(`${FULFILLMENTS}$`),
    allow: ['GET', 'POST'],
    right: mayAs('create'),
    handle: createFulfillment,
  },
  {
    methods: ['GET'],
    pattern: new RegExp(`${FULFILLMENTS}/lookup$`),
    allow: ['GET'],
    required: ['tracking_number'],
    right: mayView,
    handle: lookup,
  },
  {
    methods: ['GET'],
    pattern: new RegExp(`${FULFILLMENTS}/(\\d+)$`),
    allow: rest.ALL_VERBS,
    right: mayView,
    handle: oneFulfillment,
  },
  {
    methods: rest.WRITE,
    pattern: new RegExp(`${FULFILLMENTS}/(\\d+)$`),
    allow: rest.ALL_VERBS,
    right: mayAs('edit'),
    handle: updateFulfillment,
  },
  {
    methods: ['DELETE'],
    pattern: new RegExp(`${FULFILLMENTS}/(\\d+)$`),
    allow: rest.ALL_VERBS,
    right: mayAs('delete'),
    handle: deleteFulfillment,
  },
  {
    methods: ['GET'],
    pattern: new RegExp(`${FULFILLMENTS}/(\\d+)/metadata$`),
    allow: rest.ALL_VERBS,
    right: mayView,
    handle: fulfillmentMeta,
  },
]
