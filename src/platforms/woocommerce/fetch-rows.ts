/** Orders by id: what a webhook, a person or the sweep pointed at. */
import type { Row, Unreadable } from '../../domain/platform.ts'
import type { Api, Params } from './api.ts'
import { mayBePoison } from './classify.ts'
import { listAnswer, pageOf, readRow } from './pull-orders.ts'

/**
 * Rows by id. Trashed orders and those of a status whose plugin went are in no list, but answer by id (seen): what a list
 * does not bring is asked for singly before it counts as missing. One that breaks the shop's answer while the shop shows
 * others is set aside; when it shows none, it is the shop that is in trouble.
 */
export async function fetchRows(
  api: Api,
  ids: string[],
  nonce: () => string,
): Promise<Map<string, Row | Unreadable | 'missing'>> {
  const found = new Map<string, Row | Unreadable | 'missing'>()
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
      found.set(id, await readOne(id))
    } catch (thrown) {
      if (!mayBePoison(thrown) || !(await answersOthers(id))) throw thrown
      // Not the shop as a whole: once more, in case it was a moment's weakness.
      const again = await readOne(id).catch((second: unknown) => {
        if (!mayBePoison(second)) throw second
        return breaksShop(id)
      })
      found.set(id, again)
    }
  }

  async function readOne(id: string): Promise<Row | Unreadable | 'missing'> {
    const answer = await api.get(`/wc/v3/orders/${id}`, {
      params: { _: nonce() },
      shape: 'object',
      purpose: 'orders',
    })
    if (answer.status === 404 && answer.error?.code !== 'rest_no_route') return 'missing'
    const row = readRow(listAnswer(answer).value, answer.text)
    if (row.remoteId === id) return row
    return { remoteId: id, reason: 'row-without-id', text: answer.text }
  }

  /** Another order, of which nothing but the id is asked. */
  function answersOthers(id: string): Promise<boolean> {
    const params: Params = { status: 'any', per_page: 1, exclude: id, _fields: 'id', _: nonce() }
    return api.get('/wc/v3/orders', { params, shape: 'list', purpose: 'orders' }).then(
      (answer) => answer.status < 400,
      () => false,
    )
  }
}

const breaksShop = (id: string): Unreadable => ({
  remoteId: id,
  reason: 'row-breaks-shop',
  text: JSON.stringify({ id: Number(id) }),
})
