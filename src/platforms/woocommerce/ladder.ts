/**
 * The login ladder: which way of signing this shop understands.
 *
 * Over https Basic, then (with consent) keys in the query, then OAuth signed with http:// for a shop behind a proxy that
 * hides https; over http only OAuth. When all fail, OAuth's own refusals tell what the one 401 text of Basic hides:
 * "Consumer key is invalid." or "Invalid signature". Sending an OAuth signature gives no secret away.
 */
import type { Clock } from '../../domain/clock.ts'
import { HubError } from '../../domain/errors.ts'
import type { Transport } from '../../domain/http.ts'
import type { Login, Sight } from '../../domain/platform.ts'
import type { Api } from './api.ts'
import { type Answer, readAnswer } from './classify.ts'
import type { CleanLogin, Signing, Variant } from './login.ts'
import { type Dict, dict } from './odd-values.ts'
import { INDEX_FIELDS } from './recognise.ts'

const SEEN_ORDER_FIELDS = 'id,version,date_created,date_created_gmt'

export interface Attempt {
  url: string
  login: Login
  queryKeys: boolean
  clock: Clock
}

/** What is known before the first call with the key. */
export interface Ground {
  http: Transport
  attempt: Attempt
  login: CleanLogin
  restPath: string
  index: Dict
  api(signing: Signing): Api
}

/** The index tells name, zone, home and namespaces without any key; some plugins close it, which is no obstacle. */
export async function openIndex(
  http: Transport,
  url: string,
  login: CleanLogin,
): Promise<{ restPath: string; index: Dict }> {
  const headers: Record<string, string> = { accept: 'application/json' }
  if (login.basicUser !== undefined) {
    headers.authorization = `Basic ${Buffer.from(`${login.basicUser}:${login.basicPassword ?? ''}`).toString('base64')}`
  }
  let first: unknown
  for (const restPath of ['/wp-json', '/index.php/wp-json']) {
    const response = await http.request({
      method: 'GET',
      url: `${url}${restPath}/?_fields=${INDEX_FIELDS}`,
      headers,
      purpose: 'login',
    })
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
    ? new HubError('response-blocked', 'a password stands in front of the shop', {
        field: 'basicUser',
        params: { status: 401, by: 'site-password' },
      })
    : new HubError('login-rejected', 'the password in front of the shop was refused', {
        field: 'basicPassword',
        params: { status: 401, reason: 'site-password' },
      })

export async function climb(ground: Ground, saw: Sight[]): Promise<{ signing: Signing; orders: Answer }> {
  const { url, queryKeys } = ground.attempt
  const own =
    typeof ground.index.home === 'string' && ground.index.home !== '' ? ground.index.home.replace(/\/+$/, '') : url
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
      if (
        thrown.code === 'login-rejected' &&
        ['key-not-seen', 'signature', 'key-unknown'].includes(String(thrown.params.reason))
      )
        return thrown
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
      throw new HubError(
        'query-keys-consent',
        'the server removes the Authorization header; only keys in the query would work',
        { field: 'queryKeys' },
      )
    }
    return open
  }
  if (secure && !headerFree && !queryKeys && open.params.reason === 'key-not-seen') {
    throw new HubError(
      'query-keys-consent',
      'the site password takes the header; the keys would have to go into the query',
      { field: 'queryKeys' },
    )
  }
  const telling = [open, hidden].find((error) => error.params.reason !== 'key-not-seen') ?? refused ?? open
  throw withField(telling)
}

const withField = (error: HubError): HubError =>
  new HubError(error.code, error.message, {
    field: error.params.reason === 'secret-wrong' || error.params.reason === 'signature' ? 'secret' : 'key',
    params: {
      ...error.params,
      reason: error.params.reason === 'signature' ? 'secret-wrong' : String(error.params.reason),
    },
    cause: error,
  })

async function firstOrder(api: Api): Promise<Answer> {
  const answer = await api.get('/wc/v3/orders', {
    params: { per_page: 1, status: 'any', _fields: SEEN_ORDER_FIELDS },
    shape: 'list',
    purpose: 'login',
  })
  if (answer.status < 400) return answer
  if (answer.error?.code === 'rest_no_route')
    throw new HubError('not-a-shop', 'no WooCommerce here', {
      field: 'url',
      params: { reason: 'wordpress-without-woocommerce' },
    })
  throw new HubError('response-malformed', `${answer.status} ${answer.error?.code}`, {
    params: { status: answer.status, reason: 'refused', code: answer.error?.code ?? '' },
  })
}

/** The shop's clock or ours is off by more than a quarter of an hour: sign with the shop's time, and say so. */
async function retryWithShopClock(
  ground: Ground,
  signing: Signing,
  refused: HubError,
  saw: Sight[],
): Promise<{ signing: Signing; orders: Answer } | HubError> {
  if (signing.clockOffsetMs !== 0) throw refused
  const response = await ground.http.request({
    method: 'GET',
    url: `${ground.attempt.url}${ground.restPath}/?_fields=name`,
    headers: { accept: 'application/json' },
    purpose: 'login',
  })
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
