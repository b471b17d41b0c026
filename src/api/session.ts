/** First user, sign-in, sign-out, the caller's own card. */
import type { OpenAPIHono } from '@hono/zod-openapi'
import { isSetupTokenGood, useSetupToken } from '../database/setup.ts'
import { closeSession, openSession } from '../database/sessions.ts'
import { forgive, spend } from '../database/throttle.ts'
import {
  anyUser,
  emailKey,
  ensureDefaultWorkspace,
  findUserForSignIn,
  getWorkspace,
  insertUser,
  renameWorkspace,
  savePasswordHash,
} from '../database/users.ts'
import { HubError } from '../domain/errors.ts'
import { showId } from '../domain/id.ts'
import type { Hub } from '../sync/hub.ts'
import { type Caller, callerOf, type Ctx, type Doors, type Env, peerOf } from './context.ts'
import { giveCookie, takeCookie } from './cookie.ts'
import { demoAvailable } from './demo.ts'
import { hashPassword, isCurrentHash, verifyPassword } from './password.ts'
import * as routes from './routes/session.ts'

const WINDOW_MS = 15 * 60_000
const PER_EMAIL = 10
/** An office behind one address has more than one person. */
const PER_ADDRESS = 40

export function sessionRoutes(app: OpenAPIHono<Env>, doors: Doors): void {
  const { hub } = doors

  app.openapi(routes.getSetupState, async (c) => {
    const caller = c.get('caller')
    return c.json(
      {
        needsFirstUser: !(await anyUser(hub.db)),
        signedIn: caller !== undefined,
        demo: { available: await demoAvailable(doors, caller), running: doors.demo?.running() ?? false },
      },
      200,
    )
  })

  app.openapi(routes.postSetup, async (c) => {
    const input = c.req.valid('json')
    await spend(hub.db, hub.clock, [
      { key: `setup ${peerOf(c, hub) ?? 'local'}`, points: PER_ADDRESS, windowMs: WINDOW_MS },
    ])
    if (!(await isSetupTokenGood(hub.db, hub.clock, input.token))) {
      throw new HubError('link-expired', 'the setup link is used, late or unknown', { field: 'token' })
    }
    const passwordHash = await hashPassword(input.password)
    const workspace = await ensureDefaultWorkspace(hub.db, hub.clock)
    const user = await useSetupToken(hub.db, hub.clock, input.token, async (tx) => {
      if (input.workspaceName) await renameWorkspace(tx, workspace.id, input.workspaceName)
      const { email, name = '', locale } = input
      return insertUser(tx, hub.clock, { email, name, locale, passwordHash, workspaceId: workspace.id, role: 'owner' })
    })
    return c.json(await signIn(c, hub, { user, workspaceId: workspace.id, role: 'owner' }), 201)
  })

  app.openapi(routes.postSession, async (c) => {
    const { email, password } = c.req.valid('json')
    const emailAllowance = { key: `sign-in e-mail ${emailKey(email)}`, points: PER_EMAIL, windowMs: WINDOW_MS }
    await spend(hub.db, hub.clock, [
      { key: `sign-in address ${peerOf(c, hub) ?? 'local'}`, points: PER_ADDRESS, windowMs: WINDOW_MS },
      emailAllowance,
    ])
    const found = await findUserForSignIn(hub.db, email)
    const right = await verifyPassword(password, found?.passwordHash)
    if (!right || !found) throw new HubError('sign-in-failed', 'wrong e-mail or password')
    await forgive(hub.db, emailAllowance.key)
    if (!isCurrentHash(found.passwordHash)) await savePasswordHash(hub.db, found.user.id, await hashPassword(password))
    return c.json(await signIn(c, hub, { user: found.user, workspaceId: found.workspaceId, role: found.role }), 201)
  })

  app.openapi(routes.deleteSession, async (c) => {
    const { sessionHash } = callerOf(c)
    if (sessionHash) await closeSession(hub.db, sessionHash)
    takeCookie(c, hub)
    return c.body(null, 204)
  })

  app.openapi(routes.getMe, async (c) => c.json(await cardOf(hub, callerOf(c)), 200))
}

/** A new session, always: one that was there before, perhaps planted, is closed and its token is worth nothing. */
async function signIn(c: Ctx, hub: Hub, who: Required<Pick<Caller, 'user' | 'workspaceId' | 'role'>>) {
  const before = c.get('caller')?.sessionHash
  if (before) await closeSession(hub.db, before)
  const { token, csrfToken } = await openSession(hub.db, hub.clock, {
    userId: who.user.id,
    workspaceId: who.workspaceId,
  })
  giveCookie(c, hub, token)
  return cardOf(hub, { ...who, via: 'session', actor: who.user.name || who.user.email, csrfToken })
}

async function cardOf(hub: Hub, caller: Caller) {
  const workspace = await getWorkspace(hub.db, caller.workspaceId)
  if (!workspace) throw new HubError('not-signed-in', 'the workspace is gone')
  const { user } = caller
  const locale = user?.locale === 'fr' || user?.locale === 'en' ? (user.locale as 'fr' | 'en') : undefined
  return {
    via: caller.via,
    user: user && { id: showId('user', user.id), email: user.email, name: user.name, locale },
    role: caller.role,
    workspace: { id: showId('workspace', workspace.id), slug: workspace.slug, name: workspace.name },
    csrfToken: caller.csrfToken,
  }
}
