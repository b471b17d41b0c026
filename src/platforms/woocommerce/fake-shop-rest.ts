/**
 * WordPress' REST machinery as the fake needs it: routes, parameters, `_fields`, errors, `Link` and `Allow`.
 *
 * The order of checks is WordPress' own and it shows: rights of the key first, then the route, then the JSON, then the
 * parameters, then the rights of the role. So an unknown status is 400 even for a stranger, and a read-only key gets
 * its 401 before anything else.
 */
import type { ApiKey, ShopError } from './fake-shop-auth.ts'
import type { JsonObject } from './fake-shop-orders.ts'
import type { PhpMap } from './fake-shop-php.ts'
import { buildQuery, phpJson } from './fake-shop-php.ts'
import type { ShopState } from './fake-shop-state.ts'
import type { ShopZone } from './fake-shop-time.ts'
import { parseDate } from './fake-shop-time.ts'

export interface RestRequest {
  /** The verb after any override. */
  method: string
  /** `/wc/v3/orders/66`. */
  route: string
  query: PhpMap
  /** JSON or form body. */
  body: JsonObject
  home: string
  key: ApiKey | undefined
  state: ShopState
  /** Parts of the route: ids as text. */
  parts: string[]
}

export interface RestAnswer {
  status: number
  data?: unknown
  /** The JSON as written, where it was ready; wins over `data`. */
  text?: string
  headers?: [string, string][]
  /** Links of one resource: `_fields` does not touch them. */
  links?: JsonObject
  allow?: string[]
}

export interface Route {
  methods: string[]
  pattern: RegExp
  /** All verbs of the resource, for `Allow`. */
  allow: string[]
  /** Faults of the parameters, in the order of the shop's own argument list. */
  check?: (request: RestRequest) => ParamFault[]
  required?: string[]
  /** May this key do it? Undefined: yes, to everybody. */
  right?: (request: RestRequest) => ShopError | undefined
  handle: (request: RestRequest) => RestAnswer | Promise<RestAnswer>
}

export interface ParamFault {
  name: string
  code: string
  message: string
  data?: unknown
}

export const failure = (status: number, code: string | number, message: string, data: JsonObject = {}): RestAnswer => ({
  status,
  data: { code, message, data: { status, ...data } },
})

export const fromError = (error: ShopError): RestAnswer => failure(error.status, error.code, error.message, error.data)

export const noRoute = (): RestAnswer =>
  failure(404, 'rest_no_route', 'No route was found matching the URL and request method.')

export function missingParams(names: string[]): RestAnswer {
  const message = `Missing parameter(s): ${names.join(', ')}`
  return failure(400, 'rest_missing_callback_param', message, { params: names })
}

export function invalidParams(faults: ParamFault[]): RestAnswer {
  return failure(400, 'rest_invalid_param', `Invalid parameter(s): ${faults.map((fault) => fault.name).join(', ')}`, {
    params: Object.fromEntries(faults.map((fault) => [fault.name, fault.message])),
    details: Object.fromEntries(
      faults.map(({ name, code, message, data }) => [name, { code, message, data: data ?? null }]),
    ),
  })
}

/* ——— rights ——— */

const VERBS = {
  view: 'Sorry, you cannot list resources.',
  'view-one': 'Sorry, you cannot view this resource.',
  create: 'Sorry, you are not allowed to create resources.',
  edit: 'Sorry, you are not allowed to edit this resource.',
  delete: 'Sorry, you are not allowed to delete this resource.',
} as const

/** Admin and manager may everything the fake offers; a customer's key and a stranger nothing. */
export const mayAs =
  (verb: keyof typeof VERBS) =>
  ({ key }: RestRequest): ShopError | undefined => {
    if (key && key.role !== 'customer') return undefined
    const code = `woocommerce_rest_cannot_${verb === 'view-one' ? 'view' : verb}`
    return { status: key ? 403 : 401, code, message: VERBS[verb] }
  }

/* ——— parameters ——— */

export const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** A list given as `1,2`, as `[]` twice or as `[0]`, `[1]`. */
export function listParam(value: PhpMap[string] | undefined): string[] | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'string') return value.split(/[\s,]+/).filter((item) => item !== '')
  return Object.values(value).map(String)
}

export const truthy = (value: unknown): boolean => ['true', '1', true, 1].includes(value as string)

export const check = {
  whole(name: string, value: unknown, low: number, high?: number): ParamFault[] {
    if (value === undefined) return []
    if (!/^-?\d+$/.test(String(value)))
      return [{ name, code: 'rest_invalid_type', message: `${name} is not of type integer.`, data: { param: name } }]
    const number = Number(value)
    if (high !== undefined && (number < low || number > high))
      return [
        {
          name,
          code: 'rest_out_of_bounds',
          message: `${name} must be between ${low} (inclusive) and ${high} (inclusive)`,
        },
      ]
    if (number < low)
      return [{ name, code: 'rest_out_of_bounds', message: `${name} must be greater than or equal to ${low}` }]
    return []
  },
  date(name: string, value: unknown, zone: ShopZone): ParamFault[] {
    if (value === undefined || (typeof value === 'string' && parseDate(value, zone))) return []
    return [{ name, code: 'rest_invalid_date', message: 'Invalid date.' }]
  },
  word(name: string, value: unknown, words: string[]): ParamFault[] {
    if (value === undefined || words.includes(String(value))) return []
    return [{ name, code: 'rest_not_in_enum', message: `${name} is not one of ${sentence(words)}.` }]
  },
  words(name: string, values: string[] | undefined, words: string[]): ParamFault[] {
    const at = (values ?? []).findIndex((value) => !words.includes(value))
    if (at < 0) return []
    return [{ name, code: 'rest_not_in_enum', message: `${name}[${at}] is not one of ${sentence(words)}.` }]
  },
  ids(name: string, values: string[] | undefined): ParamFault[] {
    const at = (values ?? []).findIndex((value) => !/^-?\d+$/.test(value))
    if (at < 0) return []
    const param = `${name}[${at}]`
    return [{ name, code: 'rest_invalid_type', message: `${param} is not of type integer.`, data: { param } }]
  },
}

const sentence = (words: string[]): string => `${words.slice(0, -1).join(', ')}, and ${words.at(-1)}`

export interface Paging {
  perPage: number
  page: number
  offset: number
}

export const pagingFaults = (query: PhpMap): ParamFault[] => [
  ...check.whole('page', query.page, 1),
  ...check.whole('per_page', query.per_page, 1, 100),
]

export function paging(query: PhpMap): Paging {
  const perPage = query.per_page === undefined ? 10 : Number(query.per_page)
  const page = query.page === undefined ? 1 : Number(query.page)
  return { perPage, page, offset: query.offset === undefined ? (page - 1) * perPage : Number(query.offset) }
}

/** X-WP-Total, X-WP-TotalPages, and `Link` with prev and next, the parameters in the order the shop keeps them. */
export function listHeaders(
  request: RestRequest,
  total: number,
  paged: Paging,
  /** Parameters as the shop rewrites them for `Link`; undefined: as they came. */
  linkQuery?: PhpMap,
): [string, string][] {
  const pages = Math.ceil(total / paged.perPage)
  const headers: [string, string][] = [
    ['X-WP-Total', String(total)],
    ['X-WP-TotalPages', String(pages)],
  ]
  const links: string[] = []
  const link = (page: number, rel: string) => {
    const query = { ...(linkQuery ?? request.query), page: String(page) }
    links.push(`<${routeUrl(request)}?${buildQuery(query)}>; rel="${rel}"`)
  }
  if (paged.page > 1) link(Math.min(paged.page - 1, pages), 'prev')
  if (paged.page < pages) link(paged.page + 1, 'next')
  if (links.length > 0) headers.push(['Link', links.join(', ')])
  return headers
}

/** With plain permalinks the route is a parameter, which came with the request. */
const routeUrl = ({ home, state, route }: RestRequest): string =>
  state.permalinks === 'plain' ? `${home}/index.php` : `${home}/wp-json${route}`

/* ——— _fields ——— */

/** `id,line_items`: undefined means everything. */
export function fieldsOf(request: RestRequest): string[] | undefined {
  const wanted = listParam(request.query._fields) ?? listParam(request.body._fields as PhpMap | undefined)
  return wanted && wanted.length > 0 ? wanted : undefined
}

/**
 * What `_fields` leaves of one object, its own order kept. `line_items.id` finds nothing in a list and so drops the
 * whole member (seen), as WordPress looks for the key in the list itself.
 */
export function pick(object: JsonObject, fields: string[]): JsonObject {
  const top = new Set(fields)
  const out: JsonObject = {}
  for (const [key, value] of Object.entries(object)) {
    if (top.has(key)) {
      out[key] = value
      continue
    }
    const nested = fields.filter((field) => field.startsWith(key + '.')).map((field) => field.slice(key.length + 1))
    if (nested.length === 0 || value === null || typeof value !== 'object' || Array.isArray(value)) continue
    const inner = pick(value as JsonObject, nested)
    if (Object.keys(inner).length > 0) out[key] = inner
  }
  return out
}

/** One resource: `_fields` acts on its members, the links always come along. */
export function one(request: RestRequest, data: JsonObject, links?: JsonObject): string {
  const fields = fieldsOf(request)
  const shown = fields ? pick(data, fields) : data
  return phpJson(links ? { ...shown, _links: links } : shown)
}

/** A row of a list: its links are a member like any other. */
export function row(request: RestRequest, data: JsonObject, links?: JsonObject): JsonObject {
  const whole = links ? { ...data, _links: links } : data
  const fields = fieldsOf(request)
  return fields ? pick(whole, fields) : whole
}

/** Links of a resource with its verbs, which 9.3.2's WordPress does not send. */
export const self = (state: ShopState, href: string, allow: string[]): JsonObject[] =>
  state.old ? [{ href }] : [{ href, targetHints: { allow } }]

export const ALL_VERBS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
export const EDIT_VERBS = ['GET', 'POST', 'PUT', 'PATCH']
export const WRITE = ['POST', 'PUT', 'PATCH']
