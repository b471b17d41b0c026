/**
 * What an outcome does to a lane and to the streams behind it.
 *
 * The live pass is the voice of the import lane: one cheap request says whether the shop answers. Another pass that fails
 * (a page of the backfill, the products) waits by itself and shows its own trouble, and has the live pass look at once;
 * so a backfill the shop cannot carry never slows new orders, and a shop that is down is noticed by everything.
 */
import { lanesOf, saveHealth } from '../database/lanes.ts'
import type { Tx } from '../database/open.ts'
import { deferLane, failPass, fence, resumeLane, wakeStream, type Stream } from '../database/streams.ts'
import { instant } from '../domain/clock.ts'
import type { HubError } from '../domain/errors.ts'
import { healthy, nextHealth, type Health } from '../domain/health.ts'
import type { Lane } from '../domain/integration.ts'
import type { ClaimedWork } from './work.ts'

/** Streams whose outcome is their lane's outcome. */
export const speaksForLane = (stream: Pick<Stream, 'kind' | 'pass'>): boolean =>
  stream.kind === 'tracking' || stream.kind === 'webhooks' || (stream.kind === 'orders' && stream.pass === 'live')

export type Lanes = Map<Lane, Health>

export const lanesFor = (work: ClaimedWork): Promise<Lanes> =>
  lanesOf(work.hub.db, work.integration.workspaceId, work.integration.id)

export const isFailing = (health: Health | undefined): boolean =>
  health !== undefined && (health.state !== 'connected' || health.failures > 0)

/** A lane that works again: everything that was put off runs at once. */
export async function succeeded(tx: Tx, work: ClaimedWork, stream: Stream, lanes: Lanes): Promise<void> {
  const before = lanes.get(stream.lane)
  if (!before || !isFailing(before) || !speaksForLane(stream)) return
  const { hub, claim, integration } = work
  const now = hub.clock.now()
  const health = nextHealth(before, 'ok', now, hub.random())
  await saveHealth(tx, integration.workspaceId, integration.id, stream.lane, health)
  await resumeLane(tx, claim, stream.lane, instant(now))
  lanes.set(stream.lane, health)
  hub.log.info({ integrationId: integration.id, lane: stream.lane, was: before.state }, 'the lane works again')
}

/** The stream is tried again later; when it speaks for its lane, so is the whole lane. */
export async function failed(
  work: ClaimedWork,
  stream: Stream,
  error: HubError,
  startedAt: string,
  lanes: Lanes,
): Promise<void> {
  const { hub, claim, integration } = work
  const now = hub.clock.now()
  const forLane = speaksForLane(stream)
  const before = (forLane ? lanes.get(stream.lane) : ownHealth(stream, now)) ?? healthy(instant(now))
  const health = nextHealth(before, error, now, hub.random())
  const nextRunAt = health.nextAttemptAt!
  await hub.db.transaction(async (tx) => {
    await fence(tx, claim)
    await failPass(tx, claim, stream, { startedAt, nextRunAt, code: error.code, params: error.params })
    if (forLane) {
      await saveHealth(tx, integration.workspaceId, integration.id, stream.lane, health, error.params)
      await deferLane(tx, claim, stream.lane, nextRunAt)
    } else if (!isFailing(lanes.get(stream.lane))) {
      await wakeStream(tx, integration.workspaceId, integration.id, 'orders', 'live', instant(now))
    }
  })
  if (forLane) lanes.set(stream.lane, health)
  // A failure is logged when something changes, not at every try.
  const level = health.state === before.state && before.failures > 0 ? 'debug' : 'warn'
  hub.log[level](
    {
      integrationId: integration.id,
      kind: stream.kind,
      pass: stream.pass,
      code: error.code,
      state: health.state,
      nextRunAt,
      err: error.recovery === 'bug' ? error : undefined,
    },
    error.message,
  )
}

/** A stream that fails alone waits as a lane would. */
const ownHealth = (stream: Stream, now: number): Health => ({
  state: stream.failures >= 3 ? 'slowed' : 'connected',
  since: instant(now),
  failures: stream.failures,
  refusals: 0,
})
