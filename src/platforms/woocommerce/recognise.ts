/**
 * Is it WooCommerce, and where is its API? Asked before any login.
 *
 * The REST root is where the home page's `Link: <…>; rel="https://api.w.org/"` says, not always /wp-json/ under what was
 * typed: the shop may live in a sub-directory, or the server know no rewriting. A root of `?rest_route=` means plain
 * permalinks: there the API answers GET with the home page and WooCommerce accepts no key (seen). The link names the shop's
 * OWN idea of its host; only its path is used, on the host that answered.
 */
import { HubError } from '../../domain/errors.ts'
import type { ShopResponse, Transport } from '../../domain/http.ts'
import type { Recognition, Sight } from '../../domain/platform.ts'
import { type Answer, readAnswer } from './classify.ts'
import { dict } from './odd-values.ts'

export const INDEX_FIELDS = 'name,url,home,gmt_offset,timezone_string,namespaces'
const REDIRECTS = 3
const ACCEPT = { accept: 'application/json' }

export async function recognise(http: Transport, url: string, home: ShopResponse): Promise<Recognition | undefined> {
  const page = new TextDecoder().decode(home.body.subarray(0, 400_000))
  const root = restRoot(home, page)
  const typed = trimmed(url)
  if (passwordInFront(home)) return { platform: 'woocommerce', url: typed, saw: [{ code: 'site-password' }] }
  if (root?.plain)
    return { platform: 'woocommerce', url: root.url, ...versionIn(page), saw: [{ code: 'plain-permalinks' }] }
  if (!root && !looksLikeWordPress(home, page) && home.status < 400 && looksLikeAnother(home, page)) return undefined

  const base = originAndPath(home.url) ?? typed
  const candidates = [...new Set([...(root ? [root.url] : []), base, typed, new URL(base).origin])]
  let trouble: unknown
  for (const candidate of candidates) {
    for (const restPath of root?.restPath ? [root.restPath] : ['/wp-json', '/index.php/wp-json']) {
      try {
        const found = await lookAt(http, candidate, restPath)
        if (found) return await prefersHttps(http, { ...found, ...versionIn(page) })
      } catch (thrown) {
        if (thrown instanceof HubError && thrown.code === 'not-a-shop') throw thrown
        trouble ??= thrown
      }
    }
  }
  // A WordPress site whose API cannot be seen right now (down, in maintenance, behind a firewall) is not "no shop".
  if (trouble && (root || looksLikeWordPress(home, page) || home.status >= 400) && !isPlainMiss(trouble)) throw trouble
  return undefined
}

/** HTML or 404 where the index would be: nothing is there. */
const isPlainMiss = (thrown: unknown): boolean =>
  thrown instanceof HubError &&
  (thrown.code === 'response-malformed' || thrown.code === 'redirect-refused') &&
  thrown.params.reason !== 'truncated'

async function lookAt(http: Transport, base: string, restPath: string): Promise<Recognition | undefined> {
  const response = await http.request({
    method: 'GET',
    url: `${base}${restPath}/?_fields=${INDEX_FIELDS}`,
    headers: ACCEPT,
    followRedirects: REDIRECTS,
    purpose: 'recognise',
  })
  const answered =
    originAndPath(response.url.replace(/\?.*$/, '').replace(/(?:\/index\.php)?\/wp-json\/?$/, '')) ?? base
  let index: Answer
  try {
    index = readAnswer(response, 'object')
  } catch (thrown) {
    const closed =
      thrown instanceof HubError && thrown.code === 'response-blocked' && [401, 403].includes(response.status)
    // A plugin closed the index to strangers; WooCommerce's own routes often answer all the same (seen).
    if (closed && (await hasWooRoutes(http, answered, restPath))) {
      return {
        platform: 'woocommerce',
        url: answered,
        saw: [{ code: 'woocommerce' }, { code: 'rest-index-closed' }, ...pathSight(restPath)],
      }
    }
    throw thrown
  }
  const value = dict(index.value)
  if (index.status >= 400 || !Array.isArray(value.namespaces)) return undefined
  if (!value.namespaces.includes('wc/v3')) {
    throw new HubError('not-a-shop', 'WordPress without WooCommerce', {
      field: 'url',
      params: {
        reason: value.namespaces.some((name) => String(name).startsWith('wc/'))
          ? 'woocommerce-too-old'
          : 'wordpress-without-woocommerce',
        url: answered,
      },
    })
  }
  const saw: Sight[] = [{ code: 'woocommerce' }, ...pathSight(restPath)]
  const own = typeof value.home === 'string' ? value.home : undefined
  if (own && hostOf(own) !== hostOf(answered)) saw.push({ code: 'home-differs', params: { home: own.slice(0, 200) } })
  if (answered.startsWith('http:')) saw.push({ code: 'http-only' })
  if (index.notes.includes('php-output')) saw.push({ code: 'php-output' })
  return {
    platform: 'woocommerce',
    url: answered,
    ...(typeof value.name === 'string' && value.name !== '' ? { name: unescapeHtml(value.name) } : {}),
    saw,
  }
}

const pathSight = (restPath: string): Sight[] => (restPath === '/wp-json' ? [] : [{ code: 'no-rewrite' }])

async function hasWooRoutes(http: Transport, base: string, restPath: string): Promise<boolean> {
  const response = await http.request({
    method: 'GET',
    url: `${base}${restPath}/wc/v3?_fields=namespace`,
    headers: ACCEPT,
    purpose: 'recognise',
  })
  try {
    return dict(readAnswer(response, 'object').value).namespace === 'wc/v3'
  } catch {
    const orders = await http.request({
      method: 'GET',
      url: `${base}${restPath}/wc/v3/orders?per_page=1`,
      headers: ACCEPT,
      purpose: 'recognise',
    })
    return new TextDecoder().decode(orders.body.subarray(0, 500)).includes('woocommerce_rest_cannot_view')
  }
}

/** A shop that answers by http and by https alike is called by https: keys do not travel in the clear. */
async function prefersHttps(http: Transport, found: Recognition): Promise<Recognition> {
  const url = new URL(found.url)
  if (url.protocol !== 'http:' || url.port !== '') return found
  url.protocol = 'https:'
  const secure = await lookAt(
    http,
    trimmed(url.href),
    found.saw.some(({ code }) => code === 'no-rewrite') ? '/index.php/wp-json' : '/wp-json',
  ).catch(() => undefined)
  return secure ? { ...found, ...secure, saw: [...secure.saw, { code: 'https-preferred' }] } : found
}

/** The REST root the home page names, on the host that answered. */
function restRoot(home: ShopResponse, page: string): { url: string; restPath?: string; plain?: boolean } | undefined {
  const named =
    /<([^>]+)>;\s*rel="?https:\/\/api\.w\.org\/"?/i.exec(home.headers.link ?? '')?.[1] ??
    /<link[^>]+rel=["']https:\/\/api\.w\.org\/["'][^>]*href=["']([^"']+)["']/i.exec(page)?.[1] ??
    /<link[^>]+href=["']([^"']+)["'][^>]*rel=["']https:\/\/api\.w\.org\/["']/i.exec(page)?.[1]
  if (named === undefined) return undefined
  try {
    const at = new URL(home.url)
    const link = new URL(named.replaceAll('&#038;', '&').replaceAll('&amp;', '&'), at)
    if (link.searchParams.has('rest_route')) {
      return { url: trimmed(at.origin + link.pathname.replace(/\/(?:index\.php)?$/, '')), plain: true }
    }
    const parts = /^(.*?)(\/index\.php)?\/wp-json\/?$/.exec(link.pathname)
    if (!parts) return undefined
    return { url: trimmed(at.origin + parts[1]), restPath: `${parts[2] ?? ''}/wp-json` }
  } catch {
    return undefined
  }
}

const versionIn = (page: string): { version?: string } => {
  const version = /<meta[^>]+content=["']WooCommerce (\d+(?:\.\d+)+)/i.exec(page)?.[1]
  return version ? { version } : {}
}

const looksLikeWordPress = (home: ShopResponse, page: string): boolean =>
  /\/wp-(?:content|includes|json)\//.test(page) ||
  /api\.w\.org/.test(home.headers.link ?? '') ||
  /woocommerce/i.test(page)

/** Light signs only; what exactly it is, `../signs.ts` says. */
const looksLikeAnother = (home: ShopResponse, page: string): boolean =>
  /prestashop|Magento_|mage\/|cdn\.shopify\.com|Shopify\.theme/i.test(page) ||
  'x-shopid' in home.headers ||
  'x-shopify-stage' in home.headers

const passwordInFront = (home: ShopResponse): boolean =>
  home.status === 401 && /^\s*basic/i.test(home.headers['www-authenticate'] ?? '')

export const unescapeHtml = (text: string): string =>
  text
    .replace(/&#(\d{1,6});/g, (_, code: string) => String.fromCodePoint(Math.min(Number(code), 0x10ffff)))
    .replace(/&#x([0-9a-f]{1,5});/gi, (_, code: string) =>
      String.fromCodePoint(Math.min(Number.parseInt(code, 16), 0x10ffff)),
    )
    .replace(/&quot;/g, '"')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')

const trimmed = (url: string): string => url.replace(/[?#].*$/, '').replace(/\/+$/, '')

function originAndPath(url: string): string | undefined {
  try {
    const { origin, pathname } = new URL(url)
    return trimmed(origin + pathname)
  } catch {
    return undefined
  }
}

function hostOf(url: string): string | undefined {
  try {
    return new URL(url).host.replace(/^www\./, '')
  } catch {
    return undefined
  }
}
