/** A platform's code bound to one integration: its login opened, every call through the door and into the exchange log. */
import { exchangeLog } from '../database/exchanges.ts'
import { openLogin } from '../database/integrations.ts'
import { HubError } from '../domain/errors.ts'
import type { Integration } from '../domain/integration.ts'
import type { Connector, Platform } from '../domain/platform.ts'
import type { Hub } from './hub.ts'
import { HOOK_FIELDS } from './webhooks.ts'

export function platformFor(hub: Hub, id: string): Platform {
  const platform = hub.platforms.find((candidate) => candidate.manifest.id === id)
  if (!platform) throw new HubError('platform-unknown', `no platform ${id}`, { params: { platform: id } })
  return platform
}

/** @throws HubError `credentials-unreadable`, `platform-unknown` */
export async function openConnector(hub: Hub, integration: Integration): Promise<Connector> {
  const { workspaceId, id, url, shop } = integration
  const platform = platformFor(hub, integration.platform)
  const saved = await openLogin(hub, workspaceId, id)
  const login = Object.fromEntries(
    Object.entries(saved).filter(([field]) => !(HOOK_FIELDS as readonly string[]).includes(field)),
  )
  const http = hub.door.transportFor({
    workspaceId,
    integrationId: id,
    platform: integration.platform,
    secrets: Object.values(saved),
    trace: exchangeLog(hub.db).traceFor(workspaceId, id),
  })
  return platform.connect({ http, clock: hub.clock, url, login, shop })
}
