/**
 * Orders out of WooCommerce (REST API v3): changed, older, trashed, and what exists at all.
 *
 * `status=any` throughout: one status name the shop does not know (its plugin went) fails a whole list (seen). `any` leaves
 * out trash and drafts of the checkout. Each row keeps its own JSON text as sent; a row that cannot be read, or an order
 * that breaks the shop's own answer, is set aside and the walk goes on.
 */
import { HubError } from '../../domain/errors.ts'
import { parseShopJson, splitRows } from '../../domain/json.ts'
import type { PullOptions, Row, RowPage, SweepPage, Unreadable } from '../../domain/platform.ts'
import type { Api, Params } from './api.ts'
import { type Answer, mayBePoison } from './classify.ts'
import { after, before, fromMs, later, type Second, secondOf, shift } from './dates.ts'
import { type ChangeCursor, type IdWalk, type List, type ListPage, type ListParams, stampOf, stepById, stepChanged } from './walk.ts'

/** The API's ceiling; more is refused with 400. */
export const MOST_ROWS = 100

/** A list of this shop as the walks want it. `path` is `/wc/v3/orders` or `/wc/v3/products`. */
export function listOf(api: Api, path: string, purpose: string, nonce: () => string): List {
  const ask = async (params: ListParams) =>
    pageOf(listAnswer(await api.get(path, { params: { ...params, _: nonce() }, shape: 'list', purpose })))
  return async (params) => {
    try {
      return await ask(params)
    } catch (thrown) {
      // A page of one that still breaks the shop: its identity alone usually comes.
      if (Number(params.per_page) !== 1 || params._fields !== undefined || !mayBePoison(thrown)) throw thrown
      const bare = await ask({ ...params, _fields: 'id,status,date_created_gmt,date_modified_gmt' }).catch(() => {
        throw thrown
      })
      return { ...bare, rows: [], unreadable: [...bare.unreadable, ...bare.rows.map(poison)] }
    }
  }
}

const poison = (row: Row): Unreadable => ({ remoteId: row.remoteId, reason: 'row-breaks-shop', text: row.text })

/** @throws HubError when the shop refused the question itself (400 and the like) */
export function listAnswer(answer: Answer): Answer {
  if (answer.status < 400) return answer
  throw new HubError('response-malformed', `${answer.status} ${answer.error?.code}: ${answer.error?.message}`.slice(0, 300), {
    params: { status: answer.status, reason: answer.error?.code === 'rest_no_route' ? 'no-route' : 'refused', code: answer.error?.code ?? '' },
  })
}

export function pageOf(answer: Answer): ListPage {
  const values = answer.value as unknown[]
  const texts = splitRows(answer.text)
  const page: ListPage = { rows: [], unreadable: [], stamps: [] }
  const places = new Map<string, number>()
  values.forEach((value, index) => {
    const text = texts[index] ?? JSON.stringify(value)
    const read = readRow(value, text)
    if ('reason' in read) {
      page.unreadable.push(read)
      if (read.remoteId !== undefined) page.stamps.push({ id: read.remoteId })
      return
    }
    const twin = places.get(read.remoteId)
    if (twin === undefined) {
      places.set(read.remoteId, page.rows.length)
      page.rows.push(read)
      page.stamps.push(stampOf(read.remoteId, read.modifiedRaw))
    } else if (read.modifiedRaw > page.rows[twin]!.modifiedRaw) {
      page.rows[twin] = read // the same id twice in one page: the newer telling counts
    }
  })
  const count = (name: string) => {
    const raw = answer.headers[name]
    return raw !== undefined && /^\d+$/.test(raw.trim()) ? Number(raw) : undefined
  }
  const now = Date.parse(answer.headers.date ?? '')
  return {
    ...page,
    ...maybe('total', count('x-wp-total')),
    ...maybe('totalPages', count('x-wp-totalpages')),
    ...maybe('shopNow', Number.isFinite(now) ? fromMs(now) : undefined),
  }
}

const maybe = <K extends string, V>(name: K, value: V | undefined): { [name in K]?: V } =>
  value === undefined ? {} : ({ [name]: value } as { [name in K]: V })

/** A record with identity and change time, or why it is set aside. A change time that is nonsense is kept: the order still ships. */
export function readRow(value: unknown, text: string): Row | Unreadable {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return { reason: 'row-not-an-object', text }
  const { id, date_modified_gmt: modified } = value as { id?: unknown; date_modified_gmt?: unknown }
  const remoteId = typeof id === 'number' && Number.isInteger(id) && id > 0 ? String(id) : typeof id === 'string' && /^[1-9]\d{0,18}$/.test(id) ? id : undefined
  if (remoteId === undefined) return { reason: 'row-without-id', text }
  if (typeof modified !== 'string' || modified.trim() === '') return { remoteId, reason: 'row-without-date', text }
  return { remoteId, modifiedRaw: modified, text, value }
}

const size = (options: PullOptions): number => Math.max(1, Math.min(MOST_ROWS, Math.floor(options.pageSize)))

// ——— changed, and trashed ———

export async function pullChanges(
  api: Api,
  list: List,
  saved: unknown,
  options: PullOptions & { zone: string; status: 'any' | 'trash' },
): Promise<RowPage> {
  const asked = api.requests
  const step = await stepChanged(list, changeCursor(saved), {
    size: size(options),
    zone: options.zone,
    filter: { status: options.status },
  })
  return { rows: step.page.rows, unreadable: step.page.unreadable, cursor: step.cursor, more: step.more, requests: api.requests - asked }
}

/** A saved cursor, if it is one of ours; anything else starts anew, which loses nothing but time. */
export const changeCursor = (saved: unknown): ChangeCursor | undefined => {
  const cursor = saved as ChangeCursor | null | undefined
  return cursor && typeof cursor === 'object' && cursor.v === 1 && typeof cursor.from === 'string' ? cursor : undefined
}

// ——— older orders ———

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
export async function pullOlder(api: Api, list: List, saved: unknown, options: PullOptions & { zone: string }): Promise<RowPage> {
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

// ——— everything that exists ———

interface SweepCursor {
  v: 1
  walk: IdWalk
  highest?: string
}

const SWEEP_FIELDS = 'id,status,date_modified_gmt'

/** All ids, a hundred a page and a few bytes each. Ids above the bound may have come after the sweep began. */
export async function sweepOrders(api: Api, list: List, saved: unknown, options: PullOptions): Promise<SweepPage> {
  const asked = api.requests
  const cursor = sweepCursor(saved) ?? { v: 1, walk: { filter: { status: 'any', _fields: SWEEP_FIELDS } } }
  const { page, walk } = await stepById(list, cursor.walk, options.pageSize < 25 ? size(options) : MOST_ROWS)
  const highest = page.stamps.reduce<string | undefined>((most, { id }) => (most === undefined || isAbove(id, most) ? id : most), cursor.highest)
  const bound = walk ? undefined : await sweptUpTo(list, highest)
  return {
    present: page.rows.map(({ remoteId, modifiedRaw, value }) => ({
      remoteId,
      statusRaw: String((value as { status?: unknown }).status ?? ''),
      modifiedRaw,
    })),
    cursor: walk ? { v: 1, walk, ...maybe('highest', highest) } : undefined,
    more: walk !== undefined,
    requests: api.requests - asked,
    ...maybe('completeUpTo', bound),
  }
}

/**
 * Up to which id the sweep proves what is gone. Ids only grow: if the highest id is still the one the sweep saw, nothing
 * came meanwhile, and higher ids the hub may know (the newest orders, deleted) are gone as well.
 */
async function sweptUpTo(list: List, highest: string | undefined): Promise<string> {
  const newest = await list({ status: 'any', orderby: 'id', order: 'desc', per_page: 1, _fields: SWEEP_FIELDS })
  const now = newest.stamps[0]?.id
  return now === undefined || now === highest ? ANY_ID : (highest ?? '0')
}

const ANY_ID = '9'.repeat(18)

const isAbove = (a: string, b: string): boolean => a.length > b.length || (a.length === b.length && a > b)

const sweepCursor = (saved: unknown): SweepCursor | undefined => {
  const cursor = saved as SweepCursor | null | undefined
  return cursor && typeof cursor === 'object' && cursor.v === 1 && typeof cursor.walk === 'object' ? cursor : undefined
}

// ——— by id ———

/**
 * Rows by id. Trashed orders and those of a status whose plugin went are in no list, but answer by id (seen): what a list
 * does not bring is asked for singly before it counts as missing. An order that breaks the shop is in neither.
 */
export async function fetchRows(api: Api, ids: string[], nonce: () => string): Promise<Map<string, Row | 'missing'>> {
  const found = new Map<string, Row | 'missing'>()
  const wanted = [...new Set(ids)].filter((id) => /^[1-9]\d{0,18}$/.test(id))
  for (const id of ids) if (!wanted.includes(id)) found.set(id, 'missing')
  for (let at = 0; at < wanted.length; at += 50) await fetchChunk(wanted.slice(at, at + 50))
  return found

  async function fetchChunk(chunk: string[]): Promise<void> {
    if (chunk.length === 1) return fetchOne(chunk[0]!)
    try {
      const params: Params = { include: chunk.join(','), status: 'any', per_page: chunk.length, orderby: 'include', _: nonce() }
      const page = pageOf(listAnswer(await api.get('/wc/v3/orders', { params, shape: 'list', purpose: 'orders' })))
      for (const row of page.rows) if (chunk.includes(row.remoteId)) found.set(row.remoteId, row)
    } catch (thrown) {
      if (!mayBePoison(thrown)) throw thrown
      const middle = Math.ceil(chunk.length / 2)
      await fetchChunk(chunk.slice(0, middle))
      return fetchChunk(chunk.slice(middle))
    }
    for (const id of chunk) if (!found.has(id)) await fetchOne(id)
  }

  async function fetchOne(id: string): Promise<void> {
    try {
      const answer = await api.get(`/wc/v3/orders/${id}`, { params: { _: nonce() }, shape: 'object', purpose: 'orders' })
      if (answer.status === 404 && answer.error?.code !== 'rest_no_route') return void found.set(id, 'missing')
      const row = readRow(listAnswer(answer).value, answer.text)
      if (!('reason' in row) && row.remoteId === id) found.set(id, row)
    } catch (thrown) {
      if (!mayBePoison(thrown)) throw thrown
      const listed = await api.get(`/wc/v3/orders/${id}`, { params: { _fields: 'id', _: nonce() }, purpose: 'orders' }).catch(() => undefined)
      if (!listed) throw thrown // the shop as a whole is in trouble, not this order
    }
  }
}

/** Text of a kept row, parsed again. */
export function reparse(text: string): unknown {
  const json = parseShopJson(new TextEncoder().encode(text))
  return json.ok ? json.value : undefined
}

