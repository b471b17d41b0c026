/**
 * Reading orders from a shop: what changed, what is older, what went to the trash, what somebody pointed at.
 *
 * Where a stream continues is the platform's business (`cursor`); that it is saved with the page it follows, and never
 * before, is ours. While a page is being saved the next one is already on its way: its cursor is known, and should the
 * saving fail, what came is thrown away.
 */
import { appendEvents } from '../database/events.ts'
import { clearHints, nextHints } from '../database/hints.ts'
import { markDeleted } from '../database/orders-gone.ts'
import { keepStatistics } from '../database/statistics.ts'
import { fence, saveCursor, type Stream } from '../database/streams.ts'
import { asHubError, type ErrorCode } from '../domain/errors.ts'
import type { Connector, PullOptions, Row, RowPage, Unreadable } from '../domain/platform.ts'
import { commitPage, eventsOf, hasNews, preparePage, savePage } from './save-page.ts'
import type { ClaimedWork } from './work.ts'

/** How long one stream may have the worker before the others of its shop are looked at. */
export interface Turn {
  /** ms */
  untilMs: number
  pages: number
  /** When this pass began: whoever asked by then is served by it. */
  startedAt: string
}

export type TurnEnd = 'done' | 'more'

type Pass = 'live' | 'backfill' | 'removed'

/**
 * Reads pages until the stream has caught up or its turn is over.
 *
 * Three things happen at once: a page is written, the next is mapped, the one after is on its way. Pages are written in
 * their order, each with its own cursor. A page that brings nothing new costs no transaction: its cursor goes with the
 * next one that does, or with the turn's last; reading such a page twice is harmless.
 */
export async function importPages(work: ClaimedWork, stream: Stream, turn: Turn): Promise<TurnEnd> {
  const pass = stream.pass as Pass
  const read = readerOf(work.connector, pass)
  if (!read) return 'done'
  const { clock } = work.hub

  let coming = pull(work, read, stream.cursor, pass)
  let saving: Promise<unknown> = Promise.resolve()
  let before: readonly Row[] = []
  try {
    for (let n = 1; ; n++) {
      const page = await coming
      const goesOn = page.more && n < turn.pages && clock.now() < turn.untilMs && !work.signal.aborted
      if (goesOn) {
        coming = pull(work, read, page.cursor, pass)
        coming.catch(() => {}) // looked at when its turn comes
      }
      const ready = await preparePage(work, { rows: page.rows, unreadable: page.unreadable, trash: pass === 'removed' })
      // The page before was not saved yet when this one was looked up: an order that stands on both is not new.
      if (standsOnBoth(before, ready.rows)) ready.allNew = false
      before = ready.rows
      await saving
      const moved = hasNews(ready) || (!goesOn && !isSame(page.cursor, stream.cursor))
      const next = { cursor: page.cursor, progress: page.progress, passStartedAt: turn.startedAt }
      saving = commitPage(work, ready, moved ? (tx) => saveCursor(tx, work.claim, stream, next) : undefined).then(
        (saved) =>
          pass === 'backfill' ? keepStatistics(work.hub.db, work.integration.id, saved.imported.length) : undefined,
      )
      saving.catch(() => {}) // likewise
      if (goesOn) continue
      await saving
      return page.more ? 'more' : 'done'
    }
  } finally {
    // Nothing of ours is under way when the lease is given back.
    await coming.catch(() => {})
    await saving.catch(() => {})
  }
}

function standsOnBoth(a: readonly Row[], b: readonly Row[]): boolean {
  const ids = new Set(a.map((row) => row.remoteId))
  return b.some((row) => ids.has(row.remoteId))
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

type Reader = (cursor: unknown, options: PullOptions) => Promise<RowPage>

function readerOf(connector: Connector, pass: Pass): Reader | undefined {
  if (pass === 'live') return (cursor, options) => connector.pullChanged(cursor, options)
  if (pass === 'backfill') return (cursor, options) => connector.pullBackfill(cursor, options)
  return connector.pullRemoved && ((cursor, options) => connector.pullRemoved!(cursor, options))
}

/** What a page too heavy for the shop looks like from here. */
const TOO_HEAVY: readonly ErrorCode[] = ['shop-timeout', 'shop-error', 'response-malformed', 'response-too-large']
const LARGEST_PAGE = 100
const GROWTH = 10
const MOST_HALVINGS = 3

/** One page, asked for again at once in a smaller size when the shop cannot carry it. The size is remembered. */
async function pull(work: ClaimedWork, read: Reader, cursor: unknown, pass: Pass): Promise<RowPage> {
  const { since } = work.integration.options
  for (let halvings = 0; ; halvings++) {
    const pageSize = work.pageSize
    try {
      const page = await read(cursor, { pageSize, ...(pass === 'backfill' && since !== 'all' && { since }) })
      work.counts.requests += page.requests
      const full = page.rows.length + page.unreadable.length >= pageSize
      if (full) work.pageSize = Math.max(pageSize, Math.min(pageSize + GROWTH, LARGEST_PAGE, work.tooMuch))
      return page
    } catch (thrown) {
      work.counts.requests += 1
      const heavy = TOO_HEAVY.includes(asHubError(thrown).code) && pageSize > 1
      if (heavy) {
        work.tooMuch = Math.min(work.tooMuch, Math.max(1, Math.floor(pageSize * 0.9)))
        work.pageSize = Math.max(1, Math.floor(pageSize / 2))
      }
      if (!heavy || work.probing || halvings === MOST_HALVINGS) throw thrown
    }
  }
}

const HINTS_AT_ONCE = 100

/** Orders a webhook, a person or the nightly reading of ids pointed at: read by id. */
export async function importHinted(work: ClaimedWork): Promise<TurnEnd> {
  const { hub, integration, claim } = work
  const hints = await nextHints(hub.db, integration.workspaceId, integration.id, HINTS_AT_ONCE)
  if (hints.length === 0) return 'done'
  const read = await work.connector.getRows(hints.map((hint) => hint.remoteId))
  work.counts.requests += 1
  const { rows, missing, unreadable } = sorted(read)
  if (missing.length > 0) {
    const gone = await hub.db.transaction(async (tx) => {
      await fence(tx, claim)
      const ids = await markDeleted(tx, integration.workspaceId, integration.id, missing, hub.clock.now())
      await clearHints(
        tx,
        integration.workspaceId,
        integration.id,
        hints.filter((hint) => missing.includes(hint.remoteId)),
      )
      await appendEvents(
        tx,
        integration.workspaceId,
        eventsOf(integration.id, { imported: [], changed: [], gone: ids, dropped: 0 }),
        hub.clock.now(),
      )
      return ids
    })
    work.counts.gone += gone.length
  }
  await savePage(work, {
    rows,
    // What its shop cannot show is set aside, not asked for again for ever: a change of it points at it anew.
    unreadable,
    byId: true,
    with: (tx) => clearHints(tx, integration.workspaceId, integration.id, hints),
  })
  return hints.length === HINTS_AT_ONCE ? 'more' : 'done'
}

export function sorted(read: Awaited<ReturnType<Connector['getRows']>>): {
  rows: Row[]
  missing: string[]
  unreadable: Unreadable[]
} {
  const rows: Row[] = []
  const missing: string[] = []
  const unreadable: Unreadable[] = []
  for (const [remoteId, row] of read) {
    if (row === 'missing') missing.push(remoteId)
    else if ('reason' in row) unreadable.push(row)
    else rows.push(row)
  }
  return { rows, missing, unreadable }
}
