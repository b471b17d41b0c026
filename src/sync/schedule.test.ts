import { describe, expect, test } from 'vitest'
import { nextNight, nextRun } from './schedule.ts'

const now = Date.parse('2026-11-24T09:00:00.000Z')
const minutes = (
  kind: 'orders' | 'products' | 'tracking',
  pass: 'live' | 'removed' | 'backfill',
  idleRuns = 0,
  random = 0,
) => {
  const at = nextRun(kind, pass, { now, random, idleRuns })
  return at === undefined ? undefined : (at - now) / 60_000
}

describe('when a stream runs next', () => {
  test('a busy shop is asked every two minutes, a quiet one every five, never rarer', () => {
    expect(minutes('orders', 'live', 0)).toBe(2)
    expect(minutes('orders', 'live', 2)).toBe(4)
    expect(minutes('orders', 'live', 50)).toBe(5)
  })

  test('chance makes it sooner, never later', () => {
    expect(minutes('orders', 'live', 3, 1)).toBe(4.5)
    expect(minutes('orders', 'removed', 0, 1)).toBeLessThanOrEqual(10)
  })

  test('the trash is looked at every ten minutes, products every fifteen', () => {
    expect(minutes('orders', 'removed')).toBe(10)
    expect(minutes('products', 'live')).toBe(15)
  })

  test('what is finished or waits for somebody has no next time', () => {
    expect(minutes('orders', 'backfill')).toBeUndefined()
    expect(minutes('tracking', 'live')).toBeUndefined()
  })
})

describe('the next night', () => {
  const hourIn = (at: number, timeZone: string) =>
    Number(new Intl.DateTimeFormat('en-GB', { timeZone, hour: 'numeric', hourCycle: 'h23' }).format(at))

  test.each(['Europe/Paris', 'America/Los_Angeles', 'Asia/Kolkata', 'Pacific/Auckland', 'UTC'])(
    'is night in %s',
    (zone) => {
      for (const random of [0, 0.3, 0.99]) {
        for (let hour = 0; hour < 24; hour += 5) {
          const at = nextNight(now + hour * 3_600_000, random, zone)
          expect(hourIn(at, zone)).toBeGreaterThanOrEqual(0)
          expect(hourIn(at, zone)).toBeLessThan(6)
          expect(at - (now + hour * 3_600_000)).toBeLessThanOrEqual(30 * 3_600_000)
          expect(at).toBeGreaterThan(now + hour * 3_600_000)
        }
      }
    },
  )

  test('is some time also in a zone this machine does not know', () => {
    expect(nextNight(now, 0.5, '+02:00')).toBeGreaterThan(now)
    expect(nextNight(now, 0.5, 'Nowhere/At_All')).toBeGreaterThan(now)
  })
})
