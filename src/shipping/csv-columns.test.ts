import { describe, expect, test } from 'vitest'
import { HubError } from '../domain/errors.ts'
import { trackingRows } from './csv-columns.ts'
import { LARGEST_FILE, MOST_ROWS, readTable } from './csv-text.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const rows = (data: Uint8Array | string) => trackingRows(readTable(typeof data === 'string' ? bytes(data) : data))

const utf16 = (text: string, { big = false, mark = true } = {}): Uint8Array => {
  const little = Buffer.from((mark ? '\ufeff' : '') + text, 'utf16le')
  return big ? little.swap16() : little
}

const refusalOf = (act: () => unknown): Record<string, unknown> => {
  try {
    act()
  } catch (thrown) {
    if (thrown instanceof HubError && thrown.code === 'csv-unreadable') return thrown.params
    throw thrown
  }
  throw new Error('nothing was refused')
}

const ONE = { line: 1, order: '1042', carrier: 'Colissimo', tracking: '6A123', url: '' }

describe('the bytes of a table', () => {
  test.each([
    ['semicolons', '1042;Colissimo;6A123'],
    ['commas', '1042,Colissimo,6A123'],
    ['tabs', '1042\tColissimo\t6A123'],
    ['quotes and blanks', '"1042"; "Colissimo" ;6A123 '],
    ['a UTF-8 mark', '\ufeff1042;Colissimo;6A123'],
  ])('with %s are read', (_, text) => {
    expect(rows(text)).toEqual([ONE])
  })

  test.each([
    ['UTF-16 little', utf16('1042;Éclair;6A123')],
    ['UTF-16 big', utf16('1042;Éclair;6A123', { big: true })],
    ['UTF-16 little without mark', utf16('1042;Éclair;6A123', { mark: false })],
    ['UTF-16 big without mark', utf16('1042;Éclair;6A123', { big: true, mark: false })],
    ['windows-1252', Buffer.from('1042;\u00c9clair;6A123', 'latin1')],
    ['UTF-8', bytes('1042;Éclair;6A123')],
  ])('in %s are read', (_, data) => {
    expect(rows(data)).toEqual([{ ...ONE, carrier: 'Éclair' }])
  })

  test('a delimiter inside quotes, or of the other kind inside a cell, splits nothing', () => {
    expect(rows('1042;"La Poste; Lettre";6A123')[0]!.carrier).toBe('La Poste; Lettre')
    expect(rows('1042;Poste, Lettre;6A123')[0]!.carrier).toBe('Poste, Lettre')
  })

  test('lines count as in an editor, blank ones included, whatever ends them', () => {
    expect(rows('sep=;\r\n1042;DPD;1\r\n\r\n;;\r\n1043;DPD;2').map((row) => row.line)).toEqual([2, 5])
    expect(rows('1042;DPD;1\r1043;DPD;2').map((row) => row.line)).toEqual([1, 2])
  })

  test('a quote that is never closed costs its own line only', () => {
    const read = rows('1042;"DPD;1\n1043;DPD;2')

    expect(read.map((row) => [row.line, row.unreadable ?? false])).toEqual([
      [1, true],
      [2, false],
    ])
  })

  test.each([
    ['empty', new Uint8Array()],
    ['empty', bytes(' \n\n')],
    ['spreadsheet', Uint8Array.from([0x50, 0x4b, 3, 4, 0, 0])],
    ['too-large', new Uint8Array(LARGEST_FILE + 1)],
    ['too-many-rows', bytes('1;DPD;1\n'.repeat(MOST_ROWS + 2))],
  ])('%s is refused whole, saying so', (reason, data) => {
    expect(refusalOf(() => rows(data))).toMatchObject({ reason })
  })

  test('as many rows as are allowed are read', () => {
    expect(rows('1;"DPD";1\n'.repeat(MOST_ROWS))).toHaveLength(MOST_ROWS)
  })
})

describe('columns', () => {
  test.each([
    ['Commande;Transporteur;Numéro de suivi', '1042;Colissimo;6A123'],
    ['N° de commande;Transporteur;Suivi', '1042;Colissimo;6A123'],
    ['Transporteur;N° de suivi;Commande', 'Colissimo;6A123;1042'],
    ['Commande;Transporteur;Numéro', '1042;Colissimo;6A123'],
    ['order,carrier,tracking', '1042,Colissimo,6A123'],
    ['Order number,Tracking number,Tracking provider', '1042,6A123,Colissimo'],
    ['orderNumber,trackingNumber,carrier', '1042,6A123,Colissimo'],
    ['Note;Commande;Transporteur;Suivi', 'fragile;1042;Colissimo;6A123'],
  ])('are found by name: %s', (header, line) => {
    expect(rows(`${header}\n${line}`)).toEqual([{ ...ONE, line: 2 }])
  })

  test('the link has a column of its own, by name or as the fourth', () => {
    const url = 'https://suivi.example/6A123'

    expect(rows(`order;url de suivi;carrier;suivi\n1042;${url};Colissimo;6A123`)[0]!.url).toBe(url)
    expect(rows(`1042;Colissimo;6A123;${url}`)[0]!.url).toBe(url)
  })

  test('a header without the order or the number is refused, naming the column', () => {
    expect(refusalOf(() => rows('Commande;Transporteur\n1042;DPD'))).toMatchObject({ reason: 'column-tracking' })
    expect(refusalOf(() => rows('Transporteur;Suivi\nDPD;1'))).toMatchObject({ reason: 'column-order' })
  })

  test('missing cells are empty, further ones are left alone', () => {
    expect(rows('1042;DPD\n1043;DPD;1;;x;y')).toMatchObject([{ tracking: '' }, { tracking: '1', url: '' }])
  })
})
