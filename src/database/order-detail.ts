/** One order with everything known about it: what the shop says, what we shipped and told, what people wrote. */
import { instant } from '../domain/clock.ts'
import { newId } from '../domain/id.ts'
import { quantityToShip, type OrderLine } from '../domain/order.ts'
import { rowsOf, type OrderRow } from './order-list.ts'
import type { Queryable, Tx } from './open.ts'
import { unpackRaw, type RawOrder } from './order-raw.ts'
import type { OrderDetails } from './orders.ts'
import { plainNumber } from './rows.ts'
import { listShipments, type ShipmentWithWritebacks } from './shipments.ts'
import { addTimeline } from './timeline.ts'

export interface DetailLine extends OrderLine {
  shipped: string
  toShip: number
}

export interface Note {
  id: string
  text: string
  author?: string
  createdAt: string
}

export interface TimelineRow {
  id: string
  at: string
  kind: string
  actor?: string
  details: Record<string, unknown>
}

export interface OrderDetail extends OrderRow, OrderDetails {
  placedRaw?: string
  modifiedRaw?: string
  version: number
  firstSeenAt: string
  fetchedAt: string
  lines: DetailLine[]
  notes: Note[]
  shipments: ShipmentWithWritebacks[]
  /** Oldest first; the first entry is the import. */
  timeline: TimelineRow[]
}

export async function getOrder(db: Queryable, workspaceId: string, id: string): Promise<OrderDetail | undefined> {
  const [row] = await rowsOf(db, workspaceId, [id])
  if (!row) return undefined
  const { rows } = await db.query<{
    placed_raw: string | null
    modified_raw: string | null
    version: number
    first_seen_at: string
    fetched_at: string
    details: OrderDetails
  }>(
    `SELECT placed_raw, modified_raw, version, first_seen_at, fetched_at, details FROM orders WHERE workspace_id = $1 AND id = $2`,
    [workspaceId, id],
  )
  const rest = rows[0]
  if (!rest) return undefined
  return {
    ...rest.details,
    ...row,
    placedRaw: rest.placed_raw ?? undefined,
    modifiedRaw: rest.modified_raw ?? undefined,
    version: rest.version,
    firstSeenAt: rest.first_seen_at,
    fetchedAt: rest.fetched_at,
    lines: await linesOf(db, workspaceId, id),
    notes: await listNotes(db, workspaceId, id),
    shipments: await listShipments(db, workspaceId, id),
    timeline: await timelineOf(db, workspaceId, id, rest.first_seen_at),
  }
}

interface LineRow {
  line_remote_id: string
  sku: string | null
  name: string
  quantity: string
  refunded: string
  cancelled: string
  shipped: string
  unit_price: string | null
  total_minor: number | null
  tax_minor: number | null
  weight_mg: number | null
  hs_code: string | null
  origin: string | null
  requires_shipping: boolean | null
  details: Partial<OrderLine>
}

async function linesOf(db: Queryable, workspaceId: string, orderId: string): Promise<DetailLine[]> {
  const { rows } = await db.query<LineRow>(
    `SELECT line_remote_id, sku, name, quantity, refunded, cancelled, shipped, unit_price, total_minor, tax_minor, weight_mg, hs_code,
       origin, requires_shipping, details
     FROM order_lines WHERE workspace_id = $1 AND order_id = $2 ORDER BY position, line_remote_id`,
    [workspaceId, orderId],
  )
  return rows.map((row) => {
    const numbers = {
      quantity: plainNumber(row.quantity),
      refunded: plainNumber(row.refunded),
      cancelled: plainNumber(row.cancelled),
      shipped: plainNumber(row.shipped),
    }
    return {
      ...row.details,
      ...numbers,
      remoteId: row.line_remote_id,
      sku: row.sku ?? undefined,
      name: row.name,
      unitPrice: row.unit_price === null ? undefined : plainNumber(row.unit_price),
      totalMinor: row.total_minor ?? undefined,
      taxMinor: row.tax_minor ?? undefined,
      weightMg: row.weight_mg ?? undefined,
      hsCode: row.hs_code ?? undefined,
      origin: row.origin ?? undefined,
      requiresShipping: row.requires_shipping ?? undefined,
      toShip: row.requires_shipping === false ? 0 : quantityToShip(numbers),
    }
  })
}

async function timelineOf(
  db: Queryable,
  workspaceId: string,
  orderId: string,
  firstSeenAt: string,
): Promise<TimelineRow[]> {
  const { rows } = await db.query<TimelineRow & { actor: string | null }>(
    `SELECT id, at, kind, actor, details FROM (
       SELECT id, at, kind, actor, details FROM order_timeline WHERE workspace_id = $1 AND order_id = $2
       ORDER BY at DESC, id DESC LIMIT 500) AS newest
     ORDER BY at, id`,
    [workspaceId, orderId],
  )
  const imported: TimelineRow = { id: orderId, at: firstSeenAt, kind: 'imported', actor: 'shop', details: {} }
  return [imported, ...rows.map((row) => ({ ...row, actor: row.actor ?? undefined }))]
}

/** What the shop sent, as it was sent. */
export async function getRaw(
  db: Queryable,
  workspaceId: string,
  orderId: string,
): Promise<(RawOrder & { fetchedAt: string }) | undefined> {
  const { rows } = await db.query<{ encoding: string; bytes: Buffer; fetched_at: string }>(
    `SELECT encoding, bytes, fetched_at FROM order_raw WHERE workspace_id = $1 AND order_id = $2`,
    [workspaceId, orderId],
  )
  return rows[0] && { ...unpackRaw(rows[0].encoding, rows[0].bytes), fetchedAt: rows[0].fetched_at }
}

export async function listNotes(db: Queryable, workspaceId: string, orderId: string): Promise<Note[]> {
  const { rows } = await db.query<{ id: string; text: string; author: string | null; created_at: string }>(
    `SELECT id, text, author, created_at FROM order_notes WHERE workspace_id = $1 AND order_id = $2 ORDER BY id`,
    [workspaceId, orderId],
  )
  return rows.map((row) => ({ id: row.id, text: row.text, author: row.author ?? undefined, createdAt: row.created_at }))
}

/** @returns undefined when there is no such order */
export async function addNote(
  tx: Queryable,
  workspaceId: string,
  orderId: string,
  note: { text: string; author?: string },
  now: number,
): Promise<Note | undefined> {
  const id = newId(now)
  const { rowCount } = await tx.query(
    `INSERT INTO order_notes (workspace_id, id, order_id, text, author, created_at)
     SELECT $1, $2, id, $4, $5, $6 FROM orders WHERE workspace_id = $1 AND id = $3`,
    [workspaceId, id, orderId, note.text.replaceAll('\u0000', ''), note.author ?? null, instant(now)],
  )
  return rowCount === 1 ? { id, text: note.text, author: note.author, createdAt: instant(now) } : undefined
}

export async function deleteNote(
  tx: Queryable,
  workspaceId: string,
  orderId: string,
  noteId: string,
): Promise<boolean> {
  const { rowCount } = await tx.query(`DELETE FROM order_notes WHERE workspace_id = $1 AND order_id = $2 AND id = $3`, [
    workspaceId,
    orderId,
    noteId,
  ])
  return rowCount === 1
}

/** The tags the order is to have; others go. @returns false when there is no such order */
export async function setTags(
  tx: Tx,
  workspaceId: string,
  orderId: string,
  tags: readonly string[],
  by: { actor?: string; now: number },
): Promise<boolean> {
  const { rowCount } = await tx.query(`SELECT 1 FROM orders WHERE workspace_id = $1 AND id = $2 FOR NO KEY UPDATE`, [
    workspaceId,
    orderId,
  ])
  if (rowCount === 0) return false
  const wanted = [...new Set(tags.map((tag) => tag.replaceAll('\u0000', '').trim()).filter(Boolean))]
  const removed = await tx.query<{ tag: string }>(
    `DELETE FROM order_tags WHERE workspace_id = $1 AND order_id = $2 AND tag <> ALL ($3) RETURNING tag`,
    [workspaceId, orderId, wanted],
  )
  const added = await tx.query<{ tag: string }>(
    `INSERT INTO order_tags (workspace_id, order_id, tag) SELECT $1, $2, unnest($3::text[]) ON CONFLICT DO NOTHING RETURNING tag`,
    [workspaceId, orderId, wanted],
  )
  const change = { added: added.rows.map((row) => row.tag), removed: removed.rows.map((row) => row.tag) }
  if (change.added.length + change.removed.length > 0) {
    await addTimeline(tx, workspaceId, [{ orderId, at: by.now, kind: 'tag', actor: by.actor, details: change }], by.now)
  }
  return true
}

/** A person has seen to it. */
export async function dismissAttention(tx: Queryable, workspaceId: string, orderId: string): Promise<boolean> {
  const { rowCount } = await tx.query(
    `UPDATE orders SET attention = NULL, version = version + 1 WHERE workspace_id = $1 AND id = $2 AND attention IS NOT NULL`,
    [workspaceId, orderId],
  )
  return rowCount === 1
}
