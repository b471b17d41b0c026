/** What a kind of shop must offer. One folder in `src/platforms/` implements it; nothing else knows the platform. */
import type { Clock } from './clock.ts'
import type { ShopResponse, Transport } from './http.ts'
import type { Order, Product } from './order.ts'
import type { Notice, WriteJournal, WriteOutcome } from './shipment.ts'

export interface LoginField {
  name: string
  secret: boolean
  required: boolean
}

export interface Manifest {
  /** Folder name, also the word in the User-Agent: `woocommerce`. */
  id: string
  name: string
  loginFields: LoginField[]
  /** `authorise`: the merchant approves in the shop, no key is copied. */
  capabilities: { authorise: boolean; webhooks: boolean; trash: boolean; tell: ('nobody' | 'completed' | 'note')[] }
}

/** The login as typed or saved; every value is a secret. */
export type Login = Record<string, string>

/** The password somebody put in front of the whole site (a staging copy, mostly); not the shop's own login. */
export const sitePasswordOf = (login: Login): { user: string; password: string } | undefined =>
  login['basicUser'] ? { user: login['basicUser'], password: login['basicPassword'] ?? '' } : undefined

/** Something the hub saw at an address, for people: a code of `src/words/…/recognition.ts` and its values. */
export interface Sight {
  code: string
  params?: Record<string, string | number>
}

/** What answered at an address, before any login. */
export interface Recognition {
  platform: string
  /** The shop's own address (scheme, www, sub-directory) as the hub should call it, without trailing slash. */
  url: string
  name?: string
  version?: string
  saw: Sight[]
}

/** A login that was tried and works. */
export interface Admission {
  /** Kept with the integration; only the platform reads it (login variant, zone, units, version, …). */
  shop: Record<string, unknown>
  url: string
  name: string
  /** The same for http/https, www and other forms of one shop; differs for a copy only when the shop says so. */
  fingerprint: string
  /** What tells a live shop from its staging copy: its own idea of its address. */
  homeUrl: string
  /**
   * Digest of the shop's oldest orders (id and key): equal for a shop and its staging copy, whose addresses differ.
   * Undefined while the shop has no orders.
   */
  copyMark?: string
  zone: string
  rights: { read: boolean; write: boolean }
  /** Warnings and facts worth showing: `read-only-key`, `write-path-blocked`, `keys-in-query`, … */
  saw: Sight[]
}

/** One record of a list, still in the shop's own words. */
export interface Row {
  remoteId: string
  /** Change time as the shop sent it. */
  modifiedRaw: string
  /** The record's own JSON text: kept, hashed, re-mapped later without the shop. */
  text: string
  /** Its parsed form, if the platform has it at hand. */
  value: unknown
}

/** A record without identity or change time, or that cannot be mapped: kept whole in quarantine. */
export interface Unreadable {
  remoteId?: string
  /** For people: a code of the words and its values. */
  reason: string
  text: string
}

export interface RowPage {
  rows: Row[]
  unreadable: Unreadable[]
  /** Where the next page continues; saved in the transaction that saves the rows. Opaque to all others. */
  cursor: unknown
  /** Ask again at once. */
  more: boolean
  /** Requests made for this page. */
  requests: number
  /** Rough progress of a long pass, when the shop says. */
  progress?: { done: number; total?: number }
}

/** A page of a slow reading of ids: what the shop has, cheaply. */
export interface SweepPage {
  present: { remoteId: string; statusRaw: string; modifiedRaw: string }[]
  cursor: unknown
  more: boolean
  requests: number
  /** Set on the last page: ids at or below this bound that were not seen are gone. Undefined: the sweep proves nothing. */
  completeUpTo?: string
}

export interface Mapped {
  order: Order
  row: Row
  /** What was fetched beside the row (refunds): kept with it, given back to `remap`. */
  extra?: unknown
}

export interface PullOptions {
  /** Rows to ask for; the caller makes it smaller when a shop cannot carry it. */
  pageSize: number
  /** Backfill: orders placed at or after this instant (UTC), or every one. */
  since?: string
}

export interface ConnectorContext {
  http: Transport
  clock: Clock
  url: string
  login: Login
  /** `Admission.shop` as saved. */
  shop: Record<string, unknown>
}

/** A platform's code bound to one integration; made per run, holds no state. */
export interface Connector {
  /** Orders changed since the cursor, oldest change first; undefined = from the shop's newest change on. */
  pullChanged(cursor: unknown, options: PullOptions): Promise<RowPage>
  /** Older orders, newest first, plus open ones of any age; ends with `more: false`. */
  pullBackfill(cursor: unknown, options: PullOptions): Promise<RowPage>
  /** Rows in the shop's trash changed since the cursor. */
  pullRemoved?(cursor: unknown, options: PullOptions): Promise<RowPage>
  sweep(cursor: unknown, options: PullOptions): Promise<SweepPage>
  /** Every id is answered: as it is now, gone, or why it cannot be read while the shop as a whole answers. */
  getRows(remoteIds: string[]): Promise<Map<string, Row | Unreadable | 'missing'>>
  /** Fetches what a list row lacks (refunds) and maps it. A row that cannot be mapped comes back in `unreadable`. */
  complete(rows: Row[]): Promise<{ mapped: Mapped[]; unreadable: Unreadable[]; requests: number }>
  /** Products by key (`productKey`); a missing one comes back with `missing: true`. */
  getProducts(keys: string[]): Promise<{ products: Product[]; requests: number }>
  /** Products changed since the cursor. */
  pullProducts(
    cursor: unknown,
    options: PullOptions,
  ): Promise<{ products: Product[]; cursor: unknown; more: boolean; requests: number }>
  /** Reads before, writes, reads after. @throws HubError with recovery `retry` when it should be tried again later. */
  writeBack(notice: Notice, journal: WriteJournal): Promise<WriteOutcome>
  webhooks?: {
    /** Makes what is missing, replaces what was silently disabled; returns what stands now. */
    ensure(target: { url: string; secret: string; known: string[] }): Promise<{ remoteIds: string[]; remade: number }>
    /** @param path also those that deliver to it: a crash may have come between making one and saving its id */
    remove(remoteIds: string[], path?: string): Promise<void>
  }
}

/** A delivery of a shop's webhook: a hint to fetch, never data. */
export type Delivery = { kind: 'ping' } | { kind: 'hint'; remoteIds: string[] } | { kind: 'refused'; reason: string }

export interface Platform {
  manifest: Manifest
  /**
   * Looks at what answers at an address. `home` is the answer to GET of the address itself.
   * @returns undefined when it is not this platform
   */
  recognise(http: Transport, url: string, home: ShopResponse): Promise<Recognition | undefined>
  /**
   * Tries a login without saving anything, climbing the login ladder.
   * @throws HubError saying what exactly failed: `login-rejected`, `key-swapped`, `query-keys-consent`, `platform-too-old`, …
   */
  tryLogin(
    http: Transport,
    attempt: { url: string; login: Login; queryKeys: boolean; clock: Clock },
  ): Promise<Admission>
  connect(context: ConnectorContext): Connector
  /** Maps a kept raw record again, without the shop. */
  remap(row: { text: string; extra?: unknown }, shop: Record<string, unknown>): Order
  /** Raised when the mapping changes: orders mapped by an older one are mapped again from what was kept. */
  mapperVersion: number
  authorise?: {
    /** Where to send the merchant's browser. */
    link(attempt: { url: string; appName: string; state: string; returnUrl: string; callbackUrl: string }): string
    /** Reads what the shop posts to the callback. */
    readCallback(body: string): { state: string; login: Login } | undefined
  }
  readDelivery?(headers: Record<string, string>, body: Uint8Array, secret: string): Delivery
}
