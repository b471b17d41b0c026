/** A cache in front of a shop, seen when the login is tried. */
import { afterEach, describe, expect, test } from 'vitest'
import { fakeClock } from '../../../test/fakes/clock.ts'
import type { ShopResponse } from '../../domain/http.ts'
import { woocommerce } from './connect.ts'
import { type FakeShop, startFakeShop } from './fake-shop.ts'
import { type Loopback, loopback } from './loopback.ts'

const clock = fakeClock('2026-11-24T13:40:00.000Z')
const login = { key: `ck_${'1'.repeat(40)}`, secret: `cs_${'1'.repeat(40)}` }
let shop: FakeShop
let http: Loopback
afterEach(() => shop.close())

/** What the hub saw of a shop whose answers of this kind come with these headers. */
async function seen(path: RegExp, headers: (answer: ShopResponse) => Record<string, string>): Promise<string[]> {
  shop = await startFakeShop({ clock })
  http = loopback(shop.port)
  http.intercept = async (sent, pass) => {
    if (!path.test(sent.url)) return undefined
    const answer = await pass()
    return { ...answer, headers: { ...answer.headers, ...headers(answer) } }
  }
  const { saw } = await woocommerce.tryLogin(http, { url: 'https://boutique.example', login, queryKeys: false, clock })
  return saw.map(({ code }) => code)
}
const INDEX = /\/wp-json\/\?/
const hourAgo = new Date(clock.now() - 3_600_000).toUTCString()

describe('answers out of a cache', () => {
  test.each([
    ['an index with an age', INDEX, { age: '320' }],
    ['an index of an hour ago, twice', INDEX, { date: hourAgo }],
    ['a list of orders with an age', /\/orders\?/, { age: '12' }],
  ])('are told of: %s', async (_, path, headers) => {
    expect(await seen(path, () => headers)).toContain('cached-answers')
  })

  test.each([
    ['an age of nothing', INDEX, { age: '0' }],
    ['a shop whose clock is an hour slow', /./, { date: hourAgo }],
  ])('are not seen in %s', async (_, path, headers) => {
    expect(await seen(path, () => headers)).not.toContain('cached-answers')
  })

  test('are not seen in a plain shop, which is asked twice in different words', async () => {
    expect(await seen(/never/, () => ({}))).not.toContain('cached-answers')
    const asked = http.sent.map(({ url }) => /\/wp-json\/\?.*\b_=(\w+)/.exec(url)?.[1]).filter(Boolean)
    expect(new Set(asked).size).toBe(2)
  })
})
