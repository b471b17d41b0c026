/** A shop is connected through the API, over real HTTP: recognised, tried, approved in the shop, heard by webhook. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { createApi } from '../../src/api/app.ts'
import { openLogin } from '../../src/database/integrations.ts'
import { createDemo } from '../../src/demo.ts'
import { listen, type Listening } from '../../src/api/server.ts'
import { woocommerce } from '../../src/platforms/woocommerce/connect.ts'
import { startFakeShop, type FakeShop } from '../../src/platforms/woocommerce/fake-shop.ts'
import { removeWebhooks } from '../../src/jobs/remove-webhooks.ts'
import { createWorker, type Worker } from '../../src/sync/worker.ts'
import { type ApiOfTest, apiOfTest, type Browser, caller } from '../support/api.ts'

const HUB = 'https://hub.example'

let api: ApiOfTest
let lise: Browser
let server: Listening
let shop: FakeShop
let worker: Worker

beforeAll(async () => {
  api = await apiOfTest({ platforms: [woocommerce] })
  api.hub.config.publicUrl = HUB
  lise = await api.signedIn()
  server = await listen(api.app, { host: '127.0.0.1', port: 0 })
  const reach = (url: string) => url.replace(HUB, `http://127.0.0.1:${server.port}`)
  shop = await startFakeShop({
    clock: api.hub.clock,
    scheme: 'http',
    title: 'Les Savons de Lise',
    allowHttpCallbacks: true,
    reach,
  })
  api.hub.door.allowOrigin(shop.url)
  worker = createWorker(api.hub, { concurrency: 1, holder: 'test' })
})
afterAll(async () => {
  await api.hub.door.close()
  await server.close(100)
  await shop.close()
  await api.hub.db.drop()
})

const post = (path: string, body?: unknown, headers: Record<string, string> = {}) =>
  lise.call('POST', `/api/v1${path}`, { body, headers: { 'accept-language': 'en', ...headers } })
const key = (n = 0) => ({ key: shop.keys[n]!.key, secret: shop.keys[n]!.secret })
const connect = (patch: object = {}) =>
  post('/integrations', { platform: 'woocommerce', url: shop.url, login: key(), since: 'all', ...patch })
/** The list is empty again, also for « already connected ». */
const forgetAll = async () => {
  for (const { id } of (await lise.call('GET', '/api/v1/integrations')).body.items)
    await lise.call('DELETE', `/api/v1/integrations/${id}`)
}
beforeEach(forgetAll)

describe('the address first', () => {
  test('may leave out http, also for a shop on the own network that was opened by http only', async () => {
    const { status, body } = await post('/recognitions', { url: new URL(shop.url).host })

    expect({ status, url: body.url }).toEqual({ status: 200, url: shop.url })
  })

  test('is recognised, and what was seen is said in the language asked for', async () => {
    const french = await lise.call('POST', '/api/v1/recognitions', {
      body: { url: `  ${shop.url}/wp-admin/ ` },
      headers: { 'accept-language': 'fr' },
    })

    expect(french.status).toBe(200)
    expect(french.body).toMatchObject({ platform: 'woocommerce', url: shop.url })
    expect(french.body.saw).toContainEqual(
      expect.objectContaining({ code: 'woocommerce', text: 'C’est une boutique WooCommerce.' }),
    )
    for (const { text } of [...french.body.saw, ...french.body.changes]) expect(text).not.toMatch(/^recognition\.|[{}]/)
  })

  test.each([
    ['', 'url-invalid'],
    ['ftp://shop.example', 'url-invalid'],
    ['lise@shop.example', 'url-invalid'],
    ['http://169.254.169.254/', 'address-refused'],
    ['http://2130706433/', 'address-refused'],
    ['http://10.0.0.1/', 'address-refused'],
  ])('%j is refused with the field and what to do', async (url, code) => {
    const { body } = await post('/recognitions', { url })

    expect(body).toMatchObject({ status: 422, code, field: 'url' })
    expect(body.title).not.toMatch(/errors\.|[{}]/)
  })
})

describe('a pasted key', () => {
  test('connects, imports at once, and neither it nor its secret is ever shown again', async () => {
    shop.placeOrder({ status: 'processing' })

    const added = await connect({ name: 'Savons' })
    const asked = await post(`/integrations/${added.body.id}/sync`)
    await worker.runUntilQuiet()
    const result = await lise.call(
      'GET',
      `/api/v1/integrations/${added.body.id}/sync?askedAt=${asked.body.askedAt}&wait=1&until=everything`,
    )

    expect(added.status).toBe(201)
    expect(added.body).toMatchObject({
      name: 'Savons',
      state: 'connected',
      loginFields: ['key', 'secret'],
      options: { tell: 'nobody', since: 'all' },
    })
    expect(asked.status).toBe(202)
    expect(result.body).toMatchObject({ id: added.body.id, name: 'Savons', running: false })
    expect(result.body.imported).toBeGreaterThan(0)
    expect(result.body.failing).toBeUndefined()
    const everything = await Promise.all(
      ['', '/exchanges', '/runs', '/quarantine'].map((part) =>
        lise.call('GET', `/api/v1/integrations/${added.body.id}${part}`),
      ),
    )
    for (const { status, text } of [added, ...everything]) {
      expect(status).toBeLessThan(300)
      for (const secret of Object.values(key())) expect(text).not.toContain(secret)
    }
    expect(everything[1]!.body.items.length).toBeGreaterThan(0)
  })

  test.each([
    ['swapped with its secret', () => ({ key: key().secret, secret: key().key }), 'key-swapped', 'key'],
    ['cut short', () => ({ ...key(), key: key().key.slice(0, 20) }), 'key-malformed', 'key'],
    ['missing', () => ({ key: '', secret: key().secret }), 'field-invalid', 'key'],
    [
      'nobody knows',
      () => ({ key: `ck_${'0'.repeat(40)}`, secret: `cs_${'0'.repeat(40)}` }),
      'login-rejected',
      undefined,
    ],
  ])('%s is refused, saying what exactly failed', async (_, login, code, field) => {
    const { body } = await connect({ login: login() })

    expect(body).toMatchObject({ code, ...(field && { field }) })
    expect(body.todo).not.toMatch(/errors\.|[{}]/)
    for (const secret of Object.values(key())) expect(JSON.stringify(body)).not.toContain(secret)
    expect((await lise.call('GET', '/api/v1/integrations')).body.items).toEqual([])
  })

  test('that may only read connects, and says what will not work', async () => {
    const { body } = await connect({ login: key(1) })

    expect(body.saw.map((sight: { code: string }) => sight.code)).toContain('read-only-key')
    expect(body.lanes).toContainEqual(
      expect.objectContaining({
        lane: 'write-back',
        state: 'paused',
        because: expect.objectContaining({ code: 'permission-missing' }),
      }),
    )
    expect(body.lanes).toContainEqual(expect.objectContaining({ lane: 'import', state: 'connected' }))
  })

  test('of a shop that is connected already is told so, by its name', async () => {
    await connect({ name: 'Savons' })

    const { body } = await connect({ url: `${shop.url}/cart` })

    expect(body).toMatchObject({
      status: 409,
      code: 'shop-already-connected',
      title: 'This shop is connected already: Savons',
    })
  })

  test('that may write lifts what a read-only one could not', async () => {
    const { body } = await connect({ login: key(1) })

    const { body: better } = await lise.call('PATCH', `/api/v1/integrations/${body.id}`, { body: { login: key(0) } })

    const writeBack = ({ lanes }: { lanes: { lane: string; state: string }[] }) =>
      lanes.find(({ lane }) => lane === 'write-back')!.state
    expect([writeBack(body), writeBack(better)]).toEqual(['paused', 'connected'])
  })

  test('of a staging copy is asked about, and the copy lives beside the shop when a person says so', async () => {
    const twins = await Promise.all(
      ['https://boutique.example', 'https://staging.boutique.example'].map((homeUrl) =>
        startFakeShop({ clock: api.hub.clock, seed: 'recorded', homeUrl }),
      ),
    )
    onTestFinished(async () => void (await Promise.all(twins.map((twin) => twin.close()))))
    const [live, staging] = twins as [FakeShop, FakeShop]
    for (const twin of twins) api.hub.door.allowOrigin(twin.url)
    const login = ({ keys }: FakeShop) => ({ key: keys[0]!.key, secret: keys[0]!.secret })
    await connect({ url: live.url, login: login(live), name: 'Boutique' })

    const asked = await connect({ url: staging.url, login: login(staging) })
    const confirmed = await connect({ url: staging.url, login: login(staging), copy: true })

    expect(asked).toMatchObject({ status: 409, body: { code: 'shop-copy-suspected', field: 'url' } })
    expect(confirmed.status).toBe(201)
    expect((await lise.call('GET', '/api/v1/integrations')).body.items).toHaveLength(2)
  })

  test('keeps its orders when the shop moves and a person says so: it could be a copy, or another shop', async () => {
    const [here, there, other] = (await Promise.all([
      startFakeShop({ clock: api.hub.clock, seed: 'recorded', homeUrl: 'https://old.example' }),
      startFakeShop({ clock: api.hub.clock, seed: 'recorded', homeUrl: 'https://new.example' }),
      startFakeShop({ clock: api.hub.clock, seed: 3, homeUrl: 'https://other.example' }),
    ])) as [FakeShop, FakeShop, FakeShop]
    onTestFinished(async () => void (await Promise.all([here, there, other].map((one) => one.close()))))
    for (const one of [here, there, other]) api.hub.door.allowOrigin(one.url)
    const { body } = await connect({ url: here.url, login: { key: here.keys[0]!.key, secret: here.keys[0]!.secret } })
    await worker.runUntilQuiet()
    const total = async () => (await lise.call('GET', `/api/v1/integrations/${body.id}`)).body.ordersTotal
    const before = await total()

    const change = (patch: object) => lise.call('PATCH', `/api/v1/integrations/${body.id}`, { body: patch })
    const wrong = await change({ url: other.url })
    const asked = await change({ url: there.url })
    const meanwhile = (await lise.call('GET', `/api/v1/integrations/${body.id}`)).body.url
    const moved = await change({ url: there.url, moved: true })
    await worker.runUntilQuiet()

    expect(before).toBeGreaterThan(0)
    expect(wrong).toMatchObject({ status: 409, body: { code: 'shop-differs', field: 'url' } })
    expect(asked).toMatchObject({ status: 409, body: { code: 'shop-copy-suspected', field: 'url' } })
    expect(asked.body.todo).toContain('ajoutez la copie comme nouvelle intégration')
    expect(meanwhile).toBe(here.url)
    expect(moved).toMatchObject({ status: 200, body: { url: there.url } })
    expect(await total()).toBe(before)
  })

  test('connected twice in the same moment, or moved onto another one, is connected once', async () => {
    const other = await startFakeShop({ clock: api.hub.clock, seed: 3, homeUrl: 'https://other.example' })
    onTestFinished(() => other.close())
    api.hub.door.allowOrigin(other.url)

    const both = await Promise.all([connect(), connect()])
    const second = await connect({ url: other.url, login: { key: other.keys[0]!.key, secret: other.keys[0]!.secret } })
    const onto = await lise.call('PATCH', `/api/v1/integrations/${second.body.id}`, {
      body: { url: shop.url, login: key(), moved: true },
    })

    expect(both.map(({ status }) => status).sort()).toEqual([201, 409])
    expect(both.find(({ status }) => status === 409)!.body.code).toBe('shop-already-connected')
    expect(onto).toMatchObject({ status: 409, body: { code: 'shop-already-connected', field: 'url' } })
  })

  test('switched off and on, or given a new key, does not read all its ids in the daytime', async () => {
    const { body } = await connect()
    await worker.runUntilQuiet()
    const inHours = async () => {
      const { rows } = await api.hub.db.query<{ next: string }>(
        `SELECT s.next_run_at AS next FROM streams s JOIN integrations i ON i.id = s.integration_id
         WHERE s.pass = 'sweep' AND i.removed_at IS NULL`,
      )
      return (Date.parse(rows[0]!.next) - api.hub.clock.now()) / 3_600_000
    }
    const change = (patch: object) => lise.call('PATCH', `/api/v1/integrations/${body.id}`, { body: patch })

    await change({ login: key() })
    const afterKey = await inHours()
    await change({ disabled: true })
    await change({ disabled: false })
    const afterSwitch = await inHours()

    expect(afterKey).toBeGreaterThan(5)
    expect(afterSwitch).toBeGreaterThan(5)
    expect(afterSwitch).toBeLessThan(31)
  })

  test('asked twice within a minute is one sync for a browser, and a new one for the command line', async () => {
    const { body } = await connect()
    const local = caller(createApi(api.hub, { localOperator: true, webDist: '/nonexistent' }))
    const first = await post(`/integrations/${body.id}/sync`)
    await api.hub.clock.advance(5_000)

    const second = await post(`/integrations/${body.id}/sync`)
    const typed = await local('POST', `/api/v1/integrations/${body.id}/sync`)

    expect(second.body).toMatchObject({ askedAt: first.body.askedAt, debounced: true })
    expect(typed.body.debounced).toBe(false)
  })

  test('is changed, switched off and on, and removed', async () => {
    const { body } = await connect()
    const change = (patch: object) => lise.call('PATCH', `/api/v1/integrations/${body.id}`, { body: patch })

    expect((await change({ name: 'Autre nom', tell: 'note', language: 'en' })).body).toMatchObject({
      name: 'Autre nom',
      options: { tell: 'note', language: 'en' },
    })
    expect((await change({ login: { key: key().key.slice(0, 10) } })).body).toMatchObject({
      code: 'key-malformed',
      field: 'key',
    })
    expect((await change({ disabled: true })).body).toMatchObject({ state: 'disabled' })
    expect((await post(`/integrations/${body.id}/sync`)).body).toMatchObject({ code: 'integration-disabled' })
    expect((await change({ disabled: false })).body).toMatchObject({ state: 'connected' })
    expect((await lise.call('DELETE', `/api/v1/integrations/${body.id}`)).status).toBe(204)
    expect((await lise.call('GET', `/api/v1/integrations/${body.id}`)).status).toBe(404)
  })
})

describe('approving in the shop', () => {
  const ask = () =>
    post('/authorisations', { platform: 'woocommerce', url: shop.url, name: 'Par accord', tell: 'nobody' })
  /** The merchant presses Approve; the shop posts the key and sends the browser back. */
  const approve = async (link: string) => {
    const { status, location } = await shop.approve(link)
    return { status, back: location === undefined ? '' : new URL(location).pathname + new URL(location).search }
  }

  test('connects without a key being copied, and the browser ends on the new integration', async () => {
    const asked = await ask()

    const { back } = await approve(asked.body.link)
    const returned = await lise.call('GET', back)

    expect(asked.status).toBe(201)
    expect(returned.status).toBe(303)
    expect(returned.headers.get('location')).toMatch(/^\/integrations\/int_[0-9a-f]{32}\?connected=1$/)
    expect((await lise.call('GET', '/api/v1/integrations')).body.items).toMatchObject([{ name: 'Par accord' }])
  })

  test('works once: the same return does nothing more', async () => {
    const { back } = await approve((await ask()).body.link)
    await lise.call('GET', back)
    await forgetAll()

    const again = await lise.call('GET', back)

    expect(again.headers.get('location')).toBe('/integrations/new?problem=link-expired')
    expect((await lise.call('GET', '/api/v1/integrations')).body.items).toEqual([])
  })

  test('is worth nothing in another browser, and nothing signed out', async () => {
    const paul = await api.signedIn({ email: `paul${api.hub.clock.now()}@example.org` })
    const { back } = await approve((await ask()).body.link)

    const other = await paul.call('GET', back)
    const nobody = await api.call('GET', back)

    expect(other.headers.get('location')).toBe('/integrations/new?problem=link-expired')
    expect(nobody.headers.get('location')).toBe('/sign-in')
    expect((await lise.call('GET', '/api/v1/integrations')).body.items).toEqual([])
  })

  test('is over after 15 minutes', async () => {
    const { link } = (await ask()).body
    await api.hub.clock.advance(15 * 60_000 + 1)

    const { status } = await approve(link)

    expect(status).not.toBe(200)
    expect((await lise.call('GET', '/api/v1/integrations')).body.items).toEqual([])
  })

  test('with an invented state is refused, so that the shop deletes the key', async () => {
    const answer = await api.call('POST', '/api/v1/hooks/authorisation/woocommerce', {
      raw: JSON.stringify({
        key_id: 1,
        user_id: 'A'.repeat(43),
        consumer_key: 'ck_x',
        consumer_secret: 'cs_x',
        key_permissions: 'read_write',
      }),
      headers: { 'content-type': 'application/json' },
    })

    expect(answer.status).toBe(410)
  })

  test('needs an address the shop can call', async () => {
    api.hub.config.publicUrl = undefined
    const browser = await api.signedIn({ email: `plain${api.hub.clock.now()}@example.org` })

    const answer = await browser.call('POST', '/api/v1/authorisations', {
      body: { platform: 'woocommerce', url: shop.url },
    })
    api.hub.config.publicUrl = HUB

    expect(answer.body).toMatchObject({ status: 409, code: 'public-url-missing' })
  })
})

describe('a webhook of the shop', () => {
  const delivered = async () => {
    const { rows } = await api.hub.db.query<{ deliveries: number; refused: number }>(
      `SELECT w.deliveries, w.refused FROM shop_webhooks w JOIN integrations i ON i.id = w.integration_id WHERE i.removed_at IS NULL`,
    )
    return rows[0]
  }

  test('is made, its ping accepted, and a new order is in the hub without waiting for the next reading', async () => {
    const { body } = await connect()
    await worker.runUntilQuiet()
    const order = shop.placeOrder({ status: 'processing' })

    const deliveries = await shop.runCron()
    await api.hub.clock.advance(4_000)
    await worker.runUntilQuiet()

    expect((await lise.call('GET', `/api/v1/integrations/${body.id}`)).body.webhooks).toMatchObject({ standing: 4 })
    expect(deliveries.length).toBeGreaterThan(0)
    expect((await delivered())!.deliveries).toBeGreaterThan(0)
    expect((await lise.call('GET', `/api/v1/orders?number=${order.id}`)).body.items).toHaveLength(1)
  })

  test('is taken out of the shop with the integration, also when a crash came before its id was saved', async () => {
    const { body } = await connect()
    await worker.runUntilQuiet()
    const { rows } = await api.hub.db.query<{ workspaceId: string; integrationId: string }>(
      `UPDATE shop_webhooks w SET remote_ids = '{}' FROM integrations i WHERE i.id = w.integration_id AND i.removed_at IS NULL
       RETURNING w.workspace_id AS "workspaceId", w.integration_id AS "integrationId"`,
    )
    const login = await openLogin(api.hub, rows[0]!.workspaceId, rows[0]!.integrationId)
    const ours = () => [...shop.state.webhooks.values()].filter((hook) => hook.deliveryUrl.endsWith(login['hookPath']!))
    const standing = ours().length
    await lise.call('DELETE', `/api/v1/integrations/${body.id}`)

    await removeWebhooks(api.hub, rows[0]!)

    expect(standing).toBe(4)
    expect(ours()).toEqual([])
  })

  test('with a wrong signature is refused, on a wrong path unknown, and over 5 MiB not read', async () => {
    await connect()
    await worker.runUntilQuiet()
    const url = [...shop.state.webhooks.values()].at(-1)!.deliveryUrl
    const path = new URL(url).pathname
    const send = (to: string, raw: string) =>
      api.call('POST', to, {
        raw,
        headers: {
          'x-wc-webhook-signature': 'AAAA',
          'x-wc-webhook-topic': 'order.updated',
          'content-type': 'application/json',
        },
      })

    expect((await send(path, '{"id":1}')).status).toBe(401)
    expect((await send(`${path.slice(0, -1)}_`, '{"id":1}')).status).toBe(404)
    expect((await send(path, 'x'.repeat(5 * 1024 * 1024 + 1))).status).toBe(413)
    expect((await delivered())!.deliveries).toBe(0)
  })
})

describe('the demo shop', () => {
  test('is one call away while nothing is connected, and only then', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'passerelle-demo-'))
    api.hub.config.dataDir = folder
    const demo = createDemo(api.hub)
    onTestFinished(async () => {
      await demo.stop()
      rmSync(folder, { recursive: true, force: true })
    })
    const owner = caller(createApi(api.hub, { demo, webDist: '/nonexistent' }), {
      cookie: lise.cookie,
      'x-csrf-token': lise.csrf,
    })
    const member = await api.signedIn({ email: `member${api.hub.clock.now()}@example.org`, role: 'member' })
    const asMember = caller(createApi(api.hub, { demo, webDist: '/nonexistent' }), {
      cookie: member.cookie,
      'x-csrf-token': member.csrf,
    })

    const before = await owner('GET', '/api/v1/setup-state')
    const refused = await asMember('POST', '/api/v1/demo')
    const started = await owner('POST', '/api/v1/demo')
    await worker.runUntilQuiet()
    const again = await owner('POST', '/api/v1/demo')
    const after = await owner('GET', '/api/v1/setup-state')

    expect(before.body.demo).toEqual({ available: true, running: false })
    expect(refused.body.code).toBe('forbidden')
    expect(started.body).toMatchObject({ platform: 'woocommerce', state: 'connected' })
    expect((await owner('GET', '/api/v1/orders')).body.items.length).toBeGreaterThan(10)
    expect(again.body.code).toBe('demo-unavailable')
    expect(after.body.demo).toEqual({ available: false, running: true })
  })

  test('is not offered where the process runs none', async () => {
    expect((await lise.call('GET', '/api/v1/setup-state')).body.demo).toEqual({ available: false, running: false })
    expect((await lise.call('POST', '/api/v1/demo')).body.code).toBe('demo-unavailable')
  })
})
