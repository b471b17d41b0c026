/**
 * A WooCommerce shop on loopback, faithful to the recorded ones: the tests' shop and the demo's.
 *
 * Nothing here is made to please our own connector: where the real shop is odd (seconds only, one text for many causes,
 * doubles, mails nobody asked for), so is this one. Driving it (`placeOrder`, `editOrder`, …) is what people and
 * plugins do in a real shop.
 */
import { once } from 'node:events'
import type { Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ApiKey } from './fake-shop-auth.ts'
import { Authentication, fixtureKeys } from './fake-shop-auth.ts'
import { catalogRoutes, newCatalogRoutes } from './fake-shop-catalog.ts'
import type { ShopDriver } from './fake-shop-driver.ts'
import { driver } from './fake-shop-driver.ts'
import { fulfillmentRoutes } from './fake-shop-fulfillments.ts'
import type { SeenRequest, ShopServer } from './fake-shop-http.ts'
import { answerRequest } from './fake-shop-http.ts'
import { seedMade } from './fake-shop-made.ts'
import { orderPartRoutes } from './fake-shop-order-parts.ts'
import { orderRoutes } from './fake-shop-order-routes.ts'
import type { Route } from './fake-shop-rest.ts'
import { seedProducts, seedRecorded } from './fake-shop-seed.ts'
import { newSiteRoutes, siteRoutes, v4Routes } from './fake-shop-site.ts'
import { ShopState } from './fake-shop-state.ts'
import { gmt } from './fake-shop-time.ts'
import { astRoutes } from './fake-shop-tracking.ts'
import { webhookRoutes } from './fake-shop-webhooks.ts'

export type { OrderDraft } from './fake-shop-driver.ts'

export interface FakeShopOptions {
  /** The shop's clock, milliseconds since 1970. It sees whole seconds. */
  clock: { now(): number }
  /** 0 or absent: any free port. */
  port?: number
  zone?: string
  /** `10.9.1` (default), `9.3.2`; below 5.8 the shop ignores `modified_after`. */
  version?: string
  storage?: 'hpos' | 'posts'
  plugins?: { ast?: boolean; fulfillments?: boolean }
  /** `empty` (default; products are there), `recorded`, or so many made-up orders. */
  seed?: 'empty' | 'recorded' | number
  keys?: ApiKey[]
  /** `/boutique`: WordPress lives under it, the root of the host knows nothing. */
  subdirectory?: string
  /** The address the shop believes to be its own; default: the one it was called by. */
  homeUrl?: string
  /** What `is_ssl()` says. `https` (default): Basic and keys in the query count. `http`: only OAuth 1.0a. */
  scheme?: 'http' | 'https'
  permalinks?: 'pretty' | 'plain'
  title?: string
  weightUnit?: string
  dimensionUnit?: string
  /** gzip and br as the caller accepts them. Default true. */
  compress?: boolean
  /** wc-auth refuses a callback by http; true lets it through for a hub on loopback. */
  allowHttpCallbacks?: boolean
  /** Where mails of the shop to the outside go (webhooks, keys): for tests that name other addresses. */
  reach?: (url: string) => string
}

/** A running fake shop: driven by `ShopDriver`, asked over HTTP. */
export interface FakeShop extends ShopDriver {
  /** Without trailing slash, sub-directory included. */
  url: string
  port: number
  /** Every request the shop saw, in order. */
  requests: SeenRequest[]
  setPlugins(plugins: { ast?: boolean; fulfillments?: boolean; v4?: boolean }): void
  setScheme(scheme: 'http' | 'https'): void
  /** WordPress moves into a sub-directory, or back to the root (`''`). */
  setSubdirectory(path: string): void
  close(): Promise<void>
}

export async function startFakeShop(options: FakeShopOptions): Promise<FakeShop> {
  const state = new ShopState(
    {
      version: options.version ?? '10.9.1',
      storage: options.storage ?? 'hpos',
      zone: options.zone ?? 'Europe/Paris',
      plugins: { ast: options.plugins?.ast ?? false, fulfillments: options.plugins?.fulfillments ?? false },
      title: options.title ?? "Boutique d'essai",
      weightUnit: options.weightUnit ?? 'kg',
      dimensionUnit: options.dimensionUnit ?? 'cm',
      reach: options.reach ?? ((url) => url),
      clock: options.clock,
    },
    new Authentication(options.keys ?? fixtureKeys()),
  )
  state.permalinks = options.permalinks ?? 'pretty'
  seed(state, options.seed ?? 'empty')
  const shop: ShopServer = {
    state,
    routes: () => routesOf(state, v4),
    requests: [],
    scheme: options.scheme ?? 'https',
    subdirectory: options.subdirectory ?? '',
    homeUrl: options.homeUrl,
    compress: options.compress ?? true,
    allowHttpCallbacks: options.allowHttpCallbacks ?? false,
  }
  let v4 = false
  const server = createServer((req, res) => {
    answerRequest(shop, req, res).catch((error: unknown) => {
      // a fault of the fake, not of the shop it plays: loud, so that no test takes it for behaviour
      res.writeHead(599, 'Fake shop failed', { 'Content-Type': 'text/plain' })
      res.end(error instanceof Error ? error.stack : String(error))
    })
  })
  server.keepAliveTimeout = 65_000
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const port = (server.address() as AddressInfo).port
  const url = options.homeUrl ?? `http://127.0.0.1:${port}${shop.subdirectory}`
  return {
    ...driver(state, url),
    url: `http://127.0.0.1:${port}${shop.subdirectory}`,
    port,
    requests: shop.requests,
    setPlugins: ({ v4: on, ...plugins }) => {
      Object.assign(state.settings.plugins, plugins)
      v4 = on ?? v4
    },
    setScheme: (scheme) => {
      shop.scheme = scheme
    },
    setSubdirectory: (path) => {
      shop.subdirectory = path
    },
    close: () => stop(server),
  }
}

function seed(state: ShopState, what: NonNullable<FakeShopOptions['seed']>): void {
  seedProducts(state)
  if (what === 'recorded') seedRecorded(state)
  else if (typeof what === 'number') seedMade(state, what)
  else state.reserve('post', 1000)
}

function routesOf(state: ShopState, v4: boolean): Route[] {
  const { ast, fulfillments } = state.settings.plugins
  const fresh = state.old ? [] : [...newSiteRoutes, ...newCatalogRoutes]
  return [
    ...orderRoutes,
    ...orderPartRoutes,
    ...catalogRoutes,
    ...fresh,
    ...webhookRoutes,
    ...siteRoutes,
    ...(ast ? astRoutes : []),
    ...(fulfillments && !state.old ? fulfillmentRoutes : []),
    ...(v4 ? v4Routes : []),
  ]
}

async function stop(server: Server): Promise<void> {
  server.close()
  server.closeAllConnections()
  await once(server, 'close')
}

/** The shop's own way to write a moment. */
export const shopTime = (ms: number): string => gmt(Math.floor(ms / 1000))
