/** Each page is looked at in a real browser: both languages, two widths, light and dark, empty, full and failing. */
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seriousFindings } from './axe.ts'
import { complaints, look, openBrowser, shot, sidewaysPixels, type Look } from './browser.ts'
import { busy, failing, nothing, orderId, shopId, stranger } from './scenes.ts'
import { scriptedHub, type Script, type ScriptedHub } from './scripted-hub.ts'

/** `whole`: every page, and axe; the other two looks show the main pages. */
const LOOKS: (Look & { whole: boolean })[] = [
  { locale: 'fr', width: 1280, scheme: 'light', whole: true },
  { locale: 'fr', width: 390, scheme: 'dark', whole: true },
  { locale: 'en', width: 390, scheme: 'light', whole: false },
  { locale: 'en', width: 1280, scheme: 'dark', whole: false },
]
const MAIN = ['today', 'integrations', 'integration-paused', 'add', 'orders', 'order']

/** `do`: what is done on the page before it is looked at. */
const PAGES: { name: string; path: string; scene: Script; do?: (page: Page) => Promise<unknown> }[] = [
  { name: 'setup', path: '/setup?token=abc', scene: stranger },
  { name: 'sign-in', path: '/sign-in', scene: stranger, do: refusedSignIn },
  { name: 'today-empty', path: '/', scene: nothing },
  { name: 'today', path: '/', scene: busy },
  { name: 'today-failing', path: '/', scene: failing },
  { name: 'integrations', path: '/integrations', scene: busy },
  { name: 'integration-paused', path: `/integrations/${shopId(3)}`, scene: busy, do: openFirstExchange },
  { name: 'integration-remove', path: `/integrations/${shopId(1)}`, scene: busy, do: askToRemove },
  { name: 'add', path: '/integrations/new', scene: busy, do: recogniseAndBeRefused },
  { name: 'orders', path: '/orders?toShip=1&status=ready&country=FR', scene: busy, do: openFilters },
  { name: 'orders-empty', path: '/orders?query=zzz', scene: nothing },
  { name: 'order', path: `/orders/${orderId(0)}`, scene: busy, do: partOfTheLines },
  { name: 'import', path: '/orders/import', scene: busy },
  { name: 'writebacks', path: '/writebacks', scene: busy },
  { name: 'settings', path: '/settings', scene: busy },
  { name: 'not-found', path: '/nowhere', scene: busy },
]

async function refusedSignIn(page: Page) {
  await page.fill('[name=email]', 'lise@savons.example')
  await page.fill('[name=password]', 'not the right one')
  await page.press('[name=password]', 'Enter')
  await page.waitForSelector('[role=alert]')
}

async function openFirstExchange(page: Page) {
  await page.locator('#exchanges .exchange').first().locator('summary').click()
}

async function askToRemove(page: Page) {
  await page.locator('#settings .button.danger').click()
  await page.waitForSelector('dialog[open]')
}

async function recogniseAndBeRefused(page: Page) {
  await page.fill('[name=url]', 'savons.example/boutique')
  await page.press('[name=url]', 'Enter')
  await page.check('[value=keys]')
  await page.fill('[name=login-key]', 'ck_1')
  await page.fill('[name=login-secret]', 'cs_1')
  await page.press('[name=login-secret]', 'Enter')
  await page.waitForSelector('.field-error')
}

async function openFilters(page: Page) {
  await page.locator('.finder > .button').click()
}

async function partOfTheLines(page: Page) {
  await page.locator('[name=what]').nth(1).check()
  await page.locator('.parcels > .link').click()
}

let hub: ScriptedHub
let browser: Browser

beforeAll(async () => {
  browser = await openBrowser()
  hub = await scriptedHub()
}, 120_000)

afterAll(async () => {
  await browser?.close()
  await hub?.close()
})

describe.each(LOOKS)('at $width pixels, $scheme, in $locale', { timeout: 60_000 }, (chosen) => {
  let context: BrowserContext

  beforeAll(async () => {
    context = await look(browser, chosen)
  })

  afterAll(() => context.close())

  const pages = chosen.whole ? PAGES : PAGES.filter(({ name }) => MAIN.includes(name))
  test.each(pages)(
    '$name has no sideways scroll, no serious finding of axe and no complaint of the browser',
    async ({ name, path, scene, do: act }) => {
      hub.script = scene
      const page = await context.newPage()
      const said = complaints(page)

      await page.goto(hub.url + path)
      await page.waitForSelector('h1')
      await page.waitForLoadState('networkidle')
      await act?.(page)
      await shot(page, `${name}-${chosen.locale}-${chosen.width}-${chosen.scheme}`)
      const found = { sideways: await sidewaysPixels(page), axe: chosen.whole ? await seriousFindings(page) : [], said }
      await page.close()

      expect(found).toEqual({ sideways: 0, axe: [], said: [] })
    },
  )
})
