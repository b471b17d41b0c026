/**
 * Products and variations of the fake shop.
 *
 * The trap: `products?include=` never finds a variation (an empty list, no error), `products/ID` and `sku=` do, under
 * another shape; and a variation shows its parent's weight, size and sku where it has none, but not its customs meta.
 */
import type { JsonObject } from './fake-shop-orders.ts'
import { phpJson } from './fake-shop-php.ts'
import type { RestAnswer, RestRequest, Route } from './fake-shop-rest.ts'
import * as rest from './fake-shop-rest.ts'
import { check, failure, listParam, mayAs, text, truthy } from './fake-shop-rest.ts'
import type { Product, ShopState } from './fake-shop-state.ts'
import { gmt, local, parseDate } from './fake-shop-time.ts'

const isVariation = (product: Product): boolean => product.body.type === 'variation'

const dates = (state: ShopState, product: Product): JsonObject => ({
  date_created: local(product.created, state.zone),
  date_created_gmt: gmt(product.created),
  date_modified: local(product.modified, state.zone),
  date_modified_gmt: gmt(product.modified),
})

const blank = (value: unknown): boolean => value === '' || value === undefined || value === null

/** What the shop's own code reads: the parent's value where the variation has none. */
function inherited(state: ShopState, product: Product): JsonObject {
  const parent = state.products.get(Number(product.body.parent_id))?.body
  if (!parent) return {}
  const own = product.body
  const size = (own.dimensions ?? {}) as JsonObject
  const parentSize = (parent.dimensions ?? {}) as JsonObject
  return {
    weight: blank(own.weight) ? parent.weight : own.weight,
    sku: blank(own.sku) ? parent.sku : own.sku,
    dimensions: Object.fromEntries(
      ['length', 'width', 'height'].map((name) => [name, blank(size[name]) ? (parentSize[name] ?? '') : size[name]]),
    ),
  }
}

const PRODUCT_ONLY = {
  external_url: '',
  button_text: '',
  sold_individually: false,
  shipping_required: true,
  shipping_taxable: true,
  reviews_allowed: false,
  average_rating: '0.00',
  rating_count: 0,
  upsell_ids: [],
  cross_sell_ids: [],
  purchase_note: '',
  categories: [],
  brands: [],
  tags: [],
  images: [],
  default_attributes: [],
  variations: [],
  grouped_products: [],
  related_ids: [],
  has_options: false,
  post_password: '',
}

function permalink(home: string, product: Product, state: ShopState): string {
  const { body } = product
  if (isVariation(product)) {
    const parent = state.products.get(Number(body.parent_id))?.body
    return `${home}/product/${String(parent?.slug ?? '')}/?${String(body.permalinkQuery ?? '')}`
  }
  return blank(body.slug) ? `${home}/?post_type=product&p=${product.id}` : `${home}/product/${String(body.slug)}/`
}

const shown = (body: JsonObject): JsonObject => {
  const { permalinkQuery: _query, asProduct: _as, ...rest } = body
  return rest
}

function productView(request: RestRequest, product: Product): [JsonObject, JsonObject] {
  const { state, home } = request
  const products = `${home}/wp-json/wc/v3/products`
  const variation = isVariation(product)
  const parent = state.products.get(Number(product.body.parent_id))?.body
  const as = product.body.asProduct as JsonObject | undefined
  const data: JsonObject = {
    id: product.id,
    name: product.body.name,
    slug: product.body.slug,
    permalink: permalink(home, product, state),
    ...dates(state, product),
    ...(variation ? PRODUCT_ONLY : {}),
    ...shown(product.body),
    ...(variation
      ? { ...inherited(state, product), name: `${String(parent?.name)} - ${String(product.body.name)}` }
      : {}),
    ...as,
  }
  if (variation) for (const name of ['image', 'gallery_image_ids']) delete data[name]
  if (state.old && variation && !as?.brands) delete data.brands
  const links = {
    self: rest.self(state, `${products}/${product.id}`, rest.ALL_VERBS),
    collection: [{ href: products }],
    ...(variation && { up: [{ href: `${products}/${String(product.body.parent_id)}` }] }),
  }
  return [data, links]
}

/** The list of all variations knows no parent for its links (seen). */
function variationAlone(request: RestRequest, product: Product): [JsonObject, JsonObject] {
  const { home } = request
  const all = `${home}/wp-json/wc/v3/variations`
  const links = {
    self: [{ href: `${all}/${product.id}` }],
    collection: [{ href: all }],
    up: [{ href: `${home}/wp-json/wc/v3/products/0` }],
  }
  return [variationView(request, product)[0], links]
}

function variationView(request: RestRequest, product: Product): [JsonObject, JsonObject] {
  const { state, home } = request
  const parent = `${home}/wp-json/wc/v3/products/${String(product.body.parent_id)}`
  const data: JsonObject = {
    id: product.id,
    type: 'variation',
    ...dates(state, product),
    permalink: permalink(home, product, state),
    ...shown(product.body),
    ...inherited(state, product),
  }
  delete data.slug
  if (state.old) delete data.gallery_image_ids
  const links = {
    self: rest.self(state, `${parent}/variations/${product.id}`, rest.ALL_VERBS),
    collection: [{ href: `${parent}/variations` }],
    up: [{ href: parent }],
  }
  return [data, links]
}

const TYPES = ['simple', 'grouped', 'external', 'variable']

const productFaults: Route['check'] = ({ query, state }) => [
  ...rest.pagingFaults(query),
  ...['modified_after', 'modified_before', 'after', 'before'].flatMap((name) =>
    check.date(name, query[name], state.zone),
  ),
  ...check.ids('include', listParam(query.include)),
  ...check.ids('exclude', listParam(query.exclude)),
  ...check.word('order', query.order, ['asc', 'desc']),
  ...check.word('type', query.type, TYPES),
]

function timeFilter({ query, state }: RestRequest): (product: Product) => boolean {
  const flag = truthy(query.dates_are_gmt)
  const bound = (name: string) => {
    const date = parseDate(text(query[name]) ?? '', state.zone)
    return date && (flag ? date.wall : date.moment)
  }
  const [after, before] = [bound('modified_after'), bound('modified_before')]
  return ({ modified }) => (after === undefined || modified > after) && (before === undefined || modified < before)
}

function sorter({ query, state }: RestRequest, view: View): (a: Product, b: Product) => number {
  const sign = query.order === 'asc' ? 1 : -1
  const include = listParam(query.include)?.map(Number)
  if (query.orderby === 'include' && include) return (a, b) => include.indexOf(a.id) - include.indexOf(b.id)
  if (query.orderby === 'id') return (a, b) => sign * (a.id - b.id)
  const key = query.orderby === 'modified' ? 'modified' : 'created'
  // 9.3.2 has no second sort key for products of one second: its database gives them by id
  const tie = state.old && view === productView ? 1 : sign
  return (a, b) => sign * (a[key] - b[key]) || tie * (a.id - b.id)
}

type View = typeof productView

function page(request: RestRequest, all: Product[], view: View): RestAnswer {
  const { query } = request
  const include = listParam(query.include)?.map(Number)
  const exclude = listParam(query.exclude)?.map(Number)
  const inTime = timeFilter(request)
  const matches = all
    .filter(({ id }) => (!include || include.includes(id)) && !exclude?.includes(id))
    .filter(inTime)
    .toSorted(sorter(request, view))
  const paged = rest.paging(query)
  const rows = matches.slice(paged.offset, paged.offset + paged.perPage)
  const link =
    query.dates_are_gmt === undefined ? query : { ...query, dates_are_gmt: truthy(query.dates_are_gmt) ? '1' : '' }
  return {
    status: 200,
    text: phpJson(rows.map((product) => rest.row(request, ...view(request, product)))),
    headers: rest.listHeaders(request, matches.length, paged, link),
  }
}

function products(request: RestRequest): RestAnswer {
  const { query, state } = request
  const skus = listParam(query.sku)
  const all = [...state.products.values()].filter((product) =>
    skus ? skus.includes(String(product.body.sku)) : !isVariation(product),
  )
  const type = text(query.type)
  const status = text(query.status)
  return page(
    request,
    all
      .filter(({ body }) => type === undefined || body.type === type)
      .filter(({ body }) => status === undefined || status === 'any' || body.status === status),
    productView,
  )
}

function product(request: RestRequest): RestAnswer {
  const { state, parts } = request
  const found = state.products.get(Number(parts[0]))
  if (!found) return failure(404, 'woocommerce_rest_product_invalid_id', 'Invalid ID.')
  return { status: 200, text: rest.one(request, ...productView(request, found)) }
}

const variationsOf = (state: ShopState, parent: number): Product[] =>
  [...state.products.values()].filter((one) => isVariation(one) && one.body.parent_id === parent)

function variation(request: RestRequest): RestAnswer {
  const { state, parts } = request
  const found = state.products.get(Number(parts[1]))
  if (!found || !isVariation(found) || found.body.parent_id !== Number(parts[0]))
    // said by the check of rights: no `Allow`
    return { ...failure(404, 'woocommerce_rest_product_variation_invalid_id', 'Invalid ID.'), allow: [] }
  return { status: 200, text: rest.one(request, ...variationView(request, found)) }
}

export const catalogRoutes: Route[] = [
  {
    methods: ['GET'],
    pattern: /^\/wc\/v[23]\/products$/,
    allow: ['GET', 'POST'],
    check: productFaults,
    right: mayAs('view'),
    handle: products,
  },
  {
    methods: ['GET'],
    pattern: /^\/wc\/v[23]\/products\/(\d+)$/,
    allow: rest.ALL_VERBS,
    right: mayAs('view-one'),
    handle: product,
  },
  {
    methods: ['GET'],
    pattern: /^\/wc\/v[23]\/products\/(\d+)\/variations$/,
    allow: ['GET', 'POST'],
    check: productFaults,
    right: mayAs('view'),
    handle: (request) => page(request, variationsOf(request.state, Number(request.parts[0])), variationView),
  },
  {
    methods: ['GET'],
    pattern: /^\/wc\/v[23]\/products\/(\d+)\/variations\/(\d+)$/,
    allow: rest.ALL_VERBS,
    right: mayAs('view-one'),
    handle: variation,
  },
]

/** The list of all variations came with 10.3; 9.3.2 has no such route. */
export const newCatalogRoutes: Route[] = [
  {
    methods: ['GET'],
    pattern: /^\/wc\/v3\/variations$/,
    allow: ['GET'],
    check: productFaults,
    right: mayAs('view'),
    handle: (request) => page(request, [...request.state.products.values()].filter(isVariation), variationAlone),
  },
]
