/**
 * A stranger walks along every door of the hub: all routes of the OpenAPI document, and the open ones beside it.
 * As nobody, as somebody of another workspace who holds the first one's ids, as an API key of there, and as a page on
 * another site with the right cookie. Nothing may answer that is not theirs.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROUTES } from '../../src/api/routes/index.ts'
import { showId } from '../../src/domain/id.ts'
import { shipOrder } from '../../src/shipping/book-shipment.ts'
import { addNote } from '../../src/database/order-detail.ts'
import { makeApiKey } from '../../src/database/api-keys.ts'
import { ensureDefaultWorkspace } from '../../src/database/users.ts'
import { type ApiOfTest, apiOfTest, type Browser, type Call, caller, setupToken } from '../support/api.ts'
import { connectShop, newWorkspace, type ShopOfTest } from '../support/shipping.ts'
import { scriptedShop } from '../fakes/scripted-shop.ts'

const SECRET_WORDS = [
  'Lise Durand',
  '1 rue des Lilas',
  'XW-77-SECRET',
  'Les Savons de Lise',
  'Rappeler la cliente',
  'lise@example.org',
  'Clé de Lise',
]

let api: ApiOfTest
let shop: ShopOfTest
let owner: Browser
let stranger: Browser
/** Ids of the first workspace, by the names of the paths' parameters. */
let theirs: Record<string, string>

beforeAll(async () => {
  const scripted = scriptedShop()
  api = await apiOfTest({ platforms: [scripted.platform] })
  const { hub } = api
  const { id: workspaceId } = await ensureDefaultWorkspace(hub.db, hub.clock)
  owner = await api.signedIn()
  stranger = await api.signedIn({ email: 'paul@example.org', workspaceId: await newWorkspace(hub, 'paul') })

  shop = await connectShop(hub, workspaceId, scripted, 'Les Savons de Lise')
  const order = await shop.order('1042')
  const shipped = await shipOrder(hub, workspaceId, order, {
    carrierName: 'DPD',
    parcels: [{ tracking: 'XW-77-SECRET' }],
  })
  const note = await addNote(hub.db, workspaceId, order, { text: 'Rappeler la cliente' }, hub.clock.now())
  const { apiKey } = await makeApiKey(hub.db, hub.clock, workspaceId, 'Clé de Lise')
  theirs = {
    integrations: showId('integration', shop.integrationId),
    orders: showId('order', order),
    shipments: showId('shipment', shipped.shipmentId),
    writebacks: showId('writeback', shipped.writebackId),
    'api-keys': showId('apiKey', apiKey.id),
    note: showId('note', note!.id),
  }
})
afterAll(() => api.hub.db.drop())

const routes = Object.values(ROUTES).map(({ method, path, security }) => ({
  method: method.toUpperCase(),
  path,
  open: security.length === 0,
}))
const closed = routes.filter((route) => !route.open)
const named = ({ method, path }: { method: string; path: string }): [string, string] => [method, path]

/** `/orders/{id}/notes/{note}` with the first workspace's own ids. */
const filled = (path: string): string =>
  path.replace(
    /\/([a-z-]+)\/\{(\w+)\}/g,
    (_, resource: string, name: string) => `/${resource}/${theirs[name] ?? theirs[resource]}`,
  )

/** A body that would be taken, so that only the stranger's standing is at fault. */
const BODIES: Record<string, unknown> = {
  'POST /api/v1/api-keys': { name: 'mine' },
  'POST /api/v1/recognitions': { url: 'https://192.0.2.1' },
  'POST /api/v1/integrations': { platform: 'woocommerce', url: 'https://192.0.2.1', login: {} },
  'POST /api/v1/authorisations': { platform: 'woocommerce', url: 'https://192.0.2.1' },
  'PATCH /api/v1/integrations/{id}': { name: 'mine now' },
  'PATCH /api/v1/orders/{id}': { tags: ['mine'] },
  'POST /api/v1/orders/{id}/notes': { text: 'hello' },
  'POST /api/v1/orders/{id}/shipments': { carrierName: 'DPD', parcels: [{ tracking: '1' }] },
  'PATCH /api/v1/shipments/{id}': { carrierName: 'UPS' },
  'POST /api/v1/writebacks/{id}/settle': { decision: 'again' },
}
const walk = (call: Call, method: string, path: string) => {
  const csv = path.includes('/trackings/')
  const query = path.endsWith('/sync') && method === 'GET' ? '?askedAt=2026-11-24T09:00:00.000Z' : ''
  return call(method, filled(path) + query, {
    body: BODIES[`${method} ${path}`],
    ...(csv ? { raw: 'commande;transporteur;suivi\n1042;DPD;42', headers: { 'content-type': 'text/csv' } } : {}),
  })
}

/** Everything the first workspace has, row by row. */
const everything = async (): Promise<string> => {
  const { rows } = await api.hub.db.query<{ name: string }>(
    `SELECT DISTINCT c.table_name AS name FROM information_schema.columns c
     JOIN information_schema.tables t ON t.table_name = c.table_name AND t.table_type = 'BASE TABLE' AND t.table_schema = c.table_schema
     WHERE c.table_schema = 'public' AND c.column_name = 'workspace_id' AND c.table_name NOT IN ('sessions', 'idempotency_keys') ORDER BY 1`,
  )
  expect(rows.length).toBeGreaterThan(15)
  const dumps = await Promise.all(
    rows.map(async ({ name }) => {
      const { rows: content } = await api.hub.db.query<{ dump: string }>(
        `SELECT coalesce(string_agg(r::text, '|' ORDER BY r::text), '') AS dump FROM ${name} r WHERE workspace_id = $1`,
        [shop.workspaceId],
      )
      return `${name}: ${content[0]!.dump}`
    }),
  )
  return dumps.join('\n')
}

test('every route of the API is walked, and each closed one has somebody to be closed to', () => {
  expect(routes.length).toBeGreaterThan(30)
  expect(routes.filter((route) => route.open).map(named)).toEqual([
    ['GET', '/api/v1/setup-state'],
    ['POST', '/api/v1/setup'],
    ['POST', '/api/v1/session'],
  ])
})

describe('nobody', () => {
  test.each(closed.map(named))('%s %s is closed', async (method, path) => {
    const answer = await walk(api.call, method, path)

    expect(answer.body).toMatchObject({ status: 401, code: 'not-signed-in' })
  })

  test.each(closed.map(named))('%s %s is closed to an invented key and an invented cookie', async (method, path) => {
    const withKey = await walk(caller(api.app, { authorization: `Bearer psk_${'A'.repeat(43)}` }), method, path)
    const withCookie = await walk(caller(api.app, { cookie: `passerelle_session=${'A'.repeat(43)}` }), method, path)

    expect([withKey.status, withCookie.status]).toEqual([401, 401])
  })

  test('learns nothing from what is open', async () => {
    const open = [
      '/api/v1/setup-state',
      '/egress',
      '/egress.json',
      '/egress.txt',
      '/healthz',
      '/readyz',
      '/api/openapi.json',
      '/',
      '/orders',
    ]
    for (const path of open) {
      const answer = await api.call('GET', path, { headers: { accept: 'text/html,*/*' } })
      for (const word of [...SECRET_WORDS, ...Object.values(theirs)]) expect(answer.text, path).not.toContain(word)
    }
  })

  test('finds the metrics closed, and no webhook by guessing', async () => {
    const metrics = await api.call('GET', '/metrics')
    const hook = await api.call('POST', `/hooks/shops/${'a'.repeat(43)}`, { raw: '{}' })
    const authorisation = await api.call('POST', '/api/v1/hooks/authorisation/woocommerce', { raw: '{}' })
    const back = await api.call('GET', '/connect/return?success=1&user_id=guess')

    expect([metrics.status, hook.status]).toEqual([403, 404])
    expect(authorisation.status).toBeGreaterThanOrEqual(400)
    expect(back.status).toBe(303)
    expect(back.headers.get('location')).toBe('/sign-in')
  })

  test('makes no first user where there is one', async () => {
    const answer = await api.call('POST', '/api/v1/setup', {
      body: { token: 'A'.repeat(43), email: 'eve@example.org', password: 'une phrase assez longue' },
    })

    expect(answer.body.code).toBe('link-expired')
    await expect(setupToken(api.hub)).resolves.toBeUndefined()
  })

  test('gets no other method through', async () => {
    for (const { path } of closed) {
      for (const method of ['PUT', 'OPTIONS', 'TRACE-ME']) {
        const answer = await api.call(method, filled(path))
        expect(answer.status, `${method} ${path}`).toBeGreaterThanOrEqual(400)
        expect(answer.text).not.toContain('Lise')
      }
    }
  })
})

describe('somebody of another workspace', () => {
  const withId = closed.filter(({ path }) => path.includes('{'))
  const withoutId = closed.filter(({ path, method }) => !path.includes('{') && method !== 'DELETE')

  test.each(withId.map(named))('%s %s is not there for them, and nothing changes', async (method, path) => {
    const before = await everything()

    const answer = await walk(stranger.call, method, path)

    expect(answer.body).toMatchObject({ status: 404, code: 'not-found' })
    expect(await everything()).toBe(before)
  })

  test.each(withoutId.map(named))('%s %s shows and changes nothing of the first', async (method, path) => {
    const before = await everything()

    const answer = await walk(stranger.call, method, path)

    for (const word of [...SECRET_WORDS, ...Object.values(theirs)]) expect(answer.text).not.toContain(word)
    expect(answer.status).toBeLessThan(500)
    expect(await everything()).toBe(before)
  })

  test.each(withId.map(named))('%s %s is not there for an API key of theirs', async (method, path) => {
    const { body: me } = await stranger.call('GET', '/api/v1/me')
    const { body } = await stranger.call('POST', '/api/v1/api-keys', { body: { name: `walk ${me.user.email}` } })

    const answer = await walk(caller(api.app, { authorization: `Bearer ${body.key}` }), method, path)

    // Keys of the API are an owner's business, so there a key is refused before anything is looked for.
    expect(answer.status).toBe(path.startsWith('/api/v1/api-keys') ? 403 : 404)
  })

  test.each(['integration', 'order'])('a filter by the %s of the first finds nothing', async (filter) => {
    const id = filter === 'order' ? theirs.orders : theirs.integrations
    const list = filter === 'order' ? 'writebacks' : 'orders'

    expect((await stranger.call('GET', `/api/v1/${list}?${filter}=${id}`)).body.items).toEqual([])
  })

  test('a table that names the first one’s order ships nothing of it', async () => {
    const before = await everything()
    const raw = 'commande;transporteur;suivi\n1042;DPD;42'
    const headers = { 'content-type': 'text/csv' }

    const byNumber = await stranger.call('POST', '/api/v1/trackings/import', { raw, headers })
    const byChoice = await stranger.call('POST', `/api/v1/trackings/import?choose=1042:${theirs.orders}`, {
      raw,
      headers,
    })

    expect([byNumber.body.done, byChoice.body.done]).toEqual([0, 0])
    expect(await everything()).toBe(before)
  })
})

describe('a page on another site, with the owner’s own cookie', () => {
  const changing = closed.filter(({ method }) => method !== 'GET')

  test.each(changing.map(named))('%s %s changes nothing without the token', async (method, path) => {
    const before = await everything()

    const answer = await walk(caller(api.app, { cookie: owner.cookie }), method, path)

    expect(answer.body).toMatchObject({ status: 403, code: 'csrf-failed' })
    expect(await everything()).toBe(before)
  })

  test.each(changing.map(named))('%s %s changes nothing from another origin', async (method, path) => {
    const headers = { cookie: owner.cookie, 'x-csrf-token': owner.csrf, origin: 'https://evil.example' }

    const answer = await walk(caller(api.app, headers), method, path)

    expect(answer.body).toMatchObject({ status: 403, code: 'csrf-failed' })
  })
})

describe('the owner', () => {
  const readable = closed.filter(({ method }) => method === 'GET')

  test.each(readable.map(named))(
    '%s %s opens, so the doors above were closed to strangers only',
    async (method, path) => {
      expect((await walk(owner.call, method, path)).status).toBe(200)
    },
  )
})
