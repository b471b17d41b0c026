import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fakeClock } from '../../test/fakes/clock.ts'
import { countingShop, type CountingShop } from '../../test/fakes/counting-shop.ts'
import { testDatabase, type TestDatabase } from '../../test/support/database.ts'
import { addWorkspace, connectShop, testHub } from '../../test/support/hub.ts'
import { showId } from '../domain/id.ts'
import { createWorker } from '../sync/worker.ts'
import { workspaceCounts } from './counts.ts'
import { addNote, deleteNote, getOrder, getRaw, setTags } from './order-detail.ts'
import { findOrders, listOrders, type OrderFilter } from './order-list.ts'

let db: TestDatabase
let workspaceId: string
let other: string
let shop: CountingShop
const clock = fakeClock()

const at = (hour: number) => `2026-11-20T${String(hour).padStart(2, '0')}:00:00.000Z`

beforeAll(async () => {
  db = await testDatabase()
  shop = countingShop(() => clock.now())
  const hub = testHub(db, clock, [shop.platform])
  workspaceId = await addWorkspace(db)
  other = await addWorkspace(db, 'other')
  const place = (id: string, hour: number, more: Parameters<CountingShop['place']>[0] = {}) =>
    shop.place({ id, placedAt: at(hour), ...more })
  place('1', 1, { number: '1042', name: 'Zoé Müller', email: 'Zoe@Example.fr' })
  place('2', 2, { number: 'WEB-77', name: 'Jean-Pierre O’Brien', country: 'BE', status: 'completed' })
  place('3', 3, {
    number: '10421',
    name: 'Ana Costa',
    email: 'ana@example.fr',
    lines: [{ id: '1', sku: 'TASSE-50%_bleue', quantity: '1', refunded: '0' }],
  })
  place('4', 4, { number: '7', name: 'Łukasz Œuvrard', status: 'cancelled' })
  place('5', 4, { number: '8', name: "Robert'); DROP TABLE", email: 'bobby@example.fr' })
  await connectShop(hub, workspaceId, 'counting', { name: 'Un' })
  await connectShop(hub, other, 'counting', { name: 'Deux' })
  await createWorker(hub, { concurrency: 1 }).runUntilQuiet()
})
afterAll(() => db.drop())

const numbers = async (filter: OrderFilter) =>
  (await listOrders(db, workspaceId, filter)).orders.map((order) => order.number)

describe('a search', () => {
  test.each([
    ['the start of a number', '1042', ['10421', '1042']],
    ['a short number', '7', ['7']],
    ['a number written with #', '#WEB-7', ['WEB-77']],
    ['an e-mail, in any case', 'BOBBY@ex', ['8']],
    ['a name without its accents', 'muller', ['1042']],
    ['a name with its accents', 'MÜL', ['1042']],
    ['the second part of a double name', 'pierre', ['WEB-77']],
    ['an apostrophe of another kind', "o'br", ['WEB-77']],
    ['letters that are one sign elsewhere', 'oeuv', ['7']],
    ['a letter with a stroke', 'lukasz', ['7']],
    ['the start of a SKU with signs that mean something to the database', 'tasse-50%_', ['10421']],
    ['a quote', "robert')", ['8']],
    ['several words, all of which must be there', 'jean 77', []],
    ['several words that are', 'jean web-77', ['WEB-77']],
    ['a backslash', 'a\\b', []],
  ])('finds by %s', async (_, query, expected) => {
    expect(await numbers({ query })).toEqual(expected)
  })

  test('never finds an order in the middle of a word', async () => {
    expect(await numbers({ query: '042' })).toEqual([])
    expect(await numbers({ query: 'ller' })).toEqual([])
  })

  test('refuses a name of two letters, saying which field', async () => {
    await expect(listOrders(db, workspaceId, { query: 'zo' })).rejects.toMatchObject({
      code: 'field-invalid',
      field: 'query',
    })
  })

  test('gives the same answer by the index as by looking through the newest orders', async () => {
    const byIndex = await db.query<{ number: string }>(
      `SELECT o.number FROM orders o JOIN workspaces w ON w.id = o.workspace_id
       WHERE o.workspace_id = $1 AND o.search_tokens @@ (quote_literal(w.search_key || ':mul') || ':*')::tsquery`,
      [workspaceId],
    )

    expect(byIndex.rows.map((row) => row.number)).toEqual(['1042'])
    expect(await numbers({ query: 'mul' })).toEqual(['1042'])
  })
})

describe('filters', () => {
  test.each<[string, OrderFilter, string[]]>([
    ['status', { status: 'completed' }, ['WEB-77']],
    ['country', { country: 'be' }, ['WEB-77']],
    ['what is to ship', { toShip: true }, ['8', '10421', '1042']],
    ['days', { placedFrom: at(2), placedBefore: at(4) }, ['10421', 'WEB-77']],
    ['exact number', { number: '1042' }, ['1042']],
    ['a search among them', { query: '1042', placedFrom: at(2) }, ['10421']],
    ['attention', { attention: true }, []],
  ])('by %s', async (_, filter, expected) => {
    expect(await numbers(filter)).toEqual(expected)
  })
})

describe('pages', () => {
  test('go on where the last one ended, also between orders of one instant', async () => {
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await listOrders(db, workspaceId, {}, { cursor, limit: 2 })
      seen.push(...page.orders.map((order) => order.number))
      cursor = page.next
    } while (cursor)

    expect(seen.sort()).toEqual(['10421', '1042', '7', '8', 'WEB-77'].sort())
  })

  test('refuse a cursor that is none', async () => {
    await expect(listOrders(db, workspaceId, {}, { cursor: 'xyz' })).rejects.toMatchObject({
      code: 'field-invalid',
      field: 'cursor',
    })
  })
})

describe('another workspace', () => {
  test('sees none of ours: not in lists, not in searches, not by id', async () => {
    const { orders } = await listOrders(db, workspaceId, { number: '1042' })
    const stranger = await addWorkspace(db, 'stranger')

    expect((await listOrders(db, stranger)).orders).toEqual([])
    expect((await listOrders(db, stranger, { query: 'muller' })).orders).toEqual([])
    expect(await findOrders(db, stranger, showId('order', orders[0]!.id))).toEqual([])
    expect(await getOrder(db, stranger, orders[0]!.id)).toBeUndefined()
    expect(await getOrder(db, other, orders[0]!.id)).toBeUndefined()
  })
})

describe('one order', () => {
  test('is found by its shown id and by its number', async () => {
    const [order] = await findOrders(db, workspaceId, '#1042')

    expect(order).toMatchObject({ number: '1042', integrationName: 'Un' })
    expect(await findOrders(db, workspaceId, showId('order', order!.id))).toEqual([order])
  })

  test('comes with everything, and with what the shop sent', async () => {
    const [order] = await findOrders(db, workspaceId, '1042')

    const detail = await getOrder(db, workspaceId, order!.id)

    expect(detail).toMatchObject({
      number: '1042',
      email: 'zoe@example.fr',
      customer: { email: 'Zoe@Example.fr' },
      shipTo: { city: 'Paris', country: 'FR' },
      lines: [{ remoteId: '1', sku: 'TASSE-1', quantity: '2', shipped: '0', toShip: 2, unitPrice: '12.5' }],
      timeline: [{ kind: 'imported' }],
      shipments: [],
      totals: { grandMinor: 1250 },
    })
    expect(JSON.parse((await getRaw(db, workspaceId, order!.id))!.text)).toMatchObject({ id: '1', number: '1042' })
  })

  test('keeps notes and tags of ours, and filters by tag', async () => {
    const [order] = await findOrders(db, workspaceId, '1042')
    const note = await addNote(db, workspaceId, order!.id, { text: 'Appeler avant', author: 'Ana' }, clock.now())
    await db.transaction((tx) =>
      setTags(tx, workspaceId, order!.id, ['cadeau', 'cadeau', ' urgent '], { actor: 'Ana', now: clock.now() }),
    )

    const detail = await getOrder(db, workspaceId, order!.id)
    expect(detail).toMatchObject({ tags: ['cadeau', 'urgent'], notes: [{ text: 'Appeler avant', author: 'Ana' }] })
    expect(detail!.timeline.at(-1)).toMatchObject({
      kind: 'tag',
      actor: 'Ana',
      details: { added: ['cadeau', 'urgent'], removed: [] },
    })
    expect(await numbers({ tag: 'urgent' })).toEqual(['1042'])

    expect(await deleteNote(db, workspaceId, order!.id, note!.id)).toBe(true)
    expect(await deleteNote(db, other, order!.id, note!.id)).toBe(false)
  })
})

describe('counts', () => {
  test('say what waits for a person', async () => {
    const counts = await workspaceCounts(db, workspaceId, '2026-11-20')

    expect(counts).toMatchObject({
      toShip: 3,
      oldestToShipAt: at(1),
      attention: 0,
      ordersToday: 5,
      integrations: 1,
      capped: false,
    })
  })
})
