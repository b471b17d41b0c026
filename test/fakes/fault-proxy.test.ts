/** The layer of troubles does what it says: to the caller, and to the shop behind it. */
import { gunzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { askRaw, headerOf } from '../contracts/raw-client.ts'
import type { FakeShop } from '../../src/platforms/woocommerce/fake-shop.ts'
import { startFakeShop } from '../../src/platforms/woocommerce/fake-shop.ts'
import type { FaultProxy } from './fault-proxy.ts'
import { startFaultProxy } from './fault-proxy.ts'

let shop: FakeShop
let proxy: FaultProxy
let id: number
beforeEach(async () => {
  shop = await startFakeShop({ clock: { now: () => Date.parse('2026-11-24T09:00:00Z') } })
  id = shop.placeOrder().id
  proxy = await startFaultProxy(shop.url)
})
afterEach(async () => {
  await proxy.close()
  await shop.close()
})

const KEY = `Basic ${Buffer.from(`ck_${'1'.repeat(40)}:cs_${'1'.repeat(40)}`).toString('base64')}`
const headers = () => ({ host: `127.0.0.1:${proxy.port}`, authorization: KEY, 'content-type': 'application/json' })
const read = () => askRaw({ port: proxy.port, method: 'GET', path: `/wp-json/wc/v3/orders/${id}`, headers: headers() })
const note = () =>
  askRaw({
    port: proxy.port,
    method: 'POST',
    path: `/wp-json/wc/v3/orders/${id}/notes`,
    headers: headers(),
    body: '{"note":"x","customer_note":true}',
  })

describe('without a fault', () => {
  test('the shop answers as itself, its addresses those of the proxy', async () => {
    const answer = await read()
    expect(answer).toMatchObject({ status: 200, incomplete: false })
    expect(JSON.parse(answer.body.toString())._links.self[0].href).toBe(`${proxy.url}/wp-json/wc/v3/orders/${id}`)
  })
})

describe('a connection that breaks', () => {
  test.each([
    ['before', 0],
    ['during', 1],
    ['after', 1],
  ] as const)('%s: the note is written %i times', async (when, written) => {
    proxy.on('POST', { kind: 'reset', when })
    const answer = await note()
    expect(answer.incomplete).toBe(true)
    expect(answer.status).toBe(when === 'during' ? 201 : 0)
    expect(shop.notesOf(id).filter((one) => one.customer)).toHaveLength(written)
    expect(shop.mails).toHaveLength(written)
  })

  test('an answer cut in the middle keeps its announced length', async () => {
    proxy.on('GET', { kind: 'cut', keep: 100 })
    const answer = await read()
    expect(answer).toMatchObject({ status: 200, incomplete: true })
    expect(answer.body).toHaveLength(100)
    expect(Number(headerOf(answer.headers, 'content-length'))).toBeGreaterThan(100)
  })

  test('compressed and cut: the bytes are complete, the gzip is not', async () => {
    proxy.on('GET', { kind: 'cut-gzip' })
    const answer = await read()
    expect(answer.incomplete).toBe(false)
    expect(() => gunzipSync(answer.body)).toThrow()
  })
})

describe('a shop that does not answer', () => {
  test.each([
    ['before', 0],
    ['after', 1],
  ] as const)('stalls %s the work: the note is written %i times', async (when, written) => {
    proxy.on('POST', { kind: 'stall', when })
    const asked = note()
    await Promise.race([asked, new Promise((resolve) => setTimeout(resolve, 150))])
    expect(shop.notesOf(id).filter((one) => one.customer)).toHaveLength(written)
    await proxy.close()
    expect(await asked).toMatchObject({ status: 0 })
    proxy = await startFaultProxy(shop.url)
  })
})

describe('answers of others', () => {
  test('429 with Retry-After, an HTML page, any answer: each as often as asked, then the shop again', async () => {
    proxy.on('GET', { kind: 'throttle', retryAfter: '30' }, 2)
    proxy.on('GET', { kind: 'html' })
    proxy.on('GET', { kind: 'answer', status: 418, body: 'teapot' })
    const answers = [await read(), await read(), await read(), await read(), await read()]
    expect(answers.map((answer) => answer.status)).toEqual([429, 429, 200, 418, 200])
    expect(headerOf(answers[0]!.headers, 'retry-after')).toBe('30')
    expect(headerOf(answers[2]!.headers, 'content-type')).toContain('text/html')
    expect(proxy.requests.map((request) => request.fault)).toEqual([
      'throttle',
      'throttle',
      'html',
      'answer',
      undefined,
    ])
    expect(shop.requests).toHaveLength(1)
  })

  test('only requests that match are touched', async () => {
    proxy.on(/^POST .*\/notes$/, { kind: 'answer', status: 504 })
    expect(await read()).toMatchObject({ status: 200 })
    expect(await note()).toMatchObject({ status: 504 })
    expect(await note()).toMatchObject({ status: 201 })
  })
})
