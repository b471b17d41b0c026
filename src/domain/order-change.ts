/**
 * What a change in the shop means once goods may have left: a person has to look. Pure.
 *
 * Before anything was shipped no attention is needed: the order simply is not to ship any more.
 */
import type { Address, OrderStatus } from './order.ts'

/** One side of a change: an order as the hub knew it, or as the shop tells it now. */
export interface OrderFacts {
  status: OrderStatus
  gone?: 'trashed' | 'deleted'
  shipTo: Address
}

export const ATTENTION = [
  'cancelled-after-shipment',
  'refunded-after-shipment',
  'trashed-after-shipment',
  'address-changed-after-shipment',
] as const
export type Attention = (typeof ATTENTION)[number]

/**
 * The attention an order needs after a change.
 *
 * @param before undefined for an order seen for the first time
 * @param had the attention it needed until now; kept while its reason stands, or until a person has seen to it
 */
export function attentionAfter(
  before: OrderFacts | undefined,
  after: OrderFacts,
  shipped: boolean,
  had: Attention | undefined,
): Attention | undefined {
  if (!before || !shipped) return had && stands(had, after) ? had : undefined
  if (after.gone && !before.gone) return 'trashed-after-shipment'
  if (after.status === 'cancelled' && before.status !== 'cancelled' && !after.gone) return 'cancelled-after-shipment'
  if (after.status === 'refunded' && before.status !== 'refunded') return 'refunded-after-shipment'
  if (!sameAddress(before.shipTo, after.shipTo)) return 'address-changed-after-shipment'
  return had && stands(had, after) ? had : undefined
}

/** An order that was cancelled and is processing again needs no look for the cancellation. */
function stands(attention: Attention, after: OrderFacts): boolean {
  if (attention === 'trashed-after-shipment') return after.gone !== undefined
  if (attention === 'cancelled-after-shipment') return after.status === 'cancelled'
  if (attention === 'refunded-after-shipment') return after.status === 'refunded'
  return true
}

const PARTS = ['name', 'company', 'line1', 'line2', 'postcode', 'city', 'stateRaw', 'country'] as const

/** Where the parcel goes; a phone number or an e-mail changes nothing about that. */
export const sameAddress = (a: Address, b: Address): boolean =>
  PARTS.every((part) => (a[part] ?? '').trim().toLowerCase() === (b[part] ?? '').trim().toLowerCase())

/** May it be shipped now, as far as the shop says? */
export const isOpen = (status: OrderStatus): boolean => status === 'ready' || status === 'on-hold'
