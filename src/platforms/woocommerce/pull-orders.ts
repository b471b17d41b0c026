/**
 * Orders out of WooCommerce (REST API v3): lists read row by row, and what changed or went to the trash.
 *
 * `status=any` throughout: one status name the shop does not know (its plugin went) fails a whole list (seen). `any` leaves
 * out trash and drafts of the checkout. Each row keeps its own JSON text as sent; a row that cannot be read, or an order
 * that breaks the shop's own answer, is set aside and the walk goes on.
 */
import { HubError } from '../../domain/errors.ts'
import { parseShopJson, splitRows } from '../../domain/json.ts'
import type { PullOptions, Row, RowPage, Unreadable } from '../../domain/platform.ts'
import type { Api } from './api.ts'
import { type Answer, mayBePoison } from './classify.ts'
import { fromMs, shift, zoneOf } from './dates.ts'
import { type ChangeCursor, type List, type ListPage, type ListParams, stampOf, stepChanged } from './walk.ts'

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
  throw new HubError(
    'response-malformed',
    `${answer.status} ${answer.error?.code}: ${answer.error?.message}`.slice(0, 300),
    {
      params: {
        status: answer.status,
        reason: answer.error?.code === 'rest_no_route' ? 'no-route' : 'refused',
        code: answer.error?.code ?? '',
      },
    },
  )
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

export const maybe = <K extends string, V>(name: K, value: V | undefined): { [name in K]?: V } =>
  value === undefined ? {} : ({ [name]: value } as { [name in K]: V })

/** A record with identity and change time, or why it is set aside. A change time that is nonsense is kept: the order still ships. */
export function readRow(value: unknown, text: string): Row | Unreadable {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return { reason: 'row-not-an-object', text }
  const { id, date_modified_gmt: modified } = value as { id?: unknown; date_modified_gmt?: unknown }
  const remoteId =
    typeof id === 'number' && Number.isInteger(id) && id > 0
      ? String(id)
      : typeof id === 'string' && /^[1-9]\d{0,18}$/.test(id)
        ? id
        : undefined
  if (remoteId === undefined) return { reason: 'row-without-id', text }
  // An order without a time of change (null: an import tool wrote it) still ships; it moves no cursor.
  if (modified === null) return { remoteId, modifiedRaw: '', text, value }
  if (typeof modified !== 'string' || modified.trim() === '') return { remoteId, reason: 'row-without-date', text }
  return { remoteId, modifiedRaw: modified, text, value }
}

export const size = (options: PullOptions): number => Math.max(1, Math.min(MOST_ROWS, Math.floor(options.pageSize)))

// ——— changed, and trashed ———

/** The zone decides which hours cannot be followed by the clock; a merchant may change it at any time. */
interface ZonedCursor extends ChangeCursor {
  zone?: string
  /** When the shop was last asked for it (ms, our clock). */
  zoneAskedAt?: number
}

const ZONE_EVERY_MS = 24 * 3_600_000
/** Farther than any two zones are apart. */
const ZONE_REWIND_S = 26 * 3_600

export async function pullChanges(
  api: Api,
  list: List,
  saved: unknown,
  options: PullOptions & { zone: string; status: 'any' | 'trash'; nowMs: number },
): Promise<RowPage> {
  const asked = api.requests
  const { cursor, zone, zoneAskedAt } = await inTodaysZone(api, changeCursor(saved), options)
  const step = await stepChanged(list, cursor, {
    size: size(options),
    zone,
    filter: { status: options.status },
    now: fromMs(options.nowMs),
  })
  return {
    rows: step.page.rows,
    unreadable: step.page.unreadable,
    cursor: { ...step.cursor, zone, zoneAskedAt },
    more: step.more,
    requests: api.requests - asked,
  }
}

/** Once a day, between two cycles, the shop's zone is asked for; when it changed, a day is read again. */
async function inTodaysZone(
  api: Api,
  cursor: ZonedCursor | undefined,
  options: { zone: string; nowMs: number },
): Promise<{ cursor: ZonedCursor | undefined; zone: string; zoneAskedAt: number }> {
  const zone = cursor?.zone ?? options.zone
  const zoneAskedAt = cursor?.zoneAskedAt ?? options.nowMs
  if (!cursor || cursor.cycle || options.nowMs - zoneAskedAt < ZONE_EVERY_MS) return { cursor, zone, zoneAskedAt }
  const found = await api
    .get('/', { params: { _fields: 'timezone_string,gmt_offset' }, purpose: 'orders' })
    .then((answer) => (answer.status < 400 ? zoneOf((answer.value ?? {}) as object) : undefined))
    .catch(() => undefined) // the list itself will say what is wrong with the shop
  if (found === undefined || found === zone) return { cursor, zone, zoneAskedAt: options.nowMs }
  return { cursor: { v: 1, from: shift(cursor.from, -ZONE_REWIND_S) }, zone: found, zoneAskedAt: options.nowMs }
}

/** A saved cursor, if it is one of ours; anything else starts anew, which loses nothing but time. */
export const changeCursor = (saved: unknown): ZonedCursor | undefined => {
  const cursor = saved as ZonedCursor | null | undefined
  return cursor && typeof cursor === 'object' && cursor.v === 1 && typeof cursor.from === 'string' ? cursor : undefined
}

/** Text of a kept row, parsed again. */
export function reparse(text: string): unknown {
  const json = parseShopJson(new TextEncoder().encode(text))
  return json.ok ? json.value : undefined
}
