/**
 * How a list that keeps changing is read without losing a row. Two walks, both over a tiny `list(params)`.
 *
 * `stepChanged` follows the change time. The cursor is a moment, never a page number: an order edited while we read moves
 * to the end, everything behind it slides up, and what slid over a page edge would never be seen. Its overlap is counted
 * from the newest change the shop showed BEFORE the cycle, because a slow transaction may be stamped long before it
 * appears. `stepById` reads a set that does not follow the clock (all ids, one frozen second, the orders of a day) from its
 * last page to its first: a row that leaves can then only slide towards pages still to be read.
 */
import type { Row, Unreadable } from '../../domain/platform.ts'
import { after, before, earlier, later, type Second, secondOf, shift, unfollowable } from './dates.ts'

export type ListParams = Record<string, string | number>

export interface ListPage {
  rows: Row[]
  unreadable: Unreadable[]
  /** Identity and change time of every row that has them, also of those that cannot be read. */
  stamps: { id: string; second?: Second }[]
  /** X-WP-Total and X-WP-TotalPages; undefined when the answer lost its headers. */
  total?: number
  totalPages?: number
  /** The shop's own clock (its `Date` header). */
  shopNow?: Second
}

export type List = (params: ListParams) => Promise<ListPage>

/** Longer than any transaction of a shop is expected to take. */
export const OVERLAP_S = 600
/** Ids in one `exclude=`: about 800 characters of URL. */
const MOST_EXCLUDED = 100
/** A change after tomorrow is left out of the lists; one that is nearer is read, but the cursor does not follow it. */
const FUTURE_S = 86_400
const EPOCH: Second = '1990-01-01T00:00:00'

// ——— by change time ———

export interface ChangeCursor {
  v: 1
  /** Everything changed before this second has been read, and nothing can still appear there. */
  from: Second
  /** Newest change of a window that was re-read after it could no longer grow: while it stays, there is nothing to do. */
  settled?: Second
  /** The cycle that is under way. */
  cycle?: Cycle
}

interface Cycle {
  /** Newest change the shop showed before the first page. */
  head: Second
  /** Newest change that can be true: the head, or the shop's own clock where the head is ahead of it. */
  sure?: Second
  /** Second the next page starts at, and the ids already read in it. */
  at: Second
  taken: string[]
  highest?: Second
  /** Whether the head was already older than the overlap when the cycle began. */
  settles: boolean
  /** Upper bound of every page, in a shop with rows dated in the future. */
  ceiling?: Second
  /** Page of this place in the list, when whole pages came empty because the shop hides rows after counting them. */
  page?: number
  /** A span that cannot be followed by time: more rows in one second than can be excluded, or an hour around a change of the clock. */
  span?: { end: Second; ids: IdWalk }
}

export interface Step {
  page: ListPage
  cursor: ChangeCursor
  more: boolean
}

export interface ChangeOptions {
  size: number
  zone: string
  /** Filter of this list: `status: 'any'` or `'trash'`. */
  filter: ListParams
  overlapS?: number
  /** The hub's clock, for a shop whose answers carry no `Date`. */
  now?: Second
}

const NOTHING: ListPage = { rows: [], unreadable: [], stamps: [] }

/** One page of what changed since the cursor; undefined starts at the shop's newest change. */
export async function stepChanged(list: List, saved: ChangeCursor | undefined, options: ChangeOptions): Promise<Step> {
  let cursor = saved
  if (!cursor?.cycle) {
    const started = await startCycle(list, cursor, options)
    if (!started.cycle) return { page: NOTHING, cursor: started, more: false }
    cursor = started
  }
  const cycle = cursor.cycle!
  if (cycle.span) return stepSpan(list, cursor, options)
  const blind = unfollowable(cycle.at, options.zone)
  if (!blind) return stepKeyset(list, cursor, options)
  return stepSpan(list, { ...cursor, cycle: { ...cycle, span: span(blind.start, blind.end, options) } }, options)
}

async function startCycle(list: List, cursor: ChangeCursor | undefined, options: ChangeOptions): Promise<ChangeCursor> {
  const overlap = options.overlapS ?? OVERLAP_S
  const ask = (ceiling?: Second) =>
    list({
      ...options.filter,
      ...bounded(ceiling),
      orderby: 'modified',
      order: 'desc',
      per_page: 1,
      _fields: 'id,date_modified_gmt',
    })
  let first = await ask()
  let ceiling: Second | undefined
  const now = first.shopNow ?? options.now
  const tomorrow = now === undefined ? undefined : shift(now, FUTURE_S)
  if (tomorrow !== undefined && first.stamps.length > 0 && (first.stamps[0]!.second ?? '9') > tomorrow) {
    ceiling = tomorrow
    first = await ask(ceiling)
  }
  const head = first.stamps[0]?.second
  if (head === undefined) return cursor ?? { v: 1, from: EPOCH }
  if (cursor?.settled === head) return cursor

  const newest = now === undefined ? head : earlier(head, now)
  const safe = shift(newest, -overlap)
  // A head before `from`: the shop's newest orders were deleted, or a backup was restored. Go back with it.
  const from = cursor === undefined ? safe : earlier(cursor.from, safe)
  // In an hour that comes twice the shop may sort an older change on top: not before it is over is a head the newest.
  const over = shift(unfollowable(head, options.zone)?.end ?? head, overlap)
  const settles = first.shopNow !== undefined && first.shopNow >= over
  return { v: 1, from, cycle: { head, sure: newest, at: from, taken: [], settles, ...(ceiling ? { ceiling } : {}) } }
}

async function stepKeyset(list: List, cursor: ChangeCursor, options: ChangeOptions): Promise<Step> {
  const cycle = cursor.cycle!
  const page = await list({
    ...options.filter,
    ...bounded(cycle.ceiling),
    orderby: 'modified',
    order: 'asc',
    modified_after: after(cycle.at, options.zone),
    dates_are_gmt: 'true',
    per_page: options.size,
    ...(cycle.page ? { page: cycle.page } : {}),
    ...(cycle.taken.length > 0 ? { exclude: cycle.taken.join(',') } : {}),
  })
  const fresh = page.stamps.filter((stamp) => !cycle.taken.includes(stamp.id))
  const times = fresh.flatMap(({ second }) => (second === undefined ? [] : [second]))
  const last = times.reduce<Second | undefined>(
    (highest, time) => (highest === undefined ? time : later(highest, time)),
    undefined,
  )
  const highest = last === undefined ? cycle.highest : cycle.highest === undefined ? last : later(cycle.highest, last)

  // A short page is no end: shops drop rows after counting them. The end is a page that is the last one.
  const ended = page.totalPages === undefined ? fresh.length === 0 : page.totalPages <= (cycle.page ?? 1)
  const next: Cycle = { ...cycle, page: undefined, ...(highest ? { highest } : {}) }
  if (ended) return { page, cursor: finish(cursor, next, options), more: false }
  if (last === undefined) {
    return { page, cursor: { ...cursor, cycle: { ...next, page: (cycle.page ?? 1) + 1 } }, more: true }
  }
  const disordered = times.some((time, index) => index > 0 && time < times[index - 1]!)
  if (last > cycle.head && !disordered && !unfollowable(last, options.zone)) {
    return { page, cursor: finish(cursor, next, options), more: false }
  }
  if (disordered) {
    // Not in the order of the filter: sorted by local time in an hour that came twice. Read the span by id.
    next.span = span(cycle.at, shift(last, 1), options)
  } else if (last === cycle.at) {
    next.taken = [...cycle.taken, ...fresh.map(({ id }) => id)]
    if (next.taken.length > MOST_EXCLUDED) next.span = span(cycle.at, shift(cycle.at, 1), options)
  } else {
    next.at = last
    next.taken = fresh.flatMap(({ id, second }) => (second === last ? [id] : []))
  }
  return { page, cursor: { ...cursor, cycle: next }, more: true }
}

/** From `start` (included) to `end` (not included), read by id. */
function span(start: Second, end: Second, options: ChangeOptions): { end: Second; ids: IdWalk } {
  const filter = {
    ...options.filter,
    modified_after: after(start, options.zone),
    modified_before: before(end),
    dates_are_gmt: 'true',
  }
  return { end, ids: { filter } }
}

async function stepSpan(list: List, cursor: ChangeCursor, options: ChangeOptions): Promise<Step> {
  const cycle = cursor.cycle!
  const { page, walk } = await stepById(list, cycle.span!.ids, options.size)
  const seen = page.stamps.flatMap(({ second }) => (second === undefined ? [] : [second]))
  const highest = seen.reduce<Second | undefined>(
    (most, time) => (most === undefined ? time : later(most, time)),
    cycle.highest,
  )
  if (walk) {
    return {
      page,
      cursor: { ...cursor, cycle: { ...cycle, ...(highest ? { highest } : {}), span: { ...cycle.span!, ids: walk } } },
      more: true,
    }
  }
  const next: Cycle = {
    ...cycle,
    ...(highest ? { highest } : {}),
    at: later(cycle.at, cycle.span!.end),
    taken: [],
    span: undefined,
    page: undefined,
  }
  if (next.at > cycle.head) return { page, cursor: finish(cursor, next, options), more: false }
  return { page, cursor: { ...cursor, cycle: next }, more: true }
}

/**
 * `from` moves to what was read, but never closer to the head than the overlap: something may still appear there. A head
 * that lies ahead of the shop's clock does not take it along, or every true change until then would be lost.
 */
function finish(cursor: ChangeCursor, cycle: Cycle, options: ChangeOptions): ChangeCursor {
  const safe = shift(cycle.sure ?? cycle.head, -(options.overlapS ?? OVERLAP_S))
  const read = cycle.highest === undefined ? cursor.from : earlier(cycle.highest, safe)
  return { v: 1, from: later(cursor.from, read), ...(cycle.settles ? { settled: cycle.head } : {}) }
}

const bounded = (ceiling: Second | undefined): ListParams =>
  ceiling === undefined ? {} : { modified_before: before(ceiling), dates_are_gmt: 'true' }

// ——— by id ———

export interface IdWalk {
  filter: ListParams
  /** Rows at the front of the list that may still be unread. */
  left?: number
  total?: number
  /** Ids of the page that was read first, the front one. */
  first?: string[]
  /** Without X-WP-Total: pages forward, of this size, until one is empty. */
  forward?: { page: number; size: number }
  /** Times a page was read again because rows came in; bounded, a busy shop must not keep us for ever. */
  backs?: number
}

const MOST_BACKS = 20

interface IdStep {
  page: ListPage
  /** Undefined: the set has been read to its end. */
  walk?: IdWalk
  total?: number
}

/**
 * One page of a set by id: the front page, then from the last one back to the front. A row that leaves meanwhile moves the
 * rows behind it towards the front, onto pages still to come; what moved onto the front page itself is found by looking at
 * its ids once more at the end. Totals prove nothing: one row may have left while another came.
 */
export async function stepById(list: List, walk: IdWalk, size: number): Promise<IdStep> {
  const ask = (page: number, perPage: number, more: ListParams = {}) =>
    list({ ...walk.filter, orderby: 'id', order: 'asc', per_page: perPage, page, ...more })

  if (walk.forward) {
    const page = await ask(walk.forward.page, walk.forward.size)
    const done = page.stamps.length === 0 && page.unreadable.length === 0
    return done ? { page } : { page, walk: { ...walk, forward: { ...walk.forward, page: walk.forward.page + 1 } } }
  }
  if (walk.left === undefined) {
    const page = await ask(1, size)
    const { total } = page
    if (total === undefined) {
      const done = page.stamps.length === 0 && page.unreadable.length === 0
      return done ? { page } : { page, walk: { ...walk, forward: { page: 2, size } } }
    }
    if (total <= size) return { page, total }
    return { page, total, walk: { ...walk, left: total, total, first: page.stamps.map(({ id }) => id) } }
  }

  const front = walk.first!.length
  if (walk.left > 0 && walk.left <= front) {
    const again = await ask(1, Math.max(front, 1), { _fields: 'id,status,date_created_gmt,date_modified_gmt' })
    if (again.stamps.every(({ id }) => walk.first!.includes(id))) return { page: NOTHING, total: walk.total! }
  }
  const number = Math.ceil(walk.left / size)
  const page = await ask(number, size)
  const total = page.total ?? walk.total!
  const came = Math.max(0, total - walk.total!)
  const backs = (walk.backs ?? 0) + (came > 0 ? 1 : 0)
  // Rows that came in pushed unread ones back, perhaps onto a page already read: go there again.
  const goBack = walk.left + came > number * size && backs <= MOST_BACKS
  const left = goBack ? walk.left + came : (number - 1) * size
  return left <= 0 ? { page, total } : { page, total, walk: { ...walk, left, total, backs } }
}

/** Everything of a page that carries a time, for lists that are not orders. */
export const stampOf = (id: string, modified: unknown): { id: string; second?: Second } => {
  const second = secondOf(modified)
  return second === undefined ? { id } : { id, second }
}
