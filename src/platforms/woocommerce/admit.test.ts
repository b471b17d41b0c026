import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fakeClock } from '../../../test/fakes/clock.ts'
import type { HubError } from '../../domain/errors.ts'
import type { ShopRequest, ShopResponse } from '../../domain/http.ts'
import { woocommerce } from './connect.ts'
import { type FakeShop, type FakeShopOptions, startFakeShop } from './fake-shop.ts'
import { answerOf, type Loopback, loopback } from './loopback.ts'

const URL_HTTPS = 'https://boutique.example'
const URL_HTTP = 'http://boutique.example'

let shop: FakeShop
let http: Loopback
const clock = fakeClock('2026-11-24T13:40:00.000Z')

async function open(options: Partial<FakeShopOptions> = {}) {
  shop = await startFakeShop({ clock, seed: 'recorded', ...options })
  http = loopback(shop.port)
}
beforeEach(() => open())
afterEach(() => shop.close())

const keyOf = (digit: number) => ({ key: `ck_${String(digit).repeat(40)}`, secret: `cs_${String(digit).repeat(40)}` })
const tryLogin = (login: Record<string, string> = keyOf(1), { url = URL_HTTPS, queryKeys = false } = {}) =>
  woocommerce.tryLogin(http, { url, login, queryKeys, clock })
const failure = async (attempt: Promise<unknown>) => {
  const { code, field, params } = (await attempt.then(
    () => ({ code: 'none' }),
    (thrown: unknown) => thrown,
  )) as HubError
  return { code, field, reason: params?.reason ?? params?.right ?? params?.by }
}
/** A server that drops the Authorization header before PHP. */
const dropHeader = async (sent: ShopRequest, _pass: () => Promise<ShopResponse>) => {
  const { authorization: _, ...headers } = sent.headers ?? {}
  return loopback(shop.port).request({ ...sent, headers })
}

describe('trying a login', () => {
  test('a read-write key over https is admitted with Basic, and the shop is described', async () => {
    const admission = await tryLogin()

    expect(admission).toMatchObject({
      name: "Boutique d'essai",
      zone: 'Europe/Paris',
      rights: { read: true, write: true },
      homeUrl: URL_HTTPS,
      shop: {
        variant: 'basic',
        version: '10.9.1',
        storage: 'tables',
        weightUnit: 'kg',
        dimensionUnit: 'cm',
        currency: 'EUR',
        tracking: 'plain',
      },
    })
    expect(admission.copyMark).toMatch(/^[0-9a-f]{64}$/)
  })

  test('over http every call is signed and no key travels', async () => {
    const admission = await tryLogin(keyOf(1), { url: URL_HTTP })

    expect(admission.shop).toMatchObject({ variant: 'oauth', oauthHome: URL_HTTP })
    expect(http.sent.filter((sent) => sent.headers?.authorization || /cs_/.test(sent.url))).toEqual([])
    expect(admission.saw.map(({ code }) => code)).toContain('http-only')
  })

  test('behind a proxy that hides https the signature is made for http', async () => {
    http.believes = 'http'

    const admission = await tryLogin()

    expect(admission.shop).toMatchObject({ variant: 'oauth', oauthHome: URL_HTTP })
    expect(admission.saw.map(({ code }) => code)).toContain('proxy-hides-https')
  })

  test('where the header is dropped, keys go into the query only with consent', async () => {
    http.intercept = dropHeader

    expect(await failure(tryLogin())).toMatchObject({ code: 'query-keys-consent', field: 'queryKeys' })
    expect(http.sent.filter((sent) => sent.url.includes('cs_'))).toEqual([])

    const admission = await tryLogin(keyOf(1), { queryKeys: true })

    expect(admission.shop).toMatchObject({ variant: 'query' })
    expect(admission.saw.map(({ code }) => code)).toContain('keys-in-query')
  })

  test('blanks around key and secret are removed, and that is said', async () => {
    const { key, secret } = keyOf(1)

    const admission = await tryLogin({ key: ` ${key}\n`, secret: `\u00a0${secret} ` })

    expect(admission.saw.map(({ code }) => code)).toContain('blanks-trimmed')
  })

  test.each([
    ['an unknown key', keyOf(9), 'login-rejected', 'key', 'key-unknown'],
    ['a wrong secret', { ...keyOf(1), secret: keyOf(9).secret }, 'login-rejected', 'secret', 'secret-wrong'],
    ['a customer’s key', keyOf(4), 'permission-missing', undefined, 'role'],
    ['a write-only key', keyOf(5), 'permission-missing', undefined, 'read'],
    ['key and secret swapped', { key: keyOf(1).secret, secret: keyOf(1).key }, 'key-swapped', 'key', undefined],
    ['a cut key', { ...keyOf(1), key: keyOf(1).key.slice(0, -3) }, 'key-malformed', 'key', undefined],
    ['an empty secret', { ...keyOf(1), secret: '' }, 'field-invalid', 'secret', 'required'],
  ])('%s is refused with what exactly is wrong', async (_, login, code, field, reason) => {
    expect(await failure(tryLogin(login))).toEqual({ code, field, reason })
  })

  test('over http a wrong secret and an unknown key are told apart too', async () => {
    expect(await failure(tryLogin({ ...keyOf(1), secret: keyOf(9).secret }, { url: URL_HTTP }))).toMatchObject({
      reason: 'secret-wrong',
      field: 'secret',
    })
    expect(await failure(tryLogin(keyOf(9), { url: URL_HTTP }))).toMatchObject({ reason: 'key-unknown', field: 'key' })
  })

  test('a read-only key is admitted without the right to write', async () => {
    const admission = await tryLogin(keyOf(2))

    expect(admission.rights).toEqual({ read: true, write: false })
    expect(admission.saw.map(({ code }) => code)).toContain('read-only-key')
  })

  test('a manager’s key has every right we need', async () => {
    expect(await tryLogin(keyOf(3))).toMatchObject({ rights: { write: true }, shop: { weightUnit: 'kg' } })
  })

  test('the shop’s clock an hour ahead is signed with, and said', async () => {
    await shop.close()
    await open({ scheme: 'http', clock: { now: () => clock.now() + 3_600_000 } })

    const admission = await tryLogin(keyOf(1), { url: URL_HTTP })

    expect(admission.shop.clockOffsetMs).toBe(3_600_000)
    expect(admission.saw).toContainEqual({ code: 'clock-differs', params: { minutes: 60 } })
  })

  test('a WooCommerce before 5.8 is refused, because it ignores modified_after', async () => {
    await shop.close()
    await open({ version: '5.7.2' })

    expect(await failure(tryLogin())).toMatchObject({ code: 'platform-too-old', field: 'url' })
  })

  test('a shop that hides its version is judged by what it does, not by an order made long ago', async () => {
    http.intercept = async (sent, pass) => {
      if (/system_status/.test(sent.url)) return answerOf('system-status-customer')
      const answer = await pass()
      const aged = new TextDecoder().decode(answer.body).replaceAll('"version":"10.9.1"', '"version":"5.6.0"')
      return { ...answer, body: Buffer.from(aged) }
    }

    expect(await tryLogin()).toMatchObject({ shop: { version: '5.6.0' } })

    await shop.close()
    await open({ version: '5.7.2' })
    http.intercept = async (sent) => (/system_status/.test(sent.url) ? answerOf('system-status-customer') : undefined)

    expect(await failure(tryLogin())).toMatchObject({ code: 'platform-too-old' })
  })

  test('plain permalinks are named', async () => {
    shop.setPermalinks('plain')

    expect(await failure(tryLogin())).toMatchObject({
      code: 'response-malformed',
      field: 'url',
      reason: 'plain-permalinks',
    })
  })

  test('a password in front of the shop is asked for, then sent in the header while the keys are in the query', async () => {
    http.intercept = async (sent, pass) => {
      if (sent.headers?.authorization === `Basic ${Buffer.from('equipe:sésame').toString('base64')}`) return undefined
      void pass
      return answerOf('trouble-staging-password')
    }

    expect(await failure(tryLogin())).toMatchObject({
      code: 'response-blocked',
      field: 'basicUser',
      reason: 'site-password',
    })
    expect(await failure(tryLogin({ ...keyOf(1), basicUser: 'equipe', basicPassword: 'faux' }))).toMatchObject({
      code: 'login-rejected',
      field: 'basicPassword',
    })

    const admission = await tryLogin({ ...keyOf(1), basicUser: 'equipe', basicPassword: 'sésame' }, { queryKeys: true })

    expect(admission.shop).toMatchObject({ variant: 'query' })
  })

  test.each([
    ['ast', { ast: true }],
    ['fulfillments', { fulfillments: true }],
  ])('the way to tell tracking is found: %s', async (tracking, plugins) => {
    shop.setPlugins(plugins)

    expect(await tryLogin()).toMatchObject({ shop: { tracking } })
  })

  test('a firewall before writes is said at connection', async () => {
    http.intercept = async (sent) => (sent.method === 'POST' ? answerOf('trouble-modsecurity-crs-put') : undefined)

    const admission = await tryLogin()

    expect(admission.saw.find(({ code }) => code === 'write-path-blocked')).toBeDefined()
    expect(admission.rights.write).toBe(true)
  })

  test('http and https, with and without www, have one fingerprint; another home has another', async () => {
    const { fingerprint } = await tryLogin()
    const byWww = await tryLogin(keyOf(1), { url: 'https://www.boutique.example' })
    const byHttp = await tryLogin(keyOf(1), { url: URL_HTTP })
    const elsewhere = await tryLogin(keyOf(1), { url: 'http://staging.boutique.example' })

    expect([byWww.fingerprint, byHttp.fingerprint]).toEqual([fingerprint, fingerprint])
    expect(elsewhere.fingerprint).not.toBe(fingerprint)
    expect(elsewhere.copyMark).toBe(byHttp.copyMark)
  })
})
