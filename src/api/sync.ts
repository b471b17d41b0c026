/** « Mettre à jour »: a sync that starts now, and what it brought. */
import type { OpenAPIHono } from '@hono/zod-openapi'
import { HubError } from '../domain/errors.ts'
import { showId } from '../domain/id.ts'
import { type Asked, requestSync, syncResult } from '../sync/request-sync.ts'
import { type Caller, callerOf, type Doors, type Env } from './context.ts'
import { read } from './ids.ts'
import { requireIntegration } from './integrations.ts'
import { troubleOf } from './problem.ts'
import * as routes from './routes/integrations.ts'

const LONGEST_WAIT_MS = 30_000

export function syncRoutes(app: OpenAPIHono<Env>, { hub }: Doors): void {
  /** A click may be a second one by mistake; a typed command is meant. */
  const ask = (caller: Caller, which: string) =>
    requestSync(hub, caller.workspaceId, which, { always: caller.via === 'local' })

  app.openapi(routes.postSync, async (c) => {
    const { integrations } = await ask(callerOf(c), read('integration', c.req.valid('param').id))
    return c.json(show(integrations[0]!), 202)
  })

  app.openapi(routes.postSyncAll, async (c) => {
    const { integrations } = await ask(callerOf(c), 'all')
    return c.json({ items: integrations.map(show) }, 202)
  })

  app.openapi(routes.getSync, async (c) => {
    const { workspaceId } = callerOf(c)
    const { id, name } = await requireIntegration(hub, workspaceId, read('integration', c.req.valid('param').id))
    const { askedAt, wait, until } = c.req.valid('query')
    const options = {
      wait: until === 'everything' ? ('everything' as const) : ('live' as const),
      timeoutMs: wait ? LONGEST_WAIT_MS : 0,
    }
    const {
      integrationId: _,
      state,
      failing,
      ...result
    } = await syncResult(hub, workspaceId, id, readInstant(askedAt), options, c.req.raw.signal)
    return c.json(
      {
        ...result,
        id: showId('integration', id),
        name,
        running: state === 'waiting' || state === 'running',
        failing: failing && troubleOf(c.get('locale'), failing.code, failing.params),
      },
      200,
    )
  })
}

const show = ({ integrationId, ...asked }: Asked) => ({ ...asked, id: showId('integration', integrationId) })

function readInstant(text: string): string {
  const ms = Date.parse(text)
  if (Number.isNaN(ms))
    throw new HubError('field-invalid', 'askedAt is no instant', { field: 'askedAt', params: { reason: 'format' } })
  return new Date(ms).toISOString()
}
