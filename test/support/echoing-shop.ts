/**
 * A layer in front of a shop that hands back what it was sent, in every form servers are seen to do it: error pages with
 * the whole request, JSON, redirects with the key in the query, cookies. By https with a certificate of its own, so
 * that keys really go out in headers and queries.
 */
import { once } from 'node:events'
import { createServer as createPlain, request as forward, type IncomingMessage, type ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'

/** Test material, worth nothing elsewhere: made once with openssl for 127.0.0.1, lasts until 2126. */
export const LOOPBACK = {
  key: `-----BEGIN EC PRIVATE KEY-----
MHcCAQEEIBdAHjc9def/P7WFht9dHpcJyl5QJXVFIWSTueu3HeAXoAoGCCqGSM49
AwEHoUQDQgAExDO61qpXhSW3YA/QnynY/m8/JEe/7gOVwnAjgQbpg3ABCft7l11z
tCenBKCfPqqdzJw/g5HuLq4YpuGVR3pbCw==
-----END EC PRIVATE KEY-----`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBuTCCAV+gAwIBAgIUGq4V+9gWYeCVv8SoH8pSfNSEtlAwCgYIKoZIzj0EAwIw
IzEhMB8GA1UEAwwYUGFzc2VyZWxsZSB0ZXN0IGxvb3BiYWNrMCAXDTI2MTEyNDE3
MDU0NloYDzIxMjYxMDMxMTcwNTQ2WjAjMSEwHwYDVQQDDBhQYXNzZXJlbGxlIHRl
c3QgbG9vcGJhY2swWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATEM7rWqleFJbdg
D9CfKdj+bz8kR7/uA5XCcCOBBumDcAEJ+3uXXXO0J6cEoJ8+qp3MnD+Dke4urhim
4ZVHelsLo28wbTAdBgNVHQ4EFgQUJgOvNlq+xkfwGVCFTRlxnXqdViAwHwYDVR0j
BBgwFoAUJgOvNlq+xkfwGVCFTRlxnXqdViAwGgYDVR0RBBMwEYcEfwAAAYIJbG9j
YWxob3N0MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIgQTySC6Zd
iwebVrHV7/tcXekvxEFCzIDtD52tUxOWSV8CIQDK5Oi9ML6KjCU2N9lTN4F7qbRa
fTXeFSl7w6wN9/FFDQ==
-----END CERTIFICATE-----`,
}

export const TROUBLES = [
  'refused',
  'error page',
  'error text',
  'long error text',
  'json instead of a list',
  'html instead of json',
  'reset',
  'redirect elsewhere',
  'redirect to itself',
  'cut',
  'wrong encoding',
  'throttled',
] as const
export type Trouble = (typeof TROUBLES)[number]

export interface EchoingShop {
  url: string
  /** What is wrong with answers from now on; undefined: nothing. */
  trouble: Trouble | undefined
  /** Only calls that write have it. */
  onlyWrites: boolean
  /** Each request in full, as it was sent back. */
  echoes: string[]
  played: Set<Trouble>
  close(): Promise<void>
}

/** @param site the password in front of the whole site */
export async function startEchoingShop(
  target: string,
  options: { plain?: boolean; site?: { user: string; password: string } } = {},
): Promise<EchoingShop> {
  const { site } = options
  const expected = site && `Basic ${Buffer.from(`${site.user}:${site.password}`).toString('base64')}`
  const answer = async (req: IncomingMessage, res: ServerResponse) => {
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk as Buffer)
    const body = Buffer.concat(chunks)
    if (expected && req.headers.authorization !== expected) {
      res.writeHead(401, { 'WWW-Authenticate': 'Basic realm="staging"', 'Content-Type': 'text/html' })
      return res.end(`<h1>401</h1>${escaped(whole(req, body))}`)
    }
    const writes = req.method !== 'GET' && req.method !== 'HEAD'
    if (!shop.trouble || (shop.onlyWrites && !writes)) return pass(target, req, res, body)
    const said = whole(req, body)
    shop.echoes.push(said)
    shop.played.add(shop.trouble)
    return play(shop.trouble, shop.url, said, req, res)
  }
  const handle = (req: IncomingMessage, res: ServerResponse) => void answer(req, res).catch(() => res.destroy())
  const server = options.plain ? createPlain(handle) : createServer(LOOPBACK, handle)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const shop: EchoingShop = {
    url: `${options.plain ? 'http' : 'https'}://127.0.0.1:${(server.address() as AddressInfo).port}`,
    trouble: undefined,
    onlyWrites: false,
    echoes: [],
    played: new Set(),
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
  return shop
}

function pass(target: string, req: IncomingMessage, res: ServerResponse, body: Buffer): void {
  const { hostname, port } = new URL(target)
  const onward = forward(
    { hostname, port, method: req.method, path: req.url, headers: req.headers, agent: false },
    (answer) => {
      res.writeHead(answer.statusCode!, answer.headers)
      answer.pipe(res)
    },
  )
  onward.once('error', () => res.destroy())
  onward.end(body)
}

function play(trouble: Trouble, own: string, said: string, req: IncomingMessage, res: ServerResponse): void {
  const send = (status: number, type: string, text: string, headers: Record<string, string> = {}) => {
    res.writeHead(status, { 'Content-Type': type, ...headers })
    res.end(text)
  }
  const inEveryForm = [
    said,
    encodeURIComponent(said),
    Buffer.from(said).toString('base64'),
    JSON.stringify(said),
    escaped(said),
  ].join('\n')
  switch (trouble) {
    case 'refused':
      return send(
        401,
        'application/json',
        JSON.stringify({
          code: 'woocommerce_rest_cannot_view',
          message: `Refused: ${said}`,
          data: { status: 401, said },
        }),
      )
    case 'error page':
      return send(500, 'text/html', `<!DOCTYPE html><pre>${escaped(said)}</pre>`, {
        'Set-Cookie': `wordpress_logged_in_x=${encodeURIComponent(said.slice(0, 800))}`,
      })
    case 'error text':
      return send(502, 'text/plain', inEveryForm, { 'X-Debug': encodeURIComponent(said).slice(0, 3000) })
    case 'long error text': {
      // What is kept ends at 4 kB, what is looked at at 16 kB: a secret lies across each edge.
      const at = Math.max(0, said.search(/authorization|consumer_secret|oauth_consumer_key/i))
      const across = said.slice(at, at + 400)
      return send(
        503,
        'text/plain',
        [4096, 16_384].reduce((text, edge) => text.padEnd(edge - 60, '.') + across, '') + said,
      )
    }
    case 'json instead of a list':
      return send(200, 'application/json', JSON.stringify({ request: said, again: JSON.stringify({ said }) }))
    case 'html instead of json':
      return send(200, 'text/html', `<html><title>${escaped(said)}</title><body>${inEveryForm}</body></html>`)
    case 'reset':
      return void req.socket.destroy()
    case 'redirect elsewhere':
      return send(302, 'text/html', escaped(said), {
        Location: `https://127.0.0.1:9${req.url}${req.url?.includes('?') ? '&' : '?'}said=${encodeURIComponent(said)}`,
      })
    case 'redirect to itself':
      return send(301, 'text/html', escaped(said), {
        Location: `${own}${req.url}#${encodeURIComponent(said).slice(0, 2000)}`,
      })
    case 'cut':
      res.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': String(inEveryForm.length * 2) })
      res.write(`[{"id":1,"said":${JSON.stringify(said)}`)
      return void setTimeout(() => res.destroy(), 20)
    case 'wrong encoding':
      return send(500, 'application/json', inEveryForm, { 'Content-Encoding': 'gzip' })
    case 'throttled':
      return send(429, 'text/plain', inEveryForm, { 'Retry-After': '1' })
  }
}

const whole = (req: IncomingMessage, body: Buffer): string =>
  `${req.method} ${req.url}\n${Object.entries(req.headers)
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join('\n')}\n${decoded(req.headers.authorization)}\n\n${body.toString()}`

/** Many a debug page shows the login in clear. */
const decoded = (authorization: string | undefined): string =>
  /^Basic /i.test(authorization ?? '')
    ? Buffer.from(authorization!.slice(6), 'base64').toString()
    : (authorization ?? '')

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#039;' })[sign]!)
