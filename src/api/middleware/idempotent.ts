/**
 * `Idempotency-Key` on POST: a repeat is answered with the first answer.
 *
 * Answers that hold a secret (a new API key, a link to approve with) are never stored, so those calls take no key. A
 * refusal is not kept either: it changed nothing, and the same call may succeed a minute later.
 */
import { createHash } from 'node:crypto'
import type { MiddlewareHandler } from 'hono'
import { keepAnswer, releaseKey, RENEW_EVERY_MS, renewKey, takeKey } from '../../database/idempotency.ts'
import { HubError } from '../../domain/errors.ts'
import type { Hub } from '../../sync/hub.ts'
import type { Ctx, Env } from '../context.ts'
import { API } from '../routes/declare.ts'

const KEY = /^[\x21-\x7e]{1,255}$/
const NEVER_KEPT = new Set([`${API}/api-keys`, `${API}/authorisations`, `${API}/session`, `${API}/setup`])

export const idempotent =
  (hub: Hub): MiddlewareHandler<Env> =>
  async (c, next) => {
    const key = c.req.header('Idempotency-Key')
    const caller = c.get('caller')
    if (key === undefined || c.req.method !== 'POST' || !caller || NEVER_KEPT.has(c.req.path)) return next()
    if (!KEY.test(key)) {
      throw new HubError('field-invalid', 'bad idempotency key', {
        field: 'Idempotency-Key',
        params: { reason: 'format' },
      })
    }
    const request = { workspaceId: caller.workspaceId, key, hash: await requestHash(c) }
    const kept = await takeKey(hub.db, hub.clock, request)
    if (kept) {
      c.header('Idempotent-Replayed', 'true')
      c.header('Content-Type', 'application/json')
      return c.body(kept.body, kept.status as 200)
    }
    const over = new AbortController()
    void renewUntil(hub, request, over.signal)
    try {
      await next()
    } catch (thrown) {
      await releaseKey(hub.db, request)
      throw thrown
    } finally {
      over.abort()
    }
    const { status } = c.res
    if (status >= 400) await releaseKey(hub.db, request)
    else await keepAnswer(hub.db, hub.clock, request, { status, body: await c.res.clone().text() })
  }

/** A long request (a file of trackings) outlives the time a key is believed to be in use. */
async function renewUntil(hub: Hub, request: Parameters<typeof renewKey>[2], over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    await hub.clock.sleep(RENEW_EVERY_MS, over).catch(() => {})
    if (over.aborted) return
    await renewKey(hub.db, hub.clock, request).catch(() => {}) // a database that is away fails the request itself
  }
}

/** What was sent where. The language is no part of it: a repeat is answered in that of the first answer. */
async function requestHash(c: Ctx): Promise<Buffer> {
  const url = new URL(c.req.url)
  const hash = createHash('sha256').update(`${c.req.method} ${url.pathname}${url.search}\n`)
  hash.update(new Uint8Array(await c.req.arrayBuffer()))
  return hash.digest()
}
