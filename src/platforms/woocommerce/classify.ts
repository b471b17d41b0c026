/**
 * An answer of a shop → its data, or a HubError that says who must act.
 *
 * The trap: a 2xx proves nothing. With plain permalinks every write is at once "200 text/html" (the home page), and a
 * shop whose PHP prints a warning without output buffering answers 200 text/html to everything, errors too. And one 401
 * text ("Sorry, you cannot list resources.") has many causes. Only the shop application's own refusal of the key or its
 * rights is for a person (`login-rejected`, `permission-missing`); everything a firewall, host or plugin does is retried.
 * (Texts as seen on 9.3.2 and 10.9.1 and in WC_REST_Authentication.)
 */
import { HubError } from '../../domain/errors.ts'
import type { ShopResponse } from '../../domain/http.ts'
import { retryAfterMs } from '../../domain/http.ts'
import { type JsonNote, parseShopJson } from '../../domain/json.ts'

export interface Answer {
  /** Status the shop meant: of a shop that can only answer 200, the one in its error. */
  status: number
  value: unknown
  /** The JSON text as sent, without what stood around it. */
  text: string
  notes: JsonNote[]
  headers: Record<string, string>
  /** An error object in WordPress's form. */
  error?: ShopFault
}

export interface ShopFault {
  code: string
  message: string
}

export type Shape = 'list' | 'array' | 'object' | 'any'

/**
 * @param shape `list` is a paged list and must carry X-WP-Total; `array` one that never does (notes, trackings)
 * @throws HubError; but 400, 404, 409 and 410 of the shop's own making are answers, in `error`
 */
export function readAnswer(response: ShopResponse, shape: Shape): Answer {
  if (response.incomplete) throw malformed('truncated', response)
  if (response.status >= 300 && response.status < 400) throw redirected(response)
  const challenge = challengeOf(response)
  if (challenge) throw blocked(challenge, response)

  const json = parseShopJson(response.body)
  if (!json.ok) throw notJson(response, json.fault, json.text)
  const error = faultOf(json.value, response.redact)
  const status = response.status < 400 && error ? error.status : response.status
  const answer: Answer = { status, value: json.value, text: json.text, notes: json.notes, headers: response.headers }
  if (status >= 400) return refusal({ ...answer, ...(error ? { error } : {}) }, response)
  checkShape(answer, shape, response)
  return answer
}

function checkShape(answer: Answer, shape: Shape, response: ShopResponse): void {
  if (shape === 'any') return
  const isList = Array.isArray(answer.value)
  if (isList !== (shape !== 'object') || answer.value === null || typeof answer.value !== 'object')
    throw malformed('shape', response)
  if (shape !== 'list' || answer.headers['x-wp-total'] !== undefined) return
  // Without its headers a list is believed only when PHP's own output explains their loss and the rows look like rows.
  const spoilt = answer.notes.some(
    (note) => note === 'php-output' || note === 'byte-order-mark' || note === 'blank-lines',
  )
  const rows = (answer.value as unknown[]).every((row) => row !== null && typeof row === 'object' && 'id' in row)
  if (!spoilt || !rows) throw malformed('no-total', response)
}

/** `{code, message, data: {status}}`; fulfillments send a number as code and a text as status. */
function faultOf(value: unknown, redact = (text: string) => text): (ShopFault & { status: number }) | undefined {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return undefined
  const { code, message, data } = value as { code?: unknown; message?: unknown; data?: { status?: unknown } }
  if ((typeof code !== 'string' && typeof code !== 'number') || typeof message !== 'string') return undefined
  const status = Number(data?.status)
  return { code: redact(String(code)), message: redact(message), status: status >= 400 && status < 600 ? status : 500 }
}

function refusal(answer: Answer, response: ShopResponse): Answer {
  const { status, error } = answer
  const code = error?.code ?? ''
  const message = error?.message ?? ''
  const params = { status, code: code.slice(0, 60) }

  if (status === 429) throw throttled(response)
  if (/maintenance/i.test(message) && status === 503) {
    throw new HubError('shop-maintenance', 'the shop is being updated', { params, ...retryAfter(response) })
  }
  if (/database connection/i.test(message))
    throw new HubError('shop-error', 'the shop has lost its database', { params: { ...params, reason: 'database' } })
  if (status === 401 || status === 403) throw denied(status, code, message, response)
  if (status === 503 && response.headers['retry-after']) throw throttled(response)
  if (status >= 500) {
    const reason = code === 'internal_server_error' ? 'fatal' : 'server'
    throw new HubError('shop-error', `the shop answered ${status} ${code}`, {
      params: { ...params, reason },
      ...retryAfter(response),
    })
  }
  if (code === 'rest_no_route' || (status === 404 && !error))
    return { ...answer, error: { code: code || 'rest_no_route', message } }
  if (!error) throw malformed('shape', response)
  return answer
}

/** 401 and 403 that WooCommerce itself says, against those of plugins that close the REST API. */
function denied(status: number, code: string, message: string, response: ShopResponse): HubError {
  const params = { status, code: code.slice(0, 60) }
  const rejected = (reason: string) =>
    new HubError('login-rejected', `${status} ${code}: ${message}`.slice(0, 300), { params: { ...params, reason } })
  const missing = (right: string) =>
    new HubError('permission-missing', `${status} ${code}: ${message}`.slice(0, 300), { params: { ...params, right } })

  if (code === 'woocommerce_rest_authentication_error') {
    if (/write permissions/i.test(message)) return missing('write')
    if (/read permissions/i.test(message)) return missing('read')
    if (/timestamp|nonce/i.test(message)) return new HubError('shop-clock', message.slice(0, 200), { params })
    if (/signature/i.test(message)) return rejected('signature')
    if (/consumer key/i.test(message)) return rejected('key-unknown')
    return rejected('secret-wrong')
  }
  if (code.startsWith('woocommerce_rest_')) {
    // 403: the key was understood and its user may not. 401: no key reached WooCommerce, or an unknown one.
    return status === 403 ? missing('role') : rejected('key-not-seen')
  }
  return blocked(pluginOf(code) ?? 'rest-closed', response)
}

const PLUGINS: [RegExp, string][] = [
  [/^rest_cannot_access$|^rest_disabled$|^rest_login_required$|^rest_not_logged_in$/, 'rest-closed'],
  [/^itsec_/, 'solid-security'],
  [/^nfw_/, 'ninjafirewall'],
  [/^wp_die$/, 'security-plugin'],
]
const pluginOf = (code: string): string | undefined => PLUGINS.find(([pattern]) => pattern.test(code))?.[1]

/** Anti-robot pages: of Cloudflare (header or page), of SiteGround, of free hosts that want a cookie. */
function challengeOf(response: ShopResponse): string | undefined {
  if (/challenge/i.test(response.headers['cf-mitigated'] ?? '')) return 'cloudflare'
  if (!/html/i.test(response.headers['content-type'] ?? '')) return undefined
  const start = startOf(response, 4000)
  if (/<title>Just a moment\.\.\.|_cf_chl_|challenge-platform/i.test(start)) return 'cloudflare'
  if (/sgcaptcha|\.well-known\/captcha/i.test(start)) return 'siteground'
  if (/__test=|slowAES|aes\.js/i.test(start)) return 'host-cookie'
  if (/imunify360/i.test(start + (response.headers.server ?? ''))) return 'imunify360'
  return undefined
}

/** Signs of who refused, in a page that is not JSON. */
function firewallOf(response: ShopResponse): string {
  const start = startOf(response, 8000)
  if (/Generated by Wordfence|Wordfence/i.test(start)) return 'wordfence'
  if (/Mod_?Security|Not Acceptable/i.test(start)) return 'modsecurity'
  if (/Sucuri/i.test(start)) return 'sucuri'
  if (/cloudflare/i.test(`${response.headers.server ?? ''} ${start}`)) return 'cloudflare'
  return 'firewall'
}

function notJson(response: ShopResponse, fault: string, text: string): HubError {
  const { status } = response
  const start = text.slice(0, 20_000)
  if (status === 401 && /basic/i.test(response.headers['www-authenticate'] ?? '')) {
    return new HubError('response-blocked', 'a password stands in front of the shop', {
      field: 'basicUser',
      params: { status, by: 'site-password' },
    })
  }
  if (status === 429) return throttled(response)
  if (/error establishing a database connection/i.test(start)) {
    return new HubError('shop-error', 'the shop has lost its database', { params: { status, reason: 'database' } })
  }
  if (status === 503) {
    if (/Wordfence|access to this site has been limited/i.test(start)) return blocked('wordfence', response)
    if (/scheduled maintenance|maintenance mode|en maintenance/i.test(start)) {
      return new HubError('shop-maintenance', 'the shop is being updated', {
        params: { status },
        ...retryAfter(response),
      })
    }
    return response.headers['retry-after']
      ? throttled(response, 'proxy')
      : new HubError('shop-error', 'answered 503', { params: { status, reason: 'gateway' } })
  }
  if (status === 508 || /resource limit is reached/i.test(start)) return throttled(response)
  if (status >= 500) {
    const reason = /critical error|fatal error/i.test(start) ? 'fatal' : status === 500 ? 'server' : 'gateway'
    return new HubError('shop-error', `answered ${status}`, { params: { status, reason }, ...retryAfter(response) })
  }
  if (status === 401 || status === 403 || status === 406 || status === 405 || status === 418) {
    return blocked(status === 405 ? 'method' : firewallOf(response), response)
  }
  if (status === 404) return malformed('no-rewrite', response)
  if (status === 413) return malformed('request-too-large', response)
  if (fault === 'too-large')
    return new HubError('response-too-large', 'the answer is too large', { params: { status } })
  if (fault === 'truncated') return malformed('truncated', response)
  return malformed(fault, response)
}

/**
 * Redirects are never followed with a login. One that only adds a slash is the mark of plain permalinks: WordPress then
 * knows no `/wp-json/` at all.
 */
function redirected(response: ShopResponse): HubError {
  const location = response.headers.location ?? ''
  try {
    const from = new URL(response.url)
    const to = new URL(location, from)
    if (to.host === from.host && to.protocol === from.protocol && to.pathname === `${from.pathname}/`) {
      return malformed('plain-permalinks', response)
    }
    return new HubError('redirect-refused', `redirected to ${to.origin}`, {
      params: { status: response.status, to: to.origin },
    })
  } catch {
    return new HubError('redirect-refused', 'redirected to nowhere', {
      params: { status: response.status, to: location.slice(0, 100) },
    })
  }
}

const malformed = (reason: string, response: ShopResponse): HubError =>
  new HubError('response-malformed', `${response.status}: ${reason}`, { params: { status: response.status, reason } })

const blocked = (by: string, response: ShopResponse): HubError =>
  new HubError('response-blocked', `${response.status}, refused by ${by}`, {
    params: { status: response.status, by },
    ...retryAfter(response),
  })

const throttled = (response: ShopResponse, by?: 'proxy'): HubError =>
  new HubError('shop-throttled', `answered ${response.status}`, {
    params: { status: response.status, ...(by ? { by } : {}) },
    ...retryAfter(response),
  })

/** As an option of a HubError: no wait, no option. */
export function retryAfter(response: Pick<ShopResponse, 'headers'>): { retryAfterMs?: number } {
  const waitMs = retryAfterMs(response)
  return waitMs ? { retryAfterMs: waitMs } : {}
}

const startOf = (response: ShopResponse, length: number): string =>
  new TextDecoder().decode(response.body.subarray(0, length))

/**
 * Whether one record may be what breaks the answer: a fatal error, an answer too slow, cut or too large. Not a shop that
 * is down as a whole.
 */
export function mayBePoison(error: unknown): boolean {
  if (!(error instanceof HubError)) return false
  if (error.code === 'shop-error') return error.params.reason === 'fatal' || error.params.reason === 'server'
  if (error.code === 'response-malformed')
    return error.params.reason !== 'plain-permalinks' && error.params.reason !== 'no-rewrite'
  return error.code === 'shop-timeout' || error.code === 'response-too-large'
}

/** Whether a failed write certainly did nothing: refused before the shop's own code could act. */
export function didNothing(error: unknown): boolean {
  if (!(error instanceof HubError)) return false
  if (error.code === 'shop-error') return error.params.reason === 'database'
  // A page of a server in front of the shop: the shop may have acted before that one gave up on it.
  if (error.code === 'shop-throttled' && error.params.by === 'proxy') return false
  const refused: readonly string[] = [
    'login-rejected',
    'permission-missing',
    'shop-clock',
    'shop-maintenance',
    'shop-throttled',
    'redirect-refused',
    'address-refused',
    'lease-lost',
  ]
  if (error.code === 'response-blocked') return Number(error.params.status) >= 400
  return refused.includes(error.code)
}
