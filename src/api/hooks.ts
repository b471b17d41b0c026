/**
 * What shops send, and the browser that comes back from one. None of them is signed in by us: a delivery proves itself
 * by its unguessable path and its signature, a key by the state it was asked with.
 *
 * WooCommerce takes anything but 200 for a failure: it deletes the key it has just made (wc-auth), or disables the
 * webhook at the seventh failed delivery in a row.
 */
import type { Hono } from 'hono'
import { asHubError, HubError } from '../domain/errors.ts'
import { showId } from '../domain/id.ts'
import { finishAuthorisation, startAuthorisation, takeAuthorisation } from '../sync/authorise.ts'
import { receiveDelivery } from '../sync/webhooks.ts'
import type { OpenAPIHono } from '@hono/zod-openapi'
import { callerOf, type Doors, type Env } from './context.ts'
import { identify } from './middleware/guard.ts'
import { readCapped } from './middleware/body.ts'
import { API } from './routes/declare.ts'
import * as routes from './routes/integrations.ts'
import { readSince } from './since.ts'

const MIB = 1024 * 1024
const KEY_CAP = 64 * 1024
/** An order of 160 lines is 250 kB; plugins add to it. */
const DELIVERY_CAP = 5 * MIB

export function hookRoutes(app: Hono<Env>, doors: Doors): void {
  const { hub } = doors

  app.post(`${API}/hooks/authorisation/:platform`, async (c) => {
    const body = new TextDecoder().decode(await readCapped(c, KEY_CAP))
    const taken = await takeAuthorisation(hub, c.req.param('platform'), body)
    if (!taken) throw new HubError('link-expired', 'no authorisation waits for this key')
    return c.json({ taken: true }, 200)
  })

  app.post('/hooks/shops/:token', async (c) => {
    const body = await readCapped(c, DELIVERY_CAP)
    const headers = Object.fromEntries(c.req.raw.headers)
    const result = await receiveDelivery(hub, c.req.param('token'), headers, body)
    if (result === 'unknown') throw new HubError('not-found', 'no webhook of ours')
    if (result === 'refused') throw new HubError('not-signed-in', 'the signature of the delivery is wrong')
    return c.json({ taken: true }, 200)
  })

  app.get('/connect/return', async (c) => {
    const caller = await identify(c, doors).catch(() => undefined)
    if (!caller) return c.redirect('/sign-in', 303)
    const state = c.req.query('user_id') ?? c.req.query('state') ?? ''
    const approved = c.req.query('success') === '1'
    try {
      const back = { state, approved, sessionHash: caller.sessionHash }
      const finished = await finishAuthorisation(hub, caller.workspaceId, back)
      if (finished === 'denied') return c.redirect('/integrations/new?connected=denied', 303)
      return c.redirect(`/integrations/${showId('integration', finished.integration.id)}?connected=1`, 303)
    } catch (thrown) {
      const error = asHubError(thrown)
      c.set('failure', error)
      return c.redirect(`/integrations/new?problem=${error.code}`, 303)
    }
  })
}

export function authorisationRoutes(app: OpenAPIHono<Env>, { hub }: Doors): void {
  app.openapi(routes.postAuthorisation, async (c) => {
    const { workspaceId, sessionHash } = callerOf(c)
    const { since, ...input } = c.req.valid('json')
    const started = await startAuthorisation(hub, workspaceId, {
      ...input,
      since: readSince(since, hub.clock.now()),
      sessionHash,
    })
    return c.json(started, 201)
  })
}
