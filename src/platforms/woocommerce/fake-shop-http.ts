/**
 * HTTP in front of the fake shop: finds the route, knows who asks, writes the answer with the real shop's headers.
 *
 * The trap: `is_ssl()` decides whether keys in a header or query are looked at, and the shop may be wrong about it
 * behind a proxy. The fake listens on plain http on loopback; `scheme`, or the header `X-Fake-Scheme` of one request,
 * says what the shop believes.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import type { ApiKey } from './fake-shop-auth.ts'
import { permissionRefused } from './fake-shop-auth.ts'
import type { JsonObject } from './fake-shop-orders.ts'
import type { Page } from './fake-shop-pages.ts'
import { NO_CACHE, authPage, homePage, nginxNotFound, notFoundPage } from './fake-shop-pages.ts'
import type { PhpMap } from './fake-shop-php.ts'
import { phpEscapes, phpJson, phpQuery } from './fake-shop-php.ts'
import type { RestAnswer, RestRequest, Route } from './fake-shop-rest.ts'
import { failure, fromError, invalidParams, missingParams, noRoute } from './fake-shop-rest.ts'
import { describe } from './fake-shop-site.ts'
import type { ShopState } from './fake-shop-state.ts'

/** A request as the shop saw it, for assertions. */
export interface SeenRequest {
  /** Milliseconds of the shop's clock. */
  at: number
  method: string
  /** Path with query, as sent. */
  path: string
  headers: Record<string, string>
  body: string
  /** Of our answer; 0 until it is written. */
  status: number
}

export interface ShopServer {
  state: ShopState
  routes: () => Route[]
  requests: SeenRequest[]
  scheme: 'http' | 'https'
  subdirectory: string
  homeUrl: string | undefined
  compress: boolean
  allowHttpCallbacks: boolean
}

/** A demo that runs for days must not fill the memory. */
const REQUESTS_KEPT = 100_000

interface Asked {
  seen: SeenRequest
  path: string
  queryText: string
  home: string
  https: boolean
}

export async function answerRequest(server: ShopServer, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const seen: SeenRequest = {
    at: server.state.settings.clock.now(),
    method: req.method ?? 'GET',
    path: req.url ?? '/',
    headers: headersOf(req),
    body: await readBody(req),
    status: 0,
  }
  server.requests.push(seen)
  if (server.requests.length > REQUESTS_KEPT) server.requests.splice(0, REQUESTS_KEPT / 2)
  server.state.commitDue()
  const asked = askedOf(server, seen)
  if (!asked) return writePage(server, res, seen, nginxNotFound(), '')
  const route = restRoute(server, asked)
  if (typeof route !== 'string') return writePage(server, res, seen, await pageFor(server, asked, route), asked.home)
  const { answer, key } = await restAnswer(server, asked, route)
  writeRest(server, res, asked, answer, key)
}

const headersOf = (req: IncomingMessage): Record<string, string> =>
  Object.fromEntries(Object.entries(req.headers).map(([name, value]) => [name, String(value)]))

async function readBody(req: IncomingMessage): Promise<string> {
  if (req.method === 'GET' || req.method === 'HEAD') return ''
  const chunks: Buffer[] = []
  for await (const chunk of req) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

/** Undefined: outside the sub-directory, where only the web server answers. */
function askedOf(server: ShopServer, seen: SeenRequest): Asked | undefined {
  const mark = seen.path.indexOf('?')
  const whole = mark < 0 ? seen.path : seen.path.slice(0, mark)
  const queryText = mark < 0 ? '' : seen.path.slice(mark + 1)
  const { subdirectory } = server
  if (subdirectory && whole !== subdirectory && !whole.startsWith(subdirectory + '/')) return undefined
  const told = seen.headers['x-fake-scheme']
  const https = (told ?? server.scheme) === 'https'
  const home = server.homeUrl ?? `${told ?? 'http'}://${seen.headers.host ?? 'localhost'}${subdirectory}`
  return { seen, path: whole.slice(subdirectory.length) || '/', queryText, home, https }
}

type NoRoute = 'home' | 'slash' | 'page'

/** The REST route, or which page stands there instead. */
function restRoute(server: ShopServer, asked: Asked): string | { page: NoRoute } {
  const path = asked.path.replace(/^\/index\.php(?=\/|$)/, '') || '/'
  const named = phpQuery(asked.queryText).rest_route
  if (typeof named === 'string' && path === '/') return named.replace(/(.)\/+$/, '$1')
  if (!/^\/wp-json(\/|$)/.test(path)) return { page: 'page' }
  if (server.state.permalinks === 'pretty')
    return decodeURI(path.slice('/wp-json'.length)).replace(/(.)\/+$/, '$1') || '/'
  // plain permalinks: a GET is sent to the same with a slash, then everything is the home page
  const reading = asked.seen.method === 'GET' || asked.seen.method === 'HEAD'
  return { page: reading && !path.endsWith('/') ? 'slash' : 'home' }
}

async function pageFor(server: ShopServer, asked: Asked, { page }: { page: NoRoute }): Promise<Page> {
  const { state } = server
  const { home, path, queryText, seen } = asked
  if (page === 'home') return { ...homePage(state, home), headers: seen.method === 'GET' ? [] : NO_CACHE }
  if (page === 'slash') {
    const to = `${home}${path.replace(/^\/index\.php/, '')}/${queryText && '?' + queryText}`
    return { status: 301, body: '', headers: [...NO_CACHE, ['X-Redirect-By', 'WordPress'], ['Location', to]] }
  }
  const query = new URLSearchParams(queryText)
  const auth = await authPage(state, {
    method: seen.method,
    path,
    query,
    cookie: seen.headers.cookie,
    body: seen.body,
    home,
    allowHttpCallbacks: server.allowHttpCallbacks,
  })
  return auth ?? (path === '/' || path === '/index.php' ? homePage(state, home) : notFoundPage(state))
}

/* ——— the API ——— */

async function restAnswer(
  server: ShopServer,
  asked: Asked,
  route: string,
): Promise<{ answer: RestAnswer; key?: ApiKey }> {
  const { state } = server
  const { seen, queryText, home } = asked
  const query = phpQuery(queryText)
  const type = seen.headers['content-type'] ?? ''
  const form = type.startsWith('application/x-www-form-urlencoded') ? phpQuery(seen.body) : {}
  const { key, error } = state.auth.authenticate({
    sentMethod: seen.method,
    uri: seen.path,
    query,
    form,
    authorization: seen.headers.authorization,
    https: asked.https,
    oauthBase: oauthBase(server, asked),
    nowSeconds: state.now(),
  })
  if (error) return { answer: fromError(error) }
  const method = String(query._method ?? seen.headers['x-http-method-override'] ?? seen.method).toUpperCase()
  const refused = key && permissionRefused(key, method)
  if (refused) return { answer: fromError(refused), key }
  const request: RestRequest = { method, route, query, body: form as JsonObject, home, key, state, parts: [] }
  return { answer: await dispatch(server, request, seen, type), key }
}

/** The address the shop believes to be its own, and the path as asked. */
function oauthBase(server: ShopServer, { home, seen }: Asked): string {
  const path = seen.path.split('?')[0]!
  const origin = server.subdirectory ? home.slice(0, -server.subdirectory.length) : home
  return `${origin}${path}`
}

async function dispatch(
  server: ShopServer,
  request: RestRequest,
  seen: SeenRequest,
  type: string,
): Promise<RestAnswer> {
  const reading = request.method === 'HEAD' ? 'GET' : request.method
  const there = server.routes().filter((route) => route.pattern.test(request.route))
  const route = there.find((one) => one.methods.includes(reading))
  if (request.method === 'OPTIONS' && there[0]) return { ...describe(request, there[0]), allow: there[0].allow }
  if (!route) return noRoute()
  request.parts = route.pattern.exec(request.route)!.slice(1)
  const mayAtAll = !route.right || (request.key && request.key.role !== 'customer')
  const allow = mayAtAll ? route.allow : undefined
  if (/^application\/([\w.+-]+\+)?json/i.test(type) && seen.body !== '') {
    const parsed = parseJson(seen.body)
    if ('fault' in parsed) return { ...parsed.fault, allow }
    request.body = parsed.value
  }
  const missing = (route.required ?? []).filter(
    (name) => request.body[name] === undefined && request.query[name] === undefined,
  )
  if (missing.length > 0) return { ...missingParams(missing), allow }
  const faults = route.check?.(request) ?? []
  const right = faults.length === 0 ? route.right?.(request) : undefined
  const answer = faults.length > 0 ? invalidParams(faults) : right ? fromError(right) : await route.handle(request)
  return { allow: right ? undefined : allow, ...answer }
}

function parseJson(text: string): { value: JsonObject } | { fault: RestAnswer } {
  try {
    const value: unknown = JSON.parse(text)
    return { value: value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as JsonObject) : {} }
  } catch {
    // PHP: a text that ends inside a string is a "control character error"
    const inString = (text.replace(/\\./g, '').split('"').length - 1) % 2 === 1
    return {
      fault: failure(400, 'rest_invalid_json', 'Invalid JSON body passed.', {
        json_error_code: inString ? 3 : 4,
        json_error_message: inString ? 'Control character error, possibly incorrectly encoded' : 'Syntax error',
      }),
    }
  }
}

/* ——— writing ——— */

const EXPOSE = 'X-WP-Total, X-WP-TotalPages, Link'
const ALLOWED = 'Authorization, X-WP-Nonce, Content-Disposition, Content-MD5, Content-Type'

function apiLink(server: ShopServer, home: string): string {
  const root = server.state.permalinks === 'plain' ? `${home}/index.php?rest_route=/` : `${home}/wp-json/`
  return `<${root}>; rel="https://api.w.org/"`
}

function writeRest(server: ShopServer, res: ServerResponse, asked: Asked, answer: RestAnswer, key: ApiKey | undefined) {
  const { seen, home } = asked
  const query = phpQuery(asked.queryText)
  const text = answer.text ?? phpJson(answer.data)
  const own = [...(answer.headers ?? [])]
  if (answer.allow?.length) own.push(['Allow', answer.allow.join(', ')])
  const envelope = '_envelope' in query
  const shown = dress(query, envelope ? enveloped(text, answer.status, own) : text)
  const headers: [string, string][] = [
    ['Content-Type', `${shown.type}; charset=UTF-8`],
    ['X-Robots-Tag', 'noindex'],
  ]
  const sent = envelope ? [] : own
  if (!sent.some(([name]) => name === 'Link')) headers.push(['Link', apiLink(server, home)])
  headers.push(['X-Content-Type-Options', 'nosniff'])
  headers.push(['Access-Control-Expose-Headers', EXPOSE], ['Access-Control-Allow-Headers', ALLOWED], ...sent)
  if (key) headers.push(...NO_CACHE)
  else if (seen.method === 'GET') headers.push(['Vary', 'Origin'])
  write(server, res, seen, envelope ? 200 : answer.status, headers, shown.text, true)
}

const enveloped = (text: string, status: number, headers: [string, string][]): string => {
  const shown = Object.fromEntries(headers.map(([name, value]) => [name, /^\d+$/.test(value) ? Number(value) : value]))
  return `{"body":${text},"status":${status},"headers":${phpJson(shown)}}`
}

function dress(query: PhpMap, text: string): { text: string; type: string } {
  if (typeof query._jsonp === 'string') return { text: `/**/${query._jsonp}(${text})`, type: 'application/javascript' }
  if ('_pretty' in query)
    return { text: phpEscapes(JSON.stringify(JSON.parse(text), null, 4)), type: 'application/json' }
  return { text, type: 'application/json' }
}

function writePage(server: ShopServer, res: ServerResponse, seen: SeenRequest, page: Page, home: string): void {
  const headers: [string, string][] = page.plain ? [] : [['Content-Type', 'text/html; charset=UTF-8']]
  if (!page.plain && !page.own && page.status === 200) headers.push(['Link', apiLink(server, home)])
  write(server, res, seen, page.status, [...headers, ...(page.headers ?? [])], page.body, !page.plain)
}

/** nginx as Debian ships it compresses 200, 403 and 404 and leaves small bodies alone. */
const COMPRESSED = new Set([200, 403, 404])
const COMPRESS_FROM = 256

function write(
  server: ShopServer,
  res: ServerResponse,
  seen: SeenRequest,
  status: number,
  headers: [string, string][],
  text: string,
  chunked: boolean,
): void {
  seen.status = status
  const accepts = seen.headers['accept-encoding'] ?? ''
  const encoding = /\bbr\b/.test(accepts) ? 'br' : /\bgzip\b/.test(accepts) ? 'gzip' : undefined
  const packs = server.compress && encoding && COMPRESSED.has(status) && text.length >= COMPRESS_FROM
  const body = packs ? compressed(text, encoding) : Buffer.from(text, 'utf8')
  const lines: string[] = ['Server', 'nginx/1.22.1', 'Date', new Date(server.state.settings.clock.now()).toUTCString()]
  for (const [name, value] of headers) lines.push(name, value)
  if (packs) lines.push('Content-Encoding', encoding)
  if (!chunked) lines.push('Content-Length', String(body.length))
  res.sendDate = false
  res.writeHead(status, lines)
  if (seen.method === 'HEAD' || body.length === 0) {
    res.end()
    return
  }
  res.write(body)
  res.end()
}

const packed = new Map<string, Buffer>()

/** Cheap and remembered: a benchmark asks for the same pages again and again. */
function compressed(text: string, encoding: 'br' | 'gzip'): Buffer {
  const key = encoding + text
  let buffer = packed.get(key)
  if (!buffer) {
    buffer =
      encoding === 'gzip'
        ? gzipSync(text, { level: 1 })
        : brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })
    if (packed.size >= 64) packed.delete(packed.keys().next().value!)
    packed.set(key, buffer)
  }
  return buffer
}
