/** An import that is killed again and again, at points that chance chooses. Used by the test (10 points) and the soak (30). */
import type { FakeShop } from '../../src/platforms/woocommerce/fake-shop.ts'
import { databasesUnder, type HubProcess } from './hub-process.ts'

export interface Fired {
  /** Processes of a database found alive after a kill; must stay empty. */
  orphans: { point: number; pids: number[] }[]
  /** Orders in the hub just before each kill: it must have grown since the last one, and not be at its end. */
  progress: number[]
}

/** What is asked to connect a shop: the shop itself, or a layer in front of it. */
export type Door = Pick<FakeShop, 'keys'> & { url: string }

const GONE_WITHIN_MS = 10_000
const GROWS_WITHIN_MS = 90_000
/** Longest wait between the moment a point is reached and the kill. */
const LONGEST_MS = 250
/** Of all orders: the last kill still falls into the import. */
const LAST_POINT = 0.8

/** Kills `points` times at random moments of an import, each in the middle of fresh work, then lets it end. */
export async function killPoints(
  start: () => Promise<HubProcess>,
  shop: Door,
  options: { points: number; orders: number; folder: string; random?: () => number; said?: (line: string) => void },
): Promise<Fired> {
  const random = options.random ?? Math.random
  const fired: Fired = { orphans: [], progress: [] }
  const points = Array.from({ length: options.points }, () => random() * options.orders * LAST_POINT).sort(
    (a, b) => a - b,
  )
  let hub = await start()
  await connect(hub, shop)
  for (const [point, from] of points.entries()) {
    await untilMoreThan(hub, Math.max(from, fired.progress.at(-1) ?? 0))
    await pause(random() * LONGEST_MS)
    fired.progress.push(await importedSoFar(hub))
    await hub.kill()
    options.said?.(`killed at ${fired.progress.at(-1)} orders`)
    const left = await stillAlive(options.folder)
    if (left.length > 0) fired.orphans.push({ point, pids: left })
    hub = await start()
  }
  await untilImported(hub)
  await hub.stop()
  return fired
}

/** @param copy fake shops are alike: the second one is taken for a copy of the first until one says so */
export async function connect(hub: HubProcess, shop: Door, copy = false): Promise<string> {
  const added = await hub.call('POST', '/api/v1/integrations', {
    platform: 'woocommerce',
    url: shop.url,
    login: { key: shop.keys[0]!.key, secret: shop.keys[0]!.secret },
    since: 'all',
    ...(copy && { copy }),
  })
  if (added.status !== 201) throw new Error(`could not connect: ${JSON.stringify(added.body)}`)
  return added.body.id
}

/** Orders of all shops. */
export async function importedSoFar(hub: Pick<HubProcess, 'call'>): Promise<number> {
  const { body } = await hub.call('GET', '/api/v1/integrations')
  return body.items.reduce((sum: number, item: { ordersTotal?: number }) => sum + (item.ordersTotal ?? 0), 0)
}

async function untilMoreThan(hub: HubProcess, before: number): Promise<void> {
  const until = performance.now() + GROWS_WITHIN_MS
  while ((await importedSoFar(hub)) <= before) {
    if (performance.now() > until)
      throw new Error(`no new order in ${GROWS_WITHIN_MS} ms after ${before}:\n${hub.output()}`)
    await pause(10)
  }
}

/** Resolves when the backfill has ended and a live pass after it found nothing more. */
export async function untilImported(hub: HubProcess): Promise<void> {
  const { body } = await hub.call('GET', '/api/v1/integrations')
  for (const { id } of body.items) await untilSynced(hub, id)
}

export async function untilSynced(hub: HubProcess, id: string): Promise<void> {
  const { body: asked } = await hub.call('POST', `/api/v1/integrations/${id}/sync`)
  for (let turn = 0; turn < 20; turn++) {
    const query = new URLSearchParams({ askedAt: asked.askedAt, wait: '1', until: 'everything' })
    const { body: result } = await hub.call('GET', `/api/v1/integrations/${id}/sync?${query}`)
    if (result.failing) throw new Error(`sync failed: ${JSON.stringify(result)}\n${hub.output()}`)
    if (!result.running) return
  }
  throw new Error(`the sync of ${id} did not end:\n${hub.output()}`)
}

/** Every order the hub lists, page by page; a doubled order would be listed twice. */
export async function importedOrders(
  hub: Pick<HubProcess, 'call'>,
): Promise<{ id: string; remoteId: string; integrationId: string }[]> {
  const seen: { id: string; remoteId: string; integrationId: string }[] = []
  let cursor: string | undefined
  do {
    const query = new URLSearchParams({ limit: '200', ...(cursor && { cursor }) })
    const { body } = await hub.call('GET', `/api/v1/orders?${query}`)
    seen.push(...body.items)
    cursor = body.next
  } while (cursor)
  return seen
}

/** Every order of the shop, smallest id first, as the hub names it. */
export const remoteIdsOf = (shop: Pick<FakeShop, 'state'>): string[] =>
  sorted([...shop.state.orders.values()].map((order) => String(order.id)))
export const sorted = (ids: readonly string[]): string[] => [...ids].sort((a, b) => Number(a) - Number(b))

async function stillAlive(folder: string): Promise<number[]> {
  const until = performance.now() + GONE_WITHIN_MS
  for (;;) {
    const left = databasesUnder(folder)
    if (left.length === 0 || performance.now() > until) return left
    await pause(50)
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
