/**
 * Long polls: the answer comes when there is something to say, or when its time is up.
 *
 * Looks again every so often instead of listening to the database: a hundred open pages must not hold a hundred
 * connections. Ends at once when the caller has gone.
 */
import type { Clock } from '../domain/clock.ts'
import type { Ctx } from './context.ts'

const FIRST_MS = 100
const LONGEST_MS = 1_000

export async function waitFor<T>(
  c: Ctx,
  clock: Clock,
  look: () => Promise<T>,
  isOver: (seen: T) => boolean,
  mostMs: number,
): Promise<T> {
  const until = clock.now() + mostMs
  const { signal } = c.req.raw
  let pauseMs = FIRST_MS
  for (;;) {
    const seen = await look()
    if (isOver(seen) || signal.aborted || clock.now() >= until) return seen
    await clock.sleep(Math.min(pauseMs, until - clock.now()), signal)
    pauseMs = Math.min(pauseMs * 1.5, LONGEST_MS)
  }
}
