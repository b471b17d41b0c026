/** Three workers on one database, one of them killed again and again: the work is taken over, nothing is done twice at once. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { realClock } from '../../src/domain/clock.ts'
import { startFakeShop } from '../../src/platforms/woocommerce/fake-shop.ts'
import { testDatabase } from '../support/database.ts'
import { startHubProcess } from '../support/hub-process.ts'
import { connect, importedRemoteIds, pause, untilImported } from '../support/import-under-fire.ts'
import { overlapsOf } from '../support/overlaps.ts'

const SHOPS = 3
const ORDERS = 1_500
const KILLS = 3

test('killed workers are replaced, and no integration is worked on twice at once', { timeout: 300_000 }, async () => {
  const db = await testDatabase()
  const folder = mkdtempSync(join(tmpdir(), 'passerelle-workers-'))
  const shops = await Promise.all(Array.from({ length: SHOPS }, (_, n) => startFakeShop({ clock: realClock, seed: ORDERS, title: `Boutique ${n}` })))
  const env = {
    DATABASE_URL: db.url,
    PASSERELLE_SECRET: 'a secret of this test that is long enough for anybody',
    ALLOWED_PRIVATE_ORIGINS: shops.map((shop) => shop.url).join(','),
  }
  const worker = (name: string) => startHubProcess({ dataDir: join(folder, name), role: 'worker', env })
  const web = await startHubProcess({ dataDir: join(folder, 'web'), role: 'web', env })
  const workers = await Promise.all(['one', 'two', 'three'].map(worker))
  try {
    for (const shop of shops) await connect(web, shop)

    for (let kill = 0; kill < KILLS; kill++) {
      await pause(700)
      await workers[kill % workers.length]!.kill()
      workers[kill % workers.length] = await worker(`again-${kill}`)
    }
    await untilImported(web)

    const { seen, total } = await importedRemoteIds(web)
    expect(total).toBe(SHOPS * ORDERS)
    // The shops' ids are alike: each must be there once per shop.
    const times = new Map<string, number>()
    for (const remoteId of seen) times.set(remoteId, (times.get(remoteId) ?? 0) + 1)
    expect(new Set(times.values())).toEqual(new Set([SHOPS]))
    expect(await overlapsOf(db)).toEqual([])
  } finally {
    for (const hub of [...workers, web]) await hub.stop()
    for (const shop of shops) await shop.close()
    rmSync(folder, { recursive: true, force: true })
  }
})
