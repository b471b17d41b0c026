/** The session cookie. Over https its name starts with __Host-: browsers then refuse one set by a neighbour's subdomain. */
import { deleteCookie, setCookie } from 'hono/cookie'
import { SESSION_IDLE_MS } from '../database/sessions.ts'
import type { Hub } from '../sync/hub.ts'
import type { Ctx } from './context.ts'

const isHttps = (hub: Hub): boolean => hub.config.publicUrl?.startsWith('https://') ?? false

export const cookieName = (hub: Hub): string => (isHttps(hub) ? '__Host-passerelle_session' : 'passerelle_session')

const shared = (hub: Hub) => ({ path: '/', httpOnly: true, sameSite: 'Lax', secure: isHttps(hub) }) as const

export function giveCookie(c: Ctx, hub: Hub, token: string): void {
  setCookie(c, cookieName(hub), token, { ...shared(hub), maxAge: Math.floor(SESSION_IDLE_MS / 1000) })
}

export function takeCookie(c: Ctx, hub: Hub): void {
  deleteCookie(c, cookieName(hub), shared(hub))
}
