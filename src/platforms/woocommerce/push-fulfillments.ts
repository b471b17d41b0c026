/**
 * WooCommerce's own fulfillments (since 10.1, behind a feature that is off by default): the only core way that knows which
 * lines left.
 *
 * Seen: ids and quantities must be JSON integers; more than ordered and lines of other orders are accepted; an update
 * deletes every meta it leaves out and is refused without items; the mail goes out only with `notify_customer`, which we
 * never send: who tells the customer is decided elsewhere. A shipment of several parcels is one fulfillment with all
 * numbers, because one without items cannot be made.
 */
import type { Notice } from '../../domain/shipment.ts'
import { sameTracking } from '../../domain/shipment.ts'
import type { Api } from './api.ts'
import { type Dict, dict, dicts, metaValue, plainText } from './odd-values.ts'
import { OUR_FULFILLMENT_META } from './our-meta.ts'
import { listAnswer } from './pull-orders.ts'
import type { TellResult } from './push-plain.ts'
import { sameCarrier, sameLink, type Writer } from './push-step.ts'

interface Fulfillment {
  id: string
  numbers: string[]
  ours: boolean
  meta: Dict[]
}

/** @returns undefined when the feature is off, or the shipment names no line of the order */
export async function tellFulfillments(
  api: Api,
  orderId: string,
  notice: Notice,
  writer: Writer,
): Promise<TellResult | undefined> {
  const path = `/wc/v3/orders/${orderId}/fulfillments`
  const read = async (): Promise<Fulfillment[] | undefined> => {
    const answer = await api.get(path, { purpose: 'write-back' })
    if (answer.error?.code === 'rest_no_route') return undefined
    return dicts(listAnswer(answer).value).flatMap((row) =>
      row.date_deleted ? [] : [toFulfillment(row, notice.shipmentId)],
    )
  }
  const items = notice.lines.flatMap(({ lineRemoteId, quantity }) => {
    const id = Number(lineRemoteId)
    const count = Math.ceil(Number(quantity))
    return Number.isSafeInteger(id) && id > 0 && count > 0 ? [{ item_id: id, qty: count }] : []
  })
  let told = await read()
  if (!told || (items.length === 0 && notice.kind !== 'voided')) return undefined

  const matches = (fulfillment: Fulfillment, parcels: Notice['parcels']) =>
    parcels.length > 0 &&
    parcels.every(({ tracking }) => fulfillment.numbers.some((number) => sameTracking(number, tracking)))
  const step = `tracking:${notice.parcels.map(({ tracking }) => tracking).join(',')}`.slice(0, 200)
  const wanted = ours(notice)
  // What the shop took and shows in a form of its own is not written for ever.
  const taken = showsSame(dicts(dict(writer.taken(step)).meta_data), wanted)
  const isRight = (fulfillment: Fulfillment) => {
    if (!matches(fulfillment, notice.parcels)) return false
    // One that the shop's staff made before we told anything is theirs.
    if (!fulfillment.ours && notice.kind !== 'corrected') return true
    return fulfillment.numbers.length === notice.parcels.length && (taken || showsSame(fulfillment.meta, wanted))
  }
  const mine =
    told.find((fulfillment) => fulfillment.ours) ??
    told.find((fulfillment) => matches(fulfillment, notice.withdrawn) || matches(fulfillment, notice.parcels))

  if (notice.kind === 'voided') {
    if (mine) {
      await writer.write({ name: `remove:${mine.id}`, mails: false, sent: { id: mine.id } }, async () => {
        const answer = await api.remove(`${path}/${mine.id}`, { purpose: 'write-back' })
        return answer.status === 404 || answer.error?.code === '404' ? { ...answer, status: 200 } : answer
      })
      told = (await read()) ?? []
    }
    const gone = !told.some((fulfillment) => fulfillment.ours || matches(fulfillment, notice.withdrawn))
    return { ok: gone, readBack: told }
  }

  if (!told.some(isRight)) {
    const body = bodyOf(wanted, items, mine)
    await writer.write({ name: step, mails: false, sent: body }, () =>
      api.post(mine ? `${path}/${mine.id}` : path, body, { purpose: 'write-back' }),
    )
    told = (await read()) ?? []
  }
  return { ok: told.some(isRight), readBack: told }
}

function toFulfillment(row: Dict, shipmentId: string): Fulfillment {
  const meta = dicts(row.meta_data)
  return {
    id: plainText(row.id),
    numbers: plainText(metaValue(meta, '_tracking_number'))
      .split(/\s*,\s*/)
      .filter(Boolean),
    ours: metaValue(meta, OUR_FULFILLMENT_META) === shipmentId,
    meta,
  }
}

/** The meta we write; of several links the first, there is room for one. */
function ours(notice: Notice): Dict[] {
  const url = notice.parcels.find((parcel) => parcel.url)?.url
  return [
    { key: '_tracking_number', value: notice.parcels.map(({ tracking }) => tracking).join(', ') },
    { key: '_shipment_provider', value: notice.carrierCode ?? notice.carrierName },
    ...(url ? [{ key: '_tracking_url', value: url }] : []),
    { key: OUR_FULFILLMENT_META, value: notice.shipmentId },
  ]
}

/** The numbers are compared elsewhere. */
function showsSame(meta: Dict[], wanted: Dict[]): boolean {
  const text = (list: Dict[], key: string) => plainText(metaValue(list, key))
  return (
    sameCarrier(text(meta, '_shipment_provider'), text(wanted, '_shipment_provider')) &&
    sameLink(text(meta, '_tracking_url'), text(wanted, '_tracking_url'))
  )
}

const OURS = ['_items', '_tracking_number', '_shipment_provider', '_tracking_url', OUR_FULFILLMENT_META]

/** An update deletes every meta it leaves out (seen): what others keep there is sent along. */
function bodyOf(wanted: Dict[], items: { item_id: number; qty: number }[], before: Fulfillment | undefined): Dict {
  const others = (before?.meta ?? []).filter(({ key }) => !OURS.includes(String(key)))
  return {
    status: 'fulfilled',
    is_fulfilled: true,
    meta_data: [{ key: '_items', value: items }, ...wanted, ...others.map(({ key, value }) => ({ key, value }))],
  }
}
