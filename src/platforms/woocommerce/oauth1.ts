/**
 * OAuth 1.0a as WooCommerce checks it: one-legged (no token), HMAC-SHA256, every parameter in the query, a JSON body
 * not signed, the verb that is really sent even under a method override.
 *
 * Lists are sent as `include=1,2`: `include[]=` is signed by WooCommerce as `include[0]`, `include[1]` (seen), which no
 * RFC 5849 signer produces.
 */
import { createHmac } from 'node:crypto'

export interface Oauth1 {
  method: string
  /** The address the SHOP believes is asked: its own home URL and path, without query. */
  url: string
  /** Every parameter, the oauth_ ones included, without oauth_signature. */
  params: Record<string, string>
  consumerSecret: string
  tokenSecret?: string
  hash?: 'sha256' | 'sha1'
}

export function signature({ method, url, params, consumerSecret, tokenSecret = '', hash = 'sha256' }: Oauth1): string {
  const pairs = Object.entries(params)
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([a, x], [b, y]) => (a === b ? compare(x, y) : compare(a, b)))
    .map(([name, value]) => `${name}=${value}`)
  const base = [method.toUpperCase(), url, pairs.join('&')].map(encode).join('&')
  return createHmac(hash, `${encode(consumerSecret)}&${encode(tokenSecret)}`)
    .update(base)
    .digest('base64')
}

/** The parameters of one signed call, signature included, to be sent in the query. */
export function signedParams(call: {
  method: string
  url: string
  params: Record<string, string>
  key: string
  secret: string
  timestamp: number
  nonce: string
}): Record<string, string> {
  const params = {
    ...call.params,
    oauth_consumer_key: call.key,
    oauth_nonce: call.nonce,
    oauth_signature_method: 'HMAC-SHA256',
    oauth_timestamp: String(call.timestamp),
    oauth_version: '1.0',
  }
  return { ...params, oauth_signature: signature({ ...call, params, consumerSecret: call.secret }) }
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** RFC 3986: everything but letters, digits, `-`, `.`, `_`, `~`. */
export const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
