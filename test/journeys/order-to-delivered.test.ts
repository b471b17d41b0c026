import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lanesOf } from '../../src/database/lanes.ts'
import { listShipments } from '../../src/database/shipments.ts'
import { getWriteback } from '../../src/database/writebacks.ts'
import { shipOrder } from '../../src/shipping/book-shipment.ts'
import { correctShipment } from '../../src/shipping/correct-shipment.ts'
import { applyTrackings } from '../../src/shipping/import-trackings.ts'
import { updateIntegration } from '../../src/sync/connections.ts'
import { voidShipment } from '../../src/shipping/void-shipment.ts'
import { shownDetails, shownNumbers, wooOfTest, type WooOfTest } from '../support/woo-hub.ts'

describe.each([
  ['ast', { plugins: { ast: true } }],
  ['fulfillments', { plugins: { fulfillments: true } }],
  ['plain', {}],
] as const)('from the order to the number in the shop, by %s', (mechanism, options) => {
  let woo: WooOfTest
  const numbers = (id: number) => shownNumbers(woo, mechanism, id)

  beforeAll(async () => {
    woo = await wooOfTest(options)
  })
  afterAll(() => woo.close())

  const placed = async () => {
    const { id } = woo.shop.placeOrder({ status: 'processing', line_items: [{ product_id: 10, quantity: 2 }] })
    await woo.sync()
    return { id, orderId: await woo.orderId(id) }
  }
  const ship = (orderId: string, tracking: string, lines?: { lineRemoteId: string; quantity: string }[]) =>
    shipOrder(woo.hub, woo.workspaceId, orderId, {
      carrierName: 'Colissimo',
      parcels: [{ tracking, url: `https://suivi.example/${tracking}` }],
      lines,
    })
  const stateOf = async (id: string) => (await getWriteback(woo.hub.db, woo.workspaceId, id))!

  test('an order is placed, shipped, and its number stands in the shop, read back', async () => {
    const { id, orderId } = await placed()

    const { writebackId } = await ship(orderId, '6A10001')
    await woo.work()

    expect(await stateOf(writebackId)).toMatchObject({ state: 'confirmed', attempts: 1 })
    expect(numbers(id)).toEqual(['6A10001'])
    expect(
      woo.shop.mails.filter((mail) => mail.orderId === id && mail.to === 'customer' && mail.why !== 'processing'),
    ).toEqual([])
    expect(woo.shop.order(id).status).toBe('processing')
  })

  test('two parts are two numbers; a correction and a void follow', async () => {
    const { id, orderId } = await placed()
    const [line] = (
      await woo.hub.db.query<{ line_remote_id: string }>('SELECT line_remote_id FROM order_lines WHERE order_id = $1', [
        orderId,
      ])
    ).rows
    const half = [{ lineRemoteId: line!.line_remote_id, quantity: '1' }]
    const first = await ship(orderId, 'A1', half)
    const second = await ship(orderId, 'B1', half)
    await woo.work()
    expect(numbers(id).sort()).toEqual(['A1', 'B1'])

    await correctShipment(woo.hub, woo.workspaceId, first.shipmentId, { parcels: [{ tracking: 'A2' }] })
    await woo.work()
    expect(numbers(id).sort()).toEqual(['A2', 'B1'])
    await voidShipment(woo.hub, woo.workspaceId, second.shipmentId)
    await woo.work()

    expect(numbers(id)).toEqual(['A2'])
    const shipments = await listShipments(woo.hub.db, woo.workspaceId, orderId)
    expect(shipments.flatMap((one) => one.writebacks.map((writeback) => writeback.state))).toEqual(
      Array(4).fill('confirmed'),
    )
  })

  test('another link or carrier of the same number stands in the shop too', async () => {
    const { id, orderId } = await placed()
    const { shipmentId } = await ship(orderId, 'SAME1')
    await woo.work()
    const url = 'https://suivi.example/corrige'

    const link = await correctShipment(woo.hub, woo.workspaceId, shipmentId, { parcels: [{ tracking: 'SAME1', url }] })
    await woo.work()
    const carrier = await correctShipment(woo.hub, woo.workspaceId, shipmentId, { carrierName: 'Coursier Vélo' })
    await woo.work()

    expect(await stateOf(link.writebackId!)).toMatchObject({ state: 'confirmed' })
    expect(await stateOf(carrier.writebackId!)).toMatchObject({ state: 'confirmed' })
    expect(numbers(id)).toEqual(['SAME1'])
    expect(shownDetails(woo, mechanism, id)).toEqual([['Coursier Vélo', url]])
  })

  test('a table of numbers goes the same way', async () => {
    const { id } = await placed()
    const number = String(woo.shop.order(id).number)

    const applied = await applyTrackings(
      woo.hub,
      woo.workspaceId,
      new TextEncoder().encode(`${number};Colissimo;CSV${id}`),
    )
    await woo.work()

    expect(applied.summary).toMatchObject({ shipped: 1 })
    expect(numbers(id)).toEqual([`CSV${id}`])
  })

  test('an order cancelled after shipping is not touched; the person is told why', async () => {
    const { id, orderId } = await placed()
    const { writebackId } = await ship(orderId, 'LATE1')
    woo.shop.setStatus(id, 'cancelled')

    await woo.work()

    expect(await stateOf(writebackId)).toMatchObject({ state: 'refused', because: 'order-cancelled' })
    expect(numbers(id)).toEqual([])
    expect(woo.shop.order(id).status).toBe('cancelled')
  })

  test('an order put in the trash after shipping stays there', async () => {
    const { id, orderId } = await placed()
    const { writebackId } = await ship(orderId, 'LATE2')
    woo.shop.trashOrder(id)

    await woo.work()

    expect(await stateOf(writebackId)).toMatchObject({ state: 'refused', because: 'order-trashed' })
    expect(woo.shop.order(id).status).toBe('trash')
  })
})

describe('who tells the customer', () => {
  test.each([
    ['completed', ['completed'], 'completed'],
    ['note', ['note'], 'processing'],
    ['nobody', [], 'processing'],
  ] as const)('%s: exactly one mail or none', async (tell, mails, status) => {
    const woo = await wooOfTest({ plugins: { ast: true }, tell })
    try {
      const { id } = woo.shop.placeOrder({ status: 'processing', line_items: [{ product_id: 10, quantity: 1 }] })
      await woo.sync()
      const before = woo.shop.mails.length

      await shipOrder(woo.hub, woo.workspaceId, await woo.orderId(id), {
        carrierName: 'Colissimo',
        parcels: [{ tracking: 'M1' }],
      })
      await woo.work()

      expect(woo.shop.mails.slice(before).map((mail) => mail.why)).toEqual(mails)
      expect(woo.shop.order(id).status).toBe(status)
    } finally {
      await woo.close()
    }
  })
})

describe('a key that may only read', () => {
  test('pauses the way back, keeps the number, and lets orders come in', async () => {
    const woo = await wooOfTest({ readOnly: true })
    try {
      const first = woo.shop.placeOrder({ status: 'processing', line_items: [{ product_id: 10, quantity: 1 }] })
      await woo.sync()
      const { writebackId } = await shipOrder(woo.hub, woo.workspaceId, await woo.orderId(first.id), {
        carrierName: 'Colissimo',
        parcels: [{ tracking: 'RO1' }],
      })
      for (let n = 0; n < 4; n++) {
        await woo.work()
        await woo.hub.clock.advance(3_600_000)
      }
      const second = woo.shop.placeOrder({ status: 'processing', line_items: [{ product_id: 10, quantity: 1 }] })
      await woo.sync()

      const lanes = await lanesOf(woo.hub.db, woo.workspaceId, woo.integrationId)
      expect(lanes.get('write-back')).toMatchObject({ state: 'paused', because: 'permission-missing' })
      expect(lanes.get('import')).toMatchObject({ state: 'connected' })
      expect(await woo.orderId(second.id)).toBeTruthy()
      expect(await getWriteback(woo.hub.db, woo.workspaceId, writebackId)).toMatchObject({
        state: 'planned',
        because: 'permission-missing',
      })
    } finally {
      await woo.close()
    }
  })

  test('replaced by one that may write, tells the shop at once what waited', async () => {
    const woo = await wooOfTest({ readOnly: true, plugins: { ast: true } })
    try {
      const { id } = woo.shop.placeOrder({ status: 'processing', line_items: [{ product_id: 10, quantity: 1 }] })
      await woo.sync()
      const { writebackId } = await shipOrder(woo.hub, woo.workspaceId, await woo.orderId(id), {
        carrierName: 'Colissimo',
        parcels: [{ tracking: 'RW1' }],
      })
      for (let n = 0; n < 4; n++) {
        await woo.hub.clock.advance(3_600_000)
        await woo.work()
      }
      const waiting = (await getWriteback(woo.hub.db, woo.workspaceId, writebackId))!
      const { key, secret } = woo.shop.keys[0]!

      await updateIntegration(woo.hub, woo.workspaceId, woo.integrationId, { login: { key, secret } })
      await woo.work()

      expect(waiting.state).toBe('planned')
      expect(Date.parse(waiting.nextAt!)).toBeGreaterThan(woo.hub.clock.now())
      expect(await getWriteback(woo.hub.db, woo.workspaceId, writebackId)).toMatchObject({ state: 'confirmed' })
      expect(shownNumbers(woo, 'ast', id)).toEqual(['RW1'])
    } finally {
      await woo.close()
    }
  })
})

describe('« Mettre à jour »', () => {
  test('also tells the shop what waits for its next try', async () => {
    const woo = await wooOfTest({ plugins: { ast: true } })
    try {
      const { id } = woo.shop.placeOrder({ status: 'processing', line_items: [{ product_id: 10, quantity: 1 }] })
      await woo.sync()
      const { writebackId } = await shipOrder(woo.hub, woo.workspaceId, await woo.orderId(id), {
        carrierName: 'Colissimo',
        parcels: [{ tracking: 'NOW1' }],
      })
      woo.proxy.on(() => true, { kind: 'reset', when: 'before' }, 1000)
      for (let n = 0; n < 5; n++) {
        await woo.work()
        await woo.hub.clock.advance(8 * 60_000)
      }
      await woo.work()
      woo.proxy.clear()
      const waiting = (await getWriteback(woo.hub.db, woo.workspaceId, writebackId))!

      await woo.sync()

      expect(waiting.state).toBe('planned')
      expect(Date.parse(waiting.nextAt!)).toBeGreaterThan(woo.hub.clock.now())
      expect(await getWriteback(woo.hub.db, woo.workspaceId, writebackId)).toMatchObject({ state: 'confirmed' })
    } finally {
      await woo.close()
    }
  })
})
