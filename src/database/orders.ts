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
import { leftToShip, replaceLines, shippedOf, type ShippedByLine } from './order-lines.ts'
import { keepRaw } from './order-raw.ts'
import {
  placedAt,
  upsertOrders,
  type KnownOrder,
  type OrderToSave,
  type SaveContext,
  type Writing,
} from './order-upsert.ts'
import type { Queryable, Tx } from './open.ts'
import { addTimeline, type TimelineEntry } from './timeline.ts'

export type { OrderDetails, OrderToSave, SaveContext } from './order-upsert.ts'

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

export interface Saved {
  imported: string[]
  changed: string[]
  gone: string[]
  /** Older than what the hub has, or placed before `since`. */
  dropped: number
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

  await upsertOrders(tx, context, writing)
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

/**
 * A late answer must not overwrite a newer one; of two with the same time the later read wins. A change time that has not
 * come yet is a mistake of the shop's: measured by it, every correction of the order would be older.
 */
function isStale(before: KnownOrder, { order, hash, byId }: OrderToSave, context: SaveContext): boolean {
  if (context.remapped) return false
  const older =
    !byId &&
    before.modifiedAt !== undefined &&
    before.modifiedAt <= instant(context.now) &&
    order.modifiedAt !== undefined &&
    order.modifiedAt < before.modifiedAt
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
