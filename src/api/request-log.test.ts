import { Writable } from 'node:stream'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiOfTest, apiOfTest, caller, cookieOf, PASSWORD, setupToken } from '../../test/support/api.ts'

let api: ApiOfTest
let written = ''
const lines = () =>
  written
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>)
beforeAll(async () => {
  api = await apiOfTest()
  const sink = new Writable({
    write: (chunk: Buffer, _, done) => {
      written += chunk.toString()
      done()
    },
  })
  api.hub.log = pino({ level: 'trace' }, sink)
})
afterAll(() => api.hub.db.drop())

test('no secret that passes through a request stands in the log', async () => {
  const token = await setupToken(api.hub)
  const hook = 'HookPathNobodyMayKnow0123456789abcdefghijkl'
  const login = { key: `ck_${'a1b2'.repeat(10)}`, secret: `cs_${'c3d4'.repeat(10)}` }
  const first = await api.call('POST', '/api/v1/setup', {
    body: { token, email: 'lise@example.org', password: PASSWORD },
  })
  const browser = caller(api.app, { cookie: cookieOf(first), 'x-csrf-token': first.body.csrfToken })
  const { body: key } = await browser('POST', '/api/v1/api-keys', { body: { name: 'Compta' } })
  await caller(api.app, { authorization: `Bearer ${key.key}` })('GET', '/api/v1/orders?query=Durand')
  await browser('POST', '/api/v1/integrations', {
    body: { platform: 'woocommerce', url: `https://u:${login.secret}@192.0.2.1`, login },
  })
  await api.call('POST', `/hooks/shops/${hook}`, { raw: '{}' })
  await api.call('GET', '/connect/return?success=1&user_id=StateNobodyMayKnow')
  await api.call('POST', '/api/v1/session', { body: { email: 'lise@example.org', password: 'a wrong password' } })

  expect(lines().length).toBeGreaterThan(6)
  const secrets = [
    token,
    PASSWORD,
    'a wrong password',
    cookieOf(first).split('=')[1]!,
    first.body.csrfToken,
    key.key,
    hook,
  ]
  for (const secret of [...secrets, ...Object.values(login), 'StateNobodyMayKnow', 'Durand', 'lise@'])
    expect(written).not.toContain(secret)
})

test('a line says which route, who, how long and under which reference', async () => {
  const answer = await api.call(
    'DELETE',
    '/api/v1/orders/ord_0199c0de7f3a7b1c9d2e4f5a6b7c8d9e/notes/note_0199c0de7f3a7b1c9d2e4f5a6b7c8d9e',
  )

  expect(lines().at(-1)).toMatchObject({
    requestId: answer.headers.get('x-request-id'),
    method: 'DELETE',
    status: 401,
    code: 'not-signed-in',
    ms: expect.any(Number),
  })
})

test('a fault of ours is written with what led to it', async () => {
  const broken = await apiOfTest()
  broken.hub.log = api.hub.log
  const browser = await broken.signedIn()
  await broken.hub.db.query('DROP TABLE api_keys')

  const answer = await browser.call('GET', '/api/v1/api-keys')

  const line = lines().find(({ requestId }) => requestId === answer.body.requestId)
  expect(line).toMatchObject({
    code: 'internal',
    route: '/api/v1/api-keys',
    err: { message: expect.stringContaining('api_keys') },
  })
})
