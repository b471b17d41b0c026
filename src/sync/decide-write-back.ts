/** What a person decides about a write-back that the hub does not repeat by itself: refused, or a mail in doubt. */
import { appendEvents } from '../database/events.ts'
import type { Transaction } from '../database/open.ts'
import { addTimeline } from '../database/timeline.ts'
import { lockWriteback, planAgain, takeAsDone, wakeWriteBack, type Writeback } from '../database/writebacks.ts'
import { instant } from '../domain/clock.ts'
import { HubError } from '../domain/errors.ts'
import { didNothing, type WriteStep } from '../domain/shipment.ts'
import type { Hub } from './hub.ts'

/**
 * A person has a refused notice sent again, or one that waits sent now.
 *
 * @throws HubError `not-found`, `shipment-voided`, `writeback-settled`, `writeback-in-doubt`
 */
export async function retryWriteback(
  hub: Hub,
  workspaceId: string,
  id: string,
  options: { actor?: string } = {},
): Promise<void> {
  await hub.db.transaction(async (tx) => {
    const writeback = await lockDecidable(tx, workspaceId, id)
    if (writeback.state === 'in-doubt')
      throw new HubError('writeback-in-doubt', 'a person must say what happened', { field: 'writeback' })
    await again(hub, tx, writeback, writeback.steps, options.actor)
  })
}

/**
 * A person decides about a notice in doubt or refused. `again`: what is in doubt did nothing, make it again. `done`: it
 * arrived, or is not to arrive; of a doubtful one what is left is done without the mail and read back.
 *
 * @throws HubError `not-found`, `shipment-voided`, `writeback-settled`
 */
export async function settleWriteback(
  hub: Hub,
  workspaceId: string,
  id: string,
  decision: 'again' | 'done',
  options: { actor?: string } = {},
): Promise<void> {
  const { actor } = options
  await hub.db.transaction(async (tx) => {
    const writeback = await lockDecidable(tx, workspaceId, id)
    const doubtful = (step: WriteStep) => step.mails && (step.name === writeback.detail || step.state === 'sent')
    if (writeback.state === 'in-doubt') {
      const answer = { ok: true, decidedBy: actor ?? 'person' }
      const steps =
        decision === 'again'
          ? writeback.steps.filter((step) => !doubtful(step))
          : writeback.steps.map((step) => (doubtful(step) ? { ...step, state: 'answered' as const, answer } : step))
      return again(hub, tx, writeback, steps, actor, decision)
    }
    if (writeback.state !== 'refused') throw settledAlready(writeback)
    if (decision === 'again') return again(hub, tx, writeback, writeback.steps, actor)
    const now = instant(hub.clock.now())
    await takeAsDone(tx, workspaceId, id, { decidedBy: actor ?? 'person', was: writeback.because }, now)
    await record(hub, tx, writeback, decision, actor)
  })
}

const settledAlready = (writeback: Writeback): HubError =>
  new HubError('writeback-settled', `the notice is ${writeback.state}`, {
    field: 'writeback',
    params: { state: writeback.state },
  })

/** A notice about which there is still something to decide, held until the transaction ends. */
async function lockDecidable(tx: Transaction, workspaceId: string, id: string): Promise<Writeback> {
  const writeback = await lockWriteback(tx, workspaceId, id)
  if (!writeback) throw new HubError('not-found', 'no such write-back', { field: 'writeback' })
  if (writeback.because === 'shipment-voided')
    throw new HubError('shipment-voided', 'its shipment was voided', { field: 'writeback' })
  if (writeback.state === 'confirmed') throw settledAlready(writeback)
  return writeback
}

async function again(
  hub: Hub,
  tx: Transaction,
  writeback: Writeback,
  steps: readonly WriteStep[],
  actor: string | undefined,
  decision: 'again' | 'done' = 'again',
): Promise<void> {
  const now = instant(hub.clock.now())
  await planAgain(tx, writeback.workspaceId, writeback.id, {
    notice: { ...writeback.notice, triedAgainAt: now },
    steps,
    state: steps.every(didNothing) ? 'planned' : 'sent',
    now,
  })
  await wakeWriteBack(tx, writeback.workspaceId, writeback.integrationId, now)
  await record(hub, tx, writeback, decision, actor)
}

async function record(
  hub: Hub,
  tx: Transaction,
  writeback: Writeback,
  how: 'again' | 'done',
  actor: string | undefined,
): Promise<void> {
  const nowMs = hub.clock.now()
  const details = { writebackId: writeback.id, shipmentId: writeback.shipmentId, how }
  await addTimeline(
    tx,
    writeback.workspaceId,
    [{ orderId: writeback.orderId, at: nowMs, kind: 'settled', actor, details }],
    nowMs,
  )
  await appendEvents(
    tx,
    writeback.workspaceId,
    [{ kind: 'writeback.settled', subject: writeback.orderId, details }],
    nowMs,
  )
}
