import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fakeClock } from '../../../test/fakes/clock.ts'
import type { DemoShop } from './demo-shop.ts'
import { startDemoShop } from './demo-shop.ts'
import type { JsonObject } from './fake-shop-orders.ts'

let folder: string
let demo: DemoShop | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'demo-'))
})
afterEach(async () => {
  await demo?.close()
  demo = undefined
  rmSync(folder, { recursive: true })
})
const start = async (clock = fakeClock(), port?: number) => {
  demo = await startDemoShop({ clock, port, stateFile: join(folder, 'demo.json') })
  return demo
}
const orders = ({ shop }: DemoShop) => [...shop.state.orders.values()]

describe('the demo shop', () => {
  test('opens with forty orders of every kind a shipper meets', async () => {
    const { shop } = await start()
    const all = [...shop.state.orders.values()]
    expect(all).toHaveLength(40)
    expect(new Set(all.map((order) => order.status))).toEqual(
      new Set(['completed', 'processing', 'on-hold', 'cancelled']),
    )
    expect(new Set(all.map((order) => (order.body.shipping as JsonObject).country)).size).toBeGreaterThan(10)
    expect(all.some((order) => order.body.currency === 'JPY')).toBe(true)
    expect(all.some((order) => order.refunds.length > 0)).toBe(true)
    const products = [...shop.state.products.values()].map((product) => product.body)
    expect(products.filter((body) => (body.meta_data as JsonObject[]).length === 2).length).toBeGreaterThan(8)
  })

  test('every total is the sum of its lines, shipping and taxes', async () => {
    const opened = await start()
    for (const { id } of orders(opened)) {
      const order = opened.shop.order(id) as { total: string } & Record<string, { total: string; total_tax: string }[]>
      const rows = [...order.line_items!, ...order.shipping_lines!]
      expect(rows.reduce((sum, row) => sum + Number(row.total) + Number(row.total_tax), 0)).toBeCloseTo(
        Number(order.total),
        2,
      )
    }
  })

  test('takes a new order, or a payment, at least every fifteen seconds', async () => {
    const clock = fakeClock()
    const opened = await start(clock)
    const changes = () => opened.shop.state.orders.edition
    for (let minute = 0; minute < 4; minute++) {
      const before = changes()
      await clock.advance(15_001)
      expect(changes()).toBeGreaterThan(before)
    }
    expect(orders(opened).length).toBeGreaterThan(42)
  })

  test('is the same shop after a restart: address, key, orders, what was told to it', async () => {
    const clock = fakeClock()
    const first = await start(clock)
    const id = orders(first).find((order) => order.status === 'processing')!.id
    first.shop.setStatus(id, 'completed')
    const was = { url: first.url, login: first.login, orders: orders(first).length }
    await first.close()
    const again = await start(clock, Number(new URL(was.url).port))
    expect({ url: again.url, login: again.login, orders: orders(again).length }).toEqual(was)
    expect(again.shop.order(id)).toMatchObject({ status: 'completed' })
    expect(again.shop.placeOrder().id).toBe(Math.max(...orders(again).map((order) => order.id)))
  })

  test('a file that cannot be read is a new beginning', async () => {
    writeFileSync(join(folder, 'demo.json'), '{"version":1,"orders":[')
    expect(orders(await start())).toHaveLength(40)
  })
})
