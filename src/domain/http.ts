/** What a platform may ask of the one door to the outside (`src/outbound`), and the two ports that door needs. */

/** PUT is absent on purpose: hosts block it, and every platform has another way. */
export type Method = 'GET' | 'HEAD' | 'POST' | 'OPTIONS' | 'PATCH' | 'DELETE'

export interface ShopRequest {
  method: Method
  /** Absolute URL, query included. Secrets in it are redacted in everything that is kept. */
  url: string
  headers?: Record<string, string>
  body?: string
  /**
   * Redirects to follow (GET and HEAD only). Default 0: the answer is returned as it came. Never followed from
   * https to http; `Authorization`, cookies and key parameters are dropped when the origin changes.
   */
  followRedirects?: number
  /** What this call is for, for the exchange log: `orders`, `recognise`, `write-back`, … */
  purpose: string
  /** Statuses whose body is not kept, because it holds customers. Default: every 2xx. */
  expects?: readonly number[]
}

export interface ShopResponse {
  status: number
  /** Names in lower case; repeated headers joined with ", ". */
  headers: Record<string, string>
  /** Decompressed body, at most 32 MiB. */
  body: Uint8Array
  /** Where the answer came from, after redirects. */
  url: string
  /** Body bytes as they came over the wire. */
  wireBytes: number
  tookMs: number
  /** The body ended before its announced length, or its compression broke. */
  incomplete?: boolean
  /** Makes words of this answer fit to be logged, kept and shown: servers repeat the login they were sent. */
  redact?: (text: string) => string
}

/**
 * One shop's transport: identity, guard, pace and trace are already in it.
 *
 * @throws HubError `shop-unreachable`, `shop-timeout`, `tls-invalid`, `address-refused`, `response-too-large`,
 * `redirect-refused`, `response-malformed` (what came is not HTTP), `shop-throttled` (no slot, or the host asked for
 * quiet). Any HTTP status is an answer, not an error. `params.sent` is `no` when nothing left this machine, `maybe`
 * when the shop may have seen the request.
 */
export interface Transport {
  request(request: ShopRequest): Promise<ShopResponse>
}

/** A slot on a shop's host, shared by all workers; it expires by itself when its holder dies. */
export interface Pace {
  /** Waits until a call to this host may start; the returned function gives the slot back. */
  acquire(hostKey: string, signal?: AbortSignal): Promise<() => Promise<void>>
  /** The host asked for quiet (`Retry-After`): no call starts before this instant (ms). */
  quietUntil(hostKey: string, untilMs: number): Promise<void>
}

/** One call as the exchange log keeps it: redacted before it gets here. */
export interface Exchange {
  at: string
  purpose: string
  method: Method
  url: string
  status?: number
  /** Code of the HubError when there was no answer. */
  error?: string
  tookMs: number
  sentBytes: number
  wireBytes: number
  bodyBytes: number
  requestHeaders: Record<string, string>
  responseHeaders?: Record<string, string>
  /** First 4 kB of an answer that was not the expected one; absent for an expected 2xx. */
  bodyStart?: string
}

export interface Trace {
  record(exchange: Exchange): void
}

/**
 * How long a shop asked to be left alone: `Retry-After` is seconds or a date (RFC 9110 §10.2.3). A date is read against
 * the answer's own `Date`, because the shop's clock may be wrong; and nobody is believed for more than six hours, because
 * some write a year.
 *
 * @param nowMs our time, for an answer without `Date`
 * @returns undefined when the answer does not say, or says something unreadable
 */
export function retryAfterMs(response: Pick<ShopResponse, 'headers'>, nowMs?: number): number | undefined {
  const said = response.headers['retry-after']?.trim()
  if (!said) return undefined
  if (/^\d+(\.\d+)?$/.test(said)) return believed(Number(said) * 1000)
  const theirNow = Date.parse(response.headers['date'] ?? '')
  const waitMs = Date.parse(said) - (Number.isNaN(theirNow) && nowMs !== undefined ? nowMs : theirNow)
  return Number.isNaN(waitMs) ? undefined : believed(waitMs)
}

const LONGEST_BELIEVED_MS = 6 * 3_600_000
const believed = (ms: number) => Math.min(Math.max(Math.ceil(ms), 0), LONGEST_BELIEVED_MS)
