/** Time as an argument: the real clock in the hub, a fake one in tests. Nothing else may read the time. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number
  /** Resolves after `ms`; at once when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

/** An instant as the hub writes it everywhere: ISO-8601, UTC, milliseconds. */
export const instant = (ms: number): string => new Date(ms).toISOString()

export const realClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const done = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', done)
        resolve()
      }
      const timer = setTimeout(done, ms)
      signal?.addEventListener('abort', done)
    }),
}
