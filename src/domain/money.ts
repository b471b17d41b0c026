/**
 * Amounts without floats. Shops send "20.83", 20.83, "1500.00" in yen and, through plugins, "1 234,50".
 *
 * Digits come from the ISO 4217 table of dinero.js, never from Intl: CLDR says 0 digits for HUF, COP and IDR, where
 * ISO and the shops say 2 (unicode-org/cldr#4936).
 */
import * as currencies from 'dinero.js/currencies'

const DIGITS = new Map(
  Object.values(currencies).map((currency) => [currency.code as string, currency.exponent as number]),
)
const DEFAULT_DIGITS = 2

/** Minor-unit digits of a currency: EUR 2, JPY 0, KWD 3; 2 for a code nobody knows. */
export const currencyDigits = (code: string): number => DIGITS.get(code.toUpperCase()) ?? DEFAULT_DIGITS

/** Whether ISO 4217 knows the code. */
export const isCurrency = (code: string): boolean => DIGITS.has(code)

const PLAIN = /^-?\d+(?:\.\d+)?$/

/**
 * A number or a number-like text as plain decimal text ("-1234.5"), or undefined when it cannot be told: "1,234"
 * may be a thousand or one and a quarter, so it is neither.
 */
export function decimalText(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? plain(expand(value)) : undefined
  if (typeof value !== 'string') return undefined
  if (PLAIN.test(value)) return plain(value) // what shops nearly always send
  let text = value
    .replace(/[\s\u00a0\u202f']/g, '')
    .replace(/^\+/, '')
    .replace(/^\u2212/, '-')
  if (/[.,].*[.,]/.test(text)) {
    const mark = text.lastIndexOf('.') > text.lastIndexOf(',') ? '.' : ','
    const other = mark === '.' ? ',' : '.'
    const [whole = '', fraction = '', ...more] = text.split(mark)
    if (more.length > 0) {
      // "1.234.567": one kind of mark, several times: groups of three
      if (text.includes(other) || !/^-?\d{1,3}(?:[.,]\d{3})+$/.test(text)) return undefined
      text = text.replaceAll(mark, '')
    } else {
      if (!/^-?\d{1,3}(?:[.,]\d{3})+$/.test(whole)) return undefined
      text = `${whole.replaceAll(other, '')}.${fraction}`
    }
  } else if (text.includes(',')) {
    if (/^-?[1-9]\d{0,2},\d{3}$/.test(text)) return undefined
    text = text.replace(',', '.')
  }
  if (/^-?\d+(?:\.\d*)?[eE][+-]?\d{1,2}$/.test(text)) return plain(expand(Number(text)))
  return plain(text)
}

const expand = (value: number): string => {
  const text = String(value)
  return text.includes('e') ? value.toFixed(12) : text
}

/** Canonical form: no leading zeros, no trailing fraction zeros, no "-0". */
function plain(text: string): string | undefined {
  const parts = /^(-?)(\d*)(?:\.(\d*))?$/.exec(text)
  if (!parts || (parts[2] === '' && !parts[3])) return undefined
  let whole = parts[2]!
  if (whole === '') whole = '0'
  else if (whole.length > 1 && whole.startsWith('0')) whole = whole.replace(/^0+(?=\d)/, '')
  let fraction = parts[3] ?? ''
  if (fraction.endsWith('0')) fraction = fraction.replace(/0+$/, '')
  const magnitude = fraction === '' ? whole : `${whole}.${fraction}`
  return magnitude === '0' ? '0' : parts[1] + magnitude
}

export interface MinorAmount {
  minor: number
  /** False when digits beyond the currency's own were rounded away ("15.005" EUR). */
  exact: boolean
}

/** An amount in the currency's minor units, rounded half away from zero; undefined when it cannot be read or is absurd. */
export function toMinor(value: unknown, digits: number): MinorAmount | undefined {
  const text = decimalText(value)
  if (text === undefined) return undefined
  const point = text.indexOf('.')
  if (text.length < 15 && (point < 0 || text.length - point - 1 <= digits)) {
    const fraction = point < 0 ? '' : text.slice(point + 1)
    const minor = Number((point < 0 ? text : text.slice(0, point)) + fraction.padEnd(digits, '0'))
    return { minor: minor === 0 ? 0 : minor, exact: true }
  }
  const scaled = scale(text, digits)
  const minor = Number(scaled.value)
  return Number.isSafeInteger(minor) ? { minor, exact: scaled.exact } : undefined
}

/** `total ÷ quantity` as decimal text with at most six decimals, rounded half away from zero; undefined for nothing or by zero. */
export function unitPrice(total: unknown, quantity: unknown): string | undefined {
  const dividend = decimalText(total)
  const divisor = decimalText(quantity)
  if (dividend === undefined || divisor === undefined || divisor === '0') return undefined
  if (divisor === '1' && dividend.length - dividend.indexOf('.') <= 7) return dividend
  const top = scale(dividend, 6).value * 10n ** 6n
  const bottom = scale(divisor, 6).value
  if (bottom === 0n) return undefined
  return fromScaled(divideRounded(top, bottom), 6)
}

/** Decimal text of an amount in minor units: `minorText(-5, 2)` is "-0.05". */
export const minorText = (minor: number, digits: number): string => {
  const sign = minor < 0 ? '-' : ''
  const padded = String(Math.abs(Math.trunc(minor))).padStart(digits + 1, '0')
  return digits === 0 ? `${sign}${padded}` : `${sign}${padded.slice(0, -digits)}.${padded.slice(-digits)}`
}

/** Adds decimal texts exactly; unreadable ones count as nothing. */
export function sumDecimals(values: readonly unknown[]): string {
  let sum = 0n
  for (const value of values) {
    const text = decimalText(value)
    if (text !== undefined) sum += scale(text, 12).value
  }
  return fromScaled(sum, 12)
}

function scale(text: string, digits: number): { value: bigint; exact: boolean } {
  const negative = text.startsWith('-')
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.')
  const kept = fraction.slice(0, digits).padEnd(digits, '0')
  const dropped = fraction.slice(digits)
  let value = BigInt(whole + kept)
  if (dropped !== '' && dropped.charCodeAt(0) >= 0x35) value += 1n
  return { value: negative ? -value : value, exact: /^0*$/.test(dropped) }
}

function divideRounded(top: bigint, bottom: bigint): bigint {
  const negative = top < 0n !== bottom < 0n
  const a = top < 0n ? -top : top
  const b = bottom < 0n ? -bottom : bottom
  const quotient = (a * 2n + b) / (b * 2n)
  return negative ? -quotient : quotient
}

function fromScaled(value: bigint, digits: number): string {
  const negative = value < 0n
  const text = String(negative ? -value : value).padStart(digits + 1, '0')
  return plain(`${negative ? '-' : ''}${text.slice(0, -digits)}.${text.slice(-digits)}`) ?? '0'
}
