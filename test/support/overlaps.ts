/**
 * Is one shop ever asked by two workers at once? Seen from the shop's side: a layer in front of it that writes down who
 * called from when to when. Each worker says who it is by its User-Agent (`IDENTITY_NAME`).
 *
 * The hub's own tables cannot tell: a killed worker does not write down what it did last.
 */
import { once } from 'node:events'
import { createServer, request as forward } from 'node:http'
import type { AddressInfo } from 'node:net'
import { pipeline } from 'node:stream'

export interface SeenCall {
  /** Name of the worker. */
  by: string
  method: string
  path: string
  /** performance.now(); `ended` when the answer was out, or when the caller was gone. */
  began: number
  ended: number
}

export interface WatchedShop {
  url: string
  calls: SeenCall[]
  close(): Promise<void>
}

/** @param latencyMs what a real shop needs before it answers */
export async function watchShop(target: string, latencyMs = 0): Promise<WatchedShop> {
  const calls: SeenCall[] = []
  const { hostname, port } = new URL(target)
  const server = createServer((req, res) => {
    const by = /^[^/ ]*/.exec(req.headers['user-agent'] ?? '')![0]
    const call: SeenCall = {
      by,
      method: req.method ?? '',
      path: req.url ?? '',
      began: performance.now(),
      ended: Infinity,
    }
    calls.push(call)
    res.once('close', () => (call.ended = performance.now()))
    setTimeout(() => {
      const onward = forward(
        { hostname, port, method: req.method, path: req.url, headers: req.headers, agent: false },
        (answer) => {
          if (res.destroyed || res.closed) return void answer.destroy() // its caller was killed meanwhile
          res.writeHead(answer.statusCode!, answer.headers)
          pipeline(answer, res, () => {})
        },
      )
      onward.once('error', () => res.destroy())
      if (req.destroyed) onward.destroy()
      else pipeline(req, onward, () => {})
    }, latencyMs)
  })
  server.keepAliveTimeout = 65_000
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

/** Pairs of calls of two workers that were under way at the same time. Calls of the others (the web's) do not count. */
export function overlapsOf(calls: readonly SeenCall[], workers: ReadonlySet<string>): [SeenCall, SeenCall][] {
  const found: [SeenCall, SeenCall][] = []
  const open: SeenCall[] = []
  for (const call of [...calls].filter(({ by }) => workers.has(by)).sort((a, b) => a.began - b.began)) {
    for (let n = open.length - 1; n >= 0; n--) if (open[n]!.ended <= call.began) open.splice(n, 1)
    for (const other of open) if (other.by !== call.by) found.push([other, call])
    open.push(call)
  }
  return found
}
