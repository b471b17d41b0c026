/**
 * Products an order page needs: from the cache, else from the shop.
 *
 * An order without its weights is worth more than no order: when the shop cannot answer for products, the orders come in
 * without, and the products pass asks again.
 */
import { changedProducts, keptProducts, saveProducts } from '../database/products.ts'
import { asHubError, type ErrorCode } from '../domain/errors.ts'
import { productKey, type Order, type Product } from '../domain/order.ts'
import type { Work } from './work.ts'

const DAY_MS = 24 * 3_600_000
/** The products pass brings changes within minutes; this is for changes that leave no trace in the shop's change times. */
const FRESH_MS = 7 * DAY_MS
const MISSING_FRESH_MS = DAY_MS
const AT_ONCE = 100
const MOST_REMEMBERED = 20_000

/** Failures of the products' own route; any other would hit the orders as well. */
const ONLY_PRODUCTS: readonly ErrorCode[] = [
  'permission-missing',
  'shop-error',
  'shop-timeout',
  'response-malformed',
  'response-too-large',
  'response-blocked',
]

/** @param from `cache`: the shop is not asked */
export async function productsFor(
  work: Work,
  orders: readonly Order[],
  from: 'shop' | 'cache' = 'shop',
): Promise<ReadonlyMap<string, Product>> {
  const keys = new Set<string>()
  for (const order of orders) {
    for (const line of order.lines) {
      const key = productKey(line)
      if (key !== undefined && !work.products.has(key) && !work.askedFor.has(key)) keys.add(key)
    }
  }
  if (keys.size > 0) await load(work, [...keys], from)
  return work.products
}

async function load(work: Work, keys: string[], from: 'shop' | 'cache'): Promise<void> {
  const { hub, integration, products } = work
  if (products.size > MOST_REMEMBERED) {
    products.clear()
    work.askedFor.clear()
  }
  const kept = await keptProducts(hub.db, integration.workspaceId, integration.id, keys)
  const now = hub.clock.now()
  const toFetch: string[] = []
  for (const key of keys) {
    const found = kept.get(key)
    if (found) products.set(key, found.product)
    const freshMs = found?.product.missing ? MISSING_FRESH_MS : FRESH_MS
    if (!found || now - Date.parse(found.fetchedAt) > freshMs) toFetch.push(key)
  }
  if (from === 'shop') await fetchProducts(work, toFetch)
}

/**
 * Asks the shop and keeps what it says.
 *
 * @param beforeKept gets the keys whose facts are new or changed; what it does is done again after a crash
 */
export async function fetchProducts(
  work: Work,
  keys: readonly string[],
  beforeKept?: (changed: string[]) => Promise<void>,
): Promise<void> {
  const { hub, integration } = work
  const { workspaceId, id } = integration
  for (let n = 0; n < keys.length; n += AT_ONCE) {
    const part = keys.slice(n, n + AT_ONCE)
    for (const key of part) work.askedFor.add(key)
    try {
      const answer = await work.connector.getProducts(part)
      work.counts.requests += answer.requests
      remember(work, answer.products)
      if (beforeKept) await beforeKept(await changedProducts(hub.db, workspaceId, id, answer.products))
      await saveProducts(hub.db, workspaceId, id, answer.products, hub.clock.now())
    } catch (thrown) {
      const error = asHubError(thrown)
      if (!ONLY_PRODUCTS.includes(error.code)) throw error
      hub.log.info({ integrationId: id, code: error.code }, 'products could not be read; orders come in without them')
      return
    }
  }
}

/** Newer facts for the rest of this claim. */
export function remember(work: Work, products: readonly Product[]): void {
  for (const product of products) {
    work.products.set(
      productKey({ productRemoteId: product.remoteId, variantRemoteId: product.variantRemoteId })!,
      product,
    )
  }
}
