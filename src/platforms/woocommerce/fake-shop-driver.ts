/**
 * What people and plugins do in a real shop: place, edit, refund and trash orders, switch plugins, run the queue. Tests
 * and the demo drive the fake shop by it; nothing here goes over HTTP but `approve`, which is a merchant's browser.
 */
import { makeOrder } from './fake-shop-order-writes.ts'
import { orderView } from './fake-shop-order-view.ts'
import type { JsonObject, ShopOrder } from './fake-shop-orders.ts'
import type { CustomStatus, Mail, Product, ShopState } from './fake-shop-state.ts'
import { utcSeconds } from './fake-shop-time.ts'
import type { Delivered } from './fake-shop-webhooks.ts'
import { runQueue } from './fake-shop-webhooks.ts'

/** What a shopper puts into an order; anything left out is as a checkout leaves it. Amounts are texts. */
export interface OrderDraft extends JsonObject {
  id?: number
  status?: string
  number?: string
  line_items?: JsonObject[]
  billing?: JsonObject
  shipping?: JsonObject
}

export interface ShopDriver {
  /** Digits 1 to 5: read-write admin, read-only admin, manager, customer, write-only. */
  keys: { key: string; secret: string }[]
  mails: Mail[]
  state: ShopState
  placeOrder(draft?: OrderDraft): ShopOrder
  /** An edit in the shop's own pages: members of the order, `status` among them. Date of change moves. */
  editOrder(id: number, patch: JsonObject): void
  setStatus(id: number, status: string): void
  trashOrder(id: number): void
  restoreOrder(id: number): void
  deleteOrder(id: number): void
  refund(
    id: number,
    refund: { amount: string; reason?: string; lines?: { lineId: number; quantity: number }[] },
  ): number
  addNote(id: number, note: string, customer?: boolean): void
  /** Changes all of them in one second of the shop's clock. */
  bulkEdit(ids: number[], patch?: JsonObject): void
  /** A change stamped now that others see only `afterMs` later: a slow transaction of the shop. */
  lateCommit(change: { order: OrderDraft } | { id: number; patch: JsonObject }, afterMs: number): void
  addCustomStatus(slug: string, name: string): void
  /** The plugin goes: its orders leave every list and stay readable by id. */
  removeStatusPlugin(slug: string): void
  editProduct(id: number, patch: JsonObject): void
  addProduct(product: JsonObject): Product
  deleteProduct(id: number): void
  /** An order as `GET orders/ID` would show it. */
  order(id: number): JsonObject
  meta(id: number, key: string): unknown
  notesOf(id: number): { note: string; customer: boolean }[]
  /** The shop's own sight of parcels: of the tracking plugin and of core fulfillments. */
  trackingsOf(id: number): JsonObject[]
  fulfillmentsOf(id: number): JsonObject[]
  /**
   * Runs the queue of webhook deliveries.
   *
   * @param home the address the shop names as its own; default the one it listens on
   */
  runCron(home?: string): Promise<Delivered[]>
  /** What a signed-in merchant does on the page wc-auth shows: presses Approve. Gives the status and where he lands. */
  approve(authorizeUrl: string): Promise<{ status: number; location: string | undefined }>
  setZone(zone: string): void
  setPermalinks(permalinks: 'pretty' | 'plain'): void
}

const MERCHANT_COOKIE = 'wordpress_logged_in=patron'

export function driver(state: ShopState, url: string): ShopDriver {
  const need = (id: number): ShopOrder => {
    const order = state.orders.get(id)
    if (!order) throw new Error(`the fake shop has no order ${id}`)
    return order
  }
  const edit = (id: number, patch: JsonObject) => {
    const { status, ...members } = patch
    state.setStatus(need(id), String(status ?? need(id).status), (one) => replaceBody(one, members), true)
    // saving stamps the change; a date that was asked for is what a plugin or a clock gone wrong leaves
    const date = members.date_modified_gmt
    if (typeof date === 'string') state.orders.change(need(id), (one) => void (one.modified = utcSeconds(date)))
  }
  const place = (draft: OrderDraft = {}): ShopOrder => makeOrder(state, { status: 'processing', ...draft }, 'checkout')
  const enter = (order: ShopOrder) => {
    state.orders.add(order)
    // a checkout sends order.updated before order.created (seen)
    state.enqueue('order.updated', order.id)
    state.enqueue('order.created', order.id)
  }
  return {
    state,
    mails: state.mails,
    keys: state.auth.keys.map((key) => ({ key: key.consumerKey, secret: key.consumerSecret })),
    placeOrder: (draft) => {
      const order = place(draft)
      enter(order)
      return order
    },
    editOrder: edit,
    setStatus: (id, status) => state.setStatus(need(id), status),
    trashOrder: (id) => state.trash(need(id)),
    restoreOrder: (id) => state.untrash(need(id)),
    deleteOrder: (id) => state.deleteOrder(need(id)),
    refund: (id, refund) => refundOrder(state, need(id), refund),
    addNote: (id, note, customer = false) => {
      state.addNote(need(id).id, note, { customer })
    },
    bulkEdit: (ids, patch = {}) => {
      for (const id of ids) edit(id, patch)
    },
    lateCommit: (change, afterMs) => {
      const stamped = state.now()
      const at = state.settings.clock.now() + afterMs
      if ('order' in change) {
        const order = place(change.order)
        state.later(at, () => enter(order))
      } else
        state.later(at, () => {
          const order = state.orders.get(change.id)
          if (!order) return
          edit(change.id, change.patch)
          state.orders.change(order, (one) => {
            one.modified = stamped
          })
        })
    },
    addCustomStatus: (slug, name) => state.setCustomStatuses([...state.customStatuses, { slug, name } as CustomStatus]),
    removeStatusPlugin: (slug) => state.setCustomStatuses(state.customStatuses.filter((one) => one.slug !== slug)),
    editProduct: (id, patch) => {
      const product = state.products.get(id)
      if (!product) throw new Error(`the fake shop has no product ${id}`)
      product.body = { ...product.body, ...patch }
      product.modified = state.now()
    },
    addProduct: (given) => addProduct(state, given),
    deleteProduct: (id) => {
      state.products.delete(id)
    },
    order: (id) => orderView(need(id), state.rendering(url)),
    meta: (id, key) => (need(id).body.meta_data as JsonObject[]).find((row) => row.key === key)?.value,
    notesOf: (id) =>
      state.notes
        .filter((note) => note.orderId === id)
        .map(({ note, customerNote }) => ({ note, customer: customerNote })),
    trackingsOf: (id) => {
      const row = (need(id).body.meta_data as JsonObject[]).find((meta) => meta.key === '_wc_shipment_tracking_items')
      return (row?.value as JsonObject[] | undefined) ?? []
    },
    fulfillmentsOf: (id) =>
      state.fulfillments.filter((one) => one.entity_id === String(id) && one.date_deleted === null),
    runCron: (home = url) => {
      state.commitDue()
      return runQueue(state, home)
    },
    approve,
    setZone: (zone) => state.setZone(zone),
    setPermalinks: (permalinks) => {
      state.permalinks = permalinks
    },
  }
}

function replaceBody(order: ShopOrder, members: JsonObject): void {
  const { date_modified_gmt: modified, ...rest } = members
  order.quick = undefined
  order.body = { ...order.body, ...rest }
  if (typeof modified === 'string') order.modified = utcSeconds(modified)
}

function refundOrder(
  state: ShopState,
  order: ShopOrder,
  refund: { amount: string; reason?: string; lines?: { lineId: number; quantity: number }[] },
): number {
  const items = order.body.line_items as JsonObject[]
  const line_items = (refund.lines ?? []).map(({ lineId, quantity }) => {
    const item = items.find((one) => one.id === lineId)
    const value = String(lineId)
    const meta = {
      id: state.next('meta'),
      key: '_refunded_item_id',
      value,
      display_key: '_refunded_item_id',
      display_value: value,
    }
    return { ...item, id: state.next('item'), quantity: -quantity, meta_data: [meta] }
  })
  const type = Number(refund.amount) >= Number(order.body.total) ? 'full' : 'partial'
  const made = state.addRefund(order, {
    amount: refund.amount,
    reason: refund.reason ?? '',
    meta_data: [{ id: state.next('meta'), key: '_refund_type', value: type }],
    line_items,
  })
  if (type === 'full') state.setStatus(order, 'refunded')
  return made.id
}

function addProduct(state: ShopState, given: JsonObject): Product {
  const base = [...state.products.values()].find((one) => one.body.type === 'simple')!
  const id = given.id === undefined ? state.next('post') : Number(given.id)
  state.reserve('post', id)
  const { id: _id, ...members } = given
  const body = { ...structuredClone(base.body), meta_data: [], global_unique_id: '', sku: '', ...members }
  const product = { id, created: state.now(), modified: state.now(), body }
  state.products.set(id, product)
  return product
}

async function approve(authorizeUrl: string): Promise<{ status: number; location: string | undefined }> {
  const headers = { Cookie: MERCHANT_COOKIE }
  const page = await fetch(authorizeUrl, { headers, redirect: 'manual' })
  const html = await page.text()
  const link = /<a href="([^"]+)" class="[^"]*wc-auth-approve"/.exec(html)?.[1]
  if (!link) return { status: page.status, location: page.headers.get('location') ?? undefined }
  const answer = await fetch(link.replaceAll('&#038;', '&'), { headers, redirect: 'manual' })
  await answer.arrayBuffer()
  return { status: answer.status, location: answer.headers.get('location') ?? undefined }
}
