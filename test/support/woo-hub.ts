/** A hub with a real connector and a WooCommerce shop on loopback, with a layer of troubles between them. */
import type { Tell } from '../../src/domain/shipment.ts'
import { startFakeShop, type FakeShop, type FakeShopOptions } from '../../src/platforms/woocommerce/fake-shop.ts'
import { woocommerce } from '../../src/platforms/woocommerce/connect.ts'
import { addIntegration } from '../../src/sync/connections.ts'
import { requestSync } from '../../src/sync/request-sync.ts'
import { createWorker, type Worker } from '../../src/sync/worker.ts'
import { startFaultProxy, type FaultProxy } from '../fakes/fault-proxy.ts'
import { newWorkspace, testHub, type TestHub } from './shipping.ts'

export interface WooOfTest {
  hub: TestHub
  worker: Worker
  shop: FakeShop
  proxy: FaultProxy
  workspaceId: string
  integrationId: string
  /** « Mettre à jour »: everything the shop has is in the hub, everything that is due is told. */
  sync(): Promise<void>
  /** Works on what is due now. */
  work(): Promise<void>
  setTell(tell: Tell): Promise<void>
  /** Hub id of an order of the shop. */
  orderId(remoteId: number): Promise<string>
  close(): Promise<void>
}

export async function wooOfTest(
  options: Omit<Partial<FakeShopOptions>, 'clock'> & { tell?: Tell; readOnly?: boolean } = {},
): Promise<WooOfTest> {
  const { tell = 'nobody', readOnly, ...shopOptions } = options
  const hub = await testHub([woocommerce])
  const shop = await startFakeShop({ clock: hub.clock, scheme: 'http', ...shopOptions })
  const proxy = await startFaultProxy(shop.url)
  const closeOrigin = hub.door.allowOrigin(proxy.url)
  const workspaceId = await newWorkspace(hub)
  const key = shop.keys[readOnly ? 1 : 0]!
  const { integration } = await addIntegration(hub, workspaceId, {
    platform: 'woocommerce',
    url: proxy.url,
    login: { key: key.key, secret: key.secret },
    since: 'all',
    tell,
  })
  const worker = createWorker(hub, { concurrency: 1, holder: 'test' })
  const integrationId = integration.id
  return {
    hub,
    worker,
    shop,
    proxy,
    workspaceId,
    integrationId,
    sync: async () => {
      await hub.clock.advance(1000) // who asks in the very instant a reading began was served by it
      await requestSync(hub, workspaceId, integrationId, { always: true })
      await worker.runUntilQuiet()
    },
    work: async () => void (await worker.runUntilQuiet()),
    setTell: async (to) => {
      await hub.db.query(`UPDATE integrations SET options = options || $2 WHERE id = $1`, [
        integrationId,
        JSON.stringify({ tell: to }),
      ])
    },
    orderId: async (remoteId) => {
      const { rows } = await hub.db.query<{ id: string }>(
        `SELECT id FROM orders WHERE integration_id = $1 AND remote_id = $2`,
        [integrationId, String(remoteId)],
      )
      if (!rows[0]) throw new Error(`order ${remoteId} is not in the hub`)
      return rows[0].id
    },
    close: async () => {
      closeOrigin()
      await hub.door.close()
      await proxy.close()
      await shop.close()
      await hub.db.drop()
    },
  }
}

/** What the shop shows of an order's parcels, whichever way it keeps them. */
export function shownNumbers(woo: WooOfTest, mechanism: 'ast' | 'fulfillments' | 'plain', id: number): string[] {
  if (mechanism === 'ast') return woo.shop.trackingsOf(id).map((row) => String(row.tracking_number))
  if (mechanism === 'fulfillments') {
    const numberOf = (row: Record<string, unknown>) =>
      (row.meta_data as { key: string; value: unknown }[]).find((meta) => meta.key === '_tracking_number')?.value
    return woo.shop.fulfillmentsOf(id).map((row) => String(numberOf(row)))
  }
  const meta = woo.shop.meta(id, '_tracking_number')
  return meta === undefined || meta === null || meta === '' ? [] : String(meta).split(', ')
}

/** Carrier and link the shop keeps beside each number. */
export function shownDetails(woo: WooOfTest, mechanism: 'ast' | 'fulfillments' | 'plain', id: number): unknown[][] {
  if (mechanism === 'ast') {
    const items = woo.shop.meta(id, '_wc_shipment_tracking_items') as Record<string, unknown>[]
    return items.map((row) => [row.custom_tracking_provider, row.custom_tracking_link])
  }
  if (mechanism === 'plain') return [[woo.shop.meta(id, '_tracking_provider'), woo.shop.meta(id, '_tracking_url')]]
  return woo.shop.fulfillmentsOf(id).map((row) => {
    const meta = row.meta_data as { key: string; value: unknown }[]
    return ['_shipment_provider', '_tracking_url'].map((key) => meta.find((entry) => entry.key === key)?.value)
  })
}
