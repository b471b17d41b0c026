import { describe, expect, test } from 'vitest'
import { carrierContract } from '../../../test/contracts/carrier-contract.ts'
import { HubError } from '../../domain/errors.ts'
import { manual } from './index.ts'

const check = (tracking: string, url?: string) =>
  manual.check({ carrierName: 'Colissimo', parcels: [{ tracking, url }] })

const refusalOf = (act: () => unknown): { code: string; field?: string; params: Record<string, unknown> } => {
  try {
    act()
  } catch (thrown) {
    if (thrown instanceof HubError) return { code: thrown.code, field: thrown.field, params: thrown.params }
    throw thrown
  }
  throw new Error('nothing was refused')
}

describe('a tracking number typed by hand', () => {
  test('is trimmed, with the blanks web pages bring', () => {
    expect(check('\u00a0 6A 1234\u202f5678 ').parcels).toEqual([{ tracking: '6A 1234 5678' }])
  })

  test.each([
    ['', 'empty'],
    [' \u00a0', 'empty'],
    ['6A\n1', 'control-characters'],
    ['6A\u0000', 'control-characters'],
    ['6A\u202e1', 'control-characters'],
    ['<script>', 'markup'],
    ['=HYPERLINK("http://x")', 'formula'],
    ["'=1+1", 'formula'],
    ['+33 1', 'formula'],
    ['-12', 'formula'],
    ['@SUM(A1)', 'formula'],
    ['6,12345E+12', 'spreadsheet-number'],
    ['…', 'no-digit-or-letter'],
    ['1'.repeat(256), 'too-long'],
  ])('%j is refused: %s', (tracking, reason) => {
    expect(refusalOf(() => check(tracking))).toMatchObject({
      code: 'tracking-invalid',
      field: 'tracking',
      params: { reason },
    })
  })

  test('over 64 characters is accepted with a warning', () => {
    expect(check('1'.repeat(65)).warnings).toEqual([{ code: 'long-number', field: 'tracking' }])
    expect(check('1'.repeat(64)).warnings).toEqual([])
  })

  test('the same number twice is one parcel, and its link is kept', () => {
    const { parcels } = manual.check({
      carrierName: 'DPD',
      parcels: [{ tracking: 'ab 12' }, { tracking: 'AB12', url: 'https://dpd.example/AB12' }, { tracking: 'CD34' }],
    })

    expect(parcels).toEqual([{ tracking: 'AB12', url: 'https://dpd.example/AB12' }, { tracking: 'CD34' }])
  })

  test('of several parcels the wrong one is named', () => {
    const act = () =>
      manual.check({ carrierName: 'DPD', parcels: [{ tracking: '1' }, { tracking: '2', url: 'javascript:1' }] })

    expect(refusalOf(act)).toMatchObject({ field: 'parcels.1.url', params: { reason: 'url-scheme' } })
  })

  test('a shipment without any parcel is refused', () => {
    expect(refusalOf(() => manual.check({ carrierName: 'DPD', parcels: [] }))).toMatchObject({ field: 'tracking' })
  })
})

describe('a tracking link', () => {
  test.each([
    ['javascript:alert(1)', 'url-scheme'],
    ['JaVaScRiPt:alert(1)', 'url-scheme'],
    ['java\nscript:alert(1)', 'url-malformed'],
    ['data:text/html,x', 'url-scheme'],
    ['file:///etc/passwd', 'url-scheme'],
    ['www.laposte.fr/suivi', 'url-malformed'],
    ['https://', 'url-malformed'],
    ['https://a b', 'url-malformed'],
    ['https://x/"onclick', 'url-malformed'],
    ['https://user:secret@carrier.example/1', 'url-with-login'],
  ])('%j is refused: %s', (url, reason) => {
    expect(refusalOf(() => check('1', url))).toMatchObject({
      code: 'tracking-invalid',
      field: 'url',
      params: { reason },
    })
  })

  test('a login in a link is not repeated in the refusal', () => {
    expect(JSON.stringify(refusalOf(() => check('1', 'https://user:secret@carrier.example/1')))).not.toContain('secret')
  })

  test('http, https and none are accepted', () => {
    expect(check('1', ' HTTPS://Carrier.example/é ').parcels[0]!.url).toBe('https://carrier.example/%C3%A9')
    expect(check('1', 'http://carrier.example/1').parcels[0]!.url).toBe('http://carrier.example/1')
    expect(check('1', ' ').parcels[0]).not.toHaveProperty('url')
  })
})

describe('a carrier name', () => {
  test.each(['', '  ', 'a<b', 'a\u0000', 'x'.repeat(101), '=1+1'])('%j is refused', (carrierName) => {
    const act = () => manual.check({ carrierName, parcels: [{ tracking: '1' }] })

    expect(refusalOf(act)).toMatchObject({ code: 'field-invalid', field: 'carrierName' })
  })

  test('keeps its accents and loses blanks around it', () => {
    const checked = manual.check({ carrierName: '  La  Poste – Lettre suivie ', parcels: [{ tracking: '1' }] })

    expect(checked.carrierName).toBe('La Poste – Lettre suivie')
  })
})

carrierContract(manual, {
  carrierName: ' Colissimo ',
  carrierCode: 'colissimo',
  parcels: [{ tracking: ' 6A 123 ', url: 'https://suivi.example/6A123' }, { tracking: '6A124' }],
})
