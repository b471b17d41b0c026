/** kill -9 of a hub and its embedded database at random points of an import. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { realClock } from '../../src/domain/clock.ts'
import { startFakeShop } from '../../src/platforms/woocommerce/fake-shop.ts'
import { databasesUnder, startHubProcess } from '../support/hub-process.ts'
import { importedOrders, killPoints, remoteIdsOf, sorted } from '../support/import-under-fire.ts'
import { watchShop } from '../support/overlaps.ts'
import { say, type Line } from './report.ts'

const PAGE_MS = 250

export async function soakKills({ points, orders }: { points: number; orders: number }): Promise<Line[]> {
  const shop = await startFakeShop({ clock: realClock, seed: orders })
  const slow = await watchShop(shop.url, PAGE_MS)
  const folder = mkdtempSync(join(tmpdir(), 'passerelle-soak-'))
  const start = () => startHubProcess({ dataDir: join(folder, 'data'), env: { ALLOWED_PRIVATE_ORIGINS: slow.url } })
  try {
    const began = performance.now()
    const { orphans, progress } = await killPoints(
      start,
      { url: slow.url, keys: shop.keys },
      { points, orders, folder, said: say },
    )
    const hub = await start()
    const seen = sorted((await importedOrders(hub)).map((order) => order.remoteId))
    await hub.stop()
    const wanted = remoteIdsOf(shop)
    const lost = wanted.filter((id) => !new Set(seen).has(id)).length
    const doubled = seen.length - new Set(seen).size
    const grew = progress.every((at, n) => at > (progress[n - 1] ?? 0) && at < orders)
    const left = databasesUnder(folder)
    return [
      {
        what: `kills inside the import of ${orders} orders`,
        found: `${progress.length}`,
        must: `${points}, each after fresh work`,
        ok: grew && progress.length === points,
      },
      { what: 'orders at the kills', found: `${progress[0]} … ${progress.at(-1)}`, must: `below ${orders}`, ok: grew },
      { what: 'orders lost', found: `${lost}`, must: '0', ok: lost === 0 },
      { what: 'orders doubled', found: `${doubled}`, must: '0', ok: doubled === 0 },
      { what: 'databases left behind by a kill', found: `${orphans.length}`, must: '0', ok: orphans.length === 0 },
      { what: 'databases left behind at the end', found: `${left.length}`, must: '0', ok: left.length === 0 },
      { what: 'took', found: `${Math.round((performance.now() - began) / 1000)} s`, must: '', ok: true },
    ]
  } finally {
    await slow.close()
    await shop.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
