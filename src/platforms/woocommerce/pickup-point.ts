/**
 * Where a parcel waits for its receiver, in the forms plugins are known to leave in orders: Sendcloud's service point
 * (order meta, object or JSON text), `service_point` of a shipping line, and the local pickup of the block checkout
 * (`pickup_location`, `pickup_address`). Seen, or named by those plugins' source. The record itself is kept whole.
 */
import type { PickupPoint } from '../../domain/order.ts'
import { type Dict, dict, dicts, idText, metaValue, oneLine } from './odd-values.ts'

const ORDER_KEYS = [
  'sendcloudshipping_v2_service_point',
  'sendcloudshipping_service_point_meta',
  '_sendcloud_service_point',
  '_service_point',
  'service_point',
  '_pickup_point',
  'pickup_point',
]
const LINE_KEYS = ['service_point', 'pickup_point', '_service_point', '_pickup_point']

export const isLocalPickup = (line: Dict): boolean =>
  line.method_id === 'local_pickup' || line.method_id === 'pickup_location'

export function pickupPointOf(shippingLines: Dict[], orderMeta: Dict[]): PickupPoint | undefined {
  for (const key of ORDER_KEYS) {
    const point = read(metaValue(orderMeta, key))
    if (point) return point
  }
  for (const line of shippingLines) {
    const meta = dicts(line.meta_data)
    for (const key of LINE_KEYS) {
      const point = read(metaValue(meta, key), oneLine(line.method_title))
      if (point) return point
    }
    const name = oneLine(metaValue(meta, 'pickup_location'))
    const address = oneLine(metaValue(meta, 'pickup_address'))
    if (isLocalPickup(line) && (name || address)) {
      return {
        name: name || undefined,
        ...(address ? { address: { line1: address } } : {}),
        raw: { pickup_location: name, pickup_address: address },
      }
    }
  }
  return undefined
}

function read(value: unknown, carrierTitle = ''): PickupPoint | undefined {
  let raw = value
  if (typeof raw === 'string' && /^\s*\{/.test(raw) && raw.length < 20_000) {
    try {
      raw = JSON.parse(raw)
    } catch {
      return undefined
    }
  }
  const point = dict(raw)
  const id = idText(point.id)
  if (id === undefined) return undefined
  // Sendcloud's older form: {id, extra: "name|street|postcode city|…"}
  const [extraName, extraStreet, extraTown] = oneLine(point.extra)
    .split('|')
    .map((part) => part.trim())
  const town = /^(\S*\d\S*)\s+(.+)$/.exec(extraTown ?? '')
  const street = [oneLine(point.street), oneLine(point.house_number)].filter(Boolean).join(' ')
  const address = {
    line1: street || extraStreet || undefined,
    postcode: oneLine(point.postal_code ?? point.postcode) || town?.[1],
    city: oneLine(point.city) || town?.[2],
    country: /^[A-Z]{2}$/.test(oneLine(point.country)) ? oneLine(point.country) : undefined,
  }
  return {
    carrier: oneLine(point.carrier) || carrierTitle || undefined,
    id,
    name: oneLine(point.name) || extraName || undefined,
    ...(Object.values(address).some(Boolean) ? { address } : {}),
    raw: point,
  }
}
