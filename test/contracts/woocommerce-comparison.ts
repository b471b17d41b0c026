/**
 * How an answer of the fake differs from the recorded one: status, headers, JSON to the last value, mails.
 *
 * Only what nothing determines may differ, and each such place is named here with its reason. The trap: one loose pattern
 * too many and the fake drifts from the shop without a test saying so.
 */
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import type { Recording } from '../../src/platforms/woocommerce/recordings/recordings.ts'
import { header } from '../../src/platforms/woocommerce/recordings/recordings.ts'
import { recordedBody } from '../fakes/fault-proxy.ts'
import type { Looseness } from './platform-contract.ts'
import { differencesOf } from './platform-contract.ts'
import type { RawAnswer } from './raw-client.ts'
import { headerOf } from './raw-client.ts'

/** Headers of the web server and of the connection; the rest is the shop's own and must agree. */
const NOT_COMPARED = /^(server|date|connection|keep-alive|transfer-encoding|content-length)$/i

/** Random, or counted by parts of the shop that the stories do not show. */
export const RANDOM: RegExp[] = [
  /(^|\.|\])meta_data\[\d+\]\.id$/,
  /(^|\.)order_key$/,
  /payment_url$/,
  // a product's companions are drawn by lot
  /related_ids/,
]

/** Values of single exchanges that nothing determines, and why. */
const ROWS = [/^\[\d+\]\.(id|status|date_modified_gmt)$/]
const noOrder = { values: ROWS, because: 'before 10.5 rows of one second come in no order at all' }

const LOOSE: Record<string, Looseness & { because: string }> = {
  'orders-ties-window-page-3-hpos-9.3': noOrder,
  'orders-ties-window-page-1-posts': noOrder,
  'orders-ties-window-page-2-posts': noOrder,
  'orders-ties-window-page-3-posts': noOrder,
  'orders-ties-1-posts': noOrder,
  'orders-ties-2-posts': noOrder,
  'orders-ties-3-posts': noOrder,
  'orders-ties-desc-posts': noOrder,
  'orders-head-posts': noOrder,
  'orders-sweep-projection-posts': { values: [/^\[\d+\]\./], because: noOrder.because },
  'refund-create-order-after': {
    values: [/^date_modified_gmt$/],
    because: 'the order was saved a second after its refund',
  },
  'orders-projection-lines-posts': { values: [/^\[\d+\]\.line_items/], because: 'nobody recorded these orders whole' },
  'webhook-delete-posts': { values: [/^date_modified(_gmt)?$/], because: 'the delivery before it came a second later' },
  'orders-page-1-posts-10.9': {
    values: [/date_(created|paid)(_gmt)?$/, /_lines\[\d+\]\.id$/],
    because: 'that shop was filled anew, in another order',
  },
}

const isHtml = (one: Recording): boolean => /text\/html/.test(header(one, 'content-type') ?? '')

export function answerDifferences(one: Recording, answer: RawAnswer): string[] {
  const found: string[] = []
  if (answer.status !== one.response.status)
    found.push(`status ${answer.status} instead of ${one.response.status}: ${answer.body.toString().slice(0, 300)}`)
  found.push(...headerDifferences(one, answer))
  if (isHtml(one)) return found
  const text = decoded(answer)
  if (one.response.json === undefined) {
    const want = recordedBody(one.response).toString()
    return text.toString() === want
      ? found
      : [...found, `body ${text.toString().slice(0, 80)} instead of ${want.slice(0, 80)}`]
  }
  let json: unknown
  try {
    json = JSON.parse(text.toString('utf8'))
  } catch {
    return [...found, `no JSON: ${text.toString().slice(0, 80)}`]
  }
  const loose = LOOSE[one.name]
  const rules = { values: [...RANDOM, ...(loose?.values ?? [])], ignored: loose?.ignored }
  return [...found, ...byteDifferences(one, answer), ...differencesOf(one.response.json, json, rules).slice(0, 8)]
}

/** Where the bytes were recorded too, PHP's escapes must be the same (`\/`, `\u00e9`). */
function byteDifferences(one: Recording, answer: RawAnswer): string[] {
  const { bodyBase64 } = one.response
  if (bodyBase64 === undefined || header(one, 'content-encoding') !== undefined) return []
  const [want, got] = [Buffer.from(bodyBase64, 'base64').toString(), answer.body.toString()]
  if (want === got) return []
  const at = [...want].findIndex((char, index) => char !== got[index])
  return [`byte ${at}: ${got.slice(at, at + 40)} instead of ${want.slice(at, at + 40)}`]
}

function decoded(answer: RawAnswer): Buffer {
  const encoding = headerOf(answer.headers, 'content-encoding')
  if (encoding === 'gzip') return gunzipSync(answer.body)
  return encoding === 'br' ? brotliDecompressSync(answer.body) : answer.body
}

function headerDifferences(one: Recording, answer: RawAnswer): string[] {
  const shown = (pairs: [string, string][]) =>
    new Map(pairs.filter(([name]) => !NOT_COMPARED.test(name)).map(([name, value]) => [name.toLowerCase(), value]))
  const [want, got] = [shown(one.response.headers), shown(answer.headers)]
  const names = new Set([...want.keys(), ...got.keys()])
  return [...names]
    .filter((name) => want.get(name) !== got.get(name))
    .map((name) => `header ${name}: ${got.get(name)} instead of ${want.get(name)}`)
}

/** The notes say which mails an exchange sent; nothing is said where nobody counted. */
export function mailDifferences(one: Recording, mails: { to: string; subject: string }[]): string[] {
  const counted = /mails sent: (\d+)(?: \((.*)\))?/.exec(one.note)
  if (!counted) return []
  const got = mails.map(({ to, subject }) => `to ${to}: ${subject}`).sort()
  if (got.length !== Number(counted[1])) return [`${got.length} mails (${got.join('; ')}) instead of ${counted[0]}`]
  const named = counted[2]?.split('; ').map((mail) => (mail.startsWith('to ') ? mail : `to customer: ${mail}`)) ?? []
  return differencesOf(named.sort(), got).map((what) => `mail ${what}`)
}
