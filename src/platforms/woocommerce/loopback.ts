/** For tests: a transport that speaks real HTTP to a server on loopback, whatever host and scheme the URL names. */
import { request } from 'node:http'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import type { ShopRequest, ShopResponse, Transport } from '../../domain/http.ts'
import { HubError } from '../../domain/errors.ts'
import { type Recording, recording } from './recordings/recordings.ts'

export interface Loopback extends Transport {
  sent: ShopRequest[]
  /** What the shop believes its scheme to be, when a proxy hides the real one. */
  believes?: 'http' | 'https'
  /** Answers a call itself, or lets it through. */
  intercept?: (sent: ShopRequest, pass: () => Promise<ShopResponse>) => Promise<ShopResponse | undefined>
}

export function loopback(port: number): Loopback {
  const transport: Loopback = {
    sent: [],
    request: async (sent) => {
      transport.sent.push(sent)
      let pending: Promise<ShopResponse> | undefined
      const pass = () => (pending ??= call(port, sent, transport.believes))
      const own = await transport.intercept?.(sent, pass)
      let answer = own ?? (await pass())
      for (
        let left = sent.followRedirects ?? 0;
        left > 0 && answer.status >= 301 && answer.status <= 308 && answer.headers.location;
        left--
      ) {
        answer = await call(
          port,
          { ...sent, url: new URL(answer.headers.location, answer.url).href },
          transport.believes,
        )
      }
      return answer
    },
  }
  return transport
}

function call(port: number, sent: ShopRequest, believes?: string): Promise<ShopResponse> {
  const url = new URL(sent.url)
  return new Promise((resolve, reject) => {
    const req = request(
      {
        host: '127.0.0.1',
        port,
        method: sent.method,
        path: url.pathname + url.search,
        headers: {
          host: url.host,
          'accept-encoding': 'gzip, br',
          'x-fake-scheme': believes ?? url.protocol.slice(0, -1),
          ...sent.headers,
        },
        agent: false,
      },
      (res) => {
        const chunks: Buffer[] = []
        res.on('data', (chunk: Buffer) => chunks.push(chunk))
        res.on('end', () => {
          const wire = Buffer.concat(chunks)
          const encoding = res.headers['content-encoding']
          const body = encoding === 'gzip' ? gunzipSync(wire) : encoding === 'br' ? brotliDecompressSync(wire) : wire
          const headers = Object.fromEntries(
            Object.entries(res.headers).map(([name, value]) => [
              name,
              Array.isArray(value) ? value.join(', ') : String(value),
            ]),
          )
          resolve({ status: res.statusCode ?? 0, headers, body, url: sent.url, wireBytes: wire.byteLength, tookMs: 1 })
        })
      },
    )
    req.on('error', (cause) => reject(new HubError('shop-unreachable', String(cause), { cause })))
    req.end(sent.body)
  })
}

/** A recorded answer as the transport would hand it over (decompressed). */
export function answerOf(one: Recording | string): ShopResponse {
  const { request: asked, response } = typeof one === 'string' ? recording(one) : one
  const compressed = response.headers.some(([name]) => name.toLowerCase() === 'content-encoding')
  const body =
    response.bodyBase64 !== undefined && !compressed
      ? Buffer.from(response.bodyBase64, 'base64')
      : Buffer.from(response.json === undefined ? (response.text ?? '') : JSON.stringify(response.json))
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers.map(([name, value]) => [name.toLowerCase(), value])),
    body,
    url: `${asked.scheme}://${asked.host}${asked.path}`,
    wireBytes: body.byteLength,
    tookMs: 1,
    ...(response.incomplete ? { incomplete: true } : {}),
  }
}
