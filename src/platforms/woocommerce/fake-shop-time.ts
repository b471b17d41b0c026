/**
 * The shop's clock: seconds since 1970 inside, the shop's zone outside.
 *
 * The trap is WordPress' own: a date in a query is parsed in the shop's zone and compared as text, also when the flag
 * `dates_are_gmt` says it is UTC. So a naive UTC value that falls into the spring gap of that zone moves on by an hour,
 * and a `Z` together with the flag is off by the zone (both seen on 10.9.1 and 9.3.2).
 */

export interface ShopZone {
  /** `Europe/Paris`, or `+05:30` when the merchant chose an offset instead of a city. */
  name: string
  offsetAt(utcSeconds: number): number
}

export function shopZone(name: string): ShopZone {
  const fixed = /^([+-])(\d\d):(\d\d)$/.exec(name)
  if (fixed) {
    const seconds = (Number(fixed[2]) * 60 + Number(fixed[3])) * 60 * (fixed[1] === '-' ? -1 : 1)
    return { name, offsetAt: () => seconds }
  }
  const format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' })
  // every change of the clock happens at a quarter of an hour
  const known = new Map<number, number>()
  const offsetAt = (utcSeconds: number): number => {
    const quarter = Math.floor(utcSeconds / 900)
    let offset = known.get(quarter)
    if (offset === undefined) {
      const text = format.formatToParts(quarter * 900_000).find((part) => part.type === 'timeZoneName')!.value
      const match = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(text)!
      offset = match[1] ? (Number(match[2]) * 60 + Number(match[3])) * 60 * (match[1] === '-' ? -1 : 1) : 0
      known.set(quarter, offset)
    }
    return offset
  }
  return { name, offsetAt }
}

/** `2026-11-24T13:36:57`: a moment's UTC wall time, without zone, as every `*_gmt` member has it. */
export const gmt = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(0, 19)

export const local = (seconds: number, zone: ShopZone): string => gmt(seconds + zone.offsetAt(seconds))

/** UTC seconds of `2026-11-24T13:36:57` read as UTC. */
export const utcSeconds = (naive: string): number => Math.floor(Date.parse(naive.replace(' ', 'T') + 'Z') / 1000)

/** The moment of a local wall time; in the gap PHP moves on, in the double hour it takes the first. */
export function fromLocal(wall: number, zone: ShopZone): number {
  const before = wall - zone.offsetAt(wall - 43_200 * 2)
  const after = wall - zone.offsetAt(wall + 43_200 * 2)
  if (before + zone.offsetAt(before) === wall) return before
  if (after + zone.offsetAt(after) === wall) return after
  return before
}

const DATE_TIME = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.\d+)?(Z|[+-]\d{2}(?::?\d{2})?)?$/i

/** A date parameter, or undefined where WordPress says "Invalid date." (a date alone, an unencoded `+01:00`, words). */
export function parseDate(text: string, zone: ShopZone): { moment: number; wall: number } | undefined {
  const match = DATE_TIME.exec(text)
  if (!match) return undefined
  const naive = utcSeconds(`${match[1]}T${match[2]}`)
  if (!Number.isFinite(naive)) return undefined
  const suffix = match[3]
  let moment: number
  if (suffix === undefined) moment = fromLocal(naive, zone)
  else if (/^z$/i.test(suffix)) moment = naive
  else {
    const digits = suffix.slice(1).replace(':', '').padEnd(4, '0')
    const offset = (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))) * 60
    moment = suffix[0] === '-' ? naive + offset : naive - offset
  }
  return { moment, wall: moment + zone.offsetAt(moment) }
}
