/**
 * What a merchant types as the address of his shop, made into the address the hub calls.
 *
 * People paste what stands in their browser: the admin page, a product, the cart, without scheme, with blanks. Each
 * correction has a code, so that the page can say what it took the address for. A path that may be the folder the
 * shop is installed in (`/boutique`) is kept: only endings that cannot be one are cut.
 */
import { isIP } from 'node:net'
import { domainToUnicode } from 'node:url'
import { HubError } from '../domain/errors.ts'

export type UrlChange =
  | 'trimmed' // blanks, quotes or invisible characters around it
  | 'slashes' // backslashes, doubled or missing slashes
  | 'scheme-added' // https:// was put in front
  | 'lowered' // capitals in the host
  | 'idn' // a name in its own script, written in ASCII for the network
  | 'dot-removed' // a dot at the end of the host
  | 'path-cut' // an admin page, an API, a cart, a product
  | 'query-dropped'
  | 'fragment-dropped'

/** Why an address cannot be understood; a select in the words of `url-invalid`. */
export type UrlFault =
  | 'empty'
  | 'too-long'
  | 'scheme'
  | 'e-mail'
  | 'credentials'
  | 'space'
  | 'no-domain'
  | 'host'
  | 'port'
  | 'unreadable'

export interface ShopUrl {
  /** `https://shop.example/boutique`, without trailing slash, host in ASCII. */
  url: string
  /** The same as people read it. */
  shownAs: string
  changes: UrlChange[]
  /** Nothing was said about http or https: https is tried first. */
  schemeAssumed: boolean
}

const LONGEST = 2000

/** From the first of these segments on, a path is a page of the shop and not its folder. */
const PAGES = [
  // WordPress and WooCommerce
  /^wp-(admin|login\.php|json|content|includes|cron\.php|signup\.php)$/,
  /^(xmlrpc\.php|wc-api|wc-auth|feed)$/,
  /^(cart|checkout|my-account|product|product-category|product-tag)$/,
  /^(panier|commande|commander|mon-compte|produit|categorie-produit|etiquette-produit|validation-commande)$/,
  // every PHP shop; then Magento's and PrestaShop's APIs
  /^(index|home|default)\.(php|html?|aspx?)$/,
  /^(rest|graphql|soap|api|webservice)$/,
]
/** `/shop/?orderby=price` is a list of products; `/shop` alone may be the folder the shop lives in. */
const LISTINGS = /^(shop|boutique|store)$/

const QUOTED = /^(?:<|«|"|'|“|‘|\()\s*(.*?)\s*(?:>|»|"|'|”|’|\))$/s

/** @throws HubError `url-invalid`, field `url`, `params.reason` a {@link UrlFault} */
export function normaliseShopUrl(typed: string): ShopUrl {
  const changes = new Set<UrlChange>()
  const { scheme, rest } = splitScheme(cleaned(typed, changes), changes)
  const url = parsed(`${scheme ?? 'https'}://${rest}`, rest)
  const host = hostOf(url, rest, { explicit: scheme !== undefined || url.port !== '' }, changes)
  const path = pathOf(url, changes)
  if (url.search) changes.add('query-dropped')
  if (url.hash) changes.add('fragment-dropped')

  const port = url.port ? `:${url.port}` : ''
  const shownHost = isIP(host.replace(/^\[|\]$/g, '')) ? host : domainToUnicode(host) || host
  return {
    url: `${url.protocol}//${host}${port}${path}`,
    shownAs: `${url.protocol}//${shownHost}${port}${readable(path)}`,
    changes: [...changes],
    schemeAssumed: scheme === undefined,
  }
}

/** The key the pace of a shop's host is kept under; http and https of one host share it. */
export function hostKeyOf(url: string | URL): string {
  const { hostname, port } = new URL(url)
  const host = hostname.replace(/\.+$/, '')
  return port ? `${host}:${port}` : host
}

function cleaned(typed: string, changes: Set<UrlChange>): string {
  // zero-width and direction marks come along when an address is copied from a mail
  const visible = typed.normalize('NFC').replace(/[\p{Cc}\p{Cf}]/gu, (sign) => (/\s/.test(sign) ? ' ' : ''))
  const text = QUOTED.exec(visible.trim())?.[1] ?? visible.trim()
  if (text === '') throw invalid('empty')
  if (text.length > LONGEST) throw invalid('too-long')
  if (text !== typed) changes.add('trimmed')
  if (!text.includes('\\')) return text
  changes.add('slashes')
  return text.replaceAll('\\', '/')
}

/** @returns the scheme when one was typed, and the address from its host on */
function splitScheme(text: string, changes: Set<UrlChange>): { scheme: string | undefined; rest: string } {
  const web = /^(https?)(\s*:\s*\/*|\/\/+)\s*(.*)$/is.exec(text)
  if (web && !/^https?:\d+([/?#]|$)/i.test(text)) {
    const [, scheme = '', separator = '', rest = ''] = web
    if (rest === '') throw invalid('empty')
    if (separator !== '://') changes.add('slashes')
    return { scheme: scheme.toLowerCase(), rest }
  }
  if (/^\/\/+/.test(text)) {
    changes.add('scheme-added')
    return { scheme: undefined, rest: text.replace(/^\/+\s*/, '') }
  }
  const other = /^([a-z][a-z0-9+.-]*):(.*)$/is.exec(text)
  const isHostAndPort = other !== null && /^\d{1,5}([/?#]|$)/.test(other[2]!)
  if (other && !isHostAndPort) {
    const login = other[2]!.includes('@') && !/^mailto$/i.test(other[1]!) && !other[2]!.startsWith('//')
    throw invalid(login ? 'credentials' : /^mailto$/i.test(other[1]!) ? 'e-mail' : 'scheme')
  }
  if (/^[^\s/@?#]+@[^\s/@?#]+$/.test(text)) throw invalid('e-mail')
  changes.add('scheme-added')
  return { scheme: undefined, rest: text }
}

function parsed(text: string, rest: string): URL {
  const authority = /^[^/?#]*/.exec(rest)?.[0] ?? ''
  if (authority.includes('@')) throw invalid('credentials')
  if (/\s/.test(authority.trim())) throw invalid('space')
  if (authority.trim() === '') throw invalid('no-domain')
  if (!URL.canParse(text)) {
    const port = /:(\d+)$/.exec(authority)?.[1]
    throw invalid(port !== undefined && Number(port) > 65535 ? 'port' : 'host', authority)
  }
  return new URL(text)
}

function hostOf(url: URL, rest: string, said: { explicit: boolean }, changes: Set<UrlChange>): string {
  const typedHost = /^[^/?#:]*/.exec(rest)?.[0]?.trim() ?? ''
  const host = url.hostname.replace(/\.+$/, '')
  if (host !== url.hostname) changes.add('dot-removed')
  if (host.startsWith('[')) return host

  const labels = host.split('.')
  const wellFormed = labels.every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label))
  if (!wellFormed || host.length > 253) throw invalid('host', typedHost)
  // a bare word is a shop's name; with a scheme or a port it is a machine in the operator's own network
  if (labels.length === 1 && host !== 'localhost' && !said.explicit) throw invalid('no-domain', typedHost)
  if (/[^\x00-\x7f]/.test(typedHost)) changes.add('idn')
  else if (typedHost !== typedHost.toLowerCase()) changes.add('lowered')
  return host
}

function pathOf(url: URL, changes: Set<UrlChange>): string {
  const segments = url.pathname.split('/').filter((segment) => segment !== '')
  if (/\/\//.test(url.pathname)) changes.add('slashes')
  const page = segments.findIndex((segment) => PAGES.some((name) => name.test(segment.toLowerCase())))
  const isListing = page < 0 && url.search !== '' && LISTINGS.test(segments.at(-1)?.toLowerCase() ?? '')
  const kept = page >= 0 ? segments.slice(0, page) : isListing ? segments.slice(0, -1) : segments
  if (kept.length < segments.length) changes.add('path-cut')
  return kept.map((segment) => `/${segment}`).join('')
}

const readable = (path: string): string => {
  try {
    return decodeURI(path)
  } catch {
    return path
  }
}

/** What was typed is told back only where it cannot hold a password. */
const invalid = (reason: UrlFault, value = '') =>
  new HubError('url-invalid', `address not understood (${reason})`, {
    field: 'url',
    params: { reason, value: value.slice(0, 100) },
  })
