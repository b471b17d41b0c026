/**
 * Two ways a shop shows a parcel: Advanced Shipment Tracking (3.9, in five namespaces) and core fulfillments
 * (behind a feature flag). Both believe almost anything: the same number twice, an unknown carrier, more pieces than
 * were ordered, lines of another order. That is the point of the fake: whoever writes must read first.
 */
import { createHash } from 'node:crypto'
import type { JsonObject, ShopOrder } from './fake-shop-orders.ts'
import { phpJson } from './fake-shop-php.ts'
import { mergeMeta } from './fake-shop-order-writes.ts'
import type { RestAnswer, RestRequest, Route } from './fake-shop-rest.ts'
import * as rest from './fake-shop-rest.ts'
import { failure, mayAs, truthy } from './fake-shop-rest.ts'
import type { ShopState } from './fake-shop-state.ts'
import { gmt } from './fake-shop-time.ts'

const order = (request: RestRequest): ShopOrder | undefined => request.state.orders.get(Number(request.parts[1]))
const noOrder = (): RestAnswer => failure(404, 'woocommerce_rest_order_invalid_id', 'Invalid order ID.')

/* ——— Advanced Shipment Tracking ——— */

/** The carriers of the recorded shop; DHL is switched off there, yet its slug is taken all the same. */
const CARRIERS = [
  { name: 'Chronopost', slug: 'chronopost', country: 'France', url: 'https://suivi.example/chronopost/%number%', on: true },
  {
    name: 'PostNL',
    slug: 'postnl',
    country: 'Netherlands',
    url: 'https://suivi.example/postnl/%number%/%postal_code%',
    on: true,
  },
  { name: 'DHL', slug: 'dhl', country: 'Germany', url: 'https://suivi.example/dhl/%number%', on: false },
]

const META = '_wc_shipment_tracking_items'

const carrierOf = (word: unknown) =>
  CARRIERS.find((one) => one.slug === String(word).toLowerCase() || one.name.toLowerCase() === String(word).toLowerCase())

const itemsOf = (one: ShopOrder): JsonObject[] => {
  const row = (one.body.meta_data as JsonObject[]).find((meta) => meta.key === META)
  return (row?.value as JsonObject[] | undefined) ?? []
}

function trackingView(request: RestRequest, of: ShopOrder, item: JsonObject): [JsonObject, JsonObject] {
  const { state, home, parts } = request
  const base = `${home}/wp-json/${parts[0]}/orders/${of.id}`
  const carrier = carrierOf(item.tracking_provider)
  const postcode = String((of.body.shipping as JsonObject).postcode || (of.body.billing as JsonObject).postcode)
  const link = carrier
    ? carrier.url.replace('%number%', String(item.tracking_number)).replace('%postal_code%', postcode.replace(' ', ''))
    : String(item.custom_tracking_link)
  const data = {
    tracking_id: item.tracking_id,
    tracking_provider: carrier?.name ?? '',
    tracking_link: link,
    tracking_number: item.tracking_number,
    date_shipped: gmt(Number(item.date_shipped)).slice(0, 10),
  }
  const links = {
    self: rest.self(state, `${base}/shipment-trackings/${String(item.tracking_id)}`, ['GET', 'DELETE']),
    collection: [{ href: `${base}/shipment-trackings` }],
    up: [{ href: base }],
  }
  return [data, links]
}

/** `2026-11-24` and `24-11-2026` are both taken; nothing is today. */
function shippedAt(state: ShopState, value: unknown): number {
  const text = typeof value === 'string' ? value : ''
  const turned = /^(\d\d)-(\d\d)-(\d{4})$/.exec(text)
  const iso = turned ? `${turned[3]}-${turned[2]}-${turned[1]}` : text
  const ms = Date.parse(`${iso}T00:00:00Z`)
  return Math.floor((Number.isFinite(ms) ? ms : Math.floor(state.now() / 86_400) * 86_400_000) / 1000)
}

const saveItems = (state: ShopState, of: ShopOrder, items: JsonObject[]): void =>
  state.save(of, true, (one) => {
    one.quick = undefined
    one.body = { ...one.body, meta_data: mergeMeta(state, one.body.meta_data as JsonObject[], [{ key: META, value: items }]) }
  })

let made = 0

function addTracking(request: RestRequest): RestAnswer {
  const { state, body, home, parts } = request
  const of = order(request)
  if (!of) return noOrder()
  const carrier = carrierOf(body.tracking_provider)
  const provider = carrier?.slug ?? ''
  const trackingId = state.trackingId ?? createHash('md5').update(`${provider}-${String(body.tracking_number)}-${made++}`).digest('hex')
  const item: JsonObject = {
    tracking_provider: provider,
    custom_tracking_provider: String(body.custom_tracking_provider ?? ''),
    custom_tracking_link: String(body.custom_tracking_link ?? ''),
    tracking_number: String(body.tracking_number),
    tracking_product_code: '',
    source: 'REST_API',
    date_shipped: String(shippedAt(state, body.date_shipped)),
    status_shipped: body.status_shipped === undefined ? '' : String(body.status_shipped),
    tracking_id: trackingId,
    user_id: 1,
  }
  saveItems(state, of, [...(truthy(body.replace_tracking) ? [] : itemsOf(of)), item])
  if (String(body.status_shipped) === '1') state.setStatus(of, 'completed')
  return {
    status: 201,
    text: rest.one(request, ...trackingView(request, of, item)),
    // the plugin prints the id with %d: only its leading digits are left
    headers: [['Location', `${home}/wp-json/${parts[0]}/orders/${of.id}/shipment-trackings/${leadingNumber(trackingId)}`]],
  }
}

const leadingNumber = (hex: string): string => /^0*(\d*)/.exec(hex)![1] || '0'

function trackings(request: RestRequest): RestAnswer {
  const of = order(request)
  if (!of) return noOrder()
  return { status: 200, text: phpJson(itemsOf(of).map((item) => rest.row(request, ...trackingView(request, of, item)))) }
}

function oneTracking(request: RestRequest): RestAnswer {
  const of = order(request)
  if (!of) return noOrder()
  const item = itemsOf(of).find((one) => one.tracking_id === request.parts[2])
  if (!item)
    return failure(404, 'woocommerce_rest_order_shipment_tracking_invalid_id', 'Invalid shipment tracking ID.')
  const answer = { status: 200, text: rest.one(request, ...trackingView(request, of, item)) }
  if (request.method === 'DELETE')
    saveItems(
      request.state,
      of,
      itemsOf(of).filter((one) => one !== item),
    )
  return answer
}

const providers = (): RestAnswer => {
  const groups: Record<string, Record<string, string>> = {}
  for (const { name, country, url, on } of CARRIERS) if (on) (groups[country] ??= {})[name] = url
  return { status: 200, data: groups }
}

const AST = '(wc-shipment-tracking\\/v3|wc-ast\\/v3|wc\\/v[123])'

export const astRoutes: Route[] = [
  {
    methods: ['GET'],
    pattern: new RegExp(`^/${AST}/orders/(\\d+)/shipment-trackings/providers$`),
    allow: ['GET'],
    right: mayAs('view'),
    handle: providers,
  },
  {
    methods: ['GET'],
    pattern: new RegExp(`^/${AST}/orders/(\\d+)/shipment-trackings$`),
    allow: ['GET', 'POST'],
    right: mayAs('view'),
    handle: trackings,
  },
  {
    methods: ['POST'],
    pattern: new RegExp(`^/${AST}/orders/(\\d+)/shipment-trackings$`),
    allow: ['GET', 'POST'],
    required: ['tracking_number'],
    right: mayAs('create'),
    handle: addTracking,
  },
  {
    methods: ['GET', 'DELETE'],
    pattern: new RegExp(`^/${AST}/orders/(\\d+)/shipment-trackings/([a-fA-F0-9]{0,32})$`),
    allow: ['GET', 'DELETE'],
    right: mayAs('view-one'),
    handle: oneTracking,
  },
]

/* ——— core fulfillments ——— */

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
