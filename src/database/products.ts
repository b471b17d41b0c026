/** Facts about goods, kept per integration so that an order page asks the shop only for what is new. */
import { instant } from '../domain/clock.ts'
import { productKey, type Product } from '../domain/order.ts'
import type { Queryable } from './open.ts'
import { clean, cleanOrNull } from './rows.ts'

export interface KeptProduct {
  product: Product
  fetchedAt: string
}

const keyOf = (product: Product): string =>
  clean(productKey({ productRemoteId: product.remoteId, variantRemoteId: product.variantRemoteId })!)

interface ProductRow {
  product_key: string
  missing: boolean
  details: Product
  fetched_at: string
}

export async function keptProducts(
  db: Queryable,
  workspaceId: string,
  integrationId: string,
  keys: readonly string[],
): Promise<Map<string, KeptProduct>> {
  if (keys.length === 0) return new Map()
  const { rows } = await db.query<ProductRow>(
    `SELECT product_key, missing, details, fetched_at FROM products
     WHERE workspace_id = $1 AND integration_id = $2 AND product_key = ANY($3)`,
    [workspaceId, integrationId, keys],
    'kept-products',
  )
  return new Map(
    rows.map((row) => [
      row.product_key,
      { product: row.missing ? { ...row.details, missing: true } : row.details, fetchedAt: row.fetched_at },
    ]),
  )
}

/** Keys of those whose facts differ from what is kept; a product seen for the first time is one. */
export async function changedProducts(
  db: Queryable,
  workspaceId: string,
  integrationId: string,
  products: readonly Product[],
): Promise<string[]> {
  const byKey = new Map(products.map((product) => [keyOf(product), product]))
  const before = await keptProducts(db, workspaceId, integrationId, [...byKey.keys()])
  return [...byKey].flatMap(([key, product]) => (sameFacts(before.get(key)?.product, product) ? [] : [key]))
}

export async function saveProducts(
  tx: Queryable,
  workspaceId: string,
  integrationId: string,
  products: readonly Product[],
  now: number,
): Promise<void> {
  const byKey = new Map(products.map((product) => [keyOf(product), product]))
  if (byKey.size === 0) return
  const all = [...byKey.values()]
  await tx.query(
    `INSERT INTO products (workspace_id, integration_id, fetched_at, product_key, missing, details, modified_raw)
     SELECT $1, $2, $3, p.* FROM unnest($4::text[], $5::boolean[], $6::json[], $7::text[]) AS p
     ON CONFLICT (workspace_id, integration_id, product_key) DO UPDATE
       SET missing = excluded.missing, details = excluded.details, modified_raw = excluded.modified_raw, fetched_at = excluded.fetched_at`,
    [
      workspaceId,
      integrationId,
      instant(now),
      [...byKey.keys()],
      all.map((product) => product.missing ?? false),
      all.map((product) => JSON.stringify(factsOf(product))),
      all.map((product) => cleanOrNull(product.modifiedRaw)),
    ],
    'save-products',
  )
}

const factsOf = ({ missing: _missing, ...facts }: Product): Product => facts

const FACTS = [
  'sku',
  'gtin',
  'weightMg',
  'lengthMm',
  'widthMm',
  'heightMm',
  'hsCode',
  'origin',
  'requiresShipping',
] as const
/** The shop's own change time moves with every sale; orders need to be mapped again only when a fact they carry moved. */
const sameFacts = (before: Product | undefined, after: Product): boolean =>
  before !== undefined &&
  (before.missing ?? false) === (after.missing ?? false) &&
  FACTS.every((fact) => before[fact] === after[fact])

/** Orders still to be sent that hold one of these products, after `afterId`. */
export async function openOrdersWith(
  db: Queryable,
  workspaceId: string,
  integrationId: string,
  keys: readonly string[],
  options: { after?: string; limit: number },
): Promise<string[]> {
  if (keys.length === 0) return []
  const { rows } = await db.query<{ id: string }>(
    `SELECT o.id FROM orders o
     WHERE o.workspace_id = $1 AND o.integration_id = $2 AND o.status IN ('ready', 'on-hold') AND o.gone IS NULL
       AND ($4::uuid IS NULL OR o.id > $4)
       AND EXISTS (SELECT 1 FROM order_lines l WHERE l.workspace_id = o.workspace_id AND l.order_id = o.id AND l.product_key = ANY($3))
     ORDER BY o.id LIMIT $5`,
    [workspaceId, integrationId, keys, options.after ?? null, options.limit],
  )
  return rows.map((row) => row.id)
}

/** Products of open orders that were never fetched (the shop could not answer for them at the time). */
export async function productsNeverFetched(
  db: Queryable,
  workspaceId: string,
  integrationId: string,
  limit: number,
): Promise<string[]> {
  const { rows } = await db.query<{ product_key: string }>(
    `SELECT DISTINCT l.product_key FROM orders o
     JOIN order_lines l ON l.workspace_id = o.workspace_id AND l.order_id = o.id
     WHERE o.workspace_id = $1 AND o.integration_id = $2 AND o.to_ship AND l.product_key IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM products p WHERE p.workspace_id = $1 AND p.integration_id = $2 AND p.product_key = l.product_key)
     LIMIT $3`,
    [workspaceId, integrationId, limit],
  )
  return rows.map((row) => row.product_key)
}
