/** Our decision to send some lines of one order, and what must be told to the shop about it. */

export const SHIPMENT_STATES = ['draft', 'booked', 'voided'] as const
export type ShipmentState = (typeof SHIPMENT_STATES)[number]

/** One box: one tracking number. */
export interface ParcelInput {
  /** As typed; compared upper-cased without spaces. */
  tracking: string
  /** http or https only. */
  url?: string
}

export interface ShipmentInput {
  /** Lines and quantities; absent means everything that is left to ship. */
  lines?: { lineRemoteId: string; quantity: string }[]
  carrierName: string
  carrierCode?: string
  parcels: ParcelInput[]
}

export const sameTracking = (a: string, b: string): boolean => trackingKey(a) === trackingKey(b)
export const trackingKey = (number: string): string => number.replace(/\s+/g, '').toUpperCase()

/**
 * State of a write-back as people see it:
 * `planned` waits for its turn or a retry · `sent` the call went out, its effect is not proven yet ·
 * `confirmed` read back in the shop · `refused` the shop or our own check said no; a person decides ·
 * `in-doubt` a call that mails the customer may or may not have worked; never repeated by itself.
 */
export const WRITEBACK_STATES = ['planned', 'sent', 'confirmed', 'refused', 'in-doubt'] as const
export type WritebackState = (typeof WRITEBACK_STATES)[number]

/** Who tells the customer: the shop's own completed mail, a customer note, or nobody. One of them, never two. */
export const TELL = ['nobody', 'completed', 'note'] as const
export type Tell = (typeof TELL)[number]

/** What a shop is to be told. One per shipment and revision (a correction is revision 2, a void its own kind). */
export interface Notice {
  kind: 'shipped' | 'corrected' | 'voided'
  orderRemoteId: string
  shipmentId: string
  /** Unique reference of ours, findable in the shop where it can hold one. */
  ownReference: string
  carrierName: string
  carrierCode?: string
  /** Parcels as they are to stand in the shop now; empty when voided. */
  parcels: { tracking: string; url?: string }[]
  /** Parcels an earlier revision told that must go. */
  withdrawn: { tracking: string; url?: string }[]
  lines: { lineRemoteId: string; quantity: string }[]
  /** True when nothing of the order is left to ship after this. */
  completes: boolean
  shippedAt: string
  tell: Tell
  /** Language of a note to the customer: that of the shop, `fr` or `en`. */
  language: string
}

/** One call of a notice that writes. Stored before it is made. */
export interface WriteStep {
  /** Stable within one notice: `tracking:1Z…`, `meta`, `note`, `status`. */
  name: string
  /** Whether this call makes the shop mail the customer. */
  mails: boolean
  state: 'sent' | 'answered'
  sent: unknown
  answer?: unknown
}

/** The shop answered and certainly did nothing: its answer is kept as `{ ok: false, … }`. */
export const didNothing = (step: WriteStep): boolean =>
  step.state === 'answered' && (step.answer as { ok?: unknown } | null | undefined)?.ok === false

/**
 * The ledger behind a write-back. A connector calls `before` ahead of every call that writes and `after`
 * once it was answered; `steps` are those of earlier attempts.
 */
export interface WriteJournal {
  steps: readonly WriteStep[]
  /** Stores the intent. @throws HubError `lease-lost` when another worker owns the integration by now: do not call. */
  before(step: { name: string; mails: boolean; sent: unknown }): Promise<void>
  after(name: string, answer: unknown): Promise<void>
}

export type WriteOutcome =
  /** Read back in the shop. `already`: it was there before we wrote anything. */
  | { state: 'confirmed'; already: boolean; readBack: unknown }
  /** A person decides. `code`: `order-trashed`, `order-cancelled`, `order-refunded`, `order-deleted`, `read-only-key`, `shop-refused`, `not-supported`. */
  | { state: 'refused'; code: string; detail?: string; readBack?: unknown }
  /** A mailing call's effect is unknown. */
  | { state: 'in-doubt'; step: string; readBack?: unknown }
