import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ApiOfTest, apiOfTest, caller, cookieOf, PASSWORD, setupToken, signIn } from '../../test/support/api.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE

describe('the first user', () => {
  let api: ApiOfTest
  beforeEach(async () => {
    api = await apiOfTest()
  })
  const makeFirst = (token: string, patch: object = {}) =>
    api.call('POST', '/api/v1/setup', {
      body: { token, email: 'Lise@Example.org', password: PASSWORD, name: 'Lise', ...patch },
    })

  test('is made by the one-time link, owns the workspace that was there and is signed in', async () => {
    const answer = await makeFirst(await setupToken(api.hub))

    expect(answer.status).toBe(201)
    expect(answer.body).toMatchObject({
      via: 'session',
      role: 'owner',
      user: { email: 'Lise@Example.org' },
      workspace: { slug: 'default' },
    })
    const me = await caller(api.app, { cookie: cookieOf(answer) })('GET', '/api/v1/me')
    expect(me.body).toEqual(answer.body)
  })

  test('leaves the link worthless, and every other link too', async () => {
    const [first, second] = [await setupToken(api.hub), await setupToken(api.hub)]
    await makeFirst(first)

    const again = await makeFirst(first, { email: 'other@example.org' })
    const other = await makeFirst(second, { email: 'other@example.org' })

    expect([again.status, other.status]).toEqual([410, 410])
    expect(again.body).toMatchObject({ code: 'link-expired', field: 'token' })
  })

  test('is one, when two links are opened in the same moment', async () => {
    const tokens = [await setupToken(api.hub), await setupToken(api.hub)]

    const answers = await Promise.all(tokens.map((token, n) => makeFirst(token, { email: `user${n}@example.org` })))

    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 410])
    expect((await api.hub.db.query('SELECT FROM users')).rowCount).toBe(1)
  })

  test('is refused with a link of yesterday', async () => {
    const token = await setupToken(api.hub)
    await api.hub.clock.advance(DAY + 1)

    expect((await makeFirst(token)).status).toBe(410)
  })

  test.each([
    ['password', { password: 'trop court' }],
    ['email', { email: 'lise' }],
    ['favourite', { favourite: 'tea' }],
  ])('is told which field is wrong: %s', async (field, patch) => {
    const answer = await makeFirst(await setupToken(api.hub), patch)

    expect(answer.status).toBe(422)
    expect(answer.body).toMatchObject({ code: 'field-invalid', field })
  })

  test('is announced as missing until there is one', async () => {
    const before = await api.call('GET', '/api/v1/setup-state')
    await makeFirst(await setupToken(api.hub))
    const after = await api.call('GET', '/api/v1/setup-state')

    expect(before.body).toMatchObject({ needsFirstUser: true, signedIn: false })
    expect(after.body).toMatchObject({ needsFirstUser: false })
  })

  test('leaves neither the link nor the password nor the session in the database', async () => {
    const token = await setupToken(api.hub)
    const answer = await makeFirst(token)
    const secrets = [token, PASSWORD, cookieOf(answer).split('=')[1]!]

    const { rows } = await api.hub.db.query<{ dump: string }>(
      `SELECT concat((SELECT string_agg(u::text, '') FROM users u), (SELECT string_agg(s::text, '') FROM sessions s),
         (SELECT string_agg(l::text, '') FROM setup_links l)) AS dump`,
    )

    for (const secret of secrets) expect(rows[0]!.dump).not.toContain(secret)
  })
})

describe('signing in', () => {
  let api: ApiOfTest
  beforeEach(async () => {
    api = await apiOfTest()
    await api.signedIn({ email: 'lise@example.org' })
  })
  const attempt = (email: string, password: string) =>
    api.call('POST', '/api/v1/session', { body: { email, password } })

  test('takes the e-mail in any case', async () => {
    expect((await attempt(' LISE@example.org ', PASSWORD)).status).toBe(201)
  })

  test('answers a wrong password and an unknown e-mail with the same words', async () => {
    const wrong = await attempt('lise@example.org', 'not the password')
    const unknown = await attempt('nobody@example.org', 'not the password')

    expect(wrong.status).toBe(401)
    expect({ ...unknown.body, requestId: '' }).toEqual({ ...wrong.body, requestId: '' })
  })

  test('gives a cookie no script can read and no other site sends along', async () => {
    const answer = await attempt('lise@example.org', PASSWORD)

    const cookie = answer.headers.getSetCookie()[0]
    expect(cookie).toMatch(/^passerelle_session=[\w-]{43}; /)
    for (const part of ['HttpOnly', 'SameSite=Lax', 'Path=/']) expect(cookie).toContain(part)
    expect(cookie).not.toContain('Domain')
  })

  test('is stopped after ten wrong passwords for one e-mail, also with the right one, and only for a quarter of an hour', async () => {
    for (let n = 0; n < 10; n++) await attempt('lise@example.org', `guess ${n}`)

    const stopped = await attempt('lise@example.org', PASSWORD)
    await api.hub.clock.advance(15 * MINUTE)
    const later = await attempt('lise@example.org', PASSWORD)

    expect(stopped.status).toBe(429)
    expect(Number(stopped.headers.get('retry-after'))).toBe(900)
    expect(stopped.body).toMatchObject({ code: 'too-many-attempts', params: { minutes: 15 } })
    expect(later.status).toBe(201)
  })

  test('lets at most ten of a hundred guesses sent at once be judged', async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, (_, n) => attempt('lise@example.org', `guess ${n}`)))

    expect(answers.filter((answer) => answer.status === 401)).toHaveLength(10)
    expect(answers.filter((answer) => answer.status === 429)).toHaveLength(20)
  })

  test('ends a session the browser had before', async () => {
    const before = await signIn(api.app, 'lise@example.org')

    const after = await before.call('POST', '/api/v1/session', {
      body: { email: 'lise@example.org', password: PASSWORD },
    })

    expect(after.status).toBe(201)
    expect((await before.call('GET', '/api/v1/me')).status).toBe(401)
  })
})

describe('a session', () => {
  let api: ApiOfTest
  beforeAll(async () => {
    api = await apiOfTest()
    await api.signedIn({ email: 'lise@example.org' })
  })
  afterAll(() => api.hub.db.drop())

  test('ends when its user signs out, and the cookie goes', async () => {
    const browser = await signIn(api.app, 'lise@example.org')

    const out = await browser.call('DELETE', '/api/v1/session')

    expect(out.status).toBe(204)
    expect(out.headers.getSetCookie()[0]).toMatch(/passerelle_session=; Max-Age=0/)
    expect((await browser.call('GET', '/api/v1/me')).body.code).toBe('not-signed-in')
  })

  test('lives as long as it is used once a month, and no longer', async () => {
    const [used, unused] = [await signIn(api.app, 'lise@example.org'), await signIn(api.app, 'lise@example.org')]
    await api.hub.clock.advance(20 * DAY)
    await used.call('GET', '/api/v1/me')
    await api.hub.clock.advance(20 * DAY)

    expect((await used.call('GET', '/api/v1/me')).status).toBe(200)
    expect((await unused.call('GET', '/api/v1/me')).status).toBe(401)
  })

  test('ends at once when its user no longer belongs to the workspace', async () => {
    const browser = await api.signedIn({ email: 'left@example.org' })
    await api.hub.db.query(
      `DELETE FROM memberships WHERE user_id = (SELECT id FROM users WHERE email_norm = 'left@example.org')`,
    )

    expect((await browser.call('GET', '/api/v1/me')).status).toBe(401)
  })

  const change = (headers: Record<string, string>, cookie: string) =>
    caller(api.app, { cookie, ...headers })('POST', '/api/v1/api-keys', { body: { name: 'key' } })

  test('changes nothing without its token, or with the token of another session', async () => {
    const [one, other] = [await signIn(api.app, 'lise@example.org'), await signIn(api.app, 'lise@example.org')]

    expect((await change({}, one.cookie)).body.code).toBe('csrf-failed')
    expect((await change({ 'x-csrf-token': other.csrf }, one.cookie)).body.code).toBe('csrf-failed')
    expect((await change({ 'x-csrf-token': one.csrf }, one.cookie)).status).toBe(201)
  })

  test.each([
    ['another origin', { origin: 'https://evil.example' }],
    ['another port', { origin: 'http://hub.test:81' }],
    ['a sandboxed page', { origin: 'null' }],
    ['a sister site', { 'sec-fetch-site': 'same-site' }],
    ['another site', { 'sec-fetch-site': 'cross-site', origin: 'http://hub.test' }],
  ])('changes nothing from %s, even with its token', async (_, headers) => {
    const { cookie, csrf } = await signIn(api.app, 'lise@example.org')

    expect((await change({ 'x-csrf-token': csrf, ...headers }, cookie)).body.code).toBe('csrf-failed')
  })

  test('works from our own page', async () => {
    const { cookie, csrf } = await signIn(api.app, 'lise@example.org')
    const headers = { 'x-csrf-token': csrf, origin: 'http://hub.test', 'sec-fetch-site': 'same-origin' }

    expect((await change(headers, cookie)).status).toBe(201)
  })

  test('cannot be made for somebody from another site', async () => {
    const answer = await api.call('POST', '/api/v1/session', {
      body: { email: 'lise@example.org', password: PASSWORD },
      headers: { origin: 'https://evil.example' },
    })

    expect(answer.body.code).toBe('csrf-failed')
  })
})

test('over https the cookie is for this host alone', async () => {
  const api = await apiOfTest()
  api.hub.config.publicUrl = 'https://hub.example'
  const token = await setupToken(api.hub)

  const answer = await api.call('POST', '/api/v1/setup', { body: { token, email: 'a@b.example', password: PASSWORD } })

  expect(answer.headers.getSetCookie()[0]).toMatch(/^__Host-passerelle_session=.*; Secure/)
})

describe('an API key', () => {
  let api: ApiOfTest
  beforeEach(async () => {
    api = await apiOfTest()
  })

  test('is shown once, opens the API without a cookie, and is not in the database', async () => {
    const browser = await api.signedIn()
    const made = await browser.call('POST', '/api/v1/api-keys', { body: { name: 'Comptabilité' } })
    const program = caller(api.app, { authorization: `Bearer ${made.body.key}` })

    const me = await program('GET', '/api/v1/me')
    const list = await browser.call('GET', '/api/v1/api-keys')

    expect(made.body.key).toMatch(/^psk_[\w-]{43}$/)
    expect(me.body).toMatchObject({ via: 'api-key', workspace: { slug: 'default' } })
    expect(me.body.csrfToken).toBeUndefined()
    expect(list.body.items).toMatchObject([{ name: 'Comptabilité', prefix: made.body.key.slice(0, 10) }])
    expect(list.text).not.toContain(made.body.key)
    const { rows } = await api.hub.db.query<{ dump: string }>(`SELECT string_agg(k::text, '') AS dump FROM api_keys k`)
    expect(rows[0]!.dump).not.toContain(made.body.key)
  })

  test('is worth nothing once revoked, and is refused before any cookie is looked at', async () => {
    const browser = await api.signedIn()
    const { body } = await browser.call('POST', '/api/v1/api-keys', { body: { name: 'key' } })
    await browser.call('DELETE', `/api/v1/api-keys/${body.id}`)

    const answer = await caller(api.app, { authorization: `Bearer ${body.key}`, cookie: browser.cookie })(
      'GET',
      '/api/v1/me',
    )

    expect(answer.status).toBe(401)
    expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    expect((await browser.call('GET', '/api/v1/api-keys')).body.items).toEqual([])
  })

  test('makes and sees no other key', async () => {
    const browser = await api.signedIn()
    const { body } = await browser.call('POST', '/api/v1/api-keys', { body: { name: 'key' } })
    const program = caller(api.app, { authorization: `Bearer ${body.key}` })

    expect((await program('POST', '/api/v1/api-keys', { body: { name: 'another' } })).body.code).toBe('forbidden')
    expect((await program('GET', '/api/v1/api-keys')).body.code).toBe('forbidden')
  })
})

test('the operator on this machine is the owner of the workspace without any user', async () => {
  const api = await apiOfTest({ localOperator: true })

  const me = await api.call('GET', '/api/v1/me')

  expect(me.body).toMatchObject({ via: 'local', role: 'owner', workspace: { slug: 'default' } })
})
