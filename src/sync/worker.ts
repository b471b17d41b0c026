/**
 * Takes integrations that are due and works on them, several side by side, until it is stopped.
 *
 * Any number of workers on any number of machines share the work through the leases in the database. One that is killed
 * is replaced when its lease ends, within two minutes; one integration's trouble never stops the loop.
 */
import { hostname } from 'node:os'
import { exchangeLog } from '../database/exchanges.ts'
import type { Listening } from '../database/listen.ts'
import { claimDue, heartbeat, release, type Claim } from '../database/streams.ts'
import { realClock } from '../domain/clock.ts'
import { asHubError, HubError } from '../domain/errors.ts'
import type { Hub } from './hub.ts'
import { workOn } from './work-on.ts'

export interface Worker {
  /** @throws HubError `config-invalid` when this machine's clock is not the database's */
  start(): Promise<void>
  /** No new work; what is under way ends at its next page. */
  stop(): Promise<void>
  /** Works on everything that is due at this moment of the clock, one integration after another. @returns how many claims */
  runDue(): Promise<number>
  /** The same, and again while there is something. */
  runUntilQuiet(): Promise<number>
}

export interface WorkerOptions {
  /** Integrations worked on side by side. */
  concurrency: number
  holder?: string
  /** Compare this machine's time with the database's at the start. Default: with the real clock. */
  checkClock?: boolean
}

const CHANNEL = 'passerelle_work'
const LOOK_MS = 1_000
const HEARTBEAT_MS = 20_000
const MOST_SKEW_MS = 30_000
const PATIENCE_MS = 15_000
/** A test whose streams never come to rest must end. */
const MOST_CLAIMS = 2_000

export function createWorker(hub: Hub, options: WorkerOptions): Worker {
  const { db, clock, log } = hub
  const holder = options.holder ?? `${hostname()}:${process.pid}`
  const running = new Set<Promise<void>>()
  const stopping = new AbortController()
  let wake: () => void = () => {}
  let loop: Promise<void> | undefined
  let listening: Listening | undefined

  const claim = async (): Promise<Claim | undefined> => {
    try {
      return await claimDue(db, clock.now(), holder)
    } catch (thrown) {
      log.warn({ code: asHubError(thrown).code, err: thrown }, 'no work could be claimed')
      return undefined
    }
  }

  const launch = (claimed: Claim): void => {
    const task = underLease(hub, claimed, stopping.signal).finally(() => {
      running.delete(task)
      wake()
    })
    running.add(task)
  }

  const look = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const woken = new Promise<void>((resolve) => (wake = resolve)) // before the look: what comes during it counts
      const claimed = running.size < options.concurrency ? await claim() : undefined
      if (claimed) {
        launch(claimed)
        continue
      }
      const nap = new AbortController()
      await Promise.race([woken, clock.sleep(LOOK_MS, AbortSignal.any([nap.signal, stopping.signal]))])
      nap.abort()
    }
  }

  const runDue = async (): Promise<number> => {
    let claims = 0
    for (; claims < MOST_CLAIMS; claims++) {
      const claimed = await claimDue(db, clock.now(), holder)
      if (!claimed) return claims
      await underLease(hub, claimed, stopping.signal)
    }
    throw new HubError('internal', `work did not come to rest within ${MOST_CLAIMS} claims`)
  }

  return {
    async start() {
      if (options.checkClock ?? clock === realClock) await refuseOtherTime(hub)
      listening = await db.listen(CHANNEL, () => wake())
      loop = look()
    },
    async stop() {
      stopping.abort()
      wake()
      await loop
      const patience = new AbortController()
      await Promise.race([Promise.all(running), realClock.sleep(PATIENCE_MS, patience.signal)])
      patience.abort()
      await listening?.close()
      await exchangeLog(db).flush()
    },
    runDue,
    async runUntilQuiet() {
      let claims = 0
      for (let now = await runDue(); now > 0; now = await runDue()) claims += now
      await exchangeLog(db).flush()
      return claims
    },
  }
}

/** Works while keeping the lease; gives it back at the end, unless somebody else has it. Never throws. */
async function underLease(hub: Hub, claim: Claim, stop: AbortSignal): Promise<void> {
  const { db, log } = hub
  const lost = new AbortController()
  const over = new AbortController()
  const beating = keepLease(hub, claim, over.signal, () => lost.abort())
  try {
    await workOn(hub, claim, AbortSignal.any([stop, lost.signal]))
  } catch (thrown) {
    const error = asHubError(thrown)
    const level = error.code === 'lease-lost' ? 'info' : 'error'
    log[level](
      { integrationId: claim.integrationId, code: error.code, err: error },
      'work on an integration ended early',
    )
    if (error.code !== 'lease-lost') await putOff(hub, claim)
  } finally {
    over.abort()
    await beating
    await release(db, claim).catch((thrown: unknown) =>
      log.warn({ err: thrown }, 'a lease could not be given back; it ends by itself'),
    )
  }
}

const AFTER_A_FAULT_MS = 60_000

/** What broke outside of any stream would break again at once: the integration stands back for a minute. */
async function putOff(hub: Hub, claim: Claim): Promise<void> {
  const until = new Date(hub.clock.now() + AFTER_A_FAULT_MS).toISOString()
  await hub.db
    .query(
      `UPDATE streams SET next_run_at = $3, asked_at = NULL
       WHERE workspace_id = $1 AND integration_id = $2 AND next_run_at < $3
         AND EXISTS (SELECT 1 FROM integrations WHERE workspace_id = $1 AND id = $2 AND lease_token = $4)`,
      [claim.workspaceId, claim.integrationId, until, claim.token],
    )
    .catch((thrown: unknown) => hub.log.warn({ err: thrown }, 'an integration could not be put off'))
}

async function keepLease(hub: Hub, claim: Claim, over: AbortSignal, lost: () => void): Promise<void> {
  while (!over.aborted) {
    await hub.clock.sleep(HEARTBEAT_MS, over)
    if (over.aborted) return
    try {
      if (await heartbeat(hub.db, claim, hub.clock.now())) continue
      return lost()
    } catch (thrown) {
      hub.log.warn({ integrationId: claim.integrationId, err: thrown }, 'the lease could not be kept this time')
    }
  }
}

/** Leases compare this machine's time with another's: a clock that is off would take over what is alive. */
async function refuseOtherTime(hub: Hub): Promise<void> {
  const before = hub.clock.now()
  const { rows } = await hub.db.query<{ ms: number }>(
    `SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS ms`,
  )
  const skewMs = Math.round((before + hub.clock.now()) / 2 - Number(rows[0]!.ms))
  if (Math.abs(skewMs) <= MOST_SKEW_MS) return
  const settings = `this machine's clock and the database's differ by ${Math.round(skewMs / 1000)} s; set them to the same time.`
  throw new HubError('config-invalid', settings, { params: { settings } })
}
