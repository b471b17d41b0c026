/** Orders whose change time cannot be true, in a shop on loopback: they come in, may be corrected, and hide no other. */
import { afterEach, describe, expect, test } from 'vitest'
import { getOrder } from '../../src/database/order-detail.ts'
import { wooOfTest, type WooOfTest } from '../support/woo-hub.ts'

let woo: WooOfTest
afterEach(() => woo.close())

const minutes = async (count: number) => {
  await woo.hub.clock.advance(count * 60_000)
  await woo.work()
}
const place = () => woo.shop.placeOrder({ line_items: [{ product_id: 10, quantity: 1 }] })
const known = async (): Promise<string[]> => {
  const { rows } = await woo.hub.db.query<{ remote_id: string }>(
    `SELECT remote_id FROM orders WHERE integration_id = $1 ORDER BY remote_id::int`,
    [woo.integrationId],
  )
  return rows.map((row) => row.remote_id)
}
const detail = async (id: number) => (await getOrder(woo.hub.db, woo.workspaceId, await woo.orderId(id)))!

/** Hours from now as the shop writes a moment. */
const hoursAhead = (hours: number) => new Date(woo.hub.clock.now() + hours * 3_600_000).toISOString().slice(0, 19)

describe.each([
  ['in the year 9999', () => '9999-06-01T00:00:00'],
  ['in the year 2150', () => '2150-06-01T00:00:00'],
  ['in the year 0000', () => '0000-01-01T00:00:00'],
  ['ten hours ahead', () => hoursAhead(10)],
  ['three days ahead', () => hoursAhead(72)],
])('an order changed %s', (_, date) => {
  test('hides no other order, comes in, and its correction does too', async () => {
    woo = await wooOfTest({ seed: 3 })
    const odd = place()
    await minutes(6)
    woo.shop.editOrder(odd.id, { customer_note: 'date impossible', date_modified_gmt: date() })
    await minutes(6)
    const first = place()
    await minutes(11)
    const duringTheDay = await known()
    await minutes(26 * 60)
    const atNight = await detail(odd.id)

    woo.shop.editOrder(odd.id, { customer_note: 'date corrigée' })
    const second = place()
    await minutes(11)
    await minutes(11)

    expect(duringTheDay).toContain(String(first.id))
    expect(atNight.note).toBe('date impossible')
    expect((await detail(odd.id)).note).toBe('date corrigée')
    expect(await known()).toContain(String(second.id))
  })
})

test('an order dated ahead can be corrected before that time has come', async () => {
  woo = await wooOfTest({ seed: 3 })
  const odd = place()
  await minutes(6)
  woo.shop.editOrder(odd.id, { customer_note: 'date impossible', date_modified_gmt: hoursAhead(10) })
  await minutes(6)
  const wrong = (await detail(odd.id)).note
  woo.shop.editOrder(odd.id, { customer_note: 'date corrigée' })
  await minutes(11)

  expect(wrong).toBe('date impossible')
  expect((await detail(odd.id)).note).toBe('date corrigée')
})

test('a change time that no calendar of ours holds is named beside the order', async () => {
  woo = await wooOfTest()
  const odd = place()
  woo.shop.editOrder(odd.id, { date_modified_gmt: '9999-06-01T00:00:00' })
  await woo.sync()
  await minutes(26 * 60)

  expect((await detail(odd.id)).issues).toContainEqual(expect.objectContaining({ field: 'modifiedAt' }))
})
