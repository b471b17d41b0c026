/** The connector against the fake shop, over HTTP: what comes in, in which order, and what survives odd shops. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fakeClock, type FakeClock } from '../../../test/fakes/clock.ts'
import { HubError } from '../../domain/errors.ts'
import type { Connector, Row } from '../../domain/platform.ts'
import { woocommerce } from './connect.ts'
import { type FakeShop, type FakeShopOptions, startFakeShop } from './fake-shop.ts'
import { type Loopback, loopback } from './loopback.ts'

const URL_HTTPS = 'https://boutique.example'
const LOGIN = { key: `ck_${'1'.repeat(40)}`, secret: `cs_${'1'.repeat(40)}` }

let shop: FakeShop
let http: Loopback
let clock: FakeClock
let connector: Connector

async function open(options: Partial<FakeShopOptions> = {}) {
  clock = fakeClock('2026-11-24T13:40:00.000Z')
  shop = await startFakeShop({ clock, seed: 'recorded', ...options })
  http = loopback(shop.port)
  const { shop: found } = await woocommerce.tryLogin(http, { url: URL_HTTPS, login: LOGIN, queryKeys: false, clock })
  http.sent = []
  connector = woocommerce.connect({
    http,
    clock,
    url: URL_HTTPS,
    login: LOGIN,
    shop: JSON.parse(JSON.stringify(found)),
  })
}
afterEach(() => shop.close())

type Pass = 'pullChanged' | 'pullBackfill' | 'pullRemoved'

async function drain(pass: Pass, cursor: unknown, options: { pageSize: number; since?: string } = { pageSize: 50 }) {
  const rows: Row[] = []
  const unreadable: { remoteId?: string; reason: string }[] = []
  for (let left = 500; left > 0; left--) {
    const page = await connector[pass]!(cursor, options)
    rows.push(...page.rows)
    unreadable.push(...page.unreadable)
    cursor = JSON.parse(JSON.stringify(page.cursor))
    if (!page.more) return { rows, unreadable, cursor, ids: rows.map((row) => Number(row.remoteId)) }
  }
  throw new Error('the walk does not end')
}
const listed = (status = 'any') =>
  [...shop.state.orders.values()]
    .filter((order) => (status === 'any' ? shop.state.liveStatuses().has(order.status) : order.status === status))
    .map(({ id }) => id)
const inOrder = (ids: number[]) => [...new Set(ids)].sort((a, b) => a - b)

describe.each([
  ['10.9.1, HPOS', { version: '10.9.1', storage: 'hpos' }],
  ['10.9.1, posts', { version: '10.9.1', storage: 'posts' }],
  ['9.3.2, HPOS', { version: '9.3.2', storage: 'hpos' }],
  ['9.3.2, posts', { version: '9.3.2', storage: 'posts' }],
] as const)('orders of a shop on WooCommerce %s', (_, options) => {
  beforeEach(() => open(options))

  test('the first import brings every order once, 130 of them changed in one second', async () => {
    const { ids } = await drain('pullBackfill', undefined, { pageSize: 20 })

    expect(inOrder(ids)).toEqual(inOrder(listed()))
  })

  test('what changes after connecting comes by the live pass, more in one second than a page holds', async () => {
    const { cursor } = await drain('pullChanged', undefined)
    await clock.advance(3_600_000)
    const ids = listed().slice(0, 60)
    shop.bulkEdit(ids, { customer_note: 'vite' })
    await clock.advance(5_000)
    const { id } = shop.placeOrder()

    const changed = await drain('pullChanged', cursor, { pageSize: 10 })

    expect(changed.ids).toEqual(expect.arrayContaining([...ids, id]))
  })

  test('an order edited between two pages is not skipped', async () => {
    const start = { v: 1, from: '2026-11-18T00:00:00' }
    const first = await connector.pullChanged(start, { pageSize: 5 })
    await clock.advance(1_000)
    shop.editOrder(Number(first.rows[1]!.remoteId), { customer_note: 'modifiée' })

    const rest = await drain('pullChanged', first.cursor, { pageSize: 5 })

    expect(inOrder([...first.rows.map((row) => Number(row.remoteId)), ...rest.ids])).toEqual(inOrder(listed()))
  })

  test('an idle shop is asked for its head and nothing else', async () => {
    let { cursor } = await drain('pullChanged', undefined)
    await clock.advance(3_600_000)
    cursor = (await drain('pullChanged', cursor)).cursor
    http.sent = []

    const page = await connector.pullChanged(cursor, { pageSize: 50 })

    expect(page).toMatchObject({ rows: [], more: false, requests: 1 })
    expect(http.sent).toHaveLength(1)
  })

  test('a late commit inside the overlap is found', async () => {
    let { cursor } = await drain('pullChanged', undefined)
    await clock.advance(3_600_000)
    const id = listed()[3]!
    shop.lateCommit({ id, patch: { customer_note: 'tard' } }, 60_000)
    await clock.advance(10_000)
    shop.placeOrder()
    cursor = (await drain('pullChanged', cursor)).cursor
    await clock.advance(120_000)

    const after = await drain('pullChanged', cursor)

    expect(after.ids).toContain(id)
  })

  test('the sweep tells every id, and what is not there is gone', async () => {
    const gone = listed().at(-1)!
    shop.deleteOrder(gone)
    let cursor: unknown
    const present: string[] = []
    let bound: string | undefined
    for (let more = true; more;) {
      const page = await connector.sweep(cursor, { pageSize: 50 })
      present.push(...page.present.map((row) => row.remoteId))
      ;({ cursor, more } = page)
      bound = page.completeUpTo
    }

    expect(inOrder(present.map(Number))).toEqual(inOrder(listed()))
    expect(Number(bound)).toBeGreaterThan(gone)
  })
})

describe('orders', () => {
  beforeEach(() => open())

  test('trashed orders come by their own pass', async () => {
    const { cursor } = await drain('pullRemoved', undefined)
    await clock.advance(60_000)
    const id = listed()[0]!
    shop.trashOrder(id)

    const { rows } = await drain('pullRemoved', cursor)

    expect(rows.map((row) => row.remoteId)).toContain(String(id))
    expect(woocommerce.remap({ text: rows.find((row) => row.remoteId === String(id))!.text }, {}).status).toBe(
      'cancelled',
    )
  })

  test('a shop that changed its zone is noticed within a day, and a day is read again', async () => {
    let { cursor } = await drain('pullChanged', undefined)
    shop.setZone('America/New_York')
    await clock.advance(25 * 3_600_000)
    shop.placeOrder()

    const { rows, cursor: after } = await drain('pullChanged', cursor)
    ;({ cursor } = await drain('pullChanged', after))

    expect(cursor).toMatchObject({ zone: 'America/New_York' })
    expect(rows.length).toBeGreaterThan(1)
  })

  test('by id: trashed ones come, deleted ones are missing', async () => {
    const [trashed, deleted, alive] = listed() as [number, number, number]
    shop.trashOrder(trashed)
    shop.deleteOrder(deleted)

    const rows = await connector.getRows([trashed, deleted, alive].map(String))

    expect([...rows].map(([id, row]) => [Number(id), row === 'missing' ? row : 'row'])).toEqual(
      expect.arrayContaining([
        [trashed, 'row'],
        [deleted, 'missing'],
        [alive, 'row'],
      ]),
    )
  })

  test('since limits by the date of the order, but open orders come at any age', async () => {
    await clock.advance(40 * 86_400_000)
    const fresh = shop.placeOrder({ status: 'completed' }).id

    const { ids } = await drain('pullBackfill', undefined, { pageSize: 50, since: '2026-12-20T00:00:00.000Z' })

    const open = [...shop.state.orders.values()]
      .filter((order) => ['processing', 'on-hold', 'pending'].includes(order.status))
      .map(({ id }) => id)
    expect(inOrder(ids)).toEqual(inOrder([...open, fresh]))
  })

  test('an order of a status whose plugin went stays readable by id', async () => {
    shop.addCustomStatus('preparing', 'En préparation')
    const { id } = shop.placeOrder({ status: 'preparing' })
    shop.removeStatusPlugin('preparing')

    const row = (await connector.getRows([String(id)])).get(String(id)) as Row

    expect(woocommerce.remap({ text: row.text }, {})).toMatchObject({ status: 'unknown', statusRaw: 'preparing' })
  })

  test('an order that breaks the shop’s answer is set aside at a page of one, and the walk goes on', async () => {
    const poison = listed()[5]!
    http.intercept = async (sent, pass) => {
      if (!/\/orders\?/.test(sent.url) || /_fields=/.test(sent.url)) return undefined
      const answer = await pass()
      const holds = (JSON.parse(new TextDecoder().decode(answer.body)) as { id: number }[]).some(
        ({ id }) => id === poison,
      )
      return holds
        ? {
            ...answer,
            status: 500,
            body: Buffer.from(
              '{"code":"internal_server_error","message":"<p>There has been a critical error</p>","data":{"status":500}}',
            ),
          }
        : answer
    }

    await expect(connector.pullChanged({ v: 1, from: '2026-11-18T00:00:00' }, { pageSize: 50 })).rejects.toMatchObject({
      code: 'shop-error',
    })
    const { ids, unreadable } = await drain('pullChanged', { v: 1, from: '2026-11-18T00:00:00' }, { pageSize: 1 })

    expect(unreadable).toContainEqual(expect.objectContaining({ remoteId: String(poison), reason: 'row-breaks-shop' }))
    expect(inOrder([...ids, poison])).toEqual(inOrder(listed()))
  })

  test('every row is kept exactly as the shop sent it', async () => {
    let body = ''
    http.intercept = async (_, pass) => {
      const answer = await pass()
      body = new TextDecoder().decode(answer.body)
      return answer
    }

    const rows = await connector.getRows(listed().slice(0, 2).map(String))

    for (const row of rows.values()) expect(body).toContain((row as Row).text)
  })

  test('refunded pieces are fetched and counted by line', async () => {
    const rows = [...(await connector.getRows(['67', '69', '72'])).values()] as Row[]

    const { mapped, requests } = await connector.complete(rows)

    const refunded = Object.fromEntries(
      mapped.map(({ order }) => [order.remoteId, order.lines.map((line) => line.refunded)]),
    )
    expect(refunded).toEqual({ 67: ['1', '0', '0'], 69: ['2', '1'], 72: ['2', '1'] })
    expect(requests).toBe(1)
    expect(woocommerce.remap({ text: mapped[0]!.row.text, extra: mapped[0]!.extra }, {})).toEqual(mapped[0]!.order)
  })

  test('a shop without the global list of refunds is asked order by order', async () => {
    await shop.close()
    await open({ version: '8.2.0', storage: 'posts' })
    const rows = [...(await connector.getRows(['67', '69'])).values()] as Row[]

    const { mapped } = await connector.complete(rows)

    expect(mapped.map(({ order }) => order.lines.map((line) => line.refunded))).toEqual([
      ['1', '0', '0'],
      ['2', '1'],
    ])
  })

  test('an answer of PHP warnings without any header is still read, a home page never', async () => {
    http.intercept = async (_, pass) => {
      const answer = await pass()
      const warned = Buffer.concat([
        Buffer.from(
          '<br />\n<b>Warning</b>:  Undefined array key "x[0]" in <b>/var/www/p.php</b> on line <b>3</b><br />\n',
        ),
        answer.body,
      ])
      return {
        ...answer,
        status: 200,
        headers: { 'content-type': 'text/html', date: answer.headers.date! },
        body: warned,
      }
    }
    const { ids } = await drain('pullChanged', { v: 1, from: '2026-11-18T00:00:00' }, { pageSize: 100 })
    http.intercept = async (_, pass) => ({
      ...(await pass()),
      status: 200,
      headers: { 'content-type': 'text/html' },
      body: Buffer.from('<!DOCTYPE html><html>[]</html>'),
    })

    expect(inOrder(ids)).toEqual(inOrder(listed()))
    await expect(connector.pullChanged({ v: 1, from: '2026-11-18T00:00:00' }, { pageSize: 100 })).rejects.toMatchObject(
      { code: 'response-malformed' },
    )
  })

  test('rows without id or date and ids told twice lose nothing else', async () => {
    http.intercept = async (sent, pass) => {
      if (!/\/orders\?/.test(sent.url) || /_fields=/.test(sent.url)) return undefined
      const answer = await pass()
      const rows = JSON.parse(new TextDecoder().decode(answer.body)) as Record<string, unknown>[]
      if (rows.length < 3) return answer
      const odd = [
        null,
        'texte',
        { id: 0, status: 'processing' },
        { status: 'processing' },
        { id: 999_001, date_modified_gmt: '' },
        rows[0],
        ...rows,
      ]
      return { ...answer, body: Buffer.from(JSON.stringify(odd)) }
    }

    const { ids, unreadable } = await drain('pullChanged', { v: 1, from: '2026-11-18T00:00:00' }, { pageSize: 100 })

    expect(inOrder(ids)).toEqual(inOrder(listed()))
    expect(unreadable.map(({ reason }) => reason)).toEqual(
      expect.arrayContaining(['row-not-an-object', 'row-without-id', 'row-without-date']),
    )
  })

  test('a list refused by the shop is an error, not an empty page', async () => {
    http.intercept = async (_, pass) => ({
      ...(await pass()),
      status: 400,
      body: Buffer.from('{"code":"rest_invalid_param","message":"Invalid parameter(s): status","data":{"status":400}}'),
    })

    await expect(connector.pullChanged(undefined, { pageSize: 50 })).rejects.toBeInstanceOf(HubError)
  })
})

describe('products', () => {
  test.each([['10.9.1'], ['9.3.2']])(
    'weights, sizes and customs data come in the hub’s units; unknown ones are remembered as missing (%s)',
    async (version) => {
      await open({ version })

      const { products } = await connector.getProducts(['11/', '20/21', '20/23', '19/', '999999/', '13/'])

      const byKey = Object.fromEntries(
        products.map((product) => [`${product.remoteId}/${product.variantRemoteId ?? ''}`, product]),
      )
      expect(byKey['11/']).toMatchObject({ sku: 'TASSE-01', weightMg: 350_000, requiresShipping: true })
      expect(byKey['20/23']).toMatchObject({ weightMg: 320_000, lengthMm: 350, hsCode: '61099020', origin: 'IN' })
      expect(byKey['20/21']?.weightMg).toBeGreaterThan(0)
      expect(byKey['13/']).toMatchObject({ requiresShipping: false })
      expect([byKey['19/'], byKey['999999/']]).toEqual([
        expect.objectContaining({ missing: true }),
        expect.objectContaining({ missing: true }),
      ])
    },
  )

  test('pounds and inches', async () => {
    await open({ weightUnit: 'lbs', dimensionUnit: 'in' })

    const { products } = await connector.getProducts(['11/'])

    expect(products[0]?.weightMg).toBe(Math.round(0.35 * 453_592.37))
  })

  test('changed products are followed, with their variations', async () => {
    await open()
    let { cursor } = await connector.pullProducts(undefined, { pageSize: 50 })
    await clock.advance(7_200_000)
    shop.editProduct(20, { name: 'T-shirt marine' })
    const changed: string[] = []
    for (let more = true; more;) {
      const page = await connector.pullProducts(cursor, { pageSize: 50 })
      changed.push(...page.products.map((product) => `${product.remoteId}/${product.variantRemoteId ?? ''}`))
      ;({ cursor, more } = page)
    }

    expect(changed).toEqual(expect.arrayContaining(['20/', '20/21', '20/22', '20/23']))
  })
})
