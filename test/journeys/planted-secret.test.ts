/**
 * Secrets are planted, and everything that can go wrong goes wrong: shops that echo what they were sent, redirects,
 * broken answers, mistyped logins. Afterwards everything the hub kept or said is searched, in clear and packed: logs,
 * every column of the database, backups, exchanges, answers of the API and of the command line, metrics.
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { gunzipSync, gzipSync } from 'node:zlib'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { socketPath, startHub, type RunningHub } from '../../src/app.ts'
import { ROUTES } from '../../src/api/routes/index.ts'
import { runCli } from '../../src/cli/main.ts'
import { readConfig, type Config } from '../../src/config.ts'
import { writeBackup } from '../../src/database/backup.ts'
import { realClock } from '../../src/domain/clock.ts'
import { startFakeShop, type FakeShop } from '../../src/platforms/woocommerce/fake-shop.ts'
import { testDatabase, type TestDatabase } from '../support/database.ts'
import { LOOPBACK, startEchoingShop, TROUBLES, type EchoingShop } from '../support/echoing-shop.ts'
import { callSocket } from '../support/hub-process.ts'
import { LeakFinder, type Leak } from '../support/leaks.ts'

const word = (length: number) =>
  randomBytes(length * 2)
    .toString('base64')
    .replace(/[^A-Za-z0-9]/g, '')
    .slice(0, length)

const KEY = `ck_${randomBytes(20).toString('hex')}`
const SECRET = `cs_${randomBytes(20).toString('hex')}`
const MISTYPED = `cs_${randomBytes(20).toString('hex')}`
/** Signs every encoder treats in its own way, and a run that survives them all. */
const SITE = { user: 'preprod', password: `é"${word(16)}'\\/+ =%&<ü` }
const PASSWORD = `une phrase ${word(16)}`
const MASTER = word(40)
const METRICS_TOKEN = word(32)

const find = new LeakFinder()
const secrets = { KEY, SECRET, MISTYPED, 'site password': SITE.password, PASSWORD, MASTER, METRICS_TOKEN }

let folder: string
let db: TestDatabase
let config: Config
let hub: RunningHub
let log = ''
/** Everything the hub answered or printed, and where. */
const said: { where: string; text: string }[] = []
const fakes: FakeShop[] = []
let fronts: Record<'basic' | 'query' | 'oauth', EchoingShop>
let cookie = ''
let csrf = ''
const ids: Record<string, string> = {}
let authorities: string[]

interface Reply {
  status: number
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any
}

const call = async (
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Reply> => {
  const response = await fetch(`${hub.url}${path}`, {
    method,
    redirect: 'manual',
    headers: {
      ...(body !== undefined && { 'content-type': 'application/json' }),
      cookie,
      'x-csrf-token': csrf,
      ...headers,
    },
    body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
  })
  const text = await response.text()
  const [, ...handed] = response.headers.getSetCookie() // the sign-in hands out its own cookie, once
  said.push({
    where: `${method} ${path} ${response.status}`,
    text: [text, ...handed, response.headers.get('location') ?? ''].join('\n'),
  })
  const isJson = /json/.test(response.headers.get('content-type') ?? '')
  return { status: response.status, body: isJson && text ? JSON.parse(text) : text }
}

const cli = async (...args: string[]) => {
  const print = (text: string) => void said.push({ where: `passerelle ${args[0]} ${args[1] ?? ''}`, text })
  return runCli(args, { readConfig: () => config, locale: 'en', out: print, err: print })
}

const login = { key: KEY, secret: SECRET }
const guarded = { ...login, basicUser: SITE.user, basicPassword: SITE.password }
const connect = (url: string, more: object = {}) =>
  call('POST', '/api/v1/integrations', { platform: 'woocommerce', url, login, since: 'all', ...more })

/** Asked over the socket: a second click within a minute would join the first. */
const sync = async (id: string): Promise<Reply> => {
  const { body: asked } = await callSocket(socketPath(config), 'POST', `/api/v1/integrations/${id}/sync`)
  said.push({ where: 'POST sync', text: JSON.stringify(asked) })
  return call(
    'GET',
    `/api/v1/integrations/${id}/sync?askedAt=${encodeURIComponent(asked.askedAt)}&wait=1&until=everything`,
  )
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((done) => server.once('listening', done))
  const { port } = server.address() as AddressInfo
  await new Promise((done) => server.close(done))
  return port
}

beforeAll(async () => {
  authorities = getCACertificates('default')
  setDefaultCACertificates([...authorities, LOOPBACK.cert])
  folder = mkdtempSync(join(tmpdir(), 'passerelle-secret-'))
  db = await testDatabase({ max: 4 })
  const apiKey = {
    keyId: 1,
    consumerKey: KEY,
    consumerSecret: SECRET,
    permissions: 'read_write' as const,
    role: 'admin' as const,
    user: 'patron',
  }
  const shop = async (scheme: 'http' | 'https', title: string) => {
    const fake = await startFakeShop({
      clock: realClock,
      seed: 40,
      keys: [apiKey],
      scheme,
      title,
      plugins: { ast: true },
    })
    fakes.push(fake)
    return fake
  }
  fronts = {
    basic: await startEchoingShop((await shop('https', 'Un')).url),
    query: await startEchoingShop((await shop('https', 'Deux')).url, { site: SITE }),
    oauth: await startEchoingShop((await shop('http', 'Trois')).url, { plain: true }),
  }
  const port = await freePort()
  config = readConfig({
    DATABASE_URL: db.url,
    PASSERELLE_DATA: join(folder, 'data'),
    PASSERELLE_SECRET: MASTER,
    METRICS_TOKEN,
    PORT: String(port),
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    ALLOWED_PRIVATE_ORIGINS: Object.values(fronts)
      .map(({ url }) => url)
      .join(','),
  })
  const sink = new Writable({ write: (chunk: Buffer, _, done) => ((log += chunk.toString()), done()) })
  hub = await startHub({ config, role: 'all', log: pino({ level: 'trace' }, sink) })
  for (const [name, value] of Object.entries(secrets)) find.plant(name, value)
  find.plant('database password', db.connection.password)
}, 120_000)

afterAll(async () => {
  await hub?.stop()
  for (const one of [...Object.values(fronts ?? {}), ...fakes]) await one.close()
  await db?.drop()
  setDefaultCACertificates(authorities)
  rmSync(folder, { recursive: true, force: true })
})

/** Fails with the places, not with the secrets. */
const expectNone = (leaks: Leak[]) =>
  expect(leaks.map(({ secret, where, near }) => `${secret} in ${where}: ${near}`)).toEqual([])

test('the search finds what it looks for in every form', () => {
  const inTable = (text: string) => find.in('here', text).map((leak) => leak.secret)
  const forms = [
    SITE.password,
    encodeURIComponent(encodeURIComponent(SITE.password)),
    JSON.stringify(JSON.stringify(SITE)),
    Buffer.from(`${SITE.user}:${SITE.password}`).toString('base64'),
    Buffer.from(`x${SITE.user}:${SITE.password}`).toString('base64url'),
    Buffer.from(SITE.password).toString('hex').toUpperCase(),
  ]
  for (const form of forms) expect(inTable(form)).toEqual(['site password'])
  expect(inTable(`…${SECRET.slice(20, 32)}`)).toEqual(['SECRET'])
  expect(find.inBytes('there', gzipped(KEY)).map((leak) => leak.secret)).toContain('KEY')
  expect(inTable('ck_••• and nothing else')).toEqual([])
})

const gzipped = (text: string): Buffer => gzipSync(text)

describe('after everything went wrong', () => {
  beforeAll(async () => {
    await firstUser()
    await mistypedLogins()
    await connectAll()
    for (const front of ['basic', 'query', 'oauth'] as const) await failAt(front)
    await shipInTrouble('basic')
    await shipInTrouble('query')
    await otherDoors()
    await readEverything()
  }, 180_000)

  test('the shops really were given the secrets and handed them back', () => {
    const echoed = (front: EchoingShop) => new Set(find.in('', front.echoes.join('\n')).map((leak) => leak.secret))
    expect([...echoed(fronts.basic)]).toEqual(expect.arrayContaining(['KEY', 'SECRET']))
    expect([...echoed(fronts.query)]).toEqual(expect.arrayContaining(['KEY', 'SECRET', 'site password']))
    expect([...echoed(fronts.oauth)]).toEqual(expect.arrayContaining(['KEY']))
    for (const front of Object.values(fronts)) expect([...front.played].sort()).toEqual([...TROUBLES].sort())
  })

  test('no line of the log holds one', () => {
    expect(log.split('\n').length).toBeGreaterThan(50)
    expectNone(find.in('the log', log))
  })

  test('no answer of the API and no word of the command line holds one', () => {
    expect(said.length).toBeGreaterThan(80)
    expectNone(said.flatMap(({ where, text }) => find.in(where, text)))
  })

  test('no metric holds one', async () => {
    const text = await (
      await fetch(`${hub.url}/metrics`, { headers: { authorization: `Bearer ${METRICS_TOKEN}` } })
    ).text()
    expect(text).toContain('passerelle_lanes')
    expectNone(find.in('/metrics', text))
  })

  test('no exchange holds one, and what was refused is kept to be read', async () => {
    const { rows } = await db.query<{ text: string; body: string | null; url: string }>(
      `SELECT e::text AS text, body_start AS body, url FROM exchanges e`,
    )
    expect(rows.length).toBeGreaterThan(60)
    expect(rows.filter(({ body }) => body?.includes('•••')).length).toBeGreaterThan(10)
    expect(rows.filter(({ url }) => url.includes('consumer_secret=•••')).length).toBeGreaterThan(10)
    expectNone(rows.flatMap(({ text, url }) => find.in(`exchange ${url}`, text)))
  })

  test('no column of any table holds one, packed or not; logins are there, sealed', async () => {
    const tables = await db.query<{ name: string }>(
      `SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind IN ('r', 'm') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`,
    )
    expect(tables.rows.length).toBeGreaterThan(25)
    const leaks: Leak[] = []
    for (const { name } of tables.rows) {
      const { rows } = await db.query<Record<string, unknown>>(`SELECT * FROM ${name}`)
      for (const row of rows) {
        for (const [column, value] of Object.entries(row)) {
          const where = `${name}.${column}`
          if (Buffer.isBuffer(value)) leaks.push(...find.inBytes(where, value))
          else if (value !== null)
            leaks.push(...find.in(where, typeof value === 'string' ? value : JSON.stringify(value)))
        }
      }
    }
    expectNone(leaks)
    const { rows } = await db.query<{ sealed: number }>(
      `SELECT count(*)::int AS sealed FROM credentials WHERE field IN ('secret', 'basicPassword')`,
    )
    expect(rows[0]!.sealed).toBeGreaterThanOrEqual(3) // of the two shops still connected; the removed one's go with its job
  })

  test('a backup holds the sealed logins and neither a secret nor the key that opens them', async () => {
    const path = join(folder, 'all.backup')
    await writeBackup(db, path, { clock: realClock })
    const bytes = gunzipSync(readFileSync(path))
    expect(bytes.includes('credentials')).toBe(true)
    expect(bytes.length).toBeGreaterThan(20_000)
    expectNone(find.inBytes('the backup', bytes))
  })
})

async function firstUser(): Promise<void> {
  const token = new URL(hub.setupLink!).searchParams.get('token')!
  find.plant('setup token', token)
  const setup = { token, email: 'lise@example.org', password: PASSWORD, name: 'Lise' }
  await call('POST', '/api/v1/setup', JSON.stringify(setup).slice(0, -2))
  await call('POST', '/api/v1/setup', { ...setup, password: PASSWORD.slice(0, 3), extra: PASSWORD })
  const response = await fetch(`${hub.url}/api/v1/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(setup),
  })
  expect(response.status).toBe(201)
  cookie = response.headers.getSetCookie()[0]!.split(';')[0]!
  csrf = ((await response.json()) as { csrfToken: string }).csrfToken
  find.plant('session cookie', cookie.split('=')[1]!)
  await call('POST', '/api/v1/setup', setup)
  await call('POST', '/api/v1/session', { email: 'lise@example.org', password: `${PASSWORD}x` }, { cookie: '' })

  // Kept answers of an idempotent call would keep the key.
  for (const [n, headers] of [{ 'idempotency-key': 'once' }, {}].entries()) {
    const made = await fetch(`${hub.url}/api/v1/api-keys`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie, 'x-csrf-token': csrf, ...headers },
      body: JSON.stringify({ name: `Compta ${n}` }),
    })
    const { key } = (await made.json()) as { key?: string }
    if (!key) continue
    find.plant(`API key ${n}`, key)
    await call('GET', '/api/v1/orders', undefined, { cookie: '', authorization: `Bearer ${key}` })
    await call('GET', '/api/v1/orders', undefined, { cookie: '', authorization: `Bearer ${key}x` })
  }
  expect(find.secrets).toContain('API key 1')
}

/** What people do with a login before it is right. */
async function mistypedLogins(): Promise<void> {
  const { url } = fronts.basic
  await connect(url, { login: { key: SECRET, secret: KEY } })
  await connect(url, { login: { key: KEY, secret: MISTYPED } })
  await connect(url, { login: { key: `${KEY} x`, secret: SECRET.slice(0, 30) } })
  await connect(url, { login: { key: KEY, secret: SECRET, [SECRET]: 'in the wrong place' } })
  await connect(url.replace('://', `://${KEY}:${SECRET}@`))
  await connect(`${url}/?consumer_key=${KEY}&consumer_secret=${SECRET}`)
  await connect(fronts.query.url, { login: { ...guarded, basicPassword: MISTYPED } })
  await call('POST', '/api/v1/recognitions', {
    url: `${url.replace('://', `://${SITE.user}:${encodeURIComponent(SITE.password)}@`)}/?consumer_secret=${SECRET}`,
  })
  await call('POST', '/api/v1/integrations', JSON.stringify({ platform: 'woocommerce', url, login }).slice(0, -4))
  await call('POST', '/api/v1/integrations', `{"url":"${url}","login":{"key":"${KEY}","secret":"${SECRET}" oops`)
  await call('POST', '/api/v1/integrations', `{"url":"${url}","login":{"key":"${KEY}","secret":${SECRET}}}`)
  await call('POST', '/api/v1/integrations', { platform: 'woocommerce', url, login: [login] })
  for (const trouble of TROUBLES) {
    fronts.basic.trouble = trouble
    await connect(url)
  }
  fronts.basic.trouble = undefined
  await cli('integrations', 'add', '--platform', 'woocommerce', '--url', url, '--key', KEY, '--secret', MISTYPED)
  await cli(
    'integrations',
    'add',
    '--platform',
    'woocommerce',
    '--url',
    `${url}/?consumer_secret=${SECRET}`,
    '--key',
    SECRET,
    '--secret',
    KEY,
    '--json',
  )
}

async function connectAll(): Promise<void> {
  // Some of the mistyped ones were good enough.
  for (const { id } of (await call('GET', '/api/v1/integrations')).body.items)
    await call('DELETE', `/api/v1/integrations/${id}`)
  const all = {
    basic: await connect(fronts.basic.url, {}),
    query: await connect(fronts.query.url, { login: guarded, queryKeys: true, copy: true }),
    oauth: await connect(fronts.oauth.url, { copy: true }),
  }
  for (const [name, { status, body }] of Object.entries(all)) {
    expect([name, status, body.code]).toEqual([name, 201, undefined])
    ids[name] = body.id
    expect((await sync(body.id)).body).toMatchObject({ running: false })
  }
}

async function failAt(name: 'basic' | 'query' | 'oauth'): Promise<void> {
  for (const trouble of TROUBLES) {
    fronts[name].trouble = trouble
    await sync(ids[name]!)
    await call('GET', `/api/v1/integrations/${ids[name]}`)
  }
  await call('PATCH', `/api/v1/integrations/${ids[name]}`, { login: { key: KEY, secret: MISTYPED } })
  fronts[name].trouble = undefined
  await sync(ids[name]!)
}

async function shipInTrouble(front: 'basic' | 'query'): Promise<void> {
  await call('PATCH', `/api/v1/integrations/${ids[front]}`, { login: front === 'query' ? guarded : login })
  await sync(ids[front]!)
  const { body } = await call('GET', `/api/v1/orders?integration=${ids[front]}&toShip=true`)
  const orders = (body.items as { id: string; number: string }[]).slice(0, 6)
  expect(orders.length).toBeGreaterThan(3)
  fronts[front].onlyWrites = true
  fronts[front].echoes.length = 0
  for (const [n, order] of orders.entries()) {
    fronts[front].trouble = n === 0 ? undefined : TROUBLES[n - 1]
    const { body: shipped } = await call('POST', `/api/v1/orders/${order.id}/shipments`, {
      carrierName: 'Colissimo',
      parcels: [{ tracking: `6A1234567890${n}`, url: 'https://www.laposte.fr/outils/suivre' }],
    })
    ids['shipment'] ??= shipped.id
    await sync(ids[front]!)
    await call('GET', `/api/v1/orders/${order.id}`)
  }
  expect(fronts[front].echoes.length).toBeGreaterThan(1)
  fronts[front].trouble = undefined
  const csv = `commande;transporteur;suivi\n${orders[0]!.number};DPD;0987654321\n;;\n=cmd;DPD;${orders[0]!.number}`
  await call('POST', '/api/v1/trackings/preview', csv, { 'content-type': 'text/csv' })
  await call('POST', '/api/v1/trackings/import', csv, { 'content-type': 'text/csv' })
  await call('POST', `/api/v1/shipments/${ids['shipment']}/void`)
  await sync(ids[front]!)
  ids['order'] = orders[0]!.id
}

/** Webhooks, the way to approve a key in the shop, the command line. */
async function otherDoors(): Promise<void> {
  for (const fake of fakes) {
    const path = fake.requests
      .map(({ body }) => /\/hooks\/shops\/([A-Za-z0-9]+)/.exec(body.replaceAll('\\/', '/'))?.[1])
      .find(Boolean)
    const hookSecret = fake.requests.map(({ body }) => /"secret":"([^"]+)"/.exec(body)?.[1]).find(Boolean)
    expect(path).toBeDefined()
    find.plant('webhook path', path!)
    find.plant('webhook secret', hookSecret!)
    fake.placeOrder({ status: 'processing', line_items: [{ product_id: 10, quantity: 1 }] })
    await fake.runCron()
    await call('POST', `/hooks/shops/${path}`, JSON.stringify({ id: 1, secret: hookSecret }), {
      'x-wc-webhook-signature': hookSecret!,
      'x-wc-webhook-topic': 'order.updated',
    })
  }
  await call('POST', '/api/v1/authorisations', { platform: 'woocommerce', url: fronts.basic.url })
  await call('POST', '/api/v1/hooks/authorisation/woocommerce', {
    key_id: 1,
    user_id: 'x',
    consumer_key: KEY,
    consumer_secret: SECRET,
    key_permissions: 'read_write',
  })
  for (const [name, front] of Object.entries(fronts)) {
    front.onlyWrites = false
    front.trouble = 'error text'
    await cli('sync', ids[name]!, '--wait', '--json')
    await cli('integrations', 'show', ids[name]!, '--json')
    front.trouble = undefined
  }
  await cli('integrations', 'list')
  await cli('orders', 'list', '--json')
  await cli('writebacks', 'list', '--json')
}

async function readEverything(): Promise<void> {
  await hub.hub.db.query('SELECT 1')
  const filled = (path: string, integration: string) =>
    path
      .replace('/integrations/{id}', `/integrations/${integration}`)
      .replace('/orders/{id}', `/orders/${ids['order']}`)
      .replace('/writebacks/{id}', '/writebacks/wb_none')
  for (const { method, path } of Object.values(ROUTES)) {
    if (method !== 'get') continue
    for (const name of ['basic', 'query', 'oauth']) {
      const query = path.endsWith('/sync')
        ? '?askedAt=2026-11-24T09:00:00.000Z'
        : path.endsWith('/exchanges')
          ? '?limit=200'
          : ''
      await call('GET', filled(path, ids[name]!) + query)
    }
  }
  for (const path of ['/egress', '/egress.json', '/healthz', '/readyz', '/api/openapi.json', '/'])
    await call('GET', path)
  await call('DELETE', `/api/v1/integrations/${ids['oauth']}`)
}
