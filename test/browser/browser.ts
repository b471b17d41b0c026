/** One Chromium for a test file: Debian's own, without a sandbox as root has none to give. */
import { existsSync, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core'

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
export const SHOTS = join(import.meta.dirname, '../../test-results')

/** The web app as it is in the tree now, built by the program's own builder when it is not. */
const { ensureWebBuilt } = createRequire(import.meta.url)('../../bin/web.js') as { ensureWebBuilt(): void }

export async function openBrowser(): Promise<Browser> {
  ensureWebBuilt()
  const executablePath = PLACES.find((place) => existsSync(place))
  if (!executablePath) throw new Error('No Chromium: apt-get install -y --no-install-recommends chromium')
  mkdirSync(SHOTS, { recursive: true })
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
}

export interface Look {
  locale: 'fr' | 'en'
  width: 390 | 1280 | 1440
  scheme: 'light' | 'dark'
}

export async function look(browser: Browser, { locale, width, scheme }: Look): Promise<BrowserContext> {
  return browser.newContext({
    locale: locale === 'fr' ? 'fr-FR' : 'en-GB',
    viewport: { width, height: width === 390 ? 844 : 900 },
    colorScheme: scheme,
    reducedMotion: 'reduce',
    timezoneId: 'Europe/Paris',
    hasTouch: width === 390,
    isMobile: width === 390,
    permissions: ['clipboard-read', 'clipboard-write'],
  })
}

/** What the browser complained about: an error, a blocked inline style, a broken promise. */
export function complaints(page: Page): string[] {
  const said: string[] = []
  page.on('console', (message) => {
    if (message.type() !== 'error') return
    // An answer of 4xx is said by the browser itself; the page shows it.
    if (!/Failed to load resource/.test(message.text())) said.push(message.text())
  })
  page.on('pageerror', (error) => said.push(String(error)))
  return said
}

export const sidewaysPixels = (page: Page): Promise<number> =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')

export const shot = (page: Page, name: string): Promise<unknown> =>
  page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true })
