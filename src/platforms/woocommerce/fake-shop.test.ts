/** What the fake shop does beyond the recorded exchanges: what people do in it, and its oddities under walks of our own. */
import { afterEach, describe, expect, test } from 'vitest'
import { fakeClock } from '../../../test/fakes/clock.ts'
import type { FakeShop, FakeShopOptions } from './fake-shop.ts'
import { startFakeShop } from './fake-shop.ts'
import type { JsonObject } from './fake-shop-orders.ts'

const clock = fakeClock('2026-11-24T09:00:00.000Z')
const open: FakeShop[] = []
const shopWith = async (options: Partial<FakeShopOptions> = {}): Promise<FakeShop> => {
  const shop = await startFakeShop({ clock, ...options })
  open.push(shop)
  return shop
}
afterEach(async () => {
  for (const shop of open.splice(0)) await shop.close()
})

const KEY = `Basic ${Buffer.from(`ck_${'1'.repeat(40)}:cs_${'1'.repeat(40)}`).toString('base64')}`

async function ask(
  shop: FakeShop,
  path: string,
  init: RequestInit = {},
): Promise<{ status: number; total: number; rows: JsonObject[] }> {
  const headers = {
    authorization: KEY,
    'content-type': 'application/json',
    ...(init.headers as Record<string, string>),
  }
  const answer = await fetch(`${shop.url}/wp-json/wc/v3/${path}`, { ...init, headers })
  const json = (await answer.json()) as JsonObject | JsonObject[]
  return {
    status: answer.status,
    total: Number(answer.headers.get('x-wp-total')),
    rows: Array.isArray(json) ? json : [json],
  }
}

const ids = ({ rows }: { rows: JsonObject[] }): number[] => rows.map((row) => Number(row.id))
const WALK = 'orders?status=any&orderby=modified&order=asc&dates_are_gmt=true'

/** Reads a second page by page; what came more than once counts once. */
async function pagesOf(shop: FakeShop, perPage: number): Promise<{ rows: number; different: number }> {
  const seen: number[] = []
  for (let page = 1; ; page++) {
    const part = ids(await ask(shop, `${WALK}&per_page=${perPage}&page=${page}&_fields=id`))
    if (part.length === 0) return { rows: seen.length, different: new Set(seen).size }
    seen.push(...part)
  }
}

/** The walk that is complete everywhere: leave out what was seen. */
async function byExclusion(shop: FakeShop, perPage: number): Promise<number> {
  const seen: number[] = []
  for (;;) {
    const part = ids(await ask(shop, `${WALK}&per_page=${perPage}&exclude=${seen.join(',') || 0}&_fields=id`))
    if (part.length === 0) return seen.length
    seen.push(...part)
  }
}

describe('orders of one second', () => {
  const place = (shop: FakeShop, count: number) => {
    for (let n = 0; n < count; n++) shop.placeOrder()
  }

  test.each(['hpos', 'posts'] as const)('on 10.9.1 (%s) pages are complete', async (storage) => {
    const shop = await shopWith({ storage })
    place(shop, 23)
    expect(await pagesOf(shop, 5)).toEqual({ rows: 23, different: 23 })
  })

  test.each(['hpos', 'posts'] as const)(
    'on 9.3.2 (%s) pages repeat some and lose others, exclude= does not',
    async (storage) => {
      const shop = await shopWith({ storage, version: '9.3.2' })
      place(shop, 23)
      const pages = await pagesOf(shop, 5)
      expect(pages.rows).toBe(23)
      expect(pages.different).toBeLessThan(23)
      expect(await byExclusion(shop, 5)).toBe(23)
    },
  )
})

describe('the bounds of a date filter', () => {
  test.each(['hpos', 'posts'] as const)('are exclusive, to the second (%s)', async (storage) => {
    const shop = await shopWith({ storage })
    shop.placeOrder({ date_modified_gmt: '2026-11-23T10:00:00' })
    const total = async (query: string) => (await ask(shop, `${WALK}&${query}`)).total
    expect(await total('modified_after=2026-11-23T10:00:00')).toBe(0)
    expect(await total('modified_after=2026-11-23T09:59:59')).toBe(1)
    expect(await total('modified_before=2026-11-23T10:00:00')).toBe(0)
    expect(await total('modified_before=2026-11-23T10:00:01')).toBe(1)
  })
})

describe('what moves date_modified', () => {
  const modified = async (shop: FakeShop, id: number) =>
    (await ask(shop, `orders/${id}?_fields=date_modified_gmt`)).rows[0]!.date_modified_gmt

  test.each([
    ['hpos', '{}', true],
    ['hpos', '{"meta_data":[{"key":"_x","value":"1"}]}', true],
    ['posts', '{}', false],
    ['posts', '{"meta_data":[{"key":"_x","value":"1"}]}', false],
    ['posts', '{"status":"processing"}', false],
    ['posts', '{"status":"completed"}', true],
    ['posts', '{"customer_note":"x"}', true],
  ] as const)('%s: POST %s moves it: %s', async (storage, body, moves) => {
    const shop = await shopWith({ storage })
    const { id } = shop.placeOrder()
    const before = await modified(shop, id)
    await clock.advance(5000)
    await ask(shop, `orders/${id}`, { method: 'POST', body })
    expect((await modified(shop, id)) !== before).toBe(moves)
  })

  test('a note does not', async () => {
    const shop = await shopWith()
    const { id } = shop.placeOrder()
    const before = await modified(shop, id)
    await clock.advance(5000)
    await ask(shop, `orders/${id}/notes`, { method: 'POST', body: '{"note":"x","customer_note":true}' })
    expect(await modified(shop, id)).toBe(before)
    expect(shop.mails).toMatchObject([{ to: 'customer', why: 'note', text: 'x' }])
  })
})

describe('changes other people make', () => {
  test('a late commit shows up with its old stamp', async () => {
    const shop = await shopWith()
    const stamped = new Date(clock.now()).toISOString().slice(0, 19)
    shop.lateCommit({ order: { number: 'L-1' } }, 3000)
    await clock.advance(2000)
    expect((await ask(shop, 'orders')).rows).toEqual([])
    await clock.advance(2000)
    expect((await ask(shop, 'orders')).rows).toMatchObject([{ number: 'L-1', date_modified_gmt: stamped }])
  })

  test('a bulk edit gives all orders one second', async () => {
    const shop = await shopWith()
    const placed = [shop.placeOrder(), shop.placeOrder(), shop.placeOrder()].map((order) => order.id)
    await clock.advance(60_000)
    shop.bulkEdit(placed, { status: 'completed' })
    const { rows } = await ask(shop, `${WALK}&_fields=id,status,date_modified_gmt`)
    expect(new Set(rows.map((row) => row.date_modified_gmt)).size).toBe(1)
    expect(rows.map((row) => row.status)).toEqual(['completed', 'completed', 'completed'])
  })

  test('an order in the trash leaves the lists, comes back, and is gone when deleted', async () => {
    const shop = await shopWith()
    const { id } = shop.placeOrder({ status: 'on-hold' })
    shop.trashOrder(id)
    expect(ids(await ask(shop, 'orders?status=any'))).toEqual([])
    expect(ids(await ask(shop, 'orders?status=trash'))).toEqual([id])
    shop.restoreOrder(id)
    expect((await ask(shop, 'orders')).rows).toMatchObject([{ id, status: 'on-hold' }])
    shop.deleteOrder(id)
    expect((await ask(shop, `orders/${id}`)).status).toBe(404)
  })

  test('a refund by lines names the order line and takes its pieces', async () => {
    const shop = await shopWith()
    const order = shop.placeOrder({ line_items: [{ product_id: 11, quantity: 3 }] })
    const lineId = Number((order.body.line_items as JsonObject[])[0]!.id)
    shop.refund(order.id, { amount: '12.50', lines: [{ lineId, quantity: 1 }] })
    const [refund] = (await ask(shop, `orders/${order.id}/refunds`)).rows
    expect(refund).toMatchObject({
      amount: '12.50',
      line_items: [{ quantity: -1, meta_data: [{ key: '_refunded_item_id', value: String(lineId) }] }],
    })
  })

  test('amounts add up: lines, shipping, fees and taxes are the total', async () => {
    const shop = await shopWith()
    const { id } = shop.placeOrder({
      line_items: [
        { product_id: 11, quantity: 2 },
        { product_id: 17, quantity: 1, total: '22.75', total_tax: '1.25' },
      ],
      shipping_lines: [{ method_id: 'flat_rate', method_title: 'Colissimo', total: '4.90', total_tax: '0.98' }],
    })
    const order = shop.order(id) as { total: string } & Record<
      'line_items' | 'shipping_lines',
      { total: string; total_tax: string }[]
    >
    const sum = [...order.line_items, ...order.shipping_lines].reduce(
      (all, row) => all + Number(row.total) + Number(row.total_tax),
      0,
    )
    expect(sum).toBeCloseTo(Number(order.total), 2)
  })
})

describe('many made-up orders', () => {
  test('are read in pages, swept by id, and hold what a change made of them', async () => {
    const shop = await shopWith({ seed: 1500 })
    const first = await ask(shop, `${WALK}&per_page=100`)
    expect(first).toMatchObject({ status: 200, total: 1500 })
    expect(new Set(ids(first)).size).toBe(100)
    const [order] = first.rows as [JsonObject]
    expect(await ask(shop, `orders/${String(order.id)}`)).toMatchObject({ rows: [order] })
    await ask(shop, `orders/${String(order.id)}`, { method: 'POST', body: '{"status":"shipped"}' })
    shop.addCustomStatus('shipped', 'Expédiée')
    await ask(shop, `orders/${String(order.id)}`, { method: 'POST', body: '{"status":"shipped"}' })
    expect((await ask(shop, 'orders?orderby=modified&per_page=1')).rows).toMatchObject([
      { id: order.id, status: 'shipped', line_items: order.line_items },
    ])
    expect(await ask(shop, 'orders?orderby=id&order=asc&page=15&per_page=100&_fields=id')).toMatchObject({
      total: 1500,
      rows: { length: 100 },
    })
  })

  test('answers no Basic when the shop takes the call for http', async () => {
    const shop = await shopWith({ scheme: 'http' })
    expect(await ask(shop, 'orders')).toMatchObject({ status: 401, rows: [{ code: 'woocommerce_rest_cannot_view' }] })
  })

  test('below 5.8 modified_after is ignored without a word', async () => {
    const shop = await shopWith({ version: '5.6.0' })
    shop.placeOrder()
    expect((await ask(shop, 'orders?modified_after=2030-01-01T00:00:00')).rows).toHaveLength(1)
    const { rows } = await ask(shop, '?_fields=routes')
    const args = JSON.stringify((rows[0] as { routes: JsonObject }).routes['/wc/v3/orders'])
    expect(args).toContain('"after"')
    expect(args).not.toContain('modified_after')
  })
})
