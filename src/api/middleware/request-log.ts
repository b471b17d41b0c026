/**
 * One line per request, under the reference the caller was shown. The path is the route's pattern, never the address
 * itself: the address of a webhook is a secret, and queries hold names and e-mails.
 */
import type { MiddlewareHandler } from 'hono'
import { routePath } from 'hono/route'
import { newId } from '../../domain/id.ts'
import type { Hub } from '../../sync/hub.ts'
import { pickLocale } from '../../words/index.ts'
import type { Env } from '../context.ts'
import type { Metrics } from '../metrics.ts'

export const requestLog =
  (hub: Hub, metrics: Metrics): MiddlewareHandler<Env> =>
  async (c, next) => {
    const startedAt = hub.clock.now()
    c.set('requestId', `req_${newId(startedAt).replaceAll('-', '')}`)
    c.set('locale', pickLocale(c.req.header('Accept-Language')))
    c.header('X-Request-Id', c.get('requestId'))

    await next()

    const route = routePath(c)
    const ms = hub.clock.now() - startedAt
    metrics.request(c.req.method, route, c.res.status, ms)
    const error = c.get('failure')
    const line = {
      requestId: c.get('requestId'),
      method: c.req.method,
      route,
      status: c.res.status,
      ms,
      via: c.get('caller')?.via,
      workspace: c.get('caller')?.workspaceId,
      code: error?.code,
    }
    if (error?.recovery === 'bug') hub.log.error({ ...line, err: error }, 'request failed')
    else if (c.res.status >= 500) hub.log.warn(line, 'request')
    // Pages that poll would drown what people did.
    else if (c.req.method === 'GET' && c.res.status < 400) hub.log.debug(line, 'request')
    else hub.log.info(line, 'request')
  }
