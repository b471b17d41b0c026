/**
 * A shop made of a few lines, for tests of what the hub decides: it holds orders, numbers and mails, and does as it is
 * told when a notice comes. How a real shop speaks is the business of each platform's own fake.
 */
import { HubError } from '../../src/domain/errors.ts'
import type { Order } from '../../src/domain/order.ts'
import type { Connector, Platform, Row } from '../../src/domain/platform.ts'
import type { Notice, WriteJournal, WriteOutcome } from '../../src/domain/shipment.ts'
import { trackingKey } from '../../src/domain/shipment.ts'

export interface ScriptedShop {
  platform: Platform
  orders: Map<string, Order>
  /** Numbers as they stand in the shop, by order. */
  numbers: Map<string, string[]>
  mails: string[]
  /** Notices as they came. */
  told: Notice[]
  reads: number
  /** Thrown at the next reads of orders; undefined: it answers. */
  down: HubError | undefined
  /** Taken instead of the shop's own behaviour, first in first out. */
  script: ((notice: Notice, journal: WriteJournal, shop: ScriptedShop) => Promise<WriteOutcome>)[]
  /** Changes an order in the shop. */
  edit(remoteId: string, patch: Partial<Order>): void
}

/** What a careful connector does: read, write what is missing, take back what must go, mail once, read again. */
export async function careful(notice: Notice, journal: WriteJournal, shop: ScriptedShop): Promise<WriteOutcome> {
  const standing = () => shop.numbers.get(notice.orderRemoteId) ?? []
  const has = (tracking: string) => standing().some((one) => trackingKey(one) === trackingKey(tracking))
  let wrote = false
  for (const { tracking } of notice.parcels) {
    if (has(tracking)) continue
    await journal.before({ name: `tracking:${tracking}`, mails: false, sent: { tracking } })
    shop.numbers.set(notice.orderRemoteId, [...standing(), tracking])
    await journal.after(`tracking:${tracking}`, { status: 201 })
    wrote = true
  }
  for (const { tracking } of notice.withdrawn) {
    if (!has(tracking)) continue
    await journal.before({ name: `withdraw:${tracking}`, mails: false, sent: { tracking } })
    shop.numbers.set(
      notice.orderRemoteId,
      standing().filter((one) => trackingKey(one) !== trackingKey(tracking)),
    )
    await journal.after(`withdraw:${tracking}`, { status: 200 })
    wrote = true
  }
  const mailed = journal.steps.find((step) => step.mails)
  if (mailed?.state === 'sent') return { state: 'in-doubt', step: mailed.name }
  if (notice.tell === 'note' && notice.kind === 'shipped' && !mailed) {
    await journal.before({ name: 'note', mails: true, sent: { note: notice.ownReference } })
    shop.mails.push(notice.orderRemoteId)
    await journal.after('note', { status: 201 })
    wrote = true
  }
  return { state: 'confirmed', already: !wrote, readBack: standing() }
}

export function scriptedShop(id = 'scripted'): ScriptedShop {
  const unused = () => Promise.reject(new Error('not part of this test'))
  const rowOf = (order: Order): Row => ({
    remoteId: order.remoteId,
    modifiedRaw: order.modifiedRaw ?? '',
    text: JSON.stringify(order),
    value: order,
  })
  const connector: Connector = {
    pullChanged: unused,
    pullBackfill: unused,
    sweep: unused,
    pullProducts: unused,
    getProducts: () => Promise.resolve({ products: [], requests: 0 }),
    getRows: async (remoteIds) => {
      shop.reads += 1
      if (shop.down) throw shop.down
      return new Map(
        remoteIds.map((id) => {
          const order = shop.orders.get(id)
          return [id, order ? rowOf(order) : ('missing' as const)]
        }),
      )
    },
    complete: (rows) =>
      Promise.resolve({ mapped: rows.map((row) => ({ order: row.value as Order, row })), unreadable: [], requests: 0 }),
    writeBack: (notice, journal) => {
      shop.told.push(notice)
      return (shop.script.shift() ?? careful)(notice, journal, shop)
    },
  }
  const shop: ScriptedShop = {
    orders: new Map(),
    numbers: new Map(),
    mails: [],
    told: [],
    reads: 0,
    down: undefined,
    script: [],
    edit: (remoteId, patch) => {
      const order = shop.orders.get(remoteId)
      if (order) shop.orders.set(remoteId, { ...order, ...patch })
    },
    platform: {
      manifest: {
        id,
        name: 'Scripted',
        loginFields: [],
        capabilities: { authorise: false, webhooks: false, trash: false, tell: ['nobody', 'completed', 'note'] },
      },
      recognise: () => Promise.resolve(undefined),
      tryLogin: unused,
      connect: () => connector,
      remap: () => {
        throw new Error('not part of this test')
      },
      mapperVersion: 1,
    },
  }
  return shop
}
