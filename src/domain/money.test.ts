import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { currencyDigits, decimalText, minorText, sumDecimals, toMinor, unitPrice } from './money.ts'

describe('amounts', () => {
  test.each([
    ['20.83', '20.83'],
    [20.83, '20.83'],
    ['1500.00', '1500'],
    ['-0.93', '-0.93'],
    ['-0.00', '0'],
    ['.5', '0.5'],
    ['1 234,50', '1234.5'],
    ['1\u00a0234,50', '1234.5'],
    ['1\u202f234.50', '1234.5'],
    ['1.234,50', '1234.5'],
    ['1,234.50', '1234.5'],
    ['1.234.567', '1234567'],
    ['12,5', '12.5'],
    ['0,125', '0.125'],
    ['+3', '3'],
    ['1e3', '1000'],
    [1e-7, '0.0000001'],
    ['007.10', '7.1'],
  ])('%j reads as %s', (value, text) => {
    expect(decimalText(value)).toBe(text)
  })

  test.each([
    '1,234',
    '',
    ' ',
    'abc',
    '12€',
    '1.2.3',
    '--1',
    null,
    undefined,
    {},
    [],
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ])('%j cannot be told', (value) => {
    expect(decimalText(value)).toBeUndefined()
  })

  test('have the digits of ISO 4217, also where CLDR says otherwise', () => {
    expect(['EUR', 'JPY', 'KWD', 'HUF', 'COP', 'IDR', 'XYZ'].map(currencyDigits)).toEqual([2, 0, 3, 2, 2, 2, 2])
  })

  test('become minor units, rounded half away from zero, and say when that lost something', () => {
    expect(toMinor('1500.00', 0)).toEqual({ minor: 1500, exact: true })
    expect(toMinor('1500.50', 0)).toEqual({ minor: 1501, exact: false })
    expect(toMinor('15.005', 2)).toEqual({ minor: 1501, exact: false })
    expect(toMinor('-15.005', 2)).toEqual({ minor: -1501, exact: false })
    expect(toMinor('0.29', 2)).toEqual({ minor: 29, exact: true })
    expect(toMinor('9'.repeat(30), 2)).toBeUndefined()
  })

  test('of any size come back as they went', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), fc.constantFrom(0, 2, 3), (minor, digits) => {
        expect(toMinor(minorText(minor, digits), digits)).toEqual({ minor: minor === 0 ? 0 : minor, exact: true })
      }),
    )
  })

  test('of one piece have six decimals at most', () => {
    expect(unitPrice('31.25', 3)).toBe('10.416667')
    expect(unitPrice('-10.42', '1.5')).toBe('-6.946667')
    expect(unitPrice('10', 0)).toBeUndefined()
    expect(unitPrice('10', 'x')).toBeUndefined()
  })

  test('add up exactly', () => {
    expect(sumDecimals(['0.1', '0.2', 1.5, 'x', null])).toBe('1.8')
  })
})
