/**
 * A newcomer's first day, in a real browser against a real hub as `npm start` runs it: one-time link, first user, demo
 * shop, an order shipped, and its tracking standing in the shop.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { signedParams } from '../../src/platforms/woocommerce/oauth1.ts'
import { startHubProcess, type HubProcess } from '../support/hub-process.ts'
import { seriousFindings } from './axe.ts'
import { complaints, look, openBrowser, shot, sidewaysPixels } from './browser.ts'

const TRACKING = '6A12345678901'

let hub: HubProcess
let browser: Browser
let context: BrowserContext
let page: Page
let said: string[]
let folder: string
let dataDir: string
let origin: string
/** Number of the order that is shipped; the fake gives orders their id as number. */
let shipped: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'passerelle-first-day-'))
  dataDir = join(folder, 'data') // the key that opens the logins is made beside it
  browser = await openBrowser()
  hub = await startHubProcess({ dataDir })
  context = await look(browser, { locale: 'fr', width: 1280, scheme: 'light' })
  page = await context.newPage()
  said = complaints(page)
}, 120_000)

afterAll(async () => {
  await browser?.close()
  await hub?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** GET of the demo shop's own REST API, signed as a shop over plain http wants it. */
async function askShop(path: string): Promise<unknown> {
  const { items } = (await hub.call('GET', '/api/v1/integrations')).body as { items: { url: string }[] }
  const saved = JSON.parse(readFileSync(join(dataDir, 'demo-shop.json'), 'utf8')) as {
    key: { consumerKey: string; consumerSecret: string }
  }
  const url = `${items[0]!.url}/wp-json/wc/v3${path}`
  const signed = signedParams({
    method: 'GET',
    url,
    params: {},
    key: saved.key.consumerKey,
    secret: saved.key.consumerSecret,
    nonce: String(Math.random()),
    timestamp: Math.floor(Date.now() / 1000),
  })
  const answer = await fetch(`${url}?${new URLSearchParams(signed)}`)
  if (!answer.ok) throw new Error(`the shop answered ${answer.status}: ${await answer.text()}`)
  return answer.json()
}

// One story in eight parts: the machine may be busy with other test files meanwhile.
describe('the first day', { timeout: 90_000 }, () => {
  test('the one-time link makes the first user and leads to an empty hub', async () => {
    const link = /https?:\/\/\S+\/setup\?token=\S+/.exec(hub.output())?.[0]
    expect(link).toBeDefined()
    origin = new URL(link!).origin

    await page.goto(link!)
    await page.getByLabel('Adresse e-mail').fill('lise@savons.example')
    await page.getByLabel('Mot de passe').fill('une phrase assez longue')
    await page.getByRole('button', { name: 'Créer le compte' }).click()

    await page.getByRole('heading', { name: 'Bienvenue' }).waitFor()
    await shot(page, 'first-day-1-welcome')
  })

  test('one click starts the demo shop and its orders appear within a minute', async () => {
    await page.getByRole('button', { name: 'Essayer avec la boutique de démonstration' }).click()

    await page.getByRole('table', { name: 'Commandes' }).getByRole('row').nth(5).waitFor({ timeout: 60_000 })
    await shot(page, 'first-day-2-orders')
  })

  test('an order is shipped by hand and the shop is seen to know it', async () => {
    await page.goto(`${origin}/orders?toShip=1`)
    await page.locator('.orders .row-link').first().click()
    await page.getByLabel('Transporteur').fill('Colissimo')
    await page.getByLabel('Numéro de suivi').fill(TRACKING)
    await page.getByLabel(/^Lien de suivi/).fill(`https://www.laposte.fr/outils/suivre-vos-envois?code=${TRACKING}`)
    await page.getByRole('button', { name: 'Expédier', exact: true }).click()

    await page.getByText('confirmé, relu dans la boutique').waitFor({ timeout: 60_000 })
    await shot(page, 'first-day-3-shipped')
    shipped = /\d+/.exec(await page.locator('h1').innerText())![0]
    expect(JSON.stringify(await askShop(`/orders/${shipped}`))).toContain(TRACKING)
  })

  test('a typed number is corrected, and the shop has the new one', async () => {
    await page.getByRole('button', { name: 'Corriger' }).click()
    await page.getByLabel('Numéro de suivi').fill('6A99999999999')
    await page.getByRole('button', { name: 'Enregistrer la correction' }).click()

    await page.getByText('Suivi corrigé : 6A99999999999').waitFor()
    await page.getByText('confirmé, relu dans la boutique').waitFor({ timeout: 60_000 })
    await expect
      .poll(async () => JSON.stringify(await askShop(`/orders/${shipped}`)), { timeout: 30_000 })
      .toContain('6A99999999999')
  })

  test('*Mettre à jour* syncs at once and says what it brought', async () => {
    await page.goto(`${origin}/integrations`)
    await page.getByRole('button', { name: 'Mettre à jour Boutique de démonstration' }).click()

    await page.locator('.outcome').waitFor({ timeout: 60_000 })
    expect(await page.locator('.outcome').innerText()).toMatch(/^À jour/)
    await shot(page, 'first-day-4-integrations')
  })

  test('a slash searches from anywhere, and the list follows what is typed', async () => {
    await page.goto(`${origin}/integrations`)
    await page.getByRole('heading', { name: 'Intégrations' }).waitFor()
    await page.keyboard.press('/')
    await page.locator('#search:focus').waitFor()
    await page.keyboard.type(shipped)

    await expect.poll(() => page.locator('.orders .row-link').allInnerTexts(), { timeout: 20_000 }).toEqual([shipped])
    expect(new URL(page.url()).searchParams.get('query')).toBe(shipped)
  })

  test('every page of the day stands without serious findings of axe and without sideways scroll', async () => {
    const order = (await hub.call('GET', '/api/v1/orders?limit=1')).body.items[0].id as string
    const shop = (await hub.call('GET', '/api/v1/integrations')).body.items[0].id as string
    const found: Record<string, unknown> = {}

    for (const path of [
      '/',
      '/orders',
      `/orders/${order}`,
      '/integrations',
      `/integrations/${shop}`,
      '/settings',
      '/egress',
    ]) {
      await page.goto(origin + path)
      await page.locator('h1').waitFor()
      const wrong = [...(await seriousFindings(page)), ...((await sidewaysPixels(page)) > 0 ? ['sideways'] : [])]
      if (wrong.length > 0) found[path] = wrong
    }

    expect(found).toEqual({})
    expect(said).toEqual([])
  })

  test('after signing out a page asks to sign in and leads back to where one was', async () => {
    await page.goto(`${origin}/orders?status=ready`)
    await page.getByRole('button', { name: 'Se déconnecter' }).click()
    await page.getByRole('heading', { name: 'Se connecter' }).waitFor()

    await page.goto(`${origin}/orders?status=ready`)
    await page.getByLabel('Adresse e-mail').fill('lise@savons.example')
    await page.getByLabel('Mot de passe').fill('une phrase assez longue')
    await page.getByRole('button', { name: 'Se connecter' }).click()

    await page.getByRole('heading', { name: 'Commandes' }).waitFor()
    expect(page.url()).toBe(`${origin}/orders?status=ready`)
  })
})
