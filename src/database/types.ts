/**
 * How PostgreSQL's values arrive in the program: bigint as a number while it is exact, instants as ISO-8601 UTC with
 * milliseconds, dates and times without zone as the text they are (the driver would read them in the zone of this
 * machine), numeric as text. Given to each connection, so no other user of the driver in this process is touched.
 */
import pg from 'pg'

const { builtins } = pg.types
const BIGINT_ARRAY = 1016
const TIMESTAMPTZ_ARRAY = 1185
const TIMESTAMP_ARRAY = 1115
const DATE_ARRAY = 1182

const asText = (text: string) => text

/** A bigint beyond 2^53 stays text rather than becoming another number. */
const toNumber = (text: string): number | string => {
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : text
}

const INSTANT = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?([+-])(\d\d)(?::?(\d\d))?(?::?(\d\d))?$/

/** `2026-11-24 09:00:00.5+01` → `2026-11-24T08:00:00.500Z`; infinity and years beyond four digits stay as sent. */
export function toInstant(text: string): string {
  const parts = INSTANT.exec(text)
  if (!parts) return text
  const [, day, time, fraction = '', sign, hours, minutes = '00', seconds = '00'] = parts
  const utc = `${day}T${time}.${fraction.padEnd(3, '0').slice(0, 3)}Z`
  if (hours === '00' && minutes === '00' && seconds === '00') return utc
  const offsetMs = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000
  return new Date(Date.parse(utc) + (sign === '+' ? -offsetMs : offsetMs)).toISOString()
}

const TEXT_ARRAY = 1009
const textArray = (text: string) =>
  (pg.types.getTypeParser(TEXT_ARRAY as number as never, 'text') as (text: string) => (string | null)[])(text)
const inArray = (each: (text: string) => unknown) => (text: string) =>
  textArray(text).map((item) => (item === null ? null : each(item)))

const OURS = new Map<number, (text: string) => unknown>([
  [builtins.INT8, toNumber],
  [builtins.TIMESTAMPTZ, toInstant],
  [builtins.TIMESTAMP, asText],
  [builtins.DATE, asText],
  [builtins.NUMERIC, asText],
  [builtins.INTERVAL, asText],
  [BIGINT_ARRAY, inArray(toNumber)],
  [TIMESTAMPTZ_ARRAY, inArray(toInstant)],
  [TIMESTAMP_ARRAY, inArray(asText)],
  [DATE_ARRAY, inArray(asText)],
])

export const typeParsers = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    format !== 'binary' && OURS.has(oid) ? OURS.get(oid) : pg.types.getTypeParser(oid, format as 'text'),
} as unknown as pg.CustomTypesConfig
