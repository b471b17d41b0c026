/** A hub of its own for one measurement: embedded database with fsync on, in a folder that goes away. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startHub, type RunningHub } from '../src/app.ts'
import { readConfig } from '../src/config.ts'
import { addIntegration } from '../src/sync/connections.ts'
import { ensureDefaultWorkspace } from '../src/database/users.ts'
import type { ShopProcess } from './shop-process.ts'

export interface BenchHub extends RunningHub {
  folder: string
  workspaceId: string
  connect(shop: ShopProcess): Promise<string>
}

export async function benchHub(env: Record<string, string> = {}): Promise<BenchHub> {
  const folder = mkdtempSync(join(tmpdir(), 'passerelle-bench-'))
  const config = readConfig({ PASSERELLE_DATA: join(folder, 'data'), PORT: '0', LOG_LEVEL: 'error', ...env })
  const running = await startHub({ config, role: 'command' })
  const workspace = await ensureDefaultWorkspace(running.hub.db, running.hub.clock)
  return {
    ...running,
    folder,
    workspaceId: workspace.id,
    connect: async (shop) => {
      running.hub.door.allowOrigin(new URL(shop.url).origin)
      const { integration } = await addIntegration(running.hub, workspace.id, {
        platform: 'woocommerce',
        url: shop.url,
        login: { key: shop.key, secret: shop.secret },
        since: 'all',
      })
      return integration.id
    },
    stop: async () => {
      await running.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
