import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fakeClock } from '../../../test/fakes/clock.ts'
import type { Connector } from '../../domain/platform.ts'
import { woocommerce } from './connect.ts'
import { type FakeShop, startFakeShop } from './fake-shop.ts'
import { type Loopback, loopback } from './loopback.ts'
import { recording, recordings } from './recordings/recordings.ts'
import { TOPICS } from './webhooks.ts'

const LOGIN = { key: `ck_${'1'.repeat(40)}`, secret: `cs_${'1'.repeat(40)}` }
const SECRET = 'fixtureHookSecret1'
const TARGET = { url: 'https://hub.example/hooks/abc', secret: 'A'.repeat(32), known: [] as string[] }

let shop: FakeShop
let http: Loopback
let hooks: NonNullable<Connector['webhooks']>

beforeEach(async () => {
  const clock = fakeClock()
  shop = await startFakeShop({ clock, reach: () => 'http://127.0.0.1:1/' })
  http = loopback(shop.port)
  hooks = woocommerce.connect({ http, clock, url: 'https://boutique.example', login: LOGIN, shop: {} }).webhooks!
})
afterEach(() => shop.close())

const inShop = () =>
  [...shop.state.webhooks.values()].map(({ id, topic, status, deliveryUrl }) => ({
    id: String(id),
    topic,
    status,
    deliveryUrl,
  }))

describe('our webhooks in a shop', () => {
  test('are made once, one for each topic', async () => {
    const made = await hooks.ensure(TARGET)
    const again = await hooks.ensure({ ...TARGET, known: made.remoteIds })

    expect(
      inShop()
        .map(({ topic }) => topic)
        .sort(),
    ).toEqual([...TOPICS].sort())
    expect(again).toEqual({ remoteIds: made.remoteIds, remade: 0 })
    expect(inShop()).toHaveLength(TOPICS.length)
  })

  test('silently disabled are deleted and made anew, never switched on again', async () => {
    const { remoteIds } = await hooks.ensure(TARGET)
    const disabled = [...shop.state.webhooks.values()][1]!
    disabled.status = 'disabled'

    const made = await hooks.ensure({ ...TARGET, known: remoteIds })

    expect(made.remade).toBe(1)
    expect(made.remoteIds).not.toContain(String(disabled.id))
    expect(inShop().every(({ status }) => status === 'active')).toBe(true)
    expect(inShop()).toHaveLength(TOPICS.length)
  })

  test('follow a new address, and others’ are left alone', async () => {
    const { remoteIds } = await hooks.ensure(TARGET)
    await hooks.ensure({ url: 'https://autre.example/x', secret: TARGET.secret, known: [] })

    await hooks.ensure({ url: 'https://hub.example/hooks/def', secret: TARGET.secret, known: remoteIds })

    expect([...new Set(inShop().map(({ deliveryUrl }) => deliveryUrl))].sort()).toEqual([
      'https://autre.example/x',
      'https://hub.example/hooks/def',
    ])
  })

  test('are taken away, also when somebody was faster', async () => {
    const { remoteIds } = await hooks.ensure(TARGET)
    await hooks.remove(remoteIds.slice(0, 1))

    await hooks.remove(remoteIds)

    expect(inShop()).toEqual([])
  })

  test('are taken away by the path they deliver to, when nobody knows their ids', async () => {
    await hooks.ensure(TARGET)
    await hooks.ensure({ ...TARGET, url: 'https://hub.example/hooks/other' })

    await hooks.remove([], '/hooks/abc')

    expect([...new Set(inShop().map(({ deliveryUrl }) => deliveryUrl))]).toEqual(['https://hub.example/hooks/other'])
  })

  test('never get a secret that the shop would decode', async () => {
    await expect(hooks.ensure({ ...TARGET, secret: 'x&amp;y' })).rejects.toMatchObject({ code: 'internal' })
  })
})

describe('a delivery', () => {
  const deliveries = recordings().filter(
    (one) =>
      one.direction === 'shop-to-us' &&
      one.request.path.startsWith('/hook') &&
      one.request.headers['x-wc-webhook-signature'],
  )
  const read = (one: { headers: Record<string, string>; body?: string; bodyBase64?: string }, secret = SECRET) =>
    woocommerce.readDelivery!(
      one.headers,
      one.bodyBase64 ? Buffer.from(one.bodyBase64, 'base64') : Buffer.from(one.body ?? ''),
      secret,
    )

  test.each(deliveries.filter((one) => !one.scenario.includes('secret')).map((one) => [one.name, one] as const))(
    'as recorded verifies and names its order: %s',
    (_, one) => {
      const { id } = JSON.parse(one.request.body ?? Buffer.from(one.request.bodyBase64!, 'base64').toString()) as {
        id: number
      }

      expect(read(one.request)).toEqual({ kind: 'hint', remoteIds: [String(id)] })
    },
  )

  test('with another secret, a changed body or no signature is refused', () => {
    const { request } = recording('webhook-delivery')

    expect(read(request, 'autre')).toEqual({ kind: 'refused', reason: 'signature-wrong' })
    expect(read({ ...request, bodyBase64: undefined, body: `${request.body ?? '{}'} ` })).toEqual({
      kind: 'refused',
      reason: 'signature-wrong',
    })
    expect(read({ headers: {}, body: '{"id":1}' })).toEqual({ kind: 'refused', reason: 'signature-missing' })
  })

  test('unsigned with a form body is the ping', () => {
    expect(read(recording('webhook-ping').request)).toEqual({ kind: 'ping' })
  })

  test('signed but without an order is refused', () => {
    const signed = (body: string, topic = 'order.updated') => ({
      headers: {
        'X-WC-Webhook-Signature': createHmac('sha256', SECRET).update(body).digest('base64'),
        'X-WC-Webhook-Topic': topic,
      },
      body,
    })

    expect(read(signed('[]'))).toEqual({ kind: 'refused', reason: 'body-unreadable' })
    expect(read(signed('{"id":3}', 'coupon.created'))).toEqual({ kind: 'refused', reason: 'topic-unknown' })
    expect(read(signed('{"id":3}', 'order.deleted'))).toEqual({ kind: 'hint', remoteIds: ['3'] })
  })
})

describe('approving in the shop', () => {
  const { authorise } = woocommerce

  test('the link carries state and both addresses', () => {
    const link = new URL(
      authorise!.link({
        url: 'https://b.example/magasin/',
        appName: 'Passerelle',
        state: 's7',
        returnUrl: 'https://h/r',
        callbackUrl: 'https://h/c?x=1',
      }),
    )

    expect(link.origin + link.pathname).toBe('https://b.example/magasin/wc-auth/v1/authorize')
    expect(Object.fromEntries(link.searchParams)).toEqual({
      app_name: 'Passerelle',
      scope: 'read_write',
      user_id: 's7',
      return_url: 'https://h/r',
      callback_url: 'https://h/c?x=1',
    })
  })

  test('the recorded callback is read', () => {
    expect(authorise!.readCallback(recording('wc-auth-callback').request.body!)).toEqual({
      state: 's7Qf2vY0kLr9WmZx3TnB',
      login: { key: `ck_${'6'.repeat(40)}`, secret: `cs_${'6'.repeat(40)}` },
    })
  })

  test.each([
    '',
    '[]',
    '{}',
    '{"user_id":"x"}',
    '{"user_id":"x","consumer_key":"ck_1","consumer_secret":"cs_1"}',
    'x'.repeat(20_000),
  ])('%s is no callback', (body) => {
    expect(authorise!.readCallback(body)).toBeUndefined()
  })
})
