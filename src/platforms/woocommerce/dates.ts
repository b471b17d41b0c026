/**
 * WooCommerce's clock as its API shows it: `…_gmt` members are UTC without saying so, to the second.
 *
 * The trap is on the way in. A filter value is parsed in the SHOP'S zone even with `dates_are_gmt=true`, and then
 * compared as it stands: a `Z` shifts it by the zone, and a UTC time whose digits fall into the hour that the zone skips
 * in spring is moved forward, so up to an hour of changes is never listed. Orders kept in posts are moreover SORTED by
 * local time, so in the autumn hour that comes twice their order is not that of the filter.
 * (All of it seen on 10.9.1 and 9.3.2; WP_Date_Query::build_mysql_datetime.)
 */
import { Temporal } from 'temporal-polyfill'

/** `2026-11-24T09:30:15`: UTC, to the second, comparable as text. */
export type Second = string

const SHAPE = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2}):(\d{2})(?:\.\d+)?Z?$/
/** WooCommerce is younger than this, and nobody plans this far: dates outside are typing errors or broken rows. */
const FIRST_YEAR = 1990
const LAST_YEAR = 2199

/** A `…_gmt` member as a second, or undefined for nothing, 0000-00-00, 9999 and nonsense. */
export function secondOf(raw: unknown): Second | undefined {
  const parts = typeof raw === 'string' ? SHAPE.exec(raw.trim()) : null
  if (!parts) return undefined
  const year = Number(parts[1])
  if (year < FIRST_YEAR || year > LAST_YEAR) return undefined
  const second = `${parts[1]}-${parts[2]}-${parts[3]}T${parts[4]}:${parts[5]}:${parts[6]}`
  return fromMs(Date.parse(`${second}Z`)) === second ? second : undefined
}

/** The same as an instant (`…Z`). */
export const instantOf = (raw: unknown): string | undefined => {
  const second = secondOf(raw)
  return second === undefined ? undefined : `${second}.000Z`
}

export const toMs = (second: Second): number => Date.parse(`${second}Z`)
export const fromMs = (ms: number): Second => (Number.isFinite(ms) ? new Date(ms).toISOString().slice(0, 19) : '')
export const shift = (second: Second, seconds: number): Second => fromMs(toMs(second) + seconds * 1000)
export const later = (a: Second, b: Second): Second => (a > b ? a : b)
export const earlier = (a: Second, b: Second): Second => (a < b ? a : b)

/** Value for `modified_after` / `after` that lists everything from `second` on (the filter itself is exclusive). */
export function after(second: Second, zone: string): string {
  const value = shift(second, -1)
  const gap = gapAt(value, zone)
  return gap === undefined ? value : shift(gap.start, -1)
}

/**
 * Value for `modified_before` / `before` that lists everything up to, not including, `second`. Inside a spring gap the
 * shop reads it as later than it is: more is listed than asked, which loses nothing.
 */
export const before = (second: Second): string => second

/** The digits a zone skips in spring, when the value falls among them: `start` included, `end` not. */
function gapAt(value: Second, zone: string): { start: Second; end: Second } | undefined {
  if (isOffset(zone)) return undefined
  try {
    const wall = Temporal.PlainDateTime.from(value)
    const early = wall.toZonedDateTime(zone, { disambiguation: 'earlier' })
    if (early.toPlainDateTime().equals(wall)) return undefined
    const change = early.getTimeZoneTransition('next')
    if (!change) return undefined
    const local = (offsetNs: number) => fromMs(change.epochMilliseconds + offsetNs / 1_000_000)
    return { start: local(early.offsetNanoseconds), end: local(change.offsetNanoseconds) }
  } catch {
    return undefined // a zone this machine does not know
  }
}

/**
 * A span of time that cannot be followed by the clock, when the walk stands in it: digits the shop cannot be asked about
 * (every question would start at the beginning of the hour again), or an hour whose order is not that of the filter.
 */
export function unfollowable(second: Second, zone: string): { start: Second; end: Second } | undefined {
  const gap = gapAt(shift(second, -1), zone)
  return gap ? { start: gap.start, end: shift(gap.end, 1) } : foldAround(second, zone)
}

/** The UTC span of a zone's doubled hour, both its passes, that holds the second: `start` included, `end` not. */
function foldAround(second: Second, zone: string): { start: Second; end: Second } | undefined {
  if (isOffset(zone)) return undefined
  try {
    const later = Temporal.Instant.fromEpochMilliseconds(toMs(second) + 3 * 3_600_000).toZonedDateTimeISO(zone)
    const change = later.getTimeZoneTransition('previous')
    if (!change) return undefined
    const lostMs = (offsetBefore(change) - change.offsetNanoseconds) / 1_000_000
    if (lostMs <= 0) return undefined
    const span = { start: fromMs(change.epochMilliseconds - lostMs), end: fromMs(change.epochMilliseconds + lostMs) }
    return second >= span.start && second < span.end ? span : undefined
  } catch {
    return undefined
  }
}

const offsetBefore = (change: Temporal.ZonedDateTime): number => change.subtract({ nanoseconds: 1 }).offsetNanoseconds

const isOffset = (zone: string): boolean => /^[+-]\d{2}:?\d{2}$/.test(zone) || zone === 'UTC'

/**
 * The zone as WordPress names it: a city, or an offset when the merchant chose one (`timezone_string` is then "" and
 * `gmt_offset` a string such as "5.5"; seen).
 */
export function zoneOf(index: { timezone_string?: unknown; gmt_offset?: unknown }): string | undefined {
  const name = typeof index.timezone_string === 'string' ? index.timezone_string.trim() : ''
  if (name !== '' && isZone(name)) return name
  const hours =
    index.gmt_offset === undefined || index.gmt_offset === null || index.gmt_offset === ''
      ? NaN
      : Number(index.gmt_offset)
  return Number.isFinite(hours) && Math.abs(hours) <= 15 ? offsetText(Math.round(hours * 60)) : undefined
}

/** Offset of a shop whose index is closed, from one order that shows a time both ways. */
export function offsetFromOrder(order: { date_created?: unknown; date_created_gmt?: unknown }): string | undefined {
  const local = secondOf(order.date_created)
  const utc = secondOf(order.date_created_gmt)
  if (local === undefined || utc === undefined) return undefined
  const minutes = (toMs(local) - toMs(utc)) / 60_000
  return Number.isInteger(minutes) && Math.abs(minutes) <= 900 ? offsetText(minutes) : undefined
}

function offsetText(minutes: number): string {
  const size = Math.abs(minutes)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`
}

function isZone(name: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name)
    return true
  } catch {
    return false
  }
}

/** The shop's own calendar day of an instant, `2026-11-24`: what tracking plugins call the day of shipping. */
export function localDay(instant: string, zone: string): string {
  try {
    return Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDate().toString()
  } catch {
    return instant.slice(0, 10)
  }
}
