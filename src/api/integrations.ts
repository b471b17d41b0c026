/** Platforms, recognition of an address, and the integrations themselves. */
import type { OpenAPIHono } from '@hono/zod-openapi'
import { integrationFacts, type IntegrationFacts } from '../database/integration-facts.ts'
import { getOverview, type IntegrationOverview, listIntegrations } from '../database/integrations.ts'
import { instant } from '../domain/clock.ts'
import { HubError } from '../domain/errors.ts'
import { worst } from '../domain/health.ts'
import { showId } from '../domain/id.ts'
import type { Sight } from '../domain/platform.ts'
import { addIntegration, recogniseShop, removeIntegration, updateIntegration } from '../sync/connections.ts'
import type { Hub } from '../sync/hub.ts'
import { HOOK_FIELDS } from '../sync/webhooks.ts'
import { type Locale, translator } from '../words/index.ts'
import { callerOf, type Ctx, type Doors, type Env } from './context.ts'
import { read } from './ids.ts'
import { sightOf, troubleOf } from './problem.ts'
import * as routes from './routes/integrations.ts'
import { readSince } from './since.ts'

export function integrationRoutes(app: OpenAPIHono<Env>, { hub }: Doors): void {
  app.openapi(routes.getPlatforms, (c) => c.json({ items: hub.platforms.map(({ manifest }) => manifest) }, 200))

  app.openapi(routes.postRecognition, async (c) => {
    const seen = await recogniseShop(hub, callerOf(c).workspaceId, c.req.valid('json').url)
    const locale = c.get('locale')
    return c.json(
      {
        url: seen.url,
        shownAs: seen.shownAs,
        changes: seen.changes.map((code) => ({ code, text: translator(locale)(`recognition.address.${code}`) })),
        platform: seen.platform,
        name: seen.name,
        version: seen.version,
        saw: seen.saw.map((sight) => sightOf(locale, sight)),
      },
      200,
    )
  })

  app.openapi(routes.getIntegrations, async (c) => {
    const { workspaceId } = callerOf(c)
    const all = await listIntegrations(hub.db, workspaceId, hub.clock.now())
    const facts = await factsOf(hub, workspaceId, all)
    return c.json({ items: all.map((one) => show(one, facts.get(one.id), c.get('locale'))) }, 200)
  })

  app.openapi(routes.postIntegration, async (c) => {
    const { workspaceId } = callerOf(c)
    const { since, ...input } = c.req.valid('json')
    checkLogin(hub, input.platform, input.login)
    const { integration, saw } = await addIntegration(hub, workspaceId, {
      ...input,
      since: readSince(since, hub.clock.now()),
    })
    return c.json(await addedIntegration(hub, c, workspaceId, integration.id, saw), 201)
  })

  app.openapi(routes.getIntegration, async (c) => {
    const { workspaceId } = callerOf(c)
    return c.json(await oneIntegration(hub, c, workspaceId, read('integration', c.req.valid('param').id)), 200)
  })

  app.openapi(routes.patchIntegration, async (c) => {
    const { workspaceId } = callerOf(c)
    const id = read('integration', c.req.valid('param').id)
    const { since, ...patch } = c.req.valid('json')
    if (patch.login) checkLogin(hub, (await requireIntegration(hub, workspaceId, id)).platform, patch.login)
    const { saw } = await updateIntegration(hub, workspaceId, id, {
      ...patch,
      since: readSince(since, hub.clock.now()),
    })
    return c.json(await addedIntegration(hub, c, workspaceId, id, saw), 200)
  })

  app.openapi(routes.deleteIntegration, async (c) => {
    await removeIntegration(hub, callerOf(c).workspaceId, read('integration', c.req.valid('param').id))
    return c.body(null, 204)
  })
}

/** The hub seals values of its own beside the login (the webhook's path and secret): a caller names only the platform's. */
function checkLogin(hub: Hub, platform: string, login: Readonly<Record<string, string>>): void {
  const fields = hub.platforms.find(({ manifest }) => manifest.id === platform)?.manifest.loginFields
  const unknown = fields && Object.keys(login).find((name) => !fields.some((field) => field.name === name))
  if (unknown !== undefined)
    throw new HubError('field-invalid', 'no such login field', { field: unknown, params: { reason: 'unknown' } })
}

/** @throws HubError `not-found`, also for one of another workspace */
export async function requireIntegration(hub: Hub, workspaceId: string, id: string): Promise<IntegrationOverview> {
  const found = await getOverview(hub.db, workspaceId, id, hub.clock.now())
  if (!found) throw new HubError('not-found', 'no such integration')
  return found
}

export async function oneIntegration(hub: Hub, c: Ctx, workspaceId: string, id: string) {
  const found = await requireIntegration(hub, workspaceId, id)
  return show(found, (await factsOf(hub, workspaceId, [found])).get(id), c.get('locale'))
}

export async function addedIntegration(hub: Hub, c: Ctx, workspaceId: string, id: string, saw: readonly Sight[]) {
  const shown = await oneIntegration(hub, c, workspaceId, id)
  // The address and the login are looked at one after the other, and both may see the same.
  const distinct = new Map(
    saw.map((sight) => [JSON.stringify([sight.code, sight.params]), sightOf(c.get('locale'), sight)]),
  )
  return { ...shown, saw: [...distinct.values()] }
}

const factsOf = (hub: Hub, workspaceId: string, all: readonly { id: string }[]) =>
  integrationFacts(
    hub.db,
    workspaceId,
    all.map(({ id }) => id),
    instant(hub.clock.now()).slice(0, 10),
    HOOK_FIELDS,
  )

function show(one: IntegrationOverview, facts: IntegrationFacts | undefined, locale: Locale) {
  const backfill = one.streams.find(({ kind, pass }) => kind === 'orders' && pass === 'backfill')
  const live = one.streams.find(({ kind, pass }) => kind === 'orders' && pass === 'live')
  return {
    id: showId('integration', one.id),
    platform: one.platform,
    name: one.name,
    url: one.url,
    state: one.disabledAt ? ('disabled' as const) : worst(one.lanes),
    lanes: one.lanes.map(({ lane, state, since, because, params, failures, nextAttemptAt }) => ({
      lane,
      state,
      since,
      because: because && troubleOf(locale, because, params),
      failures,
      nextAttemptAt,
    })),
    lastSyncAt: one.lastSyncAt,
    nextSyncAt: live?.nextRunAt,
    syncing: one.working,
    backfill: backfill?.nextRunAt === undefined ? undefined : (backfill.progress ?? { done: 0 }),
    ordersToday: facts?.ordersToday ?? 0,
    ordersTotal: one.orders,
    quarantined: one.quarantined,
    writebacks: one.writebacks,
    troubles: one.streams.flatMap(({ failing }) => (failing ? [troubleOf(locale, failing.code, failing.params)] : [])),
    options: one.options,
    loginFields: facts?.loginFields ?? [],
    zone: one.zone,
    webhooks: facts?.webhooks,
    disabledAt: one.disabledAt,
    createdAt: one.createdAt,
  }
}
