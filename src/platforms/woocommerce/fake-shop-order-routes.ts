/**
 * `/wc/v3/orders` of the fake shop: list, one, update, create, trash, delete, batch.
 *
 * The trap is the date filter: see `fake-shop-time.ts`. And a write to a trashed, refunded or cancelled order is not
 * refused: it revives the order and mails the customer, as the real shop does.
 */
import type { JsonObject, OrderFilter, Range, ShopOrder } from './fake-shop-orders.ts'
import { orderLinks, orderText, orderView } from './fake-shop-order-view.ts'
import type { PhpMap } from './fake-shop-php.ts'
import { phpJson } from './fake-shop-php.ts'
import type { ParamFault, RestAnswer, RestRequest, Route } from './fake-shop-rest.ts'
import * as rest from './fake-shop-rest.ts'
import { check, failure, listParam, mayAs, text, truthy } from './fake-shop-rest.ts'
import type { ShopState } from './fake-shop-state.ts'
import { gmt, parseDate } from './fake-shop-time.ts'
import { createOrder, faultsOfWrite, updateOrder } from './fake-shop-order-writes.ts'

const ORDERBY = ['date', 'id', 'include', 'title', 'slug', 'modified']

/** `any` and `trash` stand in the list's own enum, not in the order's. */
const listStatuses = (state: ShopState): string[] => [
  'any',
  'trash',
  'auto-draft',
  ...state.statuses().map((status) => status.slug),
]

function listFaults({ query, state }: RestRequest): ParamFault[] {
  return [
    ...rest.pagingFaults(query),
    ...['after', 'before', 'modified_after', 'modified_before'].flatMap((name) =>
      state.ignoresDates && name.startsWith('modified') ? [] : check.date(name, query[name], state.zone),
    ),
    ...check.ids('exclude', listParam(query.exclude)),
    ...check.ids('include', listParam(query.include)),
    ...check.whole('offset', query.offset, -Number.MAX_SAFE_INTEGER),
    ...check.word('order', query.order, ['asc', 'desc']),
    ...check.word('orderby', query.orderby, ORDERBY),
    ...check.words('status', listParam(query.status), listStatuses(state)),
    ...check.whole('dp', query.dp, -Number.MAX_SAFE_INTEGER),
    ...check.word('context', query.context, ['view', 'edit']),
  ]
}

/** With the flag the text of the shop's wall time is compared with the UTC column, without it the moment is meant. */
function range(request: RestRequest, prefix: string): Range {
  const { query, state } = request
  const gmtFlag = truthy(query.dates_are_gmt)
  const bound = (name: string): number | undefined => {
    const value = text(query[name])
    const date = value === undefined ? undefined : parseDate(value, state.zone)
    if (!date) return undefined
    return gmtFlag || state.settings.storage === 'posts' ? date.wall : date.moment
  }
  if (state.ignoresDates && prefix === 'modified_') return { column: 'gmt' }
  return { after: bound(`${prefix}after`), before: bound(`${prefix}before`), column: gmtFlag ? 'gmt' : 'local' }
}

function filterOf(request: RestRequest): OrderFilter {
  const { query } = request
  const paged = rest.paging(query)
  const statuses = (listParam(query.status) ?? ['any']).filter((status) => status !== '')
  const number = (name: string) => (query[name] === undefined ? undefined : Number(query[name]))
  return {
    statuses: statuses.includes('any') || statuses.length === 0 ? undefined : new Set(statuses),
    modified: range(request, 'modified_'),
    created: range(request, ''),
    include: listParam(query.include)?.map(Number),
    exclude: query.exclude === undefined ? undefined : new Set(listParam(query.exclude)!.map(Number)),
    product: number('product'),
    customer: number('customer'),
    search: text(query.search),
    orderby: (text(query.orderby) ?? 'date') as OrderFilter['orderby'],
    order: (text(query.order) ?? 'desc') as OrderFilter['order'],
    offset: paged.offset,
    limit: paged.perPage,
  }
}

/** `Link` repeats the parameters as the shop understood them: lists by index, the flag as 1, status last. */
function linkQuery(request: RestRequest, hasRows: boolean): PhpMap {
  const out: PhpMap = {}
  for (const [key, value] of Object.entries(request.query)) {
    if (key === 'status') continue
    if (key === 'include' || key === 'exclude') out[key] = { ...listParam(value) } as unknown as PhpMap
    else if (key === 'dates_are_gmt') out[key] = truthy(value) ? '1' : ''
    else out[key] = value
  }
  out.status = { ...(listParam(request.query.status) ?? ['any']) } as unknown as PhpMap
  if (!hasRows) return out
  out.dp ??= '2'
  out.context ??= 'view'
  return out
}

const dpOf = (request: RestRequest): number => {
  const dp = request.query.dp ?? request.body.dp
  return dp === undefined ? 2 : Math.max(0, Number(dp))
}

function list(request: RestRequest): RestAnswer {
  const { state, query } = request
  const filter = filterOf(request)
  const found = state.orders.list(filter)
  const paged = rest.paging(query)
  // HPOS finds no total beyond the last page, posts do (seen)
  const total = found.rows.length === 0 && paged.page > 1 && state.settings.storage === 'hpos' ? 0 : found.total
  const headers = rest.listHeaders(request, total, paged, linkQuery(request, found.rows.length > 0))
  return { status: 200, text: `[${rows(request, found.rows).join(',')}]`, headers }
}

const QUICK = new Set(['id', 'status', 'date_modified_gmt', 'date_created_gmt', 'nonsense'])

function rows(request: RestRequest, orders: ShopOrder[]): string[] {
  const render = request.state.rendering(request.home, dpOf(request))
  const fields = rest.fieldsOf(request)
  const drop = new Set(listParam(request.query.exclude_meta))
  const keep = listParam(request.query.include_meta)
  if (!fields && drop.size === 0 && !keep) return orders.map((order) => orderText(order, render))
  if (fields?.every((field) => QUICK.has(field))) return orders.map((order) => phpJson(quickRow(order, fields)))
  return orders.map((order) => {
    const view = orderView(order, render)
    view.meta_data = metaShown(view.meta_data as JsonObject[], keep, drop)
    return phpJson(rest.row(request, view, orderLinks(order, render)))
  })
}

/** A sweep asks for a few members of a hundred thousand orders: no need to write them whole first. */
const quickRow = (order: ShopOrder, fields: string[]): JsonObject => ({
  ...(fields.includes('id') && { id: order.id }),
  ...(fields.includes('status') && { status: order.status }),
  ...(fields.includes('date_created_gmt') && { date_created_gmt: gmt(order.created) }),
  ...(fields.includes('date_modified_gmt') && { date_modified_gmt: gmt(order.modified) }),
})

const metaShown = (meta: JsonObject[], keep: string[] | undefined, drop: ReadonlySet<string>): JsonObject[] =>
  meta.filter(({ key }) => (keep ? keep.includes(String(key)) : !drop.has(String(key))))

export function oneOrder(request: RestRequest, order: ShopOrder, status = 200): RestAnswer {
  const render = request.state.rendering(request.home, dpOf(request))
  if (!rest.fieldsOf(request)) return { status, text: orderText(order, render) }
  return { status, text: rest.one(request, orderView(order, render), orderLinks(order, render)) }
}

const INVALID = 'woocommerce_rest_shop_order_invalid_id'
const found = (request: RestRequest): ShopOrder | undefined => request.state.orders.get(Number(request.parts[0]))
const absent = (): RestAnswer => failure(404, INVALID, 'Invalid ID.')

/** An id that is no order asks for no right: the shop looks for the order first. */
const ifThere =
  (verb: Parameters<typeof mayAs>[0]): NonNullable<Route['right']> =>
  (request) =>
    found(request) ? mayAs(verb)(request) : undefined

function get(request: RestRequest): RestAnswer {
  const order = found(request)
  return order ? oneOrder(request, order) : absent()
}

function update(request: RestRequest): RestAnswer {
  const order = found(request)
  if (!order) return failure(400, INVALID, request.state.old ? 'Invalid ID.' : 'ID is invalid.')
  updateOrder(request.state, order, request.body)
  return oneOrder(request, order)
}

function create(request: RestRequest): RestAnswer {
  const order = createOrder(request.state, request.body)
  const answer = oneOrder(request, order, 201)
  return { ...answer, headers: [['Location', `${request.home}/wp-json/wc/v3/orders/${order.id}`]] }
}

/** The answer shows the order as it was before. */
function remove(request: RestRequest): RestAnswer {
  const { state } = request
  const order = found(request)
  if (!order) return absent()
  const answer = oneOrder(request, order)
  if (truthy(request.query.force ?? request.body.force)) state.deleteOrder(order)
  else if (order.status === 'trash')
    return failure(410, 'woocommerce_rest_already_trashed', 'The shop_order has already been deleted.')
  else state.trash(order)
  return answer
}

/** Always 200: what went wrong stands at its row. */
function batch(request: RestRequest): RestAnswer {
  const { state, body, home } = request
  const render = state.rendering(home)
  const rowsOf = (name: string) => (Array.isArray(body[name]) ? (body[name] as JsonObject[]) : [])
  const broken = (id: unknown, status: number, message: string) => ({
    id,
    error: { code: INVALID, message, data: { status } },
  })
  const whole = (order: ShopOrder) => ({ ...orderView(order, render), _links: orderLinks(order, render) })
  const data: JsonObject = {}
  if (body.create) data.create = rowsOf('create').map((item) => whole(createOrder(state, item)))
  if (body.update)
    data.update = rowsOf('update').map((item) => {
      const order = state.orders.get(Number(item.id))
      if (!order) return broken(item.id, 400, 'ID is invalid.')
      updateOrder(state, order, item)
      return whole(order)
    })
  if (body.delete)
    data.delete = (body.delete as unknown[]).map((id) => {
      const order = state.orders.get(Number(id))
      if (!order) return broken(id, 404, 'Invalid ID.')
      const before = whole(order)
      state.deleteOrder(order)
      return before
    })
  return { status: 200, text: rest.one(request, data) }
}

export const orderRoutes: Route[] = [
  {
    methods: ['GET'],
    pattern: /^\/wc\/v[23]\/orders$/,
    allow: ['GET', 'POST'],
    check: listFaults,
    right: mayAs('view'),
    handle: list,
  },
  {
    methods: ['POST'],
    pattern: /^\/wc\/v[23]\/orders$/,
    allow: ['GET', 'POST'],
    check: faultsOfWrite,
    right: mayAs('create'),
    handle: create,
  },
  {
    methods: rest.WRITE,
    pattern: /^\/wc\/v[23]\/orders\/batch$/,
    allow: rest.WRITE,
    right: mayAs('edit'),
    handle: batch,
  },
  {
    methods: ['GET'],
    pattern: /^\/wc\/v[23]\/orders\/(\d+)$/,
    allow: rest.ALL_VERBS,
    check: ({ query }) => check.word('context', query.context, ['view', 'edit']),
    right: ifThere('view-one'),
    handle: get,
  },
  {
    methods: rest.WRITE,
    pattern: /^\/wc\/v[23]\/orders\/(\d+)$/,
    allow: rest.ALL_VERBS,
    check: faultsOfWrite,
    right: ifThere('edit'),
    handle: update,
  },
  {
    methods: ['DELETE'],
    pattern: /^\/wc\/v[23]\/orders\/(\d+)$/,
    allow: rest.ALL_VERBS,
    right: ifThere('delete'),
    handle: remove,
  },
]
