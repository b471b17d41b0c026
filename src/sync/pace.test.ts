import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { fakeClock, type FakeClock } from '../../test/fakes/clock.ts'
import { testDatabase, type TestDatabase } from '../../test/support/database.ts'
import { databasePace } from './pace.ts'

let db: TestDatabase
let clock: FakeClock
beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db.drop())
beforeEach(async () => {
  clock = fakeClock()
  await db.query('DELETE FROM host_slots')
  await db.query('DELETE FROM hosts')
})

const process_ = () => databasePace(db.another(), clock, { random: () => 0.5 })
/** Whether it was let in by now, waiting at most `ms` of the clock. */
const entersWithin = async (entering: Promise<unknown>, ms: number): Promise<boolean> => {
  let entered = false
  void entering.then(
    () => (entered = true),
    () => {},
  )
  for (let waited = 0; waited <= ms && !entered; waited += 100) {
    await clock.advance(100)
    await db.query('SELECT 1') // lets what is on its way to the database come back
  }
  return entered
}

describe('slots of a host', () => {
  test('are two, over all processes, and handed on when one is given back', async () => {
    const [a, b, c] = [process_(), process_(), process_()]
    const first = await a.acquire('shop.example')
    await b.acquire('shop.example')
    const third = c.acquire('shop.example')

    const early = await entersWithin(third, 3_000)
    await first()

    expect(early).toBe(false)
    expect(await entersWithin(third, 3_000)).toBe(true)
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

    expect(await entersWithin(process_().acquire('shop.example'), 30_000)).toBe(true)
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
    await process_().quietUntil('shop.example', clock.now() + 10_000)
    const entering = process_().acquire('shop.example')

    const early = await entersWithin(entering, 8_000)

    expect(early).toBe(false)
    expect(await entersWithin(entering, 6_000)).toBe(true)
  })

  test('for long is an error that says when to come back, not a worker held for hours', async () => {
    await process_().quietUntil('shop.example', clock.now() + 3_600_000)

    await expect(process_().acquire('shop.example')).rejects.toMatchObject({ code: 'shop-throttled', retryAfterMs: 3_600_000 })
  })
})
