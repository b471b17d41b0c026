import { describe, expect, test } from 'vitest'
import { manual } from '../carriers/manual/index.ts'
import { HubError } from '../domain/errors.ts'
import type { ShipmentInput } from '../domain/shipment.ts'
import type { ShippableLine, ShippableOrder } from './draft-shipment.ts'
import { draftShipment } from './draft-shipment.ts'

const line = (remoteId: string, quantity = '1', more: Partial<ShippableLine> = {}): ShippableLine => ({
  remoteId,
  name: `Line ${remoteId}`,
  quantity,
  refunded: '0',
  cancelled: '0',
  shipped: '0',
  ...more,
})

const order = (more: Partial<ShippableOrder> = {}): ShippableOrder => ({
  number: '1042',
  status: 'ready',
  statusRaw: 'processing',
  lines: [line('11', '2', { sku: 'TEA' }), line('12', '1.5', { sku: 'CLOTH' })],
  ...more,
})

const input = (more: Partial<ShipmentInput> = {}): ShipmentInput => ({
  carrierName: 'Colissimo',
  parcels: [{ tracking: '6A12345678901' }],
  ...more,
})

const draft = (o = order(), i = input(), options = {}) => draftShipment(o, i, manual, options)

const refusalOf = (act: () => unknown): { code: string; field?: string; params: Record<string, unknown> } => {
  try {
    act()
  } catch (thrown) {
    if (thrown instanceof HubError) return { code: thrown.code, field: thrown.field, params: thrown.params }
    throw thrown
  }
  throw new Error('nothing was refused')
}

describe('lines and quantities', () => {
  test('without lines everything that is left is sent and the order is complete', () => {
    const partly = order({
      lines: [line('11', '3', { shipped: '1', refunded: '1' }), line('12', '1', { shipped: '1' })],
    })

    expect(draft(partly)).toMatchObject({ lines: [{ lineRemoteId: '11', quantity: '1' }], completes: true })
  })

  test('a part leaves the order incomplete', () => {
    const result = draft(order(), input({ lines: [{ lineRemoteId: '11', quantity: '1' }] }))

    expect(result).toMatchObject({ lines: [{ lineRemoteId: '11', quantity: '1' }], completes: false })
  })

  test('decimal quantities are exact and a comma is a decimal point', () => {
    const cloth = order({ lines: [line('12', '0.3', { shipped: '0.1' })] })

    const result = draft(cloth, input({ lines: [{ lineRemoteId: '12', quantity: '0,2' }] }))

    expect(result).toMatchObject({ lines: [{ lineRemoteId: '12', quantity: '0.2' }], completes: true })
  })

  test('a line may be named by its SKU, in any case, and twice', () => {
    const lines = [
      { lineRemoteId: 'tea', quantity: '1' },
      { lineRemoteId: '11', quantity: '1' },
    ]

    expect(draft(order(), input({ lines })).lines).toEqual([{ lineRemoteId: '11', quantity: '2' }])
  })

  test('a line id wins over a SKU that looks like it', () => {
    const odd = order({ lines: [line('11', '1', { sku: '12' }), line('12')] })

    expect(draft(odd, input({ lines: [{ lineRemoteId: '12', quantity: '1' }] })).lines[0]!.lineRemoteId).toBe('12')
  })

  test('a SKU that two lines have is asked about, naming both', () => {
    const twins = order({ lines: [line('11', '1', { sku: 'TEA' }), line('12', '1', { sku: 'TEA' })] })

    const refusal = refusalOf(() => draft(twins, input({ lines: [{ lineRemoteId: 'TEA', quantity: '1' }] })))

    expect(refusal).toMatchObject({
      code: 'line-ambiguous',
      field: 'lines.0.lineRemoteId',
      params: { candidates: '11, 12' },
    })
  })

  test('an unknown line is refused with the lines there are', () => {
    const refusal = refusalOf(() => draft(order(), input({ lines: [{ lineRemoteId: 'COFFEE', quantity: '1' }] })))

    expect(refusal).toMatchObject({ code: 'line-unknown', params: { line: 'COFFEE', lines: '11 (TEA), 12 (CLOTH)' } })
  })

  test.each(['0', '-1', '', 'two', '1.23456', '1e3', '99999999999'])('the quantity %j is refused', (quantity) => {
    const refusal = refusalOf(() => draft(order(), input({ lines: [{ lineRemoteId: '11', quantity }] })))

    expect(refusal).toMatchObject({ code: 'quantity-invalid', field: 'lines.0.quantity' })
  })

  test('more than is left is refused and says what is left, also when spread over two entries', () => {
    const lines = [
      { lineRemoteId: '11', quantity: '1' },
      { lineRemoteId: 'TEA', quantity: '2' },
    ]

    const refusal = refusalOf(() => draft(order(), input({ lines })))

    expect(refusal).toMatchObject({
      code: 'quantity-invalid',
      field: 'lines.1.quantity',
      params: { left: '2', value: '3' },
    })
  })

  test('what needs no shipping neither travels nor keeps the order open', () => {
    const mixed = order({ lines: [line('11'), line('12', '1', { requiresShipping: false })] })

    expect(draft(mixed)).toMatchObject({ lines: [{ lineRemoteId: '11', quantity: '1' }], completes: true })
  })

  test('an order with nothing left is refused', () => {
    const sent = order({ lines: [line('11', '1', { shipped: '1' })] })

    expect(refusalOf(() => draft(sent))).toMatchObject({
      code: 'order-not-shippable',
      params: { reason: 'nothing-left' },
    })
  })
})

describe('orders that must not be sent', () => {
  test.each([
    ['cancelled', order({ status: 'cancelled', statusRaw: 'cancelled' })],
    ['refunded', order({ status: 'refunded', statusRaw: 'refunded' })],
    ['trashed', order({ gone: 'trashed' })],
    ['deleted', order({ gone: 'deleted' })],
  ])('%s is refused, also when forced', (reason, given) => {
    expect(refusalOf(() => draft(given, input(), { force: true }))).toMatchObject({
      code: 'order-not-shippable',
      params: { reason, number: '1042' },
    })
  })

  test.each([
    ['on-hold', order({ status: 'on-hold', statusRaw: 'on-hold' })],
    ['unknown', order({ status: 'unknown', statusRaw: 'wc-baking' })],
  ])('%s is refused until a person insists', (reason, given) => {
    expect(refusalOf(() => draft(given)).params).toMatchObject({ reason })
    expect(draft(given, input(), { force: true }).lines).toHaveLength(2)
  })

  test.each(['shipped', 'completed'] as const)('an order the shop calls %s can still get its number', (status) => {
    expect(draft(order({ status })).lines).toHaveLength(2)
  })
})
