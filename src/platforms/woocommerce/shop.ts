/** What is remembered of a shop at connection (`Admission.shop`): plain JSON, read back tolerantly after any upgrade. */
import { isLengthUnit, isWeightUnit, type LengthUnit, type WeightUnit } from '../../domain/weight.ts'
import type { Signing, Variant } from './login.ts'
import { VARIANTS } from './login.ts'

/** How a shop is told of tracking, by what it offers. */
export const MECHANISMS = ['ast', 'shipment-tracking', 'fulfillments', 'plain'] as const
export type Mechanism = (typeof MECHANISMS)[number]

export interface Shop {
  v: 1
  variant: Variant
  oauthHome: string
  clockOffsetMs: number
  restPath: string
  zone: string
  zoneKnown: boolean
  home: string
  version?: string
  /** Where orders are kept; the walks do not depend on it. */
  storage?: 'tables' | 'posts'
  weightUnit?: WeightUnit
  dimensionUnit?: LengthUnit
  currency?: string
  tracking: Mechanism
}

export function readShop(saved: Record<string, unknown>, url: string): Shop {
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)
  return {
    v: 1,
    variant: VARIANTS.find((known) => known === saved.variant) ?? (url.startsWith('http:') ? 'oauth' : 'basic'),
    oauthHome: text(saved.oauthHome) ?? url,
    clockOffsetMs: typeof saved.clockOffsetMs === 'number' ? saved.clockOffsetMs : 0,
    restPath: text(saved.restPath) ?? '/wp-json',
    zone: text(saved.zone) ?? 'UTC',
    zoneKnown: saved.zoneKnown === true,
    home: text(saved.home) ?? url,
    version: text(saved.version),
    storage: saved.storage === 'tables' || saved.storage === 'posts' ? saved.storage : undefined,
    weightUnit: isWeightUnit(saved.weightUnit) ? saved.weightUnit : undefined,
    dimensionUnit: isLengthUnit(saved.dimensionUnit) ? saved.dimensionUnit : undefined,
    currency: text(saved.currency),
    tracking: MECHANISMS.find((known) => known === saved.tracking) ?? 'plain',
  }
}

export const signingOf = (shop: Shop): Signing => ({
  variant: shop.variant,
  oauthHome: shop.oauthHome,
  clockOffsetMs: shop.clockOffsetMs,
})

/** Whether a version is at least `major.minor`; undefined when the version is not known. */
export function isAtLeast(version: string | undefined, major: number, minor: number): boolean | undefined {
  const parts = /^(\d+)\.(\d+)/.exec(version ?? '')
  if (!parts) return undefined
  const [a, b] = [Number(parts[1]), Number(parts[2])]
  return a > major || (a === major && b >= minor)
}
