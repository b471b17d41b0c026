/**
 * What the fake shop holds and the rules by which it changes: which write moves date_modified, who gets a mail.
 *
 * The trap: with orders in HPOS tables every save moves date_modified, even `{}`; with orders in posts only a real
 * change does, and new meta is none. A fake that always moved it would hide writes our poller cannot see.
 * (Seen on 10.9.1 and 9.3.2; `mails` counts as the mails were counted there.)
 */
import type { Authentication } from './fake-shop-auth.ts'
import type { JsonObject, Refund, Rendering, ShopOrder } from './fake-shop-orders.ts'
import { OrderBook } from './fake-shop-orders.ts'
import type { ShopZone } from './fake-shop-time.ts'
import { shopZone } from './fake-shop-time.ts'

export interface Mail {
  to: 'customer' | 'shop'
  why: 'completed' | 'note' | 'new-order' | 'fulfilled' | 'processing'
  orderId: number
  subject: string
  /** Text of a note, number of a parcel. */
  text?: string
}

export interface Note {
  id: number
  orderId: number
  author: string
  created: number
  note: string
  customerNote: boolean
}

export interface Webhook {
  id: number
  name: string
  status: 'active' | 'paused' | 'disabled'
  topic: string
  deliveryUrl: string
  secret: string
  created: number
  modified: number
  failures: number
  pingPending: boolean
}

export interface Product {
  id: number
  created: number
  modified: number
  /** The API's own words, without dates and links; a variation has the members of one. */
  body: JsonObject
}

export interface ShopSettings {
  version: string
  storage: 'hpos' | 'posts'
  zone: string
  plugins: { ast: boolean; fulfillments: boolean }
  title: string
  weightUnit: string
  dimensionUnit: string
  /** Mails, pings, keys go where this says: tests map a recorded address to a listener of their own. */
  reach: (url: string) => string
  clock: { now(): number }
}

export interface CustomStatus {
  slug: string
  name: string
}

const BUILT_IN: CustomStatus[] = [
  { slug: 'pending', name: 'Pending payment' },
  { slug: 'processing', name: 'Processing' },
  { slug: 'on-hold', name: 'On hold' },
  { slug: 'completed', name: 'Completed' },
  { slug: 'cancelled', name: 'Cancelled' },
  { slug: 'refunded', name: 'Refunded' },
  { slug: 'failed', name: 'Failed' },
]

export class ShopState {
  readonly settings: ShopSettings
  readonly auth: Authentication
  readonly orders: OrderBook
  readonly products = new Map<number, Product>()
  readonly notes: Note[] = []
  readonly webhooks = new Map<number, Webhook>()
  readonly mails: Mail[] = []
  readonly fulfillments: JsonObject[] = []
  /** Deliveries waiting for the shop's cron: webhook and order. */
  readonly queue: { webhookId: number; orderId: number; topic: string }[] = []
  customStatuses: CustomStatus[] = []
  lastKeyId = 5
  /** The id the next tracking gets, where a story needs a certain one; else made from the clock, as the plugin does. */
  trackingId: string | undefined
  zone: ShopZone
  /** `plain`: the merchant never chose pretty addresses, so `/wp-json/` leads to the home page. */
  permalinks: 'pretty' | 'plain' = 'pretty'
  numberOf: (order: ShopOrder) => string = (order) => String(order.body.number ?? order.id)
  private live: Set<string> | undefined
  private counters = { post: 0, item: 0, meta: 0, note: 0, webhook: 0, fulfillment: 0 }
  /** Changes the rest of the shop does not see yet: a transaction still open in the shop's database. */
  private pending: { at: number; commit: () => void }[] = []

  constructor(settings: ShopSettings, auth: Authentication) {
    this.settings = settings
    this.auth = auth
    this.zone = shopZone(settings.zone)
    const [major = 0, minor = 0] = settings.version.split('.').map(Number)
    this.orders = new OrderBook({
      storage: settings.storage,
      secondKey: major > 10 || (major === 10 && minor >= 5),
      zone: { name: 'shop', offsetAt: (seconds) => this.zone.offsetAt(seconds) },
      liveStatuses: () => this.liveStatuses(),
    })
  }

  now(): number {
    return Math.floor(this.settings.clock.now() / 1000)
  }

  next(kind: keyof typeof this.counters): number {
    return ++this.counters[kind]
  }

  /** Numbers given out from here on are above this one. */
  reserve(kind: keyof typeof this.counters, used: number): void {
    this.counters[kind] = Math.max(this.counters[kind], used)
  }

  /** Puts a counter where a recorded shop had it. */
  setCounter(kind: keyof typeof this.counters, last: number): void {
    this.counters[kind] = last
  }

  countersNow(): Readonly<typeof this.counters> {
    return { ...this.counters }
  }

  /** Below 5.8 `modified_after` and its like do not exist: they are ignored without a word. */
  get ignoresDates(): boolean {
    const [major = 0, minor = 0] = this.settings.version.split('.').map(Number)
    return major < 5 || (major === 5 && minor < 8)
  }

  get old(): boolean {
    return Number(this.settings.version.split('.')[0]) < 10
  }

  /** In the shop's order: built in, then those of plugins, then the draft of the block checkout. */
  statuses(): CustomStatus[] {
    return [...BUILT_IN, ...this.customStatuses, { slug: 'checkout-draft', name: 'Draft' }]
  }

  liveStatuses(): ReadonlySet<string> {
    this.live ??= new Set([...BUILT_IN, ...this.customStatuses].map((status) => status.slug))
    // 9.3.2 with orders in posts lists the block checkout's drafts under `any` (seen)
    if (this.old && this.settings.storage === 'posts') this.live.add('checkout-draft')
    return this.live
  }

  setCustomStatuses(statuses: CustomStatus[]): void {
    this.customStatuses = statuses
    this.live = undefined
    this.orders.reindex()
  }

  setZone(name: string): void {
    this.zone = shopZone(name)
    this.orders.reindex()
  }

  rendering(home: string, dp = 2): Rendering {
    const { version, storage } = this.settings
    return { home, dp, zone: this.zone, version, storage, numberOf: this.numberOf }
  }

  /** A change others see only from `at` (milliseconds) on, stamped as it is. */
  later(at: number, commit: () => void): void {
    this.pending.push({ at, commit })
  }

  commitDue(): void {
    if (this.pending.length === 0) return
    const now = this.settings.clock.now()
    const due = this.pending.filter((one) => one.at <= now)
    this.pending = this.pending.filter((one) => one.at > now)
    for (const one of due) one.commit()
  }

  /* ——— orders ——— */

  /** Saves an order as WooCommerce does: `real` is a change of the order itself, not of its meta. */
  save(order: ShopOrder, real: boolean, edit: (order: ShopOrder) => void): void {
    this.orders.change(order, (one) => {
      edit(one)
      if (real || this.settings.storage === 'hpos') one.modified = this.now()
    })
    this.enqueue('order.updated', order.id)
  }

  setStatus(order: ShopOrder, status: string, alsoEdit?: (order: ShopOrder) => void, real = false): void {
    const from = order.status
    const changed = from !== status
    this.save(order, changed || real, (one) => {
      alsoEdit?.(one)
      one.status = status
      if (!changed) return
      if (status === 'completed') one.completed = this.now()
      if ((status === 'processing' || status === 'completed') && one.paid === null && from !== 'trash')
        one.paid = this.now()
    })
    if (!changed) return
    this.addNote(order.id, `Order status changed from ${this.nameOf(from)} to ${this.nameOf(status)}.`)
    this.mailStatus(order, from, status)
  }

  trash(order: ShopOrder): void {
    const from = order.status
    this.orders.change(order, (one) => {
      one.body = { ...one.body, trashedFrom: from }
      one.status = 'trash'
      one.modified = this.now()
    })
    this.enqueue('order.deleted', order.id)
  }

  untrash(order: ShopOrder): void {
    this.orders.change(order, (one) => {
      one.status = String(one.body.trashedFrom ?? 'processing')
      one.modified = this.now()
    })
    this.enqueue('order.restored', order.id)
  }

  deleteOrder(order: ShopOrder): void {
    if (order.status !== 'trash') this.enqueue('order.deleted', order.id)
    this.orders.remove(order.id)
  }

  addRefund(order: ShopOrder, refund: Omit<Refund, 'id' | 'created'>): Refund {
    const made = { ...refund, id: this.next('post'), created: this.now() } as Refund
    this.save(order, true, (one) => {
      one.refunds = [...one.refunds, made]
    })
    return made
  }

  addNote(orderId: number, note: string, options: { customer?: boolean; author?: string } = {}): Note {
    const made: Note = {
      id: this.next('note'),
      orderId,
      author: options.author ?? 'WooCommerce',
      created: this.now(),
      note,
      customerNote: options.customer ?? false,
    }
    this.notes.push(made)
    if (made.customerNote)
      this.mail({ to: 'customer', why: 'note', orderId, text: note, subject: this.noteSubject(orderId) })
    return made
  }

  mail(mail: Mail): void {
    this.mails.push(mail)
    // since 10.x the shop writes down in the order which mail went out (seen)
    const kind = { completed: 'Completed order', note: 'Customer note', fulfilled: 'Fulfillment created' }[
      mail.why as 'note'
    ]
    if (!this.old && mail.to === 'customer' && kind) this.addNote(mail.orderId, `Email "${kind}" sent.`)
  }

  enqueue(topic: string, orderId: number): void {
    for (const webhook of this.webhooks.values()) {
      if (webhook.status !== 'active' || webhook.topic !== topic) continue
      if (this.queue.some((one) => one.webhookId === webhook.id && one.orderId === orderId)) continue
      this.queue.push({ webhookId: webhook.id, orderId, topic })
    }
  }

  private nameOf(slug: string): string {
    return this.statuses().find((status) => status.slug === slug)?.name ?? slug
  }

  private noteSubject(orderId: number): string {
    const created = this.orders.get(orderId)?.created ?? this.now()
    const day = new Intl.DateTimeFormat('en-US', { dateStyle: 'long', timeZone: 'UTC' }).format(
      (created + this.zone.offsetAt(created)) * 1000,
    )
    return `Note added to your ${this.settings.title} order from ${day}`
  }

  /** completed mails the customer; an order coming back from cancelled, failed or unpaid is a new one for the shop. */
  private mailStatus(order: ShopOrder, from: string, to: string): void {
    const { title } = this.settings
    if (to === 'completed')
      this.mail({ to: 'customer', why: 'completed', orderId: order.id, subject: `Your ${title} order is now complete` })
    if (to === 'processing' && ['pending', 'failed', 'cancelled', 'on-hold'].includes(from))
      this.mail({
        to: 'customer',
        why: 'processing',
        orderId: order.id,
        subject: `Your ${title} order has been received!`,
      })
    if (['pending', 'failed', 'cancelled'].includes(from) && ['processing', 'completed', 'on-hold'].includes(to))
      this.mail({ to: 'shop', why: 'new-order', orderId: order.id, subject: `[${title}]: New order #${order.id}` })
  }
}
