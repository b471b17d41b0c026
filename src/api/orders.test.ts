import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { keepRaw } from '../database/order-raw.ts'
import { ensureDefaultWorkspace } from '../database/users.ts'
import { HubError } from '../domain/errors.ts'
import { writeBackDue } from '../sync/write-back.ts'
import { type ApiOfTest, apiOfTest, type Browser } from '../../test/support/api.ts'
import { scriptedShop, type ScriptedShop } from '../../test/fakes/scripted-shop.ts'
import { connectShop, makeLine, newWorkspace, type ShopOfTest } from '../../test/support/shipping.ts'
import { readId, showId } from '../domain/id.ts'

let api: ApiOfTest
let lise: Browser
let shop: ShopOfTest
let scripted: ScriptedShop
let counter = 0

beforeAll(async () => {
  scripted = scriptedShop()
  api = await apiOfTest({ platforms: [scripted.platform] })
  lise = await api.signedIn()
  const workspace = await ensureDefaultWorkspace(api.hub.db, api.hub.clock)
  shop = await connectShop(api.hub, workspace.id, scripted, 'Les Savons de Lise')
})
afterAll(() => api.hub.db.drop())

/** A new order of the shop; gives its shown id. */
const newOrder = async (patch: Parameters<ShopOfTest['order']>[1] = {}) => {
  const number = String(2000 + ++counter)
  return { number, id: showId('order', await shop.order(number, patch)) }
}
const get = async (path: string) => (await lise.call('GET', `/api/v1${path}`)).body
const post = (path: string, body?: unknown, headers?: Record<string, string>) =>
  lise.call('POST', `/api/v1${path}`, { body, headers })
const patch = (path: string, body: unknown) => lise.call('PATCH', `/api/v1${path}`, { body })
const parcel = (tracking: string) => ({ carrierName: 'DPD', parcels: [{ tracking }] })
/** What a worker does at its next turn. */
const tellShop = async () => {
  await api.hub.clock.advance(1_000)
  await writeBackDue(api.hub, await shop.claim())
}

describe('the list', () => {
  test('pages through all orders, newest first, each once', async () => {
    for (let n = 0; n < 5; n++) await newOrder({ placedAt: `2026-11-2${n}T08:00:00.000Z` })

    const seen: { number: string; placedAt: string }[] = []
    let cursor: string | undefined
    do {
      const page = await get(`/orders?limit=2${cursor ? `&cursor=${cursor}` : ''}`)
      seen.push(...page.items)
      cursor = page.next
    } while (cursor)

    expect(seen.length).toBeGreaterThanOrEqual(5)
    expect(new Set(seen.map((order) => order.number)).size).toBe(seen.length)
    expect(seen.map((order) => order.placedAt)).toEqual(
      seen
        .map((order) => order.placedAt)
        .sort()
        .reverse(),
    )
  })

  test('finds by start of number, by name and by exact number', async () => {
    const { id, number } = await newOrder({
      shipTo: { name: 'Zoé Kowalczyk', country: 'PL' },
      customer: { name: 'Zoé Kowalczyk' },
    })

    for (const query of [`query=${number}`, 'query=kowal', `number=${number}`, 'country=pl', 'query=zoe&country=PL']) {
      expect(
        (await get(`/orders?${query}`)).items.map((order: { id: string }) => order.id),
        query,
      ).toEqual([id])
    }
  })

  test('takes a day with its evening', async () => {
    const { id } = await newOrder({ placedAt: '2025-03-01T23:59:59.000Z' })

    expect((await get('/orders?from=2025-03-01&to=2025-03-01')).items).toMatchObject([{ id }])
    expect((await get('/orders?from=2025-03-02&to=2025-03-03')).items).toEqual([])
  })

  test.each([
    ['limit=0', 'limit'],
    ['limit=201', 'limit'],
    ['status=sent', 'status'],
    ['from=yesterday', 'from'],
    ['to=0000-01-01', 'to'],
    ['toShip=perhaps', 'toShip'],
    ['cursor=nonsense', 'cursor'],
    ['qurey=x', 'qurey'],
    ['integration=ord_0199c0de7f3a7b1c9d2e4f5a6b7c8d9e', 'integration'],
  ])('%s is refused, naming the field', async (query, field) => {
    const answer = await lise.call('GET', `/api/v1/orders?${query}`)

    expect(answer.body).toMatchObject({ status: 422, code: 'field-invalid', field })
  })
})

describe('one order', () => {
  test('shows lines, what is left of them, amounts with their currency, and how it came', async () => {
    const { id } = await newOrder({ currency: 'JPY', totals: { grandMinor: 1990, feesMinor: -100, roundingMinor: 0 } })

    const order = await get(`/orders/${id}`)

    expect(order).toMatchObject({
      total: { minor: 1990, currency: 'JPY' },
      totals: { grand: { minor: 1990, currency: 'JPY' }, fees: { minor: -100, currency: 'JPY' } },
      toShip: true,
      lines: [
        { sku: 'TEA', quantity: '2', toShip: 2 },
        { sku: 'MUG', quantity: '1', toShip: 1 },
      ],
      timeline: [{ kind: 'imported' }],
      shipments: [],
    })
  })

  test("shows the shop's own record as it was read, and to nobody else's workspace", async () => {
    const { id, number } = await newOrder()
    const paul = await api.signedIn({ email: 'paul@example.org', workspaceId: await newWorkspace(api.hub, 'paul') })

    const raw = await get(`/orders/${id}/raw`)
    const paulsAnswer = await paul.call('GET', `/api/v1/orders/${id}/raw`)

    expect(raw.record).toMatchObject({ remoteId: number, modifiedRaw: '2026-11-24T08:00:00' })
    expect(raw.fetchedAt).toMatch(/^\d{4}-.*Z$/)
    expect(paulsAnswer.body).toMatchObject({ status: 404, code: 'not-found' })
  })

  test('keeps the form of the numbers in it', async () => {
    const { id } = await newOrder()
    await api.hub.db.transaction((tx) =>
      keepRaw(
        tx,
        shop.workspaceId,
        [{ id: readId('order', id)!, raw: { text: '{"id":9007199254740993,"rate":12.50}', extra: { refunds: [] } } }],
        api.hub.clock.now(),
      ),
    )

    const { text } = await lise.call('GET', `/api/v1/orders/${id}/raw`)

    expect(text).toContain('"record":{"id":9007199254740993,"rate":12.50},"extra":{"refunds":[]}')
  })

  test('takes notes and tags of ours, which the shop never sees', async () => {
    const { id } = await newOrder()

    const note = await post(`/orders/${id}/notes`, { text: 'Rappeler la cliente' })
    await patch(`/orders/${id}`, { tags: ['fragile', 'cadeau', 'fragile'] })

    const order = await get(`/orders/${id}`)
    expect(note.status).toBe(201)
    expect(order.notes).toMatchObject([{ text: 'Rappeler la cliente', author: 'Lise' }])
    expect(order.tags).toEqual(['cadeau', 'fragile'])
    expect((await get('/orders?tag=fragile')).items).toMatchObject([{ id }])
    expect((await lise.call('DELETE', `/api/v1/orders/${id}/notes/${note.body.id}`)).status).toBe(204)
    expect((await get(`/orders/${id}`)).notes).toEqual([])
    expect(scripted.told).toEqual([])
  })

  test('is read again from the shop on demand, and says why when the shop does not answer', async () => {
    const { id, number } = await newOrder()
    scripted.edit(number, { status: 'cancelled', statusRaw: 'cancelled', modifiedRaw: '2026-11-24T09:30:00' })

    const fresh = await post(`/orders/${id}/refresh`)
    scripted.down = new HubError('shop-unreachable', 'refused', { params: { reason: 'refused', host: 'shop.example' } })
    const failed = await lise.call('POST', `/api/v1/orders/${id}/refresh`, { headers: { 'accept-language': 'en' } })
    scripted.down = undefined

    expect(fresh.body).toMatchObject({ status: 'cancelled', toShip: false })
    expect(failed.body).toMatchObject({
      status: 503,
      code: 'shop-unreachable',
      title: 'shop.example refuses the connection',
    })
  })
})

describe('shipping', () => {
  test('ships everything, the shop is told, and the write-back says so once read back', async () => {
    const { id, number } = await newOrder()

    const shipped = await post(`/orders/${id}/shipments`, parcel('1Z 999'))
    const waiting = lise.call('GET', `/api/v1/writebacks/${shipped.body.writebackId}?wait=settled`)
    await tellShop()
    await api.hub.clock.advance(5_000)

    expect(shipped.status).toBe(201)
    expect(shipped.body).toMatchObject({
      state: 'booked',
      carrierName: 'DPD',
      parcels: [{ tracking: '1Z 999' }],
      warnings: [],
    })
    expect((await waiting).body).toMatchObject({
      state: 'confirmed',
      orderId: id,
      orderNumber: number,
      parcels: [{ tracking: '1Z 999' }],
    })
    expect(scripted.numbers.get(number)).toEqual(['1Z 999'])
    expect(await get(`/orders/${id}`)).toMatchObject({
      toShip: false,
      leftToShip: 0,
      timeline: [{}, { kind: 'shipped', actor: 'Lise' }, { kind: 'told' }],
    })
  })

  test('ships a line by its SKU, and the rest later', async () => {
    const { id } = await newOrder()

    await post(`/orders/${id}/shipments`, { ...parcel('A1'), lines: [{ line: 'TEA', quantity: 1 }] })
    const between = await get(`/orders/${id}`)
    await post(`/orders/${id}/shipments`, parcel('A2'))

    expect(between.lines.map((line: { toShip: number }) => line.toShip)).toEqual([1, 1])
    expect((await get(`/orders/${id}`)).lines.map((line: { toShip: number }) => line.toShip)).toEqual([0, 0])
  })

  test('a double click ships once', async () => {
    const { id } = await newOrder()

    const both = await Promise.all([
      post(`/orders/${id}/shipments`, parcel('D1')),
      post(`/orders/${id}/shipments`, parcel('D1')),
    ])

    expect(both.map((answer) => answer.status)).toEqual([201, 201])
    expect(both[0].body.id).toBe(both[1].body.id)
    expect((await get(`/orders/${id}`)).shipments).toHaveLength(1)
  })

  test.each([
    [
      'a tracking link that runs code',
      { parcels: [{ tracking: '1', url: 'javascript:alert(1)' }] },
      'tracking-invalid',
      'url',
    ],
    ['a formula', { parcels: [{ tracking: '=cmd|1' }] }, 'tracking-invalid', 'tracking'],
    ['no parcel', { parcels: [] }, 'field-invalid', 'parcels'],
    ['a blank number', { parcels: [{ tracking: '   ' }] }, 'field-invalid', 'parcels.0.tracking'],
    ['a line nobody knows', { lines: [{ line: 'SOAP', quantity: 1 }] }, 'line-unknown', undefined],
    ['more than is left', { lines: [{ line: 'MUG', quantity: 5 }] }, 'quantity-invalid', undefined],
    ['half a word as quantity', { lines: [{ line: 'MUG', quantity: 'two' }] }, 'field-invalid', 'lines.0.quantity'],
  ])('%s is refused', async (_, change, code, field) => {
    const { id } = await newOrder()

    const answer = await post(`/orders/${id}/shipments`, { ...parcel('1'), ...change })

    expect(answer.body).toMatchObject({ status: 422, code })
    if (field !== undefined) expect(answer.body.field).toBe(field)
    expect((await get(`/orders/${id}`)).shipments).toEqual([])
  })

  test('an order that was cancelled a moment ago is not shipped', async () => {
    const { id, number } = await newOrder()
    scripted.edit(number, { status: 'cancelled', statusRaw: 'cancelled', modifiedRaw: '2026-11-24T09:31:00' })

    const answer = await lise.call('POST', `/api/v1/orders/${id}/shipments`, {
      body: parcel('C1'),
      headers: { 'accept-language': 'fr' },
    })

    expect(answer.body).toMatchObject({
      status: 409,
      code: 'order-not-shippable',
      title: `La commande ${number} est annulée`,
    })
  })

  test('a number is corrected and a shipment taken back', async () => {
    const { id, number } = await newOrder()
    const shipped = await post(`/orders/${id}/shipments`, parcel('WRONG'))
    await tellShop()

    const corrected = await patch(`/shipments/${shipped.body.id}`, { parcels: [{ tracking: 'RIGHT' }] })
    await tellShop()
    const afterCorrection = [...(scripted.numbers.get(number) ?? [])]
    const voided = await post(`/shipments/${shipped.body.id}/void`)
    await tellShop()

    expect(corrected.body).toMatchObject({ revision: 2, state: 'booked' })
    expect(afterCorrection).toEqual(['RIGHT'])
    expect(voided.body).toMatchObject({ state: 'voided' })
    expect(scripted.numbers.get(number)).toEqual([])
    expect(await get(`/orders/${id}`)).toMatchObject({ toShip: true, leftToShip: 3 })
    expect((await patch(`/shipments/${shipped.body.id}`, { carrierName: 'UPS' })).body).toMatchObject({
      status: 409,
      code: 'shipment-voided',
    })
  })

  test('a refusal of the shop is shown with what to do, and may be told again', async () => {
    const { id, number } = await newOrder()
    scripted.script.push(() => Promise.resolve({ state: 'refused', code: 'order-trashed' }))
    const shipped = await post(`/orders/${id}/shipments`, parcel('T1'))
    await tellShop()

    const refused = await lise.call('GET', `/api/v1/writebacks/${shipped.body.writebackId}`, {
      headers: { 'accept-language': 'en' },
    })
    const again = await post(`/writebacks/${shipped.body.writebackId}/settle`, { decision: 'again' })
    await tellShop()

    expect(refused.body).toMatchObject({
      state: 'refused',
      because: { code: 'order-trashed', title: 'The order is in the shop’s trash' },
    })
    expect(again.body.state).toMatch(/planned|sent/)
    expect(await get(`/writebacks/${shipped.body.writebackId}`)).toMatchObject({ state: 'confirmed' })
    expect(scripted.numbers.get(number)).toEqual(['T1'])
    const { timeline } = await get(`/orders/${id}`)
    const decided = timeline.find((entry: { kind: string }) => entry.kind === 'settled')
    expect(decided.actor).toBe(timeline.find((entry: { kind: string }) => entry.kind === 'shipped').actor)
    expect(decided.actor).toBeTruthy()
  })

  test('what is confirmed has nothing left to decide', async () => {
    const { id } = await newOrder()
    const shipped = await post(`/orders/${id}/shipments`, parcel('S1'))
    await tellShop()

    for (const decision of ['again', 'done']) {
      const answer = await post(`/writebacks/${shipped.body.writebackId}/settle`, { decision })
      expect(answer.body.code).toBe('writeback-settled')
    }
  })

  test('a message in doubt waits for a person', async () => {
    const { id, number } = await newOrder()
    scripted.script.push(async (_, journal) => {
      await journal.before({ name: 'note', mails: true, sent: {} })
      return { state: 'in-doubt', step: 'note' }
    })
    const shipped = await post(`/orders/${id}/shipments`, parcel('M1'))
    await tellShop()

    const doubtful = await get(`/writebacks?state=in-doubt&order=${id}`)
    await post(`/writebacks/${shipped.body.writebackId}/settle`, { decision: 'done' })
    await tellShop()

    expect(doubtful.items).toMatchObject([{ id: shipped.body.writebackId, because: { code: 'mail-in-doubt' } }])
    expect(await get(`/writebacks/${shipped.body.writebackId}`)).toMatchObject({ state: 'confirmed' })
    expect(scripted.mails).not.toContain(number)
  })
})

describe('a table of tracking numbers', () => {
  const send = (what: 'preview' | 'import', raw: string | Uint8Array<ArrayBuffer>, query = '', type = 'text/csv') =>
    lise.call('POST', `/api/v1/trackings/${what}${query}`, {
      raw,
      headers: { 'content-type': type, 'accept-language': 'en' },
    })

  test('is previewed row by row, done once, and adds nothing the second time', async () => {
    const [one, two] = [await newOrder(), await newOrder()]
    const table = `commande;transporteur;suivi\n${one.number};DPD;P1\n${two.number};DPD;=1+1\n99999;DPD;P3\n`

    const preview = await send('preview', table)
    const untouched = await get(`/orders/${one.id}`)
    const done = await send('import', table)
    const again = await send('import', table)

    expect(preview.body).toMatchObject({
      new: 1,
      bad: 2,
      rows: [
        { row: 2, state: 'new', orderId: one.id },
        { row: 3, state: 'bad', field: 'tracking', problem: { code: 'tracking-invalid' } },
        {
          row: 4,
          state: 'bad',
          field: 'order',
          problem: { code: 'order-unknown', title: 'No order has the number 99999' },
        },
      ],
    })
    expect(untouched.shipments).toEqual([])
    expect(done.body).toMatchObject({ done: 1, bad: 2 })
    expect(again.body).toMatchObject({ done: 0, already: 1, bad: 2 })
    expect((await get(`/orders/${one.id}`)).shipments).toHaveLength(1)
  })

  test('of a spreadsheet in UTF-16 is read', async () => {
    const { number } = await newOrder()
    const text = `\ufeffcommande\ttransporteur\tsuivi\r\n${number}\tDPD\tU16\r\n`
    const bytes = new Uint8Array(text.length * 2)
    for (let i = 0; i < text.length; i++) new DataView(bytes.buffer).setUint16(i * 2, text.charCodeAt(i), true)

    expect((await send('preview', bytes, '', 'application/octet-stream')).body).toMatchObject({ new: 1 })
  })

  test.each([
    ['nothing', '', 'csv-unreadable'],
    ['a table without tracking numbers', 'commande;transporteur\n1042;DPD', 'csv-unreadable'],
    ['a workbook', 'PK\u0003\u0004 and so on', 'csv-unreadable'],
  ])('%s is refused whole, saying why', async (_, raw, code) => {
    expect((await send('preview', raw)).body).toMatchObject({ status: 422, code, field: 'file' })
  })

  test('over 5 MiB is refused', async () => {
    expect((await send('preview', 'a'.repeat(5 * 1024 * 1024 + 1))).body).toMatchObject({
      status: 413,
      code: 'body-too-large',
      params: { megabytes: 5 },
    })
  })

  test('asks which shop when both have the number, and does what was answered', async () => {
    const other = await connectShop(api.hub, shop.workspaceId, scripted, 'La Boutique de Paul')
    const mine = await newOrder()
    const twin = showId('order', await other.order(mine.number, { lines: [makeLine('1')] }))
    const table = `commande;transporteur;suivi\n${mine.number};DPD;W1\n`

    const asked = await send('preview', table)
    const done = await send('import', table, `?choose=${mine.number}:${twin}`)

    expect(asked.body).toMatchObject({
      ambiguous: 1,
      rows: [{ state: 'ambiguous', problem: { code: 'order-ambiguous' } }],
    })
    expect(
      asked.body.rows[0].choices.map((choice: { integrationName: string }) => choice.integrationName).sort(),
    ).toEqual(['La Boutique de Paul', 'Les Savons de Lise'])
    expect(done.body).toMatchObject({ done: 1, rows: [{ orderId: twin }] })
    expect((await get(`/orders/${mine.id}`)).shipments).toEqual([])
  })
})

test('the counts say what waits', async () => {
  const before = await get('/counts')
  await newOrder()

  const after = await get('/counts')

  expect(after.toShip).toBe(before.toShip + 1)
  expect(after.ordersToday).toBe(before.ordersToday + 1)
})

const STRANGE_FIELDS = ['hookPath', 'hookSecret', 'constructor']
test.each(STRANGE_FIELDS)('a login field the platform does not know (%s) is refused', async (name) => {
  const answer = await lise.call('POST', '/api/v1/integrations', {
    body: { platform: scripted.platform.manifest.id, url: 'https://boutique.example', login: { [name]: 'x' } },
  })

  expect(answer.status).toBe(422)
  expect(answer.body).toMatchObject({ code: 'field-invalid', field: name })
})
