/** Orders by id: what a webhook, a person or the sweep pointed at. */
import type { Row } from '../../domain/platform.ts'
import type { Api, Params } from './api.ts'
import { mayBePoison } from './classify.ts'
import { listAnswer, pageOf, readRow } from './pull-orders.ts'

/**
 * Rows by id. Trashed orders and those of a status whose plugin went are in no list, but answer by id (seen): what a list
 * does not bring is asked for singly before it counts as missing. An order that breaks the shop is in neither.
 */
export async function fetchRows(api: Api, ids: string[], nonce: () => string): Promise<Map<string, Row | 'missing'>> {
  const found = new Map<string, Row | 'missing'>()
  const wanted = [...new Set(ids)].filter((id) => /^[1-9]\d{0,18}$/.test(id))
  for (const id of ids) if (!wanted.includes(id)) found.set(id, 'missing')
  for (let at = 0; at < wanted.length; at += 50) await fetchChunk(wanted.slice(at, at + 50))
  return found

  async function fetchChunk(chunk: string[]): Promise<void> {
    if (chunk.length === 1) return fetchOne(chunk[0]!)
    try {
      const params: Params = {
        include: chunk.join(','),
        status: 'any',
        per_page: chunk.length,
        orderby: 'include',
        _: nonce(),
      }
      const page = pageOf(listAnswer(await api.get('/wc/v3/orders', { params, shape: 'list', purpose: 'orders' })))
      for (const row of page.rows) if (chunk.includes(row.remoteId)) found.set(row.remoteId, row)
    } catch (thrown) {
      if (!mayBePoison(thrown)) throw thrown
      const middle = Math.ceil(chunk.length / 2)
      await fetchChunk(chunk.slice(0, middle))
      return fetchChunk(chunk.slice(middle))
    }
    for (const id of chunk) if (!found.has(id)) await fetchOne(id)
  }

  async function fetchOne(id: string): Promise<void> {
    try {
      const answer = await api.get(`/wc/v3/orders/${id}`, {
        params: { _: nonce() },
        shape: 'object',
        purpose: 'orders',
      })
      if (answer.status === 404 && answer.error?.code !== 'rest_no_route') return void found.set(id, 'missing')
      const row = readRow(listAnswer(answer).value, answer.text)
      if (!('reason' in row) && row.remoteId === id) found.set(id, row)
    } catch (thrown) {
      if (!mayBePoison(thrown)) throw thrown
      const listed = await api
        .get(`/wc/v3/orders/${id}`, { params: { _fields: 'id', _: nonce() }, purpose: 'orders' })
        .catch(() => undefined)
      if (!listed) throw thrown // the shop as a whole is in trouble, not this order
    }
  }
}
