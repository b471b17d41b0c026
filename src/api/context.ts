/** What every request carries once it is inside: who calls, in which language, under which reference. */
import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
import { HubError } from '../domain/errors.ts'
import type { MemberRole, User } from '../database/users.ts'
import type { Hub } from '../sync/hub.ts'
import type { Locale } from '../words/index.ts'
import type { DemoSwitch } from './demo-switch.ts'

export interface Caller {
  via: 'session' | 'api-key' | 'local'
  workspaceId: string
  role: MemberRole
  /** Who did it, as timelines and notes show it. */
  actor: string
  user?: User
  /** Of the session that calls; what is bound to a browser is bound to this. */
  sessionHash?: Buffer
  csrfToken?: string
}

export interface Env {
  Bindings: Partial<HttpBindings>
  Variables: {
    requestId: string
    locale: Locale
    caller: Caller | undefined
    /** Set by the error handler, for the log. */
    failure: HubError | undefined
  }
}

export type Ctx = Context<Env>

/** What the handlers of all resources work with. */
export interface Doors {
  hub: Hub
  demo: DemoSwitch | undefined
  localOperator: boolean
}

/** The caller of a route that is not public. The guard let nobody else through; this is the second lock. */
export function callerOf(c: Pick<Ctx, 'get'>): Caller {
  const caller = c.get('caller')
  if (!caller) throw new HubError('not-signed-in', 'no caller')
  return caller
}

export function ownerOf(c: Pick<Ctx, 'get'>): Caller {
  const caller = callerOf(c)
  if (caller.role !== 'owner') throw new HubError('forbidden', 'only an owner may')
  return caller
}

/**
 * Address of the peer; undefined on a socket and in tests without a server. IPv6 by its /64, which one customer owns.
 * Of X-Forwarded-For only the last entry is our own proxy's word; the ones before it are the caller's.
 */
export function peerOf(c: Pick<Ctx, 'env' | 'req'>, hub: Hub): string | undefined {
  const forwarded = hub.config.trustProxy ? c.req.header('X-Forwarded-For')?.split(',').at(-1)?.trim() : undefined
  const address = forwarded || c.env?.incoming?.socket.remoteAddress
  if (address === undefined) return undefined
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)
  if (mapped) return mapped[1]
  return address.includes(':') ? address.split(':').slice(0, 4).join(':') : address
}

export const isLoopback = (peer: string | undefined): boolean =>
  peer !== undefined && (peer.startsWith('127.') || peer.startsWith('::1'))
