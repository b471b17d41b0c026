/**
 * From a page of rows to saved orders.
 *
 * The hash comes before everything: of rows the hub has in this very form nothing is fetched, mapped or written. The
 * orders, the quarantine and the cursor that follows them are saved in one transaction: a crash repeats a page, it never
 * skips one. A worker that lost its lease writes nothing.
 */
import { createHash } from 'node:crypto'
import { appendEvents, type NewEvent } from '../database/events.ts'
import type { Tx } from '../database/open.ts'
import {
  knownHashes,
  saveOrders,
  type KnownHash,
  type OrderToSave,
  type SaveContext,
  type Saved,
} from '../database/orders.ts'
import { releaseQuarantineOf, saveQuarantine } from '../database/quarantine.ts'
import { fence } from '../database/streams.ts'
import { withProducts } from '../domain/order.ts'
import type { Row, Unreadable } from '../domain/platform.ts'
import { productsFor } from './products-for.ts'
import type { Work } from './work.ts'

export interface PageToSave {
  rows: readonly Row[]
  unreadable: readonly Unreadable[]
  /** Rows of the shop's trash. */
  trash?: boolean
  /** Rows read by id just now, not off a list. */
  byId?: boolean
  /** Saved in the same transaction: the cursor, the hints that were read. */
  with?: (tx: Tx) => Promise<void>
}

/** A page read, fetched to the full, mapped and joined with its products: ready to be written. */
export interface ReadyPage {
  rows: readonly Row[]
  items: OrderToSave[]
  unreadable: Unreadable[]
  unchanged: number
  /** None of the items was in the hub when we looked. */
  allNew: boolean
}

export const hasNews = (ready: ReadyPage): boolean => ready.items.length + ready.unreadable.length > 0

/**
 * @returns what of the page was new to the hub
 * @throws whatever the connector threw; `lease-lost`
 */
export async function savePage(work: Work, page: PageToSave): Promise<Saved> {
  return commitPage(work, await preparePage(work, page), page.with)
}

/** Writes what is new. @param also saved in the same transaction: the cursor, the hints that were read */
export async function commitPage(work: Work, ready: ReadyPage, also?: (tx: Tx) => Promise<void>): Promise<Saved> {
  work.counts.unchanged += ready.unchanged
  if (!hasNews(ready) && !also) return { imported: [], changed: [], gone: [], dropped: 0 }
  const saved = await saveAll(work, ready, also)
  work.counts.imported += saved.imported.length
  work.counts.changed += saved.changed.length
  work.counts.gone += saved.gone.length
  work.counts.unchanged += saved.dropped
  return saved
}

const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Everything but the writing; may run while the page before is being written. */
export async function preparePage(work: Work, page: Omit<PageToSave, 'with'>): Promise<ReadyPage> {
  const { integration } = work
  const rows = newestOfEach(page.rows)
  if (rows.length === 0) return { rows, items: [], unreadable: [...page.unreadable], unchanged: 0, allNew: false }
  const hashes = new Map(rows.map((row) => [row.remoteId, hashOf(row.text)]))
  const known = await knownHashes(work.hub.db, integration.workspaceId, integration.id, [...hashes.keys()])
  const fresh = rows.filter(
    (row) =>
      !isUnchanged(known.get(row.remoteId), hashes.get(row.remoteId)!, page.trash) &&
      !(page.trash && !known.has(row.remoteId)),
  )
  const unchanged = rows.length - fresh.length
  if (fresh.length === 0) return { rows, items: [], unreadable: [...page.unreadable], unchanged, allNew: false }

  const done = await work.connector.complete(fresh)
  work.counts.requests += done.requests
  const products = await productsFor(
    work,
    done.mapped.map((one) => one.order),
  )
  const items = done.mapped.map(({ order, row, extra }): OrderToSave => ({
    // The row's own change time is what the nightly reading of ids compares with.
    order: { ...withProducts(order, products), modifiedRaw: row.modifiedRaw, ...(page.trash && { trashed: true }) },
    hash: hashes.get(row.remoteId) ?? hashOf(row.text),
    raw: { text: row.text, extra },
    ...(page.byId && { byId: true }),
  }))
  return {
    rows,
    items,
    unreadable: [...page.unreadable, ...done.unreadable],
    unchanged,
    allNew: !fresh.some((row) => known.has(row.remoteId)),
  }
}

/** A shop that shows one order twice in a page: the later row is the one it read later. */
const newestOfEach = (rows: readonly Row[]): Row[] => [...new Map(rows.map((row) => [row.remoteId, row])).values()]

/** A deleted order that shows up again is news although nothing in it changed; so is one that is in the trash now. */
function isUnchanged(known: KnownHash | undefined, hash: Buffer, trash: boolean | undefined): boolean {
  if (!known?.hash.equals(hash)) return false
  return trash ? known.gone === 'trashed' : known.gone !== 'deleted'
}

type Also = ((tx: Tx) => Promise<void>) | undefined

async function saveAll(work: Work, ready: ReadyPage, also: Also): Promise<Saved> {
  try {
    return await inOneTransaction(work, ready, ready.unreadable, also, (tx) =>
      saveOrders(tx, { ...contextOf(work), allNew: ready.allNew && work.claim !== undefined }, ready.items),
    )
  } catch (thrown) {
    if (!isAboutData(thrown) || ready.items.length === 0) throw thrown
    work.hub.log.warn(
      { integrationId: work.integration.id, err: thrown },
      'a page does not fit; saving its orders one by one',
    )
    return saveOneByOne(work, ready, also)
  }
}

/** SQLSTATE classes 22 and 23: a value the tables cannot hold. One such order must not hold up the others. */
const isAboutData = (thrown: unknown): boolean =>
  /^2[23]/.test(String((thrown as { code?: unknown } | undefined)?.code ?? ''))

async function saveOneByOne(work: Work, ready: ReadyPage, also: Also): Promise<Saved> {
  const unreadable = [...ready.unreadable]
  return inOneTransaction(work, ready, unreadable, also, async (tx) => {
    const total: Saved = { imported: [], changed: [], gone: [], dropped: 0 }
    for (const item of ready.items) {
      try {
        const saved = await tx.savepoint((part) => saveOrders(part, contextOf(work), [item]))
        total.imported.push(...saved.imported)
        total.changed.push(...saved.changed)
        total.gone.push(...saved.gone)
        total.dropped += saved.dropped
      } catch (thrown) {
        if (!isAboutData(thrown)) throw thrown
        unreadable.push({ remoteId: item.order.remoteId, reason: 'not-storable', text: item.raw?.text ?? '' })
      }
    }
    return total
  })
}

async function inOneTransaction(
  work: Work,
  ready: ReadyPage,
  unreadable: readonly Unreadable[],
  also: Also,
  save: (tx: Tx) => Promise<Saved>,
): Promise<Saved> {
  const { hub, claim, integration } = work
  const { workspaceId, id } = integration
  let quarantined = 0
  const saved = await hub.db.transaction(async (tx) => {
    if (claim) await fence(tx, claim)
    const result = await save(tx)
    const now = hub.clock.now()
    quarantined = await saveQuarantine(
      tx,
      { workspaceId, integrationId: id, kind: 'orders', mapperVersion: work.platform.mapperVersion, now },
      unreadable,
    )
    if (work.hasQuarantine && ready.items.length > 0) {
      const readable = ready.items.map((item) => item.order.remoteId)
      await releaseQuarantineOf(
        tx,
        workspaceId,
        id,
        readable.filter((remoteId) => !unreadable.some((one) => one.remoteId === remoteId)),
      )
    }
    await also?.(tx)
    await appendEvents(tx, workspaceId, eventsOf(id, result), now)
    return result
  })
  if (quarantined > 0) work.hasQuarantine = true
  work.counts.quarantined += quarantined
  return saved
}

export const contextOf = (work: Work): SaveContext => ({
  workspaceId: work.integration.workspaceId,
  integrationId: work.integration.id,
  searchKey: work.searchKey,
  mapperVersion: work.platform.mapperVersion,
  now: work.hub.clock.now(),
  ...(work.integration.options.since !== 'all' && { since: work.integration.options.since }),
})

/** One event per page and kind, naming its orders: a first import of a big shop is not a million events. */
export function eventsOf(integrationId: string, saved: Saved): NewEvent[] {
  return [
    { kind: 'orders.imported', ids: saved.imported },
    { kind: 'orders.changed', ids: saved.changed },
    { kind: 'orders.gone', ids: saved.gone },
  ]
    .filter(({ ids }) => ids.length > 0)
    .map(({ kind, ids }) => ({ kind, subject: integrationId, details: { orders: ids } }))
}
