import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { fakeClock, type FakeClock } from '../../test/fakes/clock.ts'
import { countingShop, type CountingShop } from '../../test/fakes/counting-shop.ts'
import { testDatabase, type TestDatabase } from '../../test/support/database.ts'
import { addWorkspace, connectShop, emptyHub, testHub } from '../../test/support/hub.ts'
import { savePage } from './save-page.ts'
import { openWork } from './work.ts'
import { claimDue, fence, heartbeat, release, streamsOf } from '../database/streams.ts'
import { realClock } from '../domain/clock.ts'
import { HubError } from '../domain/errors.ts'
import type { Hub } from './hub.ts'
import { createWorker } from './worker.ts'

let db: TestDatabase
let clock: FakeClock
let shop: CountingShop
let hub: Hub
let workspaceId: string

beforeAll(async () => {
  db = await testDatabase({ max: 12 })
})
afterAll(() => db.drop())

beforeEach(async () => {
  await emptyHub(db)
  clock = fakeClock()
  shop = countingShop(() => clock.now())
  hub = testHub(db, clock, [shop.platform])
  workspaceId = await addWorkspace(db)
})

const connect = (name?: string) => connectShop(hub, workspaceId, 'counting', { name })
const count = async (table: string) => (await db.query<{ n: number }>(`SELECT count(*) AS n FROM ${table}`)).rows[0]!.n

describe('a claim', () => {
  test('is held by one worker at a time, and taken over once its lease has ended', async () => {
    await connect()

    const first = await claimDue(db, clock.now(), 'a')
    const second = await claimDue(db, clock.now(), 'b')
    await clock.advance(59_000)
    const early = await claimDue(db, clock.now(), 'b')
    await clock.advance(1_000)
    const late = await claimDue(db, clock.now(), 'b')

    expect(first).toBeDefined()
    expect(second).toBeUndefined()
    expect(early).toBeUndefined()
    expect(Number(late!.token)).toBeGreaterThan(Number(first!.token))
  })

  test('lives on while its worker shows life', async () => {
    await connect()
    const claim = (await claimDue(db, clock.now(), 'a'))!

    await clock.advance(50_000)
    expect(await heartbeat(db, claim, clock.now())).toBe(true)
    await clock.advance(50_000)

    expect(await claimDue(db, clock.now(), 'b')).toBeUndefined()
  })

  test('of twenty workers at once gives each integration to one', async () => {
    for (let n = 0; n < 6; n++) await connect(`shop${n}`)

    const claims = await Promise.all(Array.from({ length: 20 }, (_, n) => claimDue(db, clock.now(), `w${n}`)))

    const taken = claims.flatMap((claim) => claim?.integrationId ?? [])
    expect(taken).toHaveLength(6)
    expect(new Set(taken).size).toBe(6)
  })

  test('prefers what a person asked for to what has waited longest', async () => {
    await connect('old')
    await clock.advance(60_000)
    const asked = await connect('asked')
    await db.query(`UPDATE streams SET asked_at = $2 WHERE integration_id = $1 AND kind = 'orders' AND pass = 'live'`, [
      asked.id,
      new Date(clock.now()).toISOString(),
    ])

    expect((await claimDue(db, clock.now(), 'a'))!.integrationId).toBe(asked.id)
  })

  test('passes over integrations that are switched off or removed', async () => {
    const off = await connect('off')
    const removed = await connect('removed')
    await db.query(`UPDATE integrations SET disabled_at = now() WHERE id = $1`, [off.id])
    await db.query(`UPDATE integrations SET removed_at = now() WHERE id = $1`, [removed.id])

    expect(await claimDue(db, clock.now(), 'a')).toBeUndefined()
  })
})

describe('a worker that stalled', () => {
  test('and wakes after the takeover saves nothing, neither orders nor cursor', async () => {
    await connect()
    shop.place({ id: '1' })
    const stale = (await claimDue(db, clock.now(), 'a'))!
    const work = (await openWork(hub, stale, { claim: stale }))!
    await clock.advance(61_000)
    await claimDue(db, clock.now(), 'b')
    const row = { remoteId: '1', modifiedRaw: '', text: JSON.stringify(shop.orders.get('1')), value: null }

    await expect(savePage(work, { rows: [row], unreadable: [] })).rejects.toMatchObject({ code: 'lease-lost' })

    expect(await count('orders')).toBe(0)
    expect(await count('events')).toBe(0)
  })

  test('cannot give back a lease that is another’s by now', async () => {
    await connect()
    const stale = (await claimDue(db, clock.now(), 'a'))!
    await clock.advance(61_000)
    const fresh = (await claimDue(db, clock.now(), 'b'))!

    await release(db, stale)

    await db.transaction((tx) => fence(tx, fresh))
    expect(await claimDue(db, clock.now(), 'c')).toBeUndefined()
  })

  test('makes a takeover wait while it is in the middle of saving', async () => {
    await connect()
    const claim = (await claimDue(db, clock.now(), 'a'))!
    await clock.advance(61_000)

    const during = await db.transaction(async (tx) => {
      await fence(tx, claim)
      return claimDue(db, clock.now(), 'b')
    })

    expect(during).toBeUndefined()
    expect(await claimDue(db, clock.now(), 'b')).toBeDefined()
  })

  test('of a removed integration saves nothing either', async () => {
    const integration = await connect()
    shop.place({ id: '1' })
    shop.before = async (call) => {
      if (call !== 'backfill') return
      await db.query(
        `UPDATE integrations SET removed_at = now(), lease_token = nextval('lease_tokens') WHERE id = $1`,
        [integration.id],
      )
    }

    await createWorker(hub, { concurrency: 1 }).runDue()

    expect(await count('orders')).toBe(0)
  })
})

describe('three workers on one database', () => {
  test('import every order of every shop once, and never two of them one shop at once', async () => {
    const shops = Array.from({ length: 5 }, (_, n) => countingShop(() => clock.now(), `counting${n}`))
    const busy = new Map<string, number>()
    let overlaps = 0
    for (const [n, one] of shops.entries()) {
      for (let id = 1; id <= 120; id++) one.place({ id: String(id) })
      one.before = async () => {
        busy.set(`${n}`, (busy.get(`${n}`) ?? 0) + 1)
        // A page being fetched while its predecessor is saved is the same worker's; more than that is another's.
        if (busy.get(`${n}`)! > 2) overlaps += 1
        await new Promise((resolve) => setImmediate(resolve))
        busy.set(`${n}`, busy.get(`${n}`)! - 1)
      }
    }
    const databases = [db.another(), db.another(), db.another()]
    const hubs = databases.map((database) =>
      testHub(
        database,
        clock,
        shops.map((one) => one.platform),
      ),
    )
    for (const one of shops)
      await connectShop(hubs[0]!, workspaceId, one.platform.manifest.id, { name: one.platform.manifest.id })

    await Promise.all(hubs.map((each, n) => createWorker(each, { concurrency: 2, holder: `w${n}` }).runUntilQuiet()))

    expect(await count('orders')).toBe(600)
    expect(await count('order_lines')).toBe(600)
    expect(overlaps).toBe(0)
    const { rows } = await db.query<{ versions: number }>('SELECT max(version) AS versions FROM orders')
    expect(rows[0]!.versions).toBe(1)
  })

  test('of which one dies in the middle of a page: another goes on from the last saved page', async () => {
    for (let id = 1; id <= 400; id++) shop.place({ id: String(id) })
    await connect()
    const doomed = db.another()
    let pages = 0
    shop.before = async (call) => {
      if (call === 'backfill' && ++pages === 4)
        await doomed
          .query(
            `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND application_name = 'doomed'`,
          )
          .catch(() => {})
      if (pages >= 4 && call === 'backfill') throw new HubError('database-unavailable', 'killed')
    }
    await createWorker(testHub(doomed, clock, [shop.platform]), { concurrency: 1 }).runDue()
    const before = await count('orders')
    shop.before = () => {}
    shop.calls.length = 0
    await clock.advance(120_000)

    await createWorker(hub, { concurrency: 1 }).runUntilQuiet()

    expect(before).toBeGreaterThan(0)
    expect(before).toBeLessThan(400)
    expect(await count('orders')).toBe(400)
    expect(shop.calls.filter((call) => call === 'backfill').length).toBeLessThan(8)
  })
})

describe('fairness', () => {
  test('a shop with many orders gives the worker back, and others come in between', async () => {
    const big = countingShop(() => clock.now(), 'big')
    for (let id = 1; id <= 3000; id++) big.place({ id: String(id) })
    const order: string[] = []
    big.before = async (call) => {
      order.push(`big ${call}`)
      if (call === 'backfill') await clock.advance(4_000)
    }
    shop.before = (call) => void order.push(`small ${call}`)
    hub = testHub(db, clock, [big.platform, shop.platform])
    await connectShop(hub, workspaceId, 'big', { name: 'big' })
    await clock.advance(1_000)
    await connect('small')

    await createWorker(hub, { concurrency: 1 }).runUntilQuiet()

    const small = order.indexOf('small changed')
    expect(small).toBeGreaterThan(0)
    expect(small).toBeLessThan(40)
    expect(order.slice(small).filter((call) => call === 'big backfill').length).toBeGreaterThan(5)
    expect(await count('orders')).toBe(3000)
  })

  test('new orders and hints are looked at between the pages of a long backfill', async () => {
    for (let id = 1; id <= 2000; id++) shop.place({ id: String(id) })
    const integration = await connect()
    let pages = 0
    let seenAfter = 0
    shop.before = async (call) => {
      if (call === 'rows') seenAfter = pages
      if (call !== 'backfill' || ++pages !== 3) return
      shop.place({ id: '9999' })
      await db.query(`INSERT INTO hints VALUES ($1, $2, '9999', now())`, [workspaceId, integration.id])
      await db.query(`UPDATE streams SET next_run_at = $2 WHERE integration_id = $1 AND pass = 'hinted'`, [
        integration.id,
        new Date(clock.now()).toISOString(),
      ])
    }

    await createWorker(hub, { concurrency: 1 }).runUntilQuiet()

    expect(seenAfter).toBeGreaterThan(0)
    expect(seenAfter).toBeLessThan(pages)
  })
})

describe('a live pass that has more to read', () => {
  test('lets the write-backs and the rest of its shop have a turn in between', async () => {
    const integration = await connect()
    await createWorker(hub, { concurrency: 1 }).runUntilQuiet()
    for (let id = 1; id <= 3000; id++) shop.place({ id: String(id) })
    await clock.advance(600_000)
    await db.query(`UPDATE streams SET next_run_at = $2 WHERE integration_id = $1 AND kind IN ('tracking', 'orders')`, [
      integration.id,
      new Date(clock.now()).toISOString(),
    ])
    shop.calls.length = 0
    let toldBefore: boolean | undefined
    shop.before = async (call) => {
      if (call !== 'removed') return
      const streams = await streamsOf(db, workspaceId, integration.id)
      toldBefore ??= streams.find(({ kind }) => kind === 'tracking')!.lastRunAt === new Date(clock.now()).toISOString()
    }

    await createWorker(hub, { concurrency: 1 }).runUntilQuiet()

    const pages = shop.calls.flatMap((call, at) => (call === 'changed' ? [at] : []))
    expect(pages.length).toBeGreaterThan(20)
    expect(shop.calls.indexOf('removed')).toBeLessThan(pages[15]!)
    expect(toldBefore).toBe(true)
    expect(await count('orders')).toBe(3000)
  })
})

describe('the running worker', () => {
  test('hears that there is work, does it, and stops without leaving a lease', async () => {
    shop.place({ id: '1' })
    const live = testHub(db, realClock, [shop.platform])
    const worker = createWorker(live, { concurrency: 2 })
    await worker.start()
    const done = new Promise<void>((resolve) => {
      shop.before = (call) => {
        if (call === 'products') resolve()
      }
    })
    await connectShop(live, workspaceId, 'counting')
    await db.query(`SELECT pg_notify('passerelle_work', '')`)

    await done
    await worker.stop()

    const { rows } = await db.query<{ held: number }>(
      'SELECT count(*) AS held FROM integrations WHERE lease_until IS NOT NULL',
    )
    expect(rows[0]!.held).toBe(0)
  })

  test('refuses to start when its clock is not the database’s', async () => {
    const wrong = { ...realClock, now: () => realClock.now() + 120_000 }

    await expect(
      createWorker(testHub(db, wrong, []), { concurrency: 1, checkClock: true }).start(),
    ).rejects.toMatchObject({
      code: 'config-invalid',
    })
  })
})
