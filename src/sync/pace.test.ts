import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { testDatabase, type TestDatabase } from '../../test/support/database.ts'
import type { Clock } from '../domain/clock.ts'
import { databasePace } from './pace.ts'

/** Time passes only by waiting: whoever waits moves it on, and a test can await that somebody looked in vain. */
function waitingClock(): Clock & { looks(count: number): Promise<void> } {
  let now = Date.parse('2026-11-24T09:00:00.000Z')
  let looked = 0
  let watchers: { count: number; resolve: () => void }[] = []
  return {
    now: () => now,
    sleep: async (ms) => {
      now += ms
      looked += 1
      for (const watcher of watchers.filter(({ count }) => count <= looked)) watcher.resolve()
      watchers = watchers.filter(({ count }) => count > looked)
    },
    looks: (count) => new Promise((resolve) => void watchers.push({ count: looked + count, resolve })),
  }
}

let db: TestDatabase
let clock: ReturnType<typeof waitingClock>
beforeAll(async () => {
  db = await testDatabase({ max: 2 })
})
afterAll(() => db.drop())
beforeEach(async () => {
  clock = waitingClock()
  await db.query('DELETE FROM host_slots')
  await db.query('DELETE FROM hosts')
})

const process_ = () => databasePace(db.another(), clock, { random: () => 0.5 })

describe('slots of a host', () => {
  test('are two, over all processes, and handed on when one is given back', async () => {
    const [a, b, c] = [process_(), process_(), process_()]
    const first = await a.acquire('shop.example')
    await b.acquire('shop.example')
    let entered = false
    const third = c.acquire('shop.example').then((release) => {
      entered = true
      return release
    })
    await clock.looks(4)
    const early = entered

    await first()

    expect(early).toBe(false)
    await expect(third).resolves.toBeTypeOf('function')
  })

  test('of another host are its own', async () => {
    const pace = process_()
    await pace.acquire('shop.example')
    await pace.acquire('shop.example')

    await expect(pace.acquire('other.example')).resolves.toBeTypeOf('function')
  })

  test('that a killed process held are free again within half a minute', async () => {
    await db.query(
      `INSERT INTO host_slots SELECT 'shop.example', n, gen_random_uuid(), $1::timestamptz + interval '20 s' FROM generate_series(0, 1) AS n`,
      [new Date(clock.now()).toISOString()],
    )

    const began = clock.now()

    await process_().acquire('shop.example')

    expect(clock.now() - began).toBeLessThan(30_000)
    expect(clock.now() - began).toBeGreaterThanOrEqual(20_000)
  })

  test('are given back once, however often the holder says so', async () => {
    const [a, b] = [process_(), process_()]
    const release = await a.acquire('shop.example')
    await release()
    await a.acquire('shop.example')
    await b.acquire('shop.example')
    await release()

    expect((await db.query('SELECT 1 FROM host_slots')).rowCount).toBe(2)
  })
})

describe('a host that asked for quiet', () => {
  test('is left alone by every process for that long', async () => {
    const until = clock.now() + 10_000
    await process_().quietUntil('shop.example', until)

    await process_().acquire('shop.example')

    expect(clock.now()).toBeGreaterThanOrEqual(until)
  })

  test('for long is an error that says when to come back, not a worker held for hours', async () => {
    await process_().quietUntil('shop.example', clock.now() + 3_600_000)

    await expect(process_().acquire('shop.example')).rejects.toMatchObject({
      code: 'shop-throttled',
      retryAfterMs: 3_600_000,
    })
  })
})
