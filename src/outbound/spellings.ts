/**
 * Every way a server can hand a secret back, as patterns.
 *
 * A list of written-out forms is never complete: each encoder leaves other signs as they are. So the pattern is made
 * sign by sign, and any mixture is found.
 */

/** Shorter ones would blot out half of every text; they are found by the name beside them. */
const SHORTEST_LITERAL = 4
const SHORTEST_IN_BASE64 = 6
/** `%25F0%259F%2592%25A9` for one sign; and what a half shape at the end of a text may be long. */
const LONGEST_SPELLING = 20
const LONGEST_SHAPE = 200

/** Patterns that find each secret in any spelling, and the length no spelling of one exceeds. */
export function spelledSecrets(secrets: readonly string[]): { patterns: RegExp[]; longest: number } {
  const values = new Set(secrets.flatMap((secret) => [secret, secret.trim()]))
  const found = [...values].filter((value) => value.length >= SHORTEST_LITERAL).sort((a, b) => b.length - a.length)
  const longest = Math.max(0, ...found.map((value) => value.length * LONGEST_SPELLING))
  const patterns = found.flatMap((value) => [spellings(value), ...insideBase64(value)])
  return { patterns, longest: Math.max(longest, LONGEST_SHAPE) }
}

/**
 * One pattern for every way a text can be written: each sign as itself, percent-encoded once or twice, escaped for
 * JSON once or twice, as an HTML entity, or as what is left of it after a wrong character set.
 */
function spellings(value: string): RegExp {
  const signs = value.match(/\\+|./gsu) ?? []
  return new RegExp(signs.map(spellingsOfSign).join(''), 'g')
}

const NAMED: Record<string, string[]> = {
  '&': ['&amp;'],
  '<': ['&lt;'],
  '>': ['&gt;'],
  '"': ['&quot;'],
  "'": ['&apos;'],
  ' ': ['\\+'],
  '\n': ['\\\\{1,4}n'],
  '\r': ['\\\\{1,4}r'],
  '\t': ['\\\\{1,4}t'],
  '\b': ['\\\\{1,4}b'],
  '\f': ['\\\\{1,4}f'],
}

function spellingsOfSign(sign: string): string {
  if (/^[A-Za-z0-9]$/.test(sign)) return sign
  // a run of backslashes is one pattern: one for each would take for ever on a text full of them
  if (sign.startsWith('\\'))
    return `(?:(?:%(?:25)?5[cC]|&#0*92;|\\\\u005[cC]){${sign.length},}|\\\\{${sign.length},${sign.length * 4}})`
  const bytes = [...Buffer.from(sign, 'utf8')].map((byte) => hex(byte, 2))
  const units = Array.from({ length: sign.length }, (_, at) => sign.charCodeAt(at))
  const utf16 = units.map((unit) => `\\\\{1,4}u${hex(unit, 4)}`)
  const code = sign.codePointAt(0)!
  const itself = escaped(sign)
  return `(?:${[
    ...(NAMED[sign] ?? []),
    `%(?:25)?${bytes.join('%(?:25)?')}`,
    utf16.join(''),
    `&#0*${code};`,
    `&#[xX]0*${hex(code, 1)};`,
    ...(/["'/]/.test(sign) ? [`\\\\{1,4}${itself}`] : []),
    ...(code > 0x7f ? ['\ufffd', escaped(Buffer.from(sign, 'utf8').toString('latin1'))] : []),
    itself,
  ].join('|')})`
}

/** Both cases by hand: a pattern that ignores case takes ten times as long to build. */
const hex = (value: number, digits: number) =>
  value
    .toString(16)
    .padStart(digits, '0')
    .replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`)

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')

/**
 * The part of a base64 text that only this secret can make, for each of the three ways it can fall into the groups
 * of three bytes: finds it in `user:secret` of a Basic header whatever the user.
 */
function insideBase64(value: string): RegExp[] {
  const bytes = Buffer.from(value, 'utf8')
  return [0, 1, 2].flatMap((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const core = text.slice(Math.ceil((offset * 8) / 6), Math.floor(((offset + bytes.length) * 8) / 6))
    if (core.length < SHORTEST_IN_BASE64) return []
    const spelled = core.replaceAll('+', '(?:[+-]|%2B|%252B)').replaceAll('/', '(?:\\\\*[/_]|%2F|%252F)')
    return new RegExp(spelled, 'g')
  })
}
