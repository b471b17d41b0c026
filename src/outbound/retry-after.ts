/**
 * How long a shop asked to be left alone.
 *
 * `Retry-After` is seconds or a date (RFC 9110 §10.2.3). A date is read against the answer's own `Date`, because the
 * shop's clock may be wrong; and nobody is believed for more than six hours, because some write a year.
 */
const LONGEST_BELIEVED_MS = 6 * 3_600_000

/** @returns undefined when the answer does not say, or says something unreadable */
export function retryAfterMs(response: { headers: Record<string, string> }, nowMs: number): number | undefined {
  const said = response.headers['retry-after']?.trim()
  if (!said) return undefined
  if (/^\d+(\.\d+)?$/.test(said)) return believed(Number(said) * 1000)
  const until = Date.parse(said)
  if (Number.isNaN(until)) return undefined
  const theirNow = Date.parse(response.headers['date'] ?? '')
  return believed(until - (Number.isNaN(theirNow) ? nowMs : theirNow))
}

const believed = (ms: number) => Math.min(Math.max(Math.ceil(ms), 0), LONGEST_BELIEVED_MS)
