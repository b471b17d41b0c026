/**
 * When a stream runs next. Pure.
 *
 * A busy shop is asked every two minutes, a quiet one every five; never rarer than ten, because our visits are what
 * drives the cron of many small shops. Everything is spread by chance, so that shops connected together do not stay so.
 */
import type { StreamKind, StreamPass } from '../domain/integration.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const LIVE_BUSY_MS = 2 * MINUTE_MS
const LIVE_QUIET_MS = 5 * MINUTE_MS
const REMOVED_MS = 10 * MINUTE_MS
const PRODUCTS_MS = 15 * MINUTE_MS
const WEBHOOKS_MS = 24 * HOUR_MS
const SPREAD = 0.1
/** Local hours in which a whole reading of ids disturbs least. */
const NIGHT_FROM = 1
const NIGHT_HOURS = 4

export interface ScheduleFacts {
  now: number
  /** 0…1 */
  random: number
  /** Passes in a row that found nothing. */
  idleRuns: number
  /** The shop's zone (IANA), when known. */
  zone?: string
}

/** @returns ms, or undefined: nothing to do until somebody asks */
export function nextRun(kind: StreamKind, pass: StreamPass, facts: ScheduleFacts): number | undefined {
  const { now, random } = facts
  const spread = (ms: number) => now + Math.round(ms * (1 - SPREAD * random))
  switch (`${kind}/${pass}`) {
    case 'orders/live':
      return spread(Math.min(LIVE_BUSY_MS + facts.idleRuns * MINUTE_MS, LIVE_QUIET_MS))
    case 'orders/removed':
      return spread(REMOVED_MS)
    case 'orders/sweep':
      return nextNight(now, random, facts.zone)
    case 'products/live':
      return spread(PRODUCTS_MS)
    case 'webhooks/live':
      return spread(WEBHOOKS_MS)
    default:
      return undefined // backfill ends; hints and write-backs wake their streams themselves
  }
}

/** A moment in the next night of the shop that is at least six hours away. */
export function nextNight(now: number, random: number, zone?: string): number {
  const hoursIn = random * NIGHT_HOURS
  const earliest = now + 6 * HOUR_MS
  const local = localHour(earliest, zone)
  const wait = (NIGHT_FROM + hoursIn - local + 24) % 24
  return Math.round(earliest + wait * HOUR_MS)
}

function localHour(at: number, zone: string | undefined): number {
  try {
    const parts = new Intl.DateTimeFormat('en-GB', {
      timeZone: zone ?? 'UTC',
      hour: 'numeric',
      minute: 'numeric',
      hourCycle: 'h23',
    })
      .formatToParts(at)
      .reduce<Record<string, string>>((all, part) => ({ ...all, [part.type]: part.value }), {})
    return Number(parts['hour']) + Number(parts['minute']) / 60
  } catch {
    return localHour(at, 'UTC') // an offset such as +02:00 or a zone this machine does not know
  }
}
