/** The address-guard list: every way to make the hub call a place inside, through the whole door. */
import { afterEach, describe, expect, test } from 'vitest'
import { failureOf, get, outside, textOf } from '../../test/fakes/door.ts'
import { fakeDns } from '../../test/fakes/dns.ts'
import { createGuard, readAllowedOrigin } from './guard.ts'

const world = outside()
afterEach(() => world.close())

const PRIVATE_NAMES: Record<string, string[]> = {
  'loopback.test': ['127.0.0.1'],
  'loopback-v6.test': ['::1'],
  'ten.test': ['10.1.2.3'],
  'twelve.test': ['172.16.0.1'],
  'sixteen.test': ['192.168.1.1'],
  'carrier.test': ['100.64.0.1'],
  'link-local.test': ['169.254.1.1'],
  'metadata.test': ['169.254.169.254'],
  'metadata-v6.test': ['fd00:ec2::254'],
  'azure.test': ['168.63.129.16'],
  'alibaba.test': ['100.100.100.200'],
  'unspecified.test': ['0.0.0.0'],
  'unspecified-v6.test': ['::'],
  'this-network.test': ['0.1.2.3'],
  'multicast.test': ['224.0.0.1'],
  'broadcast.test': ['255.255.255.255'],
  'reserved.test': ['240.0.0.1'],
  'benchmark.test': ['198.18.0.1'],
  'documentation.test': ['192.0.2.1'],
  'unique-local.test': ['fd12::1'],
  'link-local-v6.test': ['fe80::1'],
  'link-local-zone.test': ['fe80::1%eth0'],
  'site-local.test': ['fec0::1'],
  'mapped.test': ['::ffff:10.0.0.1'],
  'mapped-hex.test': ['::ffff:7f00:1'],
  'compatible.test': ['::127.0.0.1'],
  'translated.test': ['::ffff:0:127.0.0.1'],
  'nat64.test': ['64:ff9b::7f00:1'],
  'nat64-local.test': ['64:ff9b:1::a00:1'],
  '6to4.test': ['2002:7f00:1::1'],
  'teredo.test': ['2001:0:4136:e378:8000:63bf:80ff:fffe'],
  'documentation-v6.test': ['2001:db8::1'],
  'outside-global.test': ['4000::1'],
  'one-of-two.test': ['93.184.215.14', '10.0.0.1'],
  'one-of-two-families.test': ['2606:4700::1111', '127.0.0.1'],
}

const PORT = ':PORT'
const LITERALS = [
  'http://127.0.0.1:PORT/',
  'http://127.1:PORT/',
  'http://2130706433:PORT/',
  'http://0x7f000001:PORT/',
  'http://0x7f.0.0.1:PORT/',
  'http://0177.0.0.1:PORT/',
  'http://017700000001:PORT/',
  'http://127.0.0.1.:PORT/',
  'http://１２７.０.０.１:PORT/',
  'http://127。0。0。1:PORT/',
  'http://0:PORT/',
  'http://0.0.0.0:PORT/',
  'http://[::1]:PORT/',
  'http://[0:0:0:0:0:0:0:1]:PORT/',
  'http://[::]:PORT/',
  'http://[::ffff:127.0.0.1]:PORT/',
  'http://[::ffff:7f00:1]:PORT/',
  'http://[::127.0.0.1]:PORT/',
  'http://[::ffff:0:7f00:1]:PORT/',
  'http://[64:ff9b::127.0.0.1]:PORT/',
  'http://[2002:7f00:1::]:PORT/',
  'http://[fe80::1]:PORT/',
  'http://[fd00:ec2::254]/',
  'http://10.0.0.1/',
  'http://192.168.0.1:8080/',
  'http://169.254.169.254/latest/meta-data/',
  'http://0xa9fea9fe/latest/meta-data/',
  'http://168.63.129.16/',
  'https://127.0.0.1:PORT/',
]

const NAMES = [
  'http://localhost:PORT/',
  'http://LOCALHOST:PORT/',
  'http://localhost.:PORT/',
  'http://shop.localhost:PORT/',
  'http://ⓛocalhost:PORT/',
  'http://metadata.google.internal/',
  'http://metadata/',
  'http://instance-data/',
]

const OTHERWISE = [
  ['scheme', 'ftp://shop.test/'],
  ['scheme', 'file:///etc/passwd'],
  ['scheme', 'gopher://shop.test/'],
  ['scheme', 'data:text/plain,x'],
  ['scheme', 'javascript:alert(1)'],
  ['credentials', 'http://user:secret@shop.test/'],
  ['credentials', 'http://shop.test@127.0.0.1/'],
  ['port', 'http://shop.test:22/'],
  ['port', 'http://shop.test:6379/'],
]

describe('the address guard refuses', () => {
  test.each([...LITERALS, ...NAMES, ...Object.keys(PRIVATE_NAMES).map((name) => `http://${name}:PORT/`)])(
    '%s, and nothing is called',
    async (pattern) => {
      const trap = await world.raw((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'), '127.0.0.1')
      const { http, exchanges } = world.open([], { resolver: fakeDns(PRIVATE_NAMES) })

      const error = await failureOf(http.request(get(pattern.replace(PORT, `:${trap.port}`))))

      expect(error).toMatchObject({
        code: 'address-refused',
        recovery: 'fix-input',
        field: 'url',
        params: { sent: 'no' },
      })
      expect(trap.connections).toBe(0)
      expect(exchanges).toMatchObject([{ error: 'address-refused' }])
    },
  )

  test.each(OTHERWISE)('for its %s: %s', async (reason, url) => {
    const { http, door } = world.open([], { resolver: fakeDns({ 'shop.test': ['93.184.215.14'] }) })

    const called = await failureOf(http.request(get(url)))
    const saved = await failureOf(door.check(url, 'w1'))

    expect(called).toMatchObject({ code: 'address-refused', field: 'url', params: { reason } })
    expect(saved).toMatchObject({ code: 'address-refused', field: 'url', params: { reason } })
  })

  test('what is no URL at all', async () => {
    const { http } = world.open([])

    expect(await failureOf(http.request(get('http://')))).toMatchObject({ code: 'url-invalid', field: 'url' })
  })

  test('does not say which private address a name has', async () => {
    const { door } = world.open([], { resolver: fakeDns(PRIVATE_NAMES) })

    const error = await failureOf(door.check('http://ten.test/', 'w1'))

    expect(JSON.stringify({ ...error, message: error.message })).not.toContain('10.1.2.3')
  })
})

describe('the address guard lets pass', () => {
  test.each([
    ['https://shop.test/', ['93.184.215.14', '2606:4700::1111']],
    ['http://shop.test:8443/', ['93.184.215.14']],
    ['http://93.184.215.14/', ['93.184.215.14']],
    ['http://[2606:4700::1111]/', ['2606:4700::1111']],
    ['http://[::ffff:93.184.215.14]/', ['::ffff:5db8:d70e']],
  ])('%s', async (url, expected) => {
    const guard = createGuard({
      resolver: fakeDns({
        'shop.test': url.includes('8443') ? ['93.184.215.14'] : ['93.184.215.14', '2606:4700::1111'],
      }),
    })

    const addresses = await guard.check(url)

    expect(addresses.map(({ address }) => address)).toEqual(expected)
  })
})

describe('rebinding', () => {
  test('a name that was public when it was saved and is private when it is called is refused', async () => {
    const trap = await world.raw((socket) => socket.end())
    const resolver = fakeDns({ 'rebind.test': [['93.184.215.14'], ['127.0.0.1']] })
    const { http, door } = world.open([], { resolver })
    await door.check(`http://rebind.test:${trap.port}/`, 'w1')

    const error = await failureOf(http.request(get(`http://rebind.test:${trap.port}/`)))

    expect(error.code).toBe('address-refused')
    expect(trap.connections).toBe(0)
  })

  test('a connection goes to the address that was judged, not to what a second look-up would say', async () => {
    const shop = await world.site((_, response) => response.end('judged'))
    const resolver = fakeDns({ 'shop.test': [['127.0.0.1'], ['127.0.0.66']] })
    const origin = `http://shop.test:${shop.port}`
    const { http } = world.open([origin], { resolver })

    const answer = await http.request(get(origin))

    expect(textOf(answer)).toBe('judged')
    expect(resolver.asked).toEqual(['shop.test'])
  })
})

describe('redirects', () => {
  test.each([
    'http://127.0.0.1:PORT/',
    'http://2130706433:PORT/',
    'http://[::ffff:127.0.0.1]:PORT/',
    'http://ten.test/',
    'http://169.254.169.254/',
  ])('into the inside are judged like any other address: %s', async (pattern) => {
    const trap = await world.raw((socket) => socket.end())
    const location = pattern.replace(PORT, `:${trap.port}`)
    const shop = await world.site((_, response) => response.writeHead(302, { location }).end())
    const { http } = world.open([shop.url], { resolver: fakeDns(PRIVATE_NAMES) })

    const error = await failureOf(http.request(get(shop.url, { followRedirects: 3 })))

    expect(error.code).toBe('address-refused')
    expect(trap.connections).toBe(0)
  })
})

describe('allowed private origins', () => {
  test('open exactly one origin: not another port, not another scheme, not another name of the same machine', async () => {
    const shop = await world.site((_, response) => response.end('lan'))
    const neighbour = await world.site((_, response) => response.end('neighbour'))
    const resolver = fakeDns({ 'shop.lan': ['127.0.0.1'] })
    const { http } = world.open([`http://shop.lan:${shop.port}`], { resolver })

    const allowed = await http.request(get(`http://SHOP.lan.:${shop.port}/`))
    const refusals = []
    for (const url of [neighbour.url, shop.url, `https://shop.lan:${shop.port}`, `http://shop.lan:${neighbour.port}`]) {
      refusals.push((await failureOf(http.request(get(url)))).code)
    }

    expect(textOf(allowed)).toBe('lan')
    expect(refusals).toEqual(Array.from({ length: 4 }, () => 'address-refused'))
  })

  test('of one workspace stay closed to another, though a connection is open', async () => {
    const shop = await world.site((_, response) => response.end('mine'))
    const { door, http } = world.open([`w1=${shop.url}`])
    const stranger = door.transportFor({ workspaceId: 'w2', secrets: [], trace: { record: () => undefined } })

    const mine = await http.request(get(shop.url))
    const theirs = await failureOf(stranger.request(get(shop.url)))

    expect(textOf(mine)).toBe('mine')
    expect(theirs.code).toBe('address-refused')
  })

  test('can be added and taken away while running', async () => {
    const shop = await world.site((_, response) => response.end('demo'))
    const { door, http } = world.open([])

    const close = door.allowOrigin(shop.url, 'w1')
    const opened = await http.request(get(shop.url))
    close()
    const closed = await failureOf(http.request(get(shop.url)))

    expect(textOf(opened)).toBe('demo')
    expect(closed.code).toBe('address-refused')
  })

  test.each([
    '169.254.169.254',
    '168.63.129.16',
    'fd00:ec2::254',
    'fe80::1',
    '100.100.100.200',
    '169.254.7.7',
    '0.0.0.0',
    '224.0.0.1',
  ])('never open %s', async (address) => {
    const { http } = world.open(['http://shop.lan'], { resolver: fakeDns({ 'shop.lan': [address] }) })

    expect((await failureOf(http.request(get('http://shop.lan/')))).code).toBe('address-refused')
  })

  test('never open a metadata literal', async () => {
    const { http } = world.open(['http://169.254.169.254', 'http://metadata.google.internal'])

    expect((await failureOf(http.request(get('http://169.254.169.254/')))).code).toBe('address-refused')
    expect((await failureOf(http.request(get('http://metadata.google.internal/')))).code).toBe('address-refused')
  })

  test.each(['shop.lan', 'http://shop.lan/path', 'ftp://shop.lan', 'http://u:p@shop.lan', 'http://shop.lan?x', ''])(
    'a setting that is no origin is refused at start: "%s"',
    (entry) => {
      expect(() => readAllowedOrigin(entry)).toThrowError(
        expect.objectContaining({ code: 'config-invalid', field: 'ALLOWED_PRIVATE_ORIGINS' }),
      )
    },
  )
})
