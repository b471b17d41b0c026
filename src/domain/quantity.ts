/** Quantities are decimal text with up to four decimals (1.5 m of cloth), counted in ten-thousandths, never in floats. */

const SCALE = 10_000
/** numeric(14, 4) holds ten digits before the point. */
const LARGEST = 9_999_999_999

/** "1.5" → 15000; undefined when it is not a quantity. A comma is a decimal point (French keyboards). */
export function readQuantity(text: string): number | undefined {
  const match = /^(\d{1,10})(?:[.,](\d{1,4})0*)?$/.exec(text.trim())
  if (!match || Number(match[1]) > LARGEST) return undefined
  return Number(match[1]) * SCALE + Number((match[2] ?? '').padEnd(4, '0'))
}

/** 15000 → "1.5" */
export function showQuantity(parts: number): string {
  const whole = Math.trunc(parts / SCALE)
  const rest = String(Math.abs(parts % SCALE))
    .padStart(4, '0')
    .replace(/0+$/, '')
  return rest === '' ? String(whole) : `${whole}.${rest}`
}

/** A quantity the hub itself keeps; odd values count as 0. */
export const quantityParts = (text: string): number => Math.round(Number(text) * SCALE) || 0
