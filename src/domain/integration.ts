import type { Tell } from './shipment.ts'

/** One shop connected to the hub. */
export interface Integration {
  id: string
  workspaceId: string
  platform: string
  name: string
  /** Address of the shop as the hub calls it, without trailing slash. */
  url: string
  /** Host the pace is kept for. */
  hostKey: string
  /** What the platform found at connection; only the platform reads it. */
  shop: Record<string, unknown>
  options: IntegrationOptions
  /** The user's own switch. */
  disabledAt?: string
  createdAt: string
}

export interface IntegrationOptions {
  tell: Tell
  /** Consent to keys in the query string where the header is stripped. */
  queryKeys: boolean
  /** Orders placed at or after this instant are imported; open ones at any age; later changes always. `all` = no limit. */
  since: string
  language: string
}

export const STREAMS = [
  /** Changed orders, by the live cursor. */
  { kind: 'orders', pass: 'live' },
  /** First import and widened filters, newest first. */
  { kind: 'orders', pass: 'backfill' },
  /** Trashed orders, every 10 minutes. */
  { kind: 'orders', pass: 'removed' },
  /** All ids, nightly: what was deleted for good, what a cursor could not see. */
  { kind: 'orders', pass: 'sweep' },
  /** Orders a webhook or a person pointed at. */
  { kind: 'orders', pass: 'hinted' },
  { kind: 'products', pass: 'live' },
  /** Write-backs that are due. */
  { kind: 'tracking', pass: 'live' },
  /** Our webhooks in the shop: made, looked after, made anew. */
  { kind: 'webhooks', pass: 'live' },
] as const
export type StreamKind = (typeof STREAMS)[number]['kind']
export type StreamPass = (typeof STREAMS)[number]['pass']

export const LANES = ['import', 'write-back', 'webhooks'] as const
export type Lane = (typeof LANES)[number]

export const laneOf = (kind: StreamKind): Lane =>
  kind === 'tracking' ? 'write-back' : kind === 'webhooks' ? 'webhooks' : 'import'
