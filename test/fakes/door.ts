/** A door with a transport whose exchanges can be looked at, and small sites on loopback for it to call. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer as createTlsServer, type ServerOptions } from 'node:https'
import { realClock } from '../../src/domain/clock.ts'
import { HubError } from '../../src/domain/errors.ts'
import type { Exchange, ShopRequest, Transport } from '../../src/domain/http.ts'
import { createDoor } from '../../src/outbound/door.ts'
import type { Door, DoorOptions, TransportOptions } from '../../src/outbound/door.ts'
import { memoryPace } from '../../src/outbound/pace.ts'
import { rawServer, type RawAnswer, type RawServer } from './raw-server.ts'

export interface Opened {
  door: Door
  http: Transport
  exchanges: Exchange[]
}

export interface Site {
  url: string
  port: number
  requests: IncomingMessage[]
}

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void

/** Everything opened through it is closed by `close`. */
export function outside() {
  const closers: (() => Promise<unknown>)[] = []

  return {
    open(origins: readonly string[], options: Partial<DoorOptions & TransportOptions> = {}): Opened {
      const exchanges: Exchange[] = []
      const door = createDoor({
        clock: realClock,
        pace: memoryPace(realClock),
        log: { warn: () => undefined },
        identity: {},
        egressAddresses: [],
        allowedPrivateOrigins: origins,
        ...options,
      })
      closers.push(() => door.close())
      const trace = { record: (exchange: Exchange) => void exchanges.push(exchange) }
      const http = door.transportFor({ workspaceId: 'w1', platform: 'woocommerce', secrets: [], trace, ...options })
      return { door, http, exchanges }
    },

    async raw(answer: RawAnswer, host?: string): Promise<RawServer> {
      const server = await rawServer(answer, host)
      closers.push(server.close)
      return server
    },

    async site(handler: Handler, options: { host?: string; tls?: ServerOptions } = {}): Promise<Site> {
      const requests: IncomingMessage[] = []
      const listener = (request: IncomingMessage, response: ServerResponse) => {
        requests.push(request)
        let body = ''
        request.on('data', (data: Buffer) => (body += data.toString()))
        request.on('end', () => handler(request, response, body))
      }
      const server = options.tls ? createTlsServer(options.tls, listener) : createServer(listener)
      const host = options.host ?? '127.0.0.1'
      await new Promise<void>((resolve) => server.listen(0, host, resolve))
      closers.push(async () => {
        server.closeAllConnections()
        await new Promise((resolve) => server.close(resolve))
      })
      const { port } = server.address() as { port: number }
      return { url: `http${options.tls ? 's' : ''}://${host}:${port}`, port, requests }
    },

    async close(): Promise<void> {
      for (const close of closers.splice(0).reverse()) await close()
    },
  }
}

export const get = (url: string, more: Partial<ShopRequest> = {}): ShopRequest => ({
  method: 'GET',
  url,
  purpose: 'test',
  ...more,
})

/** The HubError a call ends with; anything else fails the test. */
export async function failureOf(call: Promise<unknown>): Promise<HubError> {
  const thrown = await call.then(
    () => new Error('the call succeeded'),
    (error: unknown) => error,
  )
  if (thrown instanceof HubError) return thrown
  throw thrown
}

export const textOf = (answer: { body: Uint8Array }): string => Buffer.from(answer.body).toString('utf8')
