/**
 * Lists of orders: filters, search and pages, none of them slower for a million orders.
 *
 * Pages go by key (the last row seen), never by number. A search looks through the newest ten thousand first, where most
 * of what people look for is, and asks the index only when that was not enough: the index alone answers a frequent word
 * in 264 ms, both together any word within 17 (measured at a million orders, p99).
 */
import { HubError } from '../domain/errors.ts'
import { readId } from '../domain/id.ts'
import type { OrderStatus } from '../domain/order.ts'
import type { Queryable } from './open.ts'
import { readSearch, type SearchQuery } from './order-search.ts'

export interface OrderFilter {
  /** Start of a number, e-mail or SKU; a name from three letters; all words must match. */
  query?: string
  /** Exactly this order number. */
  number?: string
  integrationId?: string
  status?: OrderStatus
  country?: string
  /** Instants; `placedBefore` itself is not in. */
  placedFrom?: string
  placedBefore?: string
  toShip?: boolean
  attention?: boolean
  tag?: string
}

export interface OrderRow {
  id: string
  integrationId: string
  integrationName: string
  remoteId: string
  number: string
  status: OrderStatus
  statusRaw: string
  gone?: 'trashed' | 'deleted'
  placedAt: string
  modifiedAt?: string
  currency: string
  totalMinor?: number
  customerName?: string
  email?: string
  country?: string
  leftToShip: number
  toShip: boolean
  attention?: string
  issueCount: number
  tags: string[]
}

export interface OrderPage {
  orders: OrderRow[]
  /** Where the next page begins; absent on the last. */
  next?: string
}

const DEFAULT_LIMIT = 50
const MOST = 200
/** Newest orders a search looks through before it asks the index. */
const NEWEST = 10_000
/** Enough to see that what looks rare is not: `202611` begins every number of a shop that counts by the month. */
const NEWEST_OF_RARE = 1_000

/** Newest first. @throws HubError `field-invalid` for a cursor that is none of ours, or a search text of less than three letters */
export async function listOrders(
  db: Queryable,
  workspaceId: string,
  filter: OrderFilter = {},
  page: { cursor?: string; limit?: number } = {},
): Promise<OrderPage> {
  const limit = Math.max(1, Math.min(page.limit ?? DEFAULT_LIMIT, MOST))
  const search = filter.query === undefined ? undefined : await searchFor(db, workspaceId, filter.query)
  const where = conditions(workspaceId, filter, page.cursor === undefined ? undefined : readCursor(page.cursor))
  const ids = search ? await found(db, where, search, limit + 1) : await newest(db, where, limit + 1)
  const orders = await rowsOf(db, workspaceId, ids.slice(0, limit))
  const last = orders.at(-1)
  return { orders, ...(ids.length > limit && last && { next: writeCursor(last) }) }
}

async function searchFor(db: Queryable, workspaceId: string, typed: string): Promise<SearchQuery | undefined> {
  const { rows } = await db.query<{ search_key: string }>(
    `SELECT search_key FROM workspaces WHERE id = $1`,
    [workspaceId],
    'search-key',
  )
  const search = readSearch(rows[0]?.search_key ?? '', typed)
  if (search === 'too-short') {
    throw new HubError('field-invalid', 'a name needs three letters', {
      field: 'query',
      params: { reason: 'too-short' },
    })
  }
  return search
}

/** Conditions of a list and the values they stand for. */
interface Where {
  sql: string
  params: unknown[]
  /** Something narrows the list besides the workspace and the page. */
  narrowed: boolean
}

function conditions(
  workspaceId: string,
  filter: OrderFilter,
  after: { placedAt: string; id: string } | undefined,
): Where {
  const params: unknown[] = [workspaceId]
  const add = (value: unknown): string => `$${params.push(value)}`
  const parts = [
    'o.workspace_id = $1',
    `o.integration_id <> ALL (ARRAY(SELECT id FROM integrations WHERE workspace_id = $1 AND removed_at IS NOT NULL))`,
  ]
  const always = parts.length
  if (filter.number !== undefined) parts.push(`o.number = ${add(filter.number)}`)
  if (filter.integrationId !== undefined) parts.push(`o.integration_id = ${add(filter.integrationId)}`)
  if (filter.status !== undefined) parts.push(`o.status = ${add(filter.status)}`)
  if (filter.country !== undefined) parts.push(`o.country = ${add(filter.country.toUpperCase())}`)
  if (filter.placedFrom !== undefined) parts.push(`o.placed_at >= ${add(filter.placedFrom)}`)
  if (filter.placedBefore !== undefined) parts.push(`o.placed_at < ${add(filter.placedBefore)}`)
  if (filter.toShip !== undefined) parts.push(filter.toShip ? 'o.to_ship' : 'NOT o.to_ship')
  if (filter.attention !== undefined) parts.push(`o.attention IS ${filter.attention ? 'NOT ' : ''}NULL`)
  if (filter.tag !== undefined) {
    parts.push(`o.id IN (SELECT t.order_id FROM order_tags t WHERE t.workspace_id = $1 AND t.tag = ${add(filter.tag)})`)
  }
  const narrowed = parts.length > always
  if (after) parts.push(`(o.placed_at, o.id) < (${add(after.placedAt)}::timestamptz, ${add(after.id)}::uuid)`)
  return { sql: parts.join(' AND '), params, narrowed }
}

const BY_AGE = 'placed_at DESC, id DESC'

async function newest(db: Queryable, where: Where, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `SELECT o.id FROM orders o WHERE ${where.sql} ORDER BY ${BY_AGE} LIMIT ${limit}`,
    where.params,
  )
  return rows.map((row) => row.id)
}

async function found(db: Queryable, where: Where, search: SearchQuery, limit: number): Promise<string[]> {
  const near = await amongNewest(db, where, search, limit, search.rare ? NEWEST_OF_RARE : NEWEST)
  if (near.length >= limit) return near
  if (!search.rare) {
    if (where.narrowed && (await isSmall(db, where))) return near // the newest were all there are
    if (search.onlyNumber !== undefined) return withNumber(db, where, search.onlyNumber, near, limit)
  }
  return byIndex(db, where, search, limit)
}

async function amongNewest(
  db: Queryable,
  where: Where,
  search: SearchQuery,
  limit: number,
  newest: number,
): Promise<string[]> {
  const likes = `$${where.params.length + 1}`
  const { rows } = await db.query<{ id: string }>(
    `SELECT id FROM (
       SELECT o.id, o.placed_at, o.search FROM orders o WHERE ${where.sql} ORDER BY ${BY_AGE} LIMIT ${newest}
     ) AS newest WHERE search LIKE ALL (${likes}::text[]) ORDER BY ${BY_AGE} LIMIT ${limit}`,
    [...where.params, search.likes],
  )
  return rows.map((row) => row.id)
}

async function isSmall(db: Queryable, where: Where): Promise<boolean> {
  const { rows } = await db.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM (SELECT 1 FROM orders o WHERE ${where.sql} LIMIT ${NEWEST + 1}) AS few`,
    where.params,
  )
  return rows[0]!.n <= NEWEST
}

/** Materialized, or the planner walks through all orders by age instead of asking the index. */
async function byIndex(db: Queryable, where: Where, search: SearchQuery, limit: number): Promise<string[]> {
  const tsquery = `$${where.params.length + 1}`
  const { rows } = await db.query<{ id: string }>(
    `WITH hits AS MATERIALIZED (
       SELECT o.id, o.placed_at FROM orders o WHERE ${where.sql} AND o.search_tokens @@ ${tsquery}::tsquery)
     SELECT id FROM hits ORDER BY ${BY_AGE} LIMIT ${limit}`,
    [...where.params, search.tsquery],
  )
  return rows.map((row) => row.id)
}

async function withNumber(
  db: Queryable,
  where: Where,
  number: string,
  near: string[],
  limit: number,
): Promise<string[]> {
  const wanted = `$${where.params.length + 1}`
  const { rows } = await db.query<{ id: string }>(
    `SELECT o.id FROM orders o WHERE ${where.sql} AND o.number = ${wanted} ORDER BY ${BY_AGE} LIMIT ${limit}`,
    [...where.params, number],
  )
  return [...new Set([...near, ...rows.map((row) => row.id)])].slice(0, limit)
}

interface ListRow {
  id: string
  integration_id: string
  integration_name: string
  remote_id: string
  number: string
  status: OrderStatus
  status_raw: string
  gone: 'trashed' | 'deleted' | null
  placed_at: string
  modified_at: string | null
  currency: string
  total_minor: number | null
  customer_name: string | null
  email_norm: string | null
  country: string | null
  left_to_ship: number
  to_ship: boolean
  attention: string | null
  issue_count: number
  tags: string[]
}

/** Rows of a list for these ids, in this order. */
export async function rowsOf(db: Queryable, workspaceId: string, ids: readonly string[]): Promise<OrderRow[]> {
  if (ids.length === 0) return []
  const { rows } = await db.query<ListRow>(
    `SELECT o.id, o.integration_id, i.name AS integration_name, o.remote_id, o.number, o.status, o.status_raw, o.gone, o.placed_at,
       o.modified_at, o.currency, o.total_minor, o.customer_name, o.email_norm, o.country, o.left_to_ship::float8 AS left_to_ship,
       o.to_ship, o.attention, o.issue_count,
       ARRAY(SELECT t.tag FROM order_tags t WHERE t.workspace_id = o.workspace_id AND t.order_id = o.id ORDER BY t.tag) AS tags
     FROM unnest($2::uuid[]) WITH ORDINALITY AS wanted (id, n)
     JOIN orders o ON o.workspace_id = $1 AND o.id = wanted.id
     JOIN integrations i ON i.workspace_id = o.workspace_id AND i.id = o.integration_id AND i.removed_at IS NULL
     ORDER BY wanted.n`,
    [workspaceId, ids],
    'rows-of',
  )
  return rows.map((row) => ({
    id: row.id,
    integrationId: row.integration_id,
    integrationName: row.integration_name,
    remoteId: row.remote_id,
    number: row.number,
    status: row.status,
    statusRaw: row.status_raw,
    gone: row.gone ?? undefined,
    placedAt: row.placed_at,
    modifiedAt: row.modified_at ?? undefined,
    currency: row.currency,
    totalMinor: row.total_minor ?? undefined,
    customerName: row.customer_name ?? undefined,
    email: row.email_norm ?? undefined,
    country: row.country ?? undefined,
    leftToShip: row.left_to_ship,
    toShip: row.to_ship,
    attention: row.attention ?? undefined,
    issueCount: row.issue_count,
    tags: row.tags,
  }))
}

const writeCursor = (last: OrderRow): string => Buffer.from(`${last.placedAt} ${last.id}`).toString('base64url')

function readCursor(cursor: string): { placedAt: string; id: string } {
  const match = /^(\d{4}-\d\d-\d\dT[\d:.]{8,12}Z) ([0-9a-f-]{36})$/.exec(Buffer.from(cursor, 'base64url').toString())
  if (!match) throw new HubError('field-invalid', 'not a cursor', { field: 'cursor', params: { reason: 'unreadable' } })
  return { placedAt: match[1]!, id: match[2]! }
}

/** What a person may call an order: its shown id, or its number (which two shops may share). */
export async function findOrders(db: Queryable, workspaceId: string, wanted: string): Promise<OrderRow[]> {
  const id = readId('order', wanted.trim())
  if (id) return rowsOf(db, workspaceId, [id])
  const number = wanted.trim().replace(/^#/, '')
  const where = conditions(workspaceId, { number }, undefined)
  return rowsOf(db, workspaceId, await newest(db, where, MOST))
}
