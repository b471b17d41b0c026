/**
 * Whatever people do and whenever the connection breaks: in the end the shop shows exactly the numbers that stand, each
 * once, and what is left to ship is what was ordered less what stands shipped.
 */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { careful } from '../../test/fakes/scripted-shop.ts'
import { freshShop, makeLine, testHub, type ShopOfTest, type TestHub } from '../../test/support/shipping.ts'
import { listShipments } from '../database/shipments.ts'
import { HubError } from '../domain/errors.ts'
import type { WriteJournal } from '../domain/shipment.ts'
import { writeBackDue } from '../sync/write-back.ts'
import { shipOrder } from './book-shipment.ts'
import { correctShipment } from './correct-shipment.ts'
import { voidShipment } from './void-shipment.ts'

let hub: TestHub
beforeAll(async () => {
  hub = await testHub()
})
afterAll(() => hub.db.drop())

const number = fc.constantFrom('N1', 'N2', 'n 1', 'N3', 'N4')
const trouble = fc.constantFrom('none', 'down', 'before', 'after', 'takeover', 'meanwhile')
const act = fc.oneof(
  fc.record({ do: fc.constant('ship' as const), number, quantity: fc.integer({ min: 1, max: 3 }) }),
  fc.record({
    do: fc.constant('correct' as const),
    which: fc.nat(5),
    numbers: fc.array(number, { minLength: 1, maxLength: 2 }),
  }),
  fc.record({ do: fc.constant('void' as const), which: fc.nat(5) }),
  fc.record({ do: fc.constant('turn' as const), trouble, at: fc.nat(2) }),
)

type Act = typeof act extends fc.Arbitrary<infer A> ? A : never

async function play(of: ShopOfTest, orderId: string, step: Act): Promise<void> {
  const { workspaceId } = of
  const shipments = await listShipments(hub.db, workspaceId, orderId)
  const chosen = 'which' in step ? shipments[step.which % Math.max(1, shipments.length)] : undefined
  switch (step.do) {
    case 'ship': {
      const lines = [{ lineRemoteId: '1', quantity: String(step.quantity) }]
      await shipOrder(
        hub,
        workspaceId,
        orderId,
        { carrierName: 'DPD', parcels: [{ tracking: step.number }], lines },
        { shopWasRead: true },
      )
      return
    }
    case 'correct':
      if (chosen)
        await correctShipment(hub, workspaceId, chosen.id, { parcels: step.numbers.map((tracking) => ({ tracking })) })
      return
    case 'void':
      if (chosen) await voidShipment(hub, workspaceId, chosen.id)
      return
    case 'turn':
      return turn(of, orderId, step.trouble, step.at)
  }
}

/** One turn of a worker in which the connection breaks at the `at`-th call that writes. */
async function turn(of: ShopOfTest, orderId: string, kind: string, at: number): Promise<void> {
  await hub.clock.advance(16 * 60_000)
  let calls = 0
  of.shop.script.length = 0
  if (kind === 'down') of.shop.script.push(() => Promise.reject(new HubError('shop-unreachable', 'refused')))
  else if (kind !== 'none') {
    of.shop.script.push((notice, journal, shop) => {
      const broken: WriteJournal = {
        steps: journal.steps,
        before: async (step) => {
          if (calls === at && kind === 'takeover') await of.claim()
          if (calls === at && kind === 'meanwhile') await anyVoid(of, orderId)
          await journal.before(step)
          if (calls === at && kind === 'before') throw new HubError('shop-timeout', 'lost on the way')
        },
        after: async (name, answer) => {
          if (calls++ === at && kind === 'after') throw new HubError('shop-timeout', 'answer lost')
          await journal.after(name, answer)
        },
      }
      return careful(notice, broken, shop)
    })
  }
  await refusable(writeBackDue(hub, await of.claim()))
  of.shop.script.length = 0
}

async function anyVoid(of: ShopOfTest, orderId: string): Promise<void> {
  const shipments = await listShipments(hub.db, of.workspaceId, orderId)
  const booked = shipments.find((shipment) => shipment.state === 'booked')
  if (booked) await voidShipment(hub, of.workspaceId, booked.id)
}

/** What the hub refuses with a reason is an answer; anything else is a fault of ours. */
async function refusable(work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (thrown) {
    if (!(thrown instanceof HubError) || thrown.recovery === 'bug') throw thrown
  }
}

test('after any story the shop shows exactly the numbers that stand', async () => {
  const story = fc.asyncProperty(fc.array(act, { minLength: 1, maxLength: 12 }), async (acts) => {
    const of = await freshShop(hub)
    const orderId = await of.order('1', { lines: [makeLine('1', '6')] })
    for (const step of acts) await refusable(play(of, orderId, step))
    for (let n = 0; n < 4; n++) await turn(of, orderId, 'none', 0)

    const shipments = await listShipments(hub.db, of.workspaceId, orderId)
    const standing = shipments.flatMap((one) =>
      one.parcels.filter((parcel) => !parcel.withdrawnAt).map((parcel) => parcel.tracking),
    )
    const key = (text: string) => text.replaceAll(' ', '').toUpperCase()
    expect((of.shop.numbers.get('1') ?? []).map(key).sort()).toEqual(standing.map(key).sort())
    const booked = shipments
      .filter((one) => one.state === 'booked')
      .flatMap((one) => one.lines.map((line) => Number(line.quantity)))
    const { rows } = await hub.db.query<{ left: number }>(
      'SELECT left_to_ship::float8 AS left FROM orders WHERE id = $1',
      [orderId],
    )
    expect(rows[0]!.left).toBe(6 - booked.reduce((sum, one) => sum + one, 0))
    const waiting = await hub.db.query(`SELECT 1 FROM writebacks WHERE order_id = $1 AND next_at IS NOT NULL`, [
      orderId,
    ])
    expect(waiting.rows).toEqual([])
  })

  await fc.assert(story, { numRuns: 60, endOnFailure: true })
}, 120_000)
