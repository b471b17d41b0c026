/**
 * A shop without any tracking plugin: numbers go into order meta, where they can be read back and replaced, and into a
 * note. The order's status is not touched here: it would mail the customer.
 *
 * Our list is one meta of our own; the usual `_tracking_number`, `_tracking_provider`, `_tracking_url` beside it hold what
 * other plugins look for. The same key without an id is replaced by WooCommerce, null with its id removes it (seen): so
 * what staff or a plugin put under the usual keys is left alone, we touch only what is absent or what we wrote.
 */
import type { Notice } from '../../domain/shipment.ts'
import { sameTracking } from '../../domain/shipment.ts'
import type { Api } from './api.ts'
import { type Dict, dicts, metaOf, metaValue, plainText } from './odd-values.ts'
import { OUR_META } from './our-meta.ts'
import { sameCarrier, sameLink, type Writer } from './push-step.ts'

export interface TellResult {
  /** Read back as it should be. */
  ok: boolean
  readBack: unknown
}

export async function tellPlain(
  api: Api,
  orderId: string,
  meta: Dict[],
  notice: Notice,
  writer: Writer,
  readMeta: () => Promise<Dict[]>,
): Promise<TellResult> {
  if (isTold(meta, notice)) return { ok: true, readBack: shipmentsIn(meta) }
  const body = { meta_data: metaFor(meta, notice) }
  await writer.write({ name: 'meta', mails: false, sent: body }, () =>
    api.post(`/wc/v3/orders/${orderId}`, body, { params: { _fields: 'id,status,meta_data' }, purpose: 'write-back' }),
  )
  const now = await readMeta()
  return { ok: isTold(now, notice), readBack: shipmentsIn(now) }
}

const shipmentsIn = (meta: Dict[]): Dict[] => dicts(metaValue(meta, OUR_META))

function isTold(meta: Dict[], notice: Notice): boolean {
  const ours = shipmentsIn(meta).find((shipment) => shipment.id === notice.shipmentId)
  const told = dicts(ours?.parcels)
  if (notice.kind === 'voided') return ours === undefined
  return (
    sameCarrier(plainText(ours?.carrier), notice.carrierName) &&
    told.length === notice.parcels.length &&
    notice.parcels.every(({ tracking, url }) =>
      told.some(
        (parcel) => sameTracking(plainText(parcel.tracking), tracking) && sameLink(plainText(parcel.url), url ?? ''),
      ),
    )
  )
}

function metaFor(meta: Dict[], notice: Notice): Dict[] {
  const others = shipmentsIn(meta).filter((shipment) => shipment.id !== notice.shipmentId)
  const own: Dict = {
    id: notice.shipmentId,
    ref: notice.ownReference,
    carrier: notice.carrierName,
    parcels: notice.parcels.map(({ tracking, url }) => ({ tracking, ...(url ? { url } : {}) })),
    at: notice.shippedAt,
  }
  const all = notice.kind === 'voided' ? others : [...others, own]
  const given = usualOf(shipmentsIn(meta))
  const wanted = usualOf(all)
  const isFree = (key: UsualKey) => {
    const value = metaValue(meta, key)
    const isAbsent = value === undefined || value === null || value === ''
    return isAbsent || (given[key] !== '' && plainText(value) === given[key])
  }
  // Beside a number that is not ours our carrier and link would be wrong.
  const usual = USUAL_KEYS.filter((key) => isFree(key) && (wanted[key] === '' || isFree('_tracking_number')))
  return [
    set(meta, OUR_META, all.length === 0 ? null : all),
    ...usual.map((key) => set(meta, key, wanted[key] || null)),
  ].filter((entry): entry is Dict => entry !== undefined)
}

const USUAL_KEYS = ['_tracking_number', '_tracking_provider', '_tracking_url'] as const
type UsualKey = (typeof USUAL_KEYS)[number]

/** What our list comes to under the keys other plugins look for. */
function usualOf(shipments: Dict[]): Record<UsualKey, string> {
  const parcels = shipments.flatMap((shipment) =>
    dicts(shipment.parcels).map((parcel) => ({ ...parcel, carrier: shipment.carrier })),
  )
  const numbers = parcels.map((parcel) => plainText((parcel as Dict).tracking)).filter(Boolean)
  const carriers = [...new Set(parcels.map((parcel) => plainText(parcel.carrier)).filter(Boolean))]
  const urls = parcels.map((parcel) => plainText((parcel as Dict).url)).filter(Boolean)
  return {
    _tracking_number: numbers.join(', '),
    _tracking_provider: carriers.join(', '),
    _tracking_url: urls[0] ?? '',
  }
}

function set(meta: Dict[], key: string, value: unknown): Dict | undefined {
  if (value !== null) return { key, value }
  const existing = metaOf(meta, key)
  return existing === undefined ? undefined : { id: existing.id, key, value: null }
}
