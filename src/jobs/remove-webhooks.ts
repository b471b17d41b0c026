/** Takes our webhooks out of a shop that was removed, then forgets its login. Repeating it changes nothing. */
import { forgetLogin, getIntegrationEvenRemoved, openLogin } from '../database/integrations.ts'
import { HubError } from '../domain/errors.ts'
import { openConnector } from '../sync/connector.ts'
import type { Hub } from '../sync/hub.ts'
import { hookTail, knownWebhooks } from '../sync/webhooks.ts'

export async function removeWebhooks(hub: Hub, job: { workspaceId: string; integrationId: string }): Promise<void> {
  const integration = await getIntegrationEvenRemoved(hub.db, job.workspaceId, job.integrationId)
  if (!integration) return
  const remoteIds = await knownWebhooks(hub, job.workspaceId, job.integrationId)
  // The path is sealed before the first webhook is made, their ids are saved after the last: a crash may lie between.
  const path = (await openLogin(hub, job.workspaceId, job.integrationId))['hookPath']
  if (remoteIds.length > 0 || path !== undefined) {
    const connector = await openConnector(hub, integration)
    await connector.webhooks?.remove(remoteIds, path && hookTail(path)).catch((thrown: unknown) => {
      // A key the shop no longer accepts cannot remove anything: nothing left for us to try.
      if (thrown instanceof HubError && thrown.recovery === 'human') return
      throw thrown
    })
  }
  await hub.db.transaction(async (tx) => {
    await forgetLogin(tx, job.workspaceId, job.integrationId)
    await tx.query(`DELETE FROM shop_webhooks WHERE workspace_id = $1 AND integration_id = $2`, [
      job.workspaceId,
      job.integrationId,
    ])
  })
}
