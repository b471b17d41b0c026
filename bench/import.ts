/**
 * Orders in: how near the sync comes to the least that could be done with the same pages and the same tables.
 *
 * - a first import, beside: fetch the same pages, JSON.parse, one bulk insert per page into the same tables and indexes
 * - a re-poll where nothing changed, beside: fetch, parse, one select of the hashes
 * - an idle poll: requests and bytes
 */
import { createHash } from 'node:crypto'
import { deflateRawSync } from 'node:zlib'
import { request } from 'undici'
import { newId } from '../src/domain/id.ts'
import { createWorker } from '../src/sync/worker.ts'
import { benchHub, type BenchHub } from './hub.ts'
import { median, ms, perSecond, ratio, type Line } from './report.ts'
import { shopProcess, type ShopProcess } from './shop-process.ts'

const ORDERS = 5_000
const PAGE = 100
const ROUNDS = 3
const AIM = 0.6

export async function benchImport(): Promise<Line[]> {
  const shop = await shopProcess(ORDERS)
  const importRates: number[] = []
  const bareRates: number[] = []
  const pollRates: number[] = []
  const barePollRates: number[] = []
  const cpuPerThousand: number[] = []
  let idle = ''
  const shopRates: number[] = []
  const bareCpu: number[] = []
  const importCpu: number[] = []
  try {
    await fetchAll(shop) // a shop that has just started renders its first pages slowly, whoever asks
    for (let round = 0; round < ROUNDS; round++) {
      const hub = await benchHub()
      try {
        shopRates.push(await fetchAll(shop))
        // Who comes second finds warm tables and a warm compiler: they take turns.
        let bare: Bare | undefined
        if (round % 2 === 0) bare = await bareImport(hub, shop)
        const real = await realImport(hub, shop)
        bare ??= await bareImport(hub, shop)
        bareRates.push(bare.rate)
        bareCpu.push(bare.cpuMsPerThousand)
        importRates.push(real.rate)
        importCpu.push(real.cpuMsPerThousand)
        if (round % 2 === 0) barePollRates.push(await barePoll(hub, shop, bare.integrationId))
        const poll = await realPoll(hub)
        pollRates.push(poll.rate)
        cpuPerThousand.push(poll.cpuMsPerThousand)
        if (round % 2 === 1) barePollRates.push(await barePoll(hub, shop, bare.integrationId))
        idle = await idlePoll(hub)
      } finally {
        await hub.stop()
      }
    }
  } finally {
    await shop.stop()
  }
  const imported = median(importRates) / median(bareRates)
  const polled = median(pollRates) / median(barePollRates)
  return [
    { what: 'the shop itself, pages fetched and thrown away', measured: perSecond(median(shopRates)) },
    {
      what: 'first import, orders',
      measured: perSecond(median(importRates)),
      beside: `fetch + parse + bulk insert: ${perSecond(median(bareRates))}`,
      aim: `${ratio(imported)} ≥ ${AIM}`,
      met: imported >= AIM,
    },
    {
      what: 'CPU per 1,000 orders imported, of this process',
      measured: ms(median(importCpu)),
      beside: `fetch + parse + bulk insert: ${ms(median(bareCpu))}`,
    },
    {
      what: 'unchanged orders on re-poll',
      measured: perSecond(median(pollRates)),
      beside: `fetch + parse + hash-first select: ${perSecond(median(barePollRates))}`,
      aim: `${ratio(polled)} ≥ ${AIM}`,
      met: polled >= AIM,
    },
    {
      what: 'CPU per 1,000 unchanged orders',
      measured: ms(median(cpuPerThousand)),
      beside: 'of this process, user and system',
    },
    { what: 'an idle poll', measured: idle },
  ]
}

/** What the shop can give at best to one who asks for page after page. */
async function fetchAll(shop: ShopProcess): Promise<number> {
  const began = performance.now()
  for (let page = 1; page <= ORDERS / PAGE; page++) await fetchPage(shop, page)
  return ORDERS / ((performance.now() - began) / 1000)
}

interface Measured {
  rate: number
  cpuMsPerThousand: number
}

async function measured(work: () => Promise<unknown>): Promise<Measured> {
  const cpu = process.cpuUsage()
  const began = performance.now()
  await work()
  const seconds = (performance.now() - began) / 1000
  const used = process.cpuUsage(cpu)
  return { rate: ORDERS / seconds, cpuMsPerThousand: (used.user + used.system) / 1000 / (ORDERS / 1000) }
}

/** The hub's own first import, everything that belongs to it: products, hashes, raw records, timeline, counts, events. */
async function realImport(hub: BenchHub, shop: ShopProcess): Promise<Measured> {
  await hub.connect(shop)
  const worker = createWorker(hub.hub, { concurrency: 1 })
  const took = await measured(() => worker.runUntilQuiet())
  const { rows } = await hub.hub.db.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM orders o JOIN integrations i ON i.id = o.integration_id AND i.name <> 'bare'`,
  )
  if (rows[0]!.n !== ORDERS) throw new Error(`imported ${rows[0]!.n} of ${ORDERS}`)
  return took
}

/** Every order read once more although none changed: the backfill is sent back to its beginning. */
async function realPoll(hub: BenchHub): Promise<Measured> {
  const { db, clock } = hub.hub
  await db.query(
    `UPDATE streams SET cursor = NULL, next_run_at = $1 WHERE kind = 'orders' AND pass = 'backfill'
     AND integration_id IN (SELECT id FROM integrations WHERE name <> 'bare')`,
    [new Date(clock.now()).toISOString()],
  )
  const took = await measured(() => createWorker(hub.hub, { concurrency: 1 }).runUntilQuiet())
  const { rows } = await db.query<{ n: number }>(
    `SELECT unchanged AS n FROM runs WHERE pass = 'backfill' ORDER BY id DESC LIMIT 1`,
  )
  const { rows: all } = await db.query<{ n: number }>(
    `SELECT sum(unchanged)::int AS n FROM runs WHERE pass = 'backfill'`,
  )
  if (!rows[0] || (all[0]?.n ?? 0) < ORDERS) throw new Error(`re-read only ${all[0]?.n} of ${ORDERS}`)
  return took
}

async function idlePoll(hub: BenchHub): Promise<string> {
  const { db, clock } = hub.hub
  const poll = async () => {
    await db.query(
      `UPDATE streams SET next_run_at = CASE WHEN kind = 'orders' AND pass = 'live' THEN $1::timestamptz END`,
      [new Date(clock.now()).toISOString()],
    )
    await createWorker(hub.hub, { concurrency: 1 }).runUntilQuiet()
  }
  await poll() // the overlap is read once more, then the shop is known to be idle
  await db.query(`DELETE FROM exchanges`)
  await poll()
  const { rows } = await db.query<{ calls: number; bytes: number }>(
    `SELECT count(*)::int AS calls, coalesce(sum(wire_bytes), 0)::int AS bytes FROM exchanges`,
  )
  return `${rows[0]!.calls} request(s), ${rows[0]!.bytes} bytes`
}

const pageUrl = (shop: ShopProcess, page: number) =>
  `${shop.url}/wp-json/wc/v3/orders?status=any&orderby=date&order=desc&per_page=${PAGE}&page=${page}`

async function fetchPage(shop: ShopProcess, page: number): Promise<Buffer> {
  const { body } = await request(pageUrl(shop, page), {
    headers: { authorization: `Basic ${Buffer.from(`${shop.key}:${shop.secret}`).toString('base64')}` },
  })
  return Buffer.from(await body.arrayBuffer())
}

interface BareOrder {
  id: number
  number: string
  status: string
  currency: string
  total: string
  date_created_gmt: string
  date_modified_gmt: string
  billing: { first_name: string; last_name: string; email: string }
  shipping: { country: string }
  line_items: {
    id: number
    name: string
    sku: string | null
    quantity: number
    price: number
    total: string
    total_tax: string
    product_id: number
  }[]
}

type Bare = Measured & { integrationId: string }

/** The least that puts the same pages into the same tables: no mapping worth the name, one insert per table and page. */
async function bareImport(hub: BenchHub, shop: ShopProcess): Promise<Bare> {
  const { db, clock } = hub.hub
  const integrationId = newId(clock.now())
  const now = new Date(clock.now()).toISOString()
  await db.query(
    `INSERT INTO integrations (workspace_id, id, platform, name, url, host_key, home_url, site_fingerprint, shop, options, created_at, updated_at)
     VALUES ($1, $2, 'woocommerce', 'bare', $3, 'bare', $3, 'bare', '{}', '{}', $4, $4)`,
    [hub.workspaceId, integrationId, shop.url, now],
  )
  const { rows: keys } = await db.query<{ search_key: string }>(`SELECT search_key FROM workspaces WHERE id = $1`, [
    hub.workspaceId,
  ])
  const searchKey = keys[0]!.search_key
  const took = await measured(async () => {
    for (let page = 1; page <= ORDERS / PAGE; page++) {
      const orders = JSON.parse((await fetchPage(shop, page)).toString()) as BareOrder[]
      await db.transaction(async (tx) => {
        const ids = orders.map(() => newId(clock.now()))
        const texts = orders.map((order) => JSON.stringify(order))
        const words = orders.map((order) =>
          [order.number, order.billing.email, order.billing.first_name, order.billing.last_name].map((word) =>
            word.toLowerCase(),
          ),
        )
        await tx.query(
          `INSERT INTO orders (workspace_id, id, integration_id, remote_id, number, status, status_raw, currency, total_minor, placed_at, modified_at,
           country, customer_name, email_norm, left_to_ship, to_ship, details, search, search_tokens, content_hash, mapper_version, first_seen_at, fetched_at)
         SELECT $1, o.id, $2, o.remote_id, o.number, 'ready', o.status, o.currency, o.total, o.placed, o.modified, o.country, o.name, o.email, 1, true,
           '{}', o.search, array_to_tsvector(string_to_array(o.tokens, ' ')), o.hash, 1, $3, $3
         FROM unnest($4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[], $9::bigint[], $10::timestamptz[], $11::timestamptz[], $12::text[],
           $13::text[], $14::text[], $15::text[], $16::text[], $17::bytea[])
           AS o (id, remote_id, number, status, currency, total, placed, modified, country, name, email, search, tokens, hash)`,
          [
            hub.workspaceId,
            integrationId,
            now,
            ids,
            orders.map((order) => String(order.id)),
            orders.map((order) => order.number),
            orders.map((order) => order.status),
            orders.map((order) => order.currency),
            orders.map((order) => Math.round(Number(order.total) * 100)),
            orders.map((order) => `${order.date_created_gmt}Z`),
            orders.map((order) => `${order.date_modified_gmt}Z`),
            orders.map((order) => order.shipping.country),
            orders.map((order) => `${order.billing.first_name} ${order.billing.last_name}`),
            orders.map((order) => order.billing.email),
            words.map((list) => ` ${list.join(' ')}`),
            words.map((list) => list.map((word) => `${searchKey}:${word}`).join(' ')),
            texts.map((text) => createHash('sha256').update(text).digest()),
          ],
        )
        const lines = orders.flatMap((order, n) =>
          order.line_items.map((line, position) => ({ line, position, id: ids[n]! })),
        )
        await tx.query(
          `INSERT INTO order_lines (workspace_id, order_id, line_remote_id, position, product_key, sku, name, quantity, unit_price, total_minor, tax_minor, details)
         SELECT $1, l.* , '{}' FROM unnest($2::uuid[], $3::text[], $4::int[], $5::text[], $6::text[], $7::text[], $8::numeric[], $9::numeric[], $10::bigint[], $11::bigint[]) AS l`,
          [
            hub.workspaceId,
            lines.map(({ id }) => id),
            lines.map(({ line }) => String(line.id)),
            lines.map(({ position }) => position),
            lines.map(({ line }) => `${line.product_id}/`),
            lines.map(({ line }) => line.sku),
            lines.map(({ line }) => line.name),
            lines.map(({ line }) => line.quantity),
            lines.map(({ line }) => line.price),
            lines.map(({ line }) => Math.round(Number(line.total) * 100)),
            lines.map(({ line }) => Math.round(Number(line.total_tax) * 100)),
          ],
        )
        await tx.query(
          `INSERT INTO order_raw (workspace_id, order_id, encoding, bytes, fetched_at) SELECT $1, r.id, 'deflate', r.bytes, $2 FROM unnest($3::uuid[], $4::bytea[]) AS r (id, bytes)`,
          [hub.workspaceId, now, ids, texts.map((text) => deflateRawSync(text, { level: 1 }))],
        )
      })
    }
  })
  return { ...took, integrationId }
}

async function barePoll(hub: BenchHub, shop: ShopProcess, integrationId: string): Promise<number> {
  const began = performance.now()
  let known = 0
  for (let page = 1; page <= ORDERS / PAGE; page++) {
    const orders = JSON.parse((await fetchPage(shop, page)).toString()) as BareOrder[]
    const { rows } = await hub.hub.db.query<{ remote_id: string; content_hash: Buffer }>(
      `SELECT remote_id, content_hash FROM orders WHERE workspace_id = $1 AND integration_id = $2 AND remote_id = ANY($3)`,
      [hub.workspaceId, integrationId, orders.map((order) => String(order.id))],
    )
    const hashes = new Map(rows.map((row) => [row.remote_id, row.content_hash]))
    known += orders.filter((order) =>
      hashes.get(String(order.id))?.equals(createHash('sha256').update(JSON.stringify(order)).digest()),
    ).length
  }
  if (known !== ORDERS) throw new Error(`recognised ${known} of ${ORDERS}`)
  return ORDERS / ((performance.now() - began) / 1000)
}
