/** Answers as broken as shops and the things in front of them really send: head and kind of break were all seen. */
import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import { afterEach, describe, expect, test } from 'vitest'
import { failureOf, get, outside, textOf } from '../../test/fakes/door.ts'
import { say } from '../../test/fakes/raw-server.ts'

const world = outside()
afterEach(() => world.close())

const ORDERS = JSON.stringify(
  Array.from({ length: 40 }, (_, at) => ({
    id: 66 + at,
    status: 'processing',
    total: '54.88',
    city: `Paris ${at}`,
    n: Math.sin(at),
  })),
)
const HEAD = [
  'HTTP/1.1 200 OK',
  'Server: nginx/1.22.1',
  'Content-Type: application/json; charset=UTF-8',
  'X-WP-Total: 165',
  'X-WP-TotalPages: 83',
]
const CLOSE = 'Connection: close'

const ask = async (...answer: Parameters<typeof say>) => {
  const shop = await world.raw(say(...answer))
  const { http, exchanges } = world.open([shop.url])
  return { answer: await http.request(get(shop.url)), exchanges }
}

describe('an answer that was cut', () => {
  test('Content-Length longer than the body: the part that came, incomplete', async () => {
    const { answer, exchanges } = await ask([...HEAD, `Content-Length: ${ORDERS.length}`, CLOSE], ORDERS.slice(0, 1000))

    expect(answer).toMatchObject({ status: 200, incomplete: true, wireBytes: 1000 })
    expect(textOf(answer)).toBe(ORDERS.slice(0, 1000))
    expect(exchanges).toMatchObject([{ status: 200, wireBytes: 1000 }])
  })

  test('inside a chunk', async () => {
    const chunk = `${ORDERS.length.toString(16)}\r\n${ORDERS.slice(0, 1000)}`
    const { answer } = await ask([...HEAD, 'Transfer-Encoding: chunked', CLOSE], chunk)

    expect(answer.incomplete).toBe(true)
    expect(textOf(answer)).toBe(ORDERS.slice(0, 1000))
  })

  test('between two chunks, the closing one missing', async () => {
    const chunk = `${ORDERS.length.toString(16)}\r\n${ORDERS}\r\n`
    const { answer } = await ask([...HEAD, 'Transfer-Encoding: chunked', CLOSE], chunk)

    expect(answer.incomplete).toBe(true)
    expect(textOf(answer)).toBe(ORDERS)
  })

  test('a chunk size that is no number', async () => {
    const { answer } = await ask([...HEAD, 'Transfer-Encoding: chunked', CLOSE], `5\r\n[1,2,\r\nzz\r\n`)

    expect(answer).toMatchObject({ status: 200, incomplete: true })
    expect(textOf(answer)).toBe('[1,2,')
  })

  test('without length or chunks nothing tells that it is cut, so it is not said', async () => {
    const { answer } = await ask([...HEAD, CLOSE], ORDERS.slice(0, 1000))

    expect(answer.incomplete).toBeUndefined()
    expect(textOf(answer)).toBe(ORDERS.slice(0, 1000))
  })

  test('Content-Length 40 too short: what it announces, and the rest is no answer to the next call', async () => {
    const short = ORDERS.length - 40
    const shop = await world.raw((socket) => {
      socket.write([...HEAD, `Content-Length: ${short}`, '', ORDERS].join('\r\n'))
    })
    const { http } = world.open([shop.url])

    const first = await http.request(get(shop.url))
    const second = await http.request(get(shop.url))

    expect([textOf(first), textOf(second)]).toEqual([ORDERS.slice(0, short), ORDERS.slice(0, short)])
  })

  test('inside the headers: no answer', async () => {
    const shop = await world.raw((socket) => socket.end([...HEAD.slice(0, 3), 'X-WP-To'].join('\r\n')))
    const { http } = world.open([shop.url])

    const error = await failureOf(http.request(get(shop.url)))

    expect(error).toMatchObject({ code: 'shop-unreachable', params: { reason: 'closed', sent: 'maybe' } })
  })

  test('before any answer', async () => {
    const shop = await world.raw((socket) => socket.end())
    const { http } = world.open([shop.url])

    const error = await failureOf(http.request({ method: 'POST', url: shop.url, body: '{}', purpose: 'test' }))

    expect(error).toMatchObject({ code: 'shop-unreachable', params: { reason: 'closed', sent: 'maybe' } })
    expect(shop.requests).toHaveLength(1)
  })

  test('a 200 of JSON with nothing in it is an answer, and whole', async () => {
    const { answer } = await ask([...HEAD, 'Content-Length: 0', CLOSE])

    expect(answer).toMatchObject({ status: 200, wireBytes: 0 })
    expect(answer.body).toHaveLength(0)
    expect(answer.incomplete).toBeUndefined()
  })
})

describe('compression', () => {
  const big = ORDERS.repeat(60)

  test.each([
    ['gzip', gzipSync(ORDERS), ORDERS],
    ['GZIP', gzipSync(ORDERS), ORDERS],
    ['x-gzip', gzipSync(ORDERS), ORDERS],
    ['br', brotliCompressSync(ORDERS), ORDERS],
    ['deflate', deflateSync(ORDERS), ORDERS],
    ['deflate', deflateRawSync(ORDERS), ORDERS],
    ['gzip, br', brotliCompressSync(gzipSync(ORDERS)), ORDERS],
    ['identity', Buffer.from(ORDERS), ORDERS],
    ['gzip', gzipSync(big, { level: 0 }), big],
  ])('%s is undone', async (encoding, bytes, expected) => {
    const { answer } = await ask([...HEAD, `Content-Encoding: ${encoding}`, `Content-Length: ${bytes.length}`], bytes)

    expect(textOf(answer)).toBe(expected)
    expect(answer.wireBytes).toBe(bytes.length)
    expect(answer.incomplete).toBeUndefined()
  })

  test('a header that says gzip over plain bytes: the bytes as they came, incomplete', async () => {
    const { answer } = await ask([...HEAD, 'Content-Encoding: gzip', `Content-Length: ${ORDERS.length}`, CLOSE], ORDERS)

    expect(answer.incomplete).toBe(true)
    expect(textOf(answer)).toBe(ORDERS)
  })

  test('an encoding nobody asked for: the bytes as they came, incomplete', async () => {
    const { answer } = await ask([...HEAD, 'Content-Encoding: zzz', 'Content-Length: 2', CLOSE], '[]')

    expect(answer.incomplete).toBe(true)
    expect(textOf(answer)).toBe('[]')
  })

  test.each([
    ['gzip', gzipSync(big)],
    ['br', brotliCompressSync(big)],
    ['deflate', deflateSync(big)],
  ])('a cut %s body is read as far as it goes', async (encoding, bytes) => {
    const half = bytes.subarray(0, Math.floor(bytes.length / 2))
    const { answer } = await ask(
      [...HEAD, `Content-Encoding: ${encoding}`, `Content-Length: ${bytes.length}`, CLOSE],
      half,
    )

    expect(answer.incomplete).toBe(true)
    expect(answer.body.length).toBeGreaterThan(1000)
    expect(big.startsWith(textOf(answer))).toBe(true)
  })

  test('a gzip body with a fault in its middle is read up to the fault', async () => {
    const bytes = gzipSync(big, { level: 1 })
    bytes.fill(0xff, Math.floor(bytes.length / 2), Math.floor(bytes.length / 2) + 40)
    const { answer } = await ask([...HEAD, 'Content-Encoding: gzip', `Content-Length: ${bytes.length}`, CLOSE], bytes)

    expect(answer.incomplete).toBe(true)
    expect(textOf(answer).slice(0, 1000)).toBe(big.slice(0, 1000))
  })

  test.each([204, 304])('a %i that says gzip has no body to undo', async (status) => {
    const { answer } = await ask([`HTTP/1.1 ${status} X`, 'Content-Encoding: gzip', CLOSE])

    expect(answer).toMatchObject({ status })
    expect(answer.incomplete).toBeUndefined()
  })

  test('a HEAD that announces a length has no body', async () => {
    const shop = await world.raw(say([...HEAD, 'Content-Encoding: gzip', 'Content-Length: 999999999', CLOSE]))
    const { http } = world.open([shop.url])

    const answer = await http.request(get(shop.url, { method: 'HEAD' }))

    expect(answer).toMatchObject({ status: 200, wireBytes: 0 })
    expect(answer.incomplete).toBeUndefined()
  })
})

describe('size', () => {
  test.each([
    ['gzip', (zeros: Buffer) => gzipSync(zeros, { level: 1 })],
    ['br', (zeros: Buffer) => brotliCompressSync(zeros, { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } })],
    ['gzip, gzip', (zeros: Buffer) => gzipSync(gzipSync(zeros, { level: 1 }))],
  ])('a bomb of %s is refused quickly, with little memory', async (encoding, pack) => {
    const bomb = pack(Buffer.alloc(200 * 1024 * 1024))
    const shop = await world.raw(
      say([...HEAD, `Content-Encoding: ${encoding}`, `Content-Length: ${bomb.length}`], bomb),
    )
    const { http, exchanges } = world.open([shop.url])
    const before = process.memoryUsage.rss()

    const error = await failureOf(http.request(get(shop.url)))

    expect(error).toMatchObject({ code: 'response-too-large', params: { megabytes: 32 } })
    expect(process.memoryUsage.rss() - before).toBeLessThan(150 * 1024 * 1024)
    expect(exchanges).toMatchObject([{ error: 'response-too-large' }])
    expect(exchanges[0]!.tookMs).toBeLessThan(10_000)
  })

  test('an announced length over the cap is refused before it is read', async () => {
    const shop = await world.raw((socket) => socket.write([...HEAD, 'Content-Length: 33554433', '', 'x'].join('\r\n')))
    const { http } = world.open([shop.url])

    expect((await failureOf(http.request(get(shop.url)))).code).toBe('response-too-large')
  })

  test('a body without end is cut off at the cap, and its connection closed', async () => {
    let closed: () => void
    const gone = new Promise<void>((resolve) => (closed = resolve))
    const shop = await world.raw((socket) => {
      socket.on('close', () => closed())
      socket.write([...HEAD, CLOSE, '', ''].join('\r\n'))
      const more = () => {
        while (!socket.destroyed && socket.write(Buffer.alloc(8192, 0x20)));
        socket.once('drain', more)
      }
      more()
    })
    const { http } = world.open([shop.url], { limits: { wireBytes: 100_000 } })

    const error = await failureOf(http.request(get(shop.url)))

    expect(error.code).toBe('response-too-large')
    await gone
  })

  test('headers without end', async () => {
    const line = `X-Filler: ${'x'.repeat(8000)}\r\n`
    const shop = await world.raw((socket) => socket.write(`HTTP/1.1 200 OK\r\n${line.repeat(40)}\r\n`))
    const { http } = world.open([shop.url])

    const error = await failureOf(http.request(get(shop.url)))

    expect(error).toMatchObject({ code: 'response-malformed', params: { reason: 'not-http' } })
  })

  test('headers of 60 kB, which Node alone would refuse, pass', async () => {
    const line = `X-Filler: ${'x'.repeat(6000)}`
    const { answer } = await ask([...HEAD, ...Array.from({ length: 10 }, () => line), 'Content-Length: 2'], '[]')

    expect(textOf(answer)).toBe('[]')
  })

  test('a header called __proto__ is a header like another', async () => {
    const { answer } = await ask([...HEAD, '__proto__: x', 'constructor: y', 'Content-Length: 2'], '[]')

    expect(answer.headers['x-wp-total']).toBe('165')
    expect(Object.getPrototypeOf(answer.headers)).toBe(Object.prototype)
  })

  test('repeated headers are joined', async () => {
    const { answer } = await ask([...HEAD, 'Set-Cookie: a=1', 'Set-Cookie: b=2', 'Content-Length: 0'])

    expect(answer.headers['set-cookie']).toBe('a=1, b=2')
  })
})
