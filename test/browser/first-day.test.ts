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

const firstOf = async (path: string) => (await hub.call('GET', `/api/v1${path}`)).body.items[0]

/** The key of the demo shop, as it keeps it itself. */
const shopKey = () =>
  (
    JSON.parse(readFileSync(join(dataDir, 'demo-shop.json'), 'utf8')) as {
      key: { consumerKey: string; consumerSecret: string }
    }
  ).key

/** GET of the demo shop's own REST API, signed as a shop over plain http wants it. */
async function askShop(path: string): Promise<unknown> {
  const url = `${(await firstOf('/integrations')).url}/wp-json/wc/v3${path}`
  const signed = signedParams({
    method: 'GET',
    url,
    params: {},
    key: shopKey().consumerKey,
    secret: shopKey().consumerSecret,
    nonce: String(Math.random()),
    timestamp: Math.floor(Date.now() / 1000),
  })
  const answer = await fetch(`${url}?${new URLSearchParams(signed)}`)
  if (!answer.ok) throw new Error(`the shop answered ${answer.status}: ${await answer.text()}`)
  return answer.json()
}

// One story in parts: the machine may be busy with other test files meanwhile.
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

  test("a note and a tag of one's own stay with the order", async () => {
    await page.getByLabel(/^Note pour vous/).fill('Emballer la bougie à part.')
    await page.getByRole('button', { name: 'Ajouter une note' }).click()
    await page.getByLabel('Ajouter une étiquette').fill('cadeau')
    await page.getByLabel('Ajouter une étiquette').press('Enter')
    await page.getByRole('button', { name: 'Retirer l’étiquette cadeau' }).waitFor()
    await page.reload()

    await page.locator('.note-text', { hasText: 'Emballer la bougie à part.' }).waitFor()
    await page.getByRole('button', { name: 'Retirer l’étiquette cadeau' }).waitFor()
  })

  test("the shop's own record is one click away", async () => {
    await page.getByText('L’enregistrement de la boutique, tel quel').click()

    const record = JSON.parse(await page.locator('#raw pre').first().innerText()) as { id: number }
    expect(record.id).toBe(Number(shipped))
  })

  test('a shipment is taken back, and the shop shows no number any more', async () => {
    await page.getByRole('button', { name: 'Annuler l’expédition' }).click()
    const question = page.getByRole('dialog')
    expect(await question.getByRole('heading').innerText()).toContain(`6A99999999999 de la commande ${shipped}`)
    await question.getByRole('button', { name: 'Annuler l’expédition' }).click()

    await page.locator('.shipment.voided').waitFor()
    await page.getByText('La boutique sait que l’expédition est annulée').waitFor({ timeout: 30_000 })
    expect(JSON.stringify(await askShop(`/orders/${shipped}`))).not.toContain('6A99999999999')
    await page.getByRole('button', { name: 'Expédier', exact: true }).waitFor() // its lines are to be shipped again
  })

  test('a CSV is shown before it ships, with its bad rows named, and adds nothing the second time', async () => {
    const { number } = await firstOf('/orders?toShip=1')
    const csv = `commande;transporteur;numero\n${number};Colissimo;CSV0001\n999999;Colissimo;CSV0002\n`
    const file = { name: 'suivis.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) }
    await page.goto(`${origin}/orders/import`)
    await page.getByLabel('Fichier CSV').setInputFiles(file)
    await page.getByText('1 ligne prête, 1 à corriger').waitFor()
    await shot(page, 'first-day-csv')
    expect(await page.locator('.csv-bad').innerText()).toContain('999999')

    await page.getByRole('button', { name: 'Expédier 1 commande' }).click()
    await page.getByText('1 commande expédiée.').first().waitFor()
    await page.getByRole('button', { name: 'Importer un autre fichier' }).click()
    await page.getByLabel('Fichier CSV').setInputFiles(file)

    await page.getByText('Aucune ligne prête, 1 à corriger, 1 déjà connue').waitFor()
    await expect
      .poll(async () => JSON.stringify(await askShop(`/orders/${number}`)), { timeout: 30_000 })
      .toContain('CSV0001')
  })

  test('*Mettre à jour* syncs at once and says what it brought', async () => {
    await page.goto(`${origin}/integrations`)
    await page.getByRole('button', { name: 'Mettre à jour Boutique de démonstration' }).click()

    await page.locator('.outcome').waitFor({ timeout: 60_000 })
    expect(await page.locator('.outcome').innerText(), hub.output()).toMatch(/^À jour/)
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

  test('a wrong key fails beside its field and keeps the old one; the right one is saved', async () => {
    await page.goto(`${origin}/integrations/${(await firstOf('/integrations')).id}#login`)
    const secret = page.locator('[name=login-secret]')
    await page.locator('[name=login-key]').fill(shopKey().consumerKey)
    await secret.fill(`cs_${'0'.repeat(40)}`)
    await page.getByRole('button', { name: 'Essayer et enregistrer' }).click()

    await page.locator('#login [aria-invalid=true]').waitFor()
    await shot(page, 'first-day-wrong-key')
    expect(await page.locator('#login .field-error').innerText()).toMatch(/secret/i)
    expect(await firstOf('/integrations')).toMatchObject({ state: 'connected' })

    await secret.fill(shopKey().consumerSecret)
    await page.getByRole('button', { name: 'Essayer et enregistrer' }).click()
    await page.getByRole('status').getByText('La nouvelle clé fonctionne').waitFor()
  })

  test('what a host must allow is copied with a button', async () => {
    await page.goto(`${origin}/egress`)
    await page.locator('[data-copy=agent-0]').click()

    await page.locator('[data-copy=agent-0]', { hasText: 'Copié' }).waitFor()
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(
      'SendCloud/1.0 (woocommerce; https://www.sendcloud.sc)',
    )
    await page.locator('[data-copy=snippet-nginx]').click()
    await expect
      .poll(() => page.evaluate('navigator.clipboard.readText()'))
      .toContain('map $http_user_agent $hub_agent {')
  })

  test('every page of the day stands without serious findings of axe and without sideways scroll', async () => {
    const order = (await firstOf('/orders?limit=1')).id as string
    const shop = (await firstOf('/integrations')).id as string
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

  test('a shop is removed after a question that names it and its orders', async () => {
    await page.goto(`${origin}/integrations/${(await firstOf('/integrations')).id}`)
    await page.getByRole('button', { name: 'Supprimer cette boutique' }).click()
    const question = page.getByRole('dialog')
    expect(await question.getByRole('heading').innerText()).toMatch(
      /«\sBoutique de démonstration\s» et ses \d+ commandes/,
    )
    await question.getByRole('button', { name: /^Supprimer «\sBoutique/ }).click()

    await page.getByText('Aucune boutique pour l’instant').waitFor()
    expect((await hub.call('GET', '/api/v1/orders')).body.items).toEqual([])
  })
})
