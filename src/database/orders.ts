/**
 * Writing orders: a page at a time, in as few statements as there are tables.
 *
 * The hash comes first: one select of a page's hashes tells which rows are new or changed, and on a quiet shop that is
 * all that happens (seven times cheaper than writing what is already there). An order is written by (integration,
 * remote id), so a page that is read twice changes nothing. What is ours stays: shipped quantities, attention, notes.
 */
import { instant } from '../domain/clock.ts'
import { newId } from '../domain/id.ts'
import type { Address, Order, OrderStatus } from '../domain/order.ts'
import { attentionAfter, isOpen, type Attention } from '../domain/order-change.ts'
import { addToCounts } from './counts.ts'
import { replaceLines, shippedOf, leftToShip, type ShippedByLine } from './order-lines.ts'
import { keepRaw, type RawOrder } from './order-raw.ts'
import { searchText, searchTokens, searchWords } from './order-search.ts'
import type { Queryable, Tx } from './open.ts'
import { clean, cleanOrNull } from './rows.ts'
import { addTimeline, type TimelineEntry } from './timeline.ts'

/** What the hub has of a row of a page. */
export interface KnownHash {
  id: string
  hash: Buffer
  gone?: 'trashed' | 'deleted'
}

export async function knownHashes(
  db: Queryable,
  workspaceId: string,
  integrationId: string,
  remoteIds: readonly string[],
): Promise<Map<string, KnownHash>> {
  const { rows } = await db.query<{
    id: string
    remote_id: string
    content_hash: Buffer
    gone: 'trashed' | 'deleted' | null
  }>(
    `SELECT id, remote_id, content_hash, gone FROM orders WHERE workspace_id = $1 AND integration_id = $2 AND remote_id = ANY($3)`,
    [workspaceId, integrationId, remoteIds],
    'known-hashes',
  )
  return new Map(
    rows.map((row) => [row.remote_id, { id: row.id, hash: row.content_hash, gone: row.gone ?? undefined }]),
  )
}

export interface OrderToSave {
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

export interface Saved {
  imported: string[]
  changed: string[]
  gone: string[]
  /** Older than what the hub has, or placed before `since`. */
  dropped: number
}

interface KnownOrder {
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
interface Writing {
  id: string
  item: OrderToSave
  before?: KnownOrder
  gone?: 'trashed' | 'deleted'
  attention?: Attention
  left: number
}

/** Saves a page of orders. The caller's transaction is fenced already, and ends with the events of what is returned. */
export async function saveOrders(tx: Tx, context: SaveContext, items: readonly OrderToSave[]): Promise<Saved> {
  const saved: Saved = { imported: [], changed: [], gone: [], dropped: 0 }
  if (items.length === 0) return saved
  const known = context.allNew ? new Map<string, KnownOrder>() : await lockKnown(tx, context, items)
  const shipped = await shippedOf(
    tx,
    context.workspaceId,
    [...known.values()].map((order) => order.id),
  )
  const writing = items.flatMap((item): Writing[] => {
    const before = known.get(item.order.remoteId)
    if (before ? isStale(before, item, context) : isUnwanted(item.order, context)) {
      saved.dropped += 1
      return []
    }
    return [prepare(item, before, shipped, context)]
  })
  if (writing.length === 0) return saved

  await upsert(tx, context, writing)
  await replaceLines(
    tx,
    context.workspaceId,
    writing.map(({ id, item, before }) => ({ orderId: id, lines: item.order.lines, known: before !== undefined })),
    shipped,
  )
  await keepRaw(
    tx,
    context.workspaceId,
    writing.map(({ id, item }) => ({ id, raw: item.raw })),
    context.now,
  )
  await addTimeline(
    tx,
    context.workspaceId,
    context.remapped ? [] : writing.flatMap((one) => changesOf(one, context.now)),
    context.now,
  )
  await addToCounts(
    tx,
    context.workspaceId,
    context.integrationId,
    writing.filter((one) => !one.before).map((one) => placedAt(one.item.order, context.now).slice(0, 10)),
  )
  for (const { id, before, gone } of writing) {
    if (!before) saved.imported.push(id)
    else if (gone && !before.gone) saved.gone.push(id)
    else saved.changed.push(id)
  }
  return saved
}

/** A late answer must not overwrite a newer one; of two with the same time the later read wins. */
function isStale(before: KnownOrder, { order, hash }: OrderToSave, context: SaveContext): boolean {
  if (context.remapped) return false
  const older =
    before.modifiedAt !== undefined && order.modifiedAt !== undefined && order.modifiedAt < before.modifiedAt
  return older || (before.hash.equals(hash) && before.gone === goneOf(order))
}

const isUnwanted = (order: Order, context: SaveContext): boolean =>
  context.knownOnly === true ||
  order.trashed === true ||
  (context.since !== undefined &&
    order.placedAt !== undefined &&
    order.placedAt < context.since &&
    !isOpen(order.status))

const goneOf = (order: Order): 'trashed' | undefined => (order.trashed ? 'trashed' : undefined)

function prepare(
  item: OrderToSave,
  before: KnownOrder | undefined,
  shipped: ShippedByLine,
  context: SaveContext,
): Writing {
  const { order } = item
  const id = before?.id ?? newId(context.now)
  const gone = context.remapped ? before?.gone : goneOf(order)
  const attention = attentionAfter(
    before,
    { status: order.status, gone, shipTo: order.shipTo },
    before?.booked ?? false,
    before?.attention,
  )
  return { id, item, before, gone, attention, left: leftToShip(order.lines, shipped.get(id)) }
}

async function lockKnown(
  tx: Tx,
  context: SaveContext,
  items: readonly OrderToSave[],
): Promise<Map<string, KnownOrder>> {
  const { rows } = await tx.query<{
    id: string
    remote_id: string
    status: OrderStatus
    status_raw: string
    gone: 'trashed' | 'deleted' | null
    gone_at: string | null
    modified_at: string | null
    attention: Attention | null
    content_hash: Buffer
    ship_to: Address | null
    booked: boolean
  }>(
    `SELECT o.id, o.remote_id, o.status, o.status_raw, o.gone, o.gone_at, o.modified_at, o.attention, o.content_hash,
       o.details -> 'shipTo' AS ship_to,
       EXISTS (SELECT 1 FROM shipments s WHERE s.workspace_id = o.workspace_id AND s.order_id = o.id AND s.state = 'booked') AS booked
     FROM orders o WHERE o.workspace_id = $1 AND o.integration_id = $2 AND o.remote_id = ANY($3)
     ORDER BY o.id FOR NO KEY UPDATE OF o`,
    [context.workspaceId, context.integrationId, items.map((item) => item.order.remoteId)],
    'lock-known',
  )
  return new Map(
    rows.map((row) => [
      row.remote_id,
      {
        id: row.id,
        remoteId: row.remote_id,
        status: row.status,
        statusRaw: row.status_raw,
        gone: row.gone ?? undefined,
        goneAt: row.gone_at ?? undefined,
        modifiedAt: row.modified_at ?? undefined,
        attention: row.attention ?? undefined,
        hash: row.content_hash,
        shipTo: row.ship_to ?? {},
        booked: row.booked,
      },
    ]),
  )
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

async function upsert(tx: Tx, context: SaveContext, writing: readonly Writing[]): Promise<void> {
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
const placedAt = (order: Order, now: number): string =>
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

/** What a person should read about a change. That an order came in at all is its `first_seen_at`, not an entry. */
function changesOf({ id, before, item, gone, attention }: Writing, now: number): TimelineEntry[] {
  if (!before) return []
  const { order } = item
  const entries: TimelineEntry[] = []
  const add = (kind: string, details: Record<string, unknown>) =>
    entries.push({ orderId: id, at: now, kind, actor: 'shop', details })
  if (gone && gone !== before.gone) add('gone', { how: gone })
  if (!gone && before.gone) add('restored', { from: before.gone })
  if (order.status !== before.status || order.statusRaw !== before.statusRaw) {
    add('status', { from: before.status, to: order.status, fromRaw: before.statusRaw, toRaw: order.statusRaw })
  }
  if (attention && attention !== before.attention) add('attention', { code: attention })
  if (entries.length === 0) add('changed', {})
  return entries
}

/** Orders an older mapping made, by id. */
export async function outdatedOrders(
  db: Queryable,
  workspaceId: string,
  integrationId: string,
  mapperVersion: number,
  page: { after?: string; limit: number },
): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `SELECT id FROM orders WHERE workspace_id = $1 AND integration_id = $2 AND mapper_version < $3 AND ($4::uuid IS NULL OR id > $4)
     ORDER BY id LIMIT $5`,
    [workspaceId, integrationId, mapperVersion, page.after ?? null, page.limit],
  )
  return rows.map((row) => row.id)
}
