/** Binds WooCommerce to one integration: its settings → a Connector. Made per run; holds nothing but what it was given. */
import type { Connector, ConnectorContext, Platform } from '../../domain/platform.ts'
import { admit } from './admit.ts'
import { shopApi } from './api.ts'
import { authorise } from './authorise.ts'
import { cleanLogin } from './login.ts'
import { manifest } from './manifest.ts'
import { dict } from './odd-values.ts'
import { fetchRows } from './fetch-rows.ts'
import { pullOlder } from './pull-older.ts'
import { listOf, pullChanges, reparse } from './pull-orders.ts'
import { getProducts, pullProducts } from './pull-products.ts'
import { pushTracking } from './push-tracking.ts'
import { recognise } from './recognise.ts'
import { complete, refundsIn } from './refunds.ts'
import { readShop, signingOf } from './shop.ts'
import { MAPPER_VERSION, toOrder } from './to-order.ts'
import { sweepOrders } from './sweep.ts'
import { readDelivery, webhooks } from './webhooks.ts'

export function connect({ http, clock, url, login, shop: saved }: ConnectorContext): Connector {
  const shop = readShop(saved, url)
  const newApi = () =>
    shopApi({
      http,
      clock,
      url: url.replace(/\/+$/, ''),
      restPath: shop.restPath,
      login: cleanLogin(login),
      signing: signingOf(shop),
    })
  let asked = 0
  // Caches in front of a shop answer an hour-old list to a question they have seen: no question is put twice.
  const nonce = () => `${clock.now().toString(36)}${(asked++).toString(36)}`
  const orders = () => {
    const api = newApi()
    return { api, list: listOf(api, '/wc/v3/orders', 'orders', nonce) }
  }

  return {
    pullChanged: (cursor, options) => {
      const { api, list } = orders()
      return pullChanges(api, list, cursor, { ...options, zone: shop.zone, status: 'any', nowMs: clock.now() })
    },
    pullRemoved: (cursor, options) => {
      const { api, list } = orders()
      return pullChanges(api, list, cursor, { ...options, zone: shop.zone, status: 'trash', nowMs: clock.now() })
    },
    pullBackfill: (cursor, options) => {
      const { api, list } = orders()
      return pullOlder(api, list, cursor, { ...options, zone: shop.zone })
    },
    sweep: (cursor, options) => {
      const { api, list } = orders()
      return sweepOrders(api, list, cursor, options)
    },
    getRows: (remoteIds) => fetchRows(newApi(), remoteIds, nonce),
    complete: (rows) => complete(newApi(), shop, rows),
    getProducts: async (keys) => {
      const api = newApi()
      const products = await getProducts(api, shop, keys)
      return { products, requests: api.requests }
    },
    pullProducts: (cursor, options) => pullProducts(newApi(), shop, cursor, options, nonce),
    writeBack: (notice, journal) => pushTracking(newApi(), shop, notice, journal),
    webhooks: webhooks(newApi),
  }
}

export const woocommerce: Platform = {
  manifest,
  recognise,
  tryLogin: admit,
  connect,
  remap: ({ text, extra }) => toOrder(dict(reparse(text)), refundsIn(extra)),
  mapperVersion: MAPPER_VERSION,
  authorise,
  readDelivery,
}
