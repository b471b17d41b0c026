/** What every carrier must keep, whatever it is: run by each folder in `src/carriers/`. */
import { describe, expect, test } from 'vitest'
import type { Carrier } from '../../src/domain/carrier.ts'
import { HubError } from '../../src/domain/errors.ts'
import type { ShipmentInput } from '../../src/domain/shipment.ts'

type Input = Pick<ShipmentInput, 'carrierName' | 'carrierCode' | 'parcels'>

const thrownBy = (act: () => unknown): unknown => {
  try {
    act()
  } catch (thrown) {
    return thrown
  }
  return undefined
}

/** @param good what a careful person types for this carrier */
export function carrierContract(carrier: Carrier, good: Input): void {
  describe(`the carrier ${carrier.manifest.id} keeps the contract`, () => {
    test('what was typed well is accepted, and checking it again changes nothing', () => {
      const once = carrier.check(good)

      expect(once.parcels.length).toBeGreaterThan(0)
      expect(carrier.check({ ...good, ...once })).toEqual(once)
    })

    test('checking leaves what was typed as it was', () => {
      const before = structuredClone(good)

      carrier.check(good)

      expect(good).toEqual(before)
    })

    test.each([
      ['no parcel', { ...good, parcels: [] }],
      ['an empty number', { ...good, parcels: [{ tracking: ' ' }] }],
      ['markup', { ...good, parcels: [{ tracking: '<b>1</b>' }] }],
      ['a formula', { ...good, parcels: [{ tracking: '=1+1' }] }],
      ['a link that runs', { ...good, parcels: [{ tracking: '1', url: 'javascript:alert(1)' }] }],
      ['no carrier name', { ...good, carrierName: '' }],
    ])('%s is refused with a field, for whoever typed it to mend', (_, input) => {
      expect(thrownBy(() => carrier.check(input))).toSatisfy(
        (error) => error instanceof HubError && error.recovery === 'fix-input' && error.field !== undefined,
      )
    })

    test('booking gives a number for each parcel, and a carrier that gives them can be asked for them again', async () => {
      const intent = { ...carrier.check(good), ownReference: 'PSR-CONTRACT' }

      const booking = await carrier.book(intent)

      expect(booking.parcels.every((parcel) => parcel.tracking !== '')).toBe(true)
      expect(booking.parcels).toHaveLength(intent.parcels.length)
      if (carrier.manifest.numbers === 'booked') expect(await carrier.find?.('PSR-CONTRACT')).toEqual(booking)
    })
  })
}
