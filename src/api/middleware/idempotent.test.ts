/** A long request keeps its key: a repeat meanwhile is told to wait, never carried out beside it. */
import { Hono } from 'hono'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newWorkspace, testHub, type TestHub } from '../../../test/support/shipping.ts'
import { HubError } from '../../domain/errors.ts'
import type { Caller, Env } from '../context.ts'
import { idempotent } from './idempotent.ts'

let hub: TestHub
beforeAll(async () => {
  hub = await testHub()
})
afterAll(() => hub.db.drop())

const renewedAt = async () =>
  (await hub.db.query<{ at: string }>(`SELECT expires_at::text AS at FROM idempotency_keys`)).rows[0]?.at

test('a key stays taken for as long as its request runs', async () => {
  const workspaceId = await newWorkspace(hub)
  let runs = 0
  let finish = () => {}
  const app = new Hono<Env>()
  app.onError((thrown, c) => c.json({ code: thrown instanceof HubError ? thrown.code : String(thrown) }, 409))
  app.use(async (c, next) => {
    c.set('caller', { workspaceId } as Caller)
    await next()
  })
  app.use(idempotent(hub))
  app.post('/slow', async (c) => {
    runs++
    await new Promise<void>((resolve) => (finish = resolve))
    return c.json({ runs }, 200)
  })
  const call = () => app.request('/slow', { method: 'POST', headers: { 'Idempotency-Key': 'k' } })

  const first = call()
  await expect.poll(() => runs).toBe(1)
  for (let minute = 0; minute < 5; minute++) {
    const before = await renewedAt()
    await hub.clock.advance(60_000)
    await expect.poll(renewedAt).not.toBe(before)
  }
  const meanwhile = await call()
  finish()

  expect(await meanwhile.json()).toEqual({ code: 'idempotency-running' })
  expect(await (await first).json()).toEqual({ runs: 1 })
  expect(await (await call()).json()).toEqual({ runs: 1 })
})
