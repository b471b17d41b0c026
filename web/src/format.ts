/**
 * Numbers, money and moments as people say them. Digits of a currency come from the API's minor units, never from
 * Intl: its data says 0 digits for HUF and ISK-like cases where shops say 2 (unicode-org/cldr#4936).
 */
import { useMemo } from 'react'
import { useLocale, useNow } from 'use-intl'
import type { Money } from './api/shapes.ts'
import { useWords, type Locale } from './words.ts'

/** ISO 4217 currencies whose minor unit is not a hundredth. */
const NO_DIGITS = new Set([
  'BIF',
  'CLP',
  'DJF',
  'GNF',
  'ISK',
  'JPY',
  'KMF',
  'KRW',
  'PYG',
  'RWF',
  'UGX',
  'UYI',
  'VND',
  'VUV',
  'XAF',
  'XOF',
  'XPF',
])
const THREE_DIGITS = new Set(['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'])
export const currencyDigits = (currency: string): number =>
  NO_DIGITS.has(currency) ? 0 : THREE_DIGITS.has(currency) ? 3 : currency === 'CLF' || currency === 'UYW' ? 4 : 2

const NARROW = '\u202f'
const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
]
const DAY_MS = 86_400_000

export interface Formats {
  money(amount: Money): string
  number(value: number): string
  decimal(text: string): string
  bytes(count: number): string
  duration(ms: number): string
  weight(mg: number): string
  country(code: string): string
  /** "il y a 4 min" */
  ago(instant: string): string
  /** "14 h 02", "mardi 9 h 12", "12 nov. 9 h 12": for "depuis …". */
  since(instant: string): string
  /** "à 14 h 18", "mercredi à 14 h 18": for "prochain essai …". */
  at(instant: string): string
  /** "12 nov. 2026" */
  day(instant: string): string
  /** The whole date, for titles. */
  full(instant: string): string
}

const timeOfDay = (date: Date, locale: Locale): string => {
  const [hours, minutes] = [date.getHours(), String(date.getMinutes()).padStart(2, '0')]
  return locale === 'fr' ? `${hours}${NARROW}h${NARROW}${minutes}` : `${String(hours).padStart(2, '0')}:${minutes}`
}

interface MomentWords {
  justNow: string
  at(time: string): string
  dayAt(day: string, time: string): string
}

export function makeFormats(locale: Locale, now: Date, words: MomentWords): Formats {
  const tag = locale === 'fr' ? 'fr-FR' : 'en-GB'
  const relative = new Intl.RelativeTimeFormat(tag, { numeric: 'auto', style: 'short' })
  const whole = new Intl.DateTimeFormat(tag, { dateStyle: 'full', timeStyle: 'medium' })
  const short = new Intl.DateTimeFormat(tag, { day: 'numeric', month: 'short', year: 'numeric' })
  const shortThisYear = new Intl.DateTimeFormat(tag, { day: 'numeric', month: 'short' })
  const weekday = new Intl.DateTimeFormat(tag, { weekday: 'long' })
  const plain = new Intl.NumberFormat(tag, { maximumFractionDigits: 4 })
  const regions = new Intl.DisplayNames([tag], { type: 'region', fallback: 'code' })

  const dayName = (date: Date): string | undefined => {
    if (date.toDateString() === now.toDateString()) return undefined
    if (Math.abs(date.getTime() - now.getTime()) < 6 * DAY_MS) return weekday.format(date)
    return (date.getFullYear() === now.getFullYear() ? shortThisYear : short).format(date)
  }

  return {
    money({ minor, currency }) {
      const digits = currencyDigits(currency)
      try {
        return new Intl.NumberFormat(tag, {
          style: 'currency',
          currency,
          minimumFractionDigits: digits,
          maximumFractionDigits: digits,
        }).format(minor / 10 ** digits)
      } catch {
        return `${plain.format(minor / 100)} ${currency}`
      }
    },
    number: (value) => plain.format(value),
    decimal: (text) => (Number.isFinite(Number(text)) ? plain.format(Number(text)) : text),
    bytes: (count) =>
      count < 1000
        ? new Intl.NumberFormat(tag, { style: 'unit', unit: 'byte', unitDisplay: 'narrow' }).format(count)
        : new Intl.NumberFormat(tag, { style: 'unit', unit: 'kilobyte', maximumFractionDigits: 1 }).format(
            count / 1000,
          ),
    duration: (ms) =>
      ms < 1000
        ? new Intl.NumberFormat(tag, { style: 'unit', unit: 'millisecond' }).format(ms)
        : new Intl.NumberFormat(tag, { style: 'unit', unit: 'second', maximumFractionDigits: 1 }).format(ms / 1000),
    weight: (mg) =>
      mg < 1_000_000
        ? new Intl.NumberFormat(tag, { style: 'unit', unit: 'gram', maximumFractionDigits: 1 }).format(mg / 1000)
        : new Intl.NumberFormat(tag, { style: 'unit', unit: 'kilogram', maximumFractionDigits: 2 }).format(
            mg / 1_000_000,
          ),
    country: (code) => {
      try {
        return regions.of(code) ?? code
      } catch {
        return code
      }
    },
    ago(instant) {
      const seconds = (Date.parse(instant) - now.getTime()) / 1000
      const [unit, size] = UNITS.find(([, unitSize]) => Math.abs(seconds) >= unitSize) ?? ['second', 1]
      if (unit === 'second') return words.justNow
      return relative.format(Math.trunc(seconds / size), unit)
    },
    since(instant) {
      const date = new Date(instant)
      const day = dayName(date)
      return day === undefined ? timeOfDay(date, locale) : `${day} ${timeOfDay(date, locale)}`
    },
    at(instant) {
      const date = new Date(instant)
      const day = dayName(date)
      return day === undefined ? words.at(timeOfDay(date, locale)) : words.dayAt(day, timeOfDay(date, locale))
    },
    day: (instant) => short.format(new Date(instant)),
    full: (instant) => whole.format(new Date(instant)),
  }
}

export function useFormats(): Formats {
  const locale = useLocale() as Locale
  const now = useNow({ updateInterval: 20_000 })
  const t = useWords('common')
  return useMemo(
    () =>
      makeFormats(locale, now, {
        justNow: t('justNow'),
        at: (time) => t('at', { time }),
        dayAt: (day, time) => t('dayAt', { day, time }),
      }),
    [locale, now, t],
  )
}
