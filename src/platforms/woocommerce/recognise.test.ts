import { readdirSync, readFileSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { fakeClock } from '../../../test/fakes/clock.ts'
import { MESSAGES } from '../../words/index.ts'
import { woocommerce } from './connect.ts'
import { type FakeShop, type FakeShopOptions, startFakeShop } from './fake-shop.ts'
import { answerOf, type Loopback, loopback } from './loopback.ts'
import { softwareSeen } from '../signs.ts'

let shop: FakeShop | undefined
let http: Loopback

async function look(url: string, options: Partial<FakeShopOptions> = {}, intercept?: Loopback['intercept']) {
  await shop?.close()
  shop = await startFakeShop({ clock: fakeClock(), ...options })
  http = loopback(shop.port)
  if (intercept) http.intercept = intercept
  const home = await http.request({ method: 'GET', url: `${url}/`, followRedirects: 3, purpose: 'recognise' })
  return woocommerce.recognise(http, url, home)
}
afterEach(() => shop?.close())

const page = (html: string, status = 200, headers: Record<string, string> = {}) => ({
  status,
  headers: { 'content-type': 'text/html', ...headers },
  body: Buffer.from(html),
  url: 'https://boutique.example/',
  wireBytes: html.length,
  tookMs: 1,
})
const sights = (found: Awaited<ReturnType<typeof look>>) => found?.saw.map(({ code }) => code)

describe('an address', () => {
  test('of a WooCommerce shop is recognised without any login, with its name', async () => {
    const found = await look('https://boutique.example')

    expect(found).toMatchObject({ platform: 'woocommerce', url: 'https://boutique.example', name: "Boutique d'essai" })
    expect(sights(found)).toEqual(['woocommerce'])
    expect(http.sent.some(({ headers }) => headers?.authorization)).toBe(false)
  })

  test('of a shop in a sub-directory, or of a page of it, leads to the shop', async () => {
    expect(await look('https://boutique.example/magasin', { subdirectory: '/magasin' })).toMatchObject({
      url: 'https://boutique.example/magasin',
    })
    expect(
      await look('https://boutique.example/magasin', { subdirectory: '/magasin' }, async (sent) =>
        sent.url === 'https://boutique.example/magasin/'
          ? {
              ...page('', 200, { link: '<https://boutique.example/magasin/wp-json/>; rel="https://api.w.org/"' }),
              url: 'https://boutique.example/magasin/produit/tasse/',
            }
          : undefined,
      ),
    ).toMatchObject({
      url: 'https://boutique.example/magasin',
    })
  })

  test('by http of a shop that has https is called by https', async () => {
    const found = await look('http://boutique.example')

    expect(found).toMatchObject({ url: 'https://boutique.example' })
    expect(sights(found)).toContain('https-preferred')
  })

  test('by http of a shop that has only http stays http, and that is said', async () => {
    const found = await look('http://boutique.example', {}, async (sent) => {
      if (sent.url.startsWith('https:')) throw new Error('no https here')
      return undefined
    })

    expect(found).toMatchObject({ url: 'http://boutique.example' })
    expect(sights(found)).toContain('http-only')
  })

  test('of a copy that believes to live elsewhere says so', async () => {
    const found = await look('https://staging.example', { homeUrl: 'https://boutique.example' })

    expect(found).toMatchObject({
      url: 'https://staging.example',
      saw: expect.arrayContaining([{ code: 'home-differs', params: { home: 'https://boutique.example' } }]),
    })
  })

  test('with plain permalinks is recognised, and what to change is said', async () => {
    expect(sights(await look('https://boutique.example', { permalinks: 'plain' }))).toEqual(['plain-permalinks'])
  })

  test('whose index is closed to strangers is recognised by WooCommerce’s own refusal', async () => {
    const found = await look('https://boutique.example', {}, async (sent) =>
      /wp-json\/\?/.test(sent.url) ? answerOf('trouble-plugin-disable-rest-index') : undefined,
    )

    expect(sights(found)).toEqual(['woocommerce', 'rest-index-closed'])
  })

  test('of WordPress without WooCommerce is told apart', async () => {
    const index = {
      ...page('{"name":"Blog","home":"https://boutique.example","namespaces":["wp/v2"]}'),
      headers: { 'content-type': 'application/json' },
    }

    await expect(
      look('https://boutique.example', {}, async (sent) => (/wp-json\/\?/.test(sent.url) ? index : undefined)),
    ).rejects.toMatchObject({
      code: 'not-a-shop',
      params: { reason: 'wordpress-without-woocommerce' },
    })
  })

  test('of a shop in maintenance is trouble, not "no shop"', async () => {
    await expect(
      look('https://boutique.example', {}, async (sent) =>
        /wp-json/.test(sent.url) ? answerOf('trouble-maintenance-index') : undefined,
      ),
    ).rejects.toMatchObject({ code: 'shop-maintenance' })
  })

  test('behind a password says that the password is needed', async () => {
    expect(
      sights(await look('https://boutique.example', {}, async () => answerOf('trouble-staging-password'))),
    ).toEqual(['site-password'])
  })

  test.each([
    ['PrestaShop', '<html><script>var prestashop = {};</script><link href="/modules/ps_banner/x.css">'],
    ['Magento', '<html><script type="text/x-magento-init">{}</script>'],
    ['Shopify', '<html><script src="https://cdn.shopify.com/s/files/1/x.js">'],
  ])('of %s is not ours, and its signs are known', async (name, html) => {
    expect(await look('https://boutique.example', {}, async () => page(html))).toBeUndefined()
    expect(softwareSeen(page(html))).toBe(name)
  })

  test('of any other page is not ours', async () => {
    expect(await look('https://boutique.example', {}, async () => page('<html>Bonjour</html>'))).toBeUndefined()
    expect(await look('https://boutique.example', {}, async () => page('nothing', 404))).toBeUndefined()
  })
})

describe('what is told to people', () => {
  test('has a sentence in every language, sight by sight and reason by reason', () => {
    const folder = new URL('./', import.meta.url)
    const sources = readdirSync(folder)
      .filter((name) => name.endsWith('.ts') && !/test\.ts$|^fake-|^demo-/.test(name))
      .map((name) => readFileSync(new URL(name, folder), 'utf8'))
      .join('\n')
    const sights = [...sources.matchAll(/(?:saw\.push\(|\[|: )\{ code: '([a-z-]+)'/g)].map((match) => match[1]!)
    const reasons = [
      ...sources.matchAll(/reason: '((?:row|signature|topic|body|wordpress|woocommerce)-[a-z-]+)'/g),
    ].map((match) => match[1]!)
    const told = [...new Set([...sights, ...reasons])]

    expect(told.length).toBeGreaterThan(20)
    for (const words of Object.values(MESSAGES)) {
      expect(told.filter((code) => !(code in words.recognition))).toEqual([])
    }
  })
})
