/**
 * The promise of the cursor, against a shop that never stands still: seconds only, edits between any two requests, changes
 * that appear late, more edits in one second than a page holds, deletions, crashes between a page and its commit. The shop
 * here is a model in memory with both ways WooCommerce sorts ties; the same walks over HTTP are tested with the fake shop.
 */
import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import { describe, expect, test } from 'vitest'
import type { Row, RowPage } from '../../domain/platform.ts'
import type { Api } from './api.ts'
import { fromMs, toMs } from './dates.ts'
import { pullOlder } from './pull-older.ts'
import { readRow } from './pull-orders.ts'
import { sweepOrders } from './sweep.ts'
import { type ChangeCursor, type List, type ListParams, stampOf, stepChanged } from './walk.ts'

const OVERLAP_S = 40
const LATEST_COMMIT_S = 30

interface ModelOrder {
  id: number
  created: number
  modified: number
  revision: number
  trashed: boolean
}

/** Seconds since 1970 throughout. */
class ModelShop {
  now: number
  readonly stableTies: boolean
  readonly zone: string
  readonly sortsLocally: boolean
  readonly orders = new Map<number, ModelOrder>()
  private readonly pending: { at: number; order: ModelOrder }[] = []
  private nextId = 1
  private questions = 0

  constructor(options: { now: number; stableTies: boolean; zone?: string; sortsLocally?: boolean }) {
    this.now = options.now
    this.stableTies = options.stableTies
    this.zone = options.zone ?? 'UTC'
    this.sortsLocally = options.sortsLocally ?? false
  }

  place(created = this.now): ModelOrder {
    const order = { id: this.nextId++, created, modified: this.now, revision: 1, trashed: false }
    this.orders.set(order.id, order)
    return order
  }
  edit(id: number, change: Partial<ModelOrder> = {}): void {
    const order = this.orders.get(id)
    // a slow transaction holds the row: another save of it waits
    if (order && !this.isPending(id))
      this.orders.set(id, { ...order, modified: this.now, revision: order.revision + 1, ...change })
  }
  /** Stamped now, seen later. */
  editLate(id: number | undefined, delay: number): void {
    const known = id === undefined ? undefined : this.orders.get(id)
    if (id !== undefined && (!known || this.pending.some(({ order }) => order.id === id))) return
    const order = known
      ? { ...known, modified: this.now, revision: known.revision + 1 }
      : { id: this.nextId++, created: this.now, modified: this.now, revision: 1, trashed: false }
    this.pending.push({ at: this.now + delay, order })
  }
  tick(seconds: number): void {
    this.now += seconds
    for (const due of this.pending.splice(0)) {
      if (due.at > this.now) this.pending.push(due)
      else if (this.orders.has(due.order.id) || due.order.revision === 1) this.orders.set(due.order.id, due.order)
    }
  }
  isPending(id: number): boolean {
    return this.pending.some(({ order }) => order.id === id)
  }

  list: List = async (params: ListParams) => {
    this.questions++
    const rows = this.matching(params)
    const size = Number(params.per_page)
    const page = Number(params.page ?? 1)
    const shown = rows.slice((page - 1) * size, page * size)
    const read = shown.map((order): Row => {
      const value = {
        id: order.id,
        status: order.trashed ? 'trash' : 'processing',
        date_created_gmt: fromMs(order.created * 1000),
        date_modified_gmt: fromMs(order.modified * 1000),
        revision: order.revision,
      }
      return readRow(value, JSON.stringify(value)) as Row
    })
    return {
      rows: read,
      unreadable: [],
      stamps: read.map((row) => stampOf(row.remoteId, row.modifiedRaw)),
      total: rows.length,
      totalPages: Math.ceil(rows.length / size),
      shopNow: fromMs(this.now * 1000),
    }
  }

  private matching(params: ListParams): ModelOrder[] {
    const bound = (name: string) => (params[name] === undefined ? undefined : this.parse(String(params[name])))
    const [after, before, createdAfter, createdBefore] = ['modified_after', 'modified_before', 'after', 'before'].map(
      bound,
    )
    const excluded = new Set(
      String(params.exclude ?? '')
        .split(',')
        .map(Number),
    )
    const rows = [...this.orders.values()].filter(
      (order) =>
        order.trashed === (params.status === 'trash') &&
        (after === undefined || order.modified > after) &&
        (before === undefined || order.modified < before) &&
        (createdAfter === undefined || order.created > createdAfter) &&
        (createdBefore === undefined || order.created < createdBefore) &&
        !excluded.has(order.id),
    )
    const direction = params.order === 'desc' ? -1 : 1
    const key = (order: ModelOrder) =>
      params.orderby === 'id'
        ? order.id
        : params.orderby === 'date'
          ? order.created
          : this.sortsLocally
            ? order.modified + this.offset(order.modified)
            : order.modified
    const tie = (order: ModelOrder) => (this.stableTies ? order.id : scramble(order.id * 31 + this.questions))
    return rows.sort((a, b) => direction * (key(a) - key(b)) || direction * (tie(a) - tie(b)))
  }

  /** WP_Date_Query: the value is read in the shop's zone, a skipped hour moved forward, and compared as it then stands. */
  private parse(value: string): number {
    expect(value).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/)
    if (this.zone === 'UTC') return toMs(value) / 1000
    const wall = Temporal.PlainDateTime.from(value)
      .toZonedDateTime(this.zone, { disambiguation: 'compatible' })
      .toPlainDateTime()
    return toMs(wall.toString({ smallestUnit: 'second' })) / 1000
  }
  private readonly offsets = new Map<number, number>()
  private offset(second: number): number {
    const quarter = Math.floor(second / 900)
    let known = this.offsets.get(quarter)
    if (known === undefined) {
      known =
        Temporal.Instant.fromEpochMilliseconds(quarter * 900_000).toZonedDateTimeISO(this.zone).offsetNanoseconds / 1e9
      this.offsets.set(quarter, known)
    }
    return known
  }
}

const scramble = (n: number): number => Math.imul(n ^ (n >>> 15), 0x2c1b3c6d) >>> 0

/** What the hub keeps: rows and cursors, saved together or not at all. */
class ModelHub {
  readonly rows = new Map<string, { modified: string; text: string }>()
  readonly gone = new Set<string>()
  live: ChangeCursor | undefined
  removed: ChangeCursor | undefined
  older: unknown
  olderDone = false
  readonly shop: ModelShop
  readonly size: number
  readonly overlapS: number
  knowsTime = false
  /** What the hub believes. */
  zone: string | undefined

  constructor(shop: ModelShop, size: number, overlapS = OVERLAP_S) {
    this.shop = shop
    this.size = size
    this.overlapS = overlapS
  }
  private options(status: string) {
    const now = this.knowsTime ? { now: fromMs(this.shop.now * 1000) } : {}
    return { size: this.size, zone: this.zone ?? this.shop.zone, filter: { status }, overlapS: this.overlapS, ...now }
  }
  private save(rows: Row[]): void {
    for (const row of rows) {
      const known = this.rows.get(row.remoteId)
      if (known && known.modified > row.modifiedRaw) continue
      this.rows.set(row.remoteId, { modified: row.modifiedRaw, text: row.text })
      this.gone.delete(row.remoteId)
    }
  }
  /** One page; a crash after fetching loses page and cursor alike. */
  async stepLive(list: List, crash: boolean): Promise<boolean> {
    // what was saved is JSON, and nothing else survives a crash
    const saved = this.live === undefined ? undefined : (JSON.parse(JSON.stringify(this.live)) as ChangeCursor)
    const step = await stepChanged(list, saved, this.options('any'))
    if (crash) return true
    this.save(step.page.rows)
    this.live = step.cursor
    return step.more
  }
  async stepRemoved(list: List): Promise<boolean> {
    const step = await stepChanged(list, this.removed, this.options('trash'))
    for (const row of step.page.rows) this.gone.add(row.remoteId)
    this.removed = step.cursor
    return step.more
  }
  async stepOlder(list: List, crash: boolean): Promise<void> {
    const page: RowPage = await pullOlder({ requests: 0 } as Api, list, structuredClone(this.older), {
      pageSize: this.size,
      zone: this.shop.zone,
    })
    if (crash) return
    this.save(page.rows)
    this.older = page.cursor
    this.olderDone = !page.more
  }
  async sweep(): Promise<void> {
    let cursor: unknown
    const present = new Map<string, string>()
    for (let more = true; more;) {
      const page = await sweepOrders({ requests: 0 } as Api, this.shop.list, cursor, { pageSize: this.size })
      for (const row of page.present) present.set(row.remoteId, row.modifiedRaw)
      cursor = page.cursor
      more = page.more
      if (page.completeUpTo === undefined) continue
      const bound = Number(page.completeUpTo)
      for (const id of this.rows.keys()) if (Number(id) <= bound && !present.has(id)) this.gone.add(id)
    }
    for (const [id, modified] of present) {
      const order = this.shop.orders.get(Number(id))
      if (this.rows.get(id)?.modified === modified || !order) continue
      const { rows } = await this.shop.list({ status: 'any', per_page: 1000, orderby: 'id' })
      this.save(rows.filter((row) => row.remoteId === id))
    }
  }
  visible(): Map<number, number> {
    const alive = [...this.rows].filter(([id]) => !this.gone.has(id))
    return new Map(
      alive
        .map(([id, { text }]) => [Number(id), (JSON.parse(text) as { revision: number }).revision] as const)
        .sort(([a], [b]) => a - b),
    )
  }
}

const inShop = (shop: ModelShop): Map<number, number> =>
  new Map(
    [...shop.orders.values()]
      .filter((order) => !order.trashed)
      .map((order) => [order.id, order.revision] as const)
      .sort(([a], [b]) => a - b),
  )

type Move =
  | { do: 'tick'; seconds: number }
  | { do: 'place' | 'edit' | 'trash' | 'restore' | 'delete'; pick: number }
  | { do: 'bulk'; count: number }
  | { do: 'late'; pick: number; delay: number; fresh: boolean }
  | { do: 'crash' }

const pick = fc.nat({ max: 999 })
const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('tick' as const), seconds: fc.integer({ min: 1, max: 25 }) }) },
  {
    weight: 8,
    arbitrary: fc.record({ do: fc.constantFrom('place' as const, 'edit' as const, 'edit' as const), pick }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('trash' as const, 'restore' as const, 'delete' as const), pick }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('bulk' as const), count: fc.integer({ min: 2, max: 30 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('late' as const),
      pick,
      delay: fc.integer({ min: 1, max: LATEST_COMMIT_S }),
      fresh: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'crash' as const }) },
)

function play(shop: ModelShop, one: Move): void {
  const ids = [...shop.orders.keys()]
  const chosen = (n: number) => ids[n % Math.max(1, ids.length)] ?? 0
  if (one.do === 'tick') shop.tick(one.seconds)
  else if (one.do === 'place') shop.place()
  else if (one.do === 'edit') shop.edit(chosen(one.pick))
  else if (one.do === 'bulk') for (const id of ids.slice(0, one.count)) shop.edit(id)
  else if (one.do === 'late') shop.editLate(one.fresh ? undefined : chosen(one.pick), one.delay)
  else if (one.do !== 'crash') {
    const id = chosen(one.pick)
    if (shop.isPending(id)) return
    if (one.do === 'delete') shop.orders.delete(id)
    else if (shop.orders.get(id)?.trashed !== (one.do === 'trash')) shop.edit(id, { trashed: one.do === 'trash' })
  }
}

interface Story {
  moves: Move[][]
  size: number
  stableTies: boolean
  before: number
}

const story: fc.Arbitrary<Story> = fc.record({
  /** What happens in the shop before each request. */
  moves: fc.array(fc.array(move, { maxLength: 4 }), { minLength: 5, maxLength: 40 }),
  size: fc.integer({ min: 1, max: 7 }),
  stableTies: fc.boolean(),
  before: fc.integer({ min: 0, max: 25 }),
})

async function run(shop: ModelShop, hub: ModelHub, { moves }: Pick<Story, 'moves'>): Promise<void> {
  let crash = false
  let asked = 0
  // The shop moves before EVERY request, also between the two of one step.
  const list: List = async (params) => {
    for (const one of moves[asked++] ?? []) {
      if (one.do === 'crash') crash = true
      else play(shop, one)
    }
    return shop.list(params)
  }
  for (let turn = 0; asked < moves.length && turn < 400; turn++) {
    crash = false
    if (turn % 5 === 3) await hub.stepRemoved(list)
    else if (turn % 3 === 2 && !hub.olderDone) await hub.stepOlder(list, crash)
    else await hub.stepLive(list, crash)
  }
  await settle(shop, hub)
}

/** Quiet: nothing changes any more, and every slow transaction has ended. */
async function settle(shop: ModelShop, hub: ModelHub): Promise<void> {
  for (let round = 0; round < 3; round++) {
    shop.tick(hub.overlapS + LATEST_COMMIT_S)
    for (let left = 500; (await hub.stepLive(shop.list, false)) && left > 0; left--);
    for (let left = 500; (await hub.stepRemoved(shop.list)) && left > 0; left--);
  }
  for (let left = 500; !hub.olderDone && left > 0; left--) await hub.stepOlder(shop.list, false)
}

const START = toMs('2026-11-20T09:00:00') / 1000

describe('the walk through changes', () => {
  test('after quiescence the hub has every order as it is, and after one sweep nothing else: 1,000 stories', async () => {
    await fc.assert(
      fc.asyncProperty(story, async (told) => {
        const shop = new ModelShop({ now: START, stableTies: told.stableTies })
        for (let i = 0; i < told.before; i++) {
          shop.place(START - 86_400 * (i % 9))
          if (i % 3 === 0) shop.tick(7)
        }
        const hub = new ModelHub(shop, told.size)

        await run(shop, hub, told)
        const missed = [...inShop(shop)].filter(
          ([id, revision]) => JSON.parse(hub.rows.get(String(id))?.text ?? '{}').revision !== revision,
        )
        await hub.sweep()

        expect(missed).toEqual([])
        expect(hub.visible()).toEqual(inShop(shop))
      }),
      { numRuns: 1000 },
    )
  }, 60_000)

  test.each([
    ['spring, where an hour is skipped', '2026-03-29T00:30:00', 'Europe/Paris'],
    ['autumn, where an hour comes twice', '2026-10-24T23:30:00', 'Europe/Paris'],
    ['autumn on Lord Howe, where half an hour comes twice', '2026-04-04T14:20:00', 'Australia/Lord_Howe'],
    ['spring in New York', '2026-03-08T06:10:00', 'America/New_York'],
  ])(
    'nothing is lost around a change of the clock: %s',
    async (_, start, zone) => {
      await fc.assert(
        fc.asyncProperty(story, fc.boolean(), fc.integer({ min: 1, max: 12 }), async (told, sortsLocally, stretch) => {
          const shop = new ModelShop({ now: toMs(start) / 1000, stableTies: told.stableTies, zone, sortsLocally })
          for (let i = 0; i < told.before; i++) {
            shop.place()
            shop.tick(40 * stretch)
          }
          const hub = new ModelHub(shop, told.size)
          const moves = told.moves.map((moves) =>
            moves.map((one) => (one.do === 'tick' ? { ...one, seconds: one.seconds * stretch * 4 } : one)),
          )

          await run(shop, hub, { moves })
          const missed = [...inShop(shop)].filter(
            ([id, revision]) => JSON.parse(hub.rows.get(String(id))?.text ?? '{}').revision !== revision,
          )

          expect(missed).toEqual([])
        }),
        { numRuns: 100, endOnFailure: true },
      )
    },
    60_000,
  )

  test('130 orders changed in one second all arrive in both ways of sorting', async () => {
    for (const stableTies of [true, false]) {
      const shop = new ModelShop({ now: START, stableTies })
      const hub = new ModelHub(shop, 50)
      await hub.stepLive(shop.list, false)
      shop.tick(100)
      for (let i = 0; i < 130; i++) shop.place()
      await settle(shop, hub)

      expect(hub.visible().size).toBe(130)
    }
  })

  test('300 orders changed in one second never make a question too long to ask', async () => {
    const shop = new ModelShop({ now: START, stableTies: false })
    const hub = new ModelHub(shop, 40)
    await hub.stepLive(shop.list, false)
    shop.tick(100)
    for (let i = 0; i < 300; i++) shop.place()
    const excluded: number[] = []
    const list: List = (params) => {
      excluded.push(String(params.exclude ?? '').split(',').length)
      return shop.list(params)
    }
    for (let left = 100; (await hub.stepLive(list, false)) && left > 0; left--);

    expect(Math.max(...excluded)).toBeLessThanOrEqual(100)
    expect(hub.visible().size).toBe(300)
  })

  test.each([1, 2, 3])('orders of the doubled hour, sorted by local time, all arrive by pages of %i', async (size) => {
    const at = (time: string) => toMs(`2026-10-25T${time}`) / 1000
    const shop = new ModelShop({
      now: at('00:00:00') - 7200,
      stableTies: true,
      zone: 'Europe/Paris',
      sortsLocally: true,
    })
    shop.place()
    const hub = new ModelHub(shop, size)
    await settle(shop, hub)
    for (const time of ['00:20:00', '00:45:00', '01:30:00', '01:50:00', '02:10:00']) {
      shop.tick(at(time) - shop.now)
      shop.place()
    }
    for (let left = 50; (await hub.stepLive(shop.list, false)) && left > 0; left--);

    expect(hub.visible().size).toBe(6)
  })

  test('a page out of the order of its filter, in a shop whose zone is not known, is read again by id', async () => {
    const at = (time: string) => toMs(`2026-10-25T${time}`) / 1000
    const shop = new ModelShop({
      now: at('00:00:00') - 7200,
      stableTies: true,
      zone: 'Europe/Paris',
      sortsLocally: true,
    })
    shop.place()
    const hub = new ModelHub(shop, 3)
    hub.zone = 'UTC'
    await settle(shop, hub)
    for (const time of ['00:05:00', '00:30:00', '01:04:00', '01:40:00']) {
      shop.tick(at(time) - shop.now)
      shop.place()
    }
    for (let left = 50; (await hub.stepLive(shop.list, false)) && left > 0; left--);

    expect(hub.visible().size).toBe(5)
  })

  test('an idle shop is asked one question', async () => {
    const shop = new ModelShop({ now: START, stableTies: true })
    for (let i = 0; i < 20; i++) shop.place()
    const hub = new ModelHub(shop, 5)
    await settle(shop, hub)
    let questions = 0
    const more = await hub.stepLive((params) => {
      questions++
      return shop.list(params)
    }, false)

    expect({ more, questions }).toEqual({ more: false, questions: 1 })
  })

  test('a shop restored from a backup is followed back', async () => {
    const shop = new ModelShop({ now: START, stableTies: true })
    for (let i = 0; i < 5; i++) shop.place()
    const hub = new ModelHub(shop, 5)
    await settle(shop, hub)
    for (const id of [3, 4, 5]) shop.orders.delete(id)
    for (const order of shop.orders.values()) order.modified -= 5000
    shop.now -= 4000
    shop.place()
    await settle(shop, hub)

    expect(hub.visible().has(6)).toBe(true)
  })

  test.each([
    ['in 2150', 125 * 365 * 86_400, true],
    ['in 2150, in a shop whose answers carry no date', 125 * 365 * 86_400, false],
    ['ten hours ahead', 36_000, true],
    ['ten hours ahead, in a shop whose answers carry no date', 36_000, false],
  ])('a row dated %s does not take the cursor along', async (_, ahead, tellsTime) => {
    const shop = new ModelShop({ now: START, stableTies: true })
    const hub = new ModelHub(shop, 5)
    hub.knowsTime = true
    const { list } = shop
    if (!tellsTime) shop.list = async (params) => ({ ...(await list(params)), shopNow: undefined })
    await settle(shop, hub)
    const broken = shop.place()
    shop.orders.set(broken.id, { ...broken, modified: START + ahead })
    for (let i = 0; i < 12; i++) {
      shop.place()
      shop.tick(3)
      for (let left = 50; (await hub.stepLive(shop.list, false)) && left > 0; left--);
    }
    shop.place()
    for (let round = 0; round < 2; round++) {
      shop.tick(OVERLAP_S)
      for (let left = 50; (await hub.stepLive(shop.list, false)) && left > 0; left--);
    }

    const others = [...inShop(shop).keys()].filter((id) => id !== broken.id)
    expect([...hub.visible().keys()]).toEqual(expect.arrayContaining(others))
    expect(hub.live!.from <= fromMs(shop.now * 1000)).toBe(true)
  })

  test('a shop with nothing but a row dated 0000 or 9999 is read again as soon as there is another', async () => {
    for (const modified of [toMs('0000-01-01T00:00:00') / 1000, toMs('9999-01-01T00:00:00') / 1000]) {
      const shop = new ModelShop({ now: START, stableTies: true })
      const hub = new ModelHub(shop, 5)
      const broken = shop.place()
      shop.orders.set(broken.id, { ...broken, modified })
      for (let left = 50; (await hub.stepLive(shop.list, false)) && left > 0; left--);
      const other = shop.place()
      for (let left = 50; (await hub.stepLive(shop.list, false)) && left > 0; left--);

      expect([...hub.visible().keys()]).toContain(other.id)
    }
  })
})
