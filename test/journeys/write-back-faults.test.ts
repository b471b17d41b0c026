/**
 * The connection breaks at every call that writes, at every moment: before the shop saw it, after it did the work, in
 * the middle of its answer, and with the shop dark for a while after. At the end the number stands in the shop exactly
 * once, at most one mail went out, and what cannot be known is listed instead of repeated.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { getWriteback } from '../../src/database/writebacks.ts'
import type { Tell } from '../../src/domain/shipment.ts'
import { shipOrder } from '../../src/shipping/book-shipment.ts'
import { settleWriteback } from '../../src/sync/write-back.ts'
import type { Fault, PassingRequest } from '../fakes/fault-proxy.ts'
import { shownNumbers, wooOfTest, type WooOfTest } from '../support/woo-hub.ts'

interface Call {
  name: string
  mechanism: 'ast' | 'fulfillments' | 'plain'
  tell: Tell
  /** The call the trouble is played at. */
  is: (request: PassingRequest) => boolean
  mails: boolean
}

const post =
  (path: RegExp, body: RegExp = /./) =>
  (request: PassingRequest) =>
    request.method === 'POST' && path.test(decodeURIComponent(request.path)) && body.test(request.body)

const CALLS: Call[] = [
  { name: 'AST tracking', mechanism: 'ast', tell: 'nobody', is: post(/shipment-trackings/), mails: false },
  { name: 'fulfillment', mechanism: 'fulfillments', tell: 'nobody', is: post(/\/fulfillments/), mails: false },
  { name: 'meta', mechanism: 'plain', tell: 'nobody', is: post(/\/orders\/\d+(\?|$)/, /meta_data/), mails: false },
  { name: 'note for the staff', mechanism: 'plain', tell: 'nobody', is: post(/\/notes/), mails: false },
  { name: 'note to the customer', mechanism: 'ast', tell: 'note', is: post(/\/notes/), mails: true },
  { name: 'note to the customer of a plain shop', mechanism: 'plain', tell: 'note', is: post(/\/notes/), mails: true },
  {
    name: 'status completed',
    mechanism: 'ast',
    tell: 'completed',
    is: post(/\/orders\/\d+(\?|$)/, /"status"/),
    mails: true,
  },
  {
    name: 'status completed of a plain shop',
    mechanism: 'plain',
    tell: 'completed',
    is: post(/\/orders\/\d+(\?|$)/, /"status"/),
    mails: true,
  },
]

/** Where the connection breaks, and whether the shop has done the work by then. */
const FAULTS: [string, boolean, Fault][] = [
  ['before the shop saw it', false, { kind: 'reset', when: 'before' }],
  ['in the middle of its answer', true, { kind: 'reset', when: 'during' }],
  ['after it did the work', true, { kind: 'reset', when: 'after' }],
  ['with a cut answer', true, { kind: 'cut' }],
  ['with a firewall’s page instead of the shop', false, { kind: 'html', status: 200 }],
  [
    'with a gateway’s 502 instead of the shop',
    false,
    { kind: 'answer', status: 502, headers: { 'Content-Type': 'text/html' }, body: '<html>502</html>' },
  ],
]

describe.each(CALLS)('$name', (call) => {
  let woo: WooOfTest
  let n = 0

  beforeAll(async () => {
    const plugins = { ast: call.mechanism === 'ast', fulfillments: call.mechanism === 'fulfillments' }
    woo = await wooOfTest({ plugins, tell: call.tell })
  })
  afterAll(() => woo.close())

  const shipped = async () => {
    const { id } = woo.shop.placeOrder({ status: 'processing', line_items: [{ product_id: 10, quantity: 1 }] })
    await woo.sync()
    const tracking = `F${++n}`
    const result = await shipOrder(woo.hub, woo.workspaceId, await woo.orderId(id), {
      carrierName: 'Colissimo',
      parcels: [{ tracking }],
    })
    return { id, tracking, writebackId: result.writebackId, mailsBefore: woo.shop.mails.length }
  }
  const stateOf = async (id: string) => (await getWriteback(woo.hub.db, woo.workspaceId, id))!
  /** An hour in which every retry that is due is made, or until the notice is settled; and one more turn. */
  const hour = async (writebackId: string) => {
    for (let quarter = 0; quarter < 4; quarter++) {
      await woo.work()
      const { nextAt } = await stateOf(writebackId)
      await woo.hub.clock.advance(16 * 60_000)
      if (nextAt === undefined) break
    }
    await woo.work()
  }
  const mailsSince = (before: number) => woo.shop.mails.slice(before).filter((mail) => mail.to === 'customer').length

  test.each(FAULTS)('broken %s: told once in the end', async (_, done, fault) => {
    const { id, tracking, writebackId, mailsBefore } = await shipped()
    woo.proxy.on(call.is, fault)

    await hour(writebackId)

    expect(
      woo.proxy.requests.filter((request) => request.fault !== undefined && call.is(request)).length,
    ).toBeGreaterThan(0)
    const { state, because } = await stateOf(writebackId)
    expect(shownNumbers(woo, call.mechanism, id)).toEqual([tracking])
    if (call.mails && !done) {
      // Whether the call got through cannot always be told: then no mail went out, and a person is asked.
      expect([
        ['confirmed', undefined, 1],
        ['in-doubt', 'mail-in-doubt', 0],
      ]).toContainEqual([state, because, mailsSince(mailsBefore)])
    } else {
      expect([state, mailsSince(mailsBefore)]).toEqual(['confirmed', call.mails ? 1 : 0])
    }
    woo.proxy.clear()
  })

  test.each(FAULTS.slice(0, 3))(
    'broken %s, and the shop dark for ten minutes after: told once in the end',
    async (_, done, fault) => {
      const { id, tracking, writebackId, mailsBefore } = await shipped()
      let dark = false
      woo.proxy.on((request) => {
        const broken = call.is(request) && !dark
        if (broken) dark = true
        return broken
      }, fault)
      woo.proxy.on(() => dark, { kind: 'reset', when: 'before' }, 1000)

      await woo.work()
      expect((await stateOf(writebackId)).state).toBe('sent')
      woo.proxy.clear()
      await hour(writebackId)

      const { state } = await stateOf(writebackId)
      expect(shownNumbers(woo, call.mechanism, id)).toEqual([tracking])
      expect(mailsSince(mailsBefore)).toBe(call.mails && done ? 1 : 0)
      expect(state).toBe(call.mails && !done ? 'in-doubt' : 'confirmed')
    },
  )

  test('a person settles what is in doubt: made again once, or taken as done', async () => {
    for (const decision of ['again', 'done'] as const) {
      const { id, tracking, writebackId, mailsBefore } = await shipped()
      let dark = false
      woo.proxy.on(
        (request) => {
          const broken = call.is(request) && !dark
          if (broken) dark = true
          return broken
        },
        { kind: 'reset', when: 'before' },
      )
      woo.proxy.on(() => dark, { kind: 'reset', when: 'before' }, 1000)
      await woo.work()
      woo.proxy.clear()
      await hour(writebackId)
      expect((await stateOf(writebackId)).state).toBe(call.mails ? 'in-doubt' : 'confirmed')
      if (!call.mails) continue

      expect(mailsSince(mailsBefore)).toBe(0)
      await settleWriteback(woo.hub, woo.workspaceId, writebackId, decision)
      await hour(writebackId)

      expect((await stateOf(writebackId)).state).toBe('confirmed')
      expect(shownNumbers(woo, call.mechanism, id)).toEqual([tracking])
      expect(mailsSince(mailsBefore)).toBe(decision === 'again' ? 1 : 0)
    }
  })
})
