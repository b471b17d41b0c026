/**
 * The nightly reading of all ids: the proof that nothing is missing.
 *
 * A cursor cannot see an order deleted for good, a change that left no trace in the change time, a row committed late.
 * Whatever differs is only pointed at: the hinted pass reads it by id and decides, so that a list some plugin cut short
 * never makes the hub believe that half of the orders are gone.
 */
import { addHints } from '../database/hints.ts'
import { forgetSeen, highestKnown, isBelow, oldestWanted, seePage, unseen } from '../database/sweep.ts'
import { fence, saveCursor, wakeStream, type Stream } from '../database/streams.ts'
import { instant } from '../domain/clock.ts'
import type { SweepPage } from '../domain/platform.ts'
import type { Turn, TurnEnd } from './import-orders.ts'
import type { ClaimedWork } from './work.ts'

const IDS_AT_ONCE = 100
/** Read by id in one night; the rest waits for the next. */
const MOST_MISSING = 5_000

export async function sweepOrders(work: ClaimedWork, stream: Stream, turn: Turn): Promise<TurnEnd> {
  const { hub, integration } = work
  const { since } = integration.options
  const isWanted = await wantedBy(work)
  let cursor = stream.cursor
  for (let n = 1; ; n++) {
    const page = await work.connector.sweep(cursor, { pageSize: IDS_AT_ONCE, ...(since !== 'all' && { since }) })
    work.counts.requests += page.requests
    await savePageOfIds(work, stream, page, turn, isWanted, cursor === undefined)
    if (!page.more) return 'done'
    if (n >= turn.pages || hub.clock.now() >= turn.untilMs || work.signal.aborted) return 'more'
    cursor = page.cursor
  }
}

type Wanted = (unknown: { remoteId: string; modifiedRaw: string }) => boolean

const DAY_MS = 24 * 3_600_000

/**
 * Which ids the hub does not have are worth reading. Of a shop with a `since` most are older orders nobody asked for: to
 * read them all each night would find nothing. Ids only grow; where no order tells the bound, what was last changed a
 * day or more before `since` (the platform's change times may be in any zone) was not placed after it either.
 */
async function wantedBy({ hub, integration }: ClaimedWork): Promise<Wanted> {
  const { workspaceId, id, options } = integration
  if (options.since === 'all') return () => true
  const from = await oldestWanted(hub.db, workspaceId, id, options.since)
  if (from !== undefined) return ({ remoteId }) => !isBelow(remoteId, from)
  const above = await highestKnown(hub.db, workspaceId, id)
  const changedFrom = Date.parse(options.since) - DAY_MS
  return ({ remoteId, modifiedRaw }) =>
    (above === undefined || isBelow(above, remoteId)) && Date.parse(modifiedRaw) >= changedFrom
}

async function savePageOfIds(
  work: ClaimedWork,
  stream: Stream,
  page: SweepPage,
  turn: Turn,
  isWanted: Wanted,
  first: boolean,
): Promise<void> {
  const { hub, claim, integration } = work
  const { workspaceId, id } = integration
  await hub.db.transaction(async (tx) => {
    await fence(tx, claim)
    if (first) await forgetSeen(tx, workspaceId, id)
    const differing = await seePage(tx, workspaceId, id, page.present)
    const wanted = differing.filter((one) => one.known || isWanted(one)).map((one) => one.remoteId)
    const missing =
      page.more || page.completeUpTo === undefined
        ? []
        : await unseen(tx, workspaceId, id, page.completeUpTo, MOST_MISSING)
    const toRead = [...wanted, ...missing]
    if (toRead.length > 0) {
      const now = instant(hub.clock.now())
      await addHints(tx, workspaceId, id, toRead, now)
      await wakeStream(tx, workspaceId, id, 'orders', 'hinted', now)
    }
    if (!page.more) await forgetSeen(tx, workspaceId, id)
    await saveCursor(tx, claim, stream, { cursor: page.cursor, passStartedAt: turn.startedAt })
  })
}
