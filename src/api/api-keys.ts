/** API keys: made, listed and revoked by an owner, in a browser or on the machine itself; a key makes no further key. */
import type { OpenAPIHono } from '@hono/zod-openapi'
import { listApiKeys, makeApiKey, revokeApiKey, type ApiKey } from '../database/api-keys.ts'
import { HubError } from '../domain/errors.ts'
import { showId } from '../domain/id.ts'
import { type Doors, type Env, ownerOf } from './context.ts'
import { read } from './ids.ts'
import * as routes from './routes/session.ts'

export function apiKeyRoutes(app: OpenAPIHono<Env>, { hub }: Doors): void {
  app.openapi(routes.getApiKeys, async (c) => {
    const { workspaceId } = ownerOf(c)
    return c.json({ items: (await listApiKeys(hub.db, workspaceId)).map(show) }, 200)
  })

  app.openapi(routes.postApiKey, async (c) => {
    const { workspaceId } = ownerOf(c)
    const { apiKey, key } = await makeApiKey(hub.db, hub.clock, workspaceId, c.req.valid('json').name)
    return c.json({ ...show(apiKey), key }, 201)
  })

  app.openapi(routes.deleteApiKey, async (c) => {
    const { workspaceId } = ownerOf(c)
    const revoked = await revokeApiKey(hub.db, hub.clock, workspaceId, read('apiKey', c.req.valid('param').id))
    if (!revoked) throw new HubError('not-found', 'no such API key')
    return c.body(null, 204)
  })
}

const show = (apiKey: ApiKey) => ({ ...apiKey, id: showId('apiKey', apiKey.id) })
