import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { freshShop, makeLine, type ShopOfTest, testHub, type TestHub } from '../../test/support/shipping.ts'
import { getShipment, listShipments } from '../database/shipments.ts'
import { listWritebacks } from '../database/writebacks.ts'
import { HubError } from '../domain/errors.ts'
import { writeBackDue } from '../sync/write-back.ts'
import { shipOrder } from './book-shipment.ts'
import { correctShipment } from './correct-shipment.ts'
import { voidShipment } from './void-shipment.ts'

let hub: TestHub
let shop: ShopOfTest
let ws: string
let n = 7000

beforeAll(async () => {
  hub = await testHub()
  shop = await freshShop(hub)
  ws = shop.workspaceId
})
afterAll(() => hub.db.drop())
beforeEach(() => tellShop()) // nothing of the test before is still on its way

const ship = async (
  tracking: string,
  more: { lines?: { lineRemoteId: string; quantity: string }[]; orderId?: string } = {},
) => {
  const orderId = more.orderId ?? (await shop.order(String(++n), { lines: [makeLine('1', '2')] }))
  const shipped = await shipOrder(hub, ws, orderId, {
    carrierName: 'Colissimo',
    parcels: [{ tracking }],
    lines: more.lines,
  })
  return { ...shipped, orderId, remoteId: String(n) }
}
const tellShop = async () => {
  const turn = await writeBackDue(hub, await shop.claim())
  expect(turn.failed).toBeUndefined()
}
const numbers = (remoteId: string) => shop.shop.numbers.get(remoteId) ?? []
const writebacksOf = async (orderId: string) =>
  (await listWritebacks(hub.db, ws, { orderId })).items
    .map(({ kind, revision, state, because, notice }) => ({
      kind,
      revision,
      state,
      because,
      parcels: notice.parcels.map((parcel) => parcel.tracking),
      withdrawn: notice.withdrawn.map((parcel) => parcel.tracking),
    }))
    .sort((a, b) => a.revision - b.revision)
const left = async (orderId: string) =>
  (
    await hub.db.query<{ left: number; to_ship: boolean }>(
      'SELECT left_to_ship::float8 AS left, to_ship FROM orders WHERE id = $1',
      [orderId],
    )
  ).rows[0]!

const codeOf = async (act: Promise<unknown>) => {
  const thrown = await act.then(
    () => undefined,
    (error: unknown) => error,
  )
  return thrown instanceof HubError ? { code: thrown.code, ...thrown.params } : thrown
}

describe('correcting a shipment', () => {
  test('before the shop heard of it, the wrong number never gets there', async () => {
    const { shipmentId, orderId, remoteId } = await ship('WRONG1')

    const corrected = await correctShipment(hub, ws, shipmentId, { parcels: [{ tracking: 'RIGHT1' }] })
    expect(await writebacksOf(orderId)).toEqual([
      { kind: 'shipped', revision: 2, state: 'planned', because: undefined, parcels: ['RIGHT1'], withdrawn: [] },
    ])
    await tellShop()

    expect(corrected).toMatchObject({ changed: true, revision: 2 })
    expect(shop.shop.told.filter((notice) => notice.orderRemoteId === remoteId)).toHaveLength(1)
    expect(numbers(remoteId)).toEqual(['RIGHT1'])
  })

  test('after the shop heard of it, the new number goes there and the old one away', async () => {
    const { shipmentId, orderId, remoteId } = await ship('WRONG2')
    await tellShop()

    await correctShipment(hub, ws, shipmentId, { parcels: [{ tracking: 'RIGHT2', url: 'https://suivi.example/2' }] })
    await tellShop()

    expect(await writebacksOf(orderId)).toMatchObject([
      { kind: 'shipped', revision: 1, state: 'confirmed' },
      { kind: 'corrected', revision: 2, state: 'confirmed', parcels: ['RIGHT2'], withdrawn: ['WRONG2'] },
    ])
    expect(numbers(remoteId)).toEqual(['RIGHT2'])
    const shipment = await getShipment(hub.db, ws, shipmentId)
    expect(shipment!.parcels.map((parcel) => [parcel.tracking, parcel.withdrawnAt !== undefined])).toEqual([
      ['WRONG2', true],
      ['RIGHT2', false],
    ])
  })

  test('two corrections before the shop is told are one notice that takes back what was told', async () => {
    const { shipmentId, orderId, remoteId } = await ship('WRONG3')
    await tellShop()

    await correctShipment(hub, ws, shipmentId, { parcels: [{ tracking: 'WRONG3B' }] })
    await correctShipment(hub, ws, shipmentId, { parcels: [{ tracking: 'RIGHT3' }] })
    expect(await writebacksOf(orderId)).toMatchObject([
      { revision: 1 },
      { kind: 'corrected', revision: 3, parcels: ['RIGHT3'], withdrawn: ['WRONG3'] },
    ])
    await tellShop()

    expect(numbers(remoteId)).toEqual(['RIGHT3'])
  })

  test('back to a number that was told before takes nothing of it back', async () => {
    const { shipmentId, remoteId } = await ship('A4')
    await tellShop()
    await correctShipment(hub, ws, shipmentId, { parcels: [{ tracking: 'B4' }] })
    await tellShop()

    await correctShipment(hub, ws, shipmentId, { parcels: [{ tracking: 'A4' }] })
    await tellShop()

    expect(numbers(remoteId)).toEqual(['A4'])
  })

  test('a parcel can be added and a carrier renamed; its code goes with the name', async () => {
    const { shipmentId, remoteId } = await ship('A5')
    await correctShipment(hub, ws, shipmentId, { carrierCode: 'colissimo' })
    await tellShop()

    await correctShipment(hub, ws, shipmentId, {
      carrierName: 'DPD',
      parcels: [{ tracking: 'A5' }, { tracking: 'B5' }],
    })
    await tellShop()

    expect(shop.shop.told.at(-1)).toMatchObject({ kind: 'corrected', carrierName: 'DPD', withdrawn: [] })
    expect(shop.shop.told.at(-1)!.carrierCode).toBeUndefined()
    expect(numbers(remoteId)).toEqual(['A5', 'B5'])
  })

  test('what is the same already changes nothing and tells nobody', async () => {
    const { shipmentId, orderId } = await ship('A6')

    expect(
      await correctShipment(hub, ws, shipmentId, { carrierName: ' Colissimo ', parcels: [{ tracking: 'A6 ' }] }),
    ).toMatchObject({
      changed: false,
      revision: 1,
    })
    expect(await writebacksOf(orderId)).toHaveLength(1)
  })

  test('a number of another shipment of the order is refused', async () => {
    const lines = [{ lineRemoteId: '1', quantity: '1' }]
    const first = await ship('A7', { lines })
    await ship('B7', { lines, orderId: first.orderId })

    expect(await codeOf(correctShipment(hub, ws, first.shipmentId, { parcels: [{ tracking: 'b7' }] }))).toMatchObject({
      code: 'tracking-invalid',
      reason: 'already-on-order',
    })
  })

  test('while the notice is on its way, it goes on with the right number and takes the wrong one back', async () => {
    const { shipmentId, orderId, remoteId } = await ship('WRONG9')
    shop.shop.script.push(async (notice, journal) => {
      await journal.before({ name: 'tracking:WRONG9', mails: false, sent: {} })
      shop.shop.numbers.set(notice.orderRemoteId, ['WRONG9'])
      throw new HubError('shop-timeout', 'no answer')
    })
    await writeBackDue(hub, await shop.claim())
    await shop.setTell('note')

    await correctShipment(hub, ws, shipmentId, { parcels: [{ tracking: 'RIGHT9' }] })
    expect(await writebacksOf(orderId)).toEqual([
      { kind: 'shipped', revision: 2, state: 'sent', because: undefined, parcels: ['RIGHT9'], withdrawn: ['WRONG9'] },
    ])
    await tellShop()
    await shop.setTell('nobody')

    expect(numbers(remoteId)).toEqual(['RIGHT9'])
    expect(shop.shop.mails.filter((mail) => mail === remoteId)).toHaveLength(1)
  })

  test('a worker that has the wrong number in hand can no longer send it', async () => {
    const { shipmentId, orderId, remoteId } = await ship('WRONG8')
    shop.shop.script.push(async (notice, journal) => {
      await correctShipment(hub, ws, shipmentId, { parcels: [{ tracking: 'RIGHT8' }] })
      await journal.before({ name: 'tracking:WRONG8', mails: false, sent: {} })
      shop.shop.numbers.set(notice.orderRemoteId, ['WRONG8'])
      return { state: 'confirmed', already: false, readBack: null }
    })

    await tellShop()

    expect(numbers(remoteId)).toEqual(['RIGHT8'])
    expect(await writebacksOf(orderId)).toMatchObject([{ kind: 'shipped', revision: 2, state: 'confirmed' }])
  })
})

describe('voiding a shipment', () => {
  test('before the shop heard of it, the shop never does, and everything is to ship again', async () => {
    const { shipmentId, orderId, remoteId } = await ship('V1')

    const voided = await voidShipment(hub, ws, shipmentId)
    await tellShop()

    expect(voided).toEqual({ shipmentId })
    expect(await writebacksOf(orderId)).toEqual([])
    expect(shop.shop.told.filter((notice) => notice.orderRemoteId === remoteId)).toEqual([])
    expect(await left(orderId)).toEqual({ left: 2, to_ship: true })
    expect(await getShipment(hub.db, ws, shipmentId)).toMatchObject({ state: 'voided', voidedAt: expect.any(String) })
  })

  test('after the shop heard of it, the number is taken back there', async () => {
    const { shipmentId, orderId, remoteId } = await ship('V2')
    await tellShop()

    const { writebackId } = await voidShipment(hub, ws, shipmentId, { actor: 'Lise' })
    await tellShop()

    expect(writebackId).toBeTruthy()
    expect(numbers(remoteId)).toEqual([])
    expect(await writebacksOf(orderId)).toMatchObject([
      { kind: 'shipped', state: 'confirmed' },
      { kind: 'voided', state: 'confirmed', parcels: [], withdrawn: ['V2'] },
    ])
    const timeline = await hub.db.query<{ kind: string }>(
      'SELECT kind FROM order_timeline WHERE order_id = $1 ORDER BY id',
      [orderId],
    )
    expect(timeline.rows.map((row) => row.kind).sort()).toEqual(['shipped', 'told', 'told', 'voided'])
  })

  test('the same number may be shipped again afterwards', async () => {
    const { shipmentId, orderId, remoteId } = await ship('V3')
    await voidShipment(hub, ws, shipmentId)

    await ship('V3', { orderId })
    await tellShop()

    expect((await listShipments(hub.db, ws, orderId)).map((one) => one.state).sort()).toEqual(['booked', 'voided'])
    expect(numbers(remoteId)).toEqual(['V3'])
  })

  test('twice is once', async () => {
    const { shipmentId, orderId } = await ship('V4')

    const results = await Promise.all([voidShipment(hub, ws, shipmentId), voidShipment(hub, ws, shipmentId)])

    expect(results.filter((one) => one.already)).toHaveLength(1)
    expect(await left(orderId)).toMatchObject({ left: 2 })
  })

  test('a voided shipment can no longer be corrected', async () => {
    const { shipmentId } = await ship('V5')
    await voidShipment(hub, ws, shipmentId)

    expect(await codeOf(correctShipment(hub, ws, shipmentId, { carrierName: 'DPD' }))).toEqual({
      code: 'shipment-voided',
    })
  })

  test('what may have got through unproven is taken back too, and no longer repeated', async () => {
    const { shipmentId, orderId, remoteId } = await ship('V6')
    shop.shop.script.push(async (notice, journal) => {
      await journal.before({ name: 'tracking:V6', mails: false, sent: {} })
      shop.shop.numbers.set(notice.orderRemoteId, ['V6'])
      throw new HubError('shop-timeout', 'no answer')
    })
    await writeBackDue(hub, await shop.claim())

    await voidShipment(hub, ws, shipmentId)
    await tellShop()

    expect(numbers(remoteId)).toEqual([])
    expect(await writebacksOf(orderId)).toMatchObject([
      { kind: 'shipped', state: 'sent', because: 'shipment-voided' },
      { kind: 'voided', state: 'confirmed' },
    ])
  })

  test('voiding one shipment leaves the number another took over', async () => {
    const lines = [{ lineRemoteId: '1', quantity: '1' }]
    const first = await ship('X7', { lines })
    await tellShop()
    await correctShipment(hub, ws, first.shipmentId, { parcels: [{ tracking: 'Y7' }] })
    await ship('X7', { lines, orderId: first.orderId })
    await voidShipment(hub, ws, first.shipmentId)

    await tellShop()

    expect(numbers(first.remoteId)).toEqual(['X7'])
  })
})
