/**
 * Where a redirect leads, and what may go there.
 *
 * The traps: a redirected POST becomes a GET whose 200 looks like success, so only GET and HEAD are ever followed; a
 * shop's `Location` repeats the query, keys included; and from https to http the login would travel in clear.
 */
import { HubError } from '../domain/errors.ts'
import type { ShopResponse } from '../domain/http.ts'
import { isSecretHeader, isSecretName } from './redact.ts'

const REDIRECTS = new Set([301, 302, 303, 307, 308])

/** @returns undefined when the answer is no redirect or its target cannot be read: then it is the answer */
export function redirectTarget(response: Pick<ShopResponse, 'status' | 'headers' | 'url'>): URL | undefined {
  const location = response.headers['location']
  if (!REDIRECTS.has(response.status) || !location) return undefined
  if (!URL.canParse(location, response.url)) return undefined
  return new URL(location, response.url)
}

/**
 * The next request: the same one at the same origin, one without anything secret at another.
 *
 * @throws HubError `redirect-refused`
 */
export function follow(
  from: URL,
  to: URL,
  headers: Record<string, string>,
): { url: URL; headers: Record<string, string>; sameOrigin: boolean } {
  if (to.protocol !== 'http:' && to.protocol !== 'https:') throw refusedRedirect('scheme', to)
  if (from.protocol === 'https:' && to.protocol === 'http:') throw refusedRedirect('downgrade', to)
  const url = new URL(to)
  url.hash = ''
  url.username = ''
  url.password = ''
  if (from.origin === to.origin) return { url, headers, sameOrigin: true }

  const secret = [...url.searchParams.keys()].filter(isSecretName)
  for (const name of secret) url.searchParams.delete(name)
  const harmless = Object.entries(headers).filter(([name]) => !isSecretHeader(name))
  return { url, headers: Object.fromEntries(harmless), sameOrigin: false }
}

export const tooManyRedirects = (to: URL) => refusedRedirect('too-many', to)

const refusedRedirect = (reason: string, to: URL) =>
  new HubError('redirect-refused', `redirect refused (${reason}) to ${to.host}`, {
    params: { reason, host: to.host, scheme: to.protocol.replace(':', ''), sent: 'maybe' },
  })
