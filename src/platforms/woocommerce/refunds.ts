/**
 * The refunds of listed orders: the order names them, only they know which pieces came back. Several orders' refunds
 * come in one call of the global list (since 9.0; it carries `parent_id`), else order by order.
 */
import { HubError } from '../../domain/errors.ts'
import type { Mapped, Row, Unreadable } from '../../domain/platform.ts'
import type { Api } from './api.ts'
import { mayBePoison } from './classify.ts'
import { dict, dicts, idText } from './odd-values.ts'
import { listAnswer, reparse } from './pull-orders.ts'
import { isAtLeast, type Shop } from './shop.ts'
import { toOrder } from './to-order.ts'

/** What is kept beside a row so that it can be mapped again without the shop. */
interface Extra {
  refunds: unknown[]
}

export const refundsIn = (extra: unknown): unknown[] | undefined => {
  const refunds = dict(extra).refunds
  return Array.isArray(refunds) ? refunds : undefined
}

const FIELDS = 'id,parent_id,amount,reason,line_items'
const CHUNK = 100

export async function complete(
  api: Api,
  shop: Shop,
  rows: Row[],
): Promise<{ mapped: Mapped[]; unreadable: Unreadable[]; requests: number }> {
  const asked = api.requests
  const parsed = rows.map((row) => ({ row, value: dict(row.value ?? reparse(row.text)) }))
  const refunded = parsed.filter(({ value }) => dicts(value.refunds).length > 0)
  const found = await fetchRefunds(
    api,
    shop,
    refunded.map(({ row, value }) => ({
      orderId: row.remoteId,
      ids: dicts(value.refunds).flatMap(({ id }) => idText(id) ?? []),
    })),
  )

  const mapped: Mapped[] = []
  const unreadable: Unreadable[] = []
  for (const { row, value } of parsed) {
    const refunds = found.get(row.remoteId)
    const order = toOrder(value, refunds ?? undefined)
    if (order.remoteId === '') {
      unreadable.push({ remoteId: row.remoteId, reason: 'row-without-id', text: row.text })
      continue
    }
    if (refunds === null) order.issues.push({ code: 'refunds-unreadable', field: 'refunds' })
    const extra: Extra | undefined = refunds ? { refunds } : undefined
    mapped.push({ order, row, ...(extra ? { extra } : {}) })
  }
  return { mapped, unreadable, requests: api.requests - asked }
}

/** null: the shop breaks on the refunds of this order. */
async function fetchRefunds(
  api: Api,
  shop: Shop,
  wanted: { orderId: string; ids: string[] }[],
): Promise<Map<string, unknown[] | null>> {
  const found = new Map<string, unknown[] | null>()
  let single = wanted
  if (wanted.length > 1 && isAtLeast(shop.version, 9, 0)) {
    const all = await fetchGlobally(
      api,
      wanted.flatMap(({ ids }) => ids),
    )
    if (all) {
      for (const { orderId, ids } of wanted) {
        const own = all.filter((refund) => idText(refund.parent_id) === orderId)
        if (own.length === ids.length) found.set(orderId, own)
      }
      single = wanted.filter(({ orderId }) => !found.has(orderId))
    }
  }
  for (const { orderId } of single) found.set(orderId, await fetchOf(api, orderId))
  return found
}

async function fetchGlobally(api: Api, ids: string[]): Promise<Record<string, unknown>[] | undefined> {
  const all: Record<string, unknown>[] = []
  try {
    for (let at = 0; at < ids.length; at += CHUNK) {
      const chunk = ids.slice(at, at + CHUNK)
      const answer = await api.get('/wc/v3/refunds', {
        params: { include: chunk.join(','), per_page: chunk.length, _fields: FIELDS },
        shape: 'list',
        purpose: 'orders',
      })
      if (answer.status >= 400) return undefined
      all.push(...dicts(answer.value))
    }
    return all
  } catch (thrown) {
    if (thrown instanceof HubError && (thrown.code === 'permission-missing' || mayBePoison(thrown))) return undefined
    throw thrown
  }
}

async function fetchOf(api: Api, orderId: string): Promise<unknown[] | null> {
  try {
    const answer = await api.get(`/wc/v3/orders/${orderId}/refunds`, {
      params: { per_page: 100, _fields: FIELDS },
      shape: 'list',
      purpose: 'orders',
    })
    // Gone meanwhile; an unknown order answers an empty list (seen).
    return answer.status === 404 ? [] : (listAnswer(answer).value as unknown[])
  } catch (thrown) {
    if (mayBePoison(thrown)) return null
    throw thrown
  }
}
