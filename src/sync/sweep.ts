/**
 * The nightly reading of all ids: the proof that nothing is missing.
 *
 * A cursor cannot see an order deleted for good, a change that left no trace in the change time, a row committed late.
 * Whatever differs is only pointed at: the hinted pass reads it by id and decides, so that a list some plugin cut short
 * never makes the hub believe that half of the orders are gone.
 */
import { addHints } from '../database/hints.ts'
import { forgetSeen, isBelow, oldestWanted, seePage, unseen } from '../database/sweep.ts'
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
  let cursor = stream.cursor
  for (let n = 1; ; n++) {
    const page = await work.connector.sweep(cursor, { pageSize: IDS_AT_ONCE, ...(since !== 'all' && { since }) })
    work.counts.requests += page.requests
    await savePageOfIds(work, stream, page, turn, cursor === undefined)
    if (!page.more) return 'done'
    if (n >= turn.pages || hub.clock.now() >= turn.untilMs || work.signal.aborted) return 'more'
    cursor = page.cursor
  }
}

async function savePageOfIds(
  work: ClaimedWork,
  stream: Stream,
  page: SweepPage,
  turn: Turn,
  first: boolean,
): Promise<void> {
  const { hub, claim, integration } = work
  const { workspaceId, id } = integration
  const { since } = integration.options
  const wantedFrom = since === 'all' ? undefined : await oldestWanted(hub.db, workspaceId, id, since)
  await hub.db.transaction(async (tx) => {
    await fence(tx, claim)
    if (first) await forgetSeen(tx, workspaceId, id)
    const differing = await seePage(tx, workspaceId, id, page.present)
    const wanted = differing.filter((remoteId) => wantedFrom === undefined || !isBelow(remoteId, wantedFrom))
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
