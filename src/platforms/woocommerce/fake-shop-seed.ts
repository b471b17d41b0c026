/**
 * What a fake shop starts with: the recorded shop's orders and products, or any number of made-up orders.
 *
 * Recorded answers give full bodies of about half of the recorded orders; of the others they give id, status and time,
 * and a body of the same kind is put in. Made-up orders write themselves from templates: a hundred thousand of them
 * cost neither memory nor time.
 */
import type { JsonObject, Refund, Rendering, ShopOrder } from './fake-shop-orders.ts'
import { orderLinks, orderView } from './fake-shop-orders.ts'
import { phpJson } from './fake-shop-php.ts'
import type { Product, ShopState } from './fake-shop-state.ts'
import { gmt, local, utcSeconds } from './fake-shop-time.ts'
import { recording } from './recordings/recordings.ts'

/* ——— reading recorded orders ——— */

const COMPUTED = [
  ...['id', 'parent_id', 'status', 'version', 'refunds', 'payment_url', 'is_editable', 'needs_payment', 'number', '_links'],
  ...['date_created', 'date_modified', 'date_completed', 'date_paid'],
  ...['date_created_gmt', 'date_modified_gmt', 'date_completed_gmt', 'date_paid_gmt'],
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

const rowsOf = (name: string): JsonObject[] => {
  const json = recording(name).response.json
  return (Array.isArray(json) ? json : [json]) as JsonObject[]
}

/** Answers that show orders as they were at first; the later a file, the less it counts. */
const FULL: Record<'hpos' | 'posts', string[]> = {
  hpos: [
    ...['orders-dp-6', 'orders-by-include', 'orders-bundle-40-lines', 'orders-ties-1', 'orders-newest', 'orders-page-1'],
    ...['order-trashed', 'order-checkout-draft', 'refund-order-embedded'],
  ],
  posts: [
    ...['orders-dp-6-posts', 'orders-by-include-posts', 'orders-bundle-40-lines-posts', 'orders-page-1-posts'],
    ...['order-trashed-posts', 'order-checkout-draft-posts'],
  ],
}

const STATES: Record<'hpos' | 'posts', string[]> = {
  hpos: ['orders-exclude', 'orders-ties-page-of-100', 'orders-status-any', 'orders-trash', 'orders-status-checkout-draft'],
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
  for (const [counter, last] of [['item', 592], ['meta', 380], ['note', 350]] as const) state.reserve(counter, last)
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
  const recorded = new Set(['orders-by-include', 'orders-ties-1', 'orders-newest', 'orders-page-1'].flatMap((name) => rowsOf(name).map((row) => row.id)))
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
    else if (order.id !== 225 && count < 35 && !holds(order)) (order.body.line_items as JsonObject[])[0]!.product_id = 20
  }
}

/* ——— products ——— */

const productOf = (json: JsonObject): Product => ({
  id: Number(json.id),
  created: utcSeconds(String(json.date_created_gmt)),
  modified: utcSeconds(String(json.date_modified_gmt)),
  body: without(json, [
    ...['id', 'permalink', '_links', 'date_created', 'date_created_gmt', 'date_modified', 'date_modified_gmt'],
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
      const body = { ...structuredClone(button.body), name: `Article n° ${String(id)}`, slug: `article-${String(id)}`, ...members }
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

/* ——— made-up orders ——— */

interface Variant {
  body: JsonObject
  /** Literal text and slots in turn. */
  parts: string[]
}

let variants: Variant[] | undefined

const slot = (name: string): string => `@@${name}@@`
const inside = (name: string): string => `@!${name}!@`

function makeVariant(body: JsonObject): Variant {
  const marked = structuredClone(body)
  let line = 0
  for (const name of ['line_items', 'shipping_lines', 'tax_lines', 'fee_lines', 'coupon_lines'])
    for (const item of (marked[name] as JsonObject[] | undefined) ?? []) item.id = slot(`L${line++}`)
  marked.order_key = inside('KEY')
  const pseudo = { id: 0, status: 'processing', created: 0, modified: 0, completed: 0, paid: 0, refunds: [], body: marked }
  const render: Rendering = {
    home: inside('HOME'),
    dp: 2,
    zone: { name: 'UTC', offsetAt: () => 0 },
    version: '10.9.1',
    storage: 'hpos',
    numberOf: () => inside('ID'),
  }
  const view = orderView({ ...pseudo, changes: 0 }, render)
  Object.assign(view, {
    id: slot('ID'),
    status: inside('STATUS'),
    date_created: inside('CL'),
    date_modified: inside('ML'),
    date_created_gmt: inside('CG'),
    date_modified_gmt: inside('MG'),
    date_completed: slot('DL'),
    date_completed_gmt: slot('DG'),
    date_paid: slot('PL'),
    date_paid_gmt: slot('PG'),
    is_editable: slot('EDIT'),
    needs_payment: slot('PAY'),
    payment_url: `${inside('HOME')}/checkout/order-pay/${inside('ID')}/?pay_for_order=true&key=${inside('KEY')}`,
  })
  const links = JSON.parse(JSON.stringify(orderLinks({ id: 0, body: marked }, render)).replaceAll('/orders/0', `/orders/${inside('ID')}`)) as JsonObject
  const text = phpJson({ ...view, _links: links })
  return { body, parts: text.split(/"@@(\w+)@@"|@!(\w+)!@/).filter((part) => part !== undefined) }
}

function madeVariants(): Variant[] {
  variants ??= [...rowsOf('orders-by-include'), ...rowsOf('orders-ties-1').slice(0, 30)]
    .map((json) => orderFromJson(json).body)
    .filter((body) => (body.line_items as JsonObject[]).length > 0)
    .map(makeVariant)
  return variants
}

const KEYS_PER_ORDER = 64

/** The body appears only when somebody looks at it; a change replaces it for good. */
class MadeOrder implements ShopOrder {
  id: number
  status: string
  created: number
  modified: number
  completed: number | null
  paid: number | null
  refunds: Refund[] = []
  changes = 0
  quick: ShopOrder['quick']
  private own: JsonObject | undefined
  private readonly variant: Variant

  constructor(id: number, status: string, created: number, variant: Variant) {
    this.id = id
    this.status = status
    this.created = created
    this.modified = created
    this.paid = status === 'pending' || status === 'on-hold' ? null : created
    this.completed = status === 'completed' ? created : null
    this.variant = variant
    this.quick = writeMade
  }

  get body(): JsonObject {
    return this.own ?? bodyOf(this.id, this.variant)
  }

  set body(value: JsonObject) {
    this.own = value
  }

  get parts(): string[] {
    return this.variant.parts
  }
}

const keyOf = (id: number): string => `wc_order_${id.toString(36).padStart(13, 'a')}`

function bodyOf(id: number, variant: Variant): JsonObject {
  const body = structuredClone(variant.body)
  let line = 0
  for (const name of ['line_items', 'shipping_lines', 'tax_lines', 'fee_lines', 'coupon_lines'])
    for (const item of (body[name] as JsonObject[] | undefined) ?? []) item.id = id * KEYS_PER_ORDER + line++
  body.order_key = keyOf(id)
  return body
}

const quoted = (text: string | null): string => (text === null ? 'null' : `"${text}"`)

function writeMade(order: ShopOrder, render: Rendering): string {
  if (render.dp !== 2 || render.version !== '10.9.1') {
    order.quick = undefined
    return phpJson({ ...orderView(order, render), _links: orderLinks(order, render) })
  }
  const { parts } = order as MadeOrder
  let text = ''
  for (let at = 0; at < parts.length; at++) text += at % 2 === 0 ? parts[at]! : slotText(parts[at]!, order, render)
  return text
}

function slotText(name: string, order: ShopOrder, render: Rendering): string {
  const at = (seconds: number | null) => quoted(seconds === null ? null : local(seconds, render.zone))
  const utc = (seconds: number | null) => quoted(seconds === null ? null : gmt(seconds))
  switch (name) {
    case 'ID':
      return String(order.id)
    case 'HOME':
      return render.home.replaceAll('/', '\\/')
    case 'KEY':
      return keyOf(order.id)
    case 'STATUS':
      return order.status
    case 'CL':
      return local(order.created, render.zone)
    case 'ML':
      return local(order.modified, render.zone)
    case 'CG':
      return gmt(order.created)
    case 'MG':
      return gmt(order.modified)
    case 'DL':
      return at(order.completed)
    case 'DG':
      return utc(order.completed)
    case 'PL':
      return at(order.paid)
    case 'PG':
      return utc(order.paid)
    case 'EDIT':
      return String(['pending', 'on-hold'].includes(order.status))
    case 'PAY':
      return String(['pending', 'failed'].includes(order.status))
    default:
      return String(order.id * KEYS_PER_ORDER + Number(name.slice(1)))
  }
}

const MIX = ['processing', 'completed', 'completed', 'processing', 'completed', 'on-hold', 'completed', 'completed']

/** `count` orders, one every seven minutes, the newest a minute ago. */
export function seedMade(state: ShopState, count: number): void {
  const all = madeVariants()
  const first = 1000
  const end = state.now() - 60
  const orders: ShopOrder[] = []
  for (let at = 0; at < count; at++)
    orders.push(new MadeOrder(first + at, MIX[at % MIX.length]!, end - (count - 1 - at) * 420, all[at % all.length]!))
  state.orders.addMany(orders)
  state.reserve('post', first + count)
  state.reserve('item', (first + count) * KEYS_PER_ORDER)
  state.reserve('meta', 100_000)
}

