/**
 * A login is tried before it is saved: which way of signing works, what the key may do, and what the shop is.
 *
 * The ladder: over https Basic, then (with consent) keys in the query, then OAuth signed with http:// for a shop behind a
 * proxy that hides https; over http only OAuth. When all fail, OAuth's own refusals tell what the one 401 text of Basic
 * hides: "Consumer key is invalid." or "Invalid signature". Sending an OAuth signature gives no secret away.
 */
import { createHash } from 'node:crypto'
import type { Clock } from '../../domain/clock.ts'
import { HubError } from '../../domain/errors.ts'
import type { Transport } from '../../domain/http.ts'
import type { Admission, Login, Sight } from '../../domain/platform.ts'
import { isLengthUnit, isWeightUnit } from '../../domain/weight.ts'
import { type Api, shopApi } from './api.ts'
import { type Answer, readAnswer } from './classify.ts'
import { offsetFromOrder, zoneOf } from './dates.ts'
import { type CleanLogin, checkShape, cleanLogin, hadBlanks, type Signing, type Variant } from './login.ts'
import { type Dict, dict, dicts } from './odd-values.ts'
import { INDEX_FIELDS, unescapeHtml } from './recognise.ts'
import { isAtLeast, type Mechanism, type Shop } from './shop.ts'

export interface Attempt {
  url: string
  login: Login
  queryKeys: boolean
  clock: Clock
}

/** An id that could exist and does not; 0 is treated differently. */
const NO_SUCH_ORDER = 999_999_999
const SEEN_ORDER_FIELDS = 'id,version,date_created,date_created_gmt'

interface Ground {
  http: Transport
  attempt: Attempt
  login: CleanLogin
  restPath: string
  index: Dict
  api(signing: Signing): Api
}

export async function admit(http: Transport, attempt: Attempt): Promise<Admission> {
  const login = cleanLogin(attempt.login)
  checkShape(login)
  const url = attempt.url.replace(/\/+$/, '')
  const saw: Sight[] = hadBlanks(attempt.login) ? [{ code: 'blanks-trimmed' }] : []
  const { restPath, index } = await openIndex(http, url, login)
  const api = (signing: Signing) => shopApi({ http, clock: attempt.clock, url, restPath, login, signing })
  const ground: Ground = { http, attempt: { ...attempt, url }, login, restPath, index, api }

  const { signing, orders } = await climb(ground, saw)
  const shop = await lookAround(ground, signing, orders, saw)
  const write = await mayWrite(api(signing), saw)
  if (!dict(index).home) saw.push({ code: 'rest-index-closed' })

  return {
    shop: { ...shop },
    url,
    name: typeof index.name === 'string' && index.name !== '' ? unescapeHtml(index.name) : new URL(url).host,
    fingerprint: fingerprint(shop.home),
    homeUrl: shop.home,
    ...(await copyMark(api(signing))),
    zone: shop.zone,
    rights: { read: true, write },
    saw,
  }
}

/** The index tells name, zone, home and namespaces without any key; some plugins close it, which is no obstacle. */
async function openIndex(http: Transport, url: string, login: CleanLogin): Promise<{ restPath: string; index: Dict }> {
  const headers: Record<string, string> = { accept: 'application/json' }
  if (login.basicUser !== undefined) {
    headers.authorization = `Basic ${Buffer.from(`${login.basicUser}:${login.basicPassword ?? ''}`).toString('base64')}`
  }
  let first: unknown
  for (const restPath of ['/wp-json', '/index.php/wp-json']) {
    const response = await http.request({ method: 'GET', url: `${url}${restPath}/?_fields=${INDEX_FIELDS}`, headers, purpose: 'login' })
    try {
      const answer = readAnswer(response, 'object')
      if (answer.status < 400) return { restPath, index: dict(answer.value) }
    } catch (thrown) {
      if (!(thrown instanceof HubError)) throw thrown
      if (thrown.params.by === 'site-password') throw sitePassword(login)
      if (thrown.code === 'response-blocked' && thrown.params.by !== 'cloudflare') return { restPath, index: {} }
      if (thrown.code === 'response-malformed' && thrown.params.reason === 'plain-permalinks') throw plainPermalinks()
      if (thrown.code !== 'response-malformed') throw thrown
      first ??= thrown
    }
  }
  if (first instanceof HubError && first.params.reason === 'html') throw plainPermalinks()
  throw first ?? new HubError('not-a-shop', 'no REST API here', { field: 'url', params: { url } })
}

const plainPermalinks = (): HubError =>
  new HubError('response-malformed', 'the shop uses plain permalinks: WooCommerce accepts no key there', {
    field: 'url',
    params: { status: 200, reason: 'plain-permalinks' },
  })

const sitePassword = (login: CleanLogin): HubError =>
  login.basicUser === undefined
    ? new HubError('response-blocked', 'a password stands in front of the shop', { field: 'basicUser', params: { status: 401, by: 'site-password' } })
    : new HubError('login-rejected', 'the password in front of the shop was refused', { field: 'basicPassword', params: { status: 401, reason: 'site-password' } })

// ——— the ladder ———

async function climb(ground: Ground, saw: Sight[]): Promise<{ signing: Signing; orders: Answer }> {
  const { url, queryKeys } = ground.attempt
  const own = typeof ground.index.home === 'string' && ground.index.home !== '' ? ground.index.home.replace(/\/+$/, '') : url
  const home = (scheme: string) => own.replace(/^https?:/, scheme)
  const signing = (variant: Variant, oauthHome: string): Signing => ({ variant, oauthHome, clockOffsetMs: 0 })
  const secure = url.startsWith('https:')
  const headerFree = ground.login.basicUser === undefined
  let refused: HubError | undefined

  const attempt = async (candidate: Signing): Promise<{ signing: Signing; orders: Answer } | HubError> => {
    try {
      return { signing: candidate, orders: await firstOrder(ground.api(candidate)) }
    } catch (thrown) {
      if (!(thrown instanceof HubError)) throw thrown
      if (thrown.params.by === 'site-password') throw sitePassword(ground.login)
      if (thrown.params.reason === 'plain-permalinks') throw plainPermalinks()
      if (thrown.code === 'shop-clock') return retryWithShopClock(ground, candidate, thrown, saw)
      // Only "no key reached me" and a failed signature leave a next step; everything else is the answer.
      if (thrown.code === 'login-rejected' && ['key-not-seen', 'signature', 'key-unknown'].includes(String(thrown.params.reason))) return thrown
      throw thrown.code === 'login-rejected' ? withField(thrown) : thrown
    }
  }

  if (secure && headerFree) {
    const basic = await attempt(signing('basic', own))
    if (!(basic instanceof HubError)) return basic
    refused = basic
  }
  if (secure && queryKeys) {
    const query = await attempt(signing('query', own))
    if (!(query instanceof HubError)) {
      saw.push({ code: 'keys-in-query' })
      return query
    }
    refused = query
  }
  const hidden = await attempt(signing('oauth', home('http:')))
  if (!(hidden instanceof HubError)) {
    saw.push({ code: secure ? 'proxy-hides-https' : 'http-only' })
    return hidden
  }
  // The shop sees https, perhaps: does it know the key at all?
  const open = await attempt(signing('oauth', home('https:')))
  if (!(open instanceof HubError)) {
    if (!secure) saw.push({ code: 'http-only' })
    if (secure && headerFree && !queryKeys) {
      throw new HubError('query-keys-consent', 'the server removes the Authorization header; only keys in the query would work', { field: 'queryKeys' })
    }
    return open
  }
  if (secure && !headerFree && !queryKeys && open.params.reason === 'key-not-seen') {
    throw new HubError('query-keys-consent', 'the site password takes the header; the keys would have to go into the query', { field: 'queryKeys' })
  }
  const telling = [open, hidden].find((error) => error.params.reason !== 'key-not-seen') ?? refused ?? open
  throw withField(telling)
}

const withField = (error: HubError): HubError =>
  new HubError(error.code, error.message, {
    field: error.params.reason === 'secret-wrong' || error.params.reason === 'signature' ? 'secret' : 'key',
    params: { ...error.params, reason: error.params.reason === 'signature' ? 'secret-wrong' : String(error.params.reason) },
    cause: error,
  })

async function firstOrder(api: Api): Promise<Answer> {
  const answer = await api.get('/wc/v3/orders', { params: { per_page: 1, status: 'any', _fields: SEEN_ORDER_FIELDS }, shape: 'list', purpose: 'login' })
  if (answer.status < 400) return answer
  if (answer.error?.code === 'rest_no_route') throw new HubError('not-a-shop', 'no WooCommerce here', { field: 'url', params: { reason: 'wordpress-without-woocommerce' } })
  throw new HubError('response-malformed', `${answer.status} ${answer.error?.code}`, { params: { status: answer.status, reason: 'refused', code: answer.error?.code ?? '' } })
}

/** The shop's clock or ours is off by more than a quarter of an hour: sign with the shop's time, and say so. */
async function retryWithShopClock(ground: Ground, signing: Signing, refused: HubError, saw: Sight[]): Promise<{ signing: Signing; orders: Answer } | HubError> {
  if (signing.clockOffsetMs !== 0) throw refused
  const response = await ground.http.request({ method: 'GET', url: `${ground.attempt.url}${ground.restPath}/?_fields=name`, headers: { accept: 'application/json' }, purpose: 'login' })
  const offset = Date.parse(response.headers.date ?? '') - ground.attempt.clock.now()
  if (!Number.isFinite(offset)) throw refused
  const corrected = { ...signing, clockOffsetMs: Math.round(offset / 1000) * 1000 }
  try {
    const orders = await firstOrder(ground.api(corrected))
    saw.push({ code: 'clock-differs', params: { minutes: Math.round(offset / 60_000) } })
    return { signing: corrected, orders }
  } catch (thrown) {
    if (thrown instanceof HubError && thrown.code === 'login-rejected') return thrown
    throw thrown
  }
}

// ——— what the shop is ———

async function lookAround(ground: Ground, signing: Signing, orders: Answer, saw: Sight[]): Promise<Shop> {
  const api = ground.api(signing)
  const newest = dicts(orders.value)[0] ?? {}
  const status = await optional(api, '/wc/v3/system_status', { _fields: 'environment.version,environment.home_url,settings.order_datastore' })
  const environment = dict(status.environment)
  const version = versionText(environment.version) ?? versionText(newest.version)
  await refuseOld(api, version)
  if (orders.notes.includes('php-output')) saw.push({ code: 'php-output' })

  const setting = async (path: string) => (await optional(api, `/wc/v3/settings/${path}`, { _fields: 'id,value' })).value
  const weightUnit = await setting('products/woocommerce_weight_unit')
  const dimensionUnit = await setting('products/woocommerce_dimension_unit')
  const currency = await setting('general/woocommerce_currency')
  if (!isWeightUnit(weightUnit) || !isLengthUnit(dimensionUnit)) saw.push({ code: 'units-unknown' })

  const zone = zoneOf(ground.index) ?? offsetFromOrder(newest)
  if (zone === undefined) saw.push({ code: 'zone-unknown' })
  const tracking = await mechanismOf(api, ground.index)
  saw.push({ code: `tracking-${tracking}` })
  const datastore = String(dict(status.settings).order_datastore ?? '')
  const home = [ground.index.home, environment.home_url].find((value): value is string => typeof value === 'string' && value !== '')

  return {
    v: 1,
    ...signing,
    restPath: ground.restPath,
    zone: zone ?? 'UTC',
    zoneKnown: zone !== undefined,
    home: (home ?? ground.attempt.url).replace(/\/+$/, ''),
    version,
    storage: datastore === '' ? undefined : /OrdersTable/.test(datastore) ? 'tables' : 'posts',
    weightUnit: isWeightUnit(weightUnit) ? weightUnit : undefined,
    dimensionUnit: isLengthUnit(dimensionUnit) ? dimensionUnit : undefined,
    currency: typeof currency === 'string' ? currency : undefined,
    tracking,
  }
}

/** A question of comfort: a key without the right, or a plugin in the way, leaves the answer unknown. */
async function optional(api: Api, path: string, params: Record<string, string>): Promise<Dict> {
  try {
    const answer = await api.get(path, { params, shape: 'object', purpose: 'login' })
    return answer.status < 400 ? dict(answer.value) : {}
  } catch (thrown) {
    if (thrown instanceof HubError && (thrown.recovery === 'human' || thrown.code === 'response-blocked' || thrown.code === 'response-malformed' || thrown.code === 'shop-error')) return {}
    throw thrown
  }
}

const versionText = (value: unknown): string | undefined => (typeof value === 'string' && /^\d+\.\d+/.test(value) ? value : undefined)

/**
 * Before 5.8 `modified_after` is ignored without a word and every poll would read the whole shop. When the version is not
 * told, the behaviour itself is asked: nothing can have changed after the year 2900.
 */
async function refuseOld(api: Api, version: string | undefined): Promise<void> {
  const recent = isAtLeast(version, 5, 8)
  if (recent) return
  const old = (params: Record<string, string>) => new HubError('platform-too-old', `WooCommerce ${version ?? 'before 5.8'}`, { field: 'url', params: { needed: '5.8', ...params } })
  if (recent === false) throw old({ version: version! })
  const answer = await api.get('/wc/v3/orders', {
    params: { per_page: 1, status: 'any', modified_after: '2900-01-01T00:00:00', dates_are_gmt: 'true', _fields: 'id' },
    shape: 'list',
    purpose: 'login',
  })
  if (Array.isArray(answer.value) && answer.value.length > 0) throw old({ version: '< 5.8' })
}

/** Tracking plugins by their namespace; core fulfillments by asking for those of an order that is not there. */
async function mechanismOf(api: Api, index: Dict): Promise<Mechanism> {
  const namespaces = Array.isArray(index.namespaces) ? index.namespaces : []
  if (namespaces.includes('wc-ast/v3')) return 'ast'
  if (namespaces.includes('wc-shipment-tracking/v3')) return 'shipment-tracking'
  try {
    const answer = await api.get(`/wc/v3/orders/${NO_SUCH_ORDER}/fulfillments`, { params: { _fields: 'id' }, purpose: 'login' })
    return answer.error && answer.error.code !== 'rest_no_route' ? 'fulfillments' : 'plain'
  } catch (thrown) {
    if (thrown instanceof HubError && thrown.recovery !== 'bug') return 'plain'
    throw thrown
  }
}

/**
 * A POST that changes nothing: of an order that does not exist. A read-only key is told so; an obstacle on the way of
 * writes (redirect, firewall) shows itself.
 */
async function mayWrite(api: Api, saw: Sight[]): Promise<boolean> {
  try {
    await api.post(`/wc/v3/orders/${NO_SUCH_ORDER}`, {}, { purpose: 'login' })
    return true
  } catch (thrown) {
    if (!(thrown instanceof HubError)) throw thrown
    if (thrown.code === 'permission-missing') {
      saw.push({ code: 'read-only-key' })
      return false
    }
    if (thrown.code === 'response-blocked' || thrown.code === 'redirect-refused' || thrown.code === 'response-malformed') {
      saw.push({ code: 'write-path-blocked', params: { by: String(thrown.params.by ?? thrown.params.to ?? thrown.params.reason ?? '') } })
      return true
    }
    throw thrown
  }
}

/** Equal for http and https, with and without www; a copy that says it lives elsewhere is another shop. */
function fingerprint(home: string): string {
  const { host, pathname, protocol } = new URL(home)
  const port = /:(\d+)$/.exec(host)?.[1]
  const bare = host.toLowerCase().replace(/^www\./, '')
  const kept = (protocol === 'http:' && port === '80') || (protocol === 'https:' && port === '443') ? bare.replace(/:\d+$/, '') : bare
  return createHash('sha256').update(`woocommerce ${kept}${pathname.replace(/\/+$/, '')}`).digest('hex')
}

/** A staging copy has its own address but the same oldest orders, with the same unguessable keys. */
async function copyMark(api: Api): Promise<{ copyMark?: string }> {
  const answer = await api.get('/wc/v3/orders', {
    params: { per_page: 3, status: 'any', orderby: 'id', order: 'asc', _fields: 'id,order_key' },
    shape: 'list',
    purpose: 'login',
  })
  const marks = answer.status < 400 ? dicts(answer.value).map(({ id, order_key: key }) => `${String(id)} ${String(key)}`) : []
  return marks.length === 0 ? {} : { copyMark: createHash('sha256').update(marks.join('\n')).digest('hex') }
}
