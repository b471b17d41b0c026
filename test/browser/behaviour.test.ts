/** How the pages behave under a hand: clicks that come twice, keys, languages, a hub that does not answer. */
import { gzipSync } from 'node:zlib'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { look, openBrowser } from './browser.ts'
import { busy, nothing, orderId, shopId } from './scenes.ts'
import { problem, scriptedHub, type Order, type Script, type ScriptedHub } from './scripted-hub.ts'

let hub: ScriptedHub
let browser: Browser
let context: BrowserContext
let page: Page

beforeAll(async () => {
  browser = await openBrowser()
  hub = await scriptedHub()
}, 120_000)

afterAll(async () => {
  await browser?.close()
  await hub?.close()
})

beforeEach(async () => {
  context = await look(browser, { locale: 'fr', width: 1280, scheme: 'light' })
  page = await context.newPage()
  hub.calls.length = 0
})

afterEach(() => context.close())

const open = async (path: string, script: Script = busy) => {
  hub.script = script
  await page.goto(hub.url + path)
  await page.locator('h1').waitFor()
}

const made = (method: string) => hub.calls.filter((call) => call.startsWith(method))

describe('the pages', { timeout: 60_000 }, () => {
  test('ship once when the button is pressed twice', async () => {
    let answer = () => {}
    const answered = new Promise<void>((resolve) => (answer = resolve))
    const shipped = { ...(busy['GET /orders/{id}'] as Order).shipments[0]!, warnings: [] }
    await open(`/orders/${orderId(0)}`, { ...busy, 'POST /orders/{id}/shipments': () => answered.then(() => shipped) })
    await page.getByLabel('Transporteur').fill('Colissimo')
    await page.getByLabel('Numéro de suivi').fill('6A1')
    await page.getByRole('button', { name: 'Expédier', exact: true }).dblclick()
    answer()
    await page.getByRole('status').getByText('Expédiée').waitFor()

    expect(made('POST')).toEqual([`POST /orders/${orderId(0)}/shipments`])
  })

  test('name the shop and its orders before removing it, and Escape keeps it', async () => {
    await open(`/integrations/${shopId(1)}`)
    await page.getByRole('button', { name: 'Supprimer cette boutique' }).click()
    const question = page.getByRole('dialog')

    expect(await question.getByRole('heading').innerText()).toMatch(/Les Savons de Lise.*4.812 commandes/)
    await page.keyboard.press('Escape')
    await question.waitFor({ state: 'detached' })
    expect(made('DELETE')).toEqual([])
  })

  test('ask which order a number of a CSV means when two shops have it, and ship the chosen one', async () => {
    const choices = [1, 2].map((n) => ({
      orderId: orderId(n),
      integrationId: shopId(n),
      integrationName: ['Les Savons de Lise', 'Thés d’altitude'][n - 1],
      placedAt: new Date().toISOString(),
      customer: 'Camille Lefèvre',
    }))
    const cells = { row: 2, order: '1042', carrier: 'DPD', tracking: 'X1' }
    const twice = { code: 'order-ambiguous', title: 'Ce numéro existe dans deux boutiques', todo: 'Choisir.' }
    const chosen = `choose=1042%3A${orderId(2)}`
    await open('/orders/import', {
      ...busy,
      'POST /trackings/preview': {
        rows: [{ ...cells, state: 'ambiguous', problem: twice, choices }],
        new: 0,
        already: 0,
        bad: 0,
        ambiguous: 1,
      },
      [`POST /trackings/preview?${chosen}`]: {
        rows: [{ ...cells, state: 'new', orderId: orderId(2) }],
        new: 1,
        already: 0,
        bad: 0,
        ambiguous: 0,
      },
      [`POST /trackings/import?${chosen}`]: {
        rows: [{ ...cells, state: 'done', orderId: orderId(2) }],
        done: 1,
        already: 0,
        bad: 0,
        ambiguous: 0,
      },
    })
    const csv = 'commande;transporteur;numero\n1042;DPD;X1\n'
    await page
      .getByLabel('Fichier CSV')
      .setInputFiles({ name: 'a.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) })
    const question = page.getByLabel('Laquelle des commandes 1042')
    await question.waitFor()
    expect(await page.getByRole('button', { name: /^Expédier/ }).count()).toBe(0)

    await question.selectOption(orderId(2))
    await page.getByRole('button', { name: 'Expédier 1 commande' }).click()

    await page.getByText('1 commande expédiée.').first().waitFor()
    expect(hub.bodies.get(`POST /trackings/import?${chosen}`)).toBe(csv)
  })

  test.each([
    ['9975', 'Écrire quand même', 'again'],
    ['9981', 'C’est fait, ne plus rien écrire', 'done'],
  ])('take the decision about order %s: %s', async (number, button, decision) => {
    await open('/writebacks', { ...busy, 'POST /writebacks/{id}/settle': {} })
    await page.locator('.told-row', { hasText: number }).getByRole('button', { name: button }).click()

    await page.getByRole('status').getByText('Décision enregistrée.').waitFor()
    const [call] = made('POST')
    expect(JSON.parse(hub.bodies.get(call!)!)).toEqual({ decision })
  })

  test('say what an update that still fails failed of', async () => {
    const asked = { id: shopId(2), name: 'Thés d’altitude', askedAt: new Date().toISOString(), debounced: false }
    const counts = {
      imported: 0,
      changed: 0,
      unchanged: 0,
      quarantined: 0,
      gone: 0,
      requests: 1,
      durationMs: 40,
      writebacksDue: 0,
    }
    const failing = { code: 'shop-maintenance', title: 'La boutique est en maintenance', todo: 'Attendre.' }
    await open('/integrations', {
      ...busy,
      'POST /integrations/{id}/sync': asked,
      'GET /integrations/{id}/sync': { ...asked, ...counts, running: false, failing },
    })

    await page.getByRole('button', { name: 'Mettre à jour Thés d’altitude' }).click()

    await page.locator('.outcome', { hasText: 'Toujours en échec : la boutique est en maintenance.' }).waitFor()
    expect(await page.getByRole('status').innerText()).toContain('Toujours en échec')
  })

  test('change language whole, and ask the hub for its sentences in it', async () => {
    await open('/integrations')
    const asked = page.waitForRequest(
      (request) => request.url().endsWith('/integrations') && request.headers()['accept-language'] === 'en',
    )

    await page.getByRole('button', { name: 'English' }).click()

    await page.getByRole('button', { name: 'Update all' }).waitFor()
    await asked
    expect(await page.locator('html').getAttribute('lang')).toBe('en')
  })

  test('keep what is asked for in the address, as words that can be taken away', async () => {
    await open('/orders?status=ready&country=FR')

    await page.getByRole('button', { name: 'Retirer le filtre France' }).click()

    await expect.poll(() => new URL(page.url()).search).toBe('?status=ready')
    await expect.poll(() => made('GET /orders').at(-1)).toBe('GET /orders?status=ready&limit=50')
  })

  test('put what was wrong beside its field, with the focus in it', async () => {
    await open('/integrations/new', {
      ...busy,
      'POST /recognitions': problem(422, 'not-a-shop', 'Aucune boutique ne répond à cette adresse', { field: 'url' }),
    })
    await page.getByLabel('Adresse de la boutique').fill('exemple.fr')
    await page.getByRole('button', { name: 'Continuer' }).click()

    const field = page.locator('[name=url][aria-invalid=true]:focus')
    await field.waitFor()
    const described = (await field.getAttribute('aria-describedby'))!.split(' ').at(-1)
    expect(await page.locator(`[id="${described}"]`).innerText()).toContain('Aucune boutique ne répond')
  })

  test('begin with a link to the content for those who use the keyboard', async () => {
    await open('/orders')
    await page.keyboard.press('Tab')

    expect(await page.evaluate('document.activeElement.getAttribute("href")')).toBe('#main')
  })

  test('say that the hub does not answer, and come back by themselves', async () => {
    await open('/', nothing)
    await context.setOffline(true)
    await page.getByText('Le hub ne répond pas.').waitFor({ timeout: 30_000 })

    await context.setOffline(false)

    await page.getByText('Le hub ne répond pas.').waitFor({ state: 'detached', timeout: 30_000 })
  })

  test('weigh at most 170 kB of compressed script for the first view', async () => {
    const weights: Promise<number>[] = []
    page.on('response', (response) => {
      if (response.url().endsWith('.js')) weights.push(response.body().then((body) => gzipSync(body).byteLength))
    })

    await open('/')
    await page.getByText('commandes à expédier').first().waitFor()
    const total = (await Promise.all(weights)).reduce((sum, weight) => sum + weight, 0)

    expect(total).toBeGreaterThan(50_000)
    expect(total).toBeLessThan(170_000)
  })
})
