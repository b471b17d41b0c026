/** Time and size limits of a call; tests make them small instead of waiting. */
export interface Limits {
  /** DNS, TCP and TLS together. */
  connectMs: number
  /** From the request's last byte to the answer's first. */
  firstByteMs: number
  /** The whole call, waiting for a slot not counted. */
  wholeMs: number
  /** Waiting for a slot on the shop's host. */
  slotMs: number
  /** Body after decompression. */
  bodyBytes: number
  /** Body as it comes over the wire. */
  wireBytes: number
}

export const LIMITS: Limits = {
  connectMs: 10_000,
  firstByteMs: 30_000,
  wholeMs: 60_000,
  slotMs: 120_000,
  bodyBytes: 32 * 1024 * 1024,
  wireBytes: 32 * 1024 * 1024,
}
