/**
 * Products: the weight, size, customs code and origin that order lines lack.
 *
 * Traps, all seen: `products?include=` never finds a variation (an empty list, no error); a variation shows its parent's
 * sku, weight and size when it has none of its own, but not its customs meta; a deleted product answers 404 while order
 * lines go on naming it.
 */
import { HubError } from '../../domain/errors.ts'
import type { Product } from '../../domain/order.ts'
import type { PullOptions } from '../../domain/platform.ts'
import { lengthMm, weightMg } from '../../domain/weight.ts'
import type { Api } from './api.ts'
import { type Dict, dict, dicts, idText, metaValue, plainText } from './odd-values.ts'
import { changeCursor, listAnswer, listOf, MOST_ROWS } from './pull-orders.ts'
import { isAtLeast, type Shop } from './shop.ts'
import { stepChanged } from './walk.ts'

const FIELDS =
  'id,type,parent_id,name,sku,global_unique_id,weight,dimensions,virtual,downloadable,shipping_required,meta_data,date_modified_gmt'
const CHUNK = 50
/** Pages of variations of one product that are followed: 500 sizes and colours. */
const MOST_VARIATION_PAGES = 5

/** Meta of the plugins known to carry customs data (Sendcloud's first: `sc_…`), then the usual names. */
const HS_KEYS = ['sc_hs_code', '_sc_hs_code', '_hs_code', 'hs_code', '_harmonized_code', 'harmonised_code']
const ORIGIN_KEYS = ['sc_country_of_origin', '_sc_country_of_origin', '_country_of_origin', 'country_of_origin']
const EAN_KEYS = ['sc_ean_code', '_ean', '_gtin', '_global_unique_id']

export function toProduct(row: Dict, shop: Shop, parent?: Dict): Product | undefined {
  const id = idText(row.id)
  if (id === undefined) return undefined
  const parentId = idText(row.parent_id) ?? (parent && idText(parent.id))
  const isVariation = row.type === 'variation' || parent !== undefined
  const meta = dicts(row.meta_data)
  const parentMeta = dicts(parent?.meta_data)
  const first = (keys: string[]) =>
    keys.map((key) => plainText(metaValue(meta, key)) || plainText(metaValue(parentMeta, key))).find(Boolean)
  const size = dict(row.dimensions)
  const origin = first(ORIGIN_KEYS)?.toUpperCase()
  return {
    remoteId: isVariation && parentId !== undefined ? parentId : id,
    ...(isVariation && parentId !== undefined ? { variantRemoteId: id } : {}),
    sku: plainText(row.sku) || undefined,
    gtin: plainText(row.global_unique_id) || first(EAN_KEYS),
    name: plainText(row.name) || undefined,
    weightMg: weightMg(row.weight, shop.weightUnit),
    lengthMm: lengthMm(size.length, shop.dimensionUnit),
    widthMm: lengthMm(size.width, shop.dimensionUnit),
    heightMm: lengthMm(size.height, shop.dimensionUnit),
    hsCode: first(HS_KEYS)?.replace(/[\s.]/g, '') || undefined,
    origin: origin && /^[A-Z]{2}$/.test(origin) ? origin : undefined,
    requiresShipping:
      row.virtual === true || row.shipping_required === false ? false : row.virtual === false ? true : undefined,
    modifiedRaw: plainText(row.date_modified_gmt) || undefined,
  }
}

/** Products by `productKey` (`20/22`, `11/`). Every key asked for is answered, the unknown ones as missing. */
export async function getProducts(api: Api, shop: Shop, keys: string[]): Promise<Product[]> {
  const pairs = [...new Set(keys)].flatMap((key) => {
    const [product = '', variant = ''] = key.split('/')
    return product === '' ? [] : [{ product, variant }]
  })
  const askable = (id: string) => /^[1-9]\d{0,18}$/.test(id)
  // The parents of variations come along: customs data is set on the parent and not inherited by the API.
  const products = await byIds(
    api,
    '/wc/v3/products',
    [...new Set(pairs.map(({ product }) => product))].filter(askable),
  )
  const variants = [...new Set(pairs.map(({ variant }) => variant).filter(askable))]
  const variations = variants.length === 0 ? new Map<string, Dict>() : await getVariations(api, shop, variants)

  return pairs.map(({ product, variant }) => {
    const missing: Product = { remoteId: product, ...(variant ? { variantRemoteId: variant } : {}), missing: true }
    const parent = products.get(product)
    if (variant === '') return (parent && toProduct(parent, shop)) ?? missing
    const row = variations.get(variant)
    if (!row) return missing
    // Filed under the ids the order line names, whatever the variation says its parent is by now.
    const read = toProduct({ ...row, type: 'variation' }, shop, parent ?? {})
    return read ? { ...read, remoteId: product, variantRemoteId: variant } : missing
  })
}

async function byIds(api: Api, path: string, ids: string[]): Promise<Map<string, Dict>> {
  const found = new Map<string, Dict>()
  for (let at = 0; at < ids.length; at += CHUNK) {
    const chunk = ids.slice(at, at + CHUNK)
    const answer = listAnswer(
      await api.get(path, {
        params: { include: chunk.join(','), per_page: chunk.length, _fields: FIELDS },
        shape: 'list',
        purpose: 'products',
      }),
    )
    for (const row of dicts(answer.value)) {
      const id = idText(row.id)
      if (id !== undefined) found.set(id, row)
    }
  }
  return found
}

/** The global list of variations came with 10.3; before it each is asked for as a product, which works. */
async function getVariations(api: Api, shop: Shop, ids: string[]): Promise<Map<string, Dict>> {
  if (isAtLeast(shop.version, 10, 3)) {
    try {
      return await byIds(api, '/wc/v3/variations', ids)
    } catch (thrown) {
      if (!(thrown instanceof HubError) || thrown.params.reason !== 'no-route') throw thrown
    }
  }
  const found = new Map<string, Dict>()
  for (const id of ids) {
    const answer = await api.get(`/wc/v3/products/${id}`, {
      params: { _fields: FIELDS },
      shape: 'object',
      purpose: 'products',
    })
    if (answer.status < 400) found.set(id, dict(answer.value))
  }
  return found
}

/** Products changed since the cursor, with the variations of those that have some. */
export async function pullProducts(
  api: Api,
  shop: Shop,
  saved: unknown,
  options: PullOptions,
  nonce: () => string,
): Promise<{ products: Product[]; cursor: unknown; more: boolean; requests: number }> {
  const asked = api.requests
  const list = listOf(api, '/wc/v3/products', 'products', nonce)
  const step = await stepChanged(
    async (params) => list({ ...params, _fields: params._fields ?? FIELDS }),
    changeCursor(saved),
    {
      size: Math.max(1, Math.min(MOST_ROWS, options.pageSize)),
      zone: shop.zone,
      filter: { status: 'any' },
    },
  )
  const products: Product[] = []
  for (const { value } of step.page.rows) {
    const row = dict(value)
    const product = toProduct(row, shop)
    if (product) products.push(product)
    if (row.type === 'variable') products.push(...(await variationsOf(api, shop, row)))
  }
  return { products, cursor: step.cursor, more: step.more, requests: api.requests - asked }
}

async function variationsOf(api: Api, shop: Shop, parent: Dict): Promise<Product[]> {
  const found: Product[] = []
  for (let page = 1; page <= MOST_VARIATION_PAGES; page++) {
    const answer = await api.get(`/wc/v3/products/${String(parent.id)}/variations`, {
      params: { per_page: MOST_ROWS, page, orderby: 'id', order: 'asc', _fields: FIELDS },
      shape: 'list',
      purpose: 'products',
    })
    if (answer.status === 404) break // deleted meanwhile
    const rows = dicts(listAnswer(answer).value)
    for (const row of rows) {
      const product = toProduct({ ...row, type: 'variation' }, shop, parent)
      if (product) found.push(product)
    }
    if (rows.length < MOST_ROWS) break
  }
  return found
}
