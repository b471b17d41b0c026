/** An order that somebody pointed at and that its shop cannot show: set aside with its reason, in nobody's way. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addHints } from '../../src/database/hints.ts'
import { listQuarantine } from '../../src/database/quarantine.ts'
import { wakeStream } from '../../src/database/streams.ts'
import { instant } from '../../src/domain/clock.ts'
import { wooOfTest, type WooOfTest } from '../support/woo-hub.ts'

let woo: WooOfTest
beforeAll(async () => {
  woo = await wooOfTest()
})
afterAll(() => woo.close())

const JSON_TYPE = { 'content-type': 'application/json; charset=UTF-8' }
const FATAL =
  '{"code":"internal_server_error","message":"<p>There has been a critical error</p>","data":{"status":500}}'
const place = () => woo.shop.placeOrder({ line_items: [{ product_id: 10, quantity: 1 }] }).id
const pointAt = async (...ids: number[]) => {
  const now = instant(woo.hub.clock.now())
  const { db } = woo.hub
  await addHints(db, woo.workspaceId, woo.integrationId, ids.map(String), now)
  await wakeStream(db, woo.workspaceId, woo.integrationId, 'orders', 'hinted', now)
}
const pointed = async () =>
  (await woo.hub.db.query(`SELECT remote_id FROM hints WHERE integration_id = $1`, [woo.integrationId])).rows
const noteOf = async (id: number) =>
  (
    await woo.hub.db.query<{ note: string }>(`SELECT details ->> 'note' AS note FROM orders WHERE remote_id = $1`, [
      String(id),
    ])
  ).rows[0]?.note
const isAsked = (id: number, path: string) =>
  new RegExp(`/orders/${id}\\b`).test(path) || new RegExp(`include=[^&]*\\b${id}\\b`).test(path)

test('an order that breaks the shop is quarantined, and the others pointed at come in', async () => {
  const [sick, healthy] = [place(), place()]
  await woo.sync()
  woo.shop.editOrder(sick, { customer_note: 'illisible' })
  woo.shop.editOrder(healthy, { customer_note: 'lisible' })
  woo.proxy.on(({ path }) => isAsked(sick, path), { kind: 'answer', status: 500, body: FATAL, headers: JSON_TYPE }, 99)

  await pointAt(sick, healthy)
  await woo.work()

  expect(await listQuarantine(woo.hub.db, woo.workspaceId)).toMatchObject([
    { remoteId: String(sick), reason: 'row-breaks-shop' },
  ])
  expect(await noteOf(healthy)).toBe('lisible')
  expect(await pointed()).toEqual([])

  woo.proxy.clear()
  await pointAt(sick)
  await woo.work()

  expect(await noteOf(sick)).toBe('illisible')
  expect(await listQuarantine(woo.hub.db, woo.workspaceId)).toEqual([])
})

test('while the whole shop fails nothing is quarantined and nothing forgotten', async () => {
  const healthy = place()
  await woo.sync()
  woo.shop.editOrder(healthy, { customer_note: 'plus tard' })
  woo.proxy.on(/orders/, { kind: 'answer', status: 500, body: FATAL, headers: JSON_TYPE }, 999)

  await pointAt(healthy)
  await woo.work()
  const meanwhile = { quarantine: await listQuarantine(woo.hub.db, woo.workspaceId), pointed: await pointed() }
  woo.proxy.clear()
  await woo.hub.clock.advance(30 * 60_000)
  await woo.work()

  expect(meanwhile).toEqual({ quarantine: [], pointed: [{ remote_id: String(healthy) }] })
  expect(await noteOf(healthy)).toBe('plus tard')
})

test('an order pointed at whose date is gone is quarantined for that', async () => {
  const odd = place()
  await woo.sync()
  const bare = { id: odd, status: 'processing' }
  woo.proxy.on(({ path }) => isAsked(odd, path) && path.includes('include'), {
    kind: 'answer',
    status: 200,
    body: '[]',
    headers: { ...JSON_TYPE, 'x-wp-total': '0', 'x-wp-totalpages': '0' },
  })
  woo.proxy.on(({ path }) => isAsked(odd, path), {
    kind: 'answer',
    status: 200,
    body: JSON.stringify(bare),
    headers: JSON_TYPE,
  })

  await pointAt(odd)
  await woo.work()

  expect(await listQuarantine(woo.hub.db, woo.workspaceId)).toMatchObject([
    { remoteId: String(odd), reason: 'row-without-date' },
  ])
  expect(await pointed()).toEqual([])
})

test('an order whose time of change is null comes in with an issue, and the next change is not missed', async () => {
  const undated = place()
  woo.shop.editOrder(undated, { customer_note: 'sans date' })
  const body = JSON.stringify({ ...woo.shop.order(undated), date_modified_gmt: null })
  woo.proxy.on(({ path }) => isAsked(undated, path), { kind: 'answer', status: 200, body, headers: JSON_TYPE })

  await pointAt(undated)
  await woo.work()

  const { rows } = await woo.hub.db.query(
    `SELECT details ->> 'note' AS note, modified_raw, issue_count > 0 AS told FROM orders WHERE remote_id = $1`,
    [String(undated)],
  )
  expect(rows).toEqual([{ note: 'sans date', modified_raw: '', told: true }])
  const later = place()
  await woo.sync()
  const known = await woo.hub.db.query(`SELECT 1 FROM orders WHERE remote_id = $1`, [String(later)])
  expect(known.rows).toHaveLength(1)
})

test('an order pointed at is taken as it is now, also when the shop dates it back', async () => {
  const moved = place()
  await woo.sync()
  woo.shop.editOrder(moved, { customer_note: 'sauvegarde remise', date_modified_gmt: '2026-01-05T00:00:00' })

  await pointAt(moved)
  await woo.work()

  expect(await noteOf(moved)).toBe('sauvegarde remise')
})
