/** kill -9 of a hub with its embedded database, in the middle of an import: nothing lost, nothing doubled, nothing left behind. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { realClock } from '../../src/domain/clock.ts'
import { startFakeShop } from '../../src/platforms/woocommerce/fake-shop.ts'
import { databasesUnder, startHubProcess } from '../support/hub-process.ts'
import { importedRemoteIds, killPoints } from '../support/import-under-fire.ts'

const POINTS = 10
const ORDERS = 5_000

const folders: string[] = []
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })))

test('an import of 5,000 orders survives ten kills of the hub', { timeout: 240_000 }, async () => {
  const shop = await startFakeShop({ clock: realClock, seed: ORDERS })
  const folder = mkdtempSync(join(tmpdir(), 'passerelle-kill-'))
  folders.push(folder)
  const start = () => startHubProcess({ dataDir: join(folder, 'data'), env: { ALLOWED_PRIVATE_ORIGINS: shop.url } })

  const survived = await killPoints(start, shop, { points: POINTS, folder })

  expect(survived.orphans).toEqual([])
  const hub = await start()
  try {
    const { seen, total } = await importedRemoteIds(hub)
    expect(total).toBe(ORDERS)
    expect(new Set(seen)).toEqual(new Set([...shop.state.orders.values()].map((order) => String(order.id))))
  } finally {
    await hub.stop()
    await shop.close()
  }
  expect(databasesUnder(folder)).toEqual([])
})
