/**
 * What people did in the recorded shops between the recorded requests: switched a plugin on, ran the queue, moved the
 * dates of some orders. Without it the stories do not follow from one another.
 */
import type { FakeShop } from '../../src/platforms/woocommerce/fake-shop.ts'
import type { JsonObject, ShopOrder } from '../../src/platforms/woocommerce/fake-shop-orders.ts'
import { utcSeconds } from '../../src/platforms/woocommerce/fake-shop-time.ts'
import { recording } from '../../src/platforms/woocommerce/recordings/recordings.ts'
import type { Receiver } from './receiver.ts'

export interface Stage {
  shop: FakeShop
  receiver: Receiver
}

type Deed = (stage: Stage) => void | Promise<void>

const order = ({ shop }: Stage, id: number): ShopOrder => shop.state.orders.get(id)!

/** A date written straight into the database, as the recorded shops' orders got theirs. */
function moveTo(stage: Stage, id: number, time: string): void {
  stage.shop.state.orders.change(order(stage, id), (one) => {
    one.modified = utcSeconds(time)
  })
}

const HOME = 'https://localhost:22443'

const cron: Deed = async ({ shop }) => {
  await shop.runCron(HOME)
}

const probe = (stage: Stage, value: string): void =>
  stage.shop.editOrder(100, {
    meta_data: [
      { id: 375, key: '_hook_probe', value },
      { id: 369, key: '_oauth_probe', value: '1' },
    ],
  })

const failedDeliveries =
  (first: number, last: number): Deed =>
  async (stage) => {
    stage.receiver.answers(500)
    for (let n = first; n <= last; n++) {
      probe(stage, `f${n}`)
      await stage.shop.runCron(HOME)
    }
  }

const TIES = '2026-11-20T09:30:15'

/** The spring and autumn change of the clock, on eight orders. */
const datesFrom =
  (name: string): Deed =>
  (stage) => {
    for (const row of recording(name).response.json as JsonObject[])
      moveTo(stage, Number(row.id), String(row.date_modified_gmt))
  }

/** Before the named exchange. */
export const BEFORE: Record<string, Deed> = {
  'webhook-after-failure-1': failedDeliveries(1, 1),
  'webhook-after-failure-6': failedDeliveries(2, 6),
  'webhook-after-failure-7': failedDeliveries(7, 7),
  'webhook-reactivate': ({ receiver }) => receiver.answers(200),
  'webhooks-after': ({ shop }) => {
    for (const id of [2, 3]) shop.state.webhooks.delete(id)
  },
  'webhooks-empty': ({ shop }) => {
    shop.state.webhooks.clear()
    shop.state.queue.length = 0
  },
  'wc-auth-access-granted': ({ receiver }) => receiver.answers(200),
  'wc-auth-access-granted-callback-500': ({ receiver }) => receiver.answers(500),
  'wc-auth-access-granted-callback-201': ({ receiver }) => receiver.answers(201),
  'wc-auth-http-callback': ({ receiver }) => receiver.answers(200),
  'update-unknown-order': ({ shop }) => shop.setStatus(99, 'completed'),
  'meta-add': ({ shop }) => shop.state.setCounter('meta', 392),
  'note-customer': ({ shop }) => {
    const two = (recording('notes').response.json as JsonObject[]).filter((note) => Number(note.id) < 358)
    for (const note of two)
      shop.state.notes.push({
        id: Number(note.id),
        orderId: 101,
        author: String(note.author),
        created: utcSeconds(String(note.date_created_gmt)),
        note: String(note.note),
        customerNote: false,
      })
    shop.state.setCounter('note', 357)
  },
  'note-added-by-user': ({ shop }) => shop.state.setCounter('note', 362),
  'note-customer-posts': ({ shop }) => shop.state.setCounter('note', 98),
  'ast-post-manager': (stage) => {
    const one = order(stage, 106)
    one.body = { ...one.body, shipping: { ...(one.body.shipping as JsonObject), postcode: '75005' } }
  },
  'orders-ties-window-page-1-posts-10.9': (stage) => moveTo(stage, 100, '2026-11-18T23:30:31'),
  'ast-index': ({ shop }) => shop.setPlugins({ ast: true }),
  'fulfillments-order-before': ({ shop }) => shop.setPlugins({ ast: false, fulfillments: true }),
  'fulfillments-providers-v4-on': ({ shop }) => shop.setPlugins({ v4: true }),
  'trouble-plain-permalinks': ({ shop }) => shop.setPermalinks('plain'),
  'dst-all': datesFrom('dst-all'),
  'orders-ties-100-1': (stage) => {
    stage.shop.restoreOrder(114)
    for (let id = 109; id <= 238; id++) moveTo(stage, id, TIES)
    // the write that ended in 504 was done all the same
    moveTo(stage, 100, '2026-11-24T13:46:44')
  },
  'weight-unit-lbs': ({ shop }) => {
    shop.state.settings.weightUnit = 'lbs'
    shop.state.settings.dimensionUnit = 'in'
  },
  'index-manual-offset': ({ shop }) => {
    shop.state.settings.weightUnit = 'kg'
    shop.state.settings.dimensionUnit = 'cm'
    shop.setZone('+05:30')
  },
  'order-europe-paris': ({ shop }) => shop.setZone('Europe/Paris'),
  'order-decimal-quantity': ({ shop }) => {
    const { line_items, total } = recording('order-decimal-quantity').response.json as JsonObject
    shop.placeOrder({ id: 241, line_items: line_items as JsonObject[], total })
  },
  'order-decimal-quantity-plugin-gone': (stage) => {
    const [line] = order(stage, 241).body.line_items as [JsonObject]
    stage.shop.editOrder(241, { line_items: [{ ...line, quantity: 1, price: 34.123223 }] })
  },
  'order-number-plugin': ({ shop }) => {
    shop.state.numberOf = ({ id }) => `FA-2026-${String(4000 + id).padStart(6, '0')}`
  },
  'status-plugin-gone-list': ({ shop }) => {
    shop.state.numberOf = ({ id }) => String(id)
    shop.removeStatusPlugin('shipped')
  },
  'subdirectory-index': ({ shop }) => {
    shop.addCustomStatus('shipped', 'Expédiée')
    shop.setSubdirectory('/boutique')
  },
  'webhook-secret-create': ({ shop }) => {
    shop.setSubdirectory('')
    shop.state.setCounter('webhook', 6)
  },
  // another shop: 9.3.2, orders in posts
  'dst-all-posts': datesFrom('dst-all-posts'),
  'dst-keyset-1-posts': datesFrom('dst-keyset-all-posts'),
  'dst-keyset-all-posts-10.9': datesFrom('dst-keyset-all-posts-10.9'),
}

/** After the named exchange. */
export const AFTER: Record<string, Deed> = {
  'webhook-trigger-order-update': cron,
  'webhook-order-create': cron,
  'webhook-order-trash': cron,
  'webhook-order-delete': cron,
  'webhook-trigger-posts': async ({ shop }) => {
    await shop.runCron('https://localhost:23443')
  },
  'trouble-plain-permalinks-index': ({ shop }) => shop.setPermalinks('pretty'),
  'webhook-secret-create': async (stage) => {
    // meta that other, unrecorded writes had left by then
    const { meta_data } = JSON.parse(recording('webhook-secret-delivery').request.body!) as JsonObject
    stage.shop.editOrder(100, { meta_data })
    await cron(stage)
  },
  'webhook-secret-entities-create': async (stage) => {
    stage.shop.editOrder(100, {})
    await cron(stage)
  },
}
