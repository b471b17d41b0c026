/** Memory of the hub without its database, while 100,000 orders come in: it must end where it was in the middle. */
import { readFileSync } from 'node:fs'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startHubProcess } from '../test/support/hub-process.ts'
import { importedSoFar } from '../test/support/import-under-fire.ts'
import type { Line } from './report.ts'
import { shopProcess } from './shop-process.ts'

const ORDERS = 100_000
const AIM_MB = 200
const LONGEST_MS = 6 * 60_000

export async function benchMemory(): Promise<Line[]> {
  const shop = await shopProcess(ORDERS)
  const folder = mkdtempSync(join(tmpdir(), 'passerelle-memory-'))
  const hub = await startHubProcess({
    dataDir: join(folder, 'data'),
    env: { ALLOWED_PRIVATE_ORIGINS: new URL(shop.url).origin },
  })
  const seen: { orders: number; mb: number }[] = []
  try {
    await hub.call('POST', '/api/v1/integrations', {
      platform: 'woocommerce',
      url: shop.url,
      login: { key: shop.key, secret: shop.secret },
      since: 'all',
    })
    const began = performance.now()
    for (let orders = 0; orders < ORDERS && performance.now() - began < LONGEST_MS;) {
      await new Promise((resolve) => setTimeout(resolve, 1000))
      orders = await importedSoFar(hub)
      seen.push({ orders, mb: residentMb(hub.pid) })
    }
    if (seen.at(-1)!.orders < ORDERS) throw new Error(`only ${seen.at(-1)!.orders} of ${ORDERS} orders came in`)
  } finally {
    await hub.stop()
    await shop.stop()
    rmSync(folder, { recursive: true, force: true })
  }
  const half = seen.filter(({ orders }) => orders <= ORDERS / 2).map(({ mb }) => mb)
  const rest = seen.filter(({ orders }) => orders > ORDERS / 2).map(({ mb }) => mb)
  const end = rest.at(-1)!
  return [
    {
      what: 'memory of the hub after 100,000 orders',
      measured: `${end.toFixed(0)} MB`,
      beside: `largest in the first half ${Math.max(...half).toFixed(0)} MB, in the second ${Math.max(...rest).toFixed(0)} MB`,
      aim: `≤ ${AIM_MB} MB`,
      met: end <= AIM_MB,
    },
  ]
}

/** Proportional set size: what is shared with other processes counts by its share. */
function residentMb(pid: number): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  return Number(/^Pss:\s+(\d+) kB/m.exec(rollup)![1]) / 1024
}
