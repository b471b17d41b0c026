import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HubError } from '../domain/errors.ts'
import { hostKeyOf, normaliseShopUrl } from './url.ts'

const reasonOf = (typed: string) => {
  try {
    return normaliseShopUrl(typed).url
  } catch (error) {
    return error instanceof HubError && error.code === 'url-invalid' && error.field === 'url'
      ? error.params['reason']
      : error
  }
}

describe('an address as typed becomes the one the hub calls', () => {
  test.each<[string, string, string[]]>([
    ['https://shop.example', 'https://shop.example', []],
    ['https://shop.example/', 'https://shop.example', []],
    ['http://shop.example', 'http://shop.example', []],
    ['shop.example', 'https://shop.example', ['scheme-added']],
    ['www.shop.example/boutique/', 'https://www.shop.example/boutique', ['scheme-added']],
    ['//shop.example', 'https://shop.example', ['scheme-added']],
    ['shop.example:8443', 'https://shop.example:8443', ['scheme-added']],
    ['localhost:8080/shop', 'https://localhost:8080/shop', ['scheme-added']],
    ['http://localhost:8080', 'http://localhost:8080', []],
    ['http://nas', 'http://nas', []],
    ['192.168.1.20', 'https://192.168.1.20', ['scheme-added']],
    ['http://[2001:db8::1]:8080/x', 'http://[2001:db8::1]:8080/x', []],
    ['  https://shop.example \n', 'https://shop.example', ['trimmed']],
    ['\u00a0https://shop.example\u200b', 'https://shop.example', ['trimmed']],
    ['\ufeffhttps://shop.example', 'https://shop.example', ['trimmed']],
    ['« https://shop.example »', 'https://shop.example', ['trimmed']],
    ['<https://shop.example>', 'https://shop.example', ['trimmed']],
    ['https:// shop.example', 'https://shop.example', []],
    ['HTTPS://Shop.Example/Boutique', 'https://shop.example/Boutique', ['lowered']],
    ['https://shop.example:443', 'https://shop.example', []],
    ['http://shop.example:80/', 'http://shop.example', []],
    ['http:/shop.example', 'http://shop.example', ['slashes']],
    ['http:shop.example', 'http://shop.example', ['slashes']],
    ['https:///shop.example', 'https://shop.example', ['slashes']],
    ['https//shop.example', 'https://shop.example', ['slashes']],
    ['https:\\\\shop.example\\boutique', 'https://shop.example/boutique', ['slashes']],
    ['https://shop.example//boutique///fr', 'https://shop.example/boutique/fr', ['slashes']],
    ['https://shop.example.', 'https://shop.example', ['dot-removed']],
    ['https://shop.example/?orderby=price#top', 'https://shop.example', ['query-dropped', 'fragment-dropped']],
    ['https://shop.example/wp-admin', 'https://shop.example', ['path-cut']],
    ['https://shop.example/wp-admin/admin.php?page=wc-settings', 'https://shop.example', ['path-cut', 'query-dropped']],
    ['https://shop.example/boutique/wp-login.php', 'https://shop.example/boutique', ['path-cut']],
    [
      'https://shop.example/wp-json/wc/v3/orders?consumer_key=ck_1',
      'https://shop.example',
      ['path-cut', 'query-dropped'],
    ],
    ['https://shop.example/index.php/wp-json/', 'https://shop.example', ['path-cut']],
    ['https://shop.example/index.php', 'https://shop.example', ['path-cut']],
    ['https://shop.example/fr/panier/', 'https://shop.example/fr', ['path-cut']],
    ['https://shop.example/my-account/orders/', 'https://shop.example', ['path-cut']],
    ['https://shop.example/product/savon-de-lise/', 'https://shop.example', ['path-cut']],
    ['https://shop.example/shop/?orderby=price', 'https://shop.example', ['path-cut', 'query-dropped']],
    ['https://shop.example/boutique/?add-to-cart=12', 'https://shop.example', ['path-cut', 'query-dropped']],
    ['https://shop.example/boutique', 'https://shop.example/boutique', []],
    ['https://shop.example/a/../boutique/./', 'https://shop.example/boutique', []],
    ['https://shop.example/ma boutique', 'https://shop.example/ma%20boutique', []],
    ['https://2130706433/', 'https://127.0.0.1', []],
  ])('%s', (typed, url, changes) => {
    const read = normaliseShopUrl(typed)

    expect(read.url).toBe(url)
    expect(read.changes.sort()).toEqual(changes.sort())
  })

  test('a name in its own script is called in ASCII and shown as it is read', () => {
    expect(normaliseShopUrl('https://Épicerie-Émile.example/thé/')).toEqual({
      url: 'https://xn--picerie-mile-9dbi.example/th%C3%A9',
      shownAs: 'https://épicerie-émile.example/thé',
      changes: ['idn'],
      schemeAssumed: false,
    })
  })

  test('an ASCII form is shown in its own script', () => {
    expect(normaliseShopUrl('https://xn--picerie-mile-9dbi.example').shownAs).toBe('https://épicerie-émile.example')
  })

  test('it says whether https is only assumed', () => {
    expect(normaliseShopUrl('shop.example').schemeAssumed).toBe(true)
    expect(normaliseShopUrl('http://shop.example').schemeAssumed).toBe(false)
  })
})

describe('an address that cannot be understood names the reason', () => {
  test.each([
    ['', 'empty'],
    ['   ', 'empty'],
    ['""', 'empty'],
    ['https://', 'empty'],
    ['ma boutique.example', 'space'],
    ['https://ma boutique.example', 'space'],
    ['maboutique', 'no-domain'],
    ['?x=1', 'no-domain'],
    ['/wp-admin', 'no-domain'],
    ['ftp://shop.example', 'scheme'],
    ['javascript:alert(1)', 'scheme'],
    ['file:///etc/passwd', 'scheme'],
    ['data:text/html,x', 'scheme'],
    ['lise@shop.example', 'e-mail'],
    ['mailto:lise@shop.example', 'e-mail'],
    ['https://lise:secret@shop.example', 'credentials'],
    ['lise:secret@shop.example', 'credentials'],
    ['https://shop..example', 'host'],
    ['https://shop,example', 'host'],
    ['https://-shop.example', 'host'],
    ['https://shop.example:99999', 'port'],
    ['https://1.2.3.400', 'host'],
    ['https://[::1', 'host'],
    ['https://shop|x.example', 'host'],
    [`https://${'a'.repeat(64)}.example`, 'host'],
    [`https://shop.example/${'a'.repeat(2000)}`, 'too-long'],
  ])('%s', (typed, reason) => {
    expect(reasonOf(typed)).toBe(reason)
  })

  test('a password in it is not told back', () => {
    expect(() => normaliseShopUrl('https://lise:secret@shop.example')).toThrowError(
      expect.objectContaining({ params: { reason: 'credentials', value: '' } }),
    )
  })

  test('whatever is typed: an address or a url-invalid, never anything else', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary-ascii' }),
          fc.string({ unit: fc.constantFrom(...'aé.:/@?#%\\ 。１\u200b\ud800💩[]-') }),
          fc.webUrl(),
          fc.constantFrom('http', ':', '/', '.', '@'),
        ),
        (typed) => {
          expect(typeof reasonOf(typed)).toBe('string')
        },
      ),
    )
  })

  test('what came out goes in again unchanged', () => {
    fc.assert(
      fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (typed) => {
        const once = normaliseShopUrl(typed).url

        expect(normaliseShopUrl(once)).toMatchObject({ url: once, changes: [] })
      }),
    )
  })
})

describe('the host key', () => {
  test.each([
    ['https://Shop.Example/boutique', 'shop.example'],
    ['http://shop.example', 'shop.example'],
    ['https://shop.example.', 'shop.example'],
    ['http://127.0.0.1:8080/x', '127.0.0.1:8080'],
    ['http://[::1]:8080', '[::1]:8080'],
  ])('of %s is %s', (url, key) => {
    expect(hostKeyOf(url)).toBe(key)
  })
})
