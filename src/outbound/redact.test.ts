import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { failureOf, get, outside } from '../../test/fakes/door.ts'
import { keepsBody, redactor } from './redact.ts'

const CK = `ck_${'1'.repeat(40)}`
const CS = `cs_${'2'.repeat(40)}`
const bytes = (text: string) => Buffer.from(text, 'utf8')
const basic = (user: string, password: string) => Buffer.from(`${user}:${password}`).toString('base64')

describe('URLs', () => {
  test.each([
    [
      'https://s.test/wp-json/wc/v3/orders?consumer_key=ck_1&per_page=2&consumer_secret=cs_1',
      'https://s.test/wp-json/wc/v3/orders?consumer_key=•••&per_page=2&consumer_secret=•••',
    ],
    [
      'https://s.test/?oauth_consumer_key=ck_1&oauth_nonce=n&oauth_signature=abc%3D&oauth_timestamp=1',
      'https://s.test/?oauth_consumer_key=•••&oauth_nonce=•••&oauth_signature=•••&oauth_timestamp=1',
    ],
    ['https://s.test/api/?ws_key=ABC', 'https://s.test/api/?ws_key=•••'],
    ['https://s.test/?CONSUMER_KEY=x&Password=y', 'https://s.test/?CONSUMER_KEY=•••&Password=•••'],
    ['https://s.test/?consumer%5Fkey=x', 'https://s.test/?consumer%5Fkey=•••'],
    ['https://lise:geheim@s.test/', 'https://•••@s.test/'],
    ['https://s.test/orders?search=lise%40exemple.test', 'https://s.test/orders?search=•••@•••'],
    ['https://s.test/orders?status=any&page=2', 'https://s.test/orders?status=any&page=2'],
    ['not a url ?token=x', 'not a url ?token=•••'],
  ])('%s', (url, expected) => {
    expect(redactor([]).url(url)).toBe(expected)
  })
})

describe('headers', () => {
  test('lose their secrets and keep what tells something', () => {
    const kept = redactor([]).headers({
      authorization: `Basic ${basic(CK, CS)}`,
      cookie: 'wordpress_logged_in_1=lise',
      'x-wc-webhook-signature': 'c2ln',
      'x-shopify-access-token': 'shpat_x',
      'x-wp-nonce': '1234567890',
      'set-cookie': 'PHPSESSID=abc123; expires=Wed, 11 Jan 2027 05:00:00 GMT; path=/, __cf_bm=tok.en; HttpOnly',
      location: `https://s.test/x?consumer_key=${CK}`,
      link: `<https://s.test/wp-json/wc/v3/orders?consumer_secret=${CS}&page=2>; rel="next"`,
      'www-authenticate': 'Basic realm="Restricted"',
      'content-type': 'application/json; charset=UTF-8',
      server: 'nginx/1.22.1',
      'access-control-allow-headers': 'Authorization, X-WP-Nonce',
    })

    expect(kept).toEqual({
      authorization: 'Basic •••',
      cookie: '•••',
      'x-wc-webhook-signature': '•••',
      'x-shopify-access-token': '•••',
      'x-wp-nonce': '•••',
      'set-cookie': 'PHPSESSID=•••, __cf_bm=•••',
      location: 'https://s.test/x?consumer_key=•••',
      link: '<https://s.test/wp-json/wc/v3/orders?consumer_secret=•••&page=2>; rel="next"',
      'www-authenticate': 'Basic realm="Restricted"',
      'content-type': 'application/json; charset=UTF-8',
      server: 'nginx/1.22.1',
      'access-control-allow-headers': 'Authorization, X-WP-Nonce',
    })
  })
})

describe('bodies', () => {
  test.each([
    ['{"consumer_key":"abc","page":1}', '{"consumer_key":"•••","page":1}'],
    ['{"password": "a\\"b", "user":"lise"}', '{"password": "•••", "user":"lise"}'],
    ['{"access_token":"abc","code":"rest_forbidden"}', '{"access_token":"•••","code":"rest_forbidden"}'],
    ['{"password":"cut in the mid', '{"password":"•••'],
    ['grant_type=x&client_secret=abc&code=12', 'grant_type=x&client_secret=•••&code=12'],
    [`key ${CK} unknown`, 'key ck_••• unknown'],
    ['Cookie: wordpress_logged_in_ab=lise%7C1; PHPSESSID=xyz', 'Cookie: wordpress_logged_in_ab=•••; PHPSESSID=•••'],
    ['Authorization: Basic bGlzZTpnZWhlaW0=', 'Authorization: Basic •••'],
    ['token eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc-_1', 'token •••'],
    ['Contact lise.dupont+shop@exemple.test or admin@exemple.test.', 'Contact •••@••• or •••@•••.'],
    ['"email":"lise\\u0040exemple.test"', '"email":"•••@•••"'],
    ['<a href="?x=1&amp;token=abc">', '<a href="?x=1&amp;token=•••">'],
    [
      '{"code":"woocommerce_rest_cannot_view","data":{"status":401}}',
      '{"code":"woocommerce_rest_cannot_view","data":{"status":401}}',
    ],
    [
      'Fatal error in /var/www/shop/wp-content/plugins/x.php on line 12',
      'Fatal error in /var/www/shop/wp-content/plugins/x.php on line 12',
    ],
  ])('%s', (body, expected) => {
    expect(redactor([]).bodyStart(bytes(body))).toBe(expected)
  })

  test('keep 4 kB, never half a character', () => {
    const kept = redactor([]).bodyStart(bytes('é'.repeat(5000)))

    expect(Buffer.byteLength(kept)).toBe(4096)
    expect(kept).toBe('é'.repeat(2048))
  })

  test('hold nothing a database refuses', () => {
    expect(redactor([]).bodyStart(Buffer.from([0x61, 0x00, 0x62, 0xff, 0xed, 0xa0, 0x80]))).toMatch(/^a\ufffdb\ufffd+$/)
  })

  test.each([
    [200, undefined, false],
    [201, undefined, false],
    [301, undefined, true],
    [404, undefined, true],
    [404, [200, 404], false],
    [200, [404], true],
  ])('of a %i when %o is expected: kept %s', (status, expects, kept) => {
    const headers = { 'content-type': 'application/json; charset=UTF-8' }
    expect(keepsBody({ status, headers, body: Buffer.from('{}') }, expects)).toBe(kept)
  })

  test('of a 2xx are kept when it is a page or was cut, not when it is empty', () => {
    const page = { status: 200, headers: { 'content-type': 'text/html' }, body: Buffer.from('<h1>Accueil</h1>') }
    const json = { status: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from('[{') }

    expect(keepsBody(page)).toBe(true)
    expect(keepsBody(page, [200])).toBe(true)
    expect(keepsBody({ ...json, incomplete: true })).toBe(true)
    expect(keepsBody(json)).toBe(false)
    expect(keepsBody({ ...page, body: Buffer.alloc(0) })).toBe(false)
  })

  test('of orders behind a PHP warning are only the warning', () => {
    const order = `[{"id":1,"billing":{"first_name":"Zoé","email":"zoe@client.example"}}]`

    expect(redactor([]).bodyStart(Buffer.from(`<b>Warning</b>: a@b.example${order}`))).toBe('<b>Warning</b>: •••@•••')
    expect(redactor([]).bodyStart(Buffer.from(order))).toBe('')
  })

  test.each([
    ['\\'.repeat(20) + '"'.repeat(10), '\\'],
    ['\\"'.repeat(20), '\\'],
    ['%'.repeat(30) + 'x', '%25'],
    ['&amp;'.repeat(10) + 'x', '&amp;'],
    ['+ '.repeat(20) + 'x', '+'],
    ['é'.repeat(20) + 'x', '\ufffd'],
    ['a'.repeat(40) + 'b', 'a'],
  ])('are read in time, whatever the secret: %s', (secret, filling) => {
    const started = performance.now()

    redactor([secret]).bodyStart(bytes(filling.repeat(64 * 1024)))

    expect(performance.now() - started).toBeLessThan(10_000)
  })

  test('are read in time, whatever they hold', () => {
    const hostile = [
      '"password":"'.repeat(6000),
      'a@'.repeat(40_000),
      `eyJ${'.a-'.repeat(30_000)}`,
      '&a=&'.repeat(20_000),
      `${'a.'.repeat(40_000)}@`,
    ]
    const started = performance.now()

    for (const body of hostile) redactor([CK, CS]).bodyStart(bytes(body))

    expect(performance.now() - started).toBeLessThan(10_000)
  })
})

/** Every way in which a server was seen to hand a login back, or could. */
const SPELLINGS: ((secret: string) => string)[] = [
  (secret) => secret,
  (secret) => encodeURIComponent(secret),
  (secret) => encodeURIComponent(encodeURIComponent(secret)),
  (secret) => new URLSearchParams({ x: secret }).toString(),
  (secret) => encodeURIComponent(secret).replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
  (secret) => JSON.stringify(secret),
  (secret) => JSON.stringify({ echo: JSON.stringify({ secret }) }),
  (secret) => JSON.stringify(secret).replaceAll('/', '\\/'),
  (secret) => Buffer.from(secret).toString('base64'),
  (secret) => Buffer.from(`u:${secret}`).toString('base64'),
  (secret) => Buffer.from(`us:${secret}`).toString('base64'),
  (secret) => `Authorization: Basic ${Buffer.from(`usr:${secret}`).toString('base64')}`,
  (secret) => Buffer.from(`${secret}:password`).toString('base64url'),
  (secret) =>
    `<p>${secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;').replaceAll("'", '&#039;')}</p>`,
  (secret) => `https://s.test/?a=1&b=${encodeURIComponent(secret)}#x`,
]

/** What an attacker would look for in a text that was kept. */
const survives = (secret: string, kept: string): boolean =>
  kept.includes(secret) ||
  decodesTo(secret, kept, (text) => decodeURIComponent(text)) ||
  [...kept.matchAll(/[A-Za-z0-9+/_-]{6,}={0,2}/g)].some(([found]) =>
    Buffer.from(found, 'base64').toString('utf8').includes(secret),
  )

const decodesTo = (secret: string, kept: string, decode: (text: string) => string) => {
  try {
    return decode(kept).includes(secret)
  } catch {
    return false
  }
}

const anySecret = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'abcdef0123456789'), minLength: 8, maxLength: 40 }).map((hex) => `ck_${hex}`),
  fc.string({ unit: 'grapheme-ascii', minLength: 8, maxLength: 40 }),
  fc.string({ unit: fc.constantFrom(...'éßñ€日本💩👍ﬁ½aZ9"\\/&%+ <='), minLength: 6, maxLength: 20 }),
  fc.base64String({ minLength: 8, maxLength: 40 }),
)
// blanks at its ends would be found in any text that has the rest of it
const plantable = anySecret.filter(
  (secret) =>
    secret.trim() === secret && !secret.includes('•') && !/[\u0000\ufffd]/.test(secret) && secret.isWellFormed(),
)
const filler = fc.string({ unit: 'grapheme-ascii', maxLength: 300 })

describe('a planted secret never survives', () => {
  test('in a body, wherever it stands and however it is spelled', () => {
    fc.assert(
      fc.property(
        plantable,
        plantable,
        fc.constantFrom(...SPELLINGS),
        filler,
        filler,
        (secret, other, spell, before, after) => {
          const { bodyStart, text } = redactor([secret, other])
          const body = `${before}${spell(secret)}${after}${spell(other)}`
          fc.pre(!survives(secret, `${before}\n${after}`) && !survives(other, `${before}\n${after}`))

          for (const kept of [bodyStart(bytes(body)), text(body)]) {
            expect(survives(secret, kept), kept).toBe(false)
            expect(survives(other, kept), kept).toBe(false)
          }
        },
      ),
      { numRuns: 500 },
    )
  })

  test('not even its beginning, where a long body is cut', () => {
    const secret = 'Zq7Kp2Vx9Lm4Rt6Wy1Bn8Hc3Jd5Fg0Sa'
    const { bodyStart } = redactor([secret])
    for (let at = 16 * 1024 - secret.length; at < 16 * 1024; at++) {
      // blown up by e-mail addresses that shrink, so that the end of the window is among the 4 kB kept
      const mail = `${'a'.repeat(60)}@${'b'.repeat(60)}.${'c'.repeat(60)}.test `
      const body =
        mail
          .repeat(400)
          .slice(0, at - 1)
          .padEnd(at, ' ') +
        secret +
        'x'.repeat(1000)

      expect(bodyStart(bytes(body))).not.toContain('Zq7K')
    }
  })

  test('in a URL or a header', () => {
    fc.assert(
      fc.property(
        plantable,
        fc.constantFrom(...SPELLINGS),
        fc.constantFrom('x-echo', 'location', 'link', 'server', 'set-cookie'),
        (secret, spell, name) => {
          const { url, headers } = redactor([secret])
          const spelled = spell(secret)

          expect(survives(secret, url(`https://s.test/${spelled}?q=${spelled}`))).toBe(false)
          expect(survives(secret, headers({ [name]: `a ${spelled}; b` })[name]!)).toBe(false)
        },
      ),
      { numRuns: 300 },
    )
  })
})

describe('through the whole door', () => {
  const world = outside()
  afterEach(() => world.close())

  test('a server that echoes everything, and one that breaks, leave no secret in exchange or error', async () => {
    const password = 'Süß & g€heim/"42"'
    const cookie = 'tok-9f8e7d6c5b4a'
    const shop = await world.site((request, response, body) => {
      if (request.url!.startsWith('/cut')) return request.socket.destroy()
      const echo = JSON.stringify({ url: request.url, headers: request.headers, body })
      response.writeHead(403, { 'x-echo': Buffer.from(echo).toString('base64'), location: request.url }).end(echo)
    })
    const { http, exchanges } = world.open([shop.url], {
      secrets: [CK, CS, cookie],
      sitePassword: { user: 'préprod', password },
    })
    const query = `?consumer_key=${CK}&consumer_secret=${CS}&plain=${CS}`
    const errors: unknown[] = []

    await http.request(get(`${shop.url}/${query}`))
    await http.request(
      get(`${shop.url}/`, { headers: { authorization: `Basic ${basic(CK, CS)}`, cookie: `s=${cookie}` } }),
    )
    await http.request({
      method: 'POST',
      url: shop.url,
      body: JSON.stringify({ CK, CS, cookie, password }),
      purpose: 'test',
    })
    errors.push(await failureOf(http.request(get(`${shop.url}/cut${query}`))))
    errors.push(await failureOf(http.request(get(`http://${CS}@127.0.0.1/${query}`))))
    errors.push(await failureOf(http.request(get(`http://127.0.0.2/${query}`))))

    const kept = JSON.stringify({ exchanges, errors: errors.map(everythingOf) })
    expect(exchanges).toHaveLength(6)
    for (const secret of [CK, CS, cookie, password]) expect(survives(secret, kept)).toBe(false)
    expect(survives(JSON.stringify(password).slice(1, -1), kept)).toBe(false)
  })
})

/** An error with all it drags along, as a log would print it. */
const everythingOf = (error: unknown): unknown =>
  error instanceof Error
    ? { ...error, message: error.message, stack: error.stack, cause: everythingOf(error.cause) }
    : error
