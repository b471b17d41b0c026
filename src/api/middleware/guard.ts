/**
 * Who calls, decided once for everything under /api/v1. Closed unless a route's declaration says it is public.
 *
 * A cookie is sent by the browser whoever wrote the page, so a call that changes something must also come from our
 * own origin and carry the session's token. (The framework's csrf() looks at form bodies only; ours are JSON.)
 */
import { timingSafeEqual } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { getCookie } from 'hono/cookie'
import { API_KEY_PREFIX, findApiKey } from '../../database/api-keys.ts'
import { findSession } from '../../database/sessions.ts'
import { ensureDefaultWorkspace } from '../../database/users.ts'
import { HubError } from '../../domain/errors.ts'
import type { Hub } from '../../sync/hub.ts'
import { pickLocale } from '../../words/index.ts'
import type { Caller, Ctx, Doors, Env } from '../context.ts'
import { cookieName } from '../cookie.ts'
import { API } from '../routes/declare.ts'
import { ROUTES } from '../routes/index.ts'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

const PUBLIC_CALLS = new Set(
  Object.values(ROUTES)
    .filter((route) => route.security.length === 0)
    .map((route) => `${route.method.toUpperCase()} ${route.path}`),
)
/** The shop's own call after the merchant approved; it brings a 256-bit state instead of a session. */
const AUTHORISATION_HOOK = `${API}/hooks/authorisation/`

const isPublic = (c: Ctx): boolean =>
  PUBLIC_CALLS.has(`${c.req.method === 'HEAD' ? 'GET' : c.req.method} ${c.req.path}`) ||
  (c.req.method === 'POST' && c.req.path.startsWith(AUTHORISATION_HOOK))

export const guard =
  (doors: Doors): MiddlewareHandler<Env> =>
  async (c, next) => {
    const open = isPublic(c)
    const caller = await identify(c, doors).catch((thrown: unknown) => {
      if (open && thrown instanceof HubError && thrown.code === 'not-signed-in') return undefined
      throw thrown
    })
    c.set('caller', caller)
    if (caller?.user?.locale && !c.req.header('Accept-Language')) c.set('locale', pickLocale(null, caller.user.locale))
    if (!open && !caller) throw new HubError('not-signed-in', 'nobody is signed in')
    if (!SAFE.has(c.req.method)) {
      const browser = c.req.path.startsWith(AUTHORISATION_HOOK)
        ? false
        : caller === undefined || caller.via === 'session'
      if (browser && !isSameOrigin(c, doors.hub)) throw new HubError('csrf-failed', 'another origin')
      if (!open && caller?.via === 'session' && !hasCsrfToken(c, caller))
        throw new HubError('csrf-failed', 'wrong or missing token')
    }
    await next()
  }

/** @throws HubError `not-signed-in` when something was presented and is not good */
export async function identify(c: Ctx, { hub, localOperator }: Doors): Promise<Caller | undefined> {
  if (localOperator) {
    const workspace = await ensureDefaultWorkspace(hub.db, hub.clock)
    return { via: 'local', workspaceId: workspace.id, role: 'owner', actor: 'cli' }
  }
  const authorization = c.req.header('Authorization')
  if (authorization !== undefined) {
    const key = /^Bearer +(\S+)$/i.exec(authorization)?.[1]
    const found = key?.startsWith(API_KEY_PREFIX) ? await findApiKey(hub.db, hub.clock, key) : undefined
    if (!found) throw new HubError('not-signed-in', 'unknown API key', { params: { reason: 'key' } })
    return { via: 'api-key', workspaceId: found.workspaceId, role: 'member', actor: found.name }
  }
  const token = getCookie(c, cookieName(hub))
  const session = token ? await findSession(hub.db, hub.clock, token) : undefined
  if (!session) return undefined
  return {
    via: 'session',
    workspaceId: session.workspaceId,
    role: session.role,
    actor: session.user.name || session.user.email,
    user: session.user,
    sessionHash: session.hash,
    csrfToken: session.csrfToken,
  }
}

function isSameOrigin(c: Ctx, hub: Hub): boolean {
  const site = c.req.header('Sec-Fetch-Site')
  if (site !== undefined) return site === 'same-origin' || site === 'none'
  const origin = c.req.header('Origin')
  if (origin === undefined) return true // no browser of today; the token decides
  if (!URL.canParse(origin)) return false
  // Behind a proxy that ends TLS the scheme we see is not the browser's: hosts are compared.
  const hosts = [
    c.req.header('Host') ?? new URL(c.req.url).host,
    hub.config.publicUrl ? new URL(hub.config.publicUrl).host : undefined,
  ]
  return hosts.includes(new URL(origin).host)
}

function hasCsrfToken(c: Ctx, caller: Caller): boolean {
  const given = Buffer.from(c.req.header('X-CSRF-Token') ?? '')
  const wanted = Buffer.from(caller.csrfToken ?? '')
  return wanted.length > 0 && given.length === wanted.length && timingSafeEqual(given, wanted)
}
