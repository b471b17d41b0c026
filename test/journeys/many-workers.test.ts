/** Three workers on one database, killed at work again and again: the work is taken over, no shop is worked on twice at once. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { realClock } from '../../src/domain/clock.ts'
import { startFakeShop } from '../../src/platforms/woocommerce/fake-shop.ts'
import { testDatabase } from '../support/database.ts'
import {
  connect,
  importedOrders,
  importedSoFar,
  pause,
  remoteIdsOf,
  sorted,
  untilImported,
} from '../support/import-under-fire.ts'
import { overlapsOf, watchShop } from '../support/overlaps.ts'
import { startWorkers, type Held } from '../support/workers.ts'

const SHOPS = 3
const ORDERS = 1_000
const PAGE_MS = 150
const TAKEN_OVER_WITHIN_MS = 120_000

test('killed workers are replaced, and no integration is worked on twice at once', { timeout: 300_000 }, async () => {
  const db = await testDatabase()
  const folder = mkdtempSync(join(tmpdir(), 'passerelle-workers-'))
  const shops = await Promise.all(
    Array.from({ length: SHOPS }, (_, n) => startFakeShop({ clock: realClock, seed: ORDERS, title: `Boutique ${n}` })),
  )
  const watched = await Promise.all(shops.map((shop) => watchShop(shop.url, PAGE_MS)))
  const workers = await startWorkers({ db, url: db.url, folder, origins: watched.map(({ url }) => url), count: SHOPS })
  try {
    const ids: string[] = []
    for (const [n, shop] of shops.entries())
      ids.push(await connect(workers.web, { url: watched[n]!.url, keys: shop.keys }, n > 0))

    const held: Held[] = []
    const replaced: Promise<unknown>[] = []
    while (held.length < SHOPS) {
      await pause(100 + Math.random() * 400)
      if ((await importedSoFar(workers.web)) === 0) continue
      const killed = await workers.killOneAtWork()
      if (!killed) continue
      held.push(killed)
      replaced.push(workers.add())
    }
    const atLastKill = await importedSoFar(workers.web)
    await Promise.all(replaced)
    const takenOver = await Promise.all(held.map((one) => workers.takenOver(one, TAKEN_OVER_WITHIN_MS)))
    await untilImported(workers.web)

    expect(atLastKill).toBeGreaterThan(0)
    expect(atLastKill).toBeLessThan(SHOPS * ORDERS)
    expect(takenOver).not.toContain(undefined)
    const orders = await importedOrders(workers.web)
    for (const [n, shop] of shops.entries()) {
      const ofShop = orders.filter((order) => order.integrationId === ids[n])
      expect(sorted(ofShop.map((order) => order.remoteId))).toEqual(remoteIdsOf(shop))
      const { calls } = watched[n]!
      expect(new Set(calls.map((call) => call.by).filter((by) => workers.names.has(by))).size).toBeGreaterThan(1) // it was taken over
      expect(overlapsOf(calls, workers.names)).toEqual([])
    }
  } finally {
    await workers.stop()
    for (const closing of [...watched, ...shops]) await closing.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
