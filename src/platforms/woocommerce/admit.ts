/**
 * A login is tried before it is saved: which way of signing works (`ladder.ts`), what the key may do, what the shop is.
 */
import { createHash } from 'node:crypto'
import type { Clock } from '../../domain/clock.ts'
import { HubError } from '../../domain/errors.ts'
import type { Transport } from '../../domain/http.ts'
import type { Admission, Sight } from '../../domain/platform.ts'
import { isLengthUnit, isWeightUnit } from '../../domain/weight.ts'
import { type Api, shopApi } from './api.ts'
import type { Answer } from './classify.ts'
import { offsetFromOrder, zoneOf } from './dates.ts'
import { type Attempt, climb, type Ground, openIndex } from './ladder.ts'
import { checkShape, cleanLogin, hadBlanks, type Signing } from './login.ts'
import { type Dict, dict, dicts } from './odd-values.ts'
import { unescapeHtml } from './recognise.ts'
import { isAtLeast, type Mechanism, type Shop } from './shop.ts'

/** An id that could exist and does not; 0 is treated differently. */
const NO_SUCH_ORDER = 999_999_999

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
  else if (await isCached(api(signing), orders, attempt.clock)) saw.push({ code: 'cached-answers' })

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

async function lookAround(ground: Ground, signing: Signing, orders: Answer, saw: Sight[]): Promise<Shop> {
  const api = ground.api(signing)
  const newest = dicts(orders.value)[0] ?? {}
  const status = await optional(api, '/wc/v3/system_status', {
    _fields: 'environment.version,environment.home_url,settings.order_datastore',
  })
  const environment = dict(status.environment)
  await refuseOld(api, versionText(environment.version))
  // An order tells the version that made it: good enough to choose a route by, not to refuse a shop by.
  const version = versionText(environment.version) ?? versionText(newest.version)
  if (orders.notes.includes('php-output')) saw.push({ code: 'php-output' })

  const setting = async (path: string) =>
    (await optional(api, `/wc/v3/settings/${path}`, { _fields: 'id,value' })).value
  const weightUnit = await setting('products/woocommerce_weight_unit')
  const dimensionUnit = await setting('products/woocommerce_dimension_unit')
  const currency = await setting('general/woocommerce_currency')
  if (!isWeightUnit(weightUnit) || !isLengthUnit(dimensionUnit)) saw.push({ code: 'units-unknown' })

  const zone = zoneOf(ground.index) ?? offsetFromOrder(newest)
  if (zone === undefined) saw.push({ code: 'zone-unknown' })
  const tracking = await mechanismOf(api, ground.index)
  saw.push({ code: `tracking-${tracking}` })
  const datastore = String(dict(status.settings).order_datastore ?? '')
  const home = [ground.index.home, environment.home_url].find(
    (value): value is string => typeof value === 'string' && value !== '',
  )

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
    if (
      thrown instanceof HubError &&
      (thrown.recovery === 'human' ||
        thrown.code === 'response-blocked' ||
        thrown.code === 'response-malformed' ||
        thrown.code === 'shop-error')
    )
      return {}
    throw thrown
  }
}

const versionText = (value: unknown): string | undefined =>
  typeof value === 'string' && /^\d+\.\d+/.test(value) ? value : undefined

/** Farther apart than the clocks of one shop's servers. */
const STALE_MS = 5_000

/**
 * Whether something in front of the shop answers for it. Two questions no cache can have seen: answered with an age, or
 * both with one `Date` from before the answer that came earlier, they come out of a cache that does not look at the query.
 */
async function isCached(api: Api, orders: Answer, clock: Clock): Promise<boolean> {
  const asked: Answer[] = []
  for (const n of [1, 2]) {
    const params = { _fields: 'name', _: `${clock.now().toString(36)}${n}` }
    const answer = await api.get('/', { params, purpose: 'login' }).catch(() => undefined)
    if (answer === undefined) return false // other questions say what is wrong
    asked.push(answer)
  }
  if ([orders, ...asked].some(({ headers }) => Number(headers.age) > 0)) return true
  const [first, second] = asked.map(({ headers }) => Date.parse(headers.date ?? ''))
  return first === second && first! < Date.parse(orders.headers.date ?? '') - STALE_MS
}

/**
 * Before 5.8 `modified_after` is ignored without a word and every poll would read the whole shop. When the version is not
 * told, the behaviour itself is asked: nothing can have changed after the year 2900.
 */
async function refuseOld(api: Api, version: string | undefined): Promise<void> {
  const recent = isAtLeast(version, 5, 8)
  if (recent) return
  const old = (params: Record<string, string>) =>
    new HubError('platform-too-old', `WooCommerce ${version ?? 'before 5.8'}`, {
      field: 'url',
      params: { needed: '5.8', ...params },
    })
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
    const answer = await api.get(`/wc/v3/orders/${NO_SUCH_ORDER}/fulfillments`, {
      params: { _fields: 'id' },
      purpose: 'login',
    })
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
    if (
      thrown.code === 'response-blocked' ||
      thrown.code === 'redirect-refused' ||
      thrown.code === 'response-malformed'
    ) {
      saw.push({
        code: 'write-path-blocked',
        params: { by: String(thrown.params.by ?? thrown.params.to ?? thrown.params.reason ?? '') },
      })
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
  const kept =
    (protocol === 'http:' && port === '80') || (protocol === 'https:' && port === '443')
      ? bare.replace(/:\d+$/, '')
      : bare
  return createHash('sha256')
    .update(`woocommerce ${kept}${pathname.replace(/\/+$/, '')}`)
    .digest('hex')
}

/** A staging copy has its own address but the same oldest orders, with the same unguessable keys. */
async function copyMark(api: Api): Promise<{ copyMark?: string }> {
  const answer = await api.get('/wc/v3/orders', {
    params: { per_page: 3, status: 'any', orderby: 'id', order: 'asc', _fields: 'id,order_key' },
    shape: 'list',
    purpose: 'login',
  })
  const marks =
    answer.status < 400 ? dicts(answer.value).map(({ id, order_key: key }) => `${String(id)} ${String(key)}`) : []
  return marks.length === 0 ? {} : { copyMark: createHash('sha256').update(marks.join('\n')).digest('hex') }
}
