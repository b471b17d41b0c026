import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fakeClock } from '../../test/fakes/clock.ts'
import { testDatabase, type TestDatabase } from '../../test/support/database.ts'
import { addWorkspace, connectShop, testHub } from '../../test/support/hub.ts'
import { countingShop } from '../../test/fakes/counting-shop.ts'
import { createWorker } from '../sync/worker.ts'
import { appendEvents, readEvents } from './events.ts'
import { exchangeLog, listExchanges, trimExchanges } from './exchanges.ts'
import { markRemoved } from './integrations.ts'
import { listQuarantine, saveQuarantine } from './quarantine.ts'
import { dropExpired, ensurePartitions } from './retention.ts'
import type { Exchange } from '../domain/http.ts'

let db: TestDatabase
let workspaceId: string
const clock = fakeClock()
const DAY = 24 * 3_600_000
beforeAll(async () => {
  db = await testDatabase()
  workspaceId = await addWorkspace(db)
})
afterAll(() => db.drop())

const exchange = (at: number, more: Partial<Exchange> = {}): Exchange => ({
  at: new Date(at).toISOString(),
  purpose: 'orders',
  method: 'GET',
  url: 'https://shop.example/wp-json/wc/v3/orders',
  status: 200,
  tookMs: 12.4,
  sentBytes: 0,
  wireBytes: 10,
  bodyBytes: 20,
  requestHeaders: { accept: '*/*' },
  ...more,
})
const partitions = async () =>
  (
    await db.query<{ name: string }>(
      `SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'exchanges'::regclass ORDER BY 1`,
    )
  ).rows.map((row) => row.name)

describe('the exchange log', () => {
  test('keeps calls by batches, newest first, page by page', async () => {
    const id = '0197f3aa-0000-7000-8000-000000000001'
    const trace = exchangeLog(db).traceFor(workspaceId, id)
    for (let n = 0; n < 450; n++)
      trace.record(exchange(clock.now() + n, { status: n, bodyStart: n === 449 ? 'sorry\u0000' : undefined }))
    await exchangeLog(db).flush()

    const page = await listExchanges(db, workspaceId, id, { limit: 3 })
    const next = await listExchanges(db, workspaceId, id, { limit: 1, before: page.at(-1)!.id })

    expect(page.map((one) => one.status)).toEqual([449, 448, 447])
    expect(page[0]).toMatchObject({ tookMs: 12, bodyStart: 'sorry', requestHeaders: { accept: '*/*' } })
    expect(next[0]!.status).toBe(446)
  })

  test('never throws at the call it writes down, also when the database is away', async () => {
    const gone = db.another()
    await gone.close()

    expect(() => exchangeLog(gone).traceFor(workspaceId, workspaceId).record(exchange(clock.now()))).not.toThrow()
    await expect(exchangeLog(gone).flush()).resolves.toBeUndefined()
  })

  test('is cut to the newest 2,000 calls of an integration', async () => {
    const id = '0197f3aa-0000-7000-8000-000000000002'
    const trace = exchangeLog(db).traceFor(workspaceId, id)
    for (let n = 0; n < 2_100; n++) trace.record(exchange(clock.now() + n, { status: n }))
    await exchangeLog(db).flush()

    expect(await trimExchanges(db, workspaceId, id)).toBe(100)
    expect((await listExchanges(db, workspaceId, id, { limit: 1 }))[0]!.status).toBe(2_099)
  })
})

describe('days', () => {
  test('are made ahead, by many at once, and dropped whole after 14', async () => {
    await Promise.all(
      [db.another(), db.another(), db.another()].map((one) => ensurePartitions(one, clock.now() + 30 * DAY)),
    )
    const made = await partitions()
    await dropExpired(db, clock.now() + 50 * DAY)

    expect(made).toEqual(expect.arrayContaining(['exchanges_20261224', 'exchanges_20261227', 'exchanges_default']))
    expect(await partitions()).toEqual(['exchanges_default'])
    expect((await db.query('SELECT 1 FROM exchanges')).rowCount).toBe(0)
  })
})

describe('what piles up', () => {
  test('is cut: events after 30 days, without a gap, and quarantine to the newest 1,000 of a shop', async () => {
    const shop = countingShop(() => clock.now())
    const { id } = await connectShop(testHub(db, clock, [shop.platform]), workspaceId, 'counting', { name: 'broken' })
    await db.transaction(async (tx) => {
      await appendEvents(tx, workspaceId, [{ kind: 'old', details: {} }], clock.now() - 31 * DAY)
      await appendEvents(tx, workspaceId, [{ kind: 'kept', details: {} }], clock.now() - 29 * DAY)
      for (const [from, at] of [
        [0, clock.now()],
        [600, clock.now() + 1000],
      ] as const) {
        const broken = Array.from({ length: 600 }, (_, n) => ({
          remoteId: String(from + n),
          reason: 'x',
          text: String(from + n),
        }))
        await saveQuarantine(tx, { workspaceId, integrationId: id, kind: 'orders', mapperVersion: 1, now: at }, broken)
      }
    })

    await dropExpired(db, clock.now())

    expect((await readEvents(db, workspaceId, 0)).map((event) => event.kind)).toEqual(['kept'])
    const kept = await listQuarantine(db, workspaceId, { integrationId: id, limit: 2000 })
    expect(kept).toHaveLength(1000)
    expect(kept.filter((one) => Number(one.remoteId) >= 600)).toHaveLength(600)
    await db.query('DELETE FROM integrations WHERE id = $1', [id])
  })
})

describe('a removed integration', () => {
  test('is gone with its orders after the next clean-up, and another one stays', async () => {
    const shop = countingShop(() => clock.now())
    const hub = testHub(db, clock, [shop.platform])
    for (let n = 0; n < 30; n++) shop.place()
    const goes = await connectShop(hub, workspaceId, 'counting', { name: 'goes' })
    await connectShop(hub, workspaceId, 'counting', { name: 'stays' })
    await createWorker(hub, { concurrency: 1 }).runUntilQuiet()
    await db.transaction((tx) => markRemoved(tx, workspaceId, goes.id, new Date(clock.now()).toISOString()))

    await dropExpired(db, clock.now())

    const { rows } = await db.query<{ orders: number; integrations: number }>(
      `SELECT (SELECT count(*) FROM orders) AS orders, (SELECT count(*) FROM integrations) AS integrations`,
    )
    expect(rows[0]).toEqual({ orders: 30, integrations: 1 })
  })
})
