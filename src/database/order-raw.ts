/** What the shop sent for an order, compressed: kept so that it can be mapped again without the shop. */
import { deflateRawSync, inflateRawSync } from 'node:zlib'
import { instant } from '../domain/clock.ts'
import type { Queryable, Tx } from './open.ts'

const ENCODING = 'deflate'

/** The record's own text stays as the shop sent it, so that numbers keep their form: it is put in, never printed anew. */
const packRaw = ({ text, extra }: RawOrder): Buffer =>
  deflateRawSync(`{"row":${text}${extra === undefined ? '' : `,"extra":${JSON.stringify(extra)}`}}`, { level: 1 })

export interface RawOrder {
  /** JSON text of the record. */
  text: string
  extra?: unknown
}

const ROW = '{"row":'
export function unpackRaw(encoding: string, bytes: Buffer): RawOrder {
  if (encoding !== ENCODING) throw new Error(`unknown encoding of a kept record: ${encoding}`)
  const packed = inflateRawSync(bytes).toString('utf8')
  const { extra } = JSON.parse(packed) as { extra?: unknown }
  const tail = extra === undefined ? '}' : `,"extra":${JSON.stringify(extra)}}`
  return { text: packed.slice(ROW.length, packed.length - tail.length), extra }
}

export async function keepRaw(
  tx: Tx,
  workspaceId: string,
  orders: readonly { id: string; raw?: RawOrder }[],
  now: number,
): Promise<void> {
  const fresh = orders.filter((one) => one.raw)
  if (fresh.length === 0) return
  await tx.query(
    `INSERT INTO order_raw (workspace_id, order_id, encoding, bytes, fetched_at)
     SELECT $1, r.order_id, $2, r.bytes, $3 FROM unnest($4::uuid[], $5::bytea[]) AS r (order_id, bytes)
     ON CONFLICT (workspace_id, order_id) DO UPDATE
       SET encoding = excluded.encoding, bytes = excluded.bytes, fetched_at = excluded.fetched_at`,
    [workspaceId, ENCODING, instant(now), fresh.map((one) => one.id), fresh.map((one) => packRaw(one.raw!))],
    'keep-raw',
  )
}

export interface KeptRaw {
  id: string
  encoding: string
  bytes: Buffer
  hash: Buffer
  gone?: 'trashed' | 'deleted'
  modifiedRaw?: string
}

/** What the shop sent for these orders. */
export async function rawOrders(db: Queryable, workspaceId: string, orderIds: readonly string[]): Promise<KeptRaw[]> {
  const { rows } = await db.query<
    Omit<KeptRaw, 'gone' | 'modifiedRaw'> & { gone: KeptRaw['gone'] | null; modified_raw: string | null }
  >(
    `SELECT o.id, r.encoding, r.bytes, o.content_hash AS hash, o.gone, o.modified_raw FROM orders o
     JOIN order_raw r ON r.workspace_id = o.workspace_id AND r.order_id = o.id
     WHERE o.workspace_id = $1 AND o.id = ANY($2)`,
    [workspaceId, orderIds],
  )
  return rows.map(({ gone, modified_raw, ...row }) => ({
    ...row,
    gone: gone ?? undefined,
    modifiedRaw: modified_raw ?? undefined,
  }))
}
