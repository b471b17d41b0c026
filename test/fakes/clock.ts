import type { Clock } from '../../src/domain/clock.ts'

/** A clock that stands still until a test moves it. */
export interface FakeClock extends Clock {
  /** Moves time on, waking every sleeper that is due, in order. */
  advance(ms: number): Promise<void>
  set(instant: string): void
}

export function fakeClock(start = '2026-11-24T09:00:00.000Z'): FakeClock {
  let now = Date.parse(start)
  let sleepers: { until: number; wake: () => void }[] = []

  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted || ms <= 0) return resolve()
        const sleeper = { until: now + ms, wake: resolve }
        sleepers.push(sleeper)
        signal?.addEventListener('abort', () => {
          sleepers = sleepers.filter((other) => other !== sleeper)
          resolve()
        })
      }),
    advance: async (ms) => {
      const end = now + ms
      for (;;) {
        const next = sleepers.filter((sleeper) => sleeper.until <= end).sort((a, b) => a.until - b.until)[0]
        if (!next) break
        sleepers = sleepers.filter((other) => other !== next)
        now = Math.max(now, next.until)
        next.wake()
        await new Promise((resolve) => setImmediate(resolve))
      }
      now = end
    },
    set: (instant) => {
      now = Date.parse(instant)
    },
  }
}
