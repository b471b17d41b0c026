/**
 * Tracking numbers out of a table: preview, then apply. The same rules judge both, so what the preview promises is
 * what applying does, and a second time adds nothing.
 *
 * All numbers of one order in a file are the parcels of one shipment: a table has no quantities, so the first number
 * ships everything that is left. A row that cannot be used is named with its line and what to do; it stops no other.
 */
import { findOrdersByNumber, type NumberedOrder } from '../database/shipping-orders.ts'
import type { CheckedParcels } from '../domain/carrier.ts'
import type { ErrorCode } from '../domain/errors.ts'
import { asHubError, HubError } from '../domain/errors.ts'
import { trackingKey } from '../domain/shipment.ts'
import type { TrackingWarning } from '../domain/tracking.ts'
import type { Hub } from '../sync/hub.ts'
import { carrierOf, shipOrder } from './book-shipment.ts'
import { trackingRows, type TrackingRow } from './csv-columns.ts'
import { readTable } from './csv-text.ts'
import { notShippable } from './draft-shipment.ts'
import { readManyAgain } from './read-again.ts'

/** Why a row is refused: an error code, or one of the table's own; the words' key is `domain.csv.<code>` or `errors.<code>`. */
export type RowCode =
  | ErrorCode
  | 'row-unreadable'
  | 'order-missing'
  | 'order-unknown'
  | 'carrier-missing'
  | 'carriers-differ'

export interface OrderChoice {
  orderId: string
  integrationId: string
  integrationName: string
  placedAt: string
  customer?: string
}

export interface PreviewRow {
  /** As an editor counts. */
  line: number
  order: string
  carrier: string
  tracking: string
  url?: string
  outcome: 'will-ship' | 'already' | 'refused'
  /** Which cell is wrong: `order`, `carrier`, `tracking`, `url`. */
  field?: string
  code?: RowCode
  params?: Record<string, string | number>
  /** The order number exists in several shops: which one is meant? */
  choices?: OrderChoice[]
  /** The order that was found. */
  orderId?: string
  warnings?: TrackingWarning[]
}

export interface Preview {
  rows: PreviewRow[]
  summary: { rows: number; willShip: number; already: number; refused: number; toChoose: number; orders: number }
}

export interface AppliedRow extends Omit<PreviewRow, 'outcome'> {
  outcome: 'shipped' | 'already' | 'refused'
  shipmentId?: string
  writebackId?: string
  /** The shop did not answer when the order was to be read again. */
  shopUnread?: true
}

export interface Applied {
  rows: AppliedRow[]
  summary: { rows: number; shipped: number; already: number; refused: number; toChoose: number; orders: number }
}

export interface TrackingFileOptions {
  filename?: string
  /** Order number as it stands in the file → id of the order that is meant. */
  choices?: Readonly<Record<string, string>>
  /** Only orders of this integration are meant. */
  integrationId?: string
  /** For rows without a carrier. */
  carrierName?: string
  actor?: string
  onProgress?: (done: number, total: number) => void
}

interface Judged {
  row: PreviewRow
  order?: NumberedOrder
  checked?: CheckedParcels
}

/** @throws HubError `csv-unreadable` when the file as a whole is none */
export async function previewTrackings(
  hub: Hub,
  workspaceId: string,
  bytes: Uint8Array,
  options: TrackingFileOptions = {},
): Promise<Preview> {
  const rows = (await judge(hub, workspaceId, bytes, options)).map(({ row }) => row)
  const count = (outcome: PreviewRow['outcome']) => rows.filter((row) => row.outcome === outcome).length
  return {
    rows,
    summary: { ...common(rows), willShip: count('will-ship'), already: count('already'), refused: count('refused') },
  }
}

const common = (rows: readonly Pick<PreviewRow, 'choices' | 'orderId'>[]) => ({
  rows: rows.length,
  toChoose: rows.filter((row) => row.choices).length,
  orders: new Set(rows.flatMap((row) => row.orderId ?? [])).size,
})

/** Ships what the preview says will be shipped. @throws HubError `csv-unreadable` */
export async function applyTrackings(
  hub: Hub,
  workspaceId: string,
  bytes: Uint8Array,
  options: TrackingFileOptions = {},
): Promise<Applied> {
  const judged = await judge(hub, workspaceId, bytes, options)
  const applied = new Map<PreviewRow, AppliedRow>()
  const groups = byOrder(judged.filter(({ row }) => row.outcome === 'will-ship'))
  let done = 0
  // Each attempt at a silent shop costs its whole patience; one is enough for a request.
  const silent = new Map<string, HubError>()
  for (const chunk of chunksPerShop(groups)) {
    const orders = chunk.map((group) => group[0]!.order!)
    const { integrationId } = orders[0]!
    const remoteIds = orders.map((order) => order.remoteId)
    const unread = silent.get(integrationId) ?? (await readManyAgain(hub, workspaceId, integrationId, remoteIds))
    if (unread) silent.set(integrationId, unread)
    await sideBySide(chunk, AT_ONCE, async (group) => {
      for (const [row, result] of await shipGroup(hub, workspaceId, group, options, unread !== undefined))
        applied.set(row, result)
      options.onProgress?.(++done, groups.length)
    })
  }
  const rows = judged.map(
    ({ row }) => applied.get(row) ?? ({ ...row, outcome: row.outcome === 'already' ? 'already' : 'refused' } as const),
  )
  const count = (outcome: AppliedRow['outcome']) => rows.filter((row) => row.outcome === outcome).length
  return {
    rows,
    summary: { ...common(rows), shipped: count('shipped'), already: count('already'), refused: count('refused') },
  }
}

function byOrder(judged: readonly Judged[]): Judged[][] {
  const groups = new Map<string, Judged[]>()
  for (const one of judged) groups.set(one.order!.id, [...(groups.get(one.order!.id) ?? []), one])
  return [...groups.values()]
}

/** Transactions side by side: most of each is waiting for the database's answers. */
const AT_ONCE = 4

async function sideBySide<T>(items: readonly T[], width: number, work: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values()
  const lane = async () => {
    for (const item of waiting) await work(item)
  }
  const ends = await Promise.allSettled(Array.from({ length: width }, lane))
  const failed = ends.find((end) => end.status === 'rejected')
  if (failed) throw failed.reason
}

/** Orders asked for in one request, of one shop each. */
const READ_AT_ONCE = 50

function chunksPerShop(groups: readonly Judged[][]): Judged[][][] {
  const shops = Map.groupBy(groups, (group) => group[0]!.order!.integrationId)
  return [...shops.values()].flatMap((of) =>
    Array.from({ length: Math.ceil(of.length / READ_AT_ONCE) }, (_, n) =>
      of.slice(n * READ_AT_ONCE, (n + 1) * READ_AT_ONCE),
    ),
  )
}

async function shipGroup(
  hub: Hub,
  workspaceId: string,
  group: readonly Judged[],
  options: TrackingFileOptions,
  shopUnread: boolean,
): Promise<[PreviewRow, AppliedRow][]> {
  const { order, checked } = group[0]!
  const input = { carrierName: checked!.carrierName, parcels: group.flatMap((one) => one.checked!.parcels) }
  try {
    const shipped = await shipOrder(hub, workspaceId, order!.id, input, {
      actor: options.actor ?? 'csv',
      shopWasRead: true,
    })
    const { shipmentId, writebackId } = shipped
    const outcome = shipped.already ? ('already' as const) : ('shipped' as const)
    return group.map(({ row }) => [
      row,
      { ...row, outcome, shipmentId, writebackId, ...(shopUnread ? { shopUnread: true as const } : {}) },
    ])
  } catch (thrown) {
    const error = asHubError(thrown)
    if (error.recovery !== 'fix-input') throw error // the database is gone: what was shipped stays, the rest can be applied again
    return group.map(({ row }) => [row, { ...row, ...refusal(error), outcome: 'refused' }])
  }
}

const refusal = (error: HubError): Pick<PreviewRow, 'outcome' | 'code' | 'params' | 'field'> => ({
  outcome: 'refused',
  code: error.code,
  params: error.params,
  field: error.field,
})

async function judge(
  hub: Hub,
  workspaceId: string,
  bytes: Uint8Array,
  options: TrackingFileOptions,
): Promise<Judged[]> {
  const rows = trackingRows(readTable(bytes))
  const numbers = [...new Set(rows.flatMap((row) => namesOf(row.order)))]
  const found = await findOrdersByNumber(hub.db, workspaceId, numbers, options.integrationId)
  const index = indexOf(found)
  const taken = new Map<string, { carrier: string; keys: Set<string> }>()
  return rows.map((row) => {
    const shown = {
      line: row.line,
      order: row.order,
      carrier: row.carrier,
      tracking: row.tracking,
      ...(row.url ? { url: row.url } : {}),
    }
    try {
      return judgeRow(row, shown, index, taken, options)
    } catch (thrown) {
      if (thrown instanceof HubError) return { row: { ...shown, ...refusal(thrown) } }
      throw thrown
    }
  })
}

/** « #1042 » is what a shop's mail calls order 1042. */
const namesOf = (typed: string): string[] => {
  const name = typed.trim()
  return name === '' ? [] : name.startsWith('#') ? [name, name.slice(1)] : [name, `#${name}`]
}

interface OrderIndex {
  byNumber: Map<string, NumberedOrder[]>
  byRemoteId: Map<string, NumberedOrder[]>
}

const indexOf = (orders: readonly NumberedOrder[]): OrderIndex => ({
  byNumber: Map.groupBy(orders, (order) => order.number),
  byRemoteId: Map.groupBy(orders, (order) => order.remoteId),
})

function judgeRow(
  row: TrackingRow,
  shown: Omit<PreviewRow, 'outcome'>,
  index: OrderIndex,
  taken: Map<string, { carrier: string; keys: Set<string> }>,
  options: TrackingFileOptions,
): Judged {
  const refuse = (code: RowCode, field: string, params: Record<string, string | number> = {}): Judged => ({
    row: { ...shown, outcome: 'refused', code, field, params },
  })
  if (row.unreadable) return refuse('row-unreadable', 'row')
  if (row.order === '') return refuse('order-missing', 'order')
  const carrierName = row.carrier || options.carrierName || ''
  if (carrierName === '') return refuse('carrier-missing', 'carrier')
  const checked = checkRow(row, carrierName)
  const candidates = findOrder(row.order, index)
  const chosen =
    candidates.length > 1 ? candidates.find((order) => order.id === options.choices?.[row.order]) : candidates[0]
  if (candidates.length === 0) return refuse('order-unknown', 'order', { number: row.order.slice(0, 60) })
  if (!chosen) {
    const judged = refuse('order-ambiguous', 'order', { number: row.order.slice(0, 60), count: candidates.length })
    return { row: { ...judged.row, choices: candidates.map(choiceOf) } }
  }

  const key = trackingKey(checked.parcels[0]!.tracking)
  const warnings = checked.warnings.length > 0 ? { warnings: checked.warnings } : {}
  const known = { ...shown, orderId: chosen.id, tracking: checked.parcels[0]!.tracking, ...warnings }
  const before = taken.get(chosen.id)
  if (chosen.keys.includes(key) || before?.keys.has(key)) return { row: { ...known, outcome: 'already' } }
  const reason = notShippable(chosen) ?? (chosen.left > 0 ? undefined : 'nothing-left')
  if (reason) {
    const params = { reason, number: chosen.number, status: chosen.statusRaw }
    return { row: { ...known, outcome: 'refused', code: 'order-not-shippable', field: 'order', params } }
  }
  if (before && before.carrier !== checked.carrierName) {
    const params = { number: chosen.number, first: before.carrier }
    return { row: { ...known, outcome: 'refused', code: 'carriers-differ', field: 'carrier', params } }
  }
  taken.set(chosen.id, { carrier: checked.carrierName, keys: new Set([...(before?.keys ?? []), key]) })
  return { row: { ...known, outcome: 'will-ship' }, order: chosen, checked }
}

/** The field of a refusal is the name of the column. */
function checkRow(row: TrackingRow, carrierName: string): CheckedParcels {
  try {
    return carrierOf('manual').check({ carrierName, parcels: [{ tracking: row.tracking, url: row.url }] })
  } catch (thrown) {
    if (!(thrown instanceof HubError) || thrown.field !== 'carrierName') throw thrown
    throw new HubError(thrown.code, thrown.message, { field: 'carrier', params: thrown.params })
  }
}

/** By number; only where no order has that number, by the shop's own id of it. */
function findOrder(typed: string, { byNumber, byRemoteId }: OrderIndex): NumberedOrder[] {
  const names = namesOf(typed)
  const numbered = names.flatMap((name) => byNumber.get(name) ?? [])
  return numbered.length > 0 ? numbered : names.flatMap((name) => byRemoteId.get(name) ?? [])
}

const choiceOf = (order: NumberedOrder): OrderChoice => ({
  orderId: order.id,
  integrationId: order.integrationId,
  integrationName: order.integrationName,
  placedAt: order.placedAt,
  ...(order.customer === undefined ? {} : { customer: order.customer }),
})
