/**
 * Weights and lengths in the shop's own units. Milligrams, because 0.4 g × 1,000 is not 0; unknown is undefined,
 * never 0: a product "weighing" 0 is one nobody weighed.
 */
import { decimalText } from './money.ts'

export const WEIGHT_UNITS = ['kg', 'g', 'lbs', 'oz'] as const
export type WeightUnit = (typeof WEIGHT_UNITS)[number]
export const LENGTH_UNITS = ['m', 'cm', 'mm', 'in', 'yd'] as const
export type LengthUnit = (typeof LENGTH_UNITS)[number]

/** International avoirdupois pound: 0.45359237 kg exactly. */
const MG_PER: Record<WeightUnit, number> = { kg: 1_000_000, g: 1_000, lbs: 453_592.37, oz: 28_349.523125 }
const MM_PER: Record<LengthUnit, number> = { m: 1_000, cm: 10, mm: 1, in: 25.4, yd: 914.4 }
/** A hundred tonnes, a hundred metres: beyond it somebody typed nonsense. */
const HEAVIEST_MG = 100_000_000_000
const LONGEST_MM = 100_000

export const isWeightUnit = (unit: unknown): unit is WeightUnit => WEIGHT_UNITS.includes(unit as WeightUnit)
export const isLengthUnit = (unit: unknown): unit is LengthUnit => LENGTH_UNITS.includes(unit as LengthUnit)

export const weightMg = (value: unknown, unit: WeightUnit | undefined): number | undefined =>
  convert(value, unit && MG_PER[unit], HEAVIEST_MG)

export const lengthMm = (value: unknown, unit: LengthUnit | undefined): number | undefined =>
  convert(value, unit && MM_PER[unit], LONGEST_MM)

function convert(value: unknown, factor: number | undefined, most: number): number | undefined {
  const text = decimalText(value)
  if (text === undefined || factor === undefined) return undefined
  const result = Math.round(Number(text) * factor)
  return result > 0 && result <= most ? result : undefined
}
