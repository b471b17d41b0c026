/** Three workers on one PostgreSQL, one killed every 20 seconds, while orders come in, are shipped, and shops are told. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbedded, type Connection } from '../../src/database/embedded.ts'
import { Database } from '../../src/database/open.ts'
import { realClock } from '../../src/domain/clock.ts'
import { startFakeShop, type FakeShop } from '../../src/platforms/woocommerce/fake-shop.ts'
import { connect, importedOrders, pause, remoteIdsOf, sorted, untilImported } from '../support/import-under-fire.ts'
import { overlapsOf, watchShop, type WatchedShop } from '../support/overlaps.ts'
import { startWorkers, type Workers } from '../support/workers.ts'
import { say, type Line } from './report.ts'

const EVERY_MS = 20_000
const ORDERS = 2_000
const PAGE_MS = 150
const SHIP_EVERY_MS = 1_500
const TAKEN_OVER_WITHIN_MS = 120_000
const SETTLED_WITHIN_MS = 240_000
const TELL = ['completed', 'note', 'nobody'] as const

interface Shop {
  id: string
  tell: (typeof TELL)[number]
  fake: FakeShop
  watched: WatchedShop
}

interface Shipped {
  shop: Shop
  remoteId: number
  tracking: string
  writebackId: string
}

export async function soakWorkers({ minutes }: { minutes: number }): Promise<Line[]> {
  const folder = mkdtempSync(join(tmpdir(), 'passerelle-soak-'))
  const postgres = await startEmbedded({ dataDir: join(folder, 'postgres'), durable: false })
  const db = new Database(postgres.connection, { max: 3 })
  const fakes = await Promise.all(
    TELL.map((tell) =>
      startFakeShop({ clock: realClock, seed: ORDERS, title: `Boutique ${tell}`, plugins: { ast: true } }),
    ),
  )
  const watched = await Promise.all(fakes.map((fake) => watchShop(fake.url, PAGE_MS)))
  const workers = await startWorkers({
    db,
    url: urlOf(postgres.connection),
    folder,
    origins: watched.map(({ url }) => url),
    count: 3,
  })
  try {
    const shops: Shop[] = []
    for (const [n, tell] of TELL.entries()) {
      const id = await connect(workers.web, { url: watched[n]!.url, keys: fakes[n]!.keys }, n > 0)
      await workers.web.call('PATCH', `/api/v1/integrations/${id}`, { tell })
      shops.push({ id, tell, fake: fakes[n]!, watched: watched[n]! })
    }
    const until = performance.now() + minutes * 60_000
    const [shipped, storm] = await Promise.all([shipUntil(workers, shops, until), killUntil(workers, until)])
    await settled(workers, shipped)
    await untilImported(workers.web)
    return [...(await judgeOrders(workers, shops)), ...(await judgeShipments(workers, shipped)), ...judgeStorm(storm)]
  } finally {
    await workers.stop()
    for (const one of [...watched, ...fakes]) await one.close()
    await db.close()
    await postgres.stop()
    rmSync(folder, { recursive: true, force: true })
    if (!postgres.dataPlace.startsWith(folder)) rmSync(join(postgres.dataPlace, '..'), { recursive: true, force: true })
  }
}

interface Storm {
  kills: number
  atWork: number
  takenOver: (number | undefined)[]
}

async function killUntil(workers: Workers, until: number): Promise<Storm> {
  const storm: Storm = { kills: 0, atWork: 0, takenOver: [] }
  const waiting: Promise<void>[] = []
  while (performance.now() < until) {
    await pause(Math.min(EVERY_MS, Math.max(0, until - performance.now())))
    // Somebody at work is looked for a while: an idle worker proves nothing.
    let held: Awaited<ReturnType<Workers['killOneAtWork']>>
    for (let look = 0; look < 50 && !held; look++) {
      held = await workers.killOneAtWork()
      if (!held) await pause(100)
      if (workers.alive.length < 3) break
    }
    if (workers.alive.length === 3) continue
    storm.kills += 1
    if (held) {
      storm.atWork += 1
      const one = held
      waiting.push(workers.takenOver(one, TAKEN_OVER_WITHIN_MS).then((ms) => void storm.takenOver.push(ms)))
    }
    await workers.add()
    say(`${storm.kills} killed, ${storm.atWork} of them at work`)
  }
  await Promise.all(waiting)
  return storm
}

/** New orders are placed and shipped while workers die. */
async function shipUntil(workers: Workers, shops: readonly Shop[], until: number): Promise<Shipped[]> {
  const shipped: Shipped[] = []
  const waiting: { shop: Shop; remoteId: number }[] = []
  for (let n = 0; performance.now() < until; n++) {
    const shop = shops[n % shops.length]!
    waiting.push({
      shop,
      remoteId: shop.fake.placeOrder({ status: 'processing', line_items: [{ product_id: 10, quantity: 1 }] }).id,
    })
    await pause(SHIP_EVERY_MS)
    const next = waiting[0]!
    const { body } = await workers.web.call('GET', `/api/v1/orders?integration=${next.shop.id}&query=${next.remoteId}`)
    const order = body.items?.find((one: { remoteId: string }) => one.remoteId === String(next.remoteId))
    if (!order) {
      // Not in yet: its shop's next look is minutes away unless somebody asks.
      if (n % 10 === 0) await workers.web.call('POST', `/api/v1/integrations/${next.shop.id}/sync`)
      waiting.push(waiting.shift()!)
      continue
    }
    const tracking = `S${String(shipped.length).padStart(5, '0')}X`
    const answer = await workers.web.call('POST', `/api/v1/orders/${order.id}/shipments`, {
      carrierName: 'Colissimo',
      parcels: [{ tracking }],
    })
    if (answer.status !== 201) throw new Error(`could not ship: ${JSON.stringify(answer.body)}`)
    shipped.push({ ...next, tracking, writebackId: answer.body.writebackId })
    waiting.shift()
  }
  return shipped
}

async function settled(workers: Workers, shipped: readonly Shipped[]): Promise<void> {
  const until = performance.now() + SETTLED_WITHIN_MS
  while (performance.now() < until) {
    const states = await Promise.all(
      shipped.map(async (one) => (await workers.web.call('GET', `/api/v1/writebacks/${one.writebackId}`)).body.state),
    )
    const open = states.filter((state) => state === 'planned' || state === 'sent').length
    if (open === 0) return
    say(`${open} of ${shipped.length} write-backs to go`)
    await pause(5_000)
  }
}

async function judgeOrders(workers: Workers, shops: readonly Shop[]): Promise<Line[]> {
  const orders = await importedOrders(workers.web)
  let lost = 0
  let doubled = 0
  for (const shop of shops) {
    const seen = sorted(orders.filter((order) => order.integrationId === shop.id).map((order) => order.remoteId))
    doubled += seen.length - new Set(seen).size
    const had = new Set(seen)
    lost += remoteIdsOf(shop.fake).filter((id) => !had.has(id)).length
  }
  const overlaps = shops.flatMap((shop) => overlapsOf(shop.watched.calls, workers.names))
  const callers = new Set(shops.flatMap((shop) => shop.watched.calls.map((call) => call.by)))
  for (const [first, second] of overlaps.slice(0, 5)) say(`at once: ${JSON.stringify(first)} ${JSON.stringify(second)}`)
  return [
    { what: 'orders in the hub', found: `${orders.length}`, must: '', ok: true },
    { what: 'orders lost', found: `${lost}`, must: '0', ok: lost === 0 },
    { what: 'orders doubled', found: `${doubled}`, must: '0', ok: doubled === 0 },
    {
      what: 'workers that called the shops',
      found: `${[...callers].filter((by) => workers.names.has(by)).length}`,
      must: 'more than 3',
      ok: callers.size > 4,
    },
    {
      what: 'calls of two workers to one shop at once',
      found: `${overlaps.length}`,
      must: '0',
      ok: overlaps.length === 0,
    },
  ]
}

async function judgeShipments(workers: Workers, shipped: readonly Shipped[]): Promise<Line[]> {
  const states: Record<string, number> = {}
  let wrongTracking = 0
  let twoMails = 0
  let noMail = 0
  for (const one of shipped) {
    const { state, because } = (await workers.web.call('GET', `/api/v1/writebacks/${one.writebackId}`)).body
    states[state] = (states[state] ?? 0) + 1
    const { fake, tell } = one.shop
    const numbers = fake.trackingsOf(one.remoteId).map((row) => String(row.tracking_number))
    const mails = fake.mails.filter(
      (mail) =>
        mail.to === 'customer' && mail.orderId === one.remoteId && (mail.why === 'completed' || mail.why === 'note'),
    ).length
    const fine = numbers.length === 1 && numbers[0] === one.tracking
    if (!fine) {
      wrongTracking += 1
      say(
        `order ${one.remoteId}: ${state} ${because?.code ?? ''}, ${numbers.join(' ') || 'no number'} instead of ${one.tracking}`,
      )
    }
    const most = tell === 'nobody' ? 0 : 1
    if (mails > most) twoMails += 1
    if (state === 'confirmed' && mails < most) noMail += 1
  }
  const open = (states.planned ?? 0) + (states.sent ?? 0) + (states.refused ?? 0)
  return [
    { what: 'orders shipped', found: `${shipped.length}`, must: 'some', ok: shipped.length > 5 },
    {
      what: 'write-backs',
      found: Object.entries(states)
        .map(([state, n]) => `${n} ${state}`)
        .join(', '),
      must: 'confirmed, or in doubt and listed',
      ok: open === 0,
    },
    {
      what: 'numbers missing or not exactly once in the shop',
      found: `${wrongTracking}`,
      must: '0',
      ok: wrongTracking === 0,
    },
    { what: 'customers with a mail too many', found: `${twoMails}`, must: '0', ok: twoMails === 0 },
    { what: 'confirmed without the mail that was asked for', found: `${noMail}`, must: '0', ok: noMail === 0 },
  ]
}

function judgeStorm({ kills, atWork, takenOver }: Storm): Line[] {
  const late = takenOver.filter((ms) => ms === undefined).length
  const longest = Math.max(0, ...takenOver.map((ms) => ms ?? Infinity))
  return [
    { what: 'workers killed', found: `${kills}, ${atWork} at work`, must: 'some at work', ok: atWork > 0 },
    {
      what: 'longest until the work was taken over',
      found: `${(longest / 1000).toFixed(1)} s`,
      must: `under ${TAKEN_OVER_WITHIN_MS / 1000} s`,
      ok: late === 0,
    },
  ]
}

function urlOf({ host, port, user, password, database }: Connection): string {
  const login = `${user}:${encodeURIComponent(password)}`
  return host.startsWith('/')
    ? `postgres://${login}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`
    : `postgres://${login}@${host}:${port}/${database}`
}
