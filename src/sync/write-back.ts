/**
 * Telling a shop what was shipped: at least once, with effect exactly once.
 *
 * The intent of every call that writes is committed before the call is made, under the lease of the worker that makes
 * it; the connector reads before it writes and after. So a crash, a lost answer or a second worker repeats a question,
 * never an effect. A call that mails the customer and whose effect is not known is listed, not repeated.
 *
 * planned → sent → confirmed | refused | in-doubt; a failed attempt leaves the state and comes back later: after 1, 2,
 * 4, 8, then every 15 minutes, for 14 days.
 */
import { appendEvents } from '../database/events.ts'
import { getIntegration } from '../database/integrations.ts'
import type { Transaction } from '../database/open.ts'
import { readOrder } from '../database/shipping-orders.ts'
import { fence, type Claim } from '../database/streams.ts'
import { addTimeline } from '../database/timeline.ts'
import {
  expireWritebacks,
  hastenWritebacks,
  nextDueWriteback,
  postponeWriteback,
  saveIntent,
  saveNotice,
  saveSteps,
  settleWritebackRow,
} from '../database/writeback-attempts.ts'
import { lockWriteback, nextWritebackAt, type Writeback } from '../database/writebacks.ts'
import { instant } from '../domain/clock.ts'
import type { ErrorCode } from '../domain/errors.ts'
import { asHubError, HubError } from '../domain/errors.ts'
import type { Integration } from '../domain/integration.ts'
import type { Connector } from '../domain/platform.ts'
import type { WriteJournal, WriteOutcome, WriteStep } from '../domain/shipment.ts'
import { didNothing } from '../domain/shipment.ts'
import { leftOf } from '../shipping/draft-shipment.ts'
import { openConnector } from './connector.ts'
import type { Hub } from './hub.ts'

export { retryWriteback, settleWriteback } from './decide-write-back.ts'

const FIRST_WAIT_MS = 60_000
const LONGEST_WAIT_MS = 15 * 60_000
const LONGEST_BELIEVED_MS = 6 * 3_600_000
const GIVEN_UP_AFTER_MS = 14 * 24 * 3_600_000
/** Notices in one turn; the import of the same shop waits meanwhile. */
const MOST_AT_ONCE = 50
/** An answer is kept for people; a shop that answers with a whole order need not be kept whole. */
const LONGEST_ANSWER = 8000

/** Failures that say nothing about the one order: the next order would fail in the same way. */
const WHOLE_LANE: readonly ErrorCode[] = [
  'shop-unreachable',
  'tls-invalid',
  'shop-throttled',
  'shop-maintenance',
  'shop-clock',
  'response-blocked',
  'redirect-refused',
  'address-refused',
]

export interface WriteBackTurn {
  /** Notices that reached their end: confirmed, refused or in doubt. */
  settled: number
  /** Calls that wrote something; reading before and after is not counted. */
  requests: number
  /** What stopped the turn; undefined when the shop did what was asked, or nothing was. */
  failed?: HubError
  /** The shop answered at least one notice: the lane works. */
  worked: boolean
  /** When the next notice is due; undefined when none waits. */
  nextAt?: string
}

/**
 * Tells one shop everything that is due, oldest first, one order's notices in their order.
 *
 * @throws HubError `lease-lost` when another worker took over; nothing of the attempt is saved then
 */
export async function writeBackDue(hub: Hub, claim: Claim, signal?: AbortSignal): Promise<WriteBackTurn> {
  const { workspaceId, integrationId } = claim
  const turn: WriteBackTurn = { settled: 0, requests: 0, worked: false }
  const integration = await getIntegration(hub.db, workspaceId, integrationId)
  if (!integration || integration.disabledAt !== undefined) return turn

  await hastenWritebacks(hub.db, claim, instant(hub.clock.now()))
  let connector: Connector | undefined
  let failuresInARow = 0
  for (let n = 0; n < MOST_AT_ONCE && !signal?.aborted; n++) {
    const due = await nextDueWriteback(hub.db, workspaceId, integrationId, instant(hub.clock.now()))
    if (!due) break
    try {
      connector ??= await openConnector(hub, integration)
      if (await tell(hub, claim, integration, connector, due, turn)) turn.settled += 1
      turn.worked = true
      failuresInARow = 0
      turn.failed = undefined
    } catch (thrown) {
      const error = asHubError(thrown)
      if (error.code === 'lease-lost' || error.code === 'database-unavailable') throw error
      await postpone(hub, claim, due, error)
      turn.failed = error
      failuresInARow += 1
      if (stopsTheLane(error) || failuresInARow > 1) break
    }
  }
  if (turn.worked && turn.failed && !stopsTheLane(turn.failed)) turn.failed = undefined // one order's own trouble
  turn.nextAt = await nextWritebackAt(hub.db, workspaceId, integrationId)
  return turn
}

const stopsTheLane = (error: HubError): boolean => error.recovery === 'human' || WHOLE_LANE.includes(error.code)

/** @returns whether the notice is settled; false when a person replaced or cancelled it meanwhile */
async function tell(
  hub: Hub,
  claim: Claim,
  integration: Integration,
  connector: Connector,
  due: Writeback,
  turn: WriteBackTurn,
): Promise<boolean> {
  const current = await asItIsNow(hub, claim, integration, due)
  const journal = journalOf(hub, claim, current, turn)
  let outcome: WriteOutcome
  try {
    outcome = await connector.writeBack(current.notice, journal)
  } catch (thrown) {
    if (thrown instanceof Replaced) return false
    throw thrown
  }
  // The key may not write: that is the lane's trouble, and a better key sends this very notice.
  if (outcome.state === 'refused' && outcome.code === 'read-only-key') {
    throw new HubError('permission-missing', outcome.detail ?? 'the key may read but not write', {
      params: { right: 'write' },
    })
  }
  return hub.db.transaction(async (tx) => {
    await fence(tx, claim)
    return settle(hub, tx, current, outcome)
  })
}

/** Until the first call goes out, who is told and what completes the order follow the present, not the day of booking. */
async function asItIsNow(hub: Hub, claim: Claim, integration: Integration, due: Writeback): Promise<Writeback> {
  if (due.steps.length > 0) return due
  const order = await readOrder(hub.db, due.workspaceId, due.orderId)
  const notice = {
    ...due.notice,
    tell: integration.options.tell,
    language: integration.options.language,
    completes: due.notice.completes && order !== undefined && leftOf(order.lines) === 0,
  }
  if (JSON.stringify(notice) === JSON.stringify(due.notice)) return due
  await hub.db.transaction(async (tx) => {
    await fence(tx, claim)
    await saveNotice(tx, due, notice)
  })
  return { ...due, notice }
}

/** A person replaced, cancelled or settled the notice while it was on its way: no call is made any more. */
class Replaced extends Error {}

function journalOf(hub: Hub, claim: Claim, of: Writeback, turn: WriteBackTurn): WriteJournal {
  let steps: WriteStep[] = of.steps
  const fenced = <T>(work: (tx: Transaction) => Promise<T>): Promise<T> =>
    hub.db.transaction(async (tx) => {
      await fence(tx, claim)
      return work(tx)
    })
  return {
    get steps() {
      return steps
    },
    before: async ({ name, mails, sent }) => {
      const next = [
        ...steps.filter((step) => step.name !== name),
        { name, mails, state: 'sent' as const, sent: short(sent) },
      ]
      const stored = await fenced((tx) => saveIntent(tx, of, next, instant(hub.clock.now())))
      if (!stored) throw new Replaced('the notice was replaced meanwhile')
      steps = next
      turn.requests += 1
    },
    after: async (name, answer) => {
      steps = steps.map((step) =>
        step.name === name ? { ...step, state: 'answered' as const, answer: short(answer) } : step,
      )
      await fenced((tx) => saveSteps(tx, of, steps))
    },
  }
}

function short(value: unknown): unknown {
  const text = JSON.stringify(value) ?? 'null'
  return text.length <= LONGEST_ANSWER ? value : { start: text.slice(0, LONGEST_ANSWER) }
}

const TIMELINE = { confirmed: 'told', refused: 'refused', 'in-doubt': 'in-doubt' } as const

async function settle(hub: Hub, tx: Transaction, writeback: Writeback, outcome: WriteOutcome): Promise<boolean> {
  const nowMs = hub.clock.now()
  const now = instant(nowMs)
  const because =
    outcome.state === 'refused' ? outcome.code : outcome.state === 'in-doubt' ? 'mail-in-doubt' : undefined
  const detail = outcome.state === 'refused' ? outcome.detail : outcome.state === 'in-doubt' ? outcome.step : undefined
  const readBack = outcome.readBack === undefined ? undefined : short(outcome.readBack)
  const settled = await settleWritebackRow(tx, writeback, { state: outcome.state, because, detail, readBack, now })
  if (!settled) return false
  const details = {
    writebackId: writeback.id,
    shipmentId: writeback.shipmentId,
    kind: writeback.kind,
    parcels: writeback.notice.parcels.map(({ tracking }) => ({ tracking })),
    ...(because === undefined ? {} : { code: because }),
    ...(outcome.state === 'confirmed' && outcome.already ? { already: true } : {}),
  }
  const entry = { orderId: writeback.orderId, at: nowMs, kind: TIMELINE[outcome.state], details }
  await addTimeline(tx, writeback.workspaceId, [entry], nowMs)
  await appendEvents(
    tx,
    writeback.workspaceId,
    [{ kind: `writeback.${outcome.state}`, subject: writeback.orderId, details }],
    nowMs,
  )
  return true
}

async function postpone(hub: Hub, claim: Claim, due: Writeback, error: HubError): Promise<void> {
  const nowMs = hub.clock.now()
  const waitMs = Math.max(
    Math.min(FIRST_WAIT_MS * 2 ** Math.min(due.attempts, 20), LONGEST_WAIT_MS),
    Math.min(error.retryAfterMs ?? 0, LONGEST_BELIEVED_MS),
  )
  await hub.db.transaction(async (tx) => {
    await fence(tx, claim)
    const steps = (await lockWriteback(tx, due.workspaceId, due.id))?.steps ?? []
    const state = steps.every(didNothing) ? 'planned' : 'sent'
    await postponeWriteback(tx, due, {
      state,
      because: error.code,
      detail: error.message,
      nextAt: instant(nowMs + waitMs),
    })
    const expired = await expireWritebacks(tx, claim, instant(nowMs - GIVEN_UP_AFTER_MS), instant(nowMs))
    if (expired.length === 0) return
    const details = (one: { writebackId: string }) => ({ writebackId: one.writebackId, code: 'expired' })
    await addTimeline(
      tx,
      claim.workspaceId,
      expired.map((one) => ({ orderId: one.orderId, at: nowMs, kind: 'refused', details: details(one) })),
      nowMs,
    )
    await appendEvents(
      tx,
      claim.workspaceId,
      expired.map((one) => ({ kind: 'writeback.refused', subject: one.orderId, details: details(one) })),
      nowMs,
    )
  })
}
