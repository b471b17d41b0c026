/** Orders come in from a shop on loopback over real HTTP: what is in the shop is in the hub, whatever happens on the way. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { getOverview } from '../../src/database/integrations.ts'
import { getOrder, getRaw } from '../../src/database/order-detail.ts'
import { listOrders } from '../../src/database/order-list.ts'
import { remapOrders } from '../../src/sync/remap.ts'
import { hint } from '../../src/sync/webhooks.ts'
import { wooOfTest, type WooOfTest } from '../support/woo-hub.ts'

interface Mirrored {
  remote_id: string
  status_raw: string
  gone: string | null
}

let woo: WooOfTest
beforeAll(async () => {
  woo = await wooOfTest({ seed: 230 })
  await woo.work()
}, 120_000)
afterAll(() => woo.close())

const mirrored = async (): Promise<Map<string, Mirrored>> => {
  const { rows } = await woo.hub.db.query<Mirrored>(
    `SELECT remote_id, status_raw, gone FROM orders WHERE integration_id = $1 ORDER BY placed_at, id`,
    [woo.integrationId],
  )
  return new Map(rows.map((row) => [row.remote_id, row]))
}
const minutes = async (count: number) => {
  await woo.hub.clock.advance(count * 60_000)
  await woo.work()
}
const place = () => woo.shop.placeOrder({ line_items: [{ product_id: 10, quantity: 3 }] })
const lane = async () =>
  (await getOverview(woo.hub.db, woo.workspaceId, woo.integrationId, woo.hub.clock.now()))!.lanes.find(
    (one) => one.lane === 'import',
  )!

describe('a shop on loopback', () => {
  test('is in the hub after the first import, order by order, with its own text kept', async () => {
    const orders = await mirrored()

    expect(orders.size).toBe(230)
    const { orders: newest } = await listOrders(woo.hub.db, woo.workspaceId, {}, { limit: 1 })
    const raw = JSON.parse((await getRaw(woo.hub.db, woo.workspaceId, newest[0]!.id))!.text) as {
      id: number
      number: string
    }
    expect(raw.number).toBe(newest[0]!.number)
    expect(String(raw.id)).toBe(newest[0]!.remoteId)
  })

  test('is asked little while nothing happens there', async () => {
    await minutes(6)
    await minutes(6)
    const before = woo.proxy.requests.length

    await minutes(5)

    const paths = woo.proxy.requests.slice(before).map((request) => request.path)
    expect(paths.filter((path) => path.includes('/orders') && !path.includes('trash'))).toHaveLength(1)
  })

  test('shows a new order, an edit, a refund, and a trashed order at the next polls', async () => {
    const fresh = place()
    const refunded = place()
    const trashed = place()
    await minutes(6)
    woo.shop.editOrder(fresh.id, { status: 'on-hold' })
    const [line] = woo.shop.order(refunded.id).line_items as { id: number }[]
    woo.shop.refund(refunded.id, { amount: '1.00', lines: [{ lineId: line!.id, quantity: 2 }] })
    woo.shop.trashOrder(trashed.id)

    await minutes(11)

    const orders = await mirrored()
    expect(orders.get(String(fresh.id))).toMatchObject({ status_raw: 'on-hold', gone: null })
    expect(orders.get(String(trashed.id))).toMatchObject({ gone: 'trashed' })
    const detail = await getOrder(woo.hub.db, woo.workspaceId, await woo.orderId(refunded.id))
    expect(detail!.lines[0]).toMatchObject({ quantity: '3', refunded: '2', toShip: 1 })
  })

  test('that puts an order in the trash shows it as trashed when a notice points at it, and back when it is restored', async () => {
    const { id } = place()
    await minutes(6)
    const hinted = async () => {
      await woo.hub.db.transaction((tx) =>
        hint(tx, woo.workspaceId, woo.integrationId, [String(id)], woo.hub.clock.now()),
      )
      await woo.hub.clock.advance(5_000)
      await woo.work()
      return (await mirrored()).get(String(id))!.gone
    }
    woo.shop.trashOrder(id)
    const trashed = await hinted()
    woo.shop.restoreOrder(id)

    expect([trashed, await hinted()]).toEqual(['trashed', null])
  })

  test('that edits 120 orders in one second loses none of the edits', async () => {
    const standing = [...(await mirrored()).values()].filter((order) => order.gone === null)
    const ids = standing.map((order) => Number(order.remote_id)).slice(0, 120)
    await woo.hub.clock.advance(1_000)
    woo.shop.bulkEdit(ids, { customer_note: 'en une seconde' })

    await minutes(6)

    const { rows } = await woo.hub.db.query<{ n: number }>(
      `SELECT count(*) AS n FROM orders WHERE integration_id = $1 AND details ->> 'note' = 'en une seconde'`,
      [woo.integrationId],
    )
    expect(rows[0]!.n).toBe(120)
  })

  test('that commits a change late is caught up with', async () => {
    const late = place()
    woo.shop.lateCommit({ id: late.id, patch: { customer_note: 'en retard' } }, 30_000)
    place()
    await minutes(1)

    await minutes(8)
    await minutes(8)

    const detail = await getOrder(woo.hub.db, woo.workspaceId, await woo.orderId(late.id))
    expect(detail!.note).toBe('en retard')
  })

  test('whose orders were deleted for good is mirrored after the night', async () => {
    const doomed = place()
    await minutes(6)
    woo.shop.deleteOrder(doomed.id)

    await minutes(26 * 60)

    const orders = await mirrored()
    expect(orders.get(String(doomed.id))).toMatchObject({ gone: 'deleted' })
    expect([...orders.values()].filter((order) => order.gone === 'deleted')).toHaveLength(1)
  })
})

describe('troubles on the way', () => {
  test.each([
    ['a connection that breaks', { kind: 'reset', when: 'before' }, 'shop-unreachable'],
    ['HTML where JSON is due', { kind: 'html' }, 'response-malformed'],
    ['an answer cut short', { kind: 'cut' }, 'response-malformed'],
    ['a busy shop', { kind: 'throttle', retryAfter: '2' }, 'shop-throttled'],
  ] as const)('%s is named, changes nothing, and is over with the next answer', async (_, fault, code) => {
    const order = place()
    const before = (await mirrored()).size
    woo.proxy.on(/orders/, fault, 99)
    await minutes(6)
    const during = { lane: await lane(), size: (await mirrored()).size }
    woo.proxy.clear()

    await minutes(15)

    expect(during.size).toBe(before)
    expect(during.lane.failures).toBeGreaterThan(0)
    expect(during.lane.because).toBe(code)
    expect((await mirrored()).has(String(order.id))).toBe(true)
    expect((await lane()).failures).toBe(0)
  })
})

describe('without the shop', () => {
  test('everything can be mapped again from what was kept', async () => {
    const before = await woo.hub.db.query(
      `SELECT remote_id, status, total_minor, left_to_ship, search FROM orders ORDER BY remote_id`,
    )
    await woo.hub.db.query(`UPDATE orders SET mapper_version = 0, search = '', left_to_ship = 0, status = 'unknown'`)
    const requests = woo.proxy.requests.length

    const mapped = await remapOrders(woo.hub, woo.workspaceId, woo.integrationId)

    expect(mapped).toBe(before.rowCount)
    expect(
      (
        await woo.hub.db.query(
          `SELECT remote_id, status, total_minor, left_to_ship, search FROM orders ORDER BY remote_id`,
        )
      ).rows,
    ).toEqual(before.rows)
    expect(woo.proxy.requests.length).toBe(requests)
  })
})
