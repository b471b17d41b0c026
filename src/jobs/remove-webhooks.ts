/** Takes our webhooks out of a shop that was removed, then forgets its login. Repeating it changes nothing. */
import { forgetLogin, getIntegrationEvenRemoved } from '../database/integrations.ts'
import { HubError } from '../domain/errors.ts'
import { openConnector } from '../sync/connector.ts'
import type { Hub } from '../sync/hub.ts'
import { knownWebhooks } from '../sync/webhooks.ts'

export async function removeWebhooks(hub: Hub, job: { workspaceId: string; integrationId: string }): Promise<void> {
  const integration = await getIntegrationEvenRemoved(hub.db, job.workspaceId, job.integrationId)
  if (!integration) return
  const remoteIds = await knownWebhooks(hub, job.workspaceId, job.integrationId)
  if (remoteIds.length > 0) {
    const connector = await openConnector(hub, integration)
    await connector.webhooks?.remove(remoteIds).catch((thrown: unknown) => {
      // A key the shop no longer accepts cannot remove anything: nothing left for us to try.
      if (thrown instanceof HubError && thrown.recovery === 'human') return
      throw thrown
    })
  }
  await hub.db.transaction(async (tx) => {
    await forgetLogin(tx, job.workspaceId, job.integrationId)
    await tx.query(`DELETE FROM shop_webhooks WHERE workspace_id = $1 AND integration_id = $2`, [job.workspaceId, job.integrationId])
  })
}
