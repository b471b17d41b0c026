/** Which column holds what: by the names people give them, in French and English, or by their order. Pure. */
import { HubError } from '../domain/errors.ts'
import type { CsvLine } from './csv-text.ts'

export const COLUMNS = ['order', 'carrier', 'tracking', 'url'] as const
export type Column = (typeof COLUMNS)[number]

export interface TrackingRow {
  line: number
  order: string
  carrier: string
  tracking: string
  url: string
  /** The line itself cannot be read (an unclosed quote). */
  unreadable?: true
}

/** The more special name first: « URL de suivi » is a link, `tracking provider` a carrier. */
const NAMES: [Column, RegExp][] = [
  ['url', /\b(url|lien|link|site)\b/],
  ['carrier', /\b(transporteurs?|carriers?|courier|provider|livreur|shipper)\b/],
  ['tracking', /\b(suivi|tracking|trackingnumber|tracking no|colis|parcel|awb|envoi)\b/],
  ['order', /\b(commandes?|order|ordernumber|orderid|orders|cde|cmd)\b/],
]
/** « Numéro » alone is the tracking number when another column already is the order. */
const NUMBER = /^(n|no|num|nr|numero|number|numeros)$/

const fold = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim()

/**
 * Rows of a table of tracking numbers; its header, if it has one, is not among them.
 *
 * @throws HubError `csv-unreadable` when the header names some columns but not those that are needed
 */
export function trackingRows(lines: readonly CsvLine[]): TrackingRow[] {
  const first = lines[0]?.cells
  const named = first ? headerOf(first) : undefined
  if (named === undefined) return lines.map((line) => rowOf(line, { order: 0, carrier: 1, tracking: 2, url: 3 }))
  const missing = (['order', 'tracking'] as const).filter((column) => named[column] === undefined)
  if (missing.length > 0) {
    const reason = `column-${missing[0]}`
    throw new HubError('csv-unreadable', `no column for ${missing.join(', ')}`, {
      field: 'file',
      params: { reason, found: first!.join(' · ').slice(0, 200) },
    })
  }
  return lines.slice(1).map((line) => rowOf(line, named))
}

type Positions = Partial<Record<Column, number>>

/** Undefined when the first line is data: names of columns hold no digit. */
function headerOf(cells: readonly string[]): Positions | undefined {
  if (cells.some((cell) => /\d/.test(cell))) return undefined
  const positions: Positions = {}
  const names = cells.map(fold)
  names.forEach((name, index) => {
    const column = NAMES.find(([, pattern]) => pattern.test(name))?.[0]
    if (column !== undefined) positions[column] ??= index
  })
  const number = names.findIndex((name) => NUMBER.test(name))
  if (positions.order !== undefined && number >= 0) positions.tracking ??= number
  else if (positions.tracking !== undefined && number >= 0) positions.order ??= number
  return Object.keys(positions).length > 0 ? positions : undefined
}

function rowOf({ line, cells }: CsvLine, positions: Positions): TrackingRow {
  const cell = (column: Column) => (positions[column] === undefined ? '' : (cells?.[positions[column]] ?? ''))
  const row = { line, order: cell('order'), carrier: cell('carrier'), tracking: cell('tracking'), url: cell('url') }
  return cells ? row : { ...row, unreadable: true }
}
