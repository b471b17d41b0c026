/**
 * A page of orders into the table `orders`: one statement, whatever of it is new or known.
 *
 * Shops send what no column holds (amounts of 1e21, dates in the year 123456); such a value becomes unknown here, so that
 * one odd order does not stop the page.
 */
import { instant } from '../domain/clock.ts'
import type { Address, Order, OrderStatus } from '../domain/order.ts'
import type { Attention } from '../domain/order-change.ts'
import type { RawOrder } from './order-raw.ts'
import { searchText, searchTokens, searchWords } from './order-search.ts'
import type { Tx } from './open.ts'
import { clean, cleanOrNull } from './rows.ts'

export interface OrderToSave {
  /** Asked for by its id just now: it is how the order stands, whatever its change time says. */
  byId?: boolean
  order: Order
  /** Of the row's own text. */
  hash: Buffer
  /** The row's own text and what was fetched beside it; undefined when what is kept stays (mapped again). */
  raw?: RawOrder
}

export interface SaveContext {
  workspaceId: string
  integrationId: string
  searchKey: string
  mapperVersion: number
  now: number
  /** New orders placed before this instant come in only while they are open. */
  since?: string
  /** Only what the hub has already is of interest (the shop's trash). */
  knownOnly?: boolean
  /** Nobody but us adds orders of this integration, and we know that these are none of its own: no need to look. */
  allNew?: boolean
  /** Mapped again from what was kept: the shop said nothing new. */
  remapped?: boolean
}

export interface KnownOrder {
  id: string
  remoteId: string
  status: OrderStatus
  statusRaw: string
  gone?: 'trashed' | 'deleted'
  goneAt?: string
  modifiedAt?: string
  attention?: Attention
  hash: Buffer
  shipTo: Address
  booked: boolean
}

/** One order on its way into the tables. */
export interface Writing {
  id: string
  item: OrderToSave
  before?: KnownOrder
  gone?: 'trashed' | 'deleted'
  attention?: Attention
  left: number
}

const UPDATED = [
  'number',
  'status',
  'status_raw',
  'gone',
  'gone_at',
  'currency',
  'total_minor',
  'placed_at',
  'placed_raw',
  'modified_at',
  'modified_raw',
  'country',
  'customer_name',
  'email_norm',
  'left_to_ship',
  'to_ship',
  'attention',
  'issue_count',
  'details',
  'search',
  'search_tokens',
  'content_hash',
  'mapper_version',
]

const UPSERT = `
  INSERT INTO orders AS o (workspace_id, integration_id, id, remote_id, mapper_version, first_seen_at, fetched_at,
    number, status, status_raw, gone, gone_at, currency, total_minor, placed_at, placed_raw, modified_at, modified_raw, country,
    customer_name, email_norm, left_to_ship, to_ship, attention, issue_count, details, search, search_tokens, content_hash)
  SELECT $1, $2, n.id, n.remote_id, $3, $4, $4,
    n.number, n.status, n.status_raw, n.gone, n.gone_at, n.currency, n.total_minor, n.placed_at, n.placed_raw, n.modified_at,
    n.modified_raw, n.country, n.customer_name, n.email_norm, n.left_to_ship, n.to_ship, n.attention, n.issue_count, n.details,
    n.search, array_to_tsvector(string_to_array(n.tokens, ' ')), n.content_hash
  FROM unnest($5::uuid[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::timestamptz[], $12::text[],
    $13::bigint[], $14::timestamptz[], $15::text[], $16::timestamptz[], $17::text[], $18::text[], $19::text[], $20::text[],
    $21::numeric[], $22::boolean[], $23::text[], $24::int[], $25::json[], $26::text[], $27::text[], $28::bytea[])
    AS n (id, remote_id, number, status, status_raw, gone, gone_at, currency, total_minor, placed_at, placed_raw, modified_at,
      modified_raw, country, customer_name, email_norm, left_to_ship, to_ship, attention, issue_count, details, search, tokens,
      content_hash)
  ON CONFLICT (workspace_id, integration_id, remote_id) DO UPDATE SET version = o.version + 1,
    ${UPDATED.map((column) => `${column} = excluded.${column}`).join(', ')},
    fetched_at = CASE WHEN $29 THEN o.fetched_at ELSE excluded.fetched_at END`

export async function upsertOrders(tx: Tx, context: SaveContext, writing: readonly Writing[]): Promise<void> {
  const column = <T>(of: (one: Writing, order: Order) => T): T[] => writing.map((one) => of(one, one.item.order))
  const found = column((_, order) => searchWords(order))
  await tx.query(
    UPSERT,
    [
      context.workspaceId,
      context.integrationId,
      context.mapperVersion,
      instant(context.now),
      column((one) => one.id),
      column((_, order) => order.remoteId),
      column((_, order) => clean(order.number)),
      column((_, order) => order.status),
      column((_, order) => clean(order.statusRaw)),
      column((one) => one.gone ?? null),
      column((one) =>
        one.gone ? (one.before?.gone === one.gone ? (one.before.goneAt ?? null) : instant(context.now)) : null,
      ),
      column((_, order) => clean(order.currency)),
      column((_, order) => wholeOrNull(order.totals.grandMinor)),
      column((_, order) => placedAt(order, context.now)),
      column((_, order) => cleanOrNull(order.placedRaw)),
      column((_, order) => storable(order.modifiedAt) ?? null),
      column((_, order) => cleanOrNull(order.modifiedRaw)),
      column((_, order) => cleanOrNull(order.shipTo.country ?? order.billTo.country)),
      column((_, order) => cleanOrNull(order.shipTo.name ?? order.customer.name ?? order.billTo.name)),
      column((_, order) => cleanOrNull(order.customer.email?.trim().toLowerCase())),
      column((one) => one.left),
      column((one, order) => order.status === 'ready' && one.left > 0 && !one.gone),
      column((one) => one.attention ?? null),
      column((_, order) => order.issues.length),
      column((_, order) => JSON.stringify(detailsOf(order))),
      found.map(searchText),
      found.map((words) => searchTokens(context.searchKey, words)),
      column((one) => one.item.hash),
      context.remapped ?? false,
    ],
    'upsert-orders',
  )
}

/** A bigint column takes whole numbers only; a plugin's 1e21 is no amount. */
const wholeOrNull = (value: number | undefined): number | null =>
  value !== undefined && Number.isSafeInteger(value) ? value : null

/** Years the database and our own text form both hold. */
function storable(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const ms = Date.parse(text)
  return Number.isNaN(ms) || ms < -62_135_596_800_000 || ms > 253_402_300_799_999 ? undefined : text
}

/** An order without a readable date of placing stands where it was last changed, or where we first saw it. */
export const placedAt = (order: Order, now: number): string =>
  storable(order.placedAt) ?? storable(order.modifiedAt) ?? instant(now)

/** All of an order but its lines and what has a column of its own. */
export type OrderDetails = Omit<
  Order,
  | 'remoteId'
  | 'number'
  | 'status'
  | 'statusRaw'
  | 'trashed'
  | 'placedAt'
  | 'placedRaw'
  | 'modifiedAt'
  | 'modifiedRaw'
  | 'currency'
  | 'lines'
>

function detailsOf(order: Order): OrderDetails {
  const {
    remoteId: _remoteId,
    number: _number,
    status: _status,
    statusRaw: _statusRaw,
    trashed: _trashed,
    placedAt: _placedAt,
    placedRaw: _placedRaw,
    modifiedAt: _modifiedAt,
    modifiedRaw: _modifiedRaw,
    currency: _currency,
    lines: _lines,
    ...details
  } = order
  return details
}
