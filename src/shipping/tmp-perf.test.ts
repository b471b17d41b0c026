import { expect, test } from 'vitest'
import { freshShop, makeOrder, testHub } from '../../test/support/shipping.ts'
import { savePage } from '../sync/save-page.ts'
import { openWork } from '../sync/work.ts'
import { applyTrackings, previewTrackings } from './import-trackings.ts'
test('perf', async () => {
  const hub = await testHub()
  const of = await freshShop(hub)
  const work = (await openWork(hub, of))!
  const N = 4000
  for (let n = 0; n < N; n += 100) {
    const rows = Array.from({ length: 100 }, (_, i) => {
      const order = makeOrder(String(n + i))
      of.shop.orders.set(order.remoteId, order)
      return { remoteId: order.remoteId, modifiedRaw: order.modifiedRaw!, text: JSON.stringify(order), value: order }
    })
    await savePage(work, { rows, unreadable: [] })
  }
  const text = Array.from({ length: 20000 }, (_, i) => `${i};DPD;T${i}`).join('\n')
  const bytes = new TextEncoder().encode(text)
  let t = performance.now()
  const p = await previewTrackings(hub, of.workspaceId, bytes)
  console.log('preview', p.summary, Math.round(performance.now() - t), 'ms')
  const some = new TextEncoder().encode(text.split('\n').slice(0, 1000).join('\n'))
  const q = hub.db.query.bind(hub.db)
  let r = performance.now()
  for (let i = 0; i < 200; i++) await q('select 1')
  console.log('roundtrip', (performance.now() - r) / 200)
  t = performance.now()
  const a = await applyTrackings(hub, of.workspaceId, some)
  console.log('apply', a.summary, Math.round(performance.now() - t), 'ms')
  expect(a.summary.shipped).toBe(1000)
  await hub.db.drop()
}, 300_000)
