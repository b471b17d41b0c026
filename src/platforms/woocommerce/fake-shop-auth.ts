/**
 * Who is asking: WooCommerce's WC_REST_Authentication as 10.9.1 and 9.3.2 were seen to behave.
 *
 * Many causes share one 401 text ("Sorry, you cannot list resources."): an unknown key, Basic over http, a URI without
 * `wp-json/wc/`. Only a wrong secret and OAuth name themselves. A fake that told them apart would make the login
 * ladder look easier than it is.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { PhpMap } from './fake-shop-php.ts'
import { rawurlencode } from './fake-shop-php.ts'

export type Role = 'admin' | 'manager' | 'customer'

export interface ApiKey {
  keyId: number
  consumerKey: string
  consumerSecret: string
  permissions: 'read' | 'write' | 'read_write'
  role: Role
  user: string
}

export interface ShopError {
  status: number
  code: string | number
  message: string
  data?: Record<string, unknown>
}

export interface Asking {
  /** The verb really sent, before any override. */
  sentMethod: string
  /** Request URI with query, as it came. */
  uri: string
  query: PhpMap
  form: PhpMap
  authorization: string | undefined
  /** What `is_ssl()` says. */
  https: boolean
  /** Scheme and host of the shop's own address, and the path without query: what OAuth signs. */
  oauthBase: string
  nowSeconds: number
}

const fixture = (digit: number): [string, string] => [
  'ck_' + String(digit).repeat(40),
  'cs_' + String(digit).repeat(40),
]

/** Digits 1 to 5: read-write of the admin, his read-only key, a manager's, a customer's, a write-only one. */
export function fixtureKeys(): ApiKey[] {
  const kinds: [ApiKey['permissions'], Role, string][] = [
    ['read_write', 'admin', 'patron'],
    ['read', 'admin', 'patron'],
    ['read_write', 'manager', 'gerante'],
    ['read_write', 'customer', 'client'],
    ['write', 'admin', 'patron'],
  ]
  return kinds.map(([permissions, role, user], index) => {
    const [consumerKey, consumerSecret] = fixture(index + 1)
    return { keyId: index + 1, consumerKey, consumerSecret, permissions, role, user }
  })
}

export const authenticationError = (message: string): ShopError => ({
  status: 401,
  code: 'woocommerce_rest_authentication_error',
  message,
})

const OAUTH_NAMES = [
  'oauth_consumer_key',
  'oauth_timestamp',
  'oauth_nonce',
  'oauth_signature',
  'oauth_signature_method',
] as const

const NONCE_WINDOW = 15 * 60

export class Authentication {
  readonly keys: ApiKey[]
  /** Nonces of the last quarter of an hour, by key. */
  private readonly nonces = new Map<string, number>()

  constructor(keys: ApiKey[]) {
    this.keys = keys
  }

  authenticate(asking: Asking): { key?: ApiKey; error?: ShopError } {
    if (!/wp-json\/wc[/-]/.test(asking.uri)) return {}
    if (asking.https) {
      const basic = this.basic(asking)
      if (basic.key || basic.error) return basic
    }
    return this.oauth(asking)
  }

  private find(consumerKey: string): ApiKey | undefined {
    const clean = consumerKey.trim() // sanitize_text_field() forgives blanks around the key, not around the secret
    return this.keys.find((key) => key.consumerKey === clean)
  }

  private basic(asking: Asking): { key?: ApiKey; error?: ShopError } {
    let [name, secret] = [asking.query.consumer_key, asking.query.consumer_secret]
    if (typeof name !== 'string' || typeof secret !== 'string') {
      const match = /^Basic\s+(.+)$/i.exec(asking.authorization ?? '')
      if (!match) return {}
      const pair = Buffer.from(match[1]!, 'base64').toString('utf8')
      const colon = pair.indexOf(':')
      if (colon < 0) return {}
      name = pair.slice(0, colon)
      secret = pair.slice(colon + 1)
    }
    if (name === '' || secret === '') return {}
    const key = this.find(name)
    if (!key) return {}
    if (!equal(key.consumerSecret, secret)) return { error: authenticationError('Consumer secret is invalid.') }
    return { key }
  }

  private oauth(asking: Asking): { key?: ApiKey; error?: ShopError } {
    const params: PhpMap = { ...asking.query, ...asking.form, ...headerParams(asking.authorization) }
    const missing = OAUTH_NAMES.filter((name) => !params[name])
    if (missing.length === OAUTH_NAMES.length) return {}
    if (missing.length > 0) {
      const noun = missing.length === 1 ? 'parameter' : 'parameters'
      return {
        error: {
          status: 401,
          code: 'woocommerce_rest_authentication_missing_parameter',
          message: `Missing OAuth ${noun} ${missing.join(', ')}`,
        },
      }
    }
    const key = this.find(String(params.oauth_consumer_key))
    if (!key) return { error: authenticationError('Consumer key is invalid.') }
    const refused = this.signatureRefused(key, params, asking) ?? this.timeRefused(key, params, asking.nowSeconds)
    return refused ? { error: authenticationError(refused) } : { key }
  }

  private signatureRefused(key: ApiKey, all: PhpMap, asking: Asking): string | undefined {
    const { oauth_signature: signature, ...params } = all
    const given = rawurldecode(String(signature).replaceAll(' ', '+'))
    const algorithm = /^HMAC-(SHA1|SHA256)$/.exec(String(params.oauth_signature_method))?.[1]
    if (!algorithm) return 'Invalid signature - signature method is invalid.'
    const names = Object.keys(params).sort(byBytes)
    const pairs: string[] = []
    const walk = (name: string, value: PhpMap[string]) => {
      if (typeof value === 'string') pairs.push(rawurlencode(`${name}=${normal(value)}`))
      else for (const [inner, deeper] of Object.entries(value)) walk(`${name}%5B${normal(inner)}%5D`, deeper)
    }
    for (const name of names) walk(normal(name), params[name]!)
    const base = `${asking.sentMethod}&${rawurlencode(asking.oauthBase)}&${pairs.join('%26')}`
    const expected = createHmac(algorithm.toLowerCase(), key.consumerSecret + '&')
      .update(base)
      .digest('base64')
    return equal(expected, given) ? undefined : 'Invalid signature - provided signature does not match.'
  }

  private timeRefused(key: ApiKey, params: PhpMap, now: number): string | undefined {
    const timestamp = Number(params.oauth_timestamp)
    if (!(timestamp >= now - NONCE_WINDOW && timestamp <= now + NONCE_WINDOW)) return 'Invalid timestamp.'
    for (const [nonce, at] of this.nonces) if (at < now - NONCE_WINDOW) this.nonces.delete(nonce)
    const nonce = `${key.consumerKey} ${String(params.oauth_nonce)}`
    if (this.nonces.has(nonce)) return 'Invalid nonce - nonce has already been used.'
    this.nonces.set(nonce, timestamp)
    return undefined
  }
}

/** Rights of a key against a verb (the override counts, not the verb sent). */
export function permissionRefused(key: ApiKey, method: string): ShopError | undefined {
  const reading = method === 'GET' || method === 'HEAD'
  if (reading && key.permissions === 'write')
    return authenticationError('The API key provided does not have read permissions.')
  if (!reading && method !== 'OPTIONS' && key.permissions === 'read')
    return authenticationError('The API key provided does not have write permissions.')
  return undefined
}

const byBytes = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b))

const rawurldecode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

const normal = (text: string): string => rawurlencode(rawurldecode(text))

function headerParams(authorization: string | undefined): PhpMap {
  if (!authorization?.trim().startsWith('OAuth ')) return {}
  const params: PhpMap = {}
  for (const match of authorization.matchAll(/(oauth_[a-z_-]*)=(?:"([^"]*)"|([^,]*))/g))
    params[match[1]!] = rawurldecode((match[2] ?? match[3] ?? '').replaceAll('+', '%2B'))
  return params
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
