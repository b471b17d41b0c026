import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  freshShop,
  makeLine,
  newWorkspace,
  type ShopOfTest,
  testHub,
  type TestHub,
} from '../../test/support/shipping.ts'
import { listShipments } from '../database/shipments.ts'
import { getWriteback, listWritebacks } from '../database/writebacks.ts'
import { HubError } from '../domain/errors.ts'
import { newId } from '../domain/id.ts'
import type { ShipmentInput } from '../domain/shipment.ts'
import { shipOrder } from './book-shipment.ts'

let hub: TestHub
let shop: ShopOfTest
let ws: string
let n = 5000

beforeAll(async () => {
  hub = await testHub()
  shop = await freshShop(hub)
  ws = shop.workspaceId
})
afterAll(() => hub.db.drop())

const input = (more: Partial<ShipmentInput> = {}): ShipmentInput => ({
  carrierName: 'Colissimo',
  parcels: [{ tracking: `6A${++n}`, url: `https://suivi.example/${n}` }],
  ...more,
})
const newOrder = (patch: Parameters<ShopOfTest['order']>[1] = {}) => shop.order(String(++n), patch)
const orderRow = async (id: string) =>
  (
    await hub.db.query<{ left_to_ship: string; to_ship: boolean; version: number; status: string }>(
      'SELECT left_to_ship::float8::text AS left_to_ship, to_ship, version, status FROM orders WHERE id = $1',
      [id],
    )
  ).rows[0]!

const refusalOf = async (
  act: Promise<unknown>,
): Promise<{ code: string; field?: string; params: Record<string, unknown> }> => {
  const thrown = await act.then(
    () => new Error('nothing was refused'),
    (error: unknown) => error,
  )
  if (thrown instanceof HubError) return { code: thrown.code, field: thrown.field, params: thrown.params }
  throw thrown
}

describe('shipping an order', () => {
  test('saves the shipment, what is left, the timeline and the notice to the shop in one go', async () => {
    const orderId = await newOrder()
    const typed = input()

    const shipped = await shipOrder(hub, ws, orderId, typed, { actor: 'Lise' })

    const [shipment] = await listShipments(hub.db, ws, orderId)
    expect(shipment).toMatchObject({
      id: shipped.shipmentId,
      state: 'booked',
      carrier: 'manual',
      carrierName: 'Colissimo',
      createdBy: 'Lise',
      ownReference: expect.stringMatching(/^PSR-[0-9A-Z]{16}$/),
      parcels: typed.parcels,
      writebacks: [{ id: shipped.writebackId, kind: 'shipped', state: 'planned' }],
    })
    expect(shipment!.lines.map((line) => line.quantity).sort()).toEqual(['1', '2'])
    expect(await orderRow(orderId)).toMatchObject({ left_to_ship: '0', to_ship: false })
    const timeline = await hub.db.query('SELECT kind, actor FROM order_timeline WHERE order_id = $1', [orderId])
    expect(timeline.rows).toEqual([{ kind: 'shipped', actor: 'Lise' }])
    const events = await hub.db.query(`SELECT kind FROM events WHERE subject = $1`, [orderId])
    expect(events.rows).toEqual([{ kind: 'shipment.booked' }])
  })

  test('the notice says what the shop must know, and its stream is due now', async () => {
    const orderId = await newOrder()
    const typed = input()

    const { writebackId } = await shipOrder(hub, ws, orderId, typed)

    const writeback = await getWriteback(hub.db, ws, writebackId)
    expect(writeback!.notice).toMatchObject({
      kind: 'shipped',
      carrierName: 'Colissimo',
      parcels: typed.parcels,
      withdrawn: [],
      completes: true,
      tell: 'nobody',
      language: 'fr',
    })
    const stream = await hub.db.query<{ next_run_at: string }>(
      `SELECT next_run_at FROM streams WHERE integration_id = $1 AND kind = 'tracking'`,
      [shop.integrationId],
    )
    expect(stream.rows[0]!.next_run_at).toBe(new Date(hub.clock.now()).toISOString())
  })

  test('workers hear of it when it is saved', async () => {
    const orderId = await newOrder()
    const heard: (string | undefined)[] = []
    let tellHeard = () => {}
    const first = new Promise<void>((resolve) => (tellHeard = resolve))
    const listening = await hub.db.listen('passerelle_work', (payload) => {
      heard.push(payload)
      tellHeard()
    })

    await shipOrder(hub, ws, orderId, input())
    await first
    await listening.close()

    expect(heard).toContain(shop.integrationId)
  })

  test('part by part, each with its own number, until nothing is left', async () => {
    const orderId = await newOrder({ lines: [makeLine('1', '2.5'), makeLine('2', '1')] })

    const first = await shipOrder(hub, ws, orderId, input({ lines: [{ lineRemoteId: '1', quantity: '1,5' }] }))
    expect(await orderRow(orderId)).toMatchObject({ left_to_ship: '2', to_ship: true })
    const second = await shipOrder(hub, ws, orderId, input())

    expect(await orderRow(orderId)).toMatchObject({ left_to_ship: '0', to_ship: false })
    const notices = await Promise.all([first, second].map((one) => getWriteback(hub.db, ws, one.writebackId)))
    expect(notices.map((one) => one!.notice.completes)).toEqual([false, true])
    expect(notices[1]!.notice.lines).toEqual([
      { lineRemoteId: '1', quantity: '1' },
      { lineRemoteId: '2', quantity: '1' },
    ])
  })

  test('several parcels are one shipment', async () => {
    const orderId = await newOrder()

    await shipOrder(hub, ws, orderId, input({ parcels: [{ tracking: 'P1' }, { tracking: 'P2' }] }))

    const shipments = await listShipments(hub.db, ws, orderId)
    expect(shipments.map((one) => one.parcels.map((parcel) => parcel.tracking))).toEqual([['P1', 'P2']])
  })

  test('a double click ships once, both get the same shipment', async () => {
    const orderId = await newOrder()
    const typed = input()

    const both = await Promise.all([1, 2, 3, 4].map(() => shipOrder(hub, ws, orderId, typed)))

    expect(new Set(both.map((one) => one.shipmentId)).size).toBe(1)
    expect(both.filter((one) => one.already)).toHaveLength(3)
    expect((await listWritebacks(hub.db, ws, { orderId })).items).toHaveLength(1)
  })

  test('two people with two numbers at once: one ships, the other is told nothing is left', async () => {
    const orderId = await newOrder()

    const results = await Promise.allSettled([
      shipOrder(hub, ws, orderId, input()),
      shipOrder(hub, ws, orderId, input()),
    ])

    expect(results.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected'])
    const refused = results.find((one) => one.status === 'rejected') as PromiseRejectedResult
    expect(refused.reason).toMatchObject({ code: 'order-not-shippable', params: { reason: 'nothing-left' } })
  })

  test('a number that stands on the order for other lines is refused', async () => {
    const orderId = await newOrder({ lines: [makeLine('1', '2'), makeLine('2', '1')] })
    const typed = input({ lines: [{ lineRemoteId: '1', quantity: '1' }] })
    await shipOrder(hub, ws, orderId, typed)

    const refusal = await refusalOf(
      shipOrder(hub, ws, orderId, { ...typed, lines: [{ lineRemoteId: '2', quantity: '1' }] }),
    )

    expect(refusal).toMatchObject({
      code: 'tracking-invalid',
      field: 'tracking',
      params: { reason: 'already-on-order' },
    })
  })

  test('an order of another workspace does not exist', async () => {
    const orderId = await newOrder()
    const stranger = await newWorkspace(hub, 'stranger')

    expect(await refusalOf(shipOrder(hub, stranger, orderId, input()))).toMatchObject({
      code: 'not-found',
      field: 'order',
    })
    expect(await refusalOf(shipOrder(hub, ws, newId(0), input()))).toMatchObject({ code: 'not-found' })
  })
})

describe('the order is read again just before', () => {
  test('one that was cancelled in the shop meanwhile is refused, and the hub knows it from then on', async () => {
    const orderId = await newOrder()
    shop.shop.edit(String(n), { status: 'cancelled', statusRaw: 'cancelled', modifiedAt: '2026-11-24T08:30:00.000Z' })

    const refusal = await refusalOf(shipOrder(hub, ws, orderId, input()))

    expect(refusal).toMatchObject({ code: 'order-not-shippable', params: { reason: 'cancelled' } })
    expect(await orderRow(orderId)).toMatchObject({ status: 'cancelled' })
    expect(await listShipments(hub.db, ws, orderId)).toEqual([])
  })

  test('one that is gone from the shop is refused', async () => {
    const orderId = await newOrder()
    shop.shop.orders.delete(String(n))

    expect(await refusalOf(shipOrder(hub, ws, orderId, input()))).toMatchObject({ params: { reason: 'deleted' } })
  })

  test('a new address stops a person who saw the old one; a note of the shop does not', async () => {
    const orderId = await newOrder()
    const { version } = await orderRow(orderId)
    shop.shop.edit(String(n), { note: 'paid', modifiedAt: '2026-11-24T08:30:00.000Z' })
    const calm = await newOrder()
    shop.shop.edit(String(n), { shipTo: { city: 'Nantes' }, modifiedAt: '2026-11-24T08:30:00.000Z' })

    const shipped = await shipOrder(hub, ws, orderId, input(), { seenVersion: version })
    const refusal = await refusalOf(shipOrder(hub, ws, calm, input(), { seenVersion: version }))

    expect(shipped.shipmentId).toBeTruthy()
    expect(refusal).toMatchObject({ code: 'order-changed', field: 'order', params: { version: 2 } })
    const again = await shipOrder(hub, ws, calm, input(), { seenVersion: 2 })
    expect(again.shipmentId).toBeTruthy()
  })

  test('a shop that does not answer keeps nobody from shipping, and it is said', async () => {
    const orderId = await newOrder()
    shop.shop.down = new HubError('shop-unreachable', 'refused')

    const shipped = await shipOrder(hub, ws, orderId, input())
    shop.shop.down = undefined

    expect(shipped).toMatchObject({ shopUnread: true, because: 'shop-unreachable' })
    expect(await listShipments(hub.db, ws, orderId)).toHaveLength(1)
  })

  test('a mistyped number is refused before the shop is asked anything', async () => {
    const orderId = await newOrder()
    const { reads } = shop.shop

    await refusalOf(shipOrder(hub, ws, orderId, input({ parcels: [{ tracking: ' ' }] })))

    expect(shop.shop.reads).toBe(reads)
  })

  test('an order on hold is sent when a person insists', async () => {
    const orderId = await newOrder({ status: 'on-hold', statusRaw: 'on-hold' })

    expect(await refusalOf(shipOrder(hub, ws, orderId, input()))).toMatchObject({ params: { reason: 'on-hold' } })
    expect((await shipOrder(hub, ws, orderId, input(), { force: true })).shipmentId).toBeTruthy()
  })
})
