/** A server that says exactly the bytes it is told, for answers no HTTP library would send. */
import { createServer, type Socket } from 'node:net'

export interface RawServer {
  url: string
  port: number
  /** Heads of the requests that arrived, as text. */
  requests: string[]
  connections: number
  close(): Promise<void>
}

export type RawAnswer = (socket: Socket, request: string, count: number) => void

export async function rawServer(answer: RawAnswer, host = '127.0.0.1'): Promise<RawServer> {
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    raw.connections += 1
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    socket.on('error', () => undefined)
    let head = ''
    socket.on('data', (data) => {
      head += data.toString('latin1')
      if (!head.includes('\r\n\r\n')) return
      raw.requests.push(head)
      const request = head
      head = ''
      answer(socket, request, raw.requests.length)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, host, resolve))
  const { port } = server.address() as { port: number }
  const raw: RawServer = {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    requests: [],
    connections: 0,
    close: async () => {
      for (const socket of open) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
  return raw
}

/** Head and body in one write, then the end of the connection. */
export const say =
  (head: string[], body: Uint8Array | string = ''): RawAnswer =>
  (socket) => {
    socket.end(Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`, 'latin1'), Buffer.from(body as Uint8Array)]))
  }
