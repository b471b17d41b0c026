/**
 * How a call to a WooCommerce shop is signed.
 *
 * The trap: WooCommerce reads Basic and query keys only when it thinks the request is https (`is_ssl()` looks at HTTPS
 * and port 443, not at X-Forwarded-Proto), and an OAuth signature is checked against the address the SHOP believes to be
 * its own. So the same right key fails in three ways with one text. The variant that worked is remembered in `shop`.
 * (WC_REST_Authentication; seen on 9.3.2 and 10.9.1.)
 */
import { HubError } from '../../domain/errors.ts'
import type { Login } from '../../domain/platform.ts'
import { signedParams } from './oauth1.ts'

export const VARIANTS = ['basic', 'query', 'oauth'] as const
export type Variant = (typeof VARIANTS)[number]

/** A login as it is used: blanks around the values gone. WooCommerce forgives them around the key, not the secret (seen). */
export interface CleanLogin {
  key: string
  secret: string
  /** A password in front of the whole site (staging); it takes the Authorization header for itself. */
  basicUser?: string
  basicPassword?: string
}

export interface Signing {
  variant: Variant
  /** Scheme, host and path of the shop's own home, as it signs: `http://shop.example/boutique`. */
  oauthHome: string
  /** Shop's clock minus ours, when it was off. */
  clockOffsetMs: number
}

const strip = (text: string | undefined): string => (text ?? '').replace(/^[\s\u200b\ufeff]+|[\s\u200b\ufeff]+$/g, '')

export function cleanLogin(login: Login): CleanLogin {
  const basicUser = strip(login.basicUser)
  return {
    key: strip(login.key),
    secret: strip(login.secret),
    ...(basicUser ? { basicUser, basicPassword: login.basicPassword ?? '' } : {}),
  }
}

export const hadBlanks = (login: Login): boolean =>
  ['key', 'secret'].some((field) => login[field] !== undefined && strip(login[field]) !== login[field])

/** `ck_` or `cs_` and 40 letters or digits (WooCommerce makes them of a SHA-1). */
const LENGTH = 43
const shape = (prefix: string) => new RegExp(`^${prefix}_[0-9a-zA-Z]{40}$`)

/**
 * What can be told of a key before any call.
 *
 * @throws HubError `field-invalid` · `key-swapped` · `key-malformed`
 */
export function checkShape(login: CleanLogin): void {
  for (const field of ['key', 'secret'] as const) {
    if (login[field] === '')
      throw new HubError('field-invalid', `${field} is empty`, { field, params: { reason: 'required' } })
  }
  if (login.key.startsWith('cs_') || login.secret.startsWith('ck_')) {
    const both = login.key.startsWith('cs_') && login.secret.startsWith('ck_')
    throw new HubError('key-swapped', 'consumer key and consumer secret are in each other’s place', {
      field: both || login.key.startsWith('cs_') ? 'key' : 'secret',
    })
  }
  for (const [field, prefix] of [
    ['key', 'ck'],
    ['secret', 'cs'],
  ] as const) {
    if (shape(prefix).test(login[field])) continue
    throw new HubError('key-malformed', `${field} has ${login[field].length} characters`, {
      field,
      params: { starts: `${prefix}_`, length: login[field].length, expected: LENGTH },
    })
  }
}

/** Adds the login to a call. `url` is absolute, without query; `restUrl` is what it is in the shop's own eyes. */
export function sign(
  call: { method: string; url: string; path: string; params: Record<string, string>; nowMs: number; nonce: string },
  login: CleanLogin,
  signing: Signing,
): { url: string; headers: Record<string, string> } {
  const headers: Record<string, string> = {}
  let params = call.params
  if (login.basicUser !== undefined) headers.authorization = basic(login.basicUser, login.basicPassword ?? '')

  if (signing.variant === 'basic') {
    headers.authorization = basic(login.key, login.secret)
  } else if (signing.variant === 'query') {
    if (!call.url.startsWith('https:'))
      throw new HubError('query-keys-consent', 'keys are never sent in the query over http')
    params = { ...params, consumer_key: login.key, consumer_secret: login.secret }
  } else {
    params = signedParams({
      method: call.method,
      url: `${signing.oauthHome}${call.path}`,
      params,
      key: login.key,
      secret: login.secret,
      timestamp: Math.floor((call.nowMs + signing.clockOffsetMs) / 1000),
      nonce: call.nonce,
    })
  }
  return { url: withQuery(call.url, params), headers }
}

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`

/** Brackets, commas and the like encoded: some firewalls refuse them bare. */
export const withQuery = (url: string, params: Record<string, string>): string => {
  const query = Object.entries(params).map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
  )
  return query.length === 0 ? url : `${url}?${query.join('&')}`
}
