/**
 * The demo shop: the same fake the tests use, on loopback, with orders being placed while it runs.
 *
 * Its address and start are kept in the database, so that a restart of the hub finds the same shop at the same
 * address; what was told to it lives in a file of the data folder.
 */
import { join } from 'node:path'
import type { DemoSwitch } from './api/demo-switch.ts'
import { listIntegrations } from './database/integrations.ts'
import { HubError } from './domain/errors.ts'
import { startDemoShop, type DemoShop } from './platforms/woocommerce/demo-shop.ts'
import { addIntegration } from './sync/connections.ts'
import type { Hub } from './sync/hub.ts'
import { hint } from './sync/webhooks.ts'

const SETTING = 'demo'

interface Saved {
  workspaceId: string
  port: number
}

export interface Demo extends DemoSwitch {
  /** Address of the demo shop while it runs. */
  url(): string | undefined
  /** Starts the shop again after a restart of the hub, when it was connected before. */
  resume(): Promise<void>
  stop(): Promise<void>
}

export function createDemo(hub: Hub): Demo {
  let shop: DemoShop | undefined

  const open = async (workspaceId: string, port?: number): Promise<DemoShop> => {
    if (shop) return shop
    const opened = await startDemoShop({
      clock: hub.clock,
      port,
      stateFile: join(hub.config.dataDir, 'demo-shop.json'),
      onOrder: (remoteId) => {
        tell(workspaceId, remoteId).catch((thrown: unknown) =>
          hub.log.debug({ err: thrown }, 'the demo shop could not tell'),
        )
      },
    })
    hub.door.allowOrigin(opened.url, workspaceId)
    shop = opened
    return opened
  }

  /** Stands in for the webhook, which needs an address the shop can call: a newcomer sees orders arrive at once. */
  const tell = async (workspaceId: string, remoteId: string): Promise<void> => {
    const connected = await listIntegrations(hub.db, workspaceId, hub.clock.now())
    const ours = connected.find((integration) => integration.url === shop?.url && integration.disabledAt === undefined)
    if (ours) await hub.db.transaction((tx) => hint(tx, workspaceId, ours.id, [remoteId], hub.clock.now()))
  }

  return {
    running: () => shop !== undefined,
    url: () => shop?.url,
    connect: async (workspaceId) => {
      const connected = await listIntegrations(hub.db, workspaceId, hub.clock.now())
      if (connected.length > 0) throw new HubError('demo-unavailable', 'a shop is connected already')
      const opened = await open(workspaceId)
      const saved: Saved = { workspaceId, port: Number(new URL(opened.url).port) }
      await hub.db.query(
        `INSERT INTO hub_settings (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
        [SETTING, JSON.stringify(saved)],
      )
      return addIntegration(hub, workspaceId, {
        platform: 'woocommerce',
        url: opened.url,
        login: opened.login,
        name: opened.name,
        since: 'all',
      })
    },
    resume: async () => {
      const { rows } = await hub.db.query<{ value: string }>(`SELECT value FROM hub_settings WHERE key = $1`, [SETTING])
      if (!rows[0]) return
      const saved = JSON.parse(rows[0].value) as Saved
      const url = `http://127.0.0.1:${saved.port}`
      const connected = await listIntegrations(hub.db, saved.workspaceId, hub.clock.now())
      if (!connected.some((integration) => integration.url === url)) {
        await hub.db.query(`DELETE FROM hub_settings WHERE key = $1`, [SETTING])
        return
      }
      await open(saved.workspaceId, saved.port).catch((thrown: unknown) => {
        hub.log.warn({ err: thrown, port: saved.port }, 'the demo shop could not start again; its port may be taken')
      })
    },
    stop: async () => {
      await shop?.close()
      shop = undefined
    },
  }
}
