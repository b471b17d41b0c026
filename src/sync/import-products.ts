/** Products that changed in the shop: the cache first, then the open orders that carry their weight, code or origin. */
import { changedProducts, openOrdersWith, productsNeverFetched, saveProducts } from '../database/products.ts'
import { fence, saveCursor, type Stream } from '../database/streams.ts'
import type { Turn, TurnEnd } from './import-orders.ts'
import { fetchProducts, remember } from './products-for.ts'
import { remapThese } from './remap.ts'
import type { ClaimedWork } from './work.ts'

const ORDERS_AT_ONCE = 100
const MOST_NEVER_FETCHED = 200

export async function importProducts(work: ClaimedWork, stream: Stream, turn: Turn): Promise<TurnEnd> {
  const { hub, claim, integration } = work
  const { workspaceId, id } = integration
  let cursor = stream.cursor
  for (let n = 1; ; n++) {
    const page = await work.connector.pullProducts(cursor, { pageSize: work.pageSize })
    work.counts.requests += page.requests
    // Orders before cache: after a crash in between, the product still differs and its orders are looked at again.
    remember(work, page.products)
    await refreshOrders(work, await changedProducts(hub.db, workspaceId, id, page.products))
    await hub.db.transaction(async (tx) => {
      await fence(tx, claim)
      await saveProducts(tx, workspaceId, id, page.products, hub.clock.now())
      await saveCursor(tx, claim, stream, { cursor: page.cursor, passStartedAt: turn.startedAt })
    })
    if (!page.more) break
    if (n >= turn.pages || hub.clock.now() >= turn.untilMs || work.signal.aborted) return 'more'
    cursor = page.cursor
  }
  const never = await productsNeverFetched(hub.db, workspaceId, id, MOST_NEVER_FETCHED)
  await fetchProducts(work, never, (changed) => refreshOrders(work, changed))
  return 'done'
}

/** Open orders that hold these products, mapped again with what is known now. */
async function refreshOrders(work: ClaimedWork, keys: readonly string[]): Promise<void> {
  const { hub, integration } = work
  let after: string | undefined
  for (;;) {
    const ids = await openOrdersWith(hub.db, integration.workspaceId, integration.id, keys, {
      after,
      limit: ORDERS_AT_ONCE,
    })
    await remapThese(work, ids)
    if (ids.length < ORDERS_AT_ONCE) return
    after = ids.at(-1)
  }
}
