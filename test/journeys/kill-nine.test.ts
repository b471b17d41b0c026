/** kill -9 of a hub with its embedded database, in the middle of an import: nothing lost, nothing doubled, nothing left behind. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { realClock } from '../../src/domain/clock.ts'
import { startFakeShop } from '../../src/platforms/woocommerce/fake-shop.ts'
import { startFaultProxy } from '../fakes/fault-proxy.ts'
import { databasesUnder, startHubProcess } from '../support/hub-process.ts'
import { importedOrders, killPoints, remoteIdsOf, sorted } from '../support/import-under-fire.ts'

const POINTS = 10
const ORDERS = 5_000
/** What a real shop needs for a page; without it the import could be over before the last kill. */
const PAGE_MS = 100

const folders: string[] = []
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })))

test('an import of 5,000 orders survives ten kills of the hub', { timeout: 240_000 }, async () => {
  const shop = await startFakeShop({ clock: realClock, seed: ORDERS })
  const slow = await startFaultProxy(shop.url)
  slow.on(/orders\?/, { kind: 'latency', ms: PAGE_MS }, Infinity)
  const folder = mkdtempSync(join(tmpdir(), 'passerelle-kill-'))
  folders.push(folder)
  const start = () => startHubProcess({ dataDir: join(folder, 'data'), env: { ALLOWED_PRIVATE_ORIGINS: slow.url } })

  const { orphans, progress } = await killPoints(
    start,
    { url: slow.url, keys: shop.keys },
    { points: POINTS, orders: ORDERS, folder },
  )

  // Each kill fell into fresh work: more was there than at the kill before, and never all.
  expect(progress).toEqual([...new Set(progress)].sort((a, b) => a - b))
  expect(progress).toHaveLength(POINTS)
  expect(progress[0]).toBeGreaterThan(0)
  expect(progress.at(-1)).toBeLessThan(ORDERS)
  expect(orphans).toEqual([])
  const hub = await start()
  try {
    expect(sorted((await importedOrders(hub)).map((order) => order.remoteId))).toEqual(remoteIdsOf(shop))
  } finally {
    await hub.stop()
    await slow.close()
    await shop.close()
  }
  expect(databasesUnder(folder)).toEqual([])
})
