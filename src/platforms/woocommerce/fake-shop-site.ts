/**
 * The rest of the fake shop's API: index, namespaces, settings, statuses and other tables that do not change.
 *
 * The traps: the shop's zone stands only in the index (a number with a city, a string without one); units are closed to
 * a customer's key; 9.3.2 has no route for statuses; an answer to `OPTIONS` needs no key. Tables that no test changes
 * are the recorded ones.
 */
import type { JsonObject } from './fake-shop-orders.ts'
import { phpEscapes, phpJson } from './fake-shop-php.ts'
import type { RestAnswer, RestRequest, Route } from './fake-shop-rest.ts'
import * as rest from './fake-shop-rest.ts'
import { failure, fieldsOf, mayAs } from './fake-shop-rest.ts'
import type { ShopState } from './fake-shop-state.ts'
import { recording } from './recordings/recordings.ts'

const RECORDED_HOME = /https:\/\/localhost:2[23]443/g

/** A recorded table, its links leading to this shop. */
function table<T = JsonObject>(name: string, home: string): T {
  return JSON.parse(JSON.stringify(recording(name).response.json).replace(RECORDED_HOME, home)) as T
}

/* ——— index and namespaces ——— */

const BASE = {
  new: 'oembed/1.0 wc/v3 wc/v1 wc/pos/v1/catalog jetpack/v4 wc-admin wc-analytics wc/store wc/store/v1 wc/private wc/v2 wc-admin-email wc-telemetry wccom-site/v3 wp-abilities/v1 wp/v2 wp-site-health/v1 wp-block-editor/v1',
  old: 'oembed/1.0 wc/v3 jetpack/v4 wc-admin wc-analytics wc/store wc/store/v1 wc/private wc/v1 wc/v2 wc-telemetry wccom-site/v3 wp/v2 wp-site-health/v1 wp-block-editor/v1',
  ast: 'oembed/1.0 wc-ast/v3 wc/v1 wc/v2 wc/v3 wc-shipment-tracking/v3 wc/pos/v1/catalog jetpack/v4 wc-admin wc-analytics wc/store wc/store/v1 wc/private wc-admin-email wc-telemetry wccom-site/v3 wp-abilities/v1 wp/v2 wp-site-health/v1 wp-block-editor/v1',
}

function namespaces(state: ShopState): string[] {
  if (state.settings.plugins.ast)
    return (state.old ? `wc-ast/v3 wc-shipment-tracking/v3 ${BASE.old}` : BASE.ast).split(' ')
  return (state.old ? BASE.old : BASE.new).split(' ')
}

const FULFILLMENTS_ROUTE = '/wc/v3/orders/(?P<order_id>[\\d]+)/fulfillments'

function routesOf(state: ShopState, home: string): JsonObject {
  const { routes } = table<{ routes: Record<string, JsonObject> }>('namespace-wc-v3-args', home)
  const kept = Object.entries(routes).filter(
    ([path]) => !(state.old && /^\/wc\/v3\/(variations|orders\/statuses)$/.test(path)),
  )
  const out: JsonObject = Object.fromEntries(kept)
  for (const path of Object.keys(out)) if (path.includes('/fulfillments')) delete out[path]
  if (state.settings.plugins.fulfillments)
    out[FULFILLMENTS_ROUTE] = {
      namespace: 'wc/v3',
      methods: ['GET', 'POST'],
      endpoints: [{ methods: ['GET'], args: [] }],
    }
  if (state.ignoresDates) forgetDates(out['/wc/v3/orders'] as JsonObject)
  return out
}

function forgetDates(route: JsonObject): void {
  for (const { args } of route.endpoints as { args: JsonObject }[])
    for (const name of ['modified_after', 'modified_before', 'dates_are_gmt']) delete args[name]
}

function index(request: RestRequest): RestAnswer {
  const { state, home } = request
  const offset = state.zone.offsetAt(state.now()) / 3600
  const city = state.zone.name.includes('/')
  const data: JsonObject = {
    name: state.settings.title.replaceAll("'", '&#039;'),
    description: '',
    url: home,
    home,
    gmt_offset: city ? offset : String(offset),
    timezone_string: city ? state.zone.name : '',
    page_for_posts: 0,
    page_on_front: 0,
    show_on_front: 'posts',
    namespaces: namespaces(state),
    authentication: {
      'application-passwords': { endpoints: { authorization: `${home}/wp-admin/authorize-application.php` } },
    },
    ...(fieldsOf(request) ? {} : { routes: routesOf(state, home) }),
    site_logo: 0,
    site_icon: 0,
    site_icon_url: '',
  }
  if (fieldsOf(request)?.some((field) => field.startsWith('routes'))) data.routes = routesOf(state, home)
  const links = { help: [{ href: 'https://developer.wordpress.org/rest-api/' }] }
  return { status: 200, text: rest.one(request, data, fieldsOf(request) ? undefined : links) }
}

function namespace(request: RestRequest): RestAnswer {
  const { state, home } = request
  const data = {
    namespace: 'wc/v3',
    routes: fieldsOf(request)?.every((field) => field === 'namespace') ? {} : routesOf(state, home),
  }
  return { status: 200, text: rest.one(request, data, { up: [{ href: `${home}/wp-json/` }] }) }
}

/* ——— OPTIONS ——— */

/** Parameters and schema of a resource; the list of statuses in it is the shop's own. */
export function describe(request: RestRequest, route: Route): RestAnswer {
  const single = /\/orders\/\d+$/.test(request.route)
  if (!single && !request.route.endsWith('/orders'))
    return {
      status: 200,
      data: { namespace: 'wc/v3', methods: route.allow, endpoints: [{ methods: route.allow, args: {} }] },
    }
  const data = table(single ? 'options-unknown-order' : 'options-orders', request.home)
  const enumOf = (schema: JsonObject | undefined) =>
    (schema?.properties as Record<string, JsonObject> | undefined)?.status
  const status = enumOf(data.schema as JsonObject | undefined)
  if (status) status.enum = ['auto-draft', ...request.state.statuses().map((one) => one.slug)]
  const { _links: links, ...rest_ } = data
  return {
    status: 200,
    text: rest.one(request, rest_, fieldsOf(request) ? undefined : (links as JsonObject | undefined)),
  }
}

/* ——— settings ——— */

const DIMENSIONS = 'woocommerce_dimension_unit'
const WEIGHT = 'woocommerce_weight_unit'

function setting(request: RestRequest): RestAnswer {
  const { state, home, parts } = request
  const [group, id] = parts as [string, string]
  const { weightUnit, dimensionUnit } = state.settings
  let data: JsonObject | undefined
  if (id === WEIGHT) data = { ...table(state.old ? 'weight-unit-posts' : 'weight-unit', home), value: weightUnit }
  else if (id === DIMENSIONS) data = { ...table('dimension-unit', home), value: dimensionUnit }
  else if (id === 'woocommerce_currency') data = table('settings-currency', home)
  else if (id === 'woocommerce_default_country') data = table('settings-default-country', home)
  else data = groupRows(request, group)?.find((row) => row.id === id)
  if (!data) return failure(404, 'rest_setting_setting_invalid', 'Invalid setting.')
  const { _links: links, ...rest_ } = data
  return { status: 200, text: rest.one(request, rest_, links as JsonObject | undefined) }
}

function groupRows(request: RestRequest, group: string): JsonObject[] | undefined {
  const { state, home } = request
  if (group === 'general')
    return table<JsonObject[]>(state.old ? 'settings-general-posts' : 'settings-general-admin', home)
  if (group !== 'products') return undefined
  const units: JsonObject = { [WEIGHT]: state.settings.weightUnit, [DIMENSIONS]: state.settings.dimensionUnit }
  return table<JsonObject[]>('settings-products', home).map((row) =>
    String(row.id) in units ? { ...row, value: units[String(row.id)] } : row,
  )
}

function settingGroup(request: RestRequest): RestAnswer {
  const rows = groupRows(request, request.parts[0]!)
  if (!rows) return failure(404, 'rest_setting_setting_group_invalid', 'Invalid setting group.')
  return { status: 200, text: phpJson(rows.map((item) => rest.row(request, item))) }
}

function systemStatus(request: RestRequest): RestAnswer {
  const { state, home } = request
  const first = table('system-status-admin', home)
  const second = table('system-status-environment', home)
  const merge = (name: string) => ({ ...(first[name] as JsonObject), ...(second[name] as JsonObject | undefined) })
  const environment = { ...merge('environment'), version: state.settings.version, home_url: home, site_url: home }
  const store =
    state.settings.storage === 'hpos'
      ? 'Automattic\\WooCommerce\\Internal\\DataStores\\Orders\\OrdersTableDataStore'
      : 'WC_Order_Data_Store_CPT'
  const features = ((first.settings as JsonObject).enabled_features as string[]).filter(
    (name) => name !== 'fulfillments',
  )
  if (state.settings.plugins.fulfillments) features.splice(features.length - 2, 0, 'fulfillments')
  const settings = {
    ...merge('settings'),
    enabled_features: features,
    HPOS_enabled: state.settings.storage === 'hpos',
    order_datastore: store,
  }
  const data = { ...first, ...second, environment, settings }
  const { _links: links, ...rest_ } = data as JsonObject
  return { status: 200, text: rest.one(request, rest_, links as JsonObject | undefined) }
}

/* ——— statuses ——— */

function totals(request: RestRequest): RestAnswer {
  const { state } = request
  const counts = new Map<string, number>()
  for (const order of state.orders.values()) counts.set(order.status, (counts.get(order.status) ?? 0) + 1)
  const rows = state.statuses().map(({ slug, name }) => rest.row(request, { slug, name, total: counts.get(slug) ?? 0 }))
  return { status: 200, text: phpJson(rows) }
}

function statuses(request: RestRequest): RestAnswer {
  return { status: 200, text: phpJson(request.state.statuses().map((one) => rest.row(request, { ...one }))) }
}

/* ——— recorded tables ——— */

/** Routes whose answer is the recorded one, and whether it counts its rows. */
const TABLES: [RegExp, string, boolean][] = [
  [/^\/wc\/v3\/settings$/, 'settings-groups', false],
  [/^\/wc\/v3\/data\/currencies\/current$/, 'data-currencies-current', false],
  [/^\/wc\/v3\/data\/countries\/es$/, 'data-country-es', false],
  [/^\/wc\/v3\/shipping_methods$/, 'shipping-methods', true],
  [/^\/wc\/v3\/payment_gateways$/, 'payment-gateways', true],
  [/^\/wc\/v3\/taxes$/, 'taxes', true],
]

const tableRoutes: Route[] = TABLES.map(([pattern, name, counted]) => ({
  methods: ['GET'],
  pattern,
  allow: name === 'taxes' ? ['GET', 'POST'] : ['GET'],
  right: mayAs('view'),
  handle: (request) => {
    const data = table<JsonObject | JsonObject[]>(name, request.home)
    if (!Array.isArray(data)) {
      const { _links: links, ...rest_ } = data
      return { status: 200, text: rest.one(request, rest_, links as JsonObject) }
    }
    const headers: [string, string][] = counted
      ? [
          ['X-WP-Total', String(data.length)],
          ['X-WP-TotalPages', '1'],
        ]
      : []
    return { status: 200, text: phpJson(data.map((item) => rest.row(request, item))), headers }
  },
}))

export const siteRoutes: Route[] = [
  { methods: ['GET'], pattern: /^\/$/, allow: ['GET'], handle: index },
  { methods: ['GET'], pattern: /^\/wc\/v3$/, allow: ['GET'], handle: namespace },
  {
    methods: ['GET'],
    pattern: /^\/wp\/v2\/settings$/,
    allow: ['GET', 'POST', 'PUT', 'PATCH'],
    // WooCommerce's keys do not count outside its own namespaces
    right: () => ({ status: 401, code: 'rest_forbidden', message: 'Sorry, you are not allowed to do that.' }),
    handle: () => ({ status: 200, data: {} }),
  },
  {
    methods: ['GET'],
    pattern: /^\/wc\/v3\/settings\/(\w+)$/,
    allow: ['GET'],
    right: mayAs('view'),
    handle: settingGroup,
  },
  {
    methods: ['GET'],
    pattern: /^\/wc\/v3\/settings\/(\w+)\/(\w+)$/,
    allow: rest.EDIT_VERBS,
    right: mayAs('view'),
    handle: setting,
  },
  {
    methods: ['GET'],
    pattern: /^\/wc\/v3\/system_status$/,
    allow: ['GET'],
    right: mayAs('view'),
    handle: systemStatus,
  },
  {
    methods: ['GET'],
    pattern: /^\/wc\/v3\/reports\/orders\/totals$/,
    allow: ['GET'],
    right: mayAs('view'),
    handle: totals,
  },
  ...tableRoutes,
]

export const newSiteRoutes: Route[] = [
  { methods: ['GET'], pattern: /^\/wc\/v3\/orders\/statuses$/, allow: ['GET'], handle: statuses },
]

/** The list of carriers of the v4 API: experimental, switched on by a filter. */
export const v4Routes: Route[] = [
  {
    methods: ['GET'],
    pattern: /^\/wc\/v4\/fulfillments\/providers$/,
    allow: ['GET'],
    right: mayAs('view'),
    handle: ({ home }) => ({
      status: 200,
      text: phpEscapes(
        JSON.stringify(recording('fulfillments-providers-v4-on').response.json).replaceAll(
          'https://localhost:22473',
          home,
        ),
      ),
    }),
  },
]
