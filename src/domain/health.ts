/** Health of one lane, and what one outcome does to it. Pure: the scheduler acts on the answer. */
import type { ErrorCode, HubError } from './errors.ts'

/** `failures` counts failures in a row; `refusals` those of them that only a person can cure. */
export interface Health {
  state: 'connected' | 'slowed' | 'paused'
  /** Instant this state began. */
  since: string
  /** Code of the last failure, while there is one. */
  because?: ErrorCode
  failures: number
  refusals: number
  /** When the hub asks again by itself. */
  nextAttemptAt?: string
}

const FIRST_WAIT_MS = 60_000
const LONGEST_WAIT_MS = 15 * 60_000
const LONGEST_BELIEVED_MS = 6 * 3_600_000
const PROBE_FIRST_DAY_MS = 3_600_000
const PROBE_LATER_MS = 6 * 3_600_000
const FIRST_DAY_MS = 24 * 3_600_000
const FAILURES_UNTIL_CHANGE = 3
/** Waits are spread by up to this share, so that a host's shops do not all come back in the same second. */
const JITTER = 0.1

export const healthy = (at: string): Health => ({ state: 'connected', since: at, failures: 0, refusals: 0 })

/**
 * any state         → connected  a success; from slowed or paused the caller also runs a catch-up
 * connected         → connected  failures 1 and 2: again in 1 and 2 min
 * connected, slowed → slowed     from failure 3 on: 4, 8, then every 15 min, or when the shop asks (up to 6 h)
 * connected, slowed → paused     the third failure in a row that only a person can cure
 * paused            → paused     any failure; a probe hourly on the first day, then every 6 h
 *
 * @param at instant of the outcome (ms)
 * @param random 0…1, for the jitter
 */
export function nextHealth(before: Health, outcome: 'ok' | HubError, at: number, random: number): Health {
  const now = new Date(at).toISOString()
  if (outcome === 'ok') return { ...healthy(before.state === 'connected' ? before.since : now) }

  const failures = before.failures + 1
  const refusals = outcome.recovery === 'human' ? before.refusals + 1 : 0
  const because = outcome.code
  const in_ = (ms: number) => new Date(at + Math.round(ms)).toISOString()

  if (before.state === 'paused') {
    const age = at - Date.parse(before.since)
    return {
      ...before,
      because,
      failures,
      refusals,
      nextAttemptAt: in_(age < FIRST_DAY_MS ? PROBE_FIRST_DAY_MS : PROBE_LATER_MS),
    }
  }
  if (refusals >= FAILURES_UNTIL_CHANGE) {
    return { state: 'paused', since: now, because, failures, refusals, nextAttemptAt: in_(PROBE_FIRST_DAY_MS) }
  }

  const backoffMs = Math.min(FIRST_WAIT_MS * 2 ** Math.min(failures - 1, 20), LONGEST_WAIT_MS)
  const slowed = before.state === 'slowed' || failures >= FAILURES_UNTIL_CHANGE
  const waitMs = Math.max(
    slowed ? backoffMs * (1 - JITTER * random) : backoffMs,
    Math.min(outcome.retryAfterMs ?? 0, LONGEST_BELIEVED_MS),
  )
  return {
    state: slowed ? 'slowed' : 'connected',
    since: slowed && before.state !== 'slowed' ? now : before.since,
    because,
    failures,
    refusals,
    nextAttemptAt: in_(waitMs),
  }
}

const RANK = { connected: 0, slowed: 1, paused: 2 } as const

/** One overall word for a list: the worst lane. */
export const worst = (healths: readonly Health[]): Health['state'] =>
  healths.reduce<Health['state']>(
    (state, health) => (RANK[health.state] > RANK[state] ? health.state : state),
    'connected',
  )
