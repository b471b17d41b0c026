/**
 * At most two calls at once per shop host, over all processes that share a database.
 *
 * A slot is a row that ends by itself unless its holder keeps renewing it: a killed worker blocks a shop for seconds,
 * never for good. The hub that runs its own database is alone on it and keeps its slots in memory.
 */
import { newId } from '../domain/id.ts'
import type { Clock } from '../domain/clock.ts'
import { HubError } from '../domain/errors.ts'
import type { Pace } from '../domain/http.ts'
import { giveSlot, quietOf, renewSlots, saveQuiet, takeSlot } from '../database/hosts.ts'
import type { Database } from '../database/open.ts'
import { memoryPace } from '../outbound/pace.ts'

const SLOT_MS = 20_000
const RENEW_MS = 6_000
const FIRST_WAIT_MS = 40
const LONGEST_WAIT_MS = 500
const LONGEST_QUIET_MS = 30_000

export interface PaceOptions {
  /** No other process uses this database (it is the hub's own). */
  alone?: boolean
  /** 0…1, spreads the looks of those who wait. */
  random?: () => number
}

export function databasePace(db: Database, clock: Clock, options: PaceOptions = {}): Pace {
  return options.alone ? memoryPace(clock) : sharedPace(db, clock, options.random ?? Math.random)
}

function sharedPace(db: Database, clock: Clock, random: () => number): Pace {
  // In this process calls stand in line here first, so that they do not race each other in the database.
  const inProcess = memoryPace(clock)
  const holder = newId(clock.now())
  const held = new Map<string, { hostKey: string; slot: number }>()
  let renewing: NodeJS.Timeout | undefined

  const renew = () => {
    if (held.size === 0) {
      clearInterval(renewing)
      renewing = undefined
      return
    }
    renewSlots(db, holder, [...held.values()], clock.now() + SLOT_MS).catch(() => {}) // again in a moment
  }

  const acquireShared = async (hostKey: string, signal?: AbortSignal): Promise<number> => {
    for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
      signal?.throwIfAborted()
      const slot = await takeSlot(db, hostKey, holder, clock.now(), clock.now() + SLOT_MS)
      if (slot !== undefined) return slot
      const quietMs = ((await quietOf(db, hostKey)) ?? 0) - clock.now()
      if (quietMs > LONGEST_QUIET_MS) throw askedForQuiet(hostKey, quietMs)
      await clock.sleep(quietMs > 0 ? quietMs : waitMs * (0.5 + random()), signal)
    }
  }

  return {
    async acquire(hostKey, signal) {
      const leave = await inProcess.acquire(hostKey, signal)
      try {
        const slot = await acquireShared(hostKey, signal)
        const key = `${hostKey} ${slot}`
        held.set(key, { hostKey, slot })
        renewing ??= setInterval(renew, RENEW_MS).unref()
        let mine = true
        return async () => {
          if (!mine) return
          mine = false
          held.delete(key)
          await giveSlot(db, hostKey, slot, holder).catch(() => {}) // it ends by itself
          await leave()
        }
      } catch (error) {
        await leave()
        throw error
      }
    },
    async quietUntil(hostKey, untilMs) {
      await inProcess.quietUntil(hostKey, untilMs)
      await saveQuiet(db, hostKey, untilMs)
    },
  }
}

const askedForQuiet = (host: string, waitMs: number) =>
  new HubError('shop-throttled', `${host} asked for quiet for another ${Math.ceil(waitMs / 1000)} s`, {
    retryAfterMs: waitMs,
    params: { reason: 'quiet', host, sent: 'no' },
  })
