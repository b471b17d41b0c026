import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { createApi } from './app.ts'
import { type ApiOfTest, apiOfTest, type Browser, caller } from '../../test/support/api.ts'

let api: ApiOfTest
let browser: Browser
beforeAll(async () => {
  api = await apiOfTest()
  browser = await api.signedIn()
})
afterAll(() => api.hub.db.drop())

describe('an error', () => {
  test('of a method an address does not take is told apart from an address that is none', async () => {
    const put = await browser.call('PUT', '/api/v1/orders')
    const none = await browser.call('PUT', '/api/v1/nothing')

    expect([put.body.code, none.body.code]).toEqual(['method-not-allowed', 'not-found'])
  })

  test('is a problem with code, field and what to do, in the language asked for, under a reference', async () => {
    const french = await browser.call('POST', '/api/v1/api-keys', { body: {}, headers: { 'accept-language': 'fr' } })
    const english = await browser.call('POST', '/api/v1/api-keys', { body: {}, headers: { 'accept-language': 'en' } })

    expect(french.headers.get('content-type')).toBe('application/problem+json; charset=utf-8')
    expect(french.body).toMatchObject({
      type: 'urn:passerelle:error:field-invalid',
      status: 422,
      code: 'field-invalid',
      field: 'name',
      title: 'Le champ «\u202fname\u202f» n’est pas valable',
      todo: 'Remplissez ce champ.',
    })
    expect(english.body).toMatchObject({ title: 'The field “name” is not valid', todo: 'Fill in this field.' })
    expect(french.body.requestId).toBe(french.headers.get('x-request-id'))
    expect(french.body.requestId).not.toBe(english.body.requestId)
  })

  test('of ours says nothing of what is inside', async () => {
    const broken = await apiOfTest()
    const inside = await broken.signedIn()
    await broken.hub.db.query('DROP TABLE api_keys')

    const answer = await inside.call('GET', '/api/v1/api-keys')

    expect(answer.status).toBe(500)
    expect(answer.body.code).toBe('internal')
    expect(answer.text).not.toMatch(/api_keys|relation|select/i)
  })

  test.each([
    ['GET', '/api/v1/nothing-here'],
    ['GET', '/api/v1/integrations/int_nonsense'],
    ['GET', '/api/v1/integrations/ord_0199c0de7f3a7b1c9d2e4f5a6b7c8d9e'],
    ['GET', '/api/v1/integrations/int_0199c0de7f3a7b1c9d2e4f5a6b7c8d9e'],
  ])('%s %s is not found', async (method, path) => {
    expect((await browser.call(method, path)).body).toMatchObject({ status: 404, code: 'not-found' })
  })
})

describe('a body', () => {
  const post = (options: Parameters<Browser['call']>[2]) => browser.call('POST', '/api/v1/api-keys', options)
  const asJson = { 'content-type': 'application/json' }

  test.each([
    ['JSON that is none', { raw: '{"name": ', headers: asJson }, 400, 'json'],
    ['bytes that are no UTF-8', { raw: new Uint8Array([0x7b, 0xff, 0x7d]), headers: asJson }, 400, 'encoding'],
    ['JSON nested 100,000 deep', { raw: '['.repeat(100_000) + ']'.repeat(100_000), headers: asJson }, 400, 'depth'],
    ['a form', { raw: 'name=key', headers: { 'content-type': 'application/x-www-form-urlencoded' } }, 400, 'type'],
    [
      'a text some page sends without being asked',
      { raw: '{"name":"key"}', headers: { 'content-type': 'text/plain' } },
      400,
      'type',
    ],
    ['something compressed', { raw: 'x', headers: { ...asJson, 'content-encoding': 'gzip' } }, 400, 'compressed'],
  ])('%s is refused, saying why', async (_, options, status, reason) => {
    const answer = await post(options)

    expect(answer.body).toMatchObject({ status, code: 'body-malformed', params: { reason } })
  })

  test('over one MiB is refused, announced or not', async () => {
    const announced = await post({ raw: '{}', headers: { ...asJson, 'content-length': '9000000' } })
    const large = await post({ raw: JSON.stringify({ name: 'a'.repeat(1_100_000) }), headers: asJson })

    expect(announced.body).toMatchObject({ status: 413, code: 'body-too-large', params: { megabytes: 1 } })
    expect(large.body).toMatchObject({ status: 413, code: 'body-too-large' })
  })

  test('with quotes and brackets inside a text is not deep', async () => {
    const answer = await post({ body: { name: `"${'[{'.repeat(40)}\\` } })

    expect(answer.status).toBe(201)
  })

  test('with a field of another name is refused, naming it', async () => {
    expect((await post({ body: { name: 'x', nmae: 'y' } })).body).toMatchObject({
      code: 'field-invalid',
      field: 'nmae',
      params: { reason: 'unknown' },
    })
  })

  test('with prototype keys changes nothing for anybody else', async () => {
    const answer = await post({ raw: '{"name":"x","__proto__":{"polluted":true}}', headers: asJson })

    expect(answer.status).toBeLessThan(500)
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })
})

describe('an Idempotency-Key', () => {
  const sync = (key: string, who: Browser = browser, body?: unknown) =>
    who.call('POST', '/api/v1/sync', { headers: { 'idempotency-key': key }, body })

  test('gives the first answer again, and nothing happens twice', async () => {
    const first = await sync('one')
    await api.hub.clock.advance(5_000)
    const second = await sync('one')

    expect(second.text).toBe(first.text)
    expect(second.status).toBe(first.status)
    expect(second.headers.get('idempotent-replayed')).toBe('true')
    expect(first.headers.get('idempotent-replayed')).toBeNull()
  })

  test('is refused for another body and for another route', async () => {
    await sync('two')

    const otherBody = await sync('two', browser, { different: true })
    const otherRoute = await browser.call('POST', '/api/v1/recognitions', {
      body: { url: 'x' },
      headers: { 'idempotency-key': 'two' },
    })

    expect(otherBody.body.code).toBe('idempotency-reused')
    expect(otherRoute.body.code).toBe('idempotency-reused')
  })

  test('of one workspace says nothing about another', async () => {
    await api.hub.db.query(
      `INSERT INTO workspaces (id, slug, name, search_key, created_at)
       VALUES ('0199c0de-7f3a-7b1c-9d2e-4f5a6b7c8d9e', 'other', 'Other', 'kother', '2026-01-01') ON CONFLICT DO NOTHING`,
    )
    const neighbour = await api.signedIn({
      email: 'paul@example.org',
      workspaceId: '0199c0de-7f3a-7b1c-9d2e-4f5a6b7c8d9e',
    })
    await sync('three')

    const answer = await sync('three', neighbour)

    expect(answer.headers.get('idempotent-replayed')).toBeNull()
    expect(answer.status).toBe(202)
  })

  test('is free again after a day', async () => {
    await sync('four')
    await api.hub.clock.advance(24 * 3_600_000 + 1)

    expect((await sync('four')).headers.get('idempotent-replayed')).toBeNull()
  })

  test('while the first is under way says so', async () => {
    await api.hub.db.query(
      `INSERT INTO idempotency_keys (workspace_id, key, request_hash, state, created_at, expires_at)
       SELECT id, 'five', '\\x00', 'running', $1, $2 FROM workspaces WHERE slug = 'default'`,
      [new Date(api.hub.clock.now()).toISOString(), new Date(api.hub.clock.now() + 60_000).toISOString()],
    )
    const reused = await sync('five')
    await api.hub.db.query(
      `UPDATE idempotency_keys SET request_hash = sha256(convert_to('POST /api/v1/sync' || chr(10), 'UTF8')) WHERE key = 'five'`,
    )

    const running = await sync('five')

    expect(reused.body.code).toBe('idempotency-reused')
    expect(running.body).toMatchObject({ status: 409, code: 'idempotency-running' })
    expect(running.headers.get('retry-after')).toBe('1')
  })

  test('of a refused call may be tried again', async () => {
    const headers = { 'idempotency-key': 'six' }
    const first = await browser.call('POST', '/api/v1/recognitions', { body: { url: '' }, headers })
    const second = await browser.call('POST', '/api/v1/recognitions', { body: { url: '' }, headers })

    expect(first.status).toBe(422)
    expect(second.headers.get('idempotent-replayed')).toBeNull()
  })

  test('is not taken where the answer is a secret', async () => {
    const headers = { 'idempotency-key': 'seven' }
    const { body } = await browser.call('POST', '/api/v1/api-keys', { body: { name: 'k' }, headers })

    const { rows } = await api.hub.db.query<{ dump: string | null }>(
      `SELECT string_agg(k::text, '') AS dump FROM idempotency_keys k`,
    )
    expect(body.key).toMatch(/^psk_/)
    expect(rows[0]!.dump ?? '').not.toContain(body.key)
  })
})

describe('every answer', () => {
  test.each(['/api/v1/me', '/egress', '/healthz', '/api/openapi.json', '/nowhere'])(
    '%s forbids what is not ours',
    async (path) => {
      const { headers } = await api.call('GET', path)

      expect(headers.get('content-security-policy')).toMatch(/^default-src 'none'; .*frame-ancestors 'none'/)
      expect(headers.get('content-security-policy')).not.toMatch(/unsafe|\*/)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('referrer-policy')).toBe('no-referrer')
      expect(headers.get('permissions-policy')).toContain('camera=()')
    },
  )
})

describe('open pages', () => {
  test('/egress is in the language of the visitor, and has no script', async () => {
    const french = await api.call('GET', '/egress', { headers: { 'accept-language': 'fr-FR,fr;q=0.9' } })
    const english = await api.call('GET', '/egress', { headers: { 'accept-language': 'en' } })

    expect(french.text).toContain('<html lang="fr">')
    expect(english.text).toContain('<html lang="en">')
    expect(french.text).toContain('Sendcloud/1.0.0')
    for (const { text } of [french, english]) {
      expect(text.replace('<script type="module" src="/egress.js"></script>', '')).not.toMatch(
        /<script|style=|>egress\./i,
      )
      expect(text.replace(/<pre.*?<\/pre>/gs, '')).not.toMatch(/[{}]/)
      for (const method of ['GET', 'POST', 'OPTIONS', 'PATCH', 'DELETE'])
        expect(text).toContain(`<code>${method}</code>`)
    }
  })

  test('unknown addresses are said, never invented', async () => {
    const asJson = await api.call('GET', '/egress.json')
    const asText = await api.call('GET', '/egress.txt')

    expect(asJson.body).toMatchObject({ addresses: [], addressesKnown: false })
    expect(asText.text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual([])
  })

  test('published addresses are one CIDR a line', async () => {
    const published = await apiOfTest()
    published.hub.config.publishedEgress = ['203.0.113.0/28', '198.51.100.7', '2001:db8::1']

    const { text } = await published.call('GET', '/egress.txt')

    expect(text).toBe('203.0.113.0/28\n198.51.100.7/32\n2001:db8::1/128\n')
  })

  test('/healthz and /readyz tell a watcher what he needs', async () => {
    expect((await api.call('GET', '/healthz')).status).toBe(200)
    expect((await api.call('GET', '/readyz')).status).toBe(200)
  })

  test('/readyz says no when the database is gone, and /healthz still yes', async () => {
    const gone = await apiOfTest()
    await gone.hub.db.close()

    expect((await gone.call('GET', '/readyz')).status).toBe(503)
    expect((await gone.call('GET', '/healthz')).status).toBe(200)
  })

  test('/metrics are for this machine or whoever has the token', async () => {
    const measured = await apiOfTest()
    measured.hub.config.metricsToken = 'a token of sixteen and more'
    const withToken = caller(measured.app, { authorization: 'Bearer atokenofsixteenandmore' })
    measured.hub.config.metricsToken = 'atokenofsixteenandmore'

    expect((await measured.call('GET', '/metrics')).status).toBe(403)
    expect((await measured.call('GET', '/metrics', { headers: { authorization: 'Bearer wrong' } })).status).toBe(403)
    const answer = await withToken('GET', '/metrics')
    expect(answer.status).toBe(200)
    expect(answer.text).toMatch(/passerelle_lanes\{lane="import",state="connected"\} 0/)
    expect(answer.text).toContain('passerelle_http_requests_total{method="GET",route="/metrics",status="403"} 2')
  })
})

describe('the web app', () => {
  const served = (webDist: string) => caller(createApi(api.hub, { webDist }))
  const dist = () => {
    const folder = mkdtempSync(join(tmpdir(), 'passerelle-web-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    mkdirSync(join(folder, 'assets'))
    writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Passerelle</title>')
    writeFileSync(join(folder, 'assets/index-AbCd1234.js'), `console.log(${JSON.stringify('x'.repeat(5000))})`)
    return folder
  }

  test('answers every page of it with the one page, fresh each time', async () => {
    const web = { call: served(dist()) }

    for (const path of ['/', '/orders', '/orders/ord_1', '/setup?token=x']) {
      const page = await web.call('GET', path, { headers: { accept: 'text/html,*/*' } })
      expect(page.text).toContain('<title>Passerelle</title>')
      expect(page.headers.get('cache-control')).toBe('no-cache')
    }
  })

  test('gives built files for good, compressed', async () => {
    const web = { call: served(dist()) }

    const file = await web.call('GET', '/assets/index-AbCd1234.js', { headers: { 'accept-encoding': 'gzip, br' } })

    expect(file.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect(file.headers.get('content-encoding')).toBe('br')
    expect(file.headers.get('content-type')).toBe('text/javascript; charset=utf-8')
  })

  test.each(['/assets/../../package.json', '/..%2f..%2fpackage.json', '/assets/gone.js', '/api/v1x', '/index.html%00'])(
    '%s leads nowhere',
    async (path) => {
      const web = { call: served(dist()) }

      const answer = await web.call('GET', path, { headers: { accept: '*/*' } })

      expect(answer.status).toBe(404)
      expect(answer.text).not.toContain('dependencies')
    },
  )

  test('is also shown to a caller that takes anything', async () => {
    const web = { call: served(dist()) }

    expect((await web.call('GET', '/', { headers: { accept: '*/*' } })).status).toBe(200)
  })

  test('keeps its own policy when the browser has it already', async () => {
    const web = await apiOfTest({ webDist: dist() })
    const page = await web.call('GET', '/', { headers: { accept: 'text/html' } })

    const again = await web.call('GET', '/', {
      headers: { accept: 'text/html', 'if-none-match': page.headers.get('etag')! },
    })

    expect(again.status).toBe(304)
    expect(again.headers.has('content-security-policy')).toBe(false)
  })

  test('is found without a restart once it is built', async () => {
    const folder = dist()
    rmSync(join(folder, 'index.html'))
    const web = { call: served(folder) }
    const before = await web.call('GET', '/', { headers: { accept: 'text/html' } })

    writeFileSync(join(folder, 'index.html'), '<!doctype html><title>built</title>')

    expect(before.status).toBe(404)
    expect((await web.call('GET', '/', { headers: { accept: 'text/html' } })).text).toContain('built')
  })
})
