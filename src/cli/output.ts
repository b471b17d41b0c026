/** What the terminal shows: JSON is the contract, text is for people, progress goes to stderr. */
import { translator, type Locale } from '../words/index.ts'

/** Exit codes: machines read these, never sentences. */
export const EXIT = { ok: 0, failed: 1, unknown: 2, usage: 64 } as const

export interface Terminal {
  locale: Locale
  json: boolean
  out(text: string): void
  err(text: string): void
}

/** Usage errors and failures that end a command with a sentence already chosen. */
export class CommandError extends Error {
  readonly exit: number
  readonly problem: unknown

  constructor(exit: number, message: string, problem?: unknown) {
    super(message)
    this.exit = exit
    this.problem = problem
  }
}

export const words = (terminal: Terminal) => {
  const t = translator(terminal.locale)
  return (key: string, params: Record<string, string | number> = {}) => t(`cli.${key}`, params)
}

/** A value as the contract has it, or as people read it. */
export function show(terminal: Terminal, value: unknown, text: () => string): void {
  terminal.out(terminal.json ? JSON.stringify(value, null, 2) : text())
}

/** Columns as wide as their widest cell; the last one may wrap where the terminal does. */
export function table(headers: string[], rows: string[][]): string {
  const widths = headers.map((header, column) =>
    Math.max(header.length, ...rows.map((row) => (row[column] ?? '').length)),
  )
  const line = (cells: string[]) =>
    cells
      .map((cell, column) => (column === headers.length - 1 ? cell : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd()
  return [line(headers), ...rows.map(line)].join('\n')
}

/** A table without rows says so instead of showing a bare header. */
export const tableOr = (empty: string, headers: string[], rows: string[][]): string =>
  rows.length === 0 ? empty : table(headers, rows)
