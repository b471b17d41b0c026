import { describe, expect, test } from 'vitest'
import { fakeClock } from '../../test/fakes/clock.ts'
import { memoryPace } from './pace.ts'
import { retryAfterMs } from '../domain/http.ts'

const settled = async (promise: Promise<unknown>) => {
  let done = false
  promise.then(
    () => (done = true),
    () => (done = true),
  )
  await new Promise((resolve) => setImmediate(resolve))
  return done
}

describe('a host', () => {
  test('has two slots; the third caller gets the first one given back', async () => {
    const pace = memoryPace(fakeClock())
    const release = await pace.acquire('shop.test')
    await pace.acquire('shop.test')
    const third = pace.acquire('shop.test')

    const before = await settled(third)
    await release()

    expect([before, await settled(third)]).toEqual([false, true])
  })

  test('does not wait for another', async () => {
    const pace = memoryPace(fakeClock())
    await pace.acquire('a.test')
    await pace.acquire('a.test')

    expect(await settled(pace.acquire('b.test'))).toBe(true)
  })

  test('gets a slot back once, however often it is given', async () => {
    const pace = memoryPace(fakeClock())
    const release = await pace.acquire('shop.test')
    await pace.acquire('shop.test')
    await release()
    await release()
    await pace.acquire('shop.test')

    expect(await settled(pace.acquire('shop.test'))).toBe(false)
  })

  test('is left alone while it asked for quiet', async () => {
    const clock = fakeClock()
    const pace = memoryPace(clock)
    await pace.quietUntil('shop.test', clock.now() + 20_000)
    const call = pace.acquire('shop.test')

    const before = await settled(call)
    await clock.advance(20_000)

    expect([before, await settled(call)]).toEqual([false, true])
  })

  test('that asked for a long quiet fails the call at once and says when to come back', async () => {
    const clock = fakeClock()
    const pace = memoryPace(clock)
    await pace.quietUntil('shop.test', clock.now() + 600_000)

    await expect(pace.acquire('shop.test')).rejects.toMatchObject({
      code: 'shop-throttled',
      retryAfterMs: 600_000,
      params: { reason: 'quiet', sent: 'no' },
    })
  })

  test('loses nobody when a waiting caller gives up', async () => {
    const pace = memoryPace(fakeClock())
    const release = await pace.acquire('shop.test')
    await pace.acquire('shop.test')
    const impatient = new AbortController()
    const gone = pace.acquire('shop.test', impatient.signal)
    const next = pace.acquire('shop.test')

    impatient.abort(new Error('enough'))
    await release()

    await expect(gone).rejects.toThrow('enough')
    expect(await settled(next)).toBe(true)
  })
})

describe('Retry-After', () => {
  const now = Date.parse('2026-11-24T09:00:00Z')

  test.each([
    ['seconds', { 'retry-after': '120' }, 120_000],
    ['a date, against our clock', { 'retry-after': 'Tue, 24 Nov 2026 09:05:00 GMT' }, 300_000],
    [
      'a date, against the clock of the shop',
      { 'retry-after': 'Tue, 24 Nov 2026 11:05:00 GMT', date: 'Tue, 24 Nov 2026 11:00:00 GMT' },
      300_000,
    ],
    ['a date that is over', { 'retry-after': 'Tue, 24 Nov 2026 08:00:00 GMT' }, 0],
    ['a year is believed for six hours', { 'retry-after': '31536000' }, 21_600_000],
    ['a far date too', { 'retry-after': 'Wed, 24 Nov 2027 09:00:00 GMT' }, 21_600_000],
    ['blanks around it', { 'retry-after': ' 5 ' }, 5000],
    ['nothing said', {}, undefined],
    ['nonsense', { 'retry-after': 'soon' }, undefined],
    ['less than nothing', { 'retry-after': '-' }, undefined],
  ])('%s', (_, headers, expected) => {
    expect(retryAfterMs({ headers: headers as Record<string, string> }, now)).toBe(expected)
  })
})
