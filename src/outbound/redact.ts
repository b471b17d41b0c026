/**
 * Takes secrets out of everything that is kept: URLs, headers, the start of bodies.
 *
 * Two nets. What is known: the login's own values, in every spelling a server can echo them (URL-encoded, JSON- and
 * HTML-escaped, inside base64 at any offset). What is recognised: key parameters, key-shaped words, cookies,
 * passwords. The trap: a text that is cut first and redacted later keeps half a key at its edge.
 */
import type { ShopResponse } from '../domain/http.ts'
import { spelledSecrets } from './spellings.ts'

export const MARK = '•••'

export interface Redactor {
  url(url: string): string
  headers(headers: Record<string, string>): Record<string, string>
  /** Free text: secrets out, e-mail addresses masked. */
  text(text: string): string
  /** The first 4 kB of a body, redacted. */
  bodyStart(body: Uint8Array): string
}

/** Bytes of an unexpected answer that are kept. */
const KEPT_BYTES = 4096
/** Bytes looked at before the cut, so that a secret is whole when it is looked for. */
const WINDOW_BYTES = 16 * 1024

/** Names of parameters, headers, form and JSON fields whose value is a secret, whatever it looks like. */
const SECRET_NAME =
  /^(consumer_?(key|secret)|oauth_(consumer_key|signature|token|verifier|nonce|token_secret)|ws_key|pass(word|wd|phrase)?|pwd|user_pass|api_?key|key|secret(_?key)?|client_secret|access_?token|refresh_?token|id_?token|token|auth(orization)?|signature|sig|hmac|nonce|_?wpnonce|session(_?id)?|sid|phpsessid|cookie|state|code)$/i
/** In JSON and forms `key`, `code`, `state` are ordinary words: an order's meta data, its error, its county. */
const ORDINARY_IN_BODIES = /^(key|code|state|sid|sig)$/i
const SECRET_HEADER =
  /^(proxy-)?authorization$|^cookie2?$|token|secret|signature|password|api-?key|hmac|nonce|session|^x-auth|^www-?authenticate-key$/i

export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name.replace(/\[.*$/, ''))
}

export const isSecretHeader = (name: string): boolean => SECRET_HEADER.test(name)

/** Shapes that are secrets wherever they stand. */
const SHAPES: [RegExp, string][] = [
  [/\b(c[ks]_)[0-9A-Za-z]{6,}/g, `$1${MARK}`],
  [/\beyJ[\w-]{8,}\.[\w-]+(\.[\w-]*)?/g, MARK],
  [/\b(shp[a-z]{2}_)[0-9A-Za-z]{6,}/g, `$1${MARK}`],
  [/\b(Basic|Bearer)(\s+|%20|\+)[\w+/.~-]{6,}=*/gi, `$1 ${MARK}`],
  [
    /\b((?:wordpress|wp)_[\w-]*|woocommerce_[\w-]*|PHPSESSID|PrestaShop-[\w-]*|mage-[\w-]*|session_?id)=[^;,\s"'<>&]+/gi,
    `$1=${MARK}`,
  ],
]
const E_MAIL = /[\p{L}\p{N}._%+-]{1,64}(@|%40|\\u0040|&#0?64;|&commat;)([\p{L}\p{N}-]{1,63}\.)+[\p{L}]{2,24}/giu
const JSON_FIELD = /("|&quot;|\\")([A-Za-z_][\w-]{1,40})\1(\s*:\s*)("|&quot;|\\")((?:\\.|(?!\4).)*?)(\4|$)/gs
const FORM_FIELD = /(^|[?&\s"';]|&amp;|&#038;)([A-Za-z_][\w-]{1,40}(?:\[[\w-]*\])?)=([^&\s"'<>;]*)/g

/** @param secrets the values themselves: keys, passwords, cookies */
export function redactor(secrets: readonly string[]): Redactor {
  const known = spelledSecrets(secrets)
  const literals = (text: string) => known.patterns.reduce((left, pattern) => left.replace(pattern, MARK), text)
  const recognised = (text: string) =>
    SHAPES.reduce((left, [pattern, put]) => left.replace(pattern, put), text).replace(E_MAIL, `${MARK}@${MARK}`)

  // the known ones go first: a field's rule could otherwise take a part of one and leave the rest
  const text = (given: string) => storable(recognised(fields(literals(given))))
  const url = (given: string) => storable(recognised(urlFields(literals(given))))
  const header = (name: string, given: string): string => {
    const value = literals(given)
    if (/^set-cookie/i.test(name)) return storable(recognised(cookieNames(value)))
    if (/authorization$/i.test(name))
      return storable(recognised(value.replace(/^([A-Za-z0-9]{1,12}\s)?.*$/s, `$1${MARK}`)))
    if (isSecretHeader(name)) return MARK
    return storable(recognised(value.replace(/(?:https?:\/\/|\/|\?)[^\s<>"',]+/g, urlFields)))
  }

  return {
    url,
    text,
    headers: (headers) =>
      Object.fromEntries(Object.entries(headers).map(([name, value]) => [literals(name), header(name, value)])),
    bodyStart(body) {
      const window = withoutOrders(body).subarray(0, WINDOW_BYTES)
      const read = text(new TextDecoder('utf-8').decode(window))
      // what the window cut in two was not recognised, so its end goes
      const whole = body.length > WINDOW_BYTES ? read.slice(0, -known.longest) : read
      return firstBytes(whole, KEPT_BYTES)
    },
  }
}

/** An answer spoilt by PHP's own output comes as text/html and holds orders all the same: only what stands before stays. */
function withoutOrders(body: Uint8Array): Uint8Array {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  if (!CUSTOMER_FIELDS.some((field) => bytes.includes(field))) return body
  const at = bytes.findIndex((byte) => byte === 0x5b || byte === 0x7b)
  return at < 0 ? body : body.subarray(0, at)
}
const CUSTOMER_FIELDS = ['"billing"', '"shipping"', '"first_name"', '"customer_note"']

/**
 * Whether the exchange log keeps the start of this answer's body: never of an expected one, it holds customers. A 2xx
 * that is no JSON or was cut is not what was asked for: the page says who answered instead.
 */
export function keepsBody(
  response: Pick<ShopResponse, 'status' | 'headers' | 'body' | 'incomplete'>,
  expects?: readonly number[],
): boolean {
  const { status } = response
  const isSuccess = status >= 200 && status < 300
  if (!(expects ? expects.includes(status) : isSuccess)) return true
  if (!isSuccess) return false
  if (response.incomplete) return true
  return response.body.length > 0 && !/[/+]json\b/i.test(response.headers['content-type'] ?? '')
}

const isSecretInBody = (name: string) => isSecretName(name) && !ORDINARY_IN_BODIES.test(name)

const fields = (text: string): string =>
  text
    .replace(JSON_FIELD, (whole, quote, name, colon, open, _value, close) =>
      isSecretInBody(name) ? `${quote}${name}${quote}${colon}${open}${MARK}${close}` : whole,
    )
    .replace(FORM_FIELD, (whole, before, name) => (isSecretInBody(name) ? `${before}${name}=${MARK}` : whole))

function urlFields(given: string): string {
  const [address = '', ...fragment] = given.split('#')
  const [place = '', ...query] = address.split('?')
  const pairs = query.join('?').split('&').map(redactPair)
  const shown = place.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, `$1${MARK}@`)
  return `${shown}${query.length > 0 ? `?${pairs.join('&')}` : ''}${fragment.length > 0 ? `#${fragment.join('#')}` : ''}`
}

function redactPair(pair: string): string {
  const at = pair.indexOf('=')
  if (at < 0) return pair
  const name = safeDecode(pair.slice(0, at))
  return isSecretName(name) ? `${pair.slice(0, at)}=${MARK}` : pair
}

const safeDecode = (text: string) => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Which firewall set a cookie is worth keeping, what it says is not. */
const cookieNames = (value: string): string =>
  [...value.matchAll(/(?:^|,\s*)([^\s=;,]+)=/g)].map((match) => `${match[1]}=${MARK}`).join(', ')

/** PostgreSQL's text holds no U+0000, and half a surrogate pair is no character. */
const storable = (text: string) => text.replaceAll('\u0000', '\ufffd').toWellFormed()

function firstBytes(text: string, bytes: number): string {
  const encoded = Buffer.from(text, 'utf8')
  if (encoded.length <= bytes) return text
  return new TextDecoder('utf-8').decode(encoded.subarray(0, bytes), { stream: true })
}
