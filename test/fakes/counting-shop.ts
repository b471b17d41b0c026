/**
 * A shop without a network that keeps orders and changes them: a tiny implementation of the platform contract, for tests of the rooms above it.
 *
 * It counts its changes (`rev`), so its cursors are exact; what a real shop does to cursors is the platforms' own test.
 */
import type { Order, OrderStatus, Product } from '../../src/domain/order.ts'
import type { Connector, Mapped, Platform, PullOptions, Row, Unreadable } from '../../src/domain/platform.ts'

export interface ShopOrder {
  id: string
  number: string
  status: OrderStatus
  placedAt: string
  modifiedAt: string
  rev: number
  name: string
  email: string
  country: string
  city: string
  lines: { id: string; sku: string; quantity: string; refunded: string; product?: string }[]
  trashed: boolean
  /** Makes it unreadable. */
  broken?: boolean
  /** Something the tables cannot hold. */
  total?: number
}

export interface CountingShop {
  platform: Platform
  orders: Map<string, ShopOrder>
  products: Map<string, Product>
  /** Names of the calls made, in order. */
  calls: string[]
  /** Called before each call is answered; throw to fail it, wait to delay it. */
  before: (call: string, details: { pageSize?: number; ids?: string[] }) => void | Promise<void>
  place(order?: Partial<ShopOrder>): ShopOrder
  change(id: string, patch: Partial<ShopOrder>): void
  trash(id: string): void
  deleteForGood(id: string): void
  changeProduct(product: Product): void
}

const row = (order: ShopOrder): Row => {
  const text = JSON.stringify(order)
  return { remoteId: order.id, modifiedRaw: order.modifiedAt, text, value: order }
}

const byRev = (a: ShopOrder, b: ShopOrder) => a.rev - b.rev
const byId = (a: ShopOrder, b: ShopOrder) => Number(a.id) - Number(b.id)

function toOrder(order: ShopOrder): Order {
  const address = {
    name: order.name,
    line1: '1 rue de Rivoli',
    postcode: '75001',
    city: order.city,
    country: order.country,
  }
  return {
    remoteId: order.id,
    number: order.number,
    status: order.status,
    statusRaw: order.trashed ? 'trash' : order.status,
    trashed: order.trashed,
    placedAt: order.placedAt,
    placedRaw: order.placedAt,
    modifiedAt: order.modifiedAt,
    modifiedRaw: order.modifiedAt,
    currency: 'EUR',
    totals: { grandMinor: order.total ?? 1250, roundingMinor: 0 },
    customer: { name: order.name, email: order.email },
    shipTo: address,
    billTo: address,
    lines: order.lines.map((line) => ({
      remoteId: line.id,
      productRemoteId: line.product,
      sku: line.sku,
      name: `Article ${line.sku}`,
      quantity: line.quantity,
      refunded: line.refunded,
      cancelled: '0',
      unitPrice: '12.5',
    })),
    knownTrackings: [],
    issues: [],
  }
}

export function countingShop(now: () => number, id = 'counting'): CountingShop {
  let rev = 0
  let nextId = 100
  const productRevs = new Map<string, number>()
  const shop: CountingShop = {
    platform: undefined as unknown as Platform,
    orders: new Map(),
    products: new Map(),
    calls: [],
    before: () => {},
    place(order = {}) {
      const placed: ShopOrder = {
        id: order.id ?? String(nextId++),
        number: '',
        status: 'ready',
        placedAt: new Date(now()).toISOString(),
        modifiedAt: new Date(now()).toISOString(),
        name: 'Zoé Müller',
        email: 'zoe@example.fr',
        country: 'FR',
        city: 'Paris',
        lines: [{ id: '1', sku: 'TASSE-1', quantity: '2', refunded: '0' }],
        trashed: false,
        ...order,
        rev: ++rev,
      }
      placed.number ||= placed.id
      shop.orders.set(placed.id, placed)
      return placed
    },
    change(orderId, patch) {
      const order = shop.orders.get(orderId)!
      shop.orders.set(orderId, { ...order, modifiedAt: new Date(now()).toISOString(), ...patch, rev: ++rev })
    },
    trash: (orderId) => shop.change(orderId, { trashed: true }),
    deleteForGood: (orderId) => void shop.orders.delete(orderId),
    changeProduct(product) {
      const key = `${product.remoteId}/${product.variantRemoteId ?? ''}`
      shop.products.set(key, product)
      productRevs.set(key, ++rev)
    },
  }

  const call = async (name: string, details: { pageSize?: number; ids?: string[] } = {}) => {
    shop.calls.push(name)
    await shop.before(name, details)
  }
  const listed = (): ShopOrder[] => [...shop.orders.values()].filter((order) => !order.trashed)
  const page = (found: ShopOrder[], size: number, next: (last: ShopOrder) => unknown, cursor: unknown) => {
    const rows = found.slice(0, size)
    const last = rows.at(-1)
    return {
      rows: rows.map(row),
      unreadable: [],
      cursor: last ? next(last) : cursor,
      more: found.length > size,
      requests: 1,
    }
  }
  const changedSince = (orders: ShopOrder[], cursor: unknown, { pageSize }: PullOptions) => {
    const from = (cursor as { rev: number } | undefined)?.rev ?? Infinity
    if (from === Infinity) return { rows: [], unreadable: [], cursor: { rev }, more: false, requests: 1 }
    const found = orders.filter((order) => order.rev > from).sort(byRev)
    return page(found, pageSize, (last) => ({ rev: last.rev }), cursor)
  }

  const connector: Connector = {
    async pullChanged(cursor, options) {
      await call('changed', options)
      return changedSince(listed(), cursor, options)
    },
    async pullRemoved(cursor, options) {
      await call('removed', options)
      return changedSince(
        [...shop.orders.values()].filter((order) => order.trashed),
        cursor,
        options,
      )
    },
    async pullBackfill(cursor, options) {
      await call('backfill', options)
      const below = (cursor as { below: number } | undefined)?.below ?? Infinity
      const wanted = (order: ShopOrder) =>
        options.since === undefined ||
        order.placedAt >= options.since ||
        order.status === 'ready' ||
        order.status === 'on-hold'
      const found = listed()
        .filter((order) => Number(order.id) < below && wanted(order))
        .sort((a, b) => byId(b, a))
      return page(found, options.pageSize, (last) => ({ below: Number(last.id) }), cursor)
    },
    async sweep(cursor, options) {
      await call('sweep', options)
      const above = (cursor as { above: number } | undefined)?.above ?? 0
      const upTo = (cursor as { upTo: number } | undefined)?.upTo ?? nextId - 1
      const found = listed()
        .filter((order) => Number(order.id) > above && Number(order.id) <= upTo)
        .sort(byId)
      const some = found.slice(0, options.pageSize)
      const more = found.length > some.length
      return {
        present: some.map((order) => ({ remoteId: order.id, statusRaw: order.status, modifiedRaw: order.modifiedAt })),
        cursor: { above: Number(some.at(-1)?.id ?? above), upTo },
        more,
        requests: 1,
        ...(!more && { completeUpTo: String(upTo) }),
      }
    },
    async getRows(ids) {
      await call('rows', { ids })
      return new Map(
        ids.map((remoteId): [string, Row | 'missing'] => {
          const order = shop.orders.get(remoteId)
          return [remoteId, order ? row(order) : 'missing']
        }),
      )
    },
    async complete(rows) {
      const mapped: Mapped[] = []
      const unreadable: Unreadable[] = []
      for (const one of rows) {
        const order = JSON.parse(one.text) as ShopOrder
        if (order.broken) unreadable.push({ remoteId: one.remoteId, reason: 'row-unreadable', text: one.text })
        else mapped.push({ order: toOrder(order), row: one })
      }
      return { mapped, unreadable, requests: 0 }
    },
    async getProducts(keys) {
      await call('products-by-key', { ids: keys })
      const products = keys.map(
        (key): Product => shop.products.get(key) ?? { remoteId: key.split('/')[0]!, missing: true },
      )
      return { products, requests: 1 }
    },
    async pullProducts(cursor) {
      await call('products')
      const from = (cursor as { rev: number } | undefined)?.rev
      const products =
        from === undefined
          ? []
          : [...shop.products].filter(([key]) => productRevs.get(key)! > from).map(([, product]) => product)
      return { products, cursor: { rev }, more: false, requests: 1 }
    },
    async writeBack(notice) {
      await call('write-back')
      return { state: 'confirmed', already: false, readBack: notice.parcels }
    },
  }

  shop.platform = {
    manifest: {
      id,
      name: 'Counting',
      loginFields: [{ name: 'key', secret: true, required: true }],
      capabilities: { authorise: false, webhooks: false, trash: true, tell: ['nobody'] },
    },
    recognise: async () => undefined,
    tryLogin: async () => {
      throw new Error('the counting shop is connected by hand')
    },
    connect: () => connector,
    remap: ({ text }) => toOrder(JSON.parse(text) as ShopOrder),
    mapperVersion: 1,
  }
  return shop
}
