/**
 * Every failure the hub can name. The code is stable and public (API, docs, translations); its
 * recovery says who acts next. Adding one: a row here and its sentences in `src/words/<language>/errors.ts`.
 */

/** Who acts: the hub later · the merchant or host · nobody now (quarantine) · whoever typed it · us. */
export type Recovery = 'retry' | 'human' | 'skip' | 'fix-input' | 'bug'

interface Entry {
  recovery: Recovery
  /** HTTP status when it differs from the one of its recovery. */
  http?: number
}

const HTTP_OF: Record<Recovery, number> = { retry: 503, human: 409, skip: 422, 'fix-input': 422, bug: 500 }

export const ERRORS = {
  // the way to the shop
  'shop-unreachable': { recovery: 'retry' }, // DNS, connection refused or reset
  'shop-timeout': { recovery: 'retry' },
  'tls-invalid': { recovery: 'retry' },
  'shop-throttled': { recovery: 'retry' }, // 429, or 503 with Retry-After and no maintenance page
  'shop-maintenance': { recovery: 'retry' },
  'shop-error': { recovery: 'retry' }, // 5xx of the shop or its gateway
  'shop-clock': { recovery: 'retry' }, // OAuth timestamp or nonce refused
  'response-blocked': { recovery: 'retry' }, // firewall, challenge, security plugin
  'response-malformed': { recovery: 'retry' }, // HTML where JSON is due, cut body, wrong shape
  'response-too-large': { recovery: 'retry' },
  'redirect-refused': { recovery: 'retry' },
  // only the shop's own application says these
  'login-rejected': { recovery: 'human' },
  'permission-missing': { recovery: 'human' },
  'query-keys-consent': { recovery: 'human' }, // only keys in the query would work; that needs a yes
  'platform-too-old': { recovery: 'human' },
  'credentials-unreadable': { recovery: 'human' }, // saved login does not open with this key
  // records
  'record-unreadable': { recovery: 'skip' },
  // what somebody typed
  'field-invalid': { recovery: 'fix-input' },
  'url-invalid': { recovery: 'fix-input' },
  'address-refused': { recovery: 'fix-input' }, // the address guard
  'not-a-shop': { recovery: 'fix-input' },
  'site-password-needed': { recovery: 'fix-input' }, // a password stands in front of the whole site
  'other-platform': { recovery: 'fix-input' },
  'platform-unknown': { recovery: 'fix-input' },
  'key-malformed': { recovery: 'fix-input' },
  'key-swapped': { recovery: 'fix-input' },
  'shop-already-connected': { recovery: 'fix-input', http: 409 },
  'shop-copy-suspected': { recovery: 'fix-input', http: 409 }, // a staging copy: asked, not merged
  'shop-differs': { recovery: 'fix-input', http: 409 }, // the new address leads to another shop
  'integration-disabled': { recovery: 'fix-input', http: 409 }, // its owner switched it off
  'public-url-missing': { recovery: 'fix-input', http: 409 }, // approving in the shop needs an address it can call
  'demo-unavailable': { recovery: 'fix-input', http: 409 }, // only while nothing is connected
  'tracking-invalid': { recovery: 'fix-input' },
  'quantity-invalid': { recovery: 'fix-input' },
  'line-unknown': { recovery: 'fix-input' },
  'line-ambiguous': { recovery: 'fix-input' },
  'order-ambiguous': { recovery: 'fix-input', http: 409 },
  'order-not-shippable': { recovery: 'fix-input', http: 409 },
  'order-changed': { recovery: 'fix-input', http: 409 }, // changed in the shop since the page was opened
  'shipment-voided': { recovery: 'fix-input', http: 409 },
  'writeback-settled': { recovery: 'fix-input', http: 409 }, // nothing is left to decide about it
  'writeback-in-doubt': { recovery: 'fix-input', http: 409 }, // a person must say whether the mail went out
  'csv-unreadable': { recovery: 'fix-input' },
  'file-unreadable': { recovery: 'fix-input' },
  'file-unwritable': { recovery: 'fix-input' },
  'backup-unreadable': { recovery: 'fix-input' },
  'config-invalid': { recovery: 'fix-input' },
  'key-missing': { recovery: 'fix-input' }, // the key that opens the saved logins is gone
  'key-foreign': { recovery: 'fix-input' }, // … or is another one
  'not-found': { recovery: 'fix-input', http: 404 },
  'method-not-allowed': { recovery: 'fix-input', http: 405 },
  'body-too-large': { recovery: 'fix-input', http: 413 },
  'body-malformed': { recovery: 'fix-input', http: 400 },
  'not-signed-in': { recovery: 'fix-input', http: 401 },
  'sign-in-failed': { recovery: 'fix-input', http: 401 },
  forbidden: { recovery: 'fix-input', http: 403 },
  'csrf-failed': { recovery: 'fix-input', http: 403 },
  'too-many-attempts': { recovery: 'retry', http: 429 },
  'link-expired': { recovery: 'fix-input', http: 410 },
  'idempotency-reused': { recovery: 'fix-input', http: 422 },
  'idempotency-running': { recovery: 'retry', http: 409 },
  // ours
  'lease-lost': { recovery: 'retry' }, // another worker took over; our late write is refused
  'database-unavailable': { recovery: 'retry' },
  'database-locked': { recovery: 'fix-input', http: 409 }, // another hub uses this data folder
  'hub-running': { recovery: 'fix-input', http: 409 }, // a restore under a hub that works
  'database-newer': { recovery: 'fix-input', http: 409 }, // made by a later version of the program
  internal: { recovery: 'bug' },
} as const satisfies Record<string, Entry>

export type ErrorCode = keyof typeof ERRORS

export interface HubErrorOptions {
  /** Name of the field that is wrong, as the API spells it. */
  field?: string
  /** Values for the translated sentence. Never a secret. */
  params?: Record<string, string | number>
  /** How long the shop asked us to wait. */
  retryAfterMs?: number
  cause?: unknown
}

/**
 * The one error class. `message` is plain English for logs; people read the translation of `code`
 * with `params` (`src/words`).
 */
export class HubError extends Error {
  readonly code: ErrorCode
  readonly recovery: Recovery
  readonly field: string | undefined
  readonly params: Record<string, string | number>
  readonly retryAfterMs: number | undefined

  constructor(code: ErrorCode, message: string, options: HubErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'HubError'
    this.code = code
    this.recovery = ERRORS[code].recovery
    this.field = options.field
    this.params = options.params ?? {}
    this.retryAfterMs = options.retryAfterMs
  }

  get http(): number {
    const entry: Entry = ERRORS[this.code]
    return entry.http ?? HTTP_OF[entry.recovery]
  }
}

/** Anything thrown, as a HubError: what is not one already is a fault of ours. */
export const asHubError = (thrown: unknown): HubError =>
  thrown instanceof HubError
    ? thrown
    : new HubError('internal', thrown instanceof Error ? thrown.message : String(thrown), { cause: thrown })
