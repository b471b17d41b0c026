/**
 * Bytes of a table somebody saved from a spreadsheet → lines of cells. Pure.
 *
 * Excel writes UTF-16 as « texte Unicode », windows-1252 as « CSV » and `;` between cells in French; others write
 * UTF-8 and commas. Each line is read on its own: one quote that is never closed costs its line, not all that follow.
 */
import { parse } from 'csv-parse/sync'
import { HubError } from '../domain/errors.ts'

export const LARGEST_FILE = 5 * 1024 * 1024
export const MOST_ROWS = 20_000

export interface CsvLine {
  /** As an editor counts: the first line of the file is 1. */
  line: number
  /** Undefined: this line cannot be read. */
  cells?: string[]
}

const unreadable = (reason: string, params: Record<string, string | number> = {}): HubError =>
  new HubError('csv-unreadable', `table unreadable: ${reason}`, { field: 'file', params: { reason, ...params } })

/** @throws HubError `csv-unreadable` when the file as a whole is none */
export function readTable(bytes: Uint8Array): CsvLine[] {
  if (bytes.length === 0) throw unreadable('empty')
  if (bytes.length > LARGEST_FILE) throw unreadable('too-large', { limit: LARGEST_FILE / 1024 / 1024 })
  if (startsWith(bytes, [0x50, 0x4b, 0x03, 0x04]) || startsWith(bytes, [0xd0, 0xcf, 0x11, 0xe0]))
    throw unreadable('spreadsheet')
  const text = decode(bytes)
  const lines = text.split(/\r\n|\n|\r/)
  const announced = /^sep=(.)$/i.exec(lines[0]?.trim() ?? '') // Excel's own way to name the delimiter
  const numbered = lines
    .map((content, index) => ({ content, line: index + 1 }))
    .filter(({ content, line }) => content.trim() !== '' && !(announced && line === 1))
  if (numbered.length === 0) throw unreadable('empty')
  if (numbered.length > MOST_ROWS + 1) throw unreadable('too-many-rows', { limit: MOST_ROWS })
  const delimiter = announced?.[1] ?? delimiterOf(numbered[0]!.content)
  return numbered
    .map(({ content, line }) => ({ line, cells: cellsOf(content, delimiter) }))
    .filter(({ cells }) => !cells || cells.some((cell) => cell !== ''))
}

const startsWith = (bytes: Uint8Array, start: number[]): boolean => start.every((byte, index) => bytes[index] === byte)

function decode(bytes: Uint8Array): string {
  const as = (encoding: string) => new TextDecoder(encoding).decode(bytes) // takes the BOM away
  if (startsWith(bytes, [0xff, 0xfe])) return as('utf-16le')
  if (startsWith(bytes, [0xfe, 0xff])) return as('utf-16be')
  const half = zeroHalf(bytes)
  if (half) return as(half)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return as('windows-1252')
  }
}

/** UTF-16 without its mark: every other byte of western text is zero. */
function zeroHalf(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const start = bytes.subarray(0, 2000)
  const zeros = [0, 0]
  start.forEach((byte, index) => void (byte === 0 && zeros[index % 2]!++))
  const enough = start.length / 4
  if (zeros[1]! > enough && zeros[0]! < zeros[1]! / 4) return 'utf-16le'
  if (zeros[0]! > enough && zeros[1]! < zeros[0]! / 4) return 'utf-16be'
  return undefined
}

/** The one that stands most often in the first line, outside quotes; `;` when none does. */
function delimiterOf(line: string): string {
  const bare = line.replace(/"[^"]*"/g, '')
  const count = (sign: string) => bare.split(sign).length
  return [';', '\t', ','].reduce((best, sign) => (count(sign) > count(best) ? sign : best))
}

function cellsOf(content: string, delimiter: string): string[] | undefined {
  // No quote, nothing to understand; and a file of 20,000 lines is read in a blink.
  if (!content.includes('"')) return content.split(delimiter).map(trimmed)
  try {
    const rows = parse(content, {
      delimiter,
      relax_column_count: true,
      relax_quotes: true,
      trim: delimiter !== '\t',
    }) as string[][]
    return rows.length === 1 ? rows[0]!.map(trimmed) : undefined
  } catch {
    return undefined
  }
}

const trimmed = (cell: string): string => cell.replace(/\u0000/g, '').trim()
