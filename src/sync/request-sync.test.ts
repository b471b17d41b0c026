import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { fakeClock, type FakeClock } from '../../test/fakes/clock.ts'
import { countingShop, type CountingShop } from '../../test/fakes/counting-shop.ts'
import { testDatabase, type TestDatabase } from '../../test/support/database.ts'
import { addWorkspace, connectShop, emptyHub, testHub } from '../../test/support/hub.ts'
import { HubError } from '../domain/errors.ts'
import type { Integration } from '../domain/integration.ts'
import type { Hub } from './hub.ts'
import { requestSync, syncResult } from './request-sync.ts'
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
  integration = await connectShop(hub, workspaceId, 'counting', { name: 'Un' })
})

const work = () => createWorker(hub, { concurrency: 1 }).runUntilQuiet()
const ask = async (always = false) => (await requestSync(hub, workspaceId, integration.id, { always })).integrations[0]!
const result = (askedAt: string, wait: 'live' | 'everything' = 'everything') =>
  syncResult(hub, workspaceId, integration.id, askedAt, { wait, timeoutMs: 0 })

describe('a sync that is asked for', () => {
  test('waits for a worker, and then says what it brought', async () => {
    shop.place({ id: '1' })
    shop.place({ id: '2', broken: true })
    await work()
    shop.place({ id: '3' })
    shop.change('1', { status: 'completed' })
    await clock.advance(60_000)

    const { askedAt } = await ask()
    const before = await result(askedAt)
    await work()
    const after = await result(askedAt)

    expect(before).toMatchObject({ state: 'waiting', imported: 0 })
    expect(after).toMatchObject({ state: 'done', imported: 1, changed: 1, quarantined: 0 })
    expect(after.requests).toBeGreaterThan(0)
  })

  test('right after connecting counts the first import too, and is not over before the older orders are in', async () => {
    for (let n = 0; n < 900; n++) shop.place()
    const { askedAt } = await ask()
    let halfway: Awaited<ReturnType<typeof result>> | undefined
    shop.before = async (call) => {
      if (call === 'removed') halfway ??= await result(askedAt)
    }
    await work()

    expect(halfway).toMatchObject({ state: 'running', imported: 0 })
    expect(await result(askedAt)).toMatchObject({ state: 'done', imported: 900 })
  })

  test('twice within a minute is one sync; the command line may insist', async () => {
    await work()
    const first = await ask()
    await clock.advance(20_000)
    const second = await ask()
    const insisted = await ask(true)
    await clock.advance(61_000)
    const later = await ask()

    expect(second).toEqual({ ...first, debounced: true })
    expect(insisted).toMatchObject({ debounced: false })
    expect(later).toMatchObject({ debounced: false })
  })

  test('while a pass is under way is served by a pass that begins after it', async () => {
    await work()
    const first = await ask()
    let second = ''
    shop.before = async (call) => {
      if (call !== 'changed' || second) return
      await clock.advance(1_000)
      second = (await ask(true)).askedAt
      shop.place({ id: '77' }) // the pass under way may have missed it
    }
    shop.calls.length = 0

    await work()

    expect(shop.calls.filter((call) => call === 'changed').length).toBeGreaterThanOrEqual(2)
    expect((await result(first.askedAt)).state).toBe('done')
    expect(await result(second)).toMatchObject({ state: 'done' })
  })

  test('of a shop that refuses says why', async () => {
    await work()
    shop.before = () => {
      throw new HubError('login-rejected', '401', { params: { status: 401 } })
    }
    await clock.advance(60_000)
    const { askedAt } = await ask()
    await work()

    expect(await result(askedAt)).toMatchObject({
      state: 'failed',
      failing: { code: 'login-rejected', params: { status: 401 } },
    })
  })

  test('of all integrations asks each that is switched on', async () => {
    const two = await connectShop(hub, workspaceId, 'counting', { name: 'Deux' })
    const off = await connectShop(hub, workspaceId, 'counting', { name: 'Trois' })
    await db.query(`UPDATE integrations SET disabled_at = now() WHERE id = $1`, [off.id])

    const asked = await requestSync(hub, workspaceId, 'all')

    expect(asked.integrations.map((one) => one.integrationId).sort()).toEqual([integration.id, two.id].sort())
    await expect(requestSync(hub, workspaceId, off.id)).rejects.toMatchObject({ code: 'integration-disabled' })
  })

  test('is not for another workspace', async () => {
    const stranger = await addWorkspace(db, 'stranger')

    await expect(requestSync(hub, stranger, integration.id)).rejects.toMatchObject({ code: 'not-found' })
    await expect(
      syncResult(hub, stranger, integration.id, '2026-01-01T00:00:00.000Z', { wait: 'live', timeoutMs: 0 }),
    ).rejects.toMatchObject({
      code: 'not-found',
    })
  })
})
