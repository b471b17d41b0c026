/** Each page is looked at in a real browser: both languages, two widths, light and dark, empty, full and failing. */
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { seriousFindings } from './axe.ts'
import { complaints, look, openBrowser, shot, sidewaysPixels, type Look } from './browser.ts'
import { busy, failing, nothing, orderId, shopId, stranger } from './scenes.ts'
import { scriptedHub, type Script, type ScriptedHub } from './scripted-hub.ts'

/** Each page is loaded twice and then looked at again at the other width in the other colours, without a new load. */
const LOOKS: Look[] = [
  { locale: 'fr', width: 390, scheme: 'dark' },
  { locale: 'en', width: 1280, scheme: 'light' },
]
const other = ({ locale, width, scheme }: Look): Look => ({
  locale,
  width: width === 390 ? 1280 : 390,
  scheme: scheme === 'dark' ? 'light' : 'dark',
})

interface Seen {
  name: string
  path: string
  scene: Script
  /** Done on the page before it is looked at. */
  do?: (page: Page) => Promise<unknown>
}

const PAGES: Seen[] = [
  { name: 'setup', path: '/setup?token=abc', scene: stranger },
  { name: 'sign-in', path: '/sign-in', scene: stranger, do: refusedSignIn },
  { name: 'today-empty', path: '/', scene: nothing },
  { name: 'today', path: '/', scene: busy },
  { name: 'today-failing', path: '/', scene: failing, do: waitForTheFailure },
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

async function waitForTheFailure(page: Page) {
  await page.waitForSelector('[role=alert]') // asked for again twice before
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

/** Nothing is asked for any more, and what was answered is painted. */
async function settled(page: Page) {
  let asked = -1
  while (hub.pending() > 0 || asked !== hub.calls.length) {
    asked = hub.calls.length
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))')
  }
}

describe.each(LOOKS)('at $width pixels, $scheme, in $locale', { timeout: 60_000 }, (chosen) => {
  let context: BrowserContext
  let page: Page
  let said: string[]

  beforeAll(async () => {
    context = await look(browser, chosen)
    page = await context.newPage()
    said = complaints(page)
  })

  afterAll(() => context.close())

  const shape = async ({ width, scheme }: Look) => {
    await page.setViewportSize({ width, height: width === 390 ? 844 : 900 })
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
  }
  const seenAt = async (name: string, { locale, width, scheme }: Look) => {
    await shot(page, `${name}-${locale}-${width}-${scheme}`)
    return sidewaysPixels(page)
  }

  test.each(PAGES)(
    '$name has no sideways scroll, no serious finding of axe and no complaint of the browser',
    async ({ name, path, scene, do: act }) => {
      hub.script = scene
      said.length = 0
      await shape(chosen)
      await page.goto(hub.url + path)
      await page.waitForSelector('h1')
      await settled(page)
      await act?.(page)

      const sideways = await seenAt(name, chosen)
      const axe = await seriousFindings(page)
      await shape(other(chosen))
      const found = { sideways, axe, otherWidth: await seenAt(name, other(chosen)), said }

      expect(found).toEqual({ sideways: 0, axe: [], otherWidth: 0, said: [] })
    },
  )
})
