import { afterEach, describe, expect, test } from 'vitest'
import { fakeClock } from '../../test/fakes/clock.ts'
import { failureOf, get, outside, textOf } from '../../test/fakes/door.ts'
import { fakeDns } from '../../test/fakes/dns.ts'
import { AUTHORITY, EXPIRED, GOOD, SELF_SIGNED } from '../../test/fakes/certificates.ts'
import type { Pace } from '../domain/http.ts'
import { leaveFrom } from './connect.ts'
import { memoryPace } from './pace.ts'

const world = outside()
afterEach(() => world.close())

const ok = (body = '[]') => world.site((_, response) => response.end(body))

describe('identity of a call', () => {
  test('a known platform is named in the User-Agent, an unknown one is not', async () => {
    const shop = await ok()
    const known = world.open([shop.url], { platform: 'woocommerce' })
    const unknown = world.open([shop.url], { platform: undefined })

    await known.http.request(get(shop.url))
    await unknown.http.request(get(shop.url))

    expect(shop.requests.map((request) => request.headers['user-agent'])).toEqual([
      'SendCloud/1.0 (woocommerce; https://www.sendcloud.sc)',
      'Sendcloud/1.0.0',
    ])
  })

  test("a caller's own User-Agent, Host and Connection are dropped", async () => {
    const shop = await ok()
    const { http } = world.open([shop.url])

    await http.request(
      get(shop.url, {
        headers: { 'User-Agent': 'curl', HOST: 'evil.test', Connection: 'close', Accept: 'application/json' },
      }),
    )

    expect(shop.requests[0]!.headers).toMatchObject({
      'user-agent': 'SendCloud/1.0 (woocommerce; https://www.sendcloud.sc)',
      host: `127.0.0.1:${shop.port}`,
      connection: 'keep-alive',
      accept: 'application/json',
      'accept-encoding': 'gzip, br',
    })
  })

  test('calls leave from the configured address', async () => {
    const shop = await ok()
    const { http } = world.open([shop.url], { egressAddresses: ['::1', '127.0.0.9'] })
    let from: string | undefined
    const seen = await world.site((request, response) => {
      from = request.socket.remoteAddress
      response.end()
    })
    const { http: toSeen } = world.open([seen.url], { egressAddresses: ['::1', '127.0.0.9'] })

    await http.request(get(shop.url))
    await toSeen.request(get(seen.url))

    expect(from).toBe('127.0.0.9')
  })

  test.each([
    ['v4 to v4', '8.8.8.8', ['2001:4860::1', '9.9.9.9'], '9.9.9.9'],
    ['v6 to v6', '2606:4700::1', ['9.9.9.9', '2001:4860::1'], '2001:4860::1'],
    ['a private address behind a NAT to a public one', '8.8.8.8', ['10.0.0.5'], '10.0.0.5'],
    ['not a public address to our own machine', '127.0.0.1', ['9.9.9.9'], null],
    ['nothing configured', '8.8.8.8', [], null],
    ['a family without an address of ours is not called', '2606:4700::1', ['9.9.9.9'], 'none'],
  ])('leaves from: %s', (_, to, own, expected) => {
    const address = (text: string) => ({ address: text, family: text.includes(':') ? (6 as const) : (4 as const) })

    expect(leaveFrom(address(to), own.map(address))).toBe(expected)
  })
})

describe('redirects', () => {
  const login = { authorization: 'Basic Y2s6Y3M=', cookie: 'a=b', 'x-auth-token': 't', accept: 'application/json' }

  test('one is returned as it came when nobody asked to follow it', async () => {
    const shop = await world.site((_, response) => response.writeHead(301, { location: '/elsewhere' }).end())
    const { http } = world.open([shop.url])

    const answer = await http.request(get(shop.url))

    expect(answer.status).toBe(301)
    expect(shop.requests).toHaveLength(1)
  })

  test('the same origin gets the login again, and the answer tells where it came from', async () => {
    const shop = await world.site((request, response) =>
      request.url === '/'
        ? response.writeHead(302, { location: '/fr/?consumer_key=ck_1' }).end()
        : response.end('here'),
    )
    const { http, exchanges } = world.open([shop.url])

    const answer = await http.request(get(shop.url, { headers: login, followRedirects: 1 }))

    expect(textOf(answer)).toBe('here')
    expect(answer.url).toBe(`${shop.url}/fr/?consumer_key=ck_1`)
    expect(shop.requests[1]!.headers).toMatchObject(login)
    expect(exchanges.map(({ status }) => status)).toEqual([302, 200])
  })

  test('another origin gets no login, no cookie and no key', async () => {
    const other = await ok('other')
    const shop = await world.site((_, response) =>
      response
        .writeHead(307, { location: `${other.url}/x?page=2&consumer_key=ck_1&consumer_secret=cs_1&oauth_token=t` })
        .end(),
    )
    const { http } = world.open([shop.url, other.url], { sitePassword: { user: 'u', password: 'staging' } })

    await http.request(get(shop.url, { headers: login, followRedirects: 3 }))

    const arrived = other.requests[0]!
    expect(arrived.url).toBe('/x?page=2')
    expect(arrived.headers).toMatchObject({ accept: 'application/json' })
    expect(arrived.headers).not.toHaveProperty('authorization')
    expect(arrived.headers).not.toHaveProperty('cookie')
    expect(arrived.headers).not.toHaveProperty('x-auth-token')
  })

  test('the login does not come back when a third hop returns to the first origin', async () => {
    const urls: string[] = []
    const shop = await world.site((request, response) =>
      request.url === '/start' ? response.writeHead(302, { location: urls[1]! }).end() : response.end('back'),
    )
    const other = await world.site((_, response) => response.writeHead(302, { location: `${shop.url}/end` }).end())
    urls.push(shop.url, other.url)
    const { http } = world.open(urls)

    await http.request(get(`${shop.url}/start`, { headers: login, followRedirects: 3 }))

    expect(shop.requests[1]!.headers).not.toHaveProperty('authorization')
  })

  test('from https to http is refused', async () => {
    const plain = await ok()
    const shop = await world.site((_, response) => response.writeHead(301, { location: plain.url }).end(), {
      tls: GOOD,
    })
    const origin = `https://shop.test:${shop.port}`
    const { http } = world.open([origin, plain.url], {
      ca: [AUTHORITY],
      resolver: fakeDns({ 'shop.test': ['127.0.0.1'] }),
    })

    const error = await failureOf(http.request(get(origin, { followRedirects: 2 })))

    expect(error).toMatchObject({ code: 'redirect-refused', params: { reason: 'downgrade' } })
    expect(plain.requests).toHaveLength(0)
  })

  test('a loop ends', async () => {
    const shop = await world.site((_, response) => response.writeHead(302, { location: '/' }).end())
    const { http } = world.open([shop.url])

    const error = await failureOf(http.request(get(shop.url, { followRedirects: 3 })))

    expect(error).toMatchObject({ code: 'redirect-refused', params: { reason: 'too-many' } })
    expect(shop.requests).toHaveLength(4)
  })

  test('a POST is never followed: it would arrive as a GET that looks like success', async () => {
    const shop = await world.site((_, response) => response.writeHead(301, { location: '/' }).end())
    const { http } = world.open([shop.url])

    const answer = await http.request({
      method: 'POST',
      url: shop.url,
      body: '{}',
      purpose: 'test',
      followRedirects: 3,
    })

    expect(answer.status).toBe(301)
    expect(shop.requests).toHaveLength(1)
  })

  test.each(['http://[', 'javascript:alert(1)'])('a Location of %s leads nowhere', async (location) => {
    const shop = await world.site((_, response) => response.writeHead(302, { location }).end())
    const { http } = world.open([shop.url])

    const end = await http.request(get(shop.url, { followRedirects: 1 })).then(
      (answer) => answer.status,
      (error: { code: string }) => error.code,
    )

    expect(end).toBe(location === 'http://[' ? 302 : 'redirect-refused')
    expect(shop.requests).toHaveLength(1)
  })
})

describe('pace', () => {
  test('no more than two calls are on one host at once', async () => {
    let running = 0
    let most = 0
    const shop = await world.site((_, response) => {
      running += 1
      most = Math.max(most, running)
      setTimeout(() => {
        running -= 1
        response.end()
      }, 20)
    })
    const { http } = world.open([shop.url])

    await Promise.all(Array.from({ length: 6 }, () => http.request(get(shop.url))))

    expect(most).toBe(2)
    expect(shop.requests).toHaveLength(6)
  })

  test.each([
    [429, '120', 120_000],
    [503, 'Tue, 24 Nov 2026 09:10:00 GMT', 600_000],
  ])('a %i with Retry-After makes the host quiet', async (status, retryAfter, quietMs) => {
    const clock = fakeClock('2026-11-24T09:00:00.000Z')
    const asked: [string, number][] = []
    const pace: Pace = { ...memoryPace(clock), quietUntil: async (host, until) => void asked.push([host, until]) }
    const shop = await world.site((_, response) =>
      response.writeHead(status, { 'retry-after': retryAfter, date: 'Tue, 24 Nov 2026 09:00:00 GMT' }).end(),
    )
    const { http } = world.open([shop.url], { clock, pace })

    await http.request(get(shop.url))

    expect(asked).toEqual([[`127.0.0.1:${shop.port}`, clock.now() + quietMs]])
  })

  test('a call that failed gives its slot back', async () => {
    const shop = await world.raw((socket) => socket.destroy())
    const { http } = world.open([shop.url])

    const codes = []
    for (let turn = 0; turn < 5; turn++) codes.push((await failureOf(http.request(get(shop.url)))).code)

    expect(codes).toEqual(Array.from({ length: 5 }, () => 'shop-unreachable'))
  })

  test('a pace that breaks does not turn an answer into a failure', async () => {
    const warnings: string[] = []
    const broken = async () => {
      throw new Error('database gone')
    }
    const shop = await world.site((_, response) => response.writeHead(503, { 'retry-after': '5' }).end())
    const { http } = world.open([shop.url], {
      pace: { acquire: async () => broken, quietUntil: broken },
      log: { warn: (_, message) => void warnings.push(message) },
    })

    const answer = await http.request({ method: 'POST', url: shop.url, purpose: 'write-back' })

    expect(answer.status).toBe(503)
    expect(warnings).toEqual(['the pace could not be kept', 'the pace could not be kept'])
  })

  test('waiting for a slot ends, with nothing sent', async () => {
    const shop = await world.raw(() => undefined)
    const { http } = world.open([shop.url], { limits: { slotMs: 30, wholeMs: 400 } })
    const first = [1, 2].map(() => failureOf(http.request(get(shop.url))))

    const error = await failureOf(http.request(get(shop.url)))

    expect(error).toMatchObject({ code: 'shop-throttled', params: { reason: 'busy', sent: 'no' } })
    await Promise.all(first)
  })
})

describe('connections', () => {
  test('reads share a kept connection, each write opens its own', async () => {
    const shop = await world.raw((socket) => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]'))
    const { http } = world.open([shop.url])

    await http.request(get(shop.url))
    await http.request(get(shop.url))
    const afterReads = shop.connections
    await http.request({ method: 'POST', url: shop.url, purpose: 'test' })
    await http.request({ method: 'DELETE', url: shop.url, purpose: 'test' })

    expect([afterReads, shop.connections]).toEqual([1, 3])
  })

  test('a read on a kept connection that just died is asked again', async () => {
    const shop = await world.raw((socket, _, count) =>
      count === 2 ? socket.destroy() : socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]'),
    )
    const { http } = world.open([shop.url])

    await http.request(get(shop.url))
    const answer = await http.request(get(shop.url))

    expect([answer.status, shop.requests.length]).toEqual([200, 3])
  })
})

describe('limits of time', () => {
  test.each([
    ['no connection', { connectMs: 60 }, 'connect', 'no'],
    ['no first byte', { firstByteMs: 60 }, 'first-byte', 'maybe'],
    ['no end', { wholeMs: 120 }, 'whole', 'maybe'],
  ])('%s', async (what, limits, phase, sent) => {
    const shop = await world.raw((socket) => {
      if (what === 'no end') socket.write('HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n[1')
    })
    const silent = fakeDns({ 'silent.test': ['127.0.0.1'] })
    const origin = `http://silent.test:${shop.port}`
    // a TLS handshake that nobody answers is a connection that does not come about
    const url = what === 'no connection' ? `https://silent.test:${shop.port}` : origin
    const { http, exchanges } = world.open([origin, url], { limits, resolver: silent })

    const error = await failureOf(http.request(get(url)))

    expect(error).toMatchObject({ code: 'shop-timeout', params: { phase, sent } })
    expect(exchanges).toMatchObject([{ error: 'shop-timeout' }])
  })

  test('a second address is tried when the first refuses', async () => {
    const shop = await ok('second')
    const resolver = fakeDns({ 'shop.test': ['127.0.0.77', '127.0.0.1'] })
    const origin = `http://shop.test:${shop.port}`
    const { http } = world.open([origin], { resolver })

    const answer = await http.request(get(origin))

    expect(textOf(answer)).toBe('second')
    expect(resolver.asked).toEqual(['shop.test'])
  })
})

describe('what a failure is called', () => {
  test.each([
    ['expired', EXPIRED, 'shop.test', [AUTHORITY]],
    ['wrong-host', GOOD, 'other.test', [AUTHORITY]],
    ['unknown-issuer', GOOD, 'shop.test', undefined],
    ['self-signed', SELF_SIGNED, 'shop.test', undefined],
  ])('a certificate: %s', async (reason, tls, host, ca) => {
    const shop = await world.site((_, response) => response.end('never'), { tls })
    const origin = `https://${host}:${shop.port}`
    const { http } = world.open([origin], { ca, resolver: fakeDns({ [host]: ['127.0.0.1'] }) })

    const error = await failureOf(http.request(get(origin)))

    expect(error).toMatchObject({ code: 'tls-invalid', params: { reason, sent: 'no' } })
    expect(shop.requests).toHaveLength(0)
  })

  test('a good certificate is believed for the name, though the address is pinned', async () => {
    const shop = await world.site((request, response) => response.end(request.headers.host), { tls: GOOD })
    const origin = `https://shop.test:${shop.port}`
    const { http } = world.open([origin], { ca: [AUTHORITY], resolver: fakeDns({ 'shop.test': ['127.0.0.1'] }) })

    expect(textOf(await http.request(get(origin)))).toBe(`shop.test:${shop.port}`)
  })

  test('a site without TLS on the port', async () => {
    const shop = await ok()
    const origin = `https://127.0.0.1:${shop.port}`
    const { http } = world.open([origin])

    const error = await failureOf(http.request(get(origin)))

    expect(error).toMatchObject({ code: 'tls-invalid', params: { reason: 'not-tls', sent: 'no' } })
  })

  test('a port where nobody listens', async () => {
    const shop = await world.raw(() => undefined)
    await shop.close()
    const { http } = world.open([shop.url])

    const error = await failureOf(http.request(get(shop.url)))

    expect(error).toMatchObject({ code: 'shop-unreachable', params: { reason: 'refused', sent: 'no' } })
  })

  test('a name nobody knows', async () => {
    const { http } = world.open([], { resolver: fakeDns({}) })

    const error = await failureOf(http.request(get('https://nowhere.test/')))

    expect(error).toMatchObject({
      code: 'shop-unreachable',
      params: { reason: 'dns-not-found', host: 'nowhere.test', sent: 'no' },
    })
  })

  test('something that does not speak HTTP', async () => {
    const shop = await world.raw((socket) => socket.end('220 mail.test ESMTP\r\n'))
    const { http } = world.open([shop.url])

    const error = await failureOf(http.request(get(shop.url)))

    expect(error).toMatchObject({ code: 'response-malformed', params: { reason: 'not-http', sent: 'maybe' } })
  })
})

describe('the exchange log', () => {
  test('keeps no body of an expected answer and the start of every other', async () => {
    const shop = await world.site((request, response) => {
      if (request.url === '/bad') response.statusCode = 403
      if (request.url === '/good') response.setHeader('content-type', 'application/json')
      response.end('<title>Blocked</title> client@exemple.test')
    })
    const { http, exchanges } = world.open([shop.url])

    await http.request(get(`${shop.url}/good`))
    await http.request(get(`${shop.url}/good`, { expects: [404] }))
    await http.request(get(`${shop.url}/bad`))
    await http.request(get(`${shop.url}/bad`, { expects: [403] }))
    await http.request(get(`${shop.url}/page`))

    expect(exchanges.map(({ bodyStart }) => bodyStart)).toEqual([
      undefined,
      '<title>Blocked</title> •••@•••',
      '<title>Blocked</title> •••@•••',
      undefined,
      '<title>Blocked</title> •••@•••',
    ])
  })

  test('tells times and sizes', async () => {
    const clock = fakeClock('2026-11-24T09:00:00.000Z')
    const shop = await world.site(async (_, response) => {
      await clock.advance(250)
      response.end('four')
    })
    const { http, exchanges } = world.open([shop.url], { clock, pace: memoryPace(clock) })

    await http.request({ method: 'POST', url: shop.url, body: 'é', purpose: 'write-back' })

    expect(exchanges).toMatchObject([
      {
        at: '2026-11-24T09:00:00.000Z',
        purpose: 'write-back',
        method: 'POST',
        status: 200,
        tookMs: 250,
        sentBytes: 2,
        wireBytes: 4,
        bodyBytes: 4,
      },
    ])
  })

  test('that breaks does not break the call', async () => {
    const warnings: string[] = []
    const shop = await ok()
    const { http } = world.open([shop.url], {
      log: { warn: (_, message) => void warnings.push(message) },
      trace: {
        record: () => {
          throw new Error('disk full')
        },
      },
    })

    const answer = await http.request(get(shop.url))

    expect(answer.status).toBe(200)
    expect(warnings).toEqual(['an exchange could not be recorded'])
  })
})

describe('a staging password', () => {
  test('is sent as Basic only where the call brings no login of its own', async () => {
    const shop = await ok()
    const { http } = world.open([shop.url], { sitePassword: { user: 'préprod', password: 'mot:de passe' } })

    await http.request(get(shop.url))
    await http.request(get(shop.url, { headers: { Authorization: 'Basic Y2s6Y3M=' } }))

    const sent = shop.requests.map((request) => request.headers.authorization)
    expect(sent).toEqual([`Basic ${Buffer.from('préprod:mot:de passe').toString('base64')}`, 'Basic Y2s6Y3M='])
  })
})
