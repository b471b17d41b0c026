/**
 * Made-up orders, as many as asked for: each writes itself from a template, so that a hundred thousand of them cost
 * neither memory nor time. Their bodies are those of recorded orders, the odd ones among them.
 */
import type { JsonObject, Refund, Rendering, ShopOrder } from './fake-shop-orders.ts'
import { orderLinks, orderView } from './fake-shop-order-view.ts'
import { phpJson } from './fake-shop-php.ts'
import { orderFromJson, rowsOf } from './fake-shop-seed.ts'
import type { ShopState } from './fake-shop-state.ts'
import { gmt, local } from './fake-shop-time.ts'

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
  const pseudo = {
    id: 0,
    status: 'processing',
    created: 0,
    modified: 0,
    completed: 0,
    paid: 0,
    refunds: [],
    body: marked,
  }
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
  const links = JSON.parse(
    JSON.stringify(orderLinks({ id: 0, body: marked }, render)).replaceAll('/orders/0', `/orders/${inside('ID')}`),
  ) as JsonObject
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
