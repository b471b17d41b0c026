/** What is open to everybody: how the hub appears to a shop, whether it is well, its API's document, its numbers. */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Hono } from 'hono'
import { HubError } from '../domain/errors.ts'
import { egressFacts, egressText, type EgressFacts } from '../outbound/identity.ts'
import type { Hub } from '../sync/hub.ts'
import { type Ctx, type Doors, type Env, isLoopback, peerOf } from './context.ts'
import { openApiDocument } from './document.ts'
import { egressPage } from './egress-page.ts'
import type { Metrics } from './metrics.ts'

const READY_MS = 3_000

export function publicPages(app: Hono<Env>, doors: Doors, metrics: Metrics): void {
  const { hub } = doors
  const facts = () => factsOf(hub)

  app.get('/egress', (c) => {
    c.header('Vary', 'Accept-Language')
    c.header('Content-Language', c.get('locale'))
    return c.html(egressPage(facts(), c.get('locale')))
  })
  app.get('/egress.json', (c) => {
    const { cidrs, userAgents, methods } = facts()
    return c.json({ addresses: cidrs, addressesKnown: cidrs.length > 0, userAgents, methods })
  })
  app.get('/egress.txt', (c) => c.text(egressText(facts())))

  app.get('/healthz', (c) => c.text('ok\n'))
  app.get('/readyz', async (c) => {
    const late = new Promise<never>((_, reject) => {
      setTimeout(() => reject(new HubError('database-unavailable', 'no answer in time')), READY_MS).unref()
    })
    await Promise.race([hub.db.query('SELECT 1'), late])
    return c.text('ready\n')
  })

  app.get('/metrics', async (c) => {
    if (!mayReadMetrics(c, doors)) throw new HubError('forbidden', 'metrics are for this machine or a token')
    return c.body(await metrics.text(), 200, { 'Content-Type': metrics.contentType })
  })

  let document: string | undefined
  app.get('/api/openapi.json', (c) => {
    document ??= JSON.stringify(openApiDocument())
    return c.body(document, 200, { 'Content-Type': 'application/json' })
  })
}

export function factsOf(hub: Hub): EgressFacts {
  const { config } = hub
  const facts = egressFacts({
    brand: { name: config.identityName, version: config.identityVersion, url: config.identityUrl },
    egressAddresses: config.egressAddresses,
    platforms: hub.platforms.map(({ manifest }) => manifest.id),
  })
  return config.publishedEgress.length > 0 ? { ...facts, cidrs: config.publishedEgress.map(asCidr) } : facts
}

const asCidr = (published: string): string =>
  published.includes('/') ? published : `${published}/${published.includes(':') ? 128 : 32}`

function mayReadMetrics(c: Ctx, { hub, localOperator }: Doors): boolean {
  if (localOperator) return true
  const { metricsToken } = hub.config
  const given = /^Bearer +(\S+)$/i.exec(c.req.header('Authorization') ?? '')?.[1]
  if (given !== undefined) return metricsToken !== undefined && sameText(given, metricsToken)
  // A page on another site can have its name point at this machine: then the Host is not ours.
  const host = (c.req.header('Host') ?? '').replace(/:\d+$/, '')
  return isLoopback(peerOf(c, hub)) && /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(host)
}

function sameText(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}
