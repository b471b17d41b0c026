/**
 * Shipments and their parcels.
 *
 * Every change locks the order's row first (shipping-orders.ts, `lockOrder`): a double click, two people and a table of
 * numbers ship one after the other, and the second sees what the first left.
 */
import { trackingKey, type ParcelInput, type ShipmentState, type WritebackState } from '../domain/shipment.ts'
import type { Queryable } from './open.ts'
import { known, plainNumber } from './rows.ts'

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

export async function withdrawParcels(
  tx: Queryable,
  workspaceId: string,
  ids: readonly string[],
  now: string,
): Promise<void> {
  await tx.query(
    `UPDATE parcels SET withdrawn_at = $3 WHERE workspace_id = $1 AND id = ANY($2::uuid[]) AND withdrawn_at IS NULL`,
    [workspaceId, ids, now],
  )
}

/** The same number, written otherwise or with another link. */
export async function rewriteParcel(
  tx: Queryable,
  workspaceId: string,
  id: string,
  parcel: ParcelInput,
): Promise<void> {
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
  await tx.query(
    `UPDATE shipments SET revision = $3, carrier_name = $4, carrier_code = $5 WHERE workspace_id = $1 AND id = $2`,
    [shipment.workspaceId, shipment.id, shipment.revision, shipment.carrierName, shipment.carrierCode ?? null],
  )
}

export async function markVoided(
  tx: Queryable,
  workspaceId: string,
  id: string,
  now: string,
  revision: number,
): Promise<void> {
  await tx.query(
    `UPDATE shipments SET state = 'voided', voided_at = $3, revision = $4 WHERE workspace_id = $1 AND id = $2`,
    [workspaceId, id, now, revision],
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
  writebacks:
    | {
        id: string
        kind: string
        revision: number
        state: WritebackState
        because: string | null
        nextAt: string | null
      }[]
    | null
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
  carrierCode: known(row.carrier_code),
  revision: row.revision,
  createdAt: row.created_at,
  bookedAt: known(row.booked_at),
  voidedAt: known(row.voided_at),
  createdBy: known(row.created_by),
  lines: (row.lines ?? []).map((line) => ({ ...line, quantity: plainNumber(line.quantity) })),
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

export async function getShipment(
  db: Queryable,
  workspaceId: string,
  id: string,
): Promise<ShipmentWithWritebacks | undefined> {
  const { rows } = await db.query<ShipmentRow>(`${SHIPMENT} WHERE s.workspace_id = $1 AND s.id = $2`, [workspaceId, id])
  return rows[0] && toShipment(workspaceId, rows[0])
}

/** All shipments of an order, oldest first, with their parcels and what the shop knows of them. */
export async function listShipments(
  db: Queryable,
  workspaceId: string,
  orderId: string,
): Promise<ShipmentWithWritebacks[]> {
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
