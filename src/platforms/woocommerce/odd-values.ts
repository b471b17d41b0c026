/** Reading values of which the shop's plugins decide the type. Nothing here throws. */

export type Dict = Record<string, unknown>

export const dict = (value: unknown): Dict =>
  value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as Dict) : {}

/** The objects of a list. PHP sends a list with holes as an object ({"1": …}); both are read. */
export function dicts(value: unknown): Dict[] {
  if (value === null || typeof value !== 'object') return []
  const items = Array.isArray(value) ? value : Object.values(value)
  return items.filter((item): item is Dict => item !== null && typeof item === 'object' && !Array.isArray(item))
}

/** An id as text; 0, "" and null are no id. */
export const idText = (value: unknown): string | undefined => {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value > 0 ? String(value) : undefined
  if (typeof value !== 'string') return undefined
  const text = value.trim()
  return text === '' || text === '0' ? undefined : text.slice(0, 64)
}

/** Text as it is, trimmed; tags are text. Numbers become text, all else is nothing. */
export const plainText = (value: unknown): string =>
  typeof value === 'string'
    ? (value.includes('\u0000') ? value.replaceAll('\u0000', '') : value).trim()
    : typeof value === 'number' && Number.isFinite(value)
      ? String(value)
      : ''

/** For addresses and labels: line breaks and tabs become blanks, invisible and direction-changing characters go. */
export function oneLine(value: unknown): string {
  const text = plainText(value)
  if (!UNTIDY.test(text)) return text
  return text
    .replace(/[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, '')
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\s]+/g, ' ')
    .trim()
}
const UNTIDY = /[\u0000-\u001f\u007f-\u00a0\u1680\u2000-\u206f\u3000\ufeff]| {2}/

export const metaOf = (meta: Dict[], key: string): Dict | undefined => meta.find((entry) => entry.key === key)
export const metaValue = (meta: Dict[], key: string): unknown => metaOf(meta, key)?.value
