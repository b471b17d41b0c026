/** What the shop is told, against the fake shop over HTTP: once, in the right place, with at most one mail. */
import { afterEach, describe, expect, test } from 'vitest'
import { fakeClock, type FakeClock } from '../../../test/fakes/clock.ts'
import { HubError } from '../../domain/errors.ts'
import type { Connector } from '../../domain/platform.ts'
import type { Notice, WriteJournal, WriteStep } from '../../domain/shipment.ts'
import { woocommerce } from './connect.ts'
import { type FakeShop, type FakeShopOptions, startFakeShop } from './fake-shop.ts'
import { answerOf, type Loopback, loopback } from './loopback.ts'

const URL_HTTPS = 'https://boutique.example'
const keyOf = (digit: number) => ({ key: `ck_${String(digit).repeat(40)}`, secret: `cs_${String(digit).repeat(40)}` })

let shop: FakeShop
let http: Loopback
let clock: FakeClock
let connector: Connector
let orderId: number

async function open(options: Partial<FakeShopOptions> = {}, digit = 1) {
  clock = fakeClock('2026-11-24T13:40:00.000Z')
  shop = await startFakeShop({ clock, seed: 'empty', ...options })
  http = loopback(shop.port)
  const { shop: found } = await woocommerce.tryLogin(http, {
    url: URL_HTTPS,
    login: keyOf(digit),
    queryKeys: false,
    clock,
  })
  connector = woocommerce.connect({ http, clock, url: URL_HTTPS, login: keyOf(digit), shop: { ...found } })
  orderId = shop.placeOrder({ status: 'processing', line_items: [{ product_id: 11, quantity: 2 }] }).id
  shop.mails.length = 0
}
afterEach(() => shop.close())

/** The ledger as the hub keeps it: what one attempt stored is what the next one reads. */
class Ledger {
  steps: WriteStep[] = []
  journal(): WriteJournal {
    return {
      steps: structuredClone(this.steps),
      before: async ({ name, mails, sent }) => void this.steps.push({ name, mails, sent, state: 'sent' }),
      after: async (name, answer) => {
        const step = this.steps.findLast((candidate) => candidate.name === name)!
        step.state = 'answered'
        step.answer = answer
      },
    }
  }
}

const lineId = () => String((shop.order(orderId).line_items as { id: number }[])[0]!.id)
const notice = (change: Partial<Notice> = {}): Notice => ({
  kind: 'shipped',
  orderRemoteId: String(orderId),
  shipmentId: 'shp_1',
  ownReference: 'PSR-0000000000000001',
  carrierName: 'Colissimo',
  parcels: [{ tracking: '6A 12345 67890', url: 'https://suivi.example/6A1234567890' }],
  withdrawn: [],
  lines: [{ lineRemoteId: lineId(), quantity: '2' }],
  completes: true,
  shippedAt: '2026-11-24T13:39:00.000Z',
  tell: 'nobody',
  language: 'fr',
  ...change,
})
const send = (change: Partial<Notice> = {}, ledger = new Ledger()) =>
  connector.writeBack(notice(change), ledger.journal())
const writes = () => http.sent.filter(({ method, url }) => method !== 'GET' && !url.includes('999999999'))
const corrected: Partial<Notice> = {
  kind: 'corrected',
  parcels: [{ tracking: '6A0000000000' }],
  withdrawn: [{ tracking: '6A 12345 67890', url: 'https://suivi.example/6A1234567890' }],
}
const voided: Partial<Notice> = { kind: 'voided', parcels: [], withdrawn: [{ tracking: '6A 12345 67890' }], lines: [] }

const places: [string, FakeShopOptions['plugins'], () => string[]][] = [
  [
    'order meta',
    {},
    () =>
      String(shop.meta(orderId, '_tracking_number') ?? '')
        .split(', ')
        .filter(Boolean),
  ],
  ['AST', { ast: true }, () => shop.trackingsOf(orderId).map((row) => String(row.tracking_number))],
  [
    'fulfillments',
    { fulfillments: true },
    () =>
      shop
        .fulfillmentsOf(orderId)
        .map((row) =>
          String(
            (row.meta_data as { key: string; value: unknown }[]).find(({ key }) => key === '_tracking_number')?.value,
          ),
        ),
  ],
]

describe.each(places)('a tracking number told to %s', (_, plugins, told) => {
  test('is read back, and told again changes nothing', async () => {
    await open({ plugins })

    const first = await send()
    http.sent = []
    const second = await send()

    expect(first).toMatchObject({ state: 'confirmed', already: false })
    expect(second).toMatchObject({ state: 'confirmed', already: true })
    expect(writes()).toEqual([])
    expect(told()).toEqual(['6A 12345 67890'])
    expect(shop.mails).toEqual([])
    expect(shop.order(orderId).status).toBe('processing')
  })

  test('can be corrected and taken back', async () => {
    await open({ plugins })
    await send()

    expect(await send(corrected)).toMatchObject({ state: 'confirmed' })
    expect(told()).toEqual(['6A0000000000'])

    expect(await send({ ...voided, withdrawn: corrected.parcels! })).toMatchObject({ state: 'confirmed' })
    expect(told()).toEqual([])
    expect(shop.mails).toEqual([])
  })

  test('of two shipments both stay', async () => {
    await open({ plugins })
    await send({ completes: false, lines: [{ lineRemoteId: lineId(), quantity: '1' }] })
    await send({
      shipmentId: 'shp_2',
      ownReference: 'PSR-2',
      parcels: [{ tracking: 'B2' }],
      lines: [{ lineRemoteId: lineId(), quantity: '1' }],
    })

    expect(told().sort()).toEqual(['6A 12345 67890', 'B2'])
  })

  test('by the completed mail: one mail, when everything has left', async () => {
    await open({ plugins })

    await send({ tell: 'completed', completes: false })
    expect(shop.mails).toEqual([])
    expect(shop.order(orderId).status).toBe('processing')

    await send({
      tell: 'completed',
      completes: true,
      shipmentId: 'shp_2',
      ownReference: 'PSR-2',
      parcels: [{ tracking: 'B2' }],
    })
    await send({
      tell: 'completed',
      completes: true,
      shipmentId: 'shp_2',
      ownReference: 'PSR-2',
      parcels: [{ tracking: 'B2' }],
    })

    expect(shop.mails.map(({ why }) => why)).toEqual(['completed'])
    expect(shop.order(orderId).status).toBe('completed')
  })

  test('by a customer note: one mail with the number, the status untouched', async () => {
    await open({ plugins })

    await send({ tell: 'note' })
    await send({ tell: 'note' })

    expect(shop.mails.map(({ why }) => why)).toEqual(['note'])
    expect(shop.mails[0]!.text).toContain('6A 12345 67890')
    expect(shop.order(orderId).status).toBe('processing')
  })

  test.each([
    ['trashed', (id: number) => shop.trashOrder(id), 'order-trashed'],
    ['deleted', (id: number) => shop.deleteOrder(id), 'order-deleted'],
    ['cancelled', (id: number) => shop.setStatus(id, 'cancelled'), 'order-cancelled'],
    ['refunded', (id: number) => shop.setStatus(id, 'refunded'), 'order-refunded'],
  ])('is not written to an order that is %s', async (__, close, code) => {
    await open({ plugins })
    const told = notice({ tell: 'completed' })
    close(orderId)
    shop.mails.length = 0

    const outcome = await connector.writeBack(told, new Ledger().journal())

    expect(outcome).toMatchObject({ state: 'refused', code })
    expect(writes()).toEqual([])
    expect(shop.mails).toEqual([])
  })
})

/** Carrier and link as the shop keeps them beside the number. */
const metaOfFulfillment = (key: string) =>
  shop
    .fulfillmentsOf(orderId)
    .map((row) => (row.meta_data as { key: string; value: unknown }[]).find((entry) => entry.key === key)?.value)
const items = () => shop.meta(orderId, '_wc_shipment_tracking_items') as Record<string, unknown>[]
const details: [string, FakeShopOptions['plugins'], () => unknown][] = [
  ['order meta', {}, () => [[shop.meta(orderId, '_tracking_provider'), shop.meta(orderId, '_tracking_url')]]],
  [
    'AST',
    { ast: true },
    () => items().map((row) => [row.custom_tracking_provider, row.custom_tracking_link || undefined]),
  ],
  [
    'fulfillments',
    { fulfillments: true },
    () => {
      const urls = metaOfFulfillment('_tracking_url')
      return metaOfFulfillment('_shipment_provider').map((carrier, index) => [carrier, urls[index]])
    },
  ],
]

describe.each(details)('a correction of the same number told to %s', (_, plugins, shown) => {
  const number = '6A 12345 67890'
  const correction = (change: Partial<Notice>): Partial<Notice> => ({ kind: 'corrected', ...change })

  test('writes another link, once', async () => {
    await open({ plugins })
    await send()
    const wanted = correction({ parcels: [{ tracking: number, url: 'https://suivi.example/autre?n=1&p=2' }] })

    const first = await send(wanted)
    http.sent = []
    const second = await send(wanted)

    expect(first).toMatchObject({ state: 'confirmed', already: false })
    expect(shown()).toEqual([['Colissimo', 'https://suivi.example/autre?n=1&p=2']])
    expect(second).toMatchObject({ state: 'confirmed', already: true })
    expect(writes()).toEqual([])
    expect(shop.mails).toEqual([])
  })

  test('takes a link away', async () => {
    await open({ plugins })
    await send()

    expect(await send(correction({ parcels: [{ tracking: number }] }))).toMatchObject({ already: false })
    expect(shown()).toEqual([['Colissimo', undefined]])
  })

  test('writes another carrier', async () => {
    await open({ plugins })
    await send()

    expect(await send(correction({ carrierName: 'Coursier Vélo' }))).toMatchObject({ already: false })
    expect(shown()).toEqual([['Coursier Vélo', 'https://suivi.example/6A1234567890']])
  })

  test.each(['note', 'completed'] as const)('mails nobody a second time (%s)', async (tell) => {
    await open({ plugins })
    await send({ tell })
    shop.mails.length = 0

    const link = correction({ tell, parcels: [{ tracking: number, url: 'https://suivi.example/autre' }] })
    expect(await send(link)).toMatchObject({ state: 'confirmed' })
    expect(await send({ ...link, carrierName: 'Coursier Vélo' })).toMatchObject({ state: 'confirmed' })

    expect(shop.mails).toEqual([])
    expect(shown()).toEqual([['Coursier Vélo', 'https://suivi.example/autre']])
  })

  test('made while the first telling was still under way is written too', async () => {
    await open({ plugins })
    const ledger = new Ledger()
    http.intercept = async (sent, pass) => {
      if (sent.method !== 'POST') return undefined
      await pass()
      return answerOf('trouble-gateway-504-post')
    }
    await expect(send({}, ledger)).rejects.toBeInstanceOf(HubError)
    http.intercept = undefined

    const outcome = await send({ parcels: [{ tracking: number, url: 'https://suivi.example/autre' }] }, ledger)

    expect(outcome).toMatchObject({ state: 'confirmed' })
    expect(shown()).toEqual([['Colissimo', 'https://suivi.example/autre']])
  })
})

describe('a correction of the same number', () => {
  test('turns a carrier the plugin does not know into one it knows, and back', async () => {
    await open({ plugins: { ast: true } })
    await send()

    await send({ kind: 'corrected', carrierName: 'Chronopost' })
    expect(shop.trackingsOf(orderId)).toMatchObject([{ tracking_provider: 'chronopost' }])
    await send({ kind: 'corrected' })

    expect(items()).toMatchObject([{ tracking_provider: '', custom_tracking_provider: 'Colissimo' }])
  })

  test('whose new row is there already, the old one not gone yet, ends with the new one alone', async () => {
    await open({ plugins: { ast: true } })
    await send()
    const ledger = new Ledger()
    http.intercept = async (sent) => (sent.method === 'DELETE' ? answerOf('trouble-gateway-504-post') : undefined)
    const wanted: Partial<Notice> = { kind: 'corrected', carrierName: 'Coursier Vélo' }
    await expect(send(wanted, ledger)).rejects.toBeInstanceOf(HubError)
    http.intercept = undefined

    expect(await send(wanted, ledger)).toMatchObject({ state: 'confirmed' })
    expect(items().map((row) => row.custom_tracking_provider)).toEqual(['Coursier Vélo'])
    expect(ledger.steps.filter(({ name }) => name.startsWith('tracking:'))).toHaveLength(1)
  })

  test('which the shop keeps in a form of its own is written once and not for ever', async () => {
    await open({ plugins: { ast: true } })
    await send()
    const ledger = new Ledger()
    http.intercept = async (sent) => {
      if (sent.method !== 'POST') return undefined
      const body = { ...JSON.parse(String(sent.body)), custom_tracking_link: 'https://suivi.example/raccourci' }
      sent.body = JSON.stringify(body)
      return undefined
    }
    const wanted: Partial<Notice> = {
      kind: 'corrected',
      parcels: [{ tracking: '6A 12345 67890', url: 'https://suivi.example/très long' }],
    }

    expect(await send(wanted, ledger)).toMatchObject({ state: 'confirmed', already: false })
    http.sent = []
    expect(await send(wanted, ledger)).toMatchObject({ state: 'confirmed' })

    expect(writes()).toEqual([])
    expect(items().map((row) => row.custom_tracking_link)).toEqual(['https://suivi.example/raccourci'])
  })

  test('leaves what others keep in a fulfillment', async () => {
    await open({ plugins: { fulfillments: true } })
    await send()
    const [fulfillment] = shop.fulfillmentsOf(orderId)
    ;(fulfillment!.meta_data as object[]).push({ id: 999, key: '_gift_wrap', value: 'papier bleu' })

    await send({ kind: 'corrected', carrierName: 'Coursier Vélo' })

    expect(metaOfFulfillment('_gift_wrap')).toEqual(['papier bleu'])
    expect(metaOfFulfillment('_shipment_provider')).toEqual(['Coursier Vélo'])
    expect(metaOfFulfillment('_items')).toEqual([[{ item_id: Number(lineId()), qty: 2 }]])
  })

  test('is shown to a plain shop’s staff in a private note that names no replaced number', async () => {
    await open()
    await send()

    await send({ kind: 'corrected', carrierName: 'Coursier Vélo' })

    const notes = shop.notesOf(orderId).filter(({ note }) => note.includes('PSR-'))
    expect(notes).toMatchObject([{ customer: false }, { customer: false }])
    const corrected = notes.find(({ note }) => note.includes('Coursier Vélo'))!.note
    expect(corrected).toContain('Suivi corrigé')
    expect(corrected).not.toContain('remplace')
  })

  test('which a fulfillment keeps in a form of its own is written once and not for ever', async () => {
    await open({ plugins: { fulfillments: true } })
    await send()
    const ledger = new Ledger()
    http.intercept = async (sent) => {
      if (sent.method === 'POST') sent.body = String(sent.body).replace('Coursier Vélo', 'coursier-interne')
      return undefined
    }
    const wanted: Partial<Notice> = { kind: 'corrected', carrierName: 'Coursier Vélo' }
    await send(wanted, ledger).catch(() => undefined) // nothing proves it yet
    await send(wanted, ledger)
    http.sent = []

    expect(await send(wanted, ledger)).toMatchObject({ state: 'confirmed' })
    expect(writes()).toEqual([])
  })

  test('is no reason to keep a new number from the customer', async () => {
    await open()
    await send({ tell: 'note' })
    shop.mails.length = 0

    const both = { parcels: [{ tracking: '6A 12345 67890' }], withdrawn: [{ tracking: 'B2' }] }
    await send({ kind: 'corrected', tell: 'note', ...both })
    await send({ kind: 'corrected', tell: 'note', parcels: [...both.parcels, { tracking: 'C3' }] })

    expect(shop.mails.map(({ why }) => why)).toEqual(['note', 'note'])
    expect(shop.mails[1]!.text).toContain('C3')
  })

  test('a first customer note of a correction is known again as its own', async () => {
    await open()
    await send()
    const added: Partial<Notice> = { kind: 'corrected', tell: 'note', parcels: [{ tracking: 'C3' }] }

    const first = await send(added)
    const again = await send(added)

    expect(shop.mails.map(({ why }) => why)).toEqual(['note'])
    expect(again).toMatchObject({ readBack: { noteId: (first as { readBack: { noteId: string } }).readBack.noteId } })
  })

  test('does not touch what the shop’s staff typed before us', async () => {
    await open({ plugins: { ast: true } })
    await send({ shipmentId: 'autre', carrierName: 'Coursier Vélo' })

    expect(await send()).toMatchObject({ state: 'confirmed', already: true })
    expect(items().map((row) => row.custom_tracking_provider)).toEqual(['Coursier Vélo'])
  })
})

describe('in doubt', () => {
  const loseAnswer = (matching: RegExp, method = 'POST') => {
    http.intercept = async (sent, pass) => {
      if (sent.method !== method || !matching.test(sent.url)) return undefined
      await pass()
      return answerOf('trouble-gateway-504-post')
    }
  }
  const swallow = (matching: RegExp) => {
    http.intercept = async (sent) =>
      sent.method === 'POST' && matching.test(sent.url) ? answerOf('trouble-gateway-504-post') : undefined
  }

  test('a note whose answer was lost is found by reading, and no second mail goes out', async () => {
    await open()
    const ledger = new Ledger()
    loseAnswer(/\/notes/)

    expect(await send({ tell: 'note' }, ledger)).toMatchObject({ state: 'confirmed' })
    http.intercept = undefined
    await send({ tell: 'note' }, ledger)

    expect(shop.mails.map(({ why }) => why)).toEqual(['note'])
  })

  test('a note that may or may not have gone is not sent again by itself', async () => {
    await open()
    const ledger = new Ledger()
    swallow(/\/notes/)

    await expect(send({ tell: 'note' }, ledger)).rejects.toMatchObject({ code: 'shop-error', recovery: 'retry' })
    http.intercept = undefined
    const outcome = await send({ tell: 'note' }, ledger)

    expect(outcome).toMatchObject({ state: 'in-doubt', step: 'note' })
    expect(shop.mails).toEqual([])
  })

  test('a completed status whose answer was lost counts once it is read', async () => {
    await open()
    const ledger = new Ledger()
    loseAnswer(/\/orders\/\d+\?_fields=id%2Cstatus$/)

    expect(await send({ tell: 'completed' }, ledger)).toMatchObject({ state: 'confirmed' })
    expect(shop.mails.map(({ why }) => why)).toEqual(['completed'])
  })

  test('a completed status that may not have been set is left to a person', async () => {
    await open()
    const ledger = new Ledger()
    swallow(/\/orders\/\d+\?_fields=id%2Cstatus$/)

    await expect(send({ tell: 'completed' }, ledger)).rejects.toBeInstanceOf(HubError)
    http.intercept = undefined

    expect(await send({ tell: 'completed' }, ledger)).toMatchObject({ state: 'in-doubt', step: 'status' })
    expect(shop.mails).toEqual([])
  })

  test('a mail refused by a firewall or a limit certainly did not go, so it is sent again', async () => {
    await open()
    const ledger = new Ledger()
    http.intercept = async (sent) =>
      sent.method === 'POST' && /notes/.test(sent.url) ? answerOf('trouble-rate-limit-429') : undefined

    await expect(send({ tell: 'note' }, ledger)).rejects.toMatchObject({ code: 'shop-throttled' })
    http.intercept = undefined

    expect(await send({ tell: 'note' }, ledger)).toMatchObject({ state: 'confirmed' })
    expect(shop.mails.map(({ why }) => why)).toEqual(['note'])
  })

  test('a 503 page of a server in front of the shop proves nothing: no second mail by itself', async () => {
    await open()
    const ledger = new Ledger()
    http.intercept = async (sent, pass) => {
      if (sent.method !== 'POST' || !/notes/.test(sent.url)) return undefined
      const real = await pass()
      shop.mails.length = 0
      const headers = { 'content-type': 'text/html', 'retry-after': '30' }
      return { ...real, status: 503, headers, body: Buffer.from('<h1>503 Service Unavailable</h1>') }
    }
    // Nor can the note be found: the list is answered by a cache.
    const path = /\/notes/
    const intercept = http.intercept
    http.intercept = async (sent, pass) => {
      if (sent.method !== 'GET' || !path.test(sent.url)) return intercept(sent, pass)
      return { ...(await pass()), body: Buffer.from('[]') }
    }

    await expect(send({ tell: 'note' }, ledger)).rejects.toMatchObject({ code: 'shop-throttled' })

    expect(await send({ tell: 'note' }, ledger)).toMatchObject({ state: 'in-doubt', step: 'note' })
    expect(shop.mails).toEqual([])
  })

  test('a number whose answer was lost is not added twice to the plugin', async () => {
    await open({ plugins: { ast: true } })
    const ledger = new Ledger()
    loseAnswer(/shipment-trackings$/)

    await expect(send({}, ledger)).rejects.toBeInstanceOf(HubError)
    http.intercept = undefined

    expect(await send({}, ledger)).toMatchObject({ state: 'confirmed', already: false })
    expect(shop.trackingsOf(orderId)).toHaveLength(1)
  })

  test('a number that a lost write of ours added late is taken away again', async () => {
    await open({ plugins: { ast: true } })
    const ledger = new Ledger()
    await send({}, ledger)
    const [row] = shop.trackingsOf(orderId)
    await send({ shipmentId: 'autre', parcels: [{ tracking: 'B2' }] })
    const path = `/wp-json/wc-shipment-tracking/v3/orders/${orderId}/shipment-trackings`
    const { authorization } = http.sent.findLast(({ headers }) => headers?.authorization)!.headers!
    await http.request({
      method: 'POST',
      url: URL_HTTPS + path,
      headers: { authorization: authorization!, 'content-type': 'application/json' },
      body: JSON.stringify({ tracking_provider: 'x', tracking_number: row!.tracking_number }),
      purpose: 'test',
    })

    expect(await send({}, ledger)).toMatchObject({ state: 'confirmed' })
    expect(shop.trackingsOf(orderId).map(({ tracking_number: number }) => number)).toEqual(['6A 12345 67890', 'B2'])
  })

  test('a customer who was told once is not told again when the merchant reopens the order', async () => {
    await open()
    const ledger = new Ledger()
    await send({ tell: 'completed' }, ledger)
    shop.setStatus(orderId, 'processing')
    shop.mails.length = 0

    expect(await send({ tell: 'completed' }, ledger)).toMatchObject({ state: 'confirmed' })
    expect(shop.mails).toEqual([])
  })
})

describe.each(places)('an order that is closed while its number is told to %s', (_, plugins) => {
  test.each([
    ['completed', 'trashed', (id: number) => shop.trashOrder(id), 'order-trashed'],
    ['completed', 'cancelled', (id: number) => shop.setStatus(id, 'cancelled'), 'order-cancelled'],
    ['completed', 'failed', (id: number) => shop.setStatus(id, 'failed'), 'order-cancelled'],
    ['completed', 'refunded', (id: number) => shop.setStatus(id, 'refunded'), 'order-refunded'],
    ['note', 'cancelled', (id: number) => shop.setStatus(id, 'cancelled'), 'order-cancelled'],
    ['note', 'trashed', (id: number) => shop.trashOrder(id), 'order-trashed'],
  ] as const)('(%s; %s) stays closed and mails nobody', async (tell, __, close, code) => {
    await open({ plugins })
    let closedMails: unknown[] | undefined
    http.intercept = async (sent, pass) => {
      if (sent.method !== 'POST' || closedMails) return undefined
      const answer = await pass() // the number is in; now the merchant closes the order
      close(orderId)
      closedMails = [...shop.mails]
      return answer
    }
    const before = () => String(shop.order(orderId).status)

    const outcome = await send({ tell })

    expect(outcome).toMatchObject({ state: 'refused', code })
    expect(CLOSED_STATES).toContain(before())
    expect(shop.mails).toEqual(closedMails)
  })
})
const CLOSED_STATES = ['trash', 'cancelled', 'failed', 'refunded']

describe('the usual tracking meta of a plain shop', () => {
  test('put there by staff is neither overwritten nor taken away', async () => {
    await open()
    shop.editOrder(orderId, { meta_data: [{ id: 901, key: '_tracking_number', value: 'ATELIER-7' }] })

    expect(await send()).toMatchObject({ state: 'confirmed' })
    expect(shop.meta(orderId, '_tracking_number')).toBe('ATELIER-7')
    expect(shop.meta(orderId, '_tracking_provider')).toBeUndefined()
    expect(await send(voided)).toMatchObject({ state: 'confirmed' })
    expect(shop.meta(orderId, '_tracking_number')).toBe('ATELIER-7')
  })

  test('that staff changed after us stays on correction and void', async () => {
    await open()
    await send()
    const meta = structuredClone(shop.order(orderId).meta_data) as { key: string; value: unknown }[]
    meta.find(({ key }) => key === '_tracking_number')!.value = 'ATELIER-7'
    shop.editOrder(orderId, { meta_data: meta })

    await send(corrected)
    expect(shop.meta(orderId, '_tracking_number')).toBe('ATELIER-7')
    await send({ ...voided, withdrawn: corrected.parcels! })
    expect(shop.meta(orderId, '_tracking_number')).toBe('ATELIER-7')
  })
})

describe('writing', () => {
  test('uses POST, and DELETE only for trackings', async () => {
    await open({ plugins: { ast: true } })
    await send()
    await send(corrected)

    expect([...new Set(http.sent.map(({ method }) => method))].sort()).toEqual(['DELETE', 'GET', 'POST'])
    expect(
      http.sent.filter(({ method }) => method === 'DELETE').every(({ url }) => url.includes('shipment-trackings')),
    ).toBe(true)
  })

  test('goes round a firewall that refuses DELETE', async () => {
    await open({ plugins: { ast: true } })
    await send()
    http.intercept = async (sent) => (sent.method === 'DELETE' ? answerOf('trouble-modsecurity-crs-delete') : undefined)

    expect(await send(corrected)).toMatchObject({ state: 'confirmed' })
    expect(shop.trackingsOf(orderId).map((row) => row.tracking_number)).toEqual(['6A0000000000'])
  })

  test('with a read-only key fails as a missing right and writes nothing', async () => {
    await open({}, 2)

    await expect(send()).rejects.toMatchObject({ code: 'permission-missing', recovery: 'human' })
  })

  test('the home page in answer to a write is no success', async () => {
    await open()
    http.intercept = async (sent) => (sent.method === 'POST' ? answerOf('trouble-plain-permalinks-post') : undefined)

    await expect(send()).rejects.toMatchObject({ code: 'response-malformed' })
  })

  test('a number that the shop took and does not show is no success', async () => {
    await open()
    http.intercept = async (sent) => {
      if (sent.method === 'POST' && String(sent.body).includes('meta_data')) sent.body = '{}'
      return undefined
    }

    await expect(send()).rejects.toMatchObject({ code: 'response-malformed', params: { reason: 'not-read-back' } })
  })

  test('a plugin that went leaves the plain way', async () => {
    await open({ plugins: { ast: true } })
    shop.setPlugins({ ast: false })

    expect(await send()).toMatchObject({ state: 'confirmed', readBack: { mechanism: 'plain' } })
    expect(shop.meta(orderId, '_tracking_number')).toBe('6A 12345 67890')
  })

  test('a carrier the plugin knows is named as it names it, with its own links', async () => {
    await open({ plugins: { ast: true } })

    await send({ carrierName: 'chronopost' })

    expect(shop.trackingsOf(orderId)[0]).toMatchObject({ tracking_provider: expect.stringMatching(/^chronopost$/i) })
  })

  test('our own numbers are not taken for ones the shop knew', async () => {
    await open()
    await send()
    const row = (await connector.getRows([String(orderId)])).get(String(orderId))

    const order = woocommerce.remap({ text: (row as { text: string }).text }, {})

    expect(order.knownTrackings).toEqual([])
  })

  test('markup in a number stays text, and a plain shop’s staff see it in a private note', async () => {
    await open()

    await send({ parcels: [{ tracking: '<b>X1</b>' }], carrierName: 'Colis <i>Privé</i>' })

    const [note] = shop.notesOf(orderId).filter(({ note }) => note.includes('PSR-'))
    expect(note).toMatchObject({ customer: false })
    expect(note!.note).not.toMatch(/[<>]/)
  })
})
