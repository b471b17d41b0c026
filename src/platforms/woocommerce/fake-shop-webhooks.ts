/**
 * Webhooks of the fake shop: made, pinged, delivered by its cron, silently disabled.
 *
 * The traps: the ping on creation carries no signature; a delivery that fails is never tried again; the seventh failure
 * in a row disables the webhook without a word; the secret is used with its HTML entities decoded.
 */
import { createHmac, randomBytes } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { JsonObject } from './fake-shop-orders.ts'
import { orderLinks, orderView } from './fake-shop-order-view.ts'
import { decodeEntities, phpJson } from './fake-shop-php.ts'
import type { RestAnswer, RestRequest, Route } from './fake-shop-rest.ts'
import * as rest from './fake-shop-rest.ts'
import { failure, mayAs, text, truthy } from './fake-shop-rest.ts'
import type { ShopState, Webhook } from './fake-shop-state.ts'
import { gmt, local } from './fake-shop-time.ts'

const HOOKS: Record<string, string[]> = {
  'order.created': ['woocommerce_new_order'],
  'order.updated': ['woocommerce_update_order', 'woocommerce_order_refunded'],
  'order.deleted': ['wp_trash_post', 'woocommerce_trash_order'],
  'order.restored': ['untrashed_post', 'woocommerce_untrash_order'],
  'product.created': ['woocommerce_process_product_meta', 'woocommerce_new_product'],
  'product.updated': ['woocommerce_process_product_meta', 'woocommerce_update_product'],
  'product.deleted': ['wp_trash_post'],
}

/** More failures than this in a row and the webhook is disabled. */
const FAILURES_ALLOWED = 5

function view(request: RestRequest, webhook: Webhook, fresh = false): [JsonObject, JsonObject] {
  const { state, home } = request
  const [resource, event] = webhook.topic.split('.')
  const base = `${home}/wp-json/wc/v3/webhooks`
  const data = {
    id: webhook.id,
    name: webhook.name,
    status: webhook.status,
    topic: webhook.topic,
    resource,
    event,
    hooks: HOOKS[webhook.topic] ?? [],
    delivery_url: webhook.deliveryUrl,
    date_created: local(webhook.created, state.zone),
    date_created_gmt: gmt(webhook.created),
    // the answer to the creation was made before the time of the last change was read back
    date_modified: fresh ? null : local(webhook.modified, state.zone),
    date_modified_gmt: fresh ? null : gmt(webhook.modified),
  }
  return [data, { self: rest.self(state, `${base}/${webhook.id}`, rest.ALL_VERBS), collection: [{ href: base }] }]
}

const goodTopic = (topic: unknown): topic is string =>
  typeof topic === 'string' && (topic in HOOKS || /^action\.\w+/.test(topic))

const badTopic = (): RestAnswer =>
  failure(400, 'woocommerce_rest_shop_webhook_invalid_topic', 'Webhook topic is required and must be valid.')

const unknown = (method: string): RestAnswer =>
  failure(404, 'woocommerce_rest_shop_webhook_invalid_id', method === 'DELETE' ? 'Invalid ID.' : 'ID is invalid.')

async function create(request: RestRequest): Promise<RestAnswer> {
  const { state, body, home } = request
  if (!goodTopic(body.topic)) return badTopic()
  const now = state.now()
  const webhook: Webhook = {
    id: state.next('webhook'),
    name: String(body.name ?? 'Webhook created'),
    status: (text(body.status) as Webhook['status'] | undefined) ?? 'active',
    topic: body.topic,
    deliveryUrl: String(body.delivery_url),
    secret: text(body.secret) ?? randomBytes(25).toString('hex'),
    created: now,
    modified: now,
    failures: 0,
    pingPending: true,
  }
  state.webhooks.set(webhook.id, webhook)
  await ping(state, webhook)
  return {
    status: 201,
    text: rest.one(request, ...view(request, webhook, true)),
    headers: [['Location', `${home}/wp-json/wc/v3/webhooks/${webhook.id}`]],
  }
}

async function update(request: RestRequest): Promise<RestAnswer> {
  const { state, body, parts, method } = request
  const webhook = state.webhooks.get(Number(parts[0]))
  if (!webhook) return unknown(method)
  if (body.topic !== undefined && !goodTopic(body.topic)) return badTopic()
  const url = text(body.delivery_url)
  if (url !== undefined && url !== webhook.deliveryUrl) webhook.pingPending = true
  webhook.name = text(body.name) ?? webhook.name
  webhook.topic = text(body.topic) ?? webhook.topic
  webhook.deliveryUrl = url ?? webhook.deliveryUrl
  webhook.secret = text(body.secret) ?? webhook.secret
  // set to active again it keeps its failure count: the next failure disables it at once
  webhook.status = (text(body.status) as Webhook['status'] | undefined) ?? webhook.status
  webhook.modified = state.now()
  if (webhook.pingPending) await ping(state, webhook)
  return { status: 200, text: rest.one(request, ...view(request, webhook)) }
}

function list(request: RestRequest): RestAnswer {
  const { state, query } = request
  const status = text(query.status)
  const all = [...state.webhooks.values()]
    .filter((webhook) => status === undefined || status === 'all' || webhook.status === status)
    .toSorted((a, b) => b.created - a.created || b.id - a.id)
  const paged = rest.paging(query)
  const rows = all.slice(paged.offset, paged.offset + paged.perPage)
  return {
    status: 200,
    text: phpJson(rows.map((webhook) => rest.row(request, ...view(request, webhook)))),
    headers: rest.listHeaders(request, all.length, paged),
  }
}

function get(request: RestRequest): RestAnswer {
  const webhook = request.state.webhooks.get(Number(request.parts[0]))
  return webhook ? { status: 200, text: rest.one(request, ...view(request, webhook)) } : unknown('GET')
}

function remove(request: RestRequest): RestAnswer {
  const { state, query, body, parts } = request
  if (!truthy(query.force ?? body.force))
    return failure(501, 'woocommerce_rest_trash_not_supported', 'Webhooks do not support trashing.')
  const webhook = state.webhooks.get(Number(parts[0]))
  if (!webhook) return unknown('DELETE')
  state.webhooks.delete(webhook.id)
  return { status: 200, text: rest.one(request, ...view(request, webhook)) }
}

export const webhookRoutes: Route[] = [
  { methods: ['GET'], pattern: /^\/wc\/v3\/webhooks$/, allow: ['GET', 'POST'], right: mayAs('view'), handle: list },
  {
    methods: ['POST'],
    pattern: /^\/wc\/v3\/webhooks$/,
    allow: ['GET', 'POST'],
    required: ['topic', 'delivery_url'],
    right: mayAs('create'),
    handle: create,
  },
  {
    methods: ['GET'],
    pattern: /^\/wc\/v3\/webhooks\/(\d+)$/,
    allow: rest.ALL_VERBS,
    right: mayAs('view-one'),
    handle: get,
  },
  {
    methods: rest.WRITE,
    pattern: /^\/wc\/v3\/webhooks\/(\d+)$/,
    allow: rest.ALL_VERBS,
    right: mayAs('edit'),
    handle: update,
  },
  {
    methods: ['DELETE'],
    pattern: /^\/wc\/v3\/webhooks\/(\d+)$/,
    allow: rest.ALL_VERBS,
    right: mayAs('delete'),
    handle: remove,
  },
]

/* ——— what leaves the shop ——— */

const WORDPRESS: Record<string, string> = { '10': '7.0.4', '9': '6.6.2' }
const wordpress = (version: string): string => WORDPRESS[version.split('.')[0]!] ?? '6.6.2'

export const hookshot = (version: string): string => `WooCommerce/${version} Hookshot (WordPress/${wordpress(version)})`
export const wordpressAgent = (version: string, home: string): string => `WordPress/${wordpress(version)}; ${home}`

/** Status of the answer, or undefined where nobody answers. Redirects are not followed. */
export function send(url: string, headers: Record<string, string>, body: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const make = url.startsWith('https:') ? httpsRequest : httpRequest
    const call = make(url, {
      method: 'POST',
      // the shop believes the certificate of its own loopback tests
      rejectUnauthorized: false,
      agent: false,
      timeout: 10_000,
      headers: { ...headers, Connection: 'close', 'Content-Length': Buffer.byteLength(body) },
    })
    call.on('response', (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode))
      response.on('error', () => resolve(undefined))
    })
    call.on('timeout', () => call.destroy())
    call.on('error', () => resolve(undefined))
    call.end(body)
  })
}

const ACCEPT = { Accept: '*/*', 'Accept-Encoding': 'deflate, gzip, br, zstd' }

async function ping(state: ShopState, webhook: Webhook): Promise<void> {
  const headers = {
    'User-Agent': hookshot(state.settings.version),
    ...ACCEPT,
    'Content-Type': 'application/x-www-form-urlencoded',
  }
  const status = await send(state.settings.reach(webhook.deliveryUrl), headers, `webhook_id=${webhook.id}`)
  webhook.pingPending = status !== 200
}

export interface Delivered {
  webhookId: number
  orderId: number
  topic: string
  /** Of our answer; undefined: nobody there. */
  status: number | undefined
}

/** Runs the shop's queue as its cron would. On a real shop that happens only while somebody calls the shop. */
export async function runQueue(state: ShopState, home: string): Promise<Delivered[]> {
  const done: Delivered[] = []
  for (const { webhookId, orderId, topic } of state.queue.splice(0)) {
    const webhook = state.webhooks.get(webhookId)
    if (!webhook || webhook.status !== 'active') continue
    const status = await deliver(state, home, webhook, topic, orderId)
    done.push({ webhookId, orderId, topic, status })
  }
  return done
}

async function deliver(state: ShopState, home: string, webhook: Webhook, topic: string, orderId: number) {
  const order = state.orders.get(orderId)
  const render = state.rendering(home)
  const gone = topic === 'order.deleted' || !order
  const body = phpJson(gone ? { id: orderId } : { ...orderView(order, render), _links: orderLinks(order, render) })
  const [resource, event] = topic.split('.') as [string, string]
  const secret = decodeEntities(webhook.secret)
  const headers = {
    'User-Agent': hookshot(state.settings.version),
    ...ACCEPT,
    'Content-Type': 'application/json',
    'X-WC-Webhook-Source': `${home}/`,
    'X-WC-Webhook-Topic': topic,
    'X-WC-Webhook-Resource': resource,
    'X-WC-Webhook-Event': event,
    'X-WC-Webhook-Signature': createHmac('sha256', secret).update(body).digest('base64'),
    'X-WC-Webhook-ID': String(webhook.id),
    'X-WC-Webhook-Delivery-ID': randomBytes(16).toString('hex'),
  }
  const status = await send(state.settings.reach(webhook.deliveryUrl), headers, body)
  if (status !== undefined && status >= 200 && status <= 302) {
    webhook.failures = 0
    return status
  }
  webhook.failures++
  webhook.modified = state.now()
  if (webhook.failures > FAILURES_ALLOWED + 1) webhook.status = 'disabled'
  else if (webhook.pingPending) await ping(state, webhook)
  return status
}
