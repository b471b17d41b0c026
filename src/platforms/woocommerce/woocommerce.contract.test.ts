/** WooCommerce against its 625 recorded exchanges: see `test/contracts/platform-contract.ts`. */
import { createHmac } from 'node:crypto'
import type { StandIn } from '../../../test/contracts/platform-contract.ts'
import { differencesOf, platformContract } from '../../../test/contracts/platform-contract.ts'
import type { RawAnswer } from '../../../test/contracts/raw-client.ts'
import { askHttp10, askRaw, headerOf } from '../../../test/contracts/raw-client.ts'
import type { Arrival, Receiver } from '../../../test/contracts/receiver.ts'
import { startReceiver } from '../../../test/contracts/receiver.ts'
import { RANDOM, answerDifferences, mailDifferences } from '../../../test/contracts/woocommerce-comparison.ts'
import { AFTER, BEFORE } from '../../../test/contracts/woocommerce-stories.ts'
import { VERDICTS } from '../../../test/contracts/woocommerce-verdicts.ts'
import { outside } from '../../../test/fakes/door.ts'
import { startFaultProxy } from '../../../test/fakes/fault-proxy.ts'
import { HubError } from '../../domain/errors.ts'
import type { Method } from '../../domain/http.ts'
import { authorise } from './authorise.ts'
import type { Shape } from './classify.ts'
import { readAnswer } from './classify.ts'
import type { FakeShopOptions } from './fake-shop.ts'
import { startFakeShop } from './fake-shop.ts'
import type { JsonObject } from './fake-shop-orders.ts'
import type { Recording } from './recordings/recordings.ts'
import { header, recordings } from './recordings/recordings.ts'
import { readDelivery } from './webhooks.ts'

/* ——— which way ——— */

const TROUBLES = new Set(['hosts', 'broken', 'php', 'db-down', 'maintenance', 'modsecurity', 'security-plugins'])

const wayOf = (one: Recording) => {
  if (one.direction) return 'received'
  return TROUBLES.has(one.scenario) && one.name.startsWith('trouble-') ? 'trouble' : 'shop'
}

/* ——— asking the fake ——— */

const SHOPS: Record<string, Pick<FakeShopOptions, 'version' | 'storage'>> = {
  'WooCommerce 10.9.1, HPOS': { version: '10.9.1', storage: 'hpos' },
  'WooCommerce 10.9.1, orders in posts': { version: '10.9.1', storage: 'posts' },
  'WooCommerce 9.3.2, orders in posts': { version: '9.3.2', storage: 'posts' },
  'WooCommerce 9.3.2, HPOS': { version: '9.3.2', storage: 'hpos' },
}

const shopOf = (one: Recording): string => one.shop.split(', WordPress')[0]!

const dateOf = (one: Recording): number => Date.parse(header(one, 'date') ?? '')

/** By the clock of the recorded answers; within a second story by story. */
function chronological(exchanges: Recording[]): Recording[] {
  const first = new Map<string, number>()
  for (const one of exchanges) first.set(one.scenario, Math.min(first.get(one.scenario) ?? Infinity, dateOf(one)))
  return exchanges.toSorted(
    (a, b) =>
      dateOf(a) - dateOf(b) ||
      first.get(a.scenario)! - first.get(b.scenario)! ||
      a.scenario.localeCompare(b.scenario) ||
      a.sequence - b.sequence,
  )
}

/** A write happened up to three seconds before its answer; the answer says when. */
function clockOf(one: Recording): number {
  const date = dateOf(one)
  const json = (one.response.json ?? {}) as JsonObject
  const told = ['date_modified_gmt', 'date_created_gmt', 'date_updated']
    .map((name) => Date.parse(String(json[name]).replace(/Z?$/, 'Z')))
    .find((ms) => ms <= date && ms >= date - 3000)
  return one.request.method === 'GET' ? date : (told ?? date)
}

let arrivals: Arrival[] = []
/** Pages of the fake's wc-auth, for what comes back from the merchant's browser. */
let authorizePage = ''
let wentTo = ''

async function startShop(shop: string): Promise<StandIn<Recording>> {
  let now = Date.parse('2026-11-24T13:38:00Z')
  const receiver: Receiver = await startReceiver(['22299'])
  const fake = await startFakeShop({
    ...SHOPS[shop]!,
    clock: { now: () => now },
    seed: 'recorded',
    reach: receiver.reach,
  })
  if (fake.state.settings.storage === 'posts' && fake.state.old) fake.state.setCounter('webhook', 0)
  const stage = { shop: fake, receiver }
  return {
    replay: async (one) => {
      now = clockOf(one)
      await BEFORE[one.name]?.(stage)
      // the plugin makes its ids from the clock and chance: the recorded one, so that later requests name it
      fake.state.trackingId = (one.response.json as { tracking_id?: string } | undefined)?.tracking_id
      const mailed = fake.mails.length
      const answer = await askAsRecorded(one, fake.port)
      if (one.name === 'wc-auth-authorize') authorizePage = answer.body.toString()
      if (one.name === 'wc-auth-access-granted') wentTo = headerOf(answer.headers, 'location') ?? ''
      now = dateOf(one)
      await AFTER[one.name]?.(stage)
      return [...answerDifferences(one, answer), ...mailDifferences(one, fake.mails.slice(mailed))]
    },
    close: async () => {
      arrivals = [...arrivals, ...receiver.arrivals]
      await fake.close()
      await receiver.close()
    },
  }
}

/** Behind a TLS proxy that hides itself, the shop takes every call for http. */
const believed = (one: Recording): string => (one.request.host.endsWith(':22452') ? 'http' : one.request.scheme)

function askAsRecorded(one: Recording, port: number): Promise<RawAnswer> {
  const { method, path, headers, body, bodyBase64, httpVersion } = one.request
  const question = {
    port,
    method,
    path,
    headers: { ...headers, 'x-fake-scheme': believed(one) },
    body: bodyBase64 === undefined ? body : Buffer.from(bodyBase64, 'base64'),
  }
  return httpVersion === 'HTTP/1.0' ? askHttp10(question) : askRaw(question)
}

/* ——— troubles ——— */

async function startTroubles(): Promise<StandIn<Recording>> {
  const fake = await startFakeShop({ clock: { now: () => Date.parse('2026-11-24T13:50:00Z') }, seed: 'recorded' })
  const proxy = await startFaultProxy(fake.url)
  return {
    replay: async (one) => {
      proxy.clear()
      proxy.on(() => true, { kind: 'recorded', answer: one.response }, 9)
      const seen = fake.requests.length
      const answer = await askAsRecorded(one, proxy.port)
      const verdict = await verdictOf(one, proxy.url)
      const reached = fake.requests.length - seen
      return [
        ...(reached === 0 ? [] : ['the shop saw the request']),
        ...verbatimDifferences(one, answer),
        ...(verdict === VERDICTS[one.name] ? [] : [`read as ${verdict} instead of ${VERDICTS[one.name]}`]),
      ]
    },
    close: async () => {
      await proxy.close()
      await fake.close()
    },
  }
}

/** Every header but a length that our own cut of an HTML page made wrong, and every byte. */
function verbatimDifferences(one: Recording, answer: RawAnswer): string[] {
  const { response } = one
  const cutHead = /inside the headers/.test(response.incomplete ?? '')
  if (cutHead || response.status === 0)
    return answer.status === 0 ? [] : [`an answer ${answer.status} where there was none`]
  const found: string[] = []
  if (answer.status !== response.status || answer.reason !== response.reason)
    found.push(`status ${answer.status} ${answer.reason}`)
  const length = one.cut ? /^content-length$/i : /^$/
  const shown = (pairs: [string, string][]) =>
    pairs.filter(([name]) => !length.test(name)).map((pair) => pair.join(': '))
  found.push(...differencesOf(shown(response.headers), shown(answer.headers)).map((what) => `header ${what}`))
  if (response.bodyBase64 !== undefined && !answer.body.equals(Buffer.from(response.bodyBase64, 'base64')))
    found.push(`body of ${answer.body.length} bytes differs`)
  if (response.json !== undefined) found.push(...differencesOf(response.json, JSON.parse(answer.body.toString())))
  if (answer.incomplete !== Boolean(response.incomplete)) found.push(`incomplete: ${answer.incomplete}`)
  return found
}

const shapeOf = ({ request }: Recording): Shape => {
  if (request.method === 'GET' && /\/orders\?/.test(request.path)) return 'list'
  return /\/notes\?/.test(request.path) ? 'array' : 'object'
}

/** Through our own door to the outside and our own reader: `data`, the shop's own answer, or the error and its reason. */
async function verdictOf(one: Recording, url: string): Promise<string> {
  const world = outside()
  // these the door sets for itself
  const { host: _host, connection: _connection, 'content-length': _length, ...headers } = one.request.headers
  const { http } = world.open([url])
  try {
    const method = one.request.method as Method
    const response = await http.request({
      method,
      url: url + one.request.path,
      headers,
      body: one.request.body,
      purpose: 'test',
    })
    const answer = readAnswer(response, shapeOf(one))
    if (answer.error) return `${answer.status} ${answer.error.code}`
    const wrong = one.response.json === undefined ? [] : differencesOf(one.response.json, answer.value)
    return ['data', ...answer.notes, ...wrong].join(' ')
  } catch (error) {
    if (!(error instanceof HubError)) throw error
    return [error.code, error.params.reason ?? error.params.by].filter((word) => word !== undefined).join(' ')
  } finally {
    await world.close()
  }
}

/* ——— what came to us ——— */

/** The secret each delivery was signed with; in the recorded shops it was given as it stands here. */
const SECRETS: Record<string, string> = {
  'webhook-secret-delivery': 'a&b"c<d>\'é%41',
  'webhook-secret-entities-delivery': "x&y'z",
}
const SECRET = 'fixtureHookSecret1'

function receive(one: Recording): string[] {
  if (one.direction === 'browser-to-us') return receiveBrowser(one)
  const { body: text = '', bodyBase64 } = one.request
  const body = bodyBase64 === undefined ? Buffer.from(text) : Buffer.from(bodyBase64, 'base64')
  return [...readingDifferences(one, body), ...sendingDifferences(one, body)]
}

/** What our own readers say of it, and of it with one byte changed. */
function readingDifferences(one: Recording, body: Buffer): string[] {
  if (one.request.path === '/wc-auth/callback') {
    const read = authorise.readCallback(body.toString())
    const { user_id: state, consumer_key, consumer_secret } = JSON.parse(body.toString()) as JsonObject
    const good = read?.state === state && JSON.stringify(read).includes(String(consumer_key))
    return good && JSON.stringify(read).includes(String(consumer_secret))
      ? []
      : [`callback read as ${JSON.stringify(read)}`]
  }
  const headers = Object.fromEntries(
    Object.entries(one.request.headers).map(([name, value]) => [name.toLowerCase(), value]),
  )
  const secret = SECRETS[one.name] ?? SECRET
  const delivery = readDelivery(headers, body, secret)
  if (!headers['x-wc-webhook-signature']) return delivery.kind === 'ping' ? [] : [`ping read as ${delivery.kind}`]
  const id = String((JSON.parse(body.toString()) as JsonObject).id)
  const found =
    delivery.kind === 'hint' && delivery.remoteIds.join() === id ? [] : [`read as ${JSON.stringify(delivery)}`]
  const forged = Buffer.from(body)
  forged[forged.length - 2]! ^= 1
  for (const [what, bytes, key] of [
    ['a changed body', forged, secret],
    ['another secret', body, `${secret}x`],
  ] as const)
    if (readDelivery(headers, bytes, key).kind !== 'refused') found.push(`${what} is not refused`)
  return found
}

const SAME_HEADERS =
  /^(user-agent|accept|accept-encoding|content-type|connection|x-wc-webhook-(source|topic|resource|event|id))$/i

/** The fake sent the same in its turn: same headers, body, and a signature that verifies. */
function sendingDifferences(one: Recording, body: Buffer): string[] {
  const candidates = arrivals
    .filter((arrival) => arrival.path === one.request.path && arrival.answered === one.response.status)
    .map((arrival) => arrivalDifferences(one, body, arrival))
    .toSorted((a, b) => a.length - b.length)
  return (candidates[0] ?? [`the fake sent nothing to ${one.request.path}`]).map((what) => `the fake: ${what}`)
}

function arrivalDifferences(one: Recording, body: Buffer, arrival: Arrival): string[] {
  const kept = (pairs: [string, string][]) =>
    Object.fromEntries(
      pairs.filter(([name]) => SAME_HEADERS.test(name)).map(([name, value]) => [name.toLowerCase(), value]),
    )
  const found = differencesOf(kept(Object.entries(one.request.headers)), kept(arrival.headers)).map(
    (what) => `header ${what}`,
  )
  const names = (list: string[]) =>
    list
      .map((name) => name.toLowerCase())
      .filter((name) => name !== 'host')
      .sort()
  found.push(...differencesOf(names(Object.keys(one.request.headers)), names(arrival.headers.map(([name]) => name))))
  const signature = headerOf(arrival.headers, 'x-wc-webhook-signature')
  const signed = createHmac('sha256', SECRETS[one.name] ?? SECRET)
    .update(arrival.body)
    .digest('base64')
  if (signature !== undefined && signature !== signed) found.push('its signature does not verify')
  const both = [body, arrival.body].map((bytes) => bytes.toString())
  if (both.some((text) => !text.startsWith('{')))
    return both[0] === both[1] ? found : [...found, `body ${both[1]!.slice(0, 80)}`]
  // keys are made anew each time; the probe's value was counted by hand
  const values = [
    ...RANDOM,
    /^consumer_(key|secret)$/,
    /^meta_data\[\d+\]\.value$/,
    /^date_(modified|created|paid)(_gmt)?$/,
  ]
  return [...found, ...differencesOf(JSON.parse(body.toString()), JSON.parse(arrival.body.toString()), { values })]
}

/** The merchant's browser comes back: what the shop's pages lead it to. */
function receiveBrowser(one: Recording): string[] {
  const query = new URLSearchParams(one.request.path.split('?')[1])
  const link = `https://${one.request.host}${one.request.path}`
  const leads = query.get('success') === '1' ? wentTo : authorizePage.replaceAll('&#038;', '&')
  return leads.includes(link) ? [] : [`no page of the fake leads to ${link}`]
}

platformContract('woocommerce', {
  exchanges: recordings(),
  excluded: {},
  wayOf,
  shopOf,
  startShop,
  chronological,
  startTroubles,
  receive,
})
