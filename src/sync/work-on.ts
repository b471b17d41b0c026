/**
 * Everything that is due for one claimed integration, the urgent first, for a bounded time.
 *
 * The bound is what keeps ten thousand shops fair: a first import of a million orders gives the worker back after half a
 * minute and stands in line again, while its new orders, its write-backs and whoever presses « Mettre à jour » are
 * looked at between any two of its pages.
 */
import { noCounts, saveRun, type RunCounts } from '../database/runs.ts'
import {
  fence,
  finishPass,
  lockStream,
  pendingHints,
  streamsOf,
  wakeStream,
  yieldPass,
  type Claim,
  type Stream,
} from '../database/streams.ts'
import { nextWritebackAt } from '../database/writebacks.ts'
import { instant } from '../domain/clock.ts'
import { asHubError, type HubError } from '../domain/errors.ts'
import { failed, isFailing, lanesFor, succeeded, type Lanes } from './health.ts'
import type { Hub } from './hub.ts'
import { importHinted, importPages, type Turn, type TurnEnd } from './import-orders.ts'
import { importProducts } from './import-products.ts'
import { remapOutdated } from './remap.ts'
import { nextRun } from './schedule.ts'
import { sweepOrders } from './sweep.ts'
import { lookAfterWebhooks } from './webhooks.ts'
import { openWork, rememberPageSize, takeCounts, type ClaimedWork } from './work.ts'
import { writeBackDue } from './write-back.ts'

const CLAIM_MS = 30_000
const MOST_TURNS = 200
const TURN_MS = 5_000
const PAGES_PER_TURN = 10
const NOT_YET_MS = 60_000

/** First what somebody waits for, last what takes hours. */
const ORDER = [
  'orders/live',
  'tracking/live',
  'orders/hinted',
  'orders/removed',
  'webhooks/live',
  'products/live',
  'orders/backfill',
  'orders/sweep',
]
const nameOf = (stream: Pick<Stream, 'kind' | 'pass'>): string => `${stream.kind}/${stream.pass}`

/**
 * @throws HubError `lease-lost` when another worker took over, `database-unavailable`; everything else becomes health
 */
export async function workOn(hub: Hub, claim: Claim, signal: AbortSignal): Promise<void> {
  const work = await open(hub, claim, signal)
  if (!work) return
  const until = hub.clock.now() + CLAIM_MS
  const lanes = await lanesFor(work)
  let turns = 0
  // Streams that had a turn and have more to do: the others that are due come before them.
  const waiting = new Set<string>()
  for (; turns < MOST_TURNS && !signal.aborted && hub.clock.now() < until; turns++) {
    const due = (await dueOf(hub, claim)).filter(({ mayRun }) => mayRun)
    if (due.every((stream) => waiting.has(nameOf(stream)))) waiting.clear()
    const stream = due.find((one) => !waiting.has(nameOf(one)))
    if (!stream) break
    if ((await takeTurn(work, stream, lanes)) === 'more') waiting.add(nameOf(stream))
  }
  await rememberPageSize(work)
  await lineUpAgain(hub, claim)
}

/** What was not reached is due again behind those who wait longer; what may not run yet, a minute later. */
async function lineUpAgain(hub: Hub, claim: Claim): Promise<void> {
  const now = hub.clock.now()
  for (const stream of await dueOf(hub, claim)) {
    await yieldPass(hub.db, claim, stream, instant(stream.mayRun ? now : now + NOT_YET_MS))
  }
}

interface DueStream extends Stream {
  mayRun: boolean
}

const BEFORE_LIVE = ['orders/live', 'tracking/live', 'webhooks/live']

/** What is due, most urgent first. The rest waits until the live pass has its cursor, or a change could fall between. */
async function dueOf(hub: Hub, claim: Claim): Promise<DueStream[]> {
  const now = instant(hub.clock.now())
  const streams = await streamsOf(hub.db, claim.workspaceId, claim.integrationId)
  const started = streams.some((stream) => nameOf(stream) === 'orders/live' && stream.lastSuccessAt !== undefined)
  return streams
    .filter((stream) => stream.nextRunAt !== undefined && stream.nextRunAt <= now)
    .map((stream) => ({ ...stream, mayRun: started || BEFORE_LIVE.includes(nameOf(stream)) }))
    .sort((a, b) => ORDER.indexOf(nameOf(a)) - ORDER.indexOf(nameOf(b)))
}

/** A login that does not open is the trouble of every lane; there is no connector to ask anything with. */
async function open(hub: Hub, claim: Claim, signal: AbortSignal): Promise<ClaimedWork | undefined> {
  try {
    return (await openWork(hub, claim, { claim, signal })) as ClaimedWork | undefined
  } catch (thrown) {
    const error = asHubError(thrown)
    if (error.code === 'database-unavailable') throw error
    const broken = await openBroken(hub, claim, signal)
    if (!broken) return undefined
    const lanes = await lanesFor(broken)
    for (const stream of await dueOf(hub, claim)) await failed(broken, stream, error, instant(hub.clock.now()), lanes)
    return undefined
  }
}

const openBroken = (hub: Hub, claim: Claim, signal: AbortSignal) =>
  openWork(hub, claim, { claim, signal, withoutConnector: true }) as Promise<ClaimedWork | undefined>

async function takeTurn(work: ClaimedWork, stream: Stream, lanes: Lanes): Promise<TurnEnd | 'failed'> {
  const { hub } = work
  const begun = hub.clock.now()
  const startedAt = stream.passStartedAt ?? instant(begun)
  work.counts = noCounts()
  work.probing = isFailing(lanes.get(stream.lane))
  try {
    const end = await run(work, stream, { untilMs: begun + TURN_MS, pages: PAGES_PER_TURN, startedAt })
    const counts = takeCounts(work)
    await hub.db.transaction(async (tx) => {
      await fence(tx, work.claim)
      if (end.silent !== true) await succeeded(tx, work, stream, lanes)
      if (end.turn === 'done') await finish(tx, work, stream, startedAt, counts)
      if (isWorthARun(counts, stream))
        await saveRun(tx, work.integration.workspaceId, runOf(work, stream, begun, end.turn, counts), begun)
    })
    if (end.failed) throw end.failed
    return end.turn
  } catch (thrown) {
    const error = asHubError(thrown)
    if (error.code === 'lease-lost' || error.code === 'database-unavailable') throw error
    const counts = takeCounts(work)
    await failed(work, stream, error, startedAt, lanes)
    await saveRun(
      hub.db,
      work.integration.workspaceId,
      { ...runOf(work, stream, begun, 'failed', counts), error: error.code, params: error.params },
      begun,
    )
    return 'failed'
  }
}

interface End {
  turn: TurnEnd
  /** Nothing was asked of the shop, so nothing was learned about it. */
  silent?: boolean
  failed?: HubError
}

async function run(work: ClaimedWork, stream: Stream, turn: Turn): Promise<End> {
  switch (nameOf(stream)) {
    case 'orders/hinted':
      return { turn: await importHinted(work) }
    case 'orders/sweep':
      if (stream.cursor === undefined) await remapOutdated(work)
      return { turn: await sweepOrders(work, stream, turn) }
    case 'products/live':
      return { turn: await importProducts(work, stream, turn) }
    case 'tracking/live':
      return tellShop(work)
    case 'webhooks/live': {
      const remade = await lookAfterWebhooks(work.hub, work.integration, work.connector)
      return { turn: 'done', silent: remade === undefined }
    }
    default:
      return { turn: await importPages(work, stream, turn) }
  }
}

async function tellShop(work: ClaimedWork): Promise<End> {
  const told = await writeBackDue(work.hub, work.claim, work.signal)
  work.counts.requests += told.requests
  return { turn: 'done', silent: !told.worked, ...(told.failed && { failed: told.failed }) }
}

type Tx = Parameters<Parameters<Hub['db']['transaction']>[0]>[0]

async function finish(tx: Tx, work: ClaimedWork, stream: Stream, startedAt: string, counts: RunCounts): Promise<void> {
  const { hub, claim, integration } = work
  const now = hub.clock.now()
  const idle = counts.imported + counts.changed + counts.gone === 0
  // Whoever wakes the stream meanwhile does so under its row: we look at what waits only once we hold it.
  await lockStream(tx, claim, stream)
  const next = nextRun(stream.kind, stream.pass, {
    now,
    random: hub.random(),
    idleRuns: idle ? stream.idleRuns + 1 : 0,
    zone: integration.zone,
  })
  await finishPass(tx, claim, stream, {
    startedAt,
    endedAt: instant(now),
    nextRunAt: (await waitingAt(tx, work, stream, now)) ?? (next === undefined ? undefined : instant(next)),
    idle,
    forgetCursor: stream.pass === 'sweep',
  })
  if (stream.pass === 'backfill') {
    await wakeStream(
      tx,
      integration.workspaceId,
      integration.id,
      'orders',
      'sweep',
      instant(nextRun('orders', 'sweep', { now, random: hub.random(), idleRuns: 0, zone: integration.zone })!),
    )
  }
}

/** Hints and write-backs that came while we were at it. */
async function waitingAt(tx: Tx, work: ClaimedWork, stream: Stream, now: number): Promise<string | undefined> {
  const { workspaceId, id } = work.integration
  if (stream.pass === 'hinted') return (await pendingHints(tx, workspaceId, id)) ? instant(now) : undefined
  if (stream.kind === 'tracking') return nextWritebackAt(tx, workspaceId, id)
  return undefined
}

/** Quiet passes leave no row, unless somebody waits for what they bring. */
const isWorthARun = (counts: RunCounts, stream: Stream): boolean =>
  counts.imported + counts.changed + counts.gone + counts.quarantined > 0 ||
  stream.askedAt !== undefined ||
  stream.pass === 'backfill'

function runOf(work: ClaimedWork, stream: Stream, begun: number, outcome: TurnEnd | 'failed', counts: RunCounts) {
  return {
    integrationId: work.integration.id,
    kind: stream.kind,
    pass: stream.pass,
    startedAt: instant(begun),
    endedAt: instant(Math.max(begun, work.hub.clock.now())),
    outcome,
    ...counts,
  }
}
