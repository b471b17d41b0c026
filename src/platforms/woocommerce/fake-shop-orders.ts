/**
 * The fake shop's orders: kept in memory, sorted as the shop's database sorts them, written out as its API does.
 *
 * Three traps of the real shops are kept on purpose: times have seconds only, before 10.5 rows of one second have no
 * second sort key (so `page=` repeats some and loses others), and orders kept in posts are sorted by the shop's local
 * time although they are filtered by UTC. Seen on 10.9.1 and 9.3.2.
 */
import type { ShopZone } from './fake-shop-time.ts'

export type JsonObject = Record<string, unknown>

export interface Refund extends JsonObject {
  id: number
  /** UTC seconds. */
  created: number
  amount: string
  reason: string
}

export interface ShopOrder {
  id: number
  status: string
  /** UTC seconds, as all moments here. */
  created: number
  modified: number
  completed: number | null
  paid: number | null
  refunds: Refund[]
  /** The rest, in the API's own words, amounts as precise as they are stored. Replaced, never edited in place. */
  body: JsonObject
  /** Grows with every change of this order. */
  changes: number
  kept?: { key: string; text: string }
  /** A made-up order writes itself from a template, so that a hundred thousand of them fit into memory. */
  quick?: (order: ShopOrder, render: Rendering) => string
}

export interface Rendering {
  /** Scheme, host and sub-directory, without trailing slash. */
  home: string
  zone: ShopZone
  version: string
  storage: 'hpos' | 'posts'
  dp: number
  numberOf: (order: ShopOrder) => string
}

export interface OrderFilter {
  /** Undefined: `any`, which leaves out trash, drafts and statuses whose plugin is gone. */
  statuses?: ReadonlySet<string>
  modified: Range
  created: Range
  include?: number[]
  exclude?: ReadonlySet<number>
  product?: number
  customer?: number
  search?: string
  orderby: 'date' | 'id' | 'include' | 'title' | 'slug' | 'modified'
  order: 'asc' | 'desc'
  offset: number
  limit: number
}

/** Exclusive bounds; `column` is the stored time they are compared with. */
export interface Range {
  after?: number
  before?: number
  column: 'gmt' | 'local'
}

export interface OrderRules {
  storage: 'hpos' | 'posts'
  /** 10.5 and later: id is the second sort key of modified and date. */
  secondKey: boolean
  zone: ShopZone
  /** Custom ones too, without trash and drafts. */
  liveStatuses: () => ReadonlySet<string>
}

type Key = 'modified' | 'created'

export class OrderBook {
  /** Grows with every change, so whoever keeps something made from the orders knows when it is stale. */
  edition = 0
  private readonly rules: OrderRules
  private readonly all = new Map<number, ShopOrder>()
  private readonly sorted: Record<Key, ShopOrder[]> = { modified: [], created: [] }
  private ids: ShopOrder[] = []
  private stale = true
  private found = new Map<string, ShopOrder[]>()

  constructor(rules: OrderRules) {
    this.rules = rules
  }

  get size(): number {
    return this.all.size
  }

  get(id: number): ShopOrder | undefined {
    return this.all.get(id)
  }

  values(): IterableIterator<ShopOrder> {
    return this.all.values()
  }

  /** Adds many at once: one sort instead of one insertion each. */
  addMany(orders: Iterable<ShopOrder>): void {
    for (const order of orders) this.all.set(order.id, order)
    this.reindex()
  }

  add(order: ShopOrder): void {
    this.all.set(order.id, order)
    if (this.stale) return this.touched()
    const last = this.ids.at(-1)
    if (last && last.id > order.id) return this.reindex()
    this.ids.push(order)
    this.enter(order)
    this.touched()
  }

  remove(id: number): void {
    const order = this.all.get(id)
    if (!order) return
    if (!this.stale) this.leave(order)
    this.all.delete(id)
    this.ids = this.ids.filter((other) => other.id !== id)
    this.touched()
  }

  /** Every change of an order goes through here, so that no list is left sorted by an old time. */
  change(order: ShopOrder, edit: (order: ShopOrder) => void): void {
    if (!this.stale) this.leave(order)
    edit(order)
    order.changes++
    if (!this.stale) this.enter(order)
    this.touched()
  }

  /** Call when statuses came or went: the lists hold only orders of known statuses. */
  reindex(): void {
    this.stale = true
    this.touched()
  }

  list(filter: OrderFilter): { rows: ShopOrder[]; total: number } {
    this.freshen()
    const quick = this.quickList(filter)
    if (quick) return quick
    const { offset, limit, ...rest } = filter
    const ties = this.rules.secondKey || rest.orderby === 'id' || rest.orderby === 'include' ? '' : `${offset}/${limit}`
    const key = JSON.stringify([{ ...rest, statuses: list(rest.statuses), exclude: list(rest.exclude) }, ties])
    let matches = this.found.get(key)
    if (!matches) {
      matches = this.sort(this.candidates(filter).filter(this.matcher(filter)), filter)
      if (this.found.size > 50) this.found.clear()
      this.found.set(key, matches)
    }
    return { rows: matches.slice(offset, offset + limit), total: matches.length }
  }

  /** The usual question of a poller, answered without looking at every order: `any`, sorted by change. */
  private quickList(filter: OrderFilter): { rows: ShopOrder[]; total: number } | undefined {
    const { storage, secondKey } = this.rules
    const plain =
      filter.orderby === 'modified' &&
      storage === 'hpos' &&
      secondKey &&
      !filter.statuses &&
      !filter.include &&
      filter.search === undefined &&
      filter.product === undefined &&
      filter.customer === undefined &&
      filter.created.after === undefined &&
      filter.created.before === undefined
    if (!plain) return undefined
    const rows = this.sorted.modified
    const from = filter.modified.after === undefined ? 0 : firstAfter(rows, filter.modified.after + 1)
    const to = filter.modified.before === undefined ? rows.length : firstAfter(rows, filter.modified.before)
    let total = Math.max(0, to - from)
    for (const id of filter.exclude ?? []) {
      const order = this.all.get(id)
      if (order && this.isLive(order) && within(order.modified, filter.modified)) total--
    }
    const page: ShopOrder[] = []
    let skip = filter.offset
    const step = filter.order === 'asc' ? 1 : -1
    for (let at = step > 0 ? from : to - 1; at >= from && at < to && page.length < filter.limit; at += step) {
      const order = rows[at]!
      if (filter.exclude?.has(order.id)) continue
      if (skip-- > 0) continue
      page.push(order)
    }
    return { rows: page, total }
  }

  private candidates(filter: OrderFilter): ShopOrder[] {
    if (filter.include) return filter.include.flatMap((id) => this.all.get(id) ?? [])
    return filter.statuses ? this.ids : this.sorted.modified
  }

  private matcher(filter: OrderFilter): (order: ShopOrder) => boolean {
    const wanted = filter.statuses
    const time = (seconds: number, range: Range) =>
      range.column === 'gmt' || this.rules.storage === 'hpos' ? seconds : seconds + this.rules.zone.offsetAt(seconds)
    return (order) =>
      (wanted ? wanted.has(order.status) : this.isLive(order)) &&
      within(time(order.modified, filter.modified), filter.modified) &&
      within(time(order.created, filter.created), filter.created) &&
      !filter.exclude?.has(order.id) &&
      (filter.product === undefined || hasProduct(order, filter.product)) &&
      (filter.customer === undefined || order.body.customer_id === filter.customer) &&
      (filter.search === undefined || found(order, filter.search))
  }

  private sort(rows: ShopOrder[], filter: OrderFilter): ShopOrder[] {
    const { orderby, order, include } = filter
    const sign = order === 'asc' ? 1 : -1
    if (orderby === 'include' && include) {
      const place = new Map(include.map((id, index) => [id, index]))
      return rows.toSorted((a, b) => place.get(a.id)! - place.get(b.id)!)
    }
    if (orderby === 'id') return rows.toSorted((a, b) => sign * (a.id - b.id))
    const key: Key = orderby === 'modified' ? 'modified' : 'created'
    const when = (one: ShopOrder) => this.sortTime(one, key)
    const tie = orderby === 'modified' && !this.rules.secondKey ? this.looseTie(filter, rows.length) : undefined
    if (tie) {
      const ids = rows.toSorted((a, b) => a.id - b.id)
      return tie(ids).toSorted((a, b) => sign * (when(a) - when(b)))
    }
    return rows.toSorted((a, b) => sign * (when(a) - when(b) || a.id - b.id))
  }

  /**
   * Rows of one second before 10.5: MySQL picks another order for another LIMIT. Seen with 130 orders in HPOS tables:
   * pages of 50 gave 109–158, 159–208 and then 160–189 again; with 12 in posts, 6 of them never came.
   */
  private looseTie(filter: OrderFilter, total: number): ((rows: ShopOrder[]) => ShopOrder[]) | undefined {
    const { offset, limit } = filter
    if (this.rules.storage === 'hpos') {
      if (offset === 0 || offset + limit <= total) return (rows) => rows
      return (rows) => [...rows.slice(rows.length - limit + 1), ...rows.slice(0, rows.length - limit + 1)]
    }
    if (total <= limit) return (rows) => rows
    return (rows) => rows.toSorted((a, b) => scatter(a.id, offset) - scatter(b.id, offset))
  }

  private sortTime(order: ShopOrder, key: Key): number {
    const seconds = order[key]
    return this.rules.storage === 'posts' ? seconds + this.rules.zone.offsetAt(seconds) : seconds
  }

  private isLive = (order: ShopOrder): boolean => this.rules.liveStatuses().has(order.status)

  private touched(): void {
    this.edition++
    this.found.clear()
  }

  private freshen(): void {
    if (!this.stale) return
    this.ids = [...this.all.values()].sort((a, b) => a.id - b.id)
    const live = this.ids.filter(this.isLive)
    for (const key of ['modified', 'created'] as const)
      this.sorted[key] = live.toSorted((a, b) => this.sortTime(a, key) - this.sortTime(b, key) || a.id - b.id)
    this.stale = false
  }

  private enter(order: ShopOrder): void {
    if (!this.isLive(order)) return
    for (const key of ['modified', 'created'] as const) {
      const rows = this.sorted[key]
      rows.splice(this.place(rows, order, key), 0, order)
    }
  }

  private leave(order: ShopOrder): void {
    if (!this.isLive(order)) return
    for (const key of ['modified', 'created'] as const) {
      const rows = this.sorted[key]
      const at = this.place(rows, order, key)
      if (rows[at] === order) rows.splice(at, 1)
    }
  }

  private place(rows: ShopOrder[], order: ShopOrder, key: Key): number {
    const time = this.sortTime(order, key)
    let low = 0
    let high = rows.length
    while (low < high) {
      const middle = (low + high) >> 1
      const other = rows[middle]!
      const before = this.sortTime(other, key) - time || other.id - order.id
      if (before < 0) low = middle + 1
      else high = middle
    }
    return low
  }
}

const list = <T>(set: ReadonlySet<T> | undefined): T[] | undefined => (set ? [...set] : undefined)

const within = (seconds: number, range: Range): boolean =>
  (range.after === undefined || seconds > range.after) && (range.before === undefined || seconds < range.before)

/** First place whose order changed at or after `seconds`. */
function firstAfter(rows: ShopOrder[], seconds: number): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (rows[middle]!.modified < seconds) low = middle + 1
    else high = middle
  }
  return low
}

const scatter = (id: number, salt: number): number => ((id * 2654435761 + (salt + 1) * 40503) >>> 0) % 1009

const lines = (order: ShopOrder): JsonObject[] => (order.body.line_items as JsonObject[] | undefined) ?? []

const hasProduct = (order: ShopOrder, id: number): boolean => lines(order).some((line) => line.product_id === id)

/** Names, address and e-mail, and the ids; a number made by a numbering plugin is not found (seen). */
function found(order: ShopOrder, text: string): boolean {
  if (String(order.id) === text) return true
  const haystack = [order.body.billing, order.body.shipping, lines(order).map((line) => line.name)]
  return JSON.stringify(haystack).toLowerCase().includes(text.toLowerCase())
}
