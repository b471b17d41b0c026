/**
 * Takes secrets out of everything that is kept: URLs, headers, the start of bodies.
 *
 * Two nets. What is known: the login's own values, in every spelling a server can echo them (URL-encoded, JSON- and
 * HTML-escaped, inside base64 at any offset). What is recognised: key parameters, key-shaped words, cookies,
 * passwords. The trap: a text that is cut first and redacted later keeps half a key at its edge.
 */
import type { ShopResponse } from '../domain/http.ts'

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
const WINDOW_BYTES = 64 * 1024
/** Shorter ones would blot out half of every text; they are found by the name beside them. */
const SHORTEST_LITERAL = 4
const SHORTEST_IN_BASE64 = 6

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
const SHAPES: [RegExp, string | ((...match: string[]) => string)][] = [
  [/\b(c[ks]_)[0-9A-Za-z]{6,}/g, `$1${MARK}`],
  [/\beyJ[\w-]{8,}\.[\w-]+(\.[\w-]*)?/g, MARK],
  [/\b(shp[a-z]{2}_)[0-9A-Za-z]{6,}/g, `$1${MARK}`],
  [/\b(Basic|Bearer)(\s+|%20|\+)[\w+/.~-]{6,}=*/gi, `$1 ${MARK}`],
  [/\b((?:wordpress|wp)_[\w-]*|woocommerce_[\w-]*|PHPSESSID|PrestaShop-[\w-]*|mage-[\w-]*|session_?id)=[^;\s"'<>&]+/gi, `$1=${MARK}`],
]
const E_MAIL = /[\p{L}\p{N}._%+-]{1,64}(@|%40|\\u0040|&#0?64;|&commat;)([\p{L}\p{N}-]{1,63}\.)+[\p{L}]{2,24}/giu
const JSON_FIELD = /("|&quot;|\\")([A-Za-z_][\w-]{1,40})\1(\s*:\s*)("|&quot;|\\")((?:\\.|(?!\4).)*?)(\4|$)/gs
const FORM_FIELD = /(^|[?&\s"';]|&amp;|&#038;)([A-Za-z_][\w-]{1,40}(?:\[[\w-]*\])?)=([^&\s"'<>;]*)/g

/** @param secrets the values themselves: keys, passwords, cookies */
export function redactor(secrets: readonly string[]): Redactor {
  const forms = literalForms(secrets)
  const literals = (text: string) => forms.reduce((left, form) => left.replaceAll(form, MARK), text)

  const shapes = (text: string) =>
    SHAPES.reduce((left, [pattern, put]) => left.replace(pattern, put as string), text)

  const masked = (text: string) => shapes(literals(text)).replace(E_MAIL, `${MARK}@${MARK}`)

  const fields = (text: string) =>
    text
      .replace(JSON_FIELD, (whole, quote, name, colon, open, _value, close) =>
        isSecretInBody(name) ? `${quote}${name}${quote}${colon}${open}${MARK}${close}` : whole,
      )
      .replace(FORM_FIELD, (whole, before, name) => (isSecretInBody(name) ? `${before}${name}=${MARK}` : whole))

  const url = (given: string): string => {
    const [address = '', ...fragment] = given.split('#')
    const [place = '', ...query] = address.split('?')
    const params = query.join('?').split('&').map((pair) => redactPair(pair))
    const shown = place.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@]*@/i, `$1${MARK}@`)
    const tail = `${query.length > 0 ? `?${params.join('&')}` : ''}${fragment.length > 0 ? `#${fragment.join('#')}` : ''}`
    return storable(masked(shown + tail))
  }

  const text = (given: string) => storable(masked(fields(given)))

  return {
    url,
    text,
    headers: (headers) =>
      Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, headerValue(name, value, { url, masked })])),
    bodyStart(body) {
      const window = body.subarray(0, WINDOW_BYTES)
      const read = new TextDecoder('utf-8').decode(window)
      const whole = body.length > window.length ? withoutHalfSecret(read, forms) : read
      return firstBytes(text(whole), KEPT_BYTES)
    },
  }
}

/** Whether the exchange log keeps the start of this answer's body: never of an expected one, it holds customers. */
export const keepsBody = (response: Pick<ShopResponse, 'status'>, expects?: readonly number[]): boolean =>
  !(expects ? expects.includes(response.status) : response.status >= 200 && response.status < 300)

const isSecretInBody = (name: string) => isSecretName(name) && !ORDINARY_IN_BODIES.test(name)

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

function headerValue(
  name: string,
  value: string,
  by: { url(url: string): string; masked(text: string): string },
): string {
  // which firewall set a cookie is worth keeping, what it says is not
  if (/^set-cookie/i.test(name)) {
    const names = [...value.matchAll(/(?:^|,\s*)([^\s=;,]+)=/g)].map((match) => `${match[1]}=${MARK}`)
    return storable(by.masked(names.join(', ')))
  }
  if (/authorization$/i.test(name)) return storable(by.masked(value.replace(/^([A-Za-z0-9]{1,12}\s)?.*$/s, `$1${MARK}`)))
  if (isSecretHeader(name)) return MARK
  return storable(by.masked(value.replace(/(?:https?:\/\/|\/|\?)[^\s<>"',]+/g, (found) => by.url(found))))
}

/** Every spelling in which a server may hand a secret back, longest first. */
function literalForms(secrets: readonly string[]): string[] {
  const forms = new Set<string>()
  for (const secret of new Set(secrets)) {
    for (const value of new Set([secret, secret.trim()])) {
      if (value.length >= SHORTEST_LITERAL) spellings(value).forEach((form) => forms.add(form))
      if (value.length >= SHORTEST_IN_BASE64) insideBase64(value).forEach((form) => forms.add(form))
    }
  }
  return [...forms].filter((form) => form.length >= SHORTEST_LITERAL).sort((a, b) => b.length - a.length)
}

function spellings(value: string): string[] {
  const bytes = Buffer.from(value, 'utf8')
  const percent = encodeURIComponent(value.toWellFormed())
  const strict = percent.replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
  const html = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  const json = JSON.stringify(value).slice(1, -1)
  const escaped = json.replace(/[^\x20-\x7e]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)
  const plain = [
    value,
    percent,
    strict,
    percent.replaceAll('%20', '+'),
    strict.replaceAll('%20', '+'),
    encodeURIComponent(percent),
    encodeURIComponent(strict),
    html,
    html.replaceAll('"', '&quot;').replaceAll("'", '&#039;'),
    html.replaceAll('"', '&#34;').replaceAll("'", '&#39;'),
    json,
    escaped,
    json.replaceAll('/', '\\/'),
    escaped.replaceAll('/', '\\/'),
    JSON.stringify(json).slice(1, -1),
    bytes.toString('hex'),
    // as it looks after its Latin-1 bytes were read as UTF-8
    value.replace(/[^\x00-\x7f]/g, '\ufffd'),
    bytes.toString('latin1'),
  ]
  return [...plain, ...plain.map((form) => form.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()))]
}

/**
 * The part of a base64 text that only this secret can make, for each of the three ways it can fall into the groups
 * of three bytes: finds it in `user:secret` of a Basic header whatever the user.
 */
function insideBase64(value: string): string[] {
  const bytes = Buffer.from(value, 'utf8')
  return [0, 1, 2].flatMap((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes]).toString('base64').replace(/=+$/, '')
    const whole = Math.floor(((offset + bytes.length) * 8) / 6)
    const core = text.slice(Math.ceil((offset * 8) / 6), whole)
    const forms = [core, core.replaceAll('+', '-').replaceAll('/', '_'), encodeURIComponent(core), core.replaceAll('/', '\\/')]
    return forms.filter((form) => form.length >= SHORTEST_IN_BASE64)
  })
}

/** Cuts what may be the beginning of a secret off the end of a text that was itself cut. */
function withoutHalfSecret(text: string, forms: readonly string[]): string {
  let end = text.length
  for (const form of forms) {
    for (let length = Math.min(form.length - 1, text.length); length > 0; length--) {
      if (text.length - length < end && text.endsWith(form.slice(0, length))) end = text.length - length
    }
  }
  return text.slice(0, end)
}

/** PostgreSQL's text holds no U+0000, and half a surrogate pair is no character. */
const storable = (text: string) => text.replaceAll('\u0000', '\ufffd').toWellFormed()

function firstBytes(text: string, bytes: number): string {
  const encoded = Buffer.from(text, 'utf8')
  if (encoded.length <= bytes) return text
  return new TextDecoder('utf-8').decode(encoded.subarray(0, bytes), { stream: true })
}
