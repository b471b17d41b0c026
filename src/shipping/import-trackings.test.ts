import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { scriptedShop } from '../../test/fakes/scripted-shop.ts'
import {
  connectShop,
  freshShop,
  makeLine,
  newWorkspace,
  testHub,
  type ShopOfTest,
  type TestHub,
} from '../../test/support/shipping.ts'
import { listShipments } from '../database/shipments.ts'
import { HubError } from '../domain/errors.ts'
import { applyTrackings, previewTrackings } from './import-trackings.ts'

let hub: TestHub
let shop: ShopOfTest
let ws: string

beforeAll(async () => {
  hub = await testHub()
})
afterAll(() => hub.db.drop())
beforeEach(async () => {
  shop = await freshShop(hub)
  ws = shop.workspaceId
})

const bytes = (text: string) => new TextEncoder().encode(text)
const preview = (text: string, options = {}) => previewTrackings(hub, ws, bytes(text), options)
const apply = (text: string, options = {}) => applyTrackings(hub, ws, bytes(text), options)
const outcomes = (rows: { line: number; outcome: string; code?: string }[]) =>
  rows.map((row) => [row.line, row.outcome, ...(row.code ? [row.code] : [])])
const numbersOf = async (orderId: string) =>
  (await listShipments(hub.db, ws, orderId)).map((one) => one.parcels.map((parcel) => parcel.tracking))

describe('a table of tracking numbers', () => {
  test('is previewed without changing anything, then applied as promised', async () => {
    const [a, b] = [await shop.order('1001'), await shop.order('1002')]
    const text = 'Commande;Transporteur;Suivi;URL\n1001;Colissimo;6A1;https://suivi.example/6A1\n#1002;DPD;6A2;'

    expect(await preview(text)).toMatchObject({
      rows: [
        { line: 2, outcome: 'will-ship', orderId: a },
        { line: 3, outcome: 'will-ship', orderId: b },
      ],
      summary: { rows: 2, willShip: 2, already: 0, refused: 0, toChoose: 0, orders: 2 },
    })
    expect(await numbersOf(a)).toEqual([])
    const applied = await apply(text)

    expect(applied.summary).toEqual({ rows: 2, shipped: 2, already: 0, refused: 0, toChoose: 0, orders: 2 })
    expect(applied.rows[0]).toMatchObject({ shipmentId: expect.any(String), writebackId: expect.any(String) })
    expect(await listShipments(hub.db, ws, a)).toMatchObject([
      { carrierName: 'Colissimo', createdBy: 'csv', parcels: [{ tracking: '6A1', url: 'https://suivi.example/6A1' }] },
    ])
    expect(await numbersOf(b)).toEqual([['6A2']])
  })

  test('adds nothing the second time, not even written otherwise', async () => {
    const a = await shop.order('1001')
    await apply('1001;Colissimo;6A 1\n')

    const again = await apply('1001;Colissimo;6a1\n')

    expect(outcomes(again.rows)).toEqual([[1, 'already']])
    expect(await numbersOf(a)).toEqual([['6A 1']])
  })

  test('names every bad row by its line and what is wrong with it, and stops no other', async () => {
    const good = await shop.order('1001')
    await shop.order('1002', { status: 'cancelled', statusRaw: 'cancelled' })
    await shop.order('1003', { status: 'on-hold', statusRaw: 'on-hold' })
    const text = [
      'order;carrier;tracking;url',
      ';DPD;1;',
      '9999;DPD;2;',
      '1001;;3;',
      '1001;DPD;;',
      '1001;DPD;=HYPERLINK(1);',
      '1001;DPD;+33;',
      '1001;DPD;6,12E+12;',
      '1001;DPD;4;javascript:alert(1)',
      '1001;"DPD;5',
      '1002;DPD;6;',
      '1003;DPD;7;',
      '1001;DPD;8;',
      '1001',
    ].join('\n')

    const { rows, summary } = await preview(text)

    expect(
      rows.map(({ line, outcome, code, field, params }) => [line, outcome, code, field, params?.['reason']]),
    ).toEqual([
      [2, 'refused', 'order-missing', 'order', undefined],
      [3, 'refused', 'order-unknown', 'order', undefined],
      [4, 'refused', 'carrier-missing', 'carrier', undefined],
      [5, 'refused', 'tracking-invalid', 'tracking', 'empty'],
      [6, 'refused', 'tracking-invalid', 'tracking', 'formula'],
      [7, 'refused', 'tracking-invalid', 'tracking', 'formula'],
      [8, 'refused', 'tracking-invalid', 'tracking', 'spreadsheet-number'],
      [9, 'refused', 'tracking-invalid', 'url', 'url-scheme'],
      [10, 'refused', 'row-unreadable', 'row', undefined],
      [11, 'refused', 'order-not-shippable', 'order', 'cancelled'],
      [12, 'refused', 'order-not-shippable', 'order', 'on-hold'],
      [13, 'will-ship', undefined, undefined, undefined],
      [14, 'refused', 'carrier-missing', 'carrier', undefined],
    ])
    expect(summary).toMatchObject({ rows: 13, willShip: 1, refused: 12 })
    await apply(text)
    expect(await numbersOf(good)).toEqual([['8']])
  })

  test('several numbers of one order are the parcels of one shipment; the same row twice counts once', async () => {
    const a = await shop.order('1001')
    const text = '1001;DPD;A\n1001;DPD;B\n1001;DPD;a\n1001;GLS;C\n'

    const { rows } = await apply(text)

    expect(outcomes(rows)).toEqual([
      [1, 'shipped'],
      [2, 'shipped'],
      [3, 'already'],
      [4, 'refused', 'carriers-differ'],
    ])
    expect(await numbersOf(a)).toEqual([['A', 'B']])
  })

  test('another number for an order that has left already is refused', async () => {
    await shop.order('1001')
    await apply('1001;DPD;A')

    expect((await preview('1001;DPD;B')).rows[0]).toMatchObject({
      outcome: 'refused',
      params: { reason: 'nothing-left' },
    })
  })

  test('a number in two shops is asked about, and the answer is taken', async () => {
    const twin = scriptedShop('twin')
    hub.platforms.push(twin.platform)
    const other = await connectShop(hub, ws, twin, 'Les Savons de Lise')
    await shop.order('1001')
    const there = await other.order('1001')

    const { rows, summary } = await preview('1001;DPD;A')
    const applied = await apply('1001;DPD;A', { choices: { '1001': there } })

    expect(summary).toMatchObject({ toChoose: 1, refused: 1 })
    expect(rows[0]).toMatchObject({ code: 'order-ambiguous', params: { count: 2 } })
    expect(rows[0]!.choices!.map((choice) => choice.integrationName).sort()).toEqual(['Les Savons de Lise', 'Shop'])
    expect(applied.rows[0]).toMatchObject({ outcome: 'shipped', orderId: there })
    expect((await preview('1001;DPD;Z', { integrationId: shop.integrationId })).rows[0]!.outcome).toBe('will-ship')
  })

  test('an answer that is none of the candidates is no answer', async () => {
    const stranger = await freshShop(hub)
    const foreign = await stranger.order('1001')
    const twin = scriptedShop('twin2')
    hub.platforms.push(twin.platform)
    await (await connectShop(hub, ws, twin)).order('1001')
    await shop.order('1001')

    expect((await apply('1001;DPD;A', { choices: { '1001': foreign } })).rows[0]!.code).toBe('order-ambiguous')
  })

  test('an order is found by the shop’s own id where no order has that number', async () => {
    const a = await shop.order('77', { number: 'FA-2026/77' })
    const b = await shop.order('78', { number: '77 bis' })

    const { rows } = await preview('FA-2026/77;DPD;A\n77;DPD;B\n77 bis;DPD;C')

    expect(rows.map((row) => row.orderId)).toEqual([a, a, b])
  })

  test.each(["O'Neil\\1", 'FA 2026 & co', "a:* | b'", 'Ÿ-é 7', '#42'])(
    'an order with the odd number %s is found',
    async (number) => {
      const id = await shop.order('9', { number })

      const { rows } = await preview(`order;carrier;tracking\n${number};DPD;A`)

      expect(rows[0]!.orderId).toBe(id)
    },
  )

  test('orders of another workspace are unknown', async () => {
    await shop.order('1001')

    const { rows } = await previewTrackings(hub, await newWorkspace(hub, 'other'), bytes('1001;DPD;A'))

    expect(rows[0]!.code).toBe('order-unknown')
  })

  test('each shop is asked once for all its orders, and what it cancelled meanwhile is refused', async () => {
    await shop.order('1001')
    await shop.order('1002')
    shop.shop.edit('1002', { status: 'cancelled', statusRaw: 'cancelled', modifiedAt: '2026-11-24T08:30:00.000Z' })

    const { rows } = await apply('1001;DPD;A\n1002;DPD;B')

    expect(shop.shop.reads).toBe(1)
    expect(outcomes(rows)).toEqual([
      [1, 'shipped'],
      [2, 'refused', 'order-not-shippable'],
    ])
  })

  test('a shop that does not answer keeps no number from being taken', async () => {
    await shop.order('1001', { lines: [makeLine('1')] })
    shop.shop.down = new HubError('shop-unreachable', 'refused')

    expect((await apply('1001;DPD;A')).rows[0]).toMatchObject({ outcome: 'shipped', shopUnread: true })
  })

  test('a silent shop is asked once for a whole file, not once every fifty orders', async () => {
    const numbers = Array.from({ length: 51 }, (_, n) => String(2001 + n))
    for (const number of numbers) await shop.order(number)
    shop.shop.down = new HubError('shop-unreachable', 'refused')

    const { rows } = await apply(numbers.map((number) => `${number};DPD;T${number}`).join('\n'))

    expect(shop.shop.reads).toBe(1)
    expect(rows.filter((row) => row.outcome === 'shipped' && row.shopUnread)).toHaveLength(51)
  })

  test('a carrier can be given for rows that name none', async () => {
    const a = await shop.order('1001')

    await apply('Commande;Suivi\n1001;A', { carrierName: 'Lettre suivie' })

    expect(await listShipments(hub.db, ws, a)).toMatchObject([{ carrierName: 'Lettre suivie' }])
  })
})
