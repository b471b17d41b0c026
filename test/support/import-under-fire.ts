/** An import that is killed again and again, at points that chance chooses. Used by the test (10 points) and the soak (30). */
import { callSocket, databasesUnder, type HubProcess } from './hub-process.ts'
import type { FakeShop } from '../../src/platforms/woocommerce/fake-shop.ts'

export interface Fired {
  /** Processes of a database found alive after a kill; must stay empty. */
  orphans: { point: number; pids: number[] }[]
  /** Orders in the hub at each kill, to see that the kills fell into the import. */
  progress: number[]
}

const GONE_WITHIN_MS = 10_000

/** Kills `points` times at random moments of an import, then lets it end. */
export async function killPoints(
  start: () => Promise<HubProcess>,
  shop: FakeShop,
  options: { points: number; folder: string; random?: () => number },
): Promise<Fired> {
  const random = options.random ?? Math.random
  const fired: Fired = { orphans: [], progress: [] }
  let hub = await start()
  await connect(hub, shop)
  for (let point = 0; point < options.points; point++) {
    await pause(40 + random() * 400)
    fired.progress.push(await importedSoFar(hub).catch(() => -1))
    await hub.kill()
    const left = await stillAlive(options.folder)
    if (left.length > 0) fired.orphans.push({ point, pids: left })
    hub = await start()
  }
  await untilImported(hub)
  await hub.stop()
  return fired
}

export async function connect(hub: HubProcess, shop: FakeShop): Promise<string> {
  const added = await hub.call('POST', '/api/v1/integrations', {
    platform: 'woocommerce',
    url: shop.url,
    login: { key: shop.keys[0]!.key, secret: shop.keys[0]!.secret },
    since: 'all',
  })
  if (added.status !== 201) throw new Error(`could not connect: ${JSON.stringify(added.body)}`)
  return added.body.id
}

export async function importedSoFar(hub: Pick<HubProcess, 'call'>): Promise<number> {
  const { body } = await hub.call('GET', '/api/v1/integrations')
  return body.items[0]?.ordersTotal ?? 0
}

/** Resolves when the backfill has ended and a live pass after it found nothing more. */
export async function untilImported(hub: HubProcess): Promise<void> {
  const { body } = await hub.call('GET', '/api/v1/integrations')
  for (const { id } of body.items) {
    const { body: asked } = await hub.call('POST', `/api/v1/integrations/${id}/sync`)
    for (let turn = 0; turn < 20; turn++) {
      const query = new URLSearchParams({ askedAt: asked.askedAt, wait: '1', until: 'everything' })
      const { body: result } = await hub.call('GET', `/api/v1/integrations/${id}/sync?${query}`)
      if (result.failing) throw new Error(`sync failed: ${JSON.stringify(result)}\n${hub.output()}`)
      if (!result.running) break
    }
  }
}

/** Every remote id the hub lists, page by page; a doubled order would be listed twice. */
export async function importedRemoteIds(hub: Pick<HubProcess, 'call'>): Promise<{ seen: string[]; total: number }> {
  const seen: string[] = []
  let cursor: string | undefined
  do {
    const query = new URLSearchParams({ limit: '200', ...(cursor && { cursor }) })
    const { body } = await hub.call('GET', `/api/v1/orders?${query}`)
    seen.push(...body.items.map((order: { remoteId: string }) => order.remoteId))
    cursor = body.next
  } while (cursor)
  return { seen, total: seen.length }
}

async function stillAlive(folder: string): Promise<number[]> {
  const until = performance.now() + GONE_WITHIN_MS
  for (;;) {
    const left = databasesUnder(folder)
    if (left.length === 0 || performance.now() > until) return left
    await pause(50)
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
export { callSocket }
