/** Small helpers every aggregate uses on what goes into the database and comes out of it. */

/** An instant from a column, or out of JSON the server built, as the hub writes it everywhere; 'infinity' is none. */
export function at(value: string | null | undefined): string | undefined {
  if (value === null || value === undefined) return undefined
  const ms = Date.parse(value)
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString()
}

/** NULL is `undefined` in the program: unknown, never 0 and never "". */
export const known = <T>(value: T | null): T | undefined => (value === null ? undefined : value)

/** PostgreSQL's text holds everything but U+0000, and shops do send it. */
export const clean = (text: string): string => (text.includes('\u0000') ? text.replaceAll('\u0000', '') : text)
export const cleanOrNull = (text: string | undefined | null): string | null =>
  text === undefined || text === null ? null : clean(text)

/** numeric(14,4) without the zeros it is padded with: "2.0000" is 2, "1.5000" is 1.5. */
export const plainNumber = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text)
