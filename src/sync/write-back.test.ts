import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { connectShop, freshShop, testHub, type ShopOfTest, type TestHub } from '../../test/support/shipping.ts'
import { careful } from '../../test/fakes/scripted-shop.ts'
import { workspaceCounts } from '../database/counts.ts'
import { markRemoved, resumeWithNewLogin } from '../database/integrations.ts'
import { readOrder } from '../database/shipping-orders.ts'
import { streamsOf } from '../database/streams.ts'
import { getWriteback, listWritebacks } from '../database/writebacks.ts'
import { HubError } from '../domain/errors.ts'
import { shipOrder } from '../shipping/book-shipment.ts'
import { voidShipment } from '../shipping/void-shipment.ts'
import { requestSync } from './request-sync.ts'
import { retryWriteback, settleWriteback, writeBackDue } from './write-back.ts'

let hub: TestHub
let shop: ShopOfTest
let ws: string
let n = 100

beforeAll(async () => {
  hub = await testHub()
})
afterAll(() => hub.db.drop())
beforeEach(async () => {
  shop = await freshShop(hub)
  ws = shop.workspaceId
})

const ship = async (of: ShopOfTest = shop) => {
  const remoteId = String(++n)
  const orderId = await of.order(remoteId)
  const shipped = await shipOrder(hub, ws, orderId, { carrierName: 'DPD', parcels: [{ tracking: `T${remoteId}` }] })
  return { ...shipped, orderId, remoteId }
}
const turn = async () => {
  hub.clock.set(new Date(hub.clock.now() + 1000).toISOString())
  return writeBackDue(hub, await shop.claim())
}
const stateOf = async (id: string) => (await getWriteback(hub.db, ws, id))!
const minutes = (count: number) => hub.clock.advance(count * 60_000)
const timelineOf = async (orderId: string) =>
  (
    await hub.db.query<{ kind: string }>('SELECT kind FROM order_timeline WHERE order_id = $1 ORDER BY at, id', [
      orderId,
    ])
  ).rows.map((row) => row.kind)

describe('telling a shop', () => {
  test('goes from planned over sent to confirmed, read back in the shop', async () => {
    const { writebackId, orderId, remoteId } = await ship()
    let during: string | undefined
    shop.shop.script.push(async (notice, journal, of) => {
      await journal.before({ name: 'probe', mails: false, sent: {} })
      during = (await stateOf(writebackId)).state
      return careful(notice, journal, of)
    })
    expect((await stateOf(writebackId)).state).toBe('planned')

    const result = await turn()

    expect(during).toBe('sent')
    expect(result).toMatchObject({ settled: 1, worked: true })
    expect(result.nextAt).toBeUndefined()
    expect(await stateOf(writebackId)).toMatchObject({
      state: 'confirmed',
      readBack: [`T${remoteId}`],
      nextAt: undefined,
    })
    expect(await timelineOf(orderId)).toEqual(['shipped', 'told'])
  })

  test('the intent is committed before the call is made, the answer after it', async () => {
    const { writebackId } = await ship()
    const seen: unknown[] = []
    const other = hub.db.another()
    const steps = async () => (await getWriteback(other, ws, writebackId))!.steps
    shop.shop.script.push(async (_, journal) => {
      await journal.before({ name: 'note', mails: true, sent: { note: 'x' } })
      seen.push(await steps())
      await journal.after('note', { status: 201 })
      seen.push(await steps())
      return { state: 'confirmed', already: false, readBack: null }
    })

    await turn()

    expect(seen).toEqual([
      [{ name: 'note', mails: true, state: 'sent', sent: { note: 'x' } }],
      [{ name: 'note', mails: true, state: 'answered', sent: { note: 'x' }, answer: { status: 201 } }],
    ])
  })

  test('oldest first, one order after the other', async () => {
    const orders = []
    for (let i = 0; i < 3; i++) {
      orders.push(await ship())
      await minutes(1)
    }

    await turn()

    expect(shop.shop.told.map((notice) => notice.orderRemoteId)).toEqual(orders.map((one) => one.remoteId))
  })

  test('the second notice of an order waits for the first', async () => {
    const { orderId, remoteId, shipmentId } = await ship()
    shop.shop.script.push(async (_, journal) => {
      await journal.before({ name: `tracking:T${remoteId}`, mails: false, sent: {} })
      throw new HubError('shop-timeout', 'no answer')
    })
    await turn()
    await voidShipment(hub, ws, shipmentId)
    await shipOrder(hub, ws, orderId, { carrierName: 'DPD', parcels: [{ tracking: 'NEW' }] })
    shop.shop.script.push(() => Promise.reject(new HubError('shop-error', '500')))

    await turn()
    expect(shop.shop.told.map((notice) => notice.kind)).toEqual(['shipped', 'voided'])
    await minutes(1)
    await turn()

    expect(shop.shop.told.map((notice) => notice.kind)).toEqual(['shipped', 'voided', 'voided', 'shipped'])
  })

  test('who tells the customer is asked when the notice goes out, not when it was booked', async () => {
    await ship()
    await shop.setTell('note')

    await turn()

    expect(shop.shop.told[0]!.tell).toBe('note')
    expect(shop.shop.mails).toHaveLength(1)
  })

  test('a refusal ends the notice and says why', async () => {
    const { writebackId, orderId } = await ship()
    shop.shop.script.push(() =>
      Promise.resolve({ state: 'refused', code: 'order-cancelled', detail: 'status cancelled' }),
    )

    expect(await turn()).toMatchObject({ settled: 1, failed: undefined })

    expect(await stateOf(writebackId)).toMatchObject({
      state: 'refused',
      because: 'order-cancelled',
      detail: 'status cancelled',
    })
    expect(await timelineOf(orderId)).toEqual(['shipped', 'refused'])
  })
})

describe('when the shop does not answer', () => {
  test('it is tried again after 1, 2, 4, 8 and then every 15 minutes, and stays as it was', async () => {
    const { writebackId } = await ship()
    const waits: number[] = []
    for (let i = 0; i < 6; i++) {
      shop.shop.script.push(() => Promise.reject(new HubError('shop-unreachable', 'refused')))
      const { failed, nextAt, worked } = await turn()
      expect([failed?.code, worked]).toEqual(['shop-unreachable', false])
      waits.push((Date.parse(nextAt!) - hub.clock.now()) / 60_000)
      await minutes(waits.at(-1)!)
    }

    expect(waits).toEqual([1, 2, 4, 8, 15, 15])
    expect(await stateOf(writebackId)).toMatchObject({ state: 'planned', because: 'shop-unreachable', attempts: 6 })
    await turn()
    expect(await stateOf(writebackId)).toMatchObject({ state: 'confirmed', because: undefined })
  })

  test('« Mettre à jour » tries at once what waits for its next try', async () => {
    const { writebackId } = await ship()
    shop.shop.script.push(() => Promise.reject(new HubError('shop-unreachable', 'refused')))
    await turn()
    await turn()
    expect((await stateOf(writebackId)).state).toBe('planned')

    await requestSync(hub, ws, shop.integrationId)
    await turn()

    expect((await stateOf(writebackId)).state).toBe('confirmed')
  })

  test('a new key tries at once what waits for its next try, whatever the lane’s health was', async () => {
    const { writebackId } = await ship()
    shop.shop.script.push(() => Promise.reject(new HubError('shop-throttled', '429', { retryAfterMs: 3_600_000 })))
    await turn()
    await hub.db.query(
      `UPDATE lane_health SET state = 'slowed', because = 'shop-throttled', next_attempt_at = $2 WHERE integration_id = $1`,
      [shop.integrationId, new Date(hub.clock.now() + 3_600_000).toISOString()],
    )

    await hub.db.transaction((tx) =>
      resumeWithNewLogin(tx, ws, shop.integrationId, new Date(hub.clock.now()).toISOString(), true),
    )
    const { rows } = await hub.db.query<{ late: number }>(
      `SELECT count(*)::int AS late FROM lane_health WHERE integration_id = $1 AND next_attempt_at > $2`,
      [shop.integrationId, new Date(hub.clock.now()).toISOString()],
    )
    const stream = (await streamsOf(hub.db, ws, shop.integrationId)).find(({ kind }) => kind === 'tracking')!
    const dueAt = stream.nextRunAt
    await turn()

    expect(rows[0]!.late).toBe(0)
    expect(Date.parse(dueAt!)).toBeLessThanOrEqual(hub.clock.now())
    expect((await stateOf(writebackId)).state).toBe('confirmed')
  })

  test('a notice that waits for an older one of its order is not due before it: the stream rests', async () => {
    const { orderId, remoteId, shipmentId } = await ship()
    shop.shop.script.push(async (_, journal) => {
      await journal.before({ name: `tracking:T${remoteId}`, mails: false, sent: {} })
      throw new HubError('shop-timeout', 'no answer')
    })
    await turn()
    await voidShipment(hub, ws, shipmentId)
    await shipOrder(hub, ws, orderId, { carrierName: 'DPD', parcels: [{ tracking: 'NEW' }] })
    shop.shop.script.push(() => Promise.reject(new HubError('shop-unreachable', 'refused')))

    const { nextAt } = await turn()

    expect(Date.parse(nextAt!)).toBeGreaterThan(hub.clock.now())
  })

  test('a notice that waited for one that is taken away is due again, not when the other one was', async () => {
    const { orderId, shipmentId } = await ship()
    shop.shop.script.push(() => Promise.reject(new HubError('shop-throttled', '429', { retryAfterMs: 3_600_000 })))
    await turn()
    const [line] = (await readOrder(hub.db, ws, orderId))!.lines
    await voidShipment(hub, ws, shipmentId)
    const half = [{ lineRemoteId: line!.remoteId, quantity: '1' }]
    const first = await shipOrder(hub, ws, orderId, { carrierName: 'DPD', parcels: [{ tracking: 'A' }], lines: half })
    await shipOrder(hub, ws, orderId, { carrierName: 'DPD', parcels: [{ tracking: 'B' }], lines: half })
    shop.shop.script.push(() => Promise.reject(new HubError('shop-throttled', '429', { retryAfterMs: 3_600_000 })))
    const { nextAt } = await turn()
    await hub.db.query(`UPDATE streams SET next_run_at = $2 WHERE integration_id = $1 AND kind = 'tracking'`, [
      shop.integrationId,
      nextAt,
    ])

    await voidShipment(hub, ws, first.shipmentId)

    const stream = (await streamsOf(hub.db, ws, shop.integrationId)).find(({ kind }) => kind === 'tracking')!
    expect(Date.parse(nextAt!)).toBeGreaterThan(hub.clock.now())
    expect(Date.parse(stream.nextRunAt!)).toBeLessThanOrEqual(hub.clock.now())
  })

  test('the shop’s own Retry-After is believed', async () => {
    await ship()
    shop.shop.script.push(() => Promise.reject(new HubError('shop-throttled', '429', { retryAfterMs: 3_600_000 })))

    const { nextAt } = await turn()

    expect(Date.parse(nextAt!) - hub.clock.now()).toBe(3_600_000)
  })

  test('a shop that is down is asked once a turn, however many notices wait', async () => {
    for (let i = 0; i < 3; i++) await ship()
    const down = () => Promise.reject(new HubError('shop-unreachable', 'refused'))
    shop.shop.script.push(down, down, down)

    await turn()

    expect(shop.shop.told).toHaveLength(1)
  })

  test('one order the shop cannot digest does not hold up the others, nor speak for the lane', async () => {
    const poison = await ship()
    await minutes(1)
    const fine = await ship()
    shop.shop.script.push(() => Promise.reject(new HubError('shop-error', '500')))

    const result = await turn()

    expect(result.failed).toBeUndefined()
    expect((await stateOf(fine.writebackId)).state).toBe('confirmed')
    expect(await stateOf(poison.writebackId)).toMatchObject({ state: 'planned', because: 'shop-error' })
  })

  test('a key that may not write keeps the notice and speaks for the lane', async () => {
    const { writebackId } = await ship()
    shop.shop.script.push(() => Promise.resolve({ state: 'refused', code: 'read-only-key' }))

    const { failed } = await turn()

    expect(failed).toMatchObject({ code: 'permission-missing', recovery: 'human' })
    expect(await stateOf(writebackId)).toMatchObject({ state: 'planned', because: 'permission-missing' })
  })

  test('after 14 days it is given up into the list, and a person’s retry starts anew', async () => {
    const { writebackId, orderId } = await ship()
    const down = () => Promise.reject(new HubError('shop-unreachable', 'refused'))
    await minutes(14 * 24 * 60)
    shop.shop.script.push(down)

    await turn()
    expect(await stateOf(writebackId)).toMatchObject({ state: 'refused', because: 'expired' })
    expect(await timelineOf(orderId)).toEqual(['shipped', 'refused'])
    await retryWriteback(hub, ws, writebackId)
    shop.shop.script.push(down)
    await turn()
    expect((await stateOf(writebackId)).state).toBe('planned')
    await minutes(1)
    await turn()

    expect((await stateOf(writebackId)).state).toBe('confirmed')
  })
})

describe('a refused notice', () => {
  const refused = async () => {
    const shipped = await ship()
    shop.shop.script.push(() => Promise.resolve({ state: 'refused', code: 'order-cancelled' }))
    await turn()
    return shipped
  }

  test('is sent again when a person asks, once the shop lets it', async () => {
    const { writebackId, orderId } = await refused()
    await minutes(1)

    await settleWriteback(hub, ws, writebackId, 'again', { actor: 'Lise' })
    await turn()

    expect((await stateOf(writebackId)).state).toBe('confirmed')
    expect(await timelineOf(orderId)).toEqual(['shipped', 'refused', 'settled', 'told'])
  })

  test('leaves the list when a person says that nothing more is to be told, and that is kept', async () => {
    const { writebackId, remoteId } = await refused()

    await settleWriteback(hub, ws, writebackId, 'done', { actor: 'Lise' })
    await turn()

    expect(await stateOf(writebackId)).toMatchObject({
      state: 'confirmed',
      because: 'taken-as-done',
      readBack: { decidedBy: 'Lise', was: 'order-cancelled' },
    })
    expect(shop.shop.numbers.get(remoteId)).toBeUndefined()
    await expect(retryWriteback(hub, ws, writebackId)).rejects.toMatchObject({ code: 'writeback-settled' })
  })

  test('can no longer be decided once its shipment is voided', async () => {
    const { writebackId, shipmentId } = await refused()
    await voidShipment(hub, ws, shipmentId)

    await expect(retryWriteback(hub, ws, writebackId)).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('a worker that lost its lease', () => {
  test('makes no call: the intent is not accepted', async () => {
    const { writebackId, remoteId } = await ship()
    const claim = await shop.claim()
    shop.shop.script.push(async (notice, journal, of) => {
      await shop.claim() // somebody took over
      return careful(notice, journal, of)
    })

    await expect(writeBackDue(hub, claim)).rejects.toMatchObject({ code: 'lease-lost' })

    expect(shop.shop.numbers.get(remoteId)).toBeUndefined()
    expect(await stateOf(writebackId)).toMatchObject({ state: 'planned', steps: [] })
  })

  test('cannot settle what it sent; the next worker finds it done', async () => {
    const { writebackId, remoteId } = await ship()
    const claim = await shop.claim()
    shop.shop.script.push(async (notice, journal, of) => {
      await journal.before({ name: `tracking:T${remoteId}`, mails: false, sent: {} })
      of.numbers.set(notice.orderRemoteId, [`T${remoteId}`])
      await shop.claim()
      return { state: 'confirmed', already: false, readBack: null }
    })
    await expect(writeBackDue(hub, claim)).rejects.toMatchObject({ code: 'lease-lost' })
    expect((await stateOf(writebackId)).state).toBe('sent')

    await turn()

    expect((await stateOf(writebackId)).state).toBe('confirmed')
    expect(shop.shop.numbers.get(remoteId)).toEqual([`T${remoteId}`])
  })
})

describe('a mail in doubt', () => {
  const lostAfterMail = async () => {
    await shop.setTell('note')
    const shipped = await ship()
    shop.shop.script.push(async (notice, journal, of) => {
      await journal.before({ name: 'note', mails: true, sent: {} })
      of.mails.push(notice.orderRemoteId)
      throw new HubError('shop-timeout', 'no answer')
    })
    await turn()
    await minutes(1)
    await turn()
    return shipped
  }

  test('is listed, never repeated by itself', async () => {
    const { writebackId, orderId } = await lostAfterMail()
    await minutes(60)
    await turn()

    expect(await stateOf(writebackId)).toMatchObject({ state: 'in-doubt', because: 'mail-in-doubt', detail: 'note' })
    expect(shop.shop.mails).toHaveLength(1)
    expect(await timelineOf(orderId)).toEqual(['shipped', 'in-doubt'])
    expect((await listWritebacks(hub.db, ws, { state: 'in-doubt' })).items.map((one) => one.id)).toEqual([writebackId])
  })

  test('a person may say that it arrived', async () => {
    const { writebackId } = await lostAfterMail()

    await settleWriteback(hub, ws, writebackId, 'done', { actor: 'Lise' })
    await turn()

    expect((await stateOf(writebackId)).state).toBe('confirmed')
    expect(shop.shop.mails).toHaveLength(1)
  })

  test('a person may have it sent again', async () => {
    const { writebackId } = await lostAfterMail()

    await settleWriteback(hub, ws, writebackId, 'again')
    await turn()

    expect((await stateOf(writebackId)).state).toBe('confirmed')
    expect(shop.shop.mails).toHaveLength(2)
  })

  test('a plain retry asks the person first; a settled notice has nothing to decide', async () => {
    const { writebackId } = await lostAfterMail()
    await expect(retryWriteback(hub, ws, writebackId)).rejects.toMatchObject({ code: 'writeback-in-doubt' })
    await settleWriteback(hub, ws, writebackId, 'done')
    await turn()

    await expect(retryWriteback(hub, ws, writebackId)).rejects.toMatchObject({ code: 'writeback-settled' })
    await expect(settleWriteback(hub, ws, writebackId, 'again')).rejects.toMatchObject({ code: 'writeback-settled' })
  })
})

describe('a removed shop', () => {
  test('leaves nothing to decide, and its orders cannot be shipped', async () => {
    const { writebackId, orderId } = await ship()
    shop.shop.script.push(() => Promise.resolve({ state: 'refused', code: 'order-cancelled' }))
    await turn()
    const before = await workspaceCounts(hub.db, ws, '2026-11-24')
    await hub.db.transaction((tx) => markRemoved(tx, ws, shop.integrationId, new Date(hub.clock.now()).toISOString()))

    const after = await workspaceCounts(hub.db, ws, '2026-11-24')

    expect([before.writebacksRefused, after.writebacksRefused]).toEqual([1, 0])
    expect((await listWritebacks(hub.db, ws)).items).toEqual([])
    expect(await getWriteback(hub.db, ws, writebackId)).toBeUndefined()
    await expect(
      shipOrder(hub, ws, orderId, { carrierName: 'DPD', parcels: [{ tracking: 'LATE' }] }),
    ).rejects.toMatchObject({ code: 'not-found' })
  })
})

describe('the list of write-backs', () => {
  test('is newest first, by pages, by state and by shop, and only of the workspace', async () => {
    const other = await connectShop(hub, ws, shop.shop, 'Other')
    const made = []
    for (let i = 0; i < 5; i++) {
      made.push(await ship(i === 4 ? other : shop))
      await minutes(1)
    }
    await turn()

    const first = await listWritebacks(hub.db, ws, { limit: 2 })
    const second = await listWritebacks(hub.db, ws, { limit: 2, cursor: first.next })
    const third = await listWritebacks(hub.db, ws, { limit: 2, cursor: second.next })

    const pages = [...first.items, ...second.items, ...third.items]
    expect(pages.map((one) => one.id)).toEqual(made.map((one) => one.writebackId).reverse())
    expect(third.next).toBeUndefined()
    expect((await listWritebacks(hub.db, ws, { state: 'planned' })).items.map((one) => one.integrationName)).toEqual([
      'Other',
    ])
    expect((await listWritebacks(hub.db, ws, { integrationId: shop.integrationId })).items).toHaveLength(4)
    expect((await listWritebacks(hub.db, shop.integrationId)).items).toEqual([])
    await expect(listWritebacks(hub.db, ws, { cursor: 'x' })).rejects.toMatchObject({
      code: 'field-invalid',
      field: 'cursor',
    })
  })
})
