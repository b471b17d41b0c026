/**
 * Orders as the shipping rooms need them: what the shop says of each, what left already, and what is left.
 *
 * `lockOrder` is how every change begins: two who ship the same order do so one after the other.
 */
import type { OrderStatus } from '../domain/order.ts'
import type { Queryable } from './open.ts'
import { known, plainNumber } from './rows.ts'

/** An order as the shipping rooms need it: what the shop says, what left already. */
export interface ShippingOrder {
  id: string
  workspaceId: string
  integrationId: string
  remoteId: string
  number: string
  status: OrderStatus
  statusRaw: string
  gone?: 'trashed' | 'deleted'
  version: number
  /** Everything of the order but its lines, as kept. */
  details: Record<string, unknown>
  lines: ShippingLine[]
}

export interface ShippingLine {
  remoteId: string
  sku?: string
  name: string
  quantity: string
  refunded: string
  cancelled: string
  shipped: string
  requiresShipping?: boolean
}

interface OrderRow {
  id: string
  integration_id: string
  remote_id: string
  number: string
  status: OrderStatus
  status_raw: string
  gone: 'trashed' | 'deleted' | null
  version: number
  details: Record<string, unknown>
}

interface LineRow {
  line_remote_id: string
  sku: string | null
  name: string
  quantity: string
  refunded: string
  cancelled: string
  shipped: string
  requires_shipping: boolean | null
}

/** An order with its lines; undefined when this workspace has none of that id, or removed its shop. */
export const readOrder = (db: Queryable, workspaceId: string, orderId: string): Promise<ShippingOrder | undefined> =>
  selectOrder(db, workspaceId, orderId, '')

/** The same, holding its row until the transaction ends. */
export const lockOrder = (tx: Queryable, workspaceId: string, orderId: string): Promise<ShippingOrder | undefined> =>
  selectOrder(tx, workspaceId, orderId, 'FOR NO KEY UPDATE')

async function selectOrder(
  db: Queryable,
  workspaceId: string,
  orderId: string,
  lock: string,
): Promise<ShippingOrder | undefined> {
  const { rows } = await db.query<OrderRow>(
    `SELECT id, integration_id, remote_id, number, status, status_raw, gone, version, details
     FROM orders o WHERE workspace_id = $1 AND id = $2
       AND NOT EXISTS (SELECT 1 FROM integrations i
         WHERE i.workspace_id = o.workspace_id AND i.id = o.integration_id AND i.removed_at IS NOT NULL) ${lock}`,
    [workspaceId, orderId],
  )
  const row = rows[0]
  if (!row) return undefined
  const lines = await db.query<LineRow>(
    `SELECT line_remote_id, sku, name, quantity, refunded, cancelled, shipped, requires_shipping
     FROM order_lines WHERE workspace_id = $1 AND order_id = $2 ORDER BY position, line_remote_id`,
    [workspaceId, orderId],
  )
  return {
    id: row.id,
    workspaceId,
    integrationId: row.integration_id,
    remoteId: row.remote_id,
    number: row.number,
    status: row.status,
    statusRaw: row.status_raw,
    gone: known(row.gone),
    version: row.version,
    details: row.details,
    lines: lines.rows.map((line) => ({
      remoteId: line.line_remote_id,
      sku: known(line.sku),
      name: line.name,
      quantity: plainNumber(line.quantity),
      refunded: plainNumber(line.refunded),
      cancelled: plainNumber(line.cancelled),
      shipped: plainNumber(line.shipped),
      requiresShipping: known(line.requires_shipping),
    })),
  }
}

/** Adds to what was shipped of an order's lines (`sign` 1) or gives it back (-1), and says what is left of the order now. */
export async function moveShipped(
  tx: Queryable,
  workspaceId: string,
  orderId: string,
  lines: readonly { lineRemoteId: string; quantity: string }[],
  sign: 1 | -1,
): Promise<{ left: number }> {
  await tx.query(
    `UPDATE order_lines l SET shipped = greatest(0, l.shipped + $5::int * m.quantity)
     FROM unnest($3::text[], $4::numeric[]) AS m (line, quantity)
     WHERE l.workspace_id = $1 AND l.order_id = $2 AND l.line_remote_id = m.line`,
    [workspaceId, orderId, lines.map((line) => line.lineRemoteId), lines.map((line) => line.quantity), sign],
  )
  const { rows } = await tx.query<{ left_to_ship: string }>(
    `UPDATE orders o SET left_to_ship = s.left_to_ship, to_ship = s.left_to_ship > 0 AND o.status = 'ready' AND o.gone IS NULL
     FROM (
       SELECT coalesce(sum(greatest(0, quantity - shipped - refunded - cancelled)), 0) AS left_to_ship
       FROM order_lines WHERE workspace_id = $1 AND order_id = $2 AND requires_shipping IS DISTINCT FROM false
     ) s
     WHERE o.workspace_id = $1 AND o.id = $2 RETURNING o.left_to_ship`,
    [workspaceId, orderId],
  )
  return { left: Number(rows[0]?.left_to_ship ?? 0) }
}

/** An order none of whose shipments stands any more needs no attention for what happened after shipping. */
export async function clearAttentionWithoutShipment(
  tx: Queryable,
  workspaceId: string,
  orderId: string,
): Promise<void> {
  await tx.query(
    `UPDATE orders SET attention = NULL WHERE workspace_id = $1 AND id = $2 AND attention IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM shipments s WHERE s.workspace_id = $1 AND s.order_id = $2 AND s.state = 'booked')`,
    [workspaceId, orderId],
  )
}

/** Orders by the numbers (or, in the shop's words, ids) people write in a file. Three statements for the whole file. */
export async function findOrdersByNumber(
  db: Queryable,
  workspaceId: string,
  names: readonly string[],
  integrationId?: string,
): Promise<NumberedOrder[]> {
  const found = new Map<string, NumberedOrder>()
  // Apart from each other, because each has an index of its own.
  for (const condition of ['o.number = ANY($2::text[])', 'o.remote_id = ANY($2::text[])']) {
    const { rows } = await db.query<NumberedRow>(
      `SELECT o.id, o.number, o.remote_id, o.integration_id, i.name AS integration_name, o.status, o.status_raw, o.gone,
         o.left_to_ship, o.placed_at, o.customer_name
       FROM integrations i JOIN orders o ON o.workspace_id = i.workspace_id AND o.integration_id = i.id
       WHERE i.workspace_id = $1 AND i.removed_at IS NULL AND o.workspace_id = $1 AND ${condition}
         AND ($3::uuid IS NULL OR i.id = $3)
       ORDER BY o.placed_at DESC, o.id`,
      [workspaceId, names, integrationId ?? null],
    )
    for (const row of rows) found.set(row.id, toNumbered(row))
  }
  const { rows } = await db.query<{ order_id: string; tracking_key: string }>(
    `SELECT order_id, tracking_key FROM parcels WHERE workspace_id = $1 AND order_id = ANY($2::uuid[]) AND withdrawn_at IS NULL`,
    [workspaceId, [...found.keys()]],
  )
  for (const row of rows) found.get(row.order_id)?.keys.push(row.tracking_key)
  return [...found.values()]
}

interface NumberedRow {
  id: string
  number: string
  remote_id: string
  integration_id: string
  integration_name: string
  status: OrderStatus
  status_raw: string
  gone: 'trashed' | 'deleted' | null
  left_to_ship: string
  placed_at: string
  customer_name: string | null
}

const toNumbered = (row: NumberedRow): NumberedOrder => ({
  id: row.id,
  number: row.number,
  remoteId: row.remote_id,
  integrationId: row.integration_id,
  integrationName: row.integration_name,
  status: row.status,
  statusRaw: row.status_raw,
  gone: known(row.gone),
  left: Number(row.left_to_ship),
  placedAt: row.placed_at,
  customer: known(row.customer_name),
  keys: [],
})

export interface NumberedOrder {
  id: string
  number: string
  remoteId: string
  integrationId: string
  integrationName: string
  status: OrderStatus
  statusRaw: string
  gone?: 'trashed' | 'deleted'
  left: number
  placedAt: string
  customer?: string
  /** Tracking keys that stand on it. */
  keys: string[]
}
