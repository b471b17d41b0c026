/** The order list and every form of search over a million orders, 600,000 of them in one workspace. */
import { randomBytes } from 'node:crypto'
import { listOrders, type OrderFilter } from '../src/database/order-list.ts'
import type { Database } from '../src/database/open.ts'
import { newId } from '../src/domain/id.ts'
import { benchHub } from './hub.ts'
import { ms, percentile, type Line } from './report.ts'

const TOTAL = 1_000_000
const BATCH = 50_000
const QUERIES = 200
const AIM_MS = 30

const FIRST = [
  'camille',
  'louis',
  'emma',
  'jules',
  'alice',
  'hugo',
  'chloe',
  'adam',
  'lea',
  'gabriel',
  'manon',
  'paul',
  'ines',
  'victor',
  'rose',
  'theo',
  'ursule',
  'zelie',
]
const LAST = [
  'martin',
  'bernard',
  'thomas',
  'petit',
  'robert',
  'richard',
  'durand',
  'dubois',
  'moreau',
  'laurent',
  'simon',
  'michel',
  'lefebvre',
  'leroy',
  'roux',
  'quenneville',
  'zuber',
  'yvon',
]

export async function benchLists(): Promise<Line[]> {
  const hub = await benchHub()
  try {
    const { db } = hub.hub
    const workspaceId = await fill(db, hub.workspaceId, hub.hub.clock.now())
    await db.query('VACUUM (ANALYZE) orders')
    const at = (n: number) => Math.floor((n * 7919 * 37) % (TOTAL * 0.6))
    const pick = (list: string[], n: number) => list[(n * 13) % list.length]!
    const { rows } = await db.query<{ id: string }>(`SELECT id FROM integrations WHERE workspace_id = $1 LIMIT 1`, [
      workspaceId,
    ])
    const integrationId = rows[0]!.id
    const forms: [string, (n: number) => OrderFilter][] = [
      ['list: newest', () => ({})],
      ['list: to ship', () => ({ toShip: true })],
      ['list: by status', () => ({ status: 'completed' })],
      ['list: by integration', () => ({ integrationId })],
      ['list: by country', (n) => ({ country: pick(['FR', 'BE', 'DE', 'IT'], n) })],
      ['list: by date', (n) => ({ placedBefore: new Date(Date.UTC(2026, 9, 1) - at(n) * 60_000).toISOString() })],
      ['search: number', (n) => ({ query: String(100_000 + at(n)) })],
      ['search: start of a number', (n) => ({ query: String(100_000 + at(n)).slice(0, 4) })],
      ['search: e-mail', (n) => ({ query: `${pick(FIRST, n)}${at(n)}@example.com` })],
      ['search: SKU', (n) => ({ query: `sku-${1000 + (at(n) % 4000)}` })],
      ['search: start of a SKU', (n) => ({ query: `sku-${n % 50}` })],
      ['search: start of a number, frequent', (n) => ({ query: String(100_000 + at(n)).slice(0, 1 + (n % 3)) })],
      ['search: name, frequent', (n) => ({ query: pick(LAST.slice(0, 6), n) })],
      ['search: name, three letters', (n) => ({ query: pick(FIRST, n).slice(0, 3) })],
      ['search: name, rare', (n) => ({ query: `rare${100 + (at(n) % 800)}` })],
      ['search: nothing found', (n) => ({ query: `introuvable${n}` })],
      ['search: name and status', (n) => ({ query: pick(LAST, n), status: 'ready' })],
    ]
    const lines: Line[] = []
    for (const [what, filter] of forms) {
      const took: number[] = []
      for (let n = 0; n < QUERIES; n++) {
        const began = performance.now()
        const page = await listOrders(db, workspaceId, filter(n), { limit: 50 })
        took.push(performance.now() - began)
        if (page.next && n % 4 === 0) await listOrders(db, workspaceId, filter(n), { limit: 50, cursor: page.next })
      }
      const p99 = percentile(took, 99)
      lines.push({
        what: `${what} (1,000,000 orders)`,
        measured: `p50 ${ms(percentile(took, 50))}, p99 ${ms(p99)}`,
        aim: `p99 ≤ ${AIM_MS} ms`,
        met: p99 <= AIM_MS,
      })
    }
    return lines
  } finally {
    await hub.stop()
  }
}

/** Indexes are made once the rows are there: minutes sooner, and the same indexes. */
async function fill(db: Database, own: string, nowMs: number): Promise<string> {
  const { rows: indexes } = await db.query<{ name: string; definition: string }>(
    `SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition FROM pg_index i
     WHERE indrelid = 'orders'::regclass AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid)`,
  )
  for (const { name } of indexes) await db.query(`DROP INDEX ${name}`)
  const asked = await fillBare(db, own, nowMs)
  await db.transaction(async (tx) => {
    await tx.query(`SET LOCAL maintenance_work_mem = '512MB'`)
    for (const { name, definition } of indexes) {
      process.stderr.write(`index ${name}…\n`)
      await tx.query(definition)
    }
  })
  return asked
}

/** 600,000 orders in the workspace that is asked, the rest in four others. @returns the workspace that is asked */
async function fillBare(db: Database, own: string, nowMs: number): Promise<string> {
  const now = new Date(nowMs).toISOString()
  const spaces = [own]
  for (let n = 0; n < 4; n++) {
    const id = newId(nowMs)
    await db.query(`INSERT INTO workspaces (id, slug, name, search_key, created_at) VALUES ($1, $2, $2, $3, $4)`, [
      id,
      `other-${n}`,
      randomBytes(6).toString('hex'),
      now,
    ])
    spaces.push(id)
  }
  let made = 0
  for (const [n, workspaceId] of spaces.entries()) {
    const integrationId = newId(nowMs)
    await db.query(
      `INSERT INTO integrations (workspace_id, id, platform, name, url, host_key, home_url, site_fingerprint, shop, options, created_at, updated_at)
       VALUES ($1, $2, 'woocommerce', 'Boutique', 'https://shop.example', 'shop.example', 'https://shop.example', $3, '{}', '{}', $4, $4)`,
      [workspaceId, integrationId, `shop-${n}`, now],
    )
    const wanted = n === 0 ? TOTAL * 0.6 : TOTAL * 0.1
    for (let from = 0; from < wanted; from += BATCH) {
      await db.query(INSERT, [workspaceId, integrationId, now, from, Math.min(from + BATCH, wanted) - 1, FIRST, LAST])
      made += Math.min(BATCH, wanted - from)
      process.stderr.write(`\r${made.toLocaleString('en')} orders made`)
    }
  }
  process.stderr.write('\n')
  return own
}

const INSERT = `
  INSERT INTO orders (workspace_id, id, integration_id, remote_id, number, status, status_raw, currency, total_minor, placed_at, modified_at,
    country, customer_name, email_norm, left_to_ship, to_ship, details, search, search_tokens, content_hash, mapper_version, first_seen_at, fetched_at)
  SELECT $1, gen_random_uuid(), $2, n::text, (100000 + n)::text,
    CASE WHEN n % 100 = 0 THEN 'ready' WHEN n % 37 = 0 THEN 'cancelled' ELSE 'completed' END, 'x', 'EUR', 1990 + n % 5000,
    timestamptz '2026-11-24Z' - n * interval '1 minute', timestamptz '2026-11-24Z',
    (ARRAY['FR','FR','FR','BE','DE','IT','ES'])[1 + n % 7], first || ' ' || last, first || n || '@example.com', 1, n % 100 = 0,
    '{}', ' ' || words, array_to_tsvector(ARRAY(SELECT w.search_key || ':' || word FROM unnest(string_to_array(words, ' ')) AS word)),
    decode(md5(n::text), 'hex'), 1, $3, $3
  FROM workspaces w, generate_series($4::int, $5::int) AS n,
    LATERAL (SELECT ($6::text[])[1 + n % 18] AS first, ($7::text[])[1 + (n / 18) % 18] AS last) AS names,
    LATERAL (SELECT (100000 + n) || ' ' || first || n || '@example.com ' || first || ' ' || last || ' rare' || n % 900 || ' sku-' || n % 5000 AS words) AS text
  WHERE w.id = $1`
