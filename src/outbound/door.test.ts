import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { fakeDns } from '../../test/fakes/dns.ts'
import { rawServer, say } from '../../test/fakes/raw-server.ts'
import { realClock } from '../domain/clock.ts'
import { HubError } from '../domain/errors.ts'
import type { Exchange, ShopRequest, Transport } from '../domain/http.ts'
import { createDoor } from './door.ts'
import type { Door, DoorOptions, TransportOptions } from './door.ts'
import { memoryPace } from './pace.ts'

const closers: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close()
})

function openDoor(options: Partial<DoorOptions> = {}): Door {
  const door = createDoor({
    clock: realClock,
    pace: memoryPace(realClock),
    log: { warn: () => undefined },
    identity: {},
    egressAddresses: [],
    allowedPrivateOrigins: [],
    ...options,
  })
  closers.push(() => door.close())
  return door
}

function transport(origins: string[], options: Partial<DoorOptions & TransportOptions> = {}) {
  const exchanges: Exchange[] = []
  const door = openDoor({ allowedPrivateOrigins: origins, ...options })
  const http = door.transportFor({
    workspaceId: 'w1',
    platform: 'woocommerce',
    secrets: [],
    trace: { record: (exchange) => void exchanges.push(exchange) },
    ...options,
  })
  return { door, http, exchanges }
}

const get = (url: string, more: Partial<ShopRequest> = {}): ShopRequest => ({ method: 'GET', url, purpose: 'test', ...more })

const failed = async (call: Promise<unknown>): Promise<HubError> => {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(HubError)
  return error as HubError
}

async function site(handler: (request: IncomingMessage, response: ServerResponse) => void, host = '127.0.0.1') {
  const server: Server = createServer(handler)
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  const close = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  closers.push(close)
  const { port } = server.address() as { port: number }
  return { url: `http://${host}:${port}`, port }
}

async function raw(...args: Parameters<typeof rawServer>) {
  const server = await rawServer(...args)
  closers.push(server.close)
  return server
}

const text = (body: Uint8Array) => Buffer.from(body).toString('utf8')

describe('smoke', () => {
  test('an answer comes through', async () => {
    const shop = await site((request, response) => response.end(JSON.stringify(request.headers)))
    const { http, exchanges } = transport([shop.url])

    const answer = await http.request(get(`${shop.url}/wp-json/?consumer_key=ck_1234567890`))

    console.log(text(answer.body), answer, exchanges)
    expect(answer.status).toBe(200)
  })
  test('closed', async () => {
    const shop = await raw((socket) => socket.end())
    const { http, exchanges } = transport([shop.url])
    const error = await failed(http.request(get(shop.url)))
    console.log(error, exchanges)
  })
  test('cut', async () => {
    const shop = await raw(say(['HTTP/1.1 200 OK', 'Content-Length: 20'], '[1,2'))
    const { http, exchanges } = transport([shop.url])
    console.log(await http.request(get(shop.url)), exchanges)
  })
})
void fakeDns
export type { Transport }
