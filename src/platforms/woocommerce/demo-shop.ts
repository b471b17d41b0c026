/**
 * The demo: a fake shop with plausible orders, where a new one is placed every ten to fifteen seconds.
 *
 * The trap: after a restart of the hub the shop must be the same, with what was told to it, or every order shipped in
 * the demo would be unknown. So its orders live in a file, written whole and then put in place of the old one.
 */
import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Clock } from '../../domain/clock.ts'
import { CUSTOMERS, GOODS, VAT } from './demo-goods.ts'
import type { Customer, Good } from './demo-goods.ts'
import type { ApiKey } from './fake-shop-auth.ts'
import type { FakeShop, OrderDraft } from './fake-shop.ts'
import { shopTime, startFakeShop } from './fake-shop.ts'
import type { JsonObject, ShopOrder } from './fake-shop-orders.ts'
import type { Note, Webhook } from './fake-shop-state.ts'

export interface DemoShopOptions {
  clock: Clock
  /** The port of the last time, so that the shop is found again. */
  port?: number
  /** Where the shop keeps its orders between two starts; absent: it forgets. */
  stateFile?: string
  /** An order was placed or paid: what a webhook would say where the hub can be reached. */
  onOrder?: (remoteId: string) => void
}

export interface DemoShop {
  url: string
  name: string
  /** As the connector's login fields name it. */
  login: { key: string; secret: string }
  /** For tests: the shop itself. */
  shop: FakeShop
  close(): Promise<void>
}

/** A key of its own, made at the first start: nobody else on this machine knows it. */
const newKey = (): ApiKey => ({
  keyId: 1,
  consumerKey: `ck_${randomBytes(20).toString('hex')}`,
  consumerSecret: `cs_${randomBytes(20).toString('hex')}`,
  permissions: 'read_write',
  role: 'admin',
  user: 'demo',
})

const NAME = 'Boutique de démonstration'
const FIRST_ORDERS = 40
const FIRST_ID = 1001
/** About two hours of orders; after that a demo left running takes one every two minutes. */
const BUSY_UNTIL = 600
const QUIET_MS = 120_000
const HOUR_MS = 3_600_000

export async function startDemoShop(options: DemoShopOptions): Promise<DemoShop> {
  const { clock, port, stateFile } = options
  const saved = stateFile === undefined ? undefined : readState(stateFile)
  const keys = [saved?.key ?? newKey()]
  const shop = await startFakeShop({ clock, port, keys, title: NAME, scheme: 'http', allowHttpCallbacks: true })
  stockUp(shop)
  if (saved) restore(shop, saved)
  else openWith(shop, clock.now())
  const stopped = new AbortController()
  let written = ''
  const save = () => {
    const { orders, notes, webhooks } = shop.state
    const now = `${orders.edition} ${notes.length} ${[...webhooks.values()].map(({ id, status }) => id + status).join()}`
    if (stateFile === undefined || now === written) return
    writeState(stateFile, shop, keys[0]!)
    written = now
  }
  save()
  const trading = trade(shop, clock, stopped.signal, save, options.onOrder ?? (() => {}))
  const { key, secret } = shop.keys[0]!
  return {
    url: shop.url,
    name: NAME,
    login: { key, secret },
    shop,
    close: async () => {
      stopped.abort()
      await trading
      save()
      await shop.close()
    },
  }
}

/** New orders until the shop closes; now and then a transfer arrives for one that waited. */
async function trade(
  shop: FakeShop,
  clock: Clock,
  signal: AbortSignal,
  save: () => void,
  onOrder: (remoteId: string) => void,
): Promise<void> {
  for (let turn = shop.state.orders.size; ; turn++) {
    await clock.sleep(shop.state.orders.size < BUSY_UNTIL ? 10_000 + chance(turn, 5_001) : QUIET_MS, signal)
    if (signal.aborted) return
    const waiting =
      turn % 6 === 5 ? [...shop.state.orders.values()].find((order) => order.status === 'on-hold') : undefined
    if (waiting) shop.setStatus(waiting.id, 'processing')
    const { id } = waiting ?? shop.placeOrder(draftOf(turn, 'processing'))
    onOrder(String(id))
    // a real shop's cron waits for a visitor; the demo does not
    await shop.runCron()
    save()
  }
}

/* ——— what stands in it ——— */

function stockUp(shop: FakeShop): void {
  const made = GOODS.map((good, at) => shop.addProduct(productOf(good, 101 + at)))
  for (const id of shop.state.products.keys()) if (!made.some((product) => product.id === id)) shop.deleteProduct(id)
  shop.state.setCounter('post', FIRST_ID - 1)
}

const productOf = (good: Good, id: number): JsonObject => ({
  id,
  name: good.name,
  slug: good.sku.toLowerCase(),
  sku: good.sku,
  price: (good.net * 1.2).toFixed(2),
  regular_price: (good.net * 1.2).toFixed(2),
  weight: good.virtual ? '' : String(good.grams / 1000),
  dimensions: Object.fromEntries(
    ['length', 'width', 'height'].map((name, at) => [name, String(good.size?.[at] ?? '')]),
  ),
  virtual: good.virtual ?? false,
  shipping_required: !good.virtual,
  manage_stock: false,
  meta_data: good.hs
    ? [
        { id: id * 10, key: 'sc_hs_code', value: good.hs },
        { id: id * 10 + 1, key: 'sc_country_of_origin', value: good.origin },
      ]
    : [],
})

/** Forty orders of the last six days, of every kind a shipper meets. */
function openWith(shop: FakeShop, nowMs: number): void {
  for (let turn = 0; turn < FIRST_ORDERS; turn++) {
    const placed = nowMs - (FIRST_ORDERS - turn) * 3.5 * HOUR_MS - chance(turn, HOUR_MS)
    const order = shop.placeOrder({ ...draftOf(turn, openStatus(turn)), date_created_gmt: shopTime(placed) })
    if (turn % 13 === 7) refundOne(shop, order)
  }
}

const openStatus = (turn: number): string => {
  if (turn < 12) return turn % 5 === 4 ? 'cancelled' : 'completed'
  return turn % 9 === 3 ? 'on-hold' : 'processing'
}

/** One piece of the first line comes back, or all of a line of one. */
function refundOne(shop: FakeShop, order: ShopOrder): void {
  const [line] = order.body.line_items as [JsonObject]
  const amount = ((Number(line.total) + Number(line.total_tax)) / Number(line.quantity)).toFixed(2)
  const { modified } = order
  shop.refund(order.id, {
    amount,
    reason: 'Article cassé pendant le transport',
    lines: [{ lineId: Number(line.id), quantity: 1 }],
  })
  shop.state.orders.change(order, (one) => {
    one.modified = modified + 1800
  })
}

/** A number from 0 to below `below`, always the same for the same turn: a demo that can be told about. */
function chance(turn: number, below: number, salt = 0): number {
  let hash = (turn + 1) * 2654435761 + (salt + 1) * 40503
  hash = Math.imul(hash ^ (hash >>> 15), 2246822519)
  hash = Math.imul(hash ^ (hash >>> 13), 3266489917)
  return Math.floor((((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32) * below)
}

const NOTES = [
  'Merci de laisser le colis chez la gardienne.',
  'C’est un cadeau : pas de prix dans le colis, s’il vous plaît.',
  'Code de la porte : 4512B. Sonner deux fois.',
]

function draftOf(turn: number, status: string): OrderDraft {
  const customer = CUSTOMERS[chance(turn, CUSTOMERS.length, 1)]!
  const yen = customer.country === 'JP'
  const rates = VAT[customer.country]
  const kinds = 1 + chance(turn, turn % 11 === 10 ? 9 : 3, 2)
  const goods = Array.from({ length: kinds }, (_, at) => chance(turn, GOODS.length, 10 + at))
  const lines = [...new Set(goods)].map((good, at) =>
    lineOf(good, 1 + chance(turn, at === 0 ? 3 : 2, 30 + at), rates, yen),
  )
  const shipped = lines.some((line) => !line.virtual)
  const carriage = shipped ? carriageOf(customer, rates, yen) : undefined
  const note = chance(turn, 5, 3) === 0 ? NOTES[chance(turn, NOTES.length, 4)]! : ''
  return {
    status,
    currency: yen ? 'JPY' : 'EUR',
    currency_symbol: yen ? '¥' : '€',
    billing: { ...addressOf(customer), email: emailOf(customer, turn), phone: customer.phone },
    shipping: { ...addressOf(customer), phone: customer.phone },
    payment_method: status === 'on-hold' ? 'bacs' : 'stripe',
    payment_method_title: status === 'on-hold' ? 'Virement bancaire' : 'Carte bancaire',
    customer_note: note,
    line_items: lines.map(({ virtual: _virtual, ...line }) => line),
    shipping_lines: carriage ? [carriage] : [],
    needs_processing: shipped,
  }
}

const YEN_PER_EURO = 163

const amount = (euros: number, yen: boolean): string =>
  yen ? Math.round(euros * YEN_PER_EURO).toFixed(2) : euros.toFixed(2)

function lineOf(
  at: number,
  quantity: number,
  rates: [number, number] | undefined,
  yen: boolean,
): JsonObject & { virtual: boolean } {
  const good = GOODS[at]!
  const rate = good.virtual ? 0 : (rates?.[good.reduced ? 1 : 0] ?? 0)
  const total = amount(good.net * quantity, yen)
  const tax = amount(good.net * quantity * (rate / 100), yen)
  return {
    product_id: 101 + at,
    quantity,
    tax_class: good.reduced ? 'reduced-rate' : '',
    total,
    total_tax: tax,
    taxes: rate === 0 ? [] : [{ id: good.reduced ? 2 : 1, total: tax, subtotal: tax }],
    virtual: good.virtual ?? false,
  }
}

const FAR: Record<string, number> = { RE: 18.9, CH: 16.9, GB: 16.9, NO: 19.9, US: 29.9, CA: 29.9, JP: 32.9 }

function carriageOf(customer: Customer, rates: [number, number] | undefined, yen: boolean): JsonObject {
  const abroad = FAR[customer.country]
  const net = abroad ?? (customer.country === 'FR' ? 4.9 : 9.9)
  const title = abroad
    ? 'Colissimo International'
    : customer.country === 'FR'
      ? 'Colissimo à domicile'
      : 'Livraison en Europe'
  const total = amount(net, yen)
  const tax = amount(net * ((rates?.[0] ?? 0) / 100), yen)
  return {
    method_title: title,
    method_id: 'flat_rate',
    instance_id: '3',
    total,
    total_tax: tax,
    taxes: rates ? [{ id: 1, total: tax, subtotal: '' }] : [],
  }
}

const addressOf = (customer: Customer): JsonObject => ({
  first_name: customer.first,
  last_name: customer.last,
  company: customer.company ?? '',
  address_1: customer.line1,
  address_2: customer.line2 ?? '',
  city: customer.city,
  state: customer.state ?? '',
  postcode: customer.postcode,
  country: customer.country,
})

const emailOf = (customer: Customer, turn: number): string => {
  const plain =
    customer.last
      .normalize('NFD')
      .replace(/[^A-Za-z]/g, '')
      .toLowerCase() || 'client'
  return `${plain}.${turn}@exemple.test`
}

/* ——— between two starts ——— */

interface Saved {
  version: 1
  key: ApiKey
  orders: ShopOrder[]
  notes: Note[]
  webhooks: Webhook[]
  counters: { post: number; item: number; meta: number; note: number; webhook: number }
}

/** Undefined where there is none, or none that can be read: the demo then begins anew. */
function readState(file: string): Saved | undefined {
  try {
    const saved = JSON.parse(readFileSync(file, 'utf8')) as Saved
    return saved.version === 1 ? saved : undefined
  } catch {
    return undefined
  }
}

function restore(shop: FakeShop, saved: Saved): void {
  shop.state.orders.addMany(saved.orders)
  shop.state.notes.push(...saved.notes)
  for (const webhook of saved.webhooks) shop.state.webhooks.set(webhook.id, webhook)
  for (const [kind, last] of Object.entries(saved.counters))
    shop.state.setCounter(kind as keyof Saved['counters'], last)
}

function writeState(file: string, shop: FakeShop, key: ApiKey): void {
  const { orders, notes, webhooks } = shop.state
  const saved: Saved = {
    version: 1,
    key,
    orders: [...orders.values()].map(({ id, status, created, modified, completed, paid, refunds, body, changes }) => {
      return { id, status, created, modified, completed, paid, refunds, body, changes }
    }),
    notes,
    webhooks: [...webhooks.values()],
    counters: shop.state.countersNow(),
  }
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(`${file}.new`, JSON.stringify(saved), { mode: 0o600 })
  renameSync(`${file}.new`, file)
}
