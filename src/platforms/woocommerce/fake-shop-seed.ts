/**
 * What a fake shop starts with: the recorded shop's products, and its orders if asked for.
 *
 * Recorded answers give full bodies of about half of the recorded orders; of the others they give id, status and time,
 * and a body of the same kind is put in.
 */
import type { JsonObject, Refund, ShopOrder } from './fake-shop-orders.ts'
import type { Product, ShopState } from './fake-shop-state.ts'
import { utcSeconds } from './fake-shop-time.ts'
import { recording } from './recordings/recordings.ts'

/* ——— reading recorded orders ——— */

const COMPUTED = [
  'id',
  'parent_id',
  'status',
  'version',
  'refunds',
  'payment_url',
  'is_editable',
  'needs_payment',
  'number',
  '_links',
  'date_created',
  'date_modified',
  'date_completed',
  'date_paid',
  'date_created_gmt',
  'date_modified_gmt',
  'date_completed_gmt',
  'date_paid_gmt',
]

const without = (object: JsonObject, names: string[]): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)))

const moment = (value: unknown): number | null => (typeof value === 'string' ? utcSeconds(value) : null)

export function orderFromJson(json: JsonObject): ShopOrder {
  return {
    id: Number(json.id),
    status: String(json.status),
    created: moment(json.date_created_gmt) ?? 0,
    modified: moment(json.date_modified_gmt) ?? 0,
    completed: moment(json.date_completed_gmt),
    paid: moment(json.date_paid_gmt),
    refunds: [],
    body: without(json, COMPUTED),
    changes: 0,
  }
}

export const rowsOf = (name: string): JsonObject[] => {
  const json = recording(name).response.json
  return (Array.isArray(json) ? json : [json]) as JsonObject[]
}

/** Answers that show orders as they were at first; the later a file, the less it counts. */
const FULL: Record<'hpos' | 'posts', string[]> = {
  hpos: [
    'orders-dp-6',
    'orders-by-include',
    'orders-bundle-40-lines',
    'orders-ties-1',
    'orders-newest',
    'orders-page-1',
    'order-trashed',
    'order-checkout-draft',
    'refund-order-embedded',
  ],
  posts: [
    'orders-dp-6-posts',
    'orders-by-include-posts',
    'orders-bundle-40-lines-posts',
    'orders-page-1-posts',
    'order-trashed-posts',
    'order-checkout-draft-posts',
  ],
}

const STATES: Record<'hpos' | 'posts', string[]> = {
  hpos: [
    'orders-exclude',
    'orders-ties-page-of-100',
    'orders-status-any',
    'orders-trash',
    'orders-status-checkout-draft',
  ],
  posts: ['orders-sweep-projection-posts', 'orders-trash-posts', 'orders-status-checkout-draft-posts'],
}

const REFUNDS = { hpos: 'refunds-global', posts: 'refunds-global-posts' }

/** The parcels, labels and lines of which an order of each kind is made, copied for orders whose body nobody recorded. */
function likeOf(id: number, known: Map<number, ShopOrder>): ShopOrder {
  // the recorded orders repeat names every ten and lines every fifty
  for (const step of [50, 100, 30, 20, 10]) {
    const other = known.get(id - step) ?? known.get(id + step)
    if (other && !other.refunds.length) return other
  }
  return known.get(66)!
}

export function seedRecorded(state: ShopState): void {
  const kind = state.old && state.settings.storage === 'posts' ? 'posts' : 'hpos'
  const known = new Map<number, ShopOrder>()
  for (const name of FULL[kind])
    for (const json of rowsOf(name)) if (!known.has(Number(json.id))) known.set(Number(json.id), orderFromJson(json))
  const now = new Map<number, JsonObject>()
  for (const name of STATES[kind]) for (const row of rowsOf(name)) now.set(Number(row.id), row)
  const orders: ShopOrder[] = []
  // lines put in by us, far from the recorded ids
  state.setCounter('item', 5000)
  for (const [id, row] of now) {
    const full = known.get(id)
    orders.push(full ? { ...full } : stranger(state, id, row, likeOf(id, known), createdBy(id, known)))
  }
  for (const order of orders) {
    const row = now.get(order.id)
    if (typeof row?.date_modified_gmt === 'string') order.modified = utcSeconds(row.date_modified_gmt)
    if (row) order.status = String(row.status)
  }
  addRefunds(orders, rowsOf(REFUNDS[kind]))
  if (kind === 'hpos') shapeForQuestions(orders)
  state.orders.addMany(orders)
  state.setCustomStatuses([{ slug: 'shipped', name: 'Expédiée' }])
  state.setCounter('post', kind === 'hpos' ? 238 : 120)
  for (const [counter, last] of [
    ['item', 589],
    ['meta', 4700],
    ['note', 350],
  ] as const)
    state.setCounter(counter, last)
}

/** Orders were made one after another: not before the last known one below. */
const createdBy = (id: number, known: Map<number, ShopOrder>): number =>
  Math.max(...[...known.values()].filter((order) => order.id < id).map((order) => order.created))

function stranger(state: ShopState, id: number, row: JsonObject, like: ShopOrder, created: number): ShopOrder {
  const status = String(row.status)
  const body = structuredClone(like.body)
  body.order_key = `wc_order_${id.toString(36).padStart(13, 'x')}`
  body.meta_data = []
  for (const name of ['line_items', 'shipping_lines', 'tax_lines', 'fee_lines'])
    for (const line of body[name] as JsonObject[]) line.id = state.next('item')
  if (id === 103) body.line_items = rowsOf('fulfillments-order-before')[0]!.line_items
  return {
    id,
    status,
    created,
    modified: utcSeconds(String(row.date_modified_gmt)),
    completed: null,
    paid: ['pending', 'failed', 'checkout-draft', 'on-hold'].includes(status) ? null : created,
    refunds: [],
    body,
    changes: 0,
  }
}

function addRefunds(orders: ShopOrder[], rows: JsonObject[]): void {
  for (const row of rows) {
    const order = orders.find((one) => one.id === row.parent_id)
    const refund = {
      ...without(row, ['parent_id', 'date_created', 'date_created_gmt', '_links']),
      created: utcSeconds(String(row.date_created_gmt)),
    } as Refund
    if (order) order.refunds = [...order.refunds, refund]
  }
}

/** Two recorded questions count orders whose bodies nobody recorded: 35 hold product 20, the newest 238, 230 and 225. */
function shapeForQuestions(orders: ShopOrder[]): void {
  const holds = (order: ShopOrder) => (order.body.line_items as JsonObject[]).some((line) => line.product_id === 20)
  const recorded = new Set(
    ['orders-by-include', 'orders-ties-1', 'orders-newest', 'orders-page-1'].flatMap((name) =>
      rowsOf(name).map((row) => row.id),
    ),
  )
  const free = orders.filter((order) => !recorded.has(order.id) && order.id !== 103 && order.status !== 'trash')
  const swap = (order: ShopOrder, from: number, to: number) => {
    for (const line of order.body.line_items as JsonObject[]) if (line.product_id === from) line.product_id = to
  }
  for (const order of free) if (holds(order) && order.id > 200) swap(order, 20, 11)
  const chosen = free.filter((order) => order.id === 225 || order.id < 200).toSorted((a, b) => b.id - a.id)
  const live = orders.filter((order) => order.status !== 'trash' && order.status !== 'checkout-draft')
  for (const order of chosen) {
    const count = live.filter(holds).length
    if (order.id === 225 && !holds(order)) (order.body.line_items as JsonObject[])[0]!.product_id = 20
    else if (order.id !== 225 && count > 35 && holds(order)) swap(order, 20, 11)
    else if (order.id !== 225 && count < 35 && !holds(order))
      (order.body.line_items as JsonObject[])[0]!.product_id = 20
  }
}

/* ——— products ——— */

const productOf = (json: JsonObject): Product => ({
  id: Number(json.id),
  created: utcSeconds(String(json.date_created_gmt)),
  modified: utcSeconds(String(json.date_modified_gmt)),
  body: without(json, [
    'id',
    'permalink',
    '_links',
    'date_created',
    'date_created_gmt',
    'date_modified',
    'date_modified_gmt',
  ]),
})

const FULL_PRODUCTS = ['products', 'products-by-include', 'product-variable', 'product-no-weight']

export function seedProducts(state: ShopState): void {
  const tail = state.old ? '-posts' : ''
  const names = state.old ? ['products-posts', 'products-by-include-posts'] : FULL_PRODUCTS
  for (const name of names) for (const json of rowsOf(name)) state.products.set(Number(json.id), productOf(json))
  const button = [...state.products.values()].findLast((one) => one.body.type === 'simple')!
  for (const row of rowsOf('products-projection'))
    if (!state.products.has(Number(row.id))) {
      const { id, date_modified_gmt: modified, ...members } = row
      const body = {
        ...structuredClone(button.body),
        name: `Article n° ${String(id)}`,
        slug: `article-${String(id)}`,
        ...members,
      }
      const at = utcSeconds(String(modified))
      state.products.set(Number(id), { id: Number(id), created: button.created, modified: at, body })
    }
  for (const json of rowsOf(`variations${tail}`)) {
    const product = productOf(json)
    product.body.permalinkQuery = String(json.permalink).split('?')[1] ?? ''
    state.products.set(product.id, product)
  }
  const as = rowsOf(`product-variation-as-product${tail}`)[0]!
  const variation = state.products.get(Number(as.id))!
  variation.body.asProduct = productOf(as).body
  for (const product of state.products.values()) product.modified = Math.min(product.modified, state.now())
  state.reserve('post', 64)
}
