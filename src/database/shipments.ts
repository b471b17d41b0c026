/**
 * Shipments and their parcels, and what booking one changes on its order.
 *
 * Every change locks the order's row first (`lockOrder`): a double click, two people and a CSV import ship one after
 * the other, and the second sees what the first left.
 */
import type { OrderStatus } from '../domain/order.ts'
import { showQuantity } from '../domain/quantity.ts'
import { trackingKey, type ParcelInput, type ShipmentState, type WritebackState } from '../domain/shipment.ts'
import type { Queryable } from './open.ts'

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

export interface ShipmentParcel {
  id: string
  tracking: string
  url?: string
  withdrawnAt?: string
}

export interface Shipment {
  id: string
  workspaceId: string
  orderId: string
  integrationId: string
  ownReference: string
  state: ShipmentState
  carrier: string
  carrierName: string
  carrierCode?: string
  revision: number
  createdAt: string
  bookedAt?: string
  voidedAt?: string
  createdBy?: string
  lines: { lineRemoteId: string; quantity: string }[]
  /** Withdrawn ones included, in the order they were added. */
  parcels: ShipmentParcel[]
}

/** A shipment with what the shop knows of it, newest notice first. */
export interface ShipmentWithWritebacks extends Shipment {
  writebacks: { id: string; kind: string; revision: number; state: WritebackState; because?: string; nextAt?: string }[]
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

const orNothing = <T>(value: T | null): T | undefined => value ?? undefined
/** numeric(14,4) as the program writes quantities: "2.0000" → "2". */
const plain = (numeric: string): string => showQuantity(Math.round(Number(numeric) * 10_000))

/** An order with its lines; undefined when this workspace has none of that id. */
export const readOrder = (db: Queryable, workspaceId: string, orderId: string): Promise<ShippingOrder | undefined> =>
  selectOrder(db, workspaceId, orderId, '')

/** The same, holding its row until the transaction ends. */
export const lockOrder = (tx: Queryable, workspaceId: string, orderId: string): Promise<ShippingOrder | undefined> =>
  selectOrder(tx, workspaceId, orderId, 'FOR NO KEY UPDATE')

async function selectOrder(db: Queryable, workspaceId: string, orderId: string, lock: string): Promise<ShippingOrder | undefined> {
  const { rows } = await db.query<OrderRow>(
    `SELECT id, integration_id, remote_id, number, status, status_raw, gone, version, details
     FROM orders WHERE workspace_id = $1 AND id = $2 ${lock}`,
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
    gone: orNothing(row.gone),
    version: row.version,
    details: row.details,
    lines: lines.rows.map((line) => ({
      remoteId: line.line_remote_id,
      sku: orNothing(line.sku),
      name: line.name,
      quantity: plain(line.quantity),
      refunded: plain(line.refunded),
      cancelled: plain(line.cancelled),
      shipped: plain(line.shipped),
      requiresShipping: orNothing(line.requires_shipping),
    })),
  }
}

export async function insertShipment(tx: Queryable, shipment: Omit<Shipment, 'parcels' | 'voidedAt'>): Promise<void> {
  const { workspaceId, id } = shipment
  await tx.query(
    `INSERT INTO shipments (workspace_id, id, order_id, integration_id, own_reference, state, carrier, carrier_name, carrier_code,
       revision, created_at, booked_at, created_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
    [
      workspaceId,
      id,
      shipment.orderId,
      shipment.integrationId,
      shipment.ownReference,
      shipment.state,
      shipment.carrier,
      shipment.carrierName,
      shipment.carrierCode ?? null,
      shipment.revision,
      shipment.createdAt,
      shipment.bookedAt ?? null,
      shipment.createdBy ?? null,
    ],
  )
  await tx.query(
    `INSERT INTO shipment_lines (workspace_id, shipment_id, line_remote_id, quantity)
     SELECT $1, $2, l.line, l.quantity FROM unnest($3::text[], $4::numeric[]) AS l (line, quantity)`,
    [workspaceId, id, shipment.lines.map((line) => line.lineRemoteId), shipment.lines.map((line) => line.quantity)],
  )
}

/** Adds parcels after those the shipment has. @throws the database's unique violation when a number already stands on the order */
export async function insertParcels(
  tx: Queryable,
  shipment: Pick<Shipment, 'workspaceId' | 'id' | 'orderId'>,
  parcels: readonly (ParcelInput & { id: string })[],
): Promise<void> {
  await tx.query(
    `INSERT INTO parcels (workspace_id, id, shipment_id, order_id, position, tracking, tracking_key, url)
     SELECT $1, p.id, $2, $3,
       (SELECT coalesce(max(position), 0) FROM parcels WHERE workspace_id = $1 AND shipment_id = $2) + p.position,
       p.tracking, p.tracking_key, p.url
     FROM unnest($4::uuid[], $5::text[], $6::text[], $7::text[]) WITH ORDINALITY AS p (id, tracking, tracking_key, url, position)`,
    [
      shipment.workspaceId,
      shipment.id,
      shipment.orderId,
      parcels.map((parcel) => parcel.id),
      parcels.map((parcel) => parcel.tracking),
      parcels.map((parcel) => trackingKey(parcel.tracking)),
      parcels.map((parcel) => parcel.url ?? null),
    ],
  )
}

export async function withdrawParcels(tx: Queryable, workspaceId: string, ids: readonly string[], now: string): Promise<void> {
  await tx.query(`UPDATE parcels SET withdrawn_at = $3 WHERE workspace_id = $1 AND id = ANY($2::uuid[]) AND withdrawn_at IS NULL`, [
    workspaceId,
    ids,
    now,
  ])
}

/** The same number, written otherwise or with another link. */
export async function rewriteParcel(tx: Queryable, workspaceId: string, id: string, parcel: ParcelInput): Promise<void> {
  await tx.query(`UPDATE parcels SET tracking = $3, url = $4 WHERE workspace_id = $1 AND id = $2`, [
    workspaceId,
    id,
    parcel.tracking,
    parcel.url ?? null,
  ])
}

export async function saveRevision(
  tx: Queryable,
  shipment: Pick<Shipment, 'workspaceId' | 'id' | 'revision' | 'carrierName' | 'carrierCode'>,
): Promise<void> {
  await tx.query(`UPDATE shipments SET revision = $3, carrier_name = $4, carrier_code = $5 WHERE workspace_id = $1 AND id = $2`, [
    shipment.workspaceId,
    shipment.id,
    shipment.revision,
    shipment.carrierName,
    shipment.carrierCode ?? null,
  ])
}

export async function markVoided(tx: Queryable, workspaceId: string, id: string, now: string, revision: number): Promise<void> {
  await tx.query(`UPDATE shipments SET state = 'voided', voided_at = $3, revision = $4 WHERE workspace_id = $1 AND id = $2`, [
    workspaceId,
    id,
    now,
    revision,
  ])
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
export async function clearAttentionWithoutShipment(tx: Queryable, workspaceId: string, orderId: string): Promise<void> {
  await tx.query(
    `UPDATE orders SET attention = NULL WHERE workspace_id = $1 AND id = $2 AND attention IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM shipments s WHERE s.workspace_id = $1 AND s.order_id = $2 AND s.state = 'booked')`,
    [workspaceId, orderId],
  )
}

interface ShipmentRow {
  id: string
  order_id: string
  integration_id: string
  own_reference: string
  state: ShipmentState
  carrier: string
  carrier_name: string
  carrier_code: string | null
  revision: number
  created_at: string
  booked_at: string | null
  voided_at: string | null
  created_by: string | null
  lines: { lineRemoteId: string; quantity: string }[] | null
  parcels: { id: string; tracking: string; url: string | null; withdrawnAt: string | null }[] | null
  writebacks: { id: string; kind: string; revision: number; state: WritebackState; because: string | null; nextAt: string | null }[] | null
}

const SHIPMENT = `
  SELECT s.id, s.order_id, s.integration_id, s.own_reference, s.state, s.carrier, s.carrier_name, s.carrier_code, s.revision,
    s.created_at, s.booked_at, s.voided_at, s.created_by,
    (SELECT json_agg(json_build_object('lineRemoteId', l.line_remote_id, 'quantity', l.quantity::text) ORDER BY l.line_remote_id)
     FROM shipment_lines l WHERE l.workspace_id = s.workspace_id AND l.shipment_id = s.id) AS lines,
    (SELECT json_agg(json_build_object('id', p.id, 'tracking', p.tracking, 'url', p.url, 'withdrawnAt', p.withdrawn_at) ORDER BY p.position)
     FROM parcels p WHERE p.workspace_id = s.workspace_id AND p.shipment_id = s.id) AS parcels,
    (SELECT json_agg(json_build_object('id', w.id, 'kind', w.kind, 'revision', w.revision, 'state', w.state, 'because', w.because,
       'nextAt', w.next_at) ORDER BY w.created_at DESC, w.revision DESC, w.id DESC)
     FROM writebacks w WHERE w.workspace_id = s.workspace_id AND w.shipment_id = s.id) AS writebacks
  FROM shipments s`

const utc = (text: string): string => new Date(text).toISOString()

const toShipment = (workspaceId: string, row: ShipmentRow): ShipmentWithWritebacks => ({
  id: row.id,
  workspaceId,
  orderId: row.order_id,
  integrationId: row.integration_id,
  ownReference: row.own_reference,
  state: row.state,
  carrier: row.carrier,
  carrierName: row.carrier_name,
  carrierCode: orNothing(row.carrier_code),
  revision: row.revision,
  createdAt: row.created_at,
  bookedAt: orNothing(row.booked_at),
  voidedAt: orNothing(row.voided_at),
  createdBy: orNothing(row.created_by),
  lines: (row.lines ?? []).map((line) => ({ ...line, quantity: plain(line.quantity) })),
  parcels: (row.parcels ?? []).map((parcel) => ({
    id: parcel.id,
    tracking: parcel.tracking,
    ...(parcel.url === null ? {} : { url: parcel.url }),
    ...(parcel.withdrawnAt === null ? {} : { withdrawnAt: utc(parcel.withdrawnAt) }),
  })),
  writebacks: (row.writebacks ?? []).map((one) => ({
    id: one.id,
    kind: one.kind,
    revision: one.revision,
    state: one.state,
    ...(one.because === null ? {} : { because: one.because }),
    ...(one.nextAt === null ? {} : { nextAt: utc(one.nextAt) }),
  })),
})

export async function getShipment(db: Queryable, workspaceId: string, id: string): Promise<ShipmentWithWritebacks | undefined> {
  const { rows } = await db.query<ShipmentRow>(`${SHIPMENT} WHERE s.workspace_id = $1 AND s.id = $2`, [workspaceId, id])
  return rows[0] && toShipment(workspaceId, rows[0])
}

/** All shipments of an order, oldest first, with their parcels and what the shop knows of them. */
export async function listShipments(db: Queryable, workspaceId: string, orderId: string): Promise<ShipmentWithWritebacks[]> {
  const { rows } = await db.query<ShipmentRow>(
    `${SHIPMENT} WHERE s.workspace_id = $1 AND s.order_id = $2 ORDER BY s.created_at, s.id`,
    [workspaceId, orderId],
  )
  return rows.map((row) => toShipment(workspaceId, row))
}

/** Numbers that stand on an order now, and the shipment each belongs to. */
export async function standingParcels(
  db: Queryable,
  workspaceId: string,
  orderId: string,
): Promise<{ key: string; tracking: string; shipmentId: string }[]> {
  const { rows } = await db.query<{ key: string; tracking: string; shipmentId: string }>(
    `SELECT tracking_key AS key, tracking, shipment_id AS "shipmentId" FROM parcels
     WHERE workspace_id = $1 AND order_id = $2 AND withdrawn_at IS NULL`,
    [workspaceId, orderId],
  )
  return rows
}

/** Orders by the numbers (or, in the shop's words, ids) people write in a file. Two statements for the whole file. */
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
         o.left_to_ship, o.placed_at, o.customer_name,
         ARRAY(SELECT p.tracking_key FROM shipments s
           JOIN parcels p ON p.workspace_id = s.workspace_id AND p.shipment_id = s.id AND p.withdrawn_at IS NULL
           WHERE s.workspace_id = o.workspace_id AND s.order_id = o.id) AS keys
       FROM integrations i JOIN orders o ON o.workspace_id = i.workspace_id AND o.integration_id = i.id
       WHERE i.workspace_id = $1 AND i.removed_at IS NULL AND o.workspace_id = $1 AND ${condition}
         AND ($3::uuid IS NULL OR i.id = $3)
       ORDER BY o.placed_at DESC, o.id`,
      [workspaceId, names, integrationId ?? null],
    )
    for (const row of rows) found.set(row.id, toNumbered(row))
  }
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
  keys: string[]
}

const toNumbered = (row: NumberedRow): NumberedOrder => ({
  id: row.id,
  number: row.number,
  remoteId: row.remote_id,
  integrationId: row.integration_id,
  integrationName: row.integration_name,
  status: row.status,
  statusRaw: row.status_raw,
  gone: orNothing(row.gone),
  left: Number(row.left_to_ship),
  placedAt: row.placed_at,
  customer: orNothing(row.customer_name),
  keys: row.keys,
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
