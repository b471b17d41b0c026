/**
 * Mapping orders again from what was kept, without asking the shop: after an upgrade of the mapping, or when a product
 * they hold got another weight.
 */
import { appendEvents } from '../database/events.ts'
import { addHints } from '../database/hints.ts'
import { rawOrders, unpackRaw } from '../database/order-raw.ts'
import { outdatedOrders, saveOrders, type OrderToSave } from '../database/orders.ts'
import { quarantineToRetry } from '../database/quarantine.ts'
import { fence, wakeStream } from '../database/streams.ts'
import { instant } from '../domain/clock.ts'
import { withProducts } from '../domain/order.ts'
import type { Hub } from './hub.ts'
import { productsFor } from './products-for.ts'
import { contextOf, eventsOf } from './save-page.ts'
import { openWork, type Work } from './work.ts'

const AT_ONCE = 100

/** @returns how many were mapped again */
export async function remapThese(work: Work, orderIds: readonly string[]): Promise<number> {
  const { hub, integration, platform } = work
  const { workspaceId, id } = integration
  let mapped = 0
  for (let n = 0; n < orderIds.length; n += AT_ONCE) {
    const kept = await rawOrders(hub.db, workspaceId, orderIds.slice(n, n + AT_ONCE))
    const orders = kept.flatMap(({ encoding, bytes, hash, gone, modifiedRaw }) => {
      try {
        const order = platform.remap(unpackRaw(encoding, bytes), integration.shop)
        return [{ hash, order: { ...order, modifiedRaw, trashed: gone === 'trashed' } }]
      } catch (thrown) {
        hub.log.warn(
          { integrationId: id, err: thrown },
          'a kept record could not be mapped again; the order stays as it is',
        )
        return []
      }
    })
    const products = await productsFor(
      work,
      orders.map((one) => one.order),
      'cache',
    )
    const items: OrderToSave[] = orders.map(({ hash, order }) => ({ hash, order: withProducts(order, products) }))
    await hub.db.transaction(async (tx) => {
      if (work.claim) await fence(tx, work.claim)
      const saved = await saveOrders(tx, { ...contextOf(work), remapped: true }, items)
      await appendEvents(tx, workspaceId, eventsOf(id, saved), hub.clock.now())
    })
    mapped += items.length
  }
  return mapped
}

/** Orders mapped by an older mapping than this hub has, and quarantined records it may be able to read now. */
export async function remapOutdated(work: Work): Promise<number> {
  const { hub, integration, platform } = work
  const { workspaceId, id } = integration
  let mapped = 0
  let after: string | undefined
  for (;;) {
    const ids = await outdatedOrders(hub.db, workspaceId, id, platform.mapperVersion, { after, limit: AT_ONCE })
    mapped += await remapThese(work, ids)
    after = ids.at(-1)
    if (ids.length < AT_ONCE || work.signal.aborted) break
  }
  await retryQuarantine(work, platform.mapperVersion)
  return mapped
}

/** Records with an id are read again from the shop; those without one wait for a mapping that can name them. */
async function retryQuarantine(work: Work, olderThan: number | undefined): Promise<number> {
  const { hub, integration } = work
  const { workspaceId, id } = integration
  const kept = await quarantineToRetry(hub.db, workspaceId, id, { olderThan, limit: 1000 })
  const remoteIds = kept.flatMap((one) => one.remoteId ?? [])
  if (remoteIds.length === 0) return 0
  const now = instant(hub.clock.now())
  await hub.db.transaction(async (tx) => {
    await addHints(tx, workspaceId, id, remoteIds, now)
    await wakeStream(tx, workspaceId, id, 'orders', 'hinted', now)
    await tx.query(`SELECT pg_notify('passerelle_work', '')`)
  })
  return remoteIds.length
}

/** Maps every order of an integration that an older mapping made. For a command; the worker does it by itself each night. */
export async function remapOrders(hub: Hub, workspaceId: string, integrationId: string): Promise<number> {
  const work = await openWork(hub, { workspaceId, integrationId })
  return work ? remapOutdated(work) : 0
}

/** Has everything in quarantine that has an id read again, now. @returns how many */
export async function retryQuarantined(hub: Hub, workspaceId: string, integrationId: string): Promise<number> {
  const work = await openWork(hub, { workspaceId, integrationId })
  return work ? retryQuarantine(work, undefined) : 0
}
