/**
 * Older orders: newest first by date of order, in slices of days, then the open ones older than that.
 *
 * A pass of its own, so that a first import of years never delays a new order. A slice is read by id: the date of an order
 * does not change, but orders leave and come while we read.
 */
import type { PullOptions, RowPage } from '../../domain/platform.ts'
import type { Api } from './api.ts'
import { after, before, later, type Second, secondOf, shift } from './dates.ts'
import { maybe, size } from './pull-orders.ts'
import { type IdWalk, type List, type ListPage, type ListParams, stepById } from './walk.ts'

interface BackfillCursor {
  v: 1
  phase: 'slices' | 'open' | 'done'
  since?: Second
  /** Everything created at or after this second has been read; undefined: nothing yet. */
  until?: Second
  /** Width of the next slice. */
  widthS: number
  slice?: { start?: Second; rows: number; ids: IdWalk }
  open?: IdWalk
  done: number
  total?: number
}

const DAY_S = 86_400
const NARROWEST_S = 3_600
const WIDEST_S = 400 * DAY_S
/** A slice is made wider below, narrower above so many rows. */
const FEW_ROWS = 500
const MANY_ROWS = 3_000
/** Statuses every WooCommerce has; a name of a plugin that may be gone would fail the list. */
const OPEN = 'processing,on-hold,pending'

/** Newest first by date of order, in slices of days; then the open orders older than that. Ends with `more: false`. */
export async function pullOlder(
  api: Api,
  list: List,
  saved: unknown,
  options: PullOptions & { zone: string },
): Promise<RowPage> {
  const asked = api.requests
  const rows = size(options)
  let cursor = backfillCursor(saved) ?? {
    v: 1,
    phase: 'slices',
    ...maybe('since', secondOf(options.since)),
    widthS: DAY_S,
    done: 0,
  }
  let page: ListPage = { rows: [], unreadable: [], stamps: [] }

  if (cursor.phase === 'slices' && !cursor.slice) cursor = await nextSlice(list, cursor, options.zone)
  if (cursor.phase === 'slices' && cursor.slice) {
    const step = await stepById(list, cursor.slice.ids, rows)
    page = step.page
    const total = step.total ?? cursor.slice.rows + page.stamps.length
    cursor = step.walk
      ? { ...cursor, slice: { ...cursor.slice, rows: total, ids: step.walk } }
      : afterSlice({ ...cursor, slice: { ...cursor.slice, rows: total } })
  } else if (cursor.phase === 'open') {
    const ids = cursor.open ?? { filter: { status: OPEN, before: before(cursor.since!), dates_are_gmt: 'true' } }
    const step = await stepById(list, ids, rows)
    page = step.page
    cursor = step.walk ? { ...cursor, open: step.walk } : { ...cursor, phase: 'done', open: undefined }
  }
  cursor = { ...cursor, done: cursor.done + page.rows.length }
  return {
    rows: page.rows,
    unreadable: page.unreadable,
    cursor,
    more: cursor.phase !== 'done',
    requests: api.requests - asked,
    progress: { done: cursor.done, ...maybe('total', cursor.total) },
  }
}

/** Where the next older orders are: one small question that also jumps over empty months. */
async function nextSlice(list: List, cursor: BackfillCursor, zone: string): Promise<BackfillCursor> {
  const newest = await list({
    status: 'any',
    orderby: 'date',
    order: 'desc',
    per_page: 1,
    dates_are_gmt: 'true',
    _fields: 'id,date_created_gmt,date_modified_gmt',
    ...(cursor.until ? { before: before(cursor.until) } : {}),
    ...(cursor.since ? { after: after(cursor.since, zone) } : {}),
  })
  const row = newest.rows[0]
  const total = cursor.total ?? newest.total
  const known = { ...cursor, ...maybe('total', total) }
  if (!row && newest.unreadable.length === 0) return { ...known, phase: cursor.since ? 'open' : 'done' }

  const raw = (row?.value as { date_created_gmt?: unknown } | undefined)?.date_created_gmt
  const created = secondOf(raw)
  // An order dated 9999 is a slice of its own; of those dated 0000 what is left is read in one slice, by id.
  const future = typeof raw === 'string' && raw > '2200' && newest.shopNow ? shift(newest.shopNow, DAY_S) : cursor.since
  const narrow = created === undefined ? future : shift(created, 1 - cursor.widthS)
  const start = narrow === undefined ? undefined : cursor.since ? later(narrow, cursor.since) : narrow
  const filter: ListParams = {
    status: 'any',
    dates_are_gmt: 'true',
    ...(cursor.until ? { before: before(cursor.until) } : {}),
    ...(start ? { after: after(start, zone) } : {}),
  }
  return { ...known, slice: { ...maybe('start', start), rows: 0, ids: { filter } } }
}

function afterSlice(cursor: BackfillCursor): BackfillCursor {
  const { slice, ...rest } = cursor
  const rows = slice!.rows
  const widthS = rows > MANY_ROWS ? cursor.widthS / 2 : rows < FEW_ROWS ? cursor.widthS * 2 : cursor.widthS
  const next = { ...rest, widthS: Math.max(NARROWEST_S, Math.min(WIDEST_S, Math.round(widthS))) }
  const start = slice!.start
  if (start !== undefined && (cursor.since === undefined || start > cursor.since)) return { ...next, until: start }
  return { ...next, phase: cursor.since ? 'open' : 'done' }
}

const backfillCursor = (saved: unknown): BackfillCursor | undefined => {
  const cursor = saved as BackfillCursor | null | undefined
  return cursor && typeof cursor === 'object' && cursor.v === 1 && typeof cursor.phase === 'string' ? cursor : undefined
}
