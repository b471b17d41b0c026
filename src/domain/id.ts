/** Ids: UUIDv7 made by the program (an intent has its id before the insert), shown with a prefix outside. */
import { randomBytes } from 'node:crypto'

export const ID_PREFIXES = {
  workspace: 'ws',
  user: 'usr',
  integration: 'int',
  order: 'ord',
  shipment: 'shp',
  parcel: 'par',
  writeback: 'wb',
  run: 'run',
  exchange: 'exc',
  quarantine: 'qua',
  apiKey: 'key',
  note: 'note',
  event: 'evt',
} as const
export type IdKind = keyof typeof ID_PREFIXES

/** A UUIDv7 (RFC 9562 §5.7): 48 bits of time, 74 of chance. */
export function newId(nowMs: number): string {
  const bytes = randomBytes(16)
  bytes.writeUIntBE(nowMs, 0, 6)
  bytes[6] = 0x70 | (bytes[6]! & 0x0f)
  bytes[8] = 0x80 | (bytes[8]! & 0x3f)
  const hex = bytes.toString('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}

/** `ord_0197f3…`: what the API, the CLI and URLs show. */
export const showId = (kind: IdKind, id: string): string => `${ID_PREFIXES[kind]}_${id.replaceAll('-', '')}`

/** The UUID behind a shown id; undefined when it is not one of this kind. */
export function readId(kind: IdKind, shown: string): string | undefined {
  const match = /^([a-z]+)_([0-9a-f]{32})$/.exec(shown)
  if (!match || match[1] !== ID_PREFIXES[kind]) return undefined
  const hex = match[2]!
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`
}
