/** The API as one application: the order of what every request passes, and one line per resource. */
import { OpenAPIHono } from '@hono/zod-openapi'
import type { Hono } from 'hono'
import { makeSetupToken } from '../database/setup.ts'
import { HubError } from '../domain/errors.ts'
import type { Hub } from '../sync/hub.ts'
import { activityRoutes } from './activity.ts'
import { apiKeyRoutes } from './api-keys.ts'
import type { Doors, Env } from './context.ts'
import type { DemoSwitch } from './demo-switch.ts'
import { demoRoutes } from './demo.ts'
import { authorisationRoutes, hookRoutes } from './hooks.ts'
import { integrationRoutes } from './integrations.ts'
import { createMetrics } from './metrics.ts'
import { checkedBody } from './middleware/body.ts'
import { guard } from './middleware/guard.ts'
import { securityHeaders } from './middleware/headers.ts'
import { idempotent } from './middleware/idempotent.ts'
import { requestLog } from './middleware/request-log.ts'
import { operatorRoutes } from './operator.ts'
import { orderRoutes } from './orders.ts'
import { publicPages } from './pages.ts'
import { fieldProblem, problemResponse } from './problem.ts'
import { API } from './routes/declare.ts'
import { ROUTES } from './routes/index.ts'
import { sessionRoutes } from './session.ts'
import { shipmentRoutes } from './shipments.ts'
import { syncRoutes } from './sync.ts'
import { trackingRoutes } from './trackings.ts'
import { serveWeb } from './web.ts'
import { writebackRoutes } from './writebacks.ts'

export { ensureDefaultWorkspace } from '../database/users.ts'

export interface ApiOptions {
  demo?: DemoSwitch
  /** Every caller is the operator of this machine: only for the socket that nobody else can open. */
  localOperator?: boolean
  /** Folder of the built web app. */
  webDist?: string
}

export function createApi(hub: Hub, options: ApiOptions = {}): Hono {
  const doors: Doors = { hub, demo: options.demo, localOperator: options.localOperator ?? false }
  const metrics = createMetrics(hub)
  const app = new OpenAPIHono<Env>({
    defaultHook: (result) => {
      if (!result.success) throw fieldProblem(result.error, result.target)
    },
  })
  app.onError((thrown, c) => problemResponse(c, thrown))
  app.notFound((c) => problemResponse(c, noRoute(c.req.method, c.req.path)))

  app.use(requestLog(hub, metrics))
  app.use(securityHeaders)
  app.use(`${API}/*`, guard(doors))
  app.use(`${API}/*`, checkedBody)
  app.use(`${API}/*`, idempotent(hub))

  sessionRoutes(app, doors)
  apiKeyRoutes(app, doors)
  integrationRoutes(app, doors)
  authorisationRoutes(app, doors)
  demoRoutes(app, doors)
  syncRoutes(app, doors)
  activityRoutes(app, doors)
  orderRoutes(app, doors)
  shipmentRoutes(app, doors)
  writebackRoutes(app, doors)
  trackingRoutes(app, doors)
  hookRoutes(app, doors)
  if (doors.localOperator) operatorRoutes(app, hub)
  publicPages(app, doors, metrics)
  serveWeb(app, options.webDist)
  return app as unknown as Hono
}

const PATHS = Object.values(ROUTES).map(({ path }) => new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`))

const noRoute = (method: string, path: string): HubError =>
  PATHS.some((known) => known.test(path))
    ? new HubError('method-not-allowed', `${method} is no method of this address`, {
        params: { method: method.slice(0, 20) },
      })
    : new HubError('not-found', 'no such route')

/**
 * The one-time link that makes the first user, as a path of the web app; undefined when there is a user already.
 * A new one at each start: the operator reads it where the hub was started.
 */
export async function makeSetupLink(hub: Hub): Promise<string | undefined> {
  const token = await makeSetupToken(hub.db, hub.clock)
  return token === undefined ? undefined : `/setup?token=${token}`
}
