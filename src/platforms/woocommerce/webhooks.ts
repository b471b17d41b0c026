/**
 * WooCommerce's webhooks: hints to fetch, never data.
 *
 * A delivery is tried once; after seven failures in a row the shop switches the webhook off without a word, and one
 * switched on again keeps its count and falls at the next failure: so it is deleted and made anew (seen). On creation an
 * unsigned form POST `webhook_id=N` comes before the answer: a ping. `order.deleted` is sent when an order goes to the
 * trash. The shop decodes HTML entities in the secret before it signs, so ours is letters and digits only.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { HubError } from '../../domain/errors.ts'
import { parseShopJson } from '../../domain/json.ts'
import type { Connector, Delivery } from '../../domain/platform.ts'
import type { Api } from './api.ts'
import { dict, dicts, idText } from './odd-values.ts'
import { listAnswer } from './pull-orders.ts'

export const TOPICS = ['order.created', 'order.updated', 'order.deleted', 'order.restored'] as const
const PATH = '/wc/v3/webhooks'

export function webhooks(api: () => Api): NonNullable<Connector['webhooks']> {
  return {
    ensure: async ({ url, secret, known }) => {
      if (!/^[A-Za-z0-9]{16,}$/.test(secret))
        throw new HubError('internal', 'a webhook secret must be letters and digits only')
      const shop = api()
      const ours = (await all(shop)).filter((hook) => known.includes(hook.id) || hook.url === url)
      const remoteIds: string[] = []
      let remade = 0
      const surplus = new Set(ours.map((hook) => hook.id))
      for (const topic of TOPICS) {
        const good = ours.find((hook) => hook.topic === topic && hook.url === url && hook.status !== 'disabled')
        if (good) {
          surplus.delete(good.id)
          remoteIds.push(good.id)
          continue
        }
        const id = await create(shop, topic, url, secret)
        remoteIds.push(id)
        if (ours.some((hook) => hook.topic === topic)) remade++
      }
      for (const id of surplus) await removeOne(shop, id)
      return { remoteIds, remade }
    },

    remove: async (remoteIds, path) => {
      const shop = api()
      const ours = path === undefined ? [] : (await all(shop)).filter((hook) => hook.url.endsWith(path))
      for (const id of new Set([...remoteIds, ...ours.map((hook) => hook.id)])) await removeOne(shop, id)
    },
  }
}

interface Hook {
  id: string
  topic: string
  url: string
  status: string
}

async function all(api: Api): Promise<Hook[]> {
  const hooks: Hook[] = []
  for (let page = 1; page <= 20; page++) {
    const answer = listAnswer(
      await api.get(PATH, {
        params: { per_page: 100, page, _fields: 'id,status,topic,delivery_url' },
        shape: 'list',
        purpose: 'webhooks',
      }),
    )
    const rows = dicts(answer.value)
    for (const row of rows) {
      const id = idText(row.id)
      if (id !== undefined)
        hooks.push({ id, topic: String(row.topic), url: String(row.delivery_url), status: String(row.status) })
    }
    if (rows.length < 100) break
  }
  return hooks
}

async function create(api: Api, topic: string, url: string, secret: string): Promise<string> {
  const body = { name: `Passerelle ${topic}`, topic, delivery_url: url, secret }
  const answer = listAnswer(await api.post(PATH, body, { shape: 'object', purpose: 'webhooks' }))
  const id = idText(dict(answer.value).id)
  if (id === undefined)
    throw new HubError('response-malformed', 'the shop made a webhook without saying its id', {
      params: { status: answer.status, reason: 'shape' },
    })
  return id
}

/** Gone already is as good as deleted. */
async function removeOne(api: Api, id: string): Promise<void> {
  const answer = await api.remove(`${PATH}/${encodeURIComponent(id)}`, {
    params: { force: 'true' },
    purpose: 'webhooks',
  })
  if (answer.status >= 400 && answer.status !== 404) listAnswer(answer)
}

export function readDelivery(headers: Record<string, string>, body: Uint8Array, secret: string): Delivery {
  const header = (name: string) =>
    headers[name] ?? headers[Object.keys(headers).find((key) => key.toLowerCase() === name) ?? '']
  const given = header('x-wc-webhook-signature')
  if (given === undefined) {
    return body.byteLength < 100 && /^webhook_id=\d+$/.test(new TextDecoder().decode(body).trim())
      ? { kind: 'ping' }
      : { kind: 'refused', reason: 'signature-missing' }
  }
  const made = Buffer.from(createHmac('sha256', secret).update(body).digest('base64'))
  const claimed = Buffer.from(given.trim())
  if (made.length !== claimed.length || !timingSafeEqual(made, claimed))
    return { kind: 'refused', reason: 'signature-wrong' }
  const topic = header('x-wc-webhook-topic') ?? 'order.updated'
  if (!topic.startsWith('order.')) return { kind: 'refused', reason: 'topic-unknown' }
  const json = parseShopJson(body, { maxBytes: 4 * 1024 * 1024 })
  const id = json.ok ? idText(dict(json.value).id) : undefined
  return id === undefined ? { kind: 'refused', reason: 'body-unreadable' } : { kind: 'hint', remoteIds: [id] }
}
