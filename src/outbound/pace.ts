/**
 * Pace inside one process: at most two calls at once per shop host, and quiet when a host asked for it.
 *
 * For tests and single commands; the one shared by all workers lives in the database. A long quiet is not waited
 * out: that would hold a worker for hours, so it fails with the time to come back.
 */
import { HubError } from '../domain/errors.ts'
import type { Clock } from '../domain/clock.ts'
import type { Pace } from '../domain/http.ts'

const CALLS_AT_ONCE = 2
const LONGEST_WAIT_MS = 30_000

interface Host {
  running: number
  quietUntilMs: number
  waiting: (() => void)[]
}

export function memoryPace(clock: Clock, options: { callsAtOnce?: number; longestWaitMs?: number } = {}): Pace {
  const callsAtOnce = options.callsAtOnce ?? CALLS_AT_ONCE
  const longestWaitMs = options.longestWaitMs ?? LONGEST_WAIT_MS
  const hosts = new Map<string, Host>()

  const hostOf = (key: string): Host => {
    const host = hosts.get(key) ?? { running: 0, quietUntilMs: 0, waiting: [] }
    hosts.set(key, host)
    return host
  }

  /** Hands the slot to the next in line, or frees it. */
  const release = (key: string, host: Host): void => {
    const next = host.waiting.shift()
    if (next) return next()
    host.running -= 1
    if (host.running === 0 && host.quietUntilMs <= clock.now()) hosts.delete(key)
  }

  const waitForQuietEnd = async (key: string, host: Host, signal?: AbortSignal): Promise<void> => {
    for (;;) {
      const waitMs = host.quietUntilMs - clock.now()
      if (waitMs <= 0) return
      if (waitMs > longestWaitMs) throw askedForQuiet(key, waitMs)
      await clock.sleep(waitMs, signal)
      signal?.throwIfAborted()
    }
  }

  return {
    async acquire(key, signal) {
      signal?.throwIfAborted()
      const host = hostOf(key)
      if (host.running < callsAtOnce) host.running += 1
      else await inLine(host, signal)
      try {
        await waitForQuietEnd(key, host, signal)
      } catch (error) {
        release(key, host)
        throw error
      }
      let held = true
      return async () => {
        if (held) release(key, host)
        held = false
      }
    },

    async quietUntil(key, untilMs) {
      const host = hostOf(key)
      host.quietUntilMs = Math.max(host.quietUntilMs, untilMs)
    },
  }
}

/** Resolves when a slot was handed over; leaves the line when the signal aborts. */
const inLine = (host: Host, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const leave = () => {
      host.waiting = host.waiting.filter((other) => other !== enter)
      reject(signal?.reason)
    }
    const enter = () => {
      signal?.removeEventListener('abort', leave)
      resolve()
    }
    host.waiting.push(enter)
    signal?.addEventListener('abort', leave, { once: true })
  })

const askedForQuiet = (host: string, waitMs: number) =>
  new HubError('shop-throttled', `${host} asked for quiet for another ${Math.ceil(waitMs / 1000)} s`, {
    retryAfterMs: waitMs,
    params: { reason: 'quiet', host, sent: 'no' },
  })
