/**
 * How PHP reads a query and writes JSON. A parser that keeps `+` or loses `status[]` would accept signatures the real
 * shop refuses, and JSON without PHP's escapes would hide what our reader must cope with.
 */

export type PhpValue = string | PhpMap
export interface PhpMap {
  [key: string]: PhpValue
}

const decode = (text: string): string => {
  const spaced = text.replaceAll('+', ' ')
  try {
    return decodeURIComponent(spaced)
  } catch {
    return spaced
  }
}

/** `a=1&b[]=2&b[]=3` as PHP's `$_GET`: `{a: '1', b: {0: '2', 1: '3'}}`. */
export function phpQuery(query: string): PhpMap {
  const result: PhpMap = {}
  if (query === '') return result
  for (const pair of query.split('&')) {
    if (pair === '') continue
    const equals = pair.indexOf('=')
    const name = decode(equals < 0 ? pair : pair.slice(0, equals))
    const value = equals < 0 ? '' : decode(pair.slice(equals + 1))
    const brackets = /^([^[]+)((?:\[[^\]]*\])+)$/.exec(name)
    // PHP turns dots and blanks of a name into underscores
    if (!brackets) {
      result[name.replace(/[ .]/g, '_')] = value
      continue
    }
    const keys = [...brackets[2]!.matchAll(/\[([^\]]*)\]/g)].map((match) => match[1]!)
    let level = result
    let key = brackets[1]!.replace(/[ .]/g, '_')
    for (const next of keys) {
      const inner = level[key]
      const map: PhpMap = typeof inner === 'object' ? inner : {}
      level[key] = map
      level = map
      key = next === '' ? String(Object.keys(map).length) : next
    }
    level[key] = value
  }
  return result
}

/** PHP's urlencode(): blanks become `+`, and more than encodeURIComponent is escaped. */
const urlencode = (text: string): string =>
  encodeURIComponent(text)
    .replace(/[!'()*~]/g, (char) => '%' + char.charCodeAt(0).toString(16).toUpperCase())
    .replaceAll('%20', '+')

export const rawurlencode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => '%' + char.charCodeAt(0).toString(16).toUpperCase())

/** WordPress' add_query_arg(): what stands in `Link`. An empty value loses its `=`, so does one ending in it; `+` stays. */
export function buildQuery(map: PhpMap): string {
  const parts: string[] = []
  const walk = (prefix: string, value: PhpValue) => {
    if (typeof value === 'string')
      parts.push(value === '' ? prefix : `${prefix}=${urlencode(value.replace(/=$/, '')).replaceAll('%2B', '+')}`)
    else for (const [key, inner] of Object.entries(value)) walk(`${prefix}%5B${urlencode(key)}%5D`, inner)
  }
  for (const [key, value] of Object.entries(map)) walk(key, value)
  return parts.join('&')
}

const escape = (char: string): string =>
  char === '/' ? '\\/' : '\\u' + char.charCodeAt(0).toString(16).padStart(4, '0')

/** json_encode() with PHP's default flags: `\/`, and everything beyond ASCII as `\u….`. */
export const phpJson = (value: unknown): string => phpEscapes(JSON.stringify(value))

export const phpEscapes = (json: string): string => json.replace(/[/\u0080-\uffff]/g, escape)

/** wp_specialchars_decode() with quotes, as WooCommerce does to a webhook's secret before signing. */
export const decodeEntities = (text: string): string =>
  text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replace(/&#0?39;|&apos;|&#x27;/g, "'")
    .replaceAll('&#038;', '&')
    .replaceAll('&amp;', '&')
