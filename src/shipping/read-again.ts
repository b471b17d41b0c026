/**
 * The order is read once more from the shop just before it is shipped, through the same path as the import: what was
 * cancelled a minute ago is seen, and the hub has it from then on.
 *
 * A shop that does not answer keeps nobody from shipping: the parcel has left, the number is typed. The caller is
 * told, and says so.
 */
import { appendEvents } from '../database/events.ts'
import { markDeleted } from '../database/orders-gone.ts'
import { asHubError, HubError } from '../domain/errors.ts'
import { eventsOf, savePage } from '../sync/save-page.ts'
import { sorted } from '../sync/import-orders.ts'
import type { Hub } from '../sync/hub.ts'
import { openWork } from '../sync/work.ts'

/** A person waits in front of the form; a shop slower than this is read by the next import. */
const PATIENCE_MS = 15_000

/** @returns why the shop could not be read; undefined when it was */
export async function readAgain(
  hub: Hub,
  workspaceId: string,
  order: { integrationId: string; remoteId: string },
): Promise<{ unread?: HubError }> {
  const unread = await readManyAgain(hub, workspaceId, order.integrationId, [order.remoteId])
  return unread ? { unread } : {}
}

/** The same for many orders of one shop, in one request. @returns why not; undefined when they were read */
export async function readManyAgain(
  hub: Hub,
  workspaceId: string,
  integrationId: string,
  remoteIds: readonly string[],
): Promise<HubError | undefined> {
  const patience = new AbortController()
  const tooSlow = hub.clock
    .sleep(PATIENCE_MS, patience.signal)
    .then(() => new HubError('shop-timeout', `the shop did not answer within ${PATIENCE_MS} ms`))
  const reading = read(hub, workspaceId, integrationId, remoteIds).then(
    () => undefined,
    (thrown: unknown) => asHubError(thrown),
  )
  const outcome = await Promise.race([reading, tooSlow])
  patience.abort()
  if (outcome?.code === 'database-unavailable') throw outcome
  if (outcome)
    hub.log.warn(
      { integrationId, code: outcome.code, err: outcome.recovery === 'bug' ? outcome : undefined },
      outcome.message,
    )
  return outcome
}

async function read(hub: Hub, workspaceId: string, integrationId: string, remoteIds: readonly string[]): Promise<void> {
  const work = await openWork(hub, { workspaceId, integrationId })
  if (!work) throw new HubError('not-found', 'the integration was removed', { field: 'integration' })
  if (work.integration.disabledAt !== undefined)
    throw new HubError('integration-disabled', 'the integration is switched off')
  const { rows, missing } = sorted(await work.connector.getRows([...remoteIds]))
  if (missing.length > 0) {
    await hub.db.transaction(async (tx) => {
      const now = hub.clock.now()
      const gone = await markDeleted(tx, workspaceId, integrationId, missing, now)
      await appendEvents(tx, workspaceId, eventsOf(integrationId, { imported: [], changed: [], gone, dropped: 0 }), now)
    })
  }
  await savePage(work, { rows, unreadable: [] })
}
