/** Lines of orders: written anew with each change of their order, keeping what was shipped of each. */
import { quantityToShip, productKey, type OrderLine } from '../domain/order.ts'
import type { Tx } from './open.ts'
import { clean, cleanOrNull } from './rows.ts'

/** What was shipped, by order id and line. */
export type ShippedByLine = ReadonlyMap<string, ReadonlyMap<string, string>>

/**
 * What was shipped of orders the hub knows. A line that vanished in the shop and came back is found by our shipments,
 * which never forget it.
 */
export async function shippedOf(tx: Tx, workspaceId: string, orderIds: readonly string[]): Promise<ShippedByLine> {
  const shipped = new Map<string, Map<string, string>>()
  if (orderIds.length === 0) return shipped
  const { rows } = await tx.query<{ order_id: string; line: string; shipped: string }>(
    `SELECT order_id, line, max(shipped) AS shipped FROM (
       SELECT order_id, line_remote_id AS line, shipped FROM order_lines
       WHERE workspace_id = $1 AND order_id = ANY($2) AND shipped > 0
       UNION ALL
       SELECT s.order_id, l.line_remote_id, sum(l.quantity) FROM shipments s
       JOIN shipment_lines l ON l.workspace_id = s.workspace_id AND l.shipment_id = s.id
       WHERE s.workspace_id = $1 AND s.order_id = ANY($2) AND s.state = 'booked'
       GROUP BY s.order_id, l.line_remote_id
     ) AS both_ways GROUP BY order_id, line`,
    [workspaceId, orderIds],
    'shipped-of',
  )
  for (const row of rows) {
    const lines = shipped.get(row.order_id) ?? new Map<string, string>()
    lines.set(row.line, row.shipped)
    shipped.set(row.order_id, lines)
  }
  return shipped
}

/** Units still to be sent, over the lines that are shipped at all. */
export function leftToShip(lines: readonly OrderLine[], shipped: ReadonlyMap<string, string> | undefined): number {
  const left = distinct(lines)
    .filter(({ line }) => line.requiresShipping !== false)
    .reduce(
      (sum, { line, remoteId }) => sum + quantityToShip({ ...numbersOf(line), shipped: shipped?.get(remoteId) ?? '0' }),
      0,
    )
  return Math.round(left * 10_000) / 10_000
}

/** A plugin that sends one line id twice must not cost the whole page: the second gets a mark. */
function distinct(lines: readonly OrderLine[]): { line: OrderLine; remoteId: string }[] {
  const seen = new Set<string>()
  return lines.map((line) => {
    let remoteId = clean(line.remoteId)
    for (let n = 2; seen.has(remoteId); n++) remoteId = `${line.remoteId}#${n}`
    seen.add(remoteId)
    return { line, remoteId }
  })
}

const DECIMAL = /^-?\d{1,10}(\.\d+)?$/
/** numeric(14,4): an odd quantity counts as none rather than stop the page. */
const decimal = (text: string): string => (DECIMAL.test(text) ? text : '0')
const numbersOf = (line: OrderLine) => ({
  quantity: decimal(line.quantity),
  refunded: decimal(line.refunded),
  cancelled: decimal(line.cancelled),
})
const PRICE = /^-?\d{1,14}(\.\d+)?$/
const whole = (value: number | undefined): number | null =>
  value !== undefined && Number.isSafeInteger(value) ? value : null

/** What has no column of its own. */
const detailsOf = (line: OrderLine) => ({
  productRemoteId: line.productRemoteId,
  variantRemoteId: line.variantRemoteId,
  gtin: line.gtin,
  options: line.options,
  lengthMm: line.lengthMm,
  widthMm: line.widthMm,
  heightMm: line.heightMm,
  imageUrl: line.imageUrl,
})

export async function replaceLines(
  tx: Tx,
  workspaceId: string,
  orders: readonly { orderId: string; lines: readonly OrderLine[]; known: boolean }[],
  shipped: ShippedByLine,
): Promise<void> {
  const known = orders.filter((order) => order.known).map((order) => order.orderId)
  if (known.length > 0) {
    await tx.query(
      `DELETE FROM order_lines WHERE workspace_id = $1 AND order_id = ANY($2)`,
      [workspaceId, known],
      'delete-lines',
    )
  }
  const rows = orders.flatMap(({ orderId, lines }) =>
    distinct(lines).map(({ line, remoteId }, position) => ({
      orderId,
      line,
      remoteId,
      position,
      numbers: numbersOf(line),
    })),
  )
  if (rows.length === 0) return
  const column = <T>(of: (row: (typeof rows)[number]) => T): T[] => rows.map(of)
  await tx.query(
    `INSERT INTO order_lines (workspace_id, order_id, line_remote_id, position, product_key, sku, name, quantity, refunded, cancelled,
       shipped, unit_price, total_minor, tax_minor, weight_mg, hs_code, origin, requires_shipping, details)
     SELECT $1, l.* FROM unnest($2::uuid[], $3::text[], $4::int[], $5::text[], $6::text[], $7::text[], $8::numeric[], $9::numeric[],
       $10::numeric[], $11::numeric[], $12::numeric[], $13::bigint[], $14::bigint[], $15::bigint[], $16::text[], $17::text[],
       $18::boolean[], $19::json[]) AS l`,
    [
      workspaceId,
      column((row) => row.orderId),
      column((row) => row.remoteId),
      column((row) => row.position),
      column(({ line }) => cleanOrNull(productKey(line))),
      column(({ line }) => cleanOrNull(line.sku)),
      column(({ line }) => clean(line.name)),
      column((row) => row.numbers.quantity),
      column((row) => row.numbers.refunded),
      column((row) => row.numbers.cancelled),
      column((row) => shipped.get(row.orderId)?.get(row.remoteId) ?? '0'),
      column(({ line }) => (line.unitPrice !== undefined && PRICE.test(line.unitPrice) ? line.unitPrice : null)),
      column(({ line }) => whole(line.totalMinor)),
      column(({ line }) => whole(line.taxMinor)),
      column(({ line }) => whole(line.weightMg)),
      column(({ line }) => cleanOrNull(line.hsCode)),
      column(({ line }) => cleanOrNull(line.origin)),
      column(({ line }) => line.requiresShipping ?? null),
      column(({ line }) => JSON.stringify(detailsOf(line))),
    ],
    'insert-lines',
  )
}
