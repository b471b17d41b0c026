import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { fakeClock, type FakeClock } from '../../test/fakes/clock.ts'
import { countingShop, type CountingShop } from '../../test/fakes/counting-shop.ts'
import { testDatabase, type TestDatabase } from '../../test/support/database.ts'
import { addWorkspace, connectShop, emptyHub, testHub } from '../../test/support/hub.ts'
import { getOverview } from '../database/integrations.ts'
import { HubError } from '../domain/errors.ts'
import type { Integration } from '../domain/integration.ts'
import type { Hub } from './hub.ts'
import { requestSync } from './request-sync.ts'
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
  integration = await connectShop(hub, workspaceId, 'counting')
})

const work = () => createWorker(hub, { concurrency: 1 }).runUntilQuiet()
const minutes = async (count: number) => {
  await clock.advance(count * 60_000)
  await work()
}
const overview = async () => (await getOverview(db, workspaceId, integration.id, clock.now()))!
const importLane = async () => (await overview()).lanes.find((lane) => lane.lane === 'import')!
const failWith = (error: HubError) => {
  shop.before = () => {
    throw error
  }
}
const works = () => {
  shop.before = () => {}
  shop.calls.length = 0
}
const down = new HubError('shop-unreachable', 'no route', { params: { host: 'shop.example' } })

describe('a shop that does not answer', () => {
  test('is asked again after one and two minutes, is slowed from the third failure on, and then asked ever more rarely', async () => {
    await work()
    failWith(down)
    const times: number[] = []
    let state = ''
    const states: string[] = []
    shop.before = () => {
      times.push(clock.now())
      throw down
    }

    for (let n = 0; n < 60; n++) {
      await minutes(1)
      if ((state = (await importLane()).state) !== states.at(-1)) states.push(state)
    }

    const gaps = times.slice(1).map((at, n) => Math.round((at - times[n]!) / 60_000))
    expect(gaps.slice(0, 4)).toEqual([1, 2, 4, 8])
    expect(Math.max(...gaps)).toBeLessThanOrEqual(15)
    expect(states).toEqual(['connected', 'slowed'])
    expect(await importLane()).toMatchObject({ because: 'shop-unreachable', params: { host: 'shop.example' } })
  })

  test('gets one cheap request per try, not one for each stream', async () => {
    await work()
    await minutes(20)
    failWith(down)
    shop.calls.length = 0

    await minutes(10)

    expect(new Set(shop.calls)).toEqual(
      new Set(['changed', 'removed', 'products'].filter((call) => shop.calls.includes(call))),
    )
    expect(shop.calls.length).toBeLessThanOrEqual(4)
  })

  test('that answers again is connected at once, and everything put off runs', async () => {
    await work()
    failWith(down)
    await minutes(10)
    await minutes(10)
    works()
    shop.place({ id: '7' })

    await minutes(20)

    expect(await importLane()).toMatchObject({ state: 'connected', failures: 0 })
    expect(shop.calls).toEqual(expect.arrayContaining(['changed', 'removed', 'products']))
    expect((await overview()).orders).toBe(1)
  })

  test('that asks for an hour of quiet gets it', async () => {
    await work()
    failWith(new HubError('shop-throttled', 'slow down', { retryAfterMs: 3_600_000 }))
    await minutes(6)
    works()

    await minutes(50)
    const early = shop.calls.length
    await minutes(15)

    expect(early).toBe(0)
    expect(shop.calls).toContain('changed')
  })

  test('is asked at once when a person wants to, whatever its health', async () => {
    await work()
    failWith(down)
    for (let n = 0; n < 5; n++) await minutes(10)
    works()

    await requestSync(hub, workspaceId, integration.id)
    await work()

    expect(shop.calls[0]).toBe('changed')
    expect(await importLane()).toMatchObject({ state: 'connected' })
  })
})

describe('a login the shop refuses', () => {
  const refused = new HubError('login-rejected', '401')

  test('pauses the lane at the third refusal; a probe an hour later lifts it', async () => {
    failWith(refused)
    await work()
    await minutes(1)
    await minutes(2)
    const paused = await importLane()
    works()
    await minutes(50)
    const early = shop.calls.length
    await minutes(15)

    expect(paused).toMatchObject({ state: 'paused', because: 'login-rejected' })
    expect(early).toBe(0)
    expect(await importLane()).toMatchObject({ state: 'connected' })
  })

  test('that cannot even be opened with our key is said as that', async () => {
    hub.vault.open = () => {
      throw new HubError('credentials-unreadable', 'another key')
    }

    await work()

    expect(await importLane()).toMatchObject({ failures: 1, because: 'credentials-unreadable' })
  })
})

describe('one part that fails', () => {
  test('shows its own trouble and leaves the lane connected', async () => {
    shop.before = (call) => {
      if (call === 'products') throw new HubError('permission-missing', 'products are closed')
    }

    await work()

    const seen = await overview()
    expect(seen.lanes.map((lane) => lane.state)).toEqual(['connected', 'connected', 'connected'])
    expect(seen.streams.find((stream) => stream.kind === 'products')?.failing).toMatchObject({
      code: 'permission-missing',
      failures: 1,
    })
    expect(seen.lastSyncAt).toBe(new Date(clock.now()).toISOString())
  })

  test('never keeps the worker busy: it waits like a lane would', async () => {
    shop.before = (call) => {
      if (call === 'removed') throw down
    }
    await work()
    shop.calls.length = 0

    for (let n = 0; n < 30; n++) await minutes(1)

    expect(shop.calls.filter((call) => call === 'removed').length).toBeLessThan(8)
  })
})
