import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Order } from '../../domain/order.ts'
import { quantityToShip, withProducts } from '../../domain/order.ts'
import { recording, recordings } from './recordings/recordings.ts'
import { toOrder } from './to-order.ts'

const rows = recording('orders-by-include').response.json as { id: number }[]
const order = (id: number): Order => toOrder(rows.find((row) => row.id === id))
const bare = {
  id: 1,
  number: '1',
  status: 'processing',
  currency: 'EUR',
  date_created_gmt: '2026-11-24T09:00:00',
  date_modified_gmt: '2026-11-24T09:00:00',
  total: '10.00',
  line_items: [{ id: 5, name: 'A', product_id: 2, quantity: 1, total: '10.00', total_tax: '0.00' }],
  billing: { first_name: 'A', address_1: 'r', city: 'v', country: 'FR' },
}
const codes = (read: Order) => read.issues.map(({ code }) => code)

describe('a recorded order', () => {
  test('of two lines has its amounts in cents, with nothing left over', () => {
    expect(order(66)).toMatchObject({
      remoteId: '66',
      number: '66',
      status: 'ready',
      statusRaw: 'processing',
      currency: 'EUR',
      placedAt: '2026-11-24T13:36:57.000Z',
      modifiedAt: '2026-11-18T08:30:01.000Z',
      modifiedRaw: '2026-11-18T08:30:01',
      totals: { goodsMinor: 4358, shippingMinor: 490, taxMinor: 640, feesMinor: 0, grandMinor: 5488, roundingMinor: 0 },
      shipTo: {
        name: "Émile O'Connor",
        line1: '12 bis, rue des Écoles',
        postcode: '75005',
        city: 'Paris',
        country: 'FR',
        phone: '+33 1 23 45 67 01',
        email: 'client1@exemple.test',
      },
      shippingMethod: { code: 'flat_rate', title: 'Livraison standard', priceMinor: 490 },
      payment: { code: 'bacs', cashOnDelivery: false },
      lines: [
        {
          remoteId: '1',
          productRemoteId: '11',
          sku: 'TASSE-01',
          gtin: '4006381333931',
          quantity: '2',
          unitPrice: '10.415',
          totalMinor: 2083,
          taxMinor: 417,
        },
        { remoteId: '2', productRemoteId: '17', quantity: '1' },
      ],
      issues: [],
    })
  })

  test.each(
    recordings().flatMap((one) =>
      one.request.path.includes('dp=') || !Array.isArray(one.response.json)
        ? []
        : (one.response.json as { id: number; total?: string; line_items?: unknown }[])
            .filter((row) => row.total !== undefined && row.line_items !== undefined)
            .map((row) => [`${one.name} ${row.id}`, row] as const),
    ),
  )('adds up to the cent: %s', (_, row) => {
    const read = toOrder(row)

    expect(read.totals.roundingMinor).toBe(0)
    expect(read.issues.filter(({ code }) => code.startsWith('amount'))).toEqual([])
  })

  test('in yen has no cents', () => {
    expect(order(79)).toMatchObject({
      currency: 'JPY',
      totals: { goodsMinor: 3600, shippingMinor: 1200, grandMinor: 4800 },
    })
  })

  test('with a negative fee keeps it', () => {
    expect(order(80).totals).toMatchObject({ feesMinor: -250, grandMinor: 3385 })
  })

  test('names a variation by both its ids and its options', () => {
    expect(order(74).lines[0]).toMatchObject({
      productRemoteId: '20',
      variantRemoteId: '22',
      sku: 'TSHIRT-L',
      options: [{ name: 'Taille', value: 'L' }],
    })
  })

  test('of a deleted product keeps the line without product and sku', () => {
    const [line] = order(75).lines
    expect(line).toMatchObject({ name: 'Lampe discontinuée', productRemoteId: undefined, sku: undefined })
    expect(codes(withProducts(order(75), new Map()))).toContain('product-missing')
  })

  test('without a shipping address goes to the billing address, which is said', () => {
    expect(order(83).shipTo).toMatchObject({ name: 'François Lefèvre', city: 'Paris' })
    expect(codes(order(83))).toContain('address-from-billing')
  })

  test('with tags, tabs and invisible characters has them as text, on one line', () => {
    const { shipTo, lines } = order(84)
    expect(shipTo.name).toBe("<b>Jean</b> D'Arc (“Jeanne”)")
    expect(shipTo.line1).toBe("1 rue de l'Église 2ᵉ cour")
    expect(lines[0]!.name).toContain('<b>parfumée</b>')
  })

  test('of a custom status keeps the shop’s word; one nobody knows is unknown', () => {
    expect(order(85)).toMatchObject({ status: 'shipped', statusRaw: 'shipped' })
    expect(toOrder({ ...bare, status: 'en-gravure' })).toMatchObject({
      status: 'unknown',
      statusRaw: 'en-gravure',
      issues: [{ code: 'status-unknown', raw: 'en-gravure' }],
    })
  })

  test('knows the numbers of a tracking plugin and the point of pick-up', () => {
    const read = order(87)
    expect(read.knownTrackings).toHaveLength(1)
    expect(read.pickupPoint).toMatchObject({
      id: '10875349',
      name: 'Tabac des Halles',
      address: { line1: '4 rue Rambuteau', postcode: '75003', city: 'Paris' },
    })
  })

  test('paid at the door says what the carrier is to collect', () => {
    expect(order(88).payment).toMatchObject({ cashOnDelivery: true, amountDueMinor: 2573 })
  })

  test('fetched in the shop keeps the place and no shipping address of its own', () => {
    expect(order(89)).toMatchObject({
      pickupPoint: { name: 'Boutique', address: { line1: '12, rue des Écoles, 75005 Paris' } },
    })
    expect(codes(order(89))).not.toContain('address-empty')
  })

  test('counts refunded pieces by line; an amount alone takes none away', () => {
    const refunds = (name: string) => recording(name).response.json as unknown[]
    const refunded = (id: number, name: string) =>
      toOrder(
        rows.find((row) => row.id === id),
        refunds(name),
      ).lines.map((line) => line.refunded)

    expect(refunded(67, 'refunds')).toEqual(['1', '0', '0'])
    expect(refunded(69, 'refunds-two')).toEqual(['2', '1'])
    expect(refunded(72, 'refunds-full')).toEqual(['2', '1'])
    const [line] = toOrder(
      rows.find((row) => row.id === 67),
      refunds('refunds'),
    ).lines
    expect(quantityToShip({ ...line!, shipped: '0' })).toBe(2)
  })

  test('with half a piece keeps it', () => {
    const half = recordings().find(
      (one) => one.name.startsWith('order-decimal') && (one.response.json as { line_items?: unknown })?.line_items,
    )!

    expect(toOrder(half.response.json).lines.some((line) => line.quantity.includes('.5'))).toBe(true)
  })
})

describe('odd values', () => {
  test.each([
    ['a text', 'x'],
    ['nothing', undefined],
    ['an object', { 0: {} }],
  ])('%s instead of the lines is an issue', (_, lines) => {
    expect(codes(toOrder({ ...bare, line_items: lines }))).toContain('lines-unreadable')
  })

  test('empty addresses are an issue, not an error', () => {
    expect(codes(toOrder({ ...bare, billing: {}, shipping: {} }))).toContain('address-empty')
  })

  test('dates of the year 0 and 9999 are issues, and the shop’s text stays', () => {
    const read = toOrder({ ...bare, date_created_gmt: '0000-00-00T00:00:00', date_modified_gmt: '9999-12-31T23:59:59' })
    expect(read).toMatchObject({
      placedAt: undefined,
      placedRaw: '0000-00-00T00:00:00',
      modifiedAt: undefined,
      modifiedRaw: '9999-12-31T23:59:59',
    })
    expect(codes(read)).toEqual(expect.arrayContaining(['date-unreadable', 'date-unreadable']))
  })

  test('what a plugin leaves over is kept as rounding', () => {
    expect(toOrder({ ...bare, total: '10.03' }).totals.roundingMinor).toBe(3)
  })

  test('amounts that cannot be read, and fractions of a cent, are issues', () => {
    expect(codes(toOrder({ ...bare, shipping_total: '1,234' }))).toContain('amount-unreadable')
    expect(codes(toOrder({ ...bare, total: '10.005' }))).toContain('amount-not-integral')
  })

  test.each([
    ['CA', 'US', 'CA'],
    ['JP13', 'JP', '13'],
    ['TH-10', 'TH', '10'],
    ['NSW', 'AU', 'NSW'],
    ['Bretagne', 'FR', undefined],
    ['', 'FR', undefined],
    ['IT', 'IT', 'IT'],
  ])('state %s of %s is %s', (state, country, code) => {
    expect(toOrder({ ...bare, shipping: { ...bare.billing, state, country } }).shipTo).toMatchObject({
      stateCode: code,
      stateRaw: state || undefined,
    })
  })

  test('core fulfillments say shipped although the status does not move', () => {
    expect(toOrder({ ...bare, meta_data: [{ key: '_fulfillment_status', value: 'fulfilled' }] }).status).toBe('shipped')
  })

  test('a service point as JSON text in a shipping line is read', () => {
    const value = JSON.stringify({
      id: 7,
      name: 'Tabac',
      street: 'rue X',
      house_number: '3',
      postal_code: '69001',
      city: 'Lyon',
    })
    expect(
      toOrder({
        ...bare,
        shipping_lines: [{ method_title: 'Point relais', meta_data: [{ key: 'service_point', value }] }],
      }).pickupPoint,
    ).toMatchObject({
      id: '7',
      carrier: 'Point relais',
      address: { line1: 'rue X 3', postcode: '69001', city: 'Lyon' },
    })
  })

  test('whatever stands in a row, an order comes out', () => {
    const names = Object.keys(rows[0]!)
    const anything = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.constantFrom('', null, undefined, '0', -1, 'constructor', '__proto__', { length: -1 }),
    )
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), anything), fc.option(fc.array(anything)), (odd, refunds) => {
        const read = toOrder({ ...rows[0], ...odd }, refunds ?? undefined)
        expect(Array.isArray(read.lines)).toBe(true)
      }),
      { numRuns: 500 },
    )
    fc.assert(fc.property(anything, (odd) => void toOrder(odd)))
  })
})
