/**
 * The fake shop's pages for people: home page, and wc-auth, by which a merchant gives an app a key without copying it.
 *
 * The trap of wc-auth: the shop posts the key while the merchant waits, and takes it back unless the answer is exactly
 * 200. 201 counts as a failure (seen).
 */
import { randomBytes } from 'node:crypto'
import type { ApiKey } from './fake-shop-auth.ts'
import type { ShopState } from './fake-shop-state.ts'
import { send, wordpressAgent } from './fake-shop-webhooks.ts'

export interface Page {
  status: number
  body: string
  headers?: [string, string][]
  /** Sent by the web server itself: with a length, without WordPress' headers. */
  plain?: boolean
  /** A page of wc-auth: without the link to the API. */
  own?: boolean
}

export const NO_CACHE: [string, string][] = [
  ['Expires', 'Wed, 11 Jan 1984 05:00:00 GMT'],
  ['Cache-Control', 'no-cache, must-revalidate, max-age=0, no-store, private'],
]

export interface PageRequest {
  method: string
  path: string
  query: URLSearchParams
  cookie: string | undefined
  body: string
  home: string
  allowHttpCallbacks: boolean
}

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&#038;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

const page = (title: string, body: string, head = ''): string =>
  `<!DOCTYPE html>\n<html lang="en-US">\n<head>\n\t<meta charset="UTF-8" />\n\t<title>${escapeHtml(title)}</title>\n${head}</head>\n<body>\n${body}\n</body>\n</html>\n`

export const homePage = (state: ShopState, home: string): Page => ({
  status: 200,
  body: page(
    state.settings.title,
    `<h1>${escapeHtml(state.settings.title)}</h1>\n<ul class="products"></ul>`,
    `<meta name="generator" content="WooCommerce ${state.settings.version}" />\n<link rel="https://api.w.org/" href="${home}/wp-json/" />\n<link rel="stylesheet" id="woocommerce-general-css" href="${home}/wp-content/plugins/woocommerce/assets/css/woocommerce.css?ver=${state.settings.version}" media="all" />\n`,
  ),
})

/** What nginx says where no shop is. */
export const nginxNotFound = (): Page => ({
  status: 404,
  plain: true,
  headers: [['Content-Type', 'text/html']],
  body: '<html>\r\n<head><title>404 Not Found</title></head>\r\n<body>\r\n<center><h1>404 Not Found</h1></center>\r\n<hr><center>nginx/1.22.1</center>\r\n</body>\r\n</html>\r\n',
})

export const notFoundPage = (state: ShopState): Page => ({
  status: 404,
  body: page(`Page not found – ${state.settings.title}`, '<h1>Page not found</h1>'),
})

/* ——— wc-auth ——— */

const NEEDED = ['app_name', 'user_id', 'return_url', 'callback_url', 'scope']
const NONCE = 'caaa456008'
const SCOPES: Record<string, ApiKey['permissions']> = { read: 'read', write: 'write', read_write: 'read_write' }
const LABELS: Record<string, string> = { read: 'Read', write: 'Write', read_write: 'Read/Write' }

const denied = (why: string): Page => ({
  status: 401,
  headers: NO_CACHE,
  body: page('Access denied', `<div class="wp-die-message">Error: ${escapeHtml(why)}.</div>`),
})

const redirect = (location: string, headers: [string, string][] = []): Page => ({
  status: 302,
  body: '',
  headers: [['X-Redirect-By', 'WordPress'], ['Location', location], ...headers],
})

/** In the shop's order: app_name, user_id, return_url, callback_url, scope. */
const carried = (query: URLSearchParams): string =>
  NEEDED.map((name) => `${name}=${encodeURIComponent(query.get(name) ?? '')}`).join('&')

function refused(request: PageRequest): Page | undefined {
  const { query } = request
  const missing = NEEDED.find((name) => !query.get(name))
  if (missing) return denied(`Missing parameter ${missing}`)
  if (!(query.get('scope')! in SCOPES)) return denied(`Invalid scope ${query.get('scope')}`)
  for (const name of ['return_url', 'callback_url'])
    if (!URL.canParse(query.get(name)!)) return denied(`The ${name} is not a valid URL`)
  if (!query.get('callback_url')!.startsWith('https://') && !request.allowHttpCallbacks)
    return denied('The callback_url needs to be over SSL')
  return undefined
}

const signedIn = ({ cookie }: PageRequest): boolean => cookie !== undefined && cookie !== ''

const CAN = ['Create webhooks', 'View and manage coupons', 'View and manage customers']

function authorize(request: PageRequest): Page {
  const { query, home } = request
  if (!signedIn(request)) return redirect(`${home}/wc-auth/v1/login/?${carried(query)}`)
  const app = escapeHtml(query.get('app_name')!)
  const approve = escapeHtml(`${home}/wc-auth/v1/access_granted/?${carried(query)}&wc_auth_nonce=${NONCE}`)
  const back = new URL(query.get('return_url')!)
  const deny = escapeHtml(`${query.get('return_url')}?success=0&user_id=${encodeURIComponent(query.get('user_id')!)}`)
  const body = `<h1>${app} would like to connect to your store</h1>
<p>This will give &quot;<strong>${app}</strong>&quot; <strong>${LABELS[query.get('scope')!]}</strong> access which will allow it to:</p>
<ul class="wc-auth-permissions">${CAN.map((line) => `<li>${line}</li>`).join('')}<li>View and manage orders and sales reports</li><li>View and manage products</li></ul>
<p>Approving will share credentials with <strong>${escapeHtml(back.hostname)}</strong>. Do not proceed if this looks suspicious in any way.</p>
<p class="wc-auth-actions">
	<a href="${approve}" class="button button-primary wc-auth-approve">Approve</a>
	<a href="${deny}" class="button wc-auth-deny">Deny</a>
</p>`
  return { status: 200, own: true, body: page('Application authentication request', body) }
}

function login(request: PageRequest): Page {
  const { query, home, method } = request
  if (method === 'POST')
    return redirect(`${home}/wc-auth/v1/authorize?${carried(query)}`, [
      ['Set-Cookie', 'wordpress_logged_in=patron; path=/; HttpOnly'],
    ])
  const body = `<h1>${escapeHtml(query.get('app_name') ?? '')} would like to connect to your store</h1>
<form method="post" class="wc-auth-login"><label for="username">Username or email address</label><input id="username" name="username">
<label for="password">Password</label><input id="password" name="password" type="password"><button type="submit">Login</button></form>`
  return { status: 200, own: true, body: page('Application authentication request', body) }
}

/** Keys made here: digit 6 forty times, then the next digits; a key taken back frees its digit. */
function newKey(state: ShopState, scope: string): ApiKey {
  const { keys } = state.auth
  const free = ['6', '7', '8'].find((digit) => !keys.some((key) => key.consumerKey === 'ck_' + digit.repeat(40)))
  const [ck, cs] = free
    ? [free.repeat(40), free.repeat(40)]
    : [randomBytes(20).toString('hex'), randomBytes(20).toString('hex')]
  const key: ApiKey = {
    keyId: ++state.lastKeyId,
    consumerKey: `ck_${ck}`,
    consumerSecret: `cs_${cs}`,
    permissions: SCOPES[scope]!,
    role: 'admin',
    user: 'patron',
  }
  keys.push(key)
  return key
}

async function grant(state: ShopState, request: PageRequest): Promise<Page> {
  const { query, home } = request
  if (!signedIn(request) || query.get('wc_auth_nonce') !== NONCE) return denied('Invalid nonce verification')
  const key = newKey(state, query.get('scope')!)
  const body = JSON.stringify({
    key_id: key.keyId,
    user_id: query.get('user_id'),
    consumer_key: key.consumerKey,
    consumer_secret: key.consumerSecret,
    key_permissions: key.permissions,
  })
  const headers = {
    'User-Agent': wordpressAgent(state.settings.version, home),
    Accept: '*/*',
    'Accept-Encoding': 'deflate, gzip, br, zstd',
    'Content-Type': 'application/json;charset=UTF-8',
  }
  const status = await send(state.settings.reach(query.get('callback_url')!), headers, body)
  if (status === 200) {
    const back = query.get('return_url')!
    const mark = back.includes('?') ? '&' : '?'
    return redirect(`${back}${mark}success=1&user_id=${encodeURIComponent(query.get('user_id')!)}`)
  }
  state.auth.keys.splice(state.auth.keys.indexOf(key), 1)
  return denied('An error occurred in the request and at the time were unable to send the consumer data')
}

/** A page of wc-auth, by its path or by the query form that needs no rewriting; undefined where it is none. */
export function authPage(state: ShopState, request: PageRequest): Page | Promise<Page> | undefined {
  const byPath = /^\/wc-auth\/v1\/(authorize|login|access_granted)\/?$/.exec(request.path)?.[1]
  const byQuery = request.query.get('wc-auth-version') === '1' ? request.query.get('wc-auth-route') : undefined
  const route = byPath ?? byQuery
  if (!route) return undefined
  const no = refused(request)
  if (no) return no
  if (route === 'login') return login(request)
  return route === 'access_granted' ? grant(state, request) : authorize(request)
}
