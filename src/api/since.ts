/** `30d`, `all`, a day or an instant → what the hub keeps: an instant, or `all`. */
import { instant } from '../domain/clock.ts'
import { HubError } from '../domain/errors.ts'

const DAY_MS = 24 * 3_600_000

export function readSince(typed: string | undefined, nowMs: number): string | undefined {
  if (typed === undefined || typed === 'all') return typed
  const days = /^(\d{1,5})d$/.exec(typed)?.[1]
  if (days !== undefined) return instant(nowMs - Number(days) * DAY_MS)
  const ms = Date.parse(typed)
  const year = Number.isNaN(ms) ? 0 : new Date(ms).getUTCFullYear()
  if (year < 1990 || year > 9998) {
    throw new HubError('field-invalid', `since: ${typed.slice(0, 40)}`, { field: 'since', params: { reason: 'date' } })
  }
  return instant(ms)
}
