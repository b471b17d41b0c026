/** The demo shop: only while nothing is connected, only for an owner on this machine or signed in. */
import type { OpenAPIHono } from '@hono/zod-openapi'
import { listIntegrations } from '../database/integrations.ts'
import { HubError } from '../domain/errors.ts'
import { type Caller, type Doors, type Env, ownerOf } from './context.ts'
import { addedIntegration } from './integrations.ts'
import * as routes from './routes/integrations.ts'

export async function demoAvailable({ hub, demo }: Doors, caller: Caller | undefined): Promise<boolean> {
  if (!demo || caller?.role !== 'owner') return false
  return (await listIntegrations(hub.db, caller.workspaceId, hub.clock.now())).length === 0
}

export function demoRoutes(app: OpenAPIHono<Env>, doors: Doors): void {
  app.openapi(routes.postDemo, async (c) => {
    const { workspaceId } = ownerOf(c)
    if (!doors.demo) throw new HubError('demo-unavailable', 'this process runs no demo shop')
    const { integration, saw } = await doors.demo.connect(workspaceId)
    return c.json(await addedIntegration(doors.hub, c, workspaceId, integration.id, saw), 201)
  })
}
