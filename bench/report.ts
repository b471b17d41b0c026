/** One measured figure, beside what it is compared with. */
export interface Line {
  what: string
  measured: string
  /** The limit or comparison measured in the same run. */
  beside?: string
  aim?: string
  met?: boolean
}

export const median = (values: readonly number[]): number => percentile(values, 50)

export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? NaN
}

export const perSecond = (value: number): string => `${Math.round(value).toLocaleString('en')} /s`
export const ms = (value: number): string => `${value.toFixed(value < 10 ? 2 : 0)} ms`
export const ratio = (value: number): string => value.toFixed(2)
