/**
 * Advanced Shipment Tracking of the fake shop (3.9, in five namespaces).
 *
 * The trap: it believes almost anything. The same number twice, an unknown carrier, an empty number are all 201: whoever
 * writes must read first.
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

/** The carriers of the recorded shop; DHL is switched off there, yet its slug is taken all the same. */
const CARRIERS = [
  {
    name: 'Chronopost',
    slug: 'chronopost',
    country: 'France',
    url: 'https://suivi.example/chronopost/%number%',
    on: true,
  },
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
  CARRIERS.find(
    (one) => one.slug === String(word).toLowerCase() || one.name.toLowerCase() === String(word).toLowerCase(),
  )

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
    one.body = {
      ...one.body,
      meta_data: mergeMeta(state, one.body.meta_data as JsonObject[], [{ key: META, value: items }]),
    }
  })

let made = 0

function addTracking(request: RestRequest): RestAnswer {
  const { state, body, home, parts } = request
  const of = order(request)
  if (!of) return noOrder()
  const carrier = carrierOf(body.tracking_provider)
  const provider = carrier?.slug ?? ''
  const trackingId =
    state.trackingId ??
    createHash('md5')
      .update(`${provider}-${String(body.tracking_number)}-${made++}`)
      .digest('hex')
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
    headers: [
      ['Location', `${home}/wp-json/${parts[0]}/orders/${of.id}/shipment-trackings/${leadingNumber(trackingId)}`],
    ],
  }
}

const leadingNumber = (hex: string): string => /^0*(\d*)/.exec(hex)![1] || '0'

function trackings(request: RestRequest): RestAnswer {
  const of = order(request)
  if (!of) return noOrder()
  return {
    status: 200,
    text: phpJson(itemsOf(of).map((item) => rest.row(request, ...trackingView(request, of, item)))),
  }
}

function oneTracking(request: RestRequest): RestAnswer {
  const of = order(request)
  if (!of) return noOrder()
  const item = itemsOf(of).find((one) => one.tracking_id === request.parts[2])
  if (!item) return failure(404, 'woocommerce_rest_order_shipment_tracking_invalid_id', 'Invalid shipment tracking ID.')
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
