/** A listener that plays our side towards a fake shop: keeps what arrives and answers what it is told to. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Arrival {
  method: string
  path: string
  /** Spelled as sent. */
  headers: [string, string][]
  body: Buffer
  answered: number
}

export interface Receiver {
  arrivals: Arrival[]
  answers(status: number): void
  /** An address of somebody else, led to this listener; only the path stays. */
  reach(url: string): string
  close(): Promise<void>
}

/** @param deadPorts addresses where nobody listens, as in the recordings */
export async function startReceiver(deadPorts: string[] = []): Promise<Receiver> {
  let status = 200
  const arrivals: Arrival[] = []
  const server = createServer((req, res) => {
    const chunks: Buffer[] = []
    req.on('data', (chunk: Buffer) => chunks.push(chunk))
    req.on('end', () => {
      const raw = req.rawHeaders
      const headers = raw.flatMap((name, at): [string, string][] => (at % 2 === 0 ? [[name, raw[at + 1]!]] : []))
      arrivals.push({ method: req.method!, path: req.url!, headers, body: Buffer.concat(chunks), answered: status })
      res.writeHead(status, { 'Content-Type': 'text/plain' })
      res.end('ok')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    arrivals,
    answers: (next) => {
      status = next
    },
    reach: (url) => {
      const { port: asked, pathname, search } = new URL(url)
      // port 9 is the discard service: nobody there
      return deadPorts.includes(asked) ? 'http://127.0.0.1:9/' : `http://127.0.0.1:${port}${pathname}${search}`
    },
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
