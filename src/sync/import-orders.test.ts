import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { fakeClock, type FakeClock } from '../../test/fakes/clock.ts'
import { countingShop, type CountingShop } from '../../test/fakes/counting-shop.ts'
import { testDatabase, type TestDatabase } from '../../test/support/database.ts'
import { addWorkspace, connectShop, emptyHub, testHub } from '../../test/support/hub.ts'
import { getOrder } from '../database/order-detail.ts'
import { listQuarantine } from '../database/quarantine.ts'
import { listRuns } from '../database/runs.ts'
import { addTimeline } from '../database/timeline.ts'
import { HubError } from '../domain/errors.ts'
import type { Integration } from '../domain/integration.ts'
import type { Hub } from './hub.ts'
import { createWorker } from './worker.ts'

let db: TestDatabase
let clock: FakeClock
let shop: CountingShop
let hub: Hub
let workspaceId: string
let integration: Integration

beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db.drop())

beforeEach(async () => {
  await emptyHub(db)
  clock = fakeClock()
  shop = countingShop(() => clock.now())
  hub = testHub(db, clock, [shop.platform])
  workspaceId = await addWorkspace(db)
})

const connect = async (options: Parameters<typeof connectShop>[3] = {}) => {
  integration = await connectShop(hub, workspaceId, 'counting', options)
}
const work = () => createWorker(hub, { concurrency: 1 }).runUntilQuiet()
const later = async (minutes: number) => {
  await clock.advance(minutes * 60_000)
  return work()
}

interface Seen {
  remote_id: string
  status: string
  gone: string | null
  to_ship: boolean
  left_to_ship: string
  attention: string | null
  version: number
}
const orders = async (): Promise<Seen[]> =>
  (
    await db.query<Seen>(
      `SELECT remote_id, status, gone, to_ship, left_to_ship, attention, version FROM orders ORDER BY length(remote_id), remote_id`,
    )
  ).rows
const ids = async () => (await orders()).map((order) => order.remote_id)

describe('a first import', () => {
  test('brings every order once, with its lines and what the shop sent', async () => {
    for (let n = 0; n < 130; n++) shop.place()
    await connect()

    await work()

    expect(await ids()).toEqual([...shop.orders.keys()])
    const { rows } = await db.query<{ lines: number; raw: number }>(
      `SELECT (SELECT count(*) FROM order_lines) AS lines, (SELECT count(*) FROM order_raw) AS raw`,
    )
    expect(rows[0]).toEqual({ lines: 130, raw: 130 })
  })

  test('leaves closed orders from before `since`, takes open ones of any age, and later changes of both', async () => {
    const old = '2025-01-01T00:00:00.000Z'
    shop.place({ id: '1', placedAt: old, status: 'completed' })
    shop.place({ id: '2', placedAt: old, status: 'ready' })
    shop.place({ id: '3', status: 'completed' })
    await connect({ since: '2026-11-01T00:00:00.000Z' })
    await work()
    shop.change('1', { city: 'Lyon' })
    shop.change('2', { status: 'completed' })

    await later(6)

    expect((await orders()).map((order) => [order.remote_id, order.status])).toEqual([
      ['2', 'completed'],
      ['3', 'completed'],
    ])
  })

  test('keeps a record it cannot read whole in quarantine, and goes on', async () => {
    shop.place({ id: '1' })
    shop.place({ id: '2', broken: true })
    shop.place({ id: '3' })
    await connect()

    await work()

    expect(await ids()).toEqual(['1', '3'])
    const kept = await listQuarantine(db, workspaceId)
    expect(kept).toMatchObject([{ remoteId: '2', reason: 'row-unreadable', integrationId: integration.id }])
    expect(JSON.parse(kept[0]!.text)).toMatchObject({ id: '2', broken: true })
  })

  test('takes an order out of quarantine once it can be read', async () => {
    shop.place({ id: '2', broken: true })
    await connect()
    await work()
    shop.change('2', { broken: false })

    await later(6)

    expect(await ids()).toEqual(['2'])
    expect(await listQuarantine(db, workspaceId)).toEqual([])
  })

  test('survives texts and numbers a database cannot hold', async () => {
    shop.place({
      id: '1',
      name: 'Null\u0000 Byte',
      total: 1e21,
      lines: [{ id: '7', sku: 'A\u0000', quantity: 'NaN', refunded: '0' }],
    })
    shop.place({ id: '2', lines: ['x', 'x'].map((id) => ({ id, sku: id, quantity: '1', refunded: '0' })) })
    shop.place({ id: '3', placedAt: '+123456-01-01T00:00:00.000Z' })
    await connect()

    await work()

    expect(await ids()).toEqual(['1', '2', '3'])
  })
})

describe('the database', () => {
  test('looks up an order and the rows of a page by the right index, from the second page of a workspace on', async () => {
    const own = await testDatabase()
    hub = testHub(own, clock, [shop.platform])
    workspaceId = await addWorkspace(own)
    for (let n = 0; n < 300; n++) shop.place()
    await connect()

    await work()

    const plan = async (where: string) =>
      JSON.stringify(
        (await own.query(`EXPLAIN SELECT id FROM orders WHERE workspace_id = '${workspaceId}' AND ${where}`)).rows,
      )
    expect(await plan(`id = '${workspaceId}'`)).toContain('orders_pkey')
    expect(await plan(`integration_id = '${integration.id}' AND remote_id = ANY('{1,2,3}')`)).toContain('remote_id')
    expect(await plan(`number = '7'`)).toContain('orders_by_number')
  })
})

describe('a later poll', () => {
  beforeEach(async () => {
    for (let n = 1; n <= 3; n++) shop.place({ id: String(n) })
    await connect()
    await work()
  })

  test('of a quiet shop asks once and writes no order', async () => {
    const before = await orders()
    shop.calls.length = 0

    await later(5)

    expect(shop.calls.filter((call) => call === 'changed')).toHaveLength(1)
    expect(await orders()).toEqual(before)
  })

  test('brings new and changed orders, and tells them in the event feed without a gap', async () => {
    shop.place({ id: '4' })
    shop.change('2', { status: 'completed' })

    await later(6)

    expect((await orders()).map((order) => order.version)).toEqual([1, 2, 1, 1])
    const { rows } = await db.query<{ seq: number; kind: string }>(`SELECT seq, kind FROM events ORDER BY seq`)
    expect(rows.map((row) => row.kind)).toEqual(['orders.imported', 'orders.imported', 'orders.changed'])
    expect(rows.map((row) => row.seq)).toEqual([1, 2, 3])
  })

  test('does not let an older answer overwrite a newer one', async () => {
    shop.change('2', { status: 'completed', modifiedAt: '2020-01-01T00:00:00.000Z' })

    await later(6)

    expect((await orders())[1]).toMatchObject({ status: 'ready', version: 1 })
  })

  test('marks a trashed order as gone, and takes that back when it is restored', async () => {
    shop.trash('2')
    await later(11)
    const trashed = (await orders())[1]
    shop.change('2', { trashed: false })
    await later(6)

    expect(trashed).toMatchObject({ gone: 'trashed', to_ship: false })
    expect((await orders())[1]).toMatchObject({ gone: null, to_ship: true })
  })

  test('does not bring in an order the hub never had only because it is in the trash', async () => {
    shop.place({ id: '9', trashed: true })

    await later(11)

    expect(await ids()).toEqual(['1', '2', '3'])
  })

  test('finds what was deleted for good in the night, and nothing else', async () => {
    shop.deleteForGood('2')

    await later(24 * 60)

    expect((await orders()).map((order) => order.gone)).toEqual([null, 'deleted', null])
  })

  test('keeps what was shipped when the shop changes the order, and asks for attention', async () => {
    const { rows } = await db.query<{ id: string }>(`SELECT id FROM orders WHERE remote_id = '2'`)
    const orderId = rows[0]!.id
    await db.query(
      `INSERT INTO shipments (workspace_id, id, order_id, integration_id, own_reference, state, carrier, carrier_name, created_at)
       VALUES ($1, $2, $2, $3, 'r', 'booked', 'manual', 'Colissimo', now())`,
      [workspaceId, orderId, integration.id],
    )
    await db.query(`UPDATE order_lines SET shipped = 1 WHERE order_id = $1`, [orderId])
    shop.change('2', { status: 'cancelled' })
    shop.change('3', { status: 'cancelled' })

    await later(6)

    const [, second, third] = await orders()
    expect(second).toMatchObject({ left_to_ship: '1.0000', to_ship: false, attention: 'cancelled-after-shipment' })
    expect(third).toMatchObject({ attention: null })
  })

  test('counts refunded units out of what is left to ship', async () => {
    shop.change('2', { lines: [{ id: '1', sku: 'TASSE-1', quantity: '2', refunded: '1.5' }] })

    await later(6)

    expect((await orders())[1]).toMatchObject({ left_to_ship: '0.5000', to_ship: true })
  })
})

describe('the night of a shop whose older orders nobody asked for', () => {
  const OLD = '2025-01-01T00:00:00.000Z'
  const since = '2026-11-01T00:00:00.000Z'
  const night = async () => {
    shop.calls.length = 0
    const read: string[] = []
    shop.before = (call, { ids: asked }) => {
      if (call === 'rows') read.push(...asked!)
    }
    await later(24 * 60)
    shop.before = () => {}
    return read
  }

  test('reads what differs of orders the hub knows, at any age, and of the others only newer ones', async () => {
    shop.place({ id: '1', placedAt: OLD, status: 'completed' })
    shop.place({ id: '2', placedAt: OLD, status: 'ready' })
    shop.place({ id: '5', status: 'completed' })
    await connect({ since })
    await work()
    // Changed without a trace in what the live pass reads; and one that was committed late.
    shop.orders.set('2', { ...shop.orders.get('2')!, status: 'completed' })
    shop.orders.set('6', { ...shop.orders.get('5')!, id: '6', number: '6', rev: 0 })

    expect(await night()).toEqual(['2', '6'])
    expect((await orders()).map((order) => [order.remote_id, order.status])).toEqual([
      ['2', 'completed'],
      ['5', 'completed'],
      ['6', 'completed'],
    ])
  })

  test('reads none of the old ones when nothing recent was sold, but what came late', async () => {
    for (let n = 1; n <= 30; n++)
      shop.place({ id: String(n), placedAt: OLD, modifiedAt: OLD, status: n === 20 ? 'ready' : 'completed' })
    await connect({ since })
    await work()
    shop.orders.set('40', {
      ...shop.orders.get('20')!,
      id: '40',
      number: '40',
      rev: 0,
      placedAt: since,
      modifiedAt: since,
    })

    expect(await ids()).toEqual(['20'])
    expect(await night()).toEqual(['40'])
  })
})

describe('the timeline of an order', () => {
  test('of which much is known shows the newest 500, oldest first', async () => {
    shop.place({ id: '1' })
    await connect()
    await work()
    const { rows } = await db.query<{ id: string }>('SELECT id FROM orders')
    const orderId = rows[0]!.id
    await db.transaction((tx) =>
      addTimeline(
        tx,
        workspaceId,
        Array.from({ length: 600 }, (_, n) => ({ orderId, at: clock.now() + n, kind: 'note', details: { n } })),
        clock.now(),
      ),
    )

    const { timeline } = (await getOrder(db, workspaceId, orderId))!

    const numbers = timeline.filter((entry) => entry.kind === 'note').map((entry) => entry.details['n'])
    expect(numbers).toHaveLength(500)
    expect([numbers[0], numbers.at(-1)]).toEqual([100, 599])
  })
})

describe('products', () => {
  test('give the lines their weight, are asked for once, and change open orders when they change', async () => {
    shop.products.set('77/', { remoteId: '77', weightMg: 250_000, origin: 'FR' })
    for (let n = 1; n <= 60; n++)
      shop.place({ id: String(n), lines: [{ id: '1', sku: 'S', quantity: '1', refunded: '0', product: '77' }] })
    shop.change('5', { status: 'completed' })
    await connect()
    await work()
    const asked = shop.calls.filter((call) => call === 'products-by-key').length
    shop.changeProduct({ remoteId: '77', weightMg: 300_000, origin: 'FR' })

    await later(16)

    expect(asked).toBe(1)
    const { rows } = await db.query<{ status: string; weight_mg: number; n: number }>(
      `SELECT o.status, l.weight_mg, count(*) AS n FROM order_lines l JOIN orders o ON o.id = l.order_id GROUP BY 1, 2 ORDER BY 1`,
    )
    expect(rows).toEqual([
      { status: 'completed', weight_mg: 250_000, n: 1 },
      { status: 'ready', weight_mg: 300_000, n: 59 },
    ])
  })

  test('that the shop cannot answer for do not hold up the orders, and are fetched later', async () => {
    shop.products.set('77/', { remoteId: '77', weightMg: 250_000 })
    shop.place({ id: '1', lines: [{ id: '1', sku: 'S', quantity: '1', refunded: '0', product: '77' }] })
    shop.before = (call) => {
      if (call === 'products-by-key') throw new HubError('permission-missing', 'no right to read products')
    }
    await connect()
    await work()
    const first = await ids()
    shop.before = () => {}

    await later(16)

    const { rows } = await db.query<{ weight_mg: number }>(`SELECT weight_mg FROM order_lines`)
    expect(first).toEqual(['1'])
    expect(rows).toEqual([{ weight_mg: 250_000 }])
  })
})

describe('an order that stands on two pages of one walk', () => {
  test('is saved once, with what the later page said', async () => {
    for (let n = 1; n <= 80; n++) shop.place({ id: String(n) })
    await connect()
    const { connect: open } = shop.platform
    shop.platform.connect = (context) => {
      const connector = open(context)
      const { pullBackfill } = connector
      let first: Awaited<ReturnType<typeof pullBackfill>> | undefined
      connector.pullBackfill = async (cursor, options) => {
        const page = await pullBackfill(cursor, options)
        if (!first) return (first = page)
        const again = { ...JSON.parse(first.rows[0]!.text), city: 'Brest', modifiedAt: '2026-11-24T09:00:01.000Z' }
        return { ...page, rows: [{ ...first.rows[0]!, text: JSON.stringify(again) }, ...page.rows] }
      }
      return connector
    }

    await work()

    const { rows } = await db.query<{ n: number; city: string }>(
      `SELECT count(*) OVER () AS n, details -> 'shipTo' ->> 'city' AS city FROM orders ORDER BY (remote_id = '80') DESC LIMIT 1`,
    )
    expect(rows).toEqual([{ n: 80, city: 'Brest' }])
  })
})

describe('page size', () => {
  test('shrinks at once when the shop cannot carry a page, is remembered, and grows again', async () => {
    for (let n = 0; n < 300; n++) shop.place()
    const sizes: number[] = []
    shop.before = (call, { pageSize }) => {
      if (call !== 'backfill') return
      sizes.push(pageSize!)
      if (pageSize! > 30) throw new HubError('shop-timeout', 'too much')
    }
    await connect()

    await work()

    expect(await ids()).toHaveLength(300)
    expect(sizes.slice(0, 3)).toEqual([50, 25, 35])
    expect(sizes.filter((size) => size > 30).length).toBeLessThan(6)
    const { rows } = await db.query<{ page_size: number }>(`SELECT page_size FROM integrations`)
    expect(rows[0]!.page_size).toBeLessThanOrEqual(35)
  })
})

describe('what failed', () => {
  test('in the backfill keeps new orders coming, and the backfill goes on from its cursor', async () => {
    for (let n = 0; n < 120; n++) shop.place()
    let pages = 0
    shop.before = (call) => {
      if (call === 'backfill' && ++pages > 1) throw new HubError('shop-unreachable', 'no route')
    }
    await connect()
    await work()
    shop.place({ id: '999' })
    await later(3)
    const meanwhile = await ids()
    const stuck = (await db.query<{ state: string }>(`SELECT state FROM lane_health WHERE lane = 'import'`)).rows[0]!
      .state
    shop.before = () => {}
    await later(20)

    expect(meanwhile).toContain('999')
    expect(stuck).toBe('connected')
    expect(await ids()).toHaveLength(121)
  })

  test('leaves a run that says why', async () => {
    shop.before = () => {
      throw new HubError('login-rejected', 'refused', { params: { status: 401 } })
    }
    await connect()

    await work()

    expect(await listRuns(db, workspaceId, integration.id)).toMatchObject([
      { outcome: 'failed', error: 'login-rejected', params: { status: 401 }, kind: 'orders', pass: 'live' },
    ])
  })
})
