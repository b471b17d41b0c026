/**
 * JSON as shops really send it: a byte order mark, blank lines or a PHP warning in front, a cache's comment behind,
 * Latin-1 bytes, a body cut in the middle, or a hundred thousand brackets deep.
 *
 * What is forgiven is told in `notes`. Depth is measured before anything recursive touches the text: JSON.parse
 * survives 100,000 levels, JSON.stringify and structuredClone of the result do not.
 */

export type JsonNote = 'byte-order-mark' | 'blank-lines' | 'php-output' | 'trailing-output' | 'not-utf8'
export type JsonFault = 'empty' | 'too-large' | 'too-deep' | 'truncated' | 'html' | 'not-json'

export type ShopJson =
  | { ok: true; value: unknown; text: string; notes: JsonNote[] }
  /** `text` is the decoded body: what is wrong with it is for the caller to name. */
  | { ok: false; fault: JsonFault; text: string; notes: JsonNote[] }

export interface JsonLimits {
  maxBytes?: number
  maxDepth?: number
}

const MAX_BYTES = 32 * 1024 * 1024
const MAX_DEPTH = 512
/** Places tried as the start of the JSON behind PHP's output, whose own text may hold brackets. */
const MAX_STARTS = 50
/** PHP's own words, in HTML (`<br />\n<b>Warning</b>:  …`) or as text (`PHP Warning:  …`), as display_errors prints them. */
const PHP_OUTPUT =
  /^\s*(?:<br \/>\s*)?(?:<b>)?(?:PHP )?(?:Warning|Notice|Deprecated|Fatal error|Parse error|Strict Standards|Recoverable fatal error)(?:<\/b>)?:\s/i
const HTML = /^\s*(?:<!doctype|<html|<head|<body|<\?xml|<script|<h1|<center|<title|<div|<p[ >])/i

export function parseShopJson(bytes: Uint8Array, limits: JsonLimits = {}): ShopJson {
  const notes: JsonNote[] = []
  if (bytes.byteLength > (limits.maxBytes ?? MAX_BYTES)) return { ok: false, fault: 'too-large', text: '', notes }
  let body = decode(bytes, notes)
  if (body.charCodeAt(0) === 0xfeff) {
    notes.push('byte-order-mark')
    body = body.slice(1)
  }
  const fault = (fault: JsonFault): ShopJson => ({ ok: false, fault, text: body, notes })

  let start = skipBlanks(body, 0)
  if (start === body.length) return fault('empty')
  if (start > 0) notes.push('blank-lines')
  if (!opens(body, start)) {
    if (HTML.test(body)) return fault('html')
    if (!PHP_OUTPUT.test(body)) return scalar(body, notes)
    notes.push('php-output')
    for (let tries = 0; tries < MAX_STARTS; tries++) {
      start = nextOpening(body, start + 1)
      if (start < 0) break
      const read = parseFrom(body, start, limits, notes)
      if (read.ok || read.fault === 'too-deep') return read
    }
    return fault('not-json')
  }
  return parseFrom(body, start, limits, notes)
}

function parseFrom(body: string, start: number, limits: JsonLimits, notes: JsonNote[]): ShopJson {
  const { end, depth } = measure(body, start, limits.maxDepth ?? MAX_DEPTH)
  if (depth > (limits.maxDepth ?? MAX_DEPTH)) return { ok: false, fault: 'too-deep', text: body, notes }
  if (end < 0) return { ok: false, fault: 'truncated', text: body, notes }
  const text = start === 0 && end === body.length ? body : body.slice(start, end)
  const rest = skipBlanks(body, end)
  const behind = rest < body.length
  if (behind && !PHP_OUTPUT.test(body.slice(rest, rest + 200)) && !body.startsWith('<!--', rest)) {
    return { ok: false, fault: 'not-json', text: body, notes }
  }
  try {
    return { ok: true, value: JSON.parse(text), text, notes: behind ? [...notes, 'trailing-output'] : notes }
  } catch {
    return { ok: false, fault: 'not-json', text: body, notes }
  }
}

/** A body that is one bare word: `true`, `"130"`, `null`. */
function scalar(body: string, notes: JsonNote[]): ShopJson {
  try {
    return { ok: true, value: JSON.parse(body), text: body, notes }
  } catch {
    return { ok: false, fault: 'not-json', text: body, notes }
  }
}

/**
 * The texts of the elements of a top-level array, exactly as sent (`splitRows('[{"a":1}, 2]')` is `['{"a":1}', '2']`).
 * The text must be valid JSON, as `parseShopJson` returns it; of anything but an array the result is empty.
 */
export function splitRows(text: string): string[] {
  const rows: string[] = []
  const first = skipBlanks(text, 0)
  if (text.charCodeAt(first) !== OPEN_ARRAY) return rows
  let depth = 0
  let from = first + 1
  for (let at = first; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = stringEnd(text, at)
    else if (code === OPEN_ARRAY || code === OPEN_OBJECT) depth++
    else if (code === CLOSE_ARRAY || code === CLOSE_OBJECT) {
      if (--depth > 0) continue
      push(rows, text.slice(from, at))
      break
    } else if (code === COMMA && depth === 1) {
      push(rows, text.slice(from, at))
      from = at + 1
    }
    if (at < 0) break
  }
  return rows
}

const push = (rows: string[], row: string): void => {
  const trimmed = row.trim()
  if (trimmed !== '') rows.push(trimmed)
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/** Where the value that opens at `start` ends (−1: it does not), and how deep it goes, at most one over the limit. */
function measure(text: string, start: number, limit: number): { end: number; depth: number } {
  let depth = 0
  let deepest = 0
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) {
      at = stringEnd(text, at)
      if (at < 0) return { end: -1, depth: deepest }
    } else if (code === OPEN_ARRAY || code === OPEN_OBJECT) {
      if (++depth > deepest) deepest = depth
      if (deepest > limit) return { end: -1, depth: deepest }
    } else if ((code === CLOSE_ARRAY || code === CLOSE_OBJECT) && --depth === 0) {
      return { end: at + 1, depth: deepest }
    }
  }
  return { end: -1, depth: deepest }
}

/** Index of the quote that closes the string opening at `at`; −1 when it never closes. */
function stringEnd(text: string, at: number): number {
  for (let quote = text.indexOf('"', at + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let slashes = 0
    while (text.charCodeAt(quote - 1 - slashes) === BACKSLASH) slashes++
    if (slashes % 2 === 0) return quote
  }
  return -1
}

const opens = (text: string, at: number): boolean =>
  text.charCodeAt(at) === OPEN_ARRAY || text.charCodeAt(at) === OPEN_OBJECT

function nextOpening(text: string, from: number): number {
  const array = text.indexOf('[', from)
  const object = text.indexOf('{', from)
  return array < 0 ? object : object < 0 ? array : Math.min(array, object)
}

function skipBlanks(text: string, from: number): number {
  let at = from
  while (at < text.length && (text.charCodeAt(at) <= 0x20 || text.charCodeAt(at) === 0xfeff)) at++
  return at
}

/** UTF-8 when it is, else windows-1252, whatever the header claims: shops declare one and send the other. */
function decode(bytes: Uint8Array, notes: JsonNote[]): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    notes.push('not-utf8')
    return new TextDecoder('windows-1252').decode(bytes)
  }
}
