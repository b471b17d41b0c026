/** All ids of a shop, cheaply: what was deleted for good, what a cursor could not see. */
import type { PullOptions, SweepPage } from '../../domain/platform.ts'
import type { Api } from './api.ts'
import { maybe, MOST_ROWS, size } from './pull-orders.ts'
import { type IdWalk, type List, stepById } from './walk.ts'

interface SweepCursor {
  v: 1
  walk: IdWalk
  highest?: string
}

const SWEEP_FIELDS = 'id,status,date_modified_gmt'

/** All ids, a hundred a page and a few bytes each. Ids above the bound may have come after the sweep began. */
export async function sweepOrders(api: Api, list: List, saved: unknown, options: PullOptions): Promise<SweepPage> {
  const asked = api.requests
  const cursor = sweepCursor(saved) ?? { v: 1, walk: { filter: { status: 'any', _fields: SWEEP_FIELDS } } }
  const { page, walk } = await stepById(list, cursor.walk, options.pageSize < 25 ? size(options) : MOST_ROWS)
  const highest = page.stamps.reduce<string | undefined>(
    (most, { id }) => (most === undefined || isAbove(id, most) ? id : most),
    cursor.highest,
  )
  const bound = walk ? undefined : await sweptUpTo(list, highest)
  return {
    present: page.rows.map(({ remoteId, modifiedRaw, value }) => ({
      remoteId,
      statusRaw: String((value as { status?: unknown }).status ?? ''),
      modifiedRaw,
    })),
    cursor: walk ? { v: 1, walk, ...maybe('highest', highest) } : undefined,
    more: walk !== undefined,
    requests: api.requests - asked,
    ...maybe('completeUpTo', bound),
  }
}

/**
 * Up to which id the sweep proves what is gone. Ids only grow: if the highest id is still the one the sweep saw, nothing
 * came meanwhile, and higher ids the hub may know (the newest orders, deleted) are gone as well.
 */
async function sweptUpTo(list: List, highest: string | undefined): Promise<string> {
  const newest = await list({ status: 'any', orderby: 'id', order: 'desc', per_page: 1, _fields: SWEEP_FIELDS })
  const now = newest.stamps[0]?.id
  return now === undefined || now === highest ? ANY_ID : (highest ?? '0')
}

const ANY_ID = '9'.repeat(18)

const isAbove = (a: string, b: string): boolean => a.length > b.length || (a.length === b.length && a > b)

const sweepCursor = (saved: unknown): SweepCursor | undefined => {
  const cursor = saved as SweepCursor | null | undefined
  return cursor && typeof cursor === 'object' && cursor.v === 1 && typeof cursor.walk === 'object' ? cursor : undefined
}
