/**
 * A layer in front of any fake that plays the troubles between us and a shop: recorded ones byte for byte, others made
 * to order (resets, stalls, cut answers, 429, HTML).
 *
 * The trap: an answer that is lost is not a request that was lost. `reset: 'after'` lets the shop do the work first.
 */
import { once } from 'node:events'
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { gzipSync } from 'node:zlib'

/** An answer as it was recorded; the form of `src/platforms/<platform>/recordings`. */
export interface RecordedAnswer {
  status: number
  reason: string
  headers: [string, string][]
  json?: unknown
  text?: string
  bodyBase64?: string
  incomplete?: string
}

export type Fault =
  /** The recorded answer instead of the shop's; the shop never sees the request. */
  | { kind: 'recorded'; answer: RecordedAnswer }
  /** The connection breaks: `before` the shop sees anything, `during` its answer, or `after` it did the work. */
  | { kind: 'reset'; when: 'before' | 'during' | 'after' }
  /** Nothing comes: neither answer (`before`: the shop sees nothing, `after`: it did the work) nor end. */
  | { kind: 'stall'; when: 'before' | 'during' | 'after' }
  /** The shop's answer with its full length announced and only a part of it sent. */
  | { kind: 'cut'; keep?: number }
  /** The shop's answer compressed, and the end of that missing. */
  | { kind: 'cut-gzip' }
  | { kind: 'answer'; status: number; headers?: OutgoingHttpHeaders; body?: string }
  /** 429, or another status, with `Retry-After`. */
  | { kind: 'throttle'; retryAfter?: string; status?: number }
  | { kind: 'html'; status?: number; body?: string }
  /** The shop's answer, later. */
  | { kind: 'latency'; ms: number }

export interface PassingRequest {
  method: string
  /** With query. */
  path: string
  headers: Record<string, string>
  body: string
}

export type Match = RegExp | string | ((request: PassingRequest) => boolean)

export interface FaultProxy {
  url: string
  port: number
  /** Every request that arrived, whether the shop saw it or not. */
  requests: (PassingRequest & { fault?: Fault['kind'] })[]
  /**
   * The fault for requests that match: `METHOD /path?query` against a pattern, or whatever a function says.
   *
   * @param times how often; default once
   */
  on(match: Match, fault: Fault, times?: number): void
  /** No fault from here on. */
  clear(): void
  close(): Promise<void>
}

interface Rule {
  match: Match
  fault: Fault
  left: number
}

export async function startFaultProxy(target: string): Promise<FaultProxy> {
  let rules: Rule[] = []
  const requests: FaultProxy['requests'] = []
  const server = createServer((req, res) => {
    void pass(req, res).catch(() => res.socket?.destroy())
  })

  async function pass(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const request = await passing(req)
    const rule = rules.find((one) => one.left > 0 && matches(one.match, request))
    requests.push(rule ? { ...request, fault: rule.fault.kind } : request)
    if (rule) rule.left--
    await play(rule?.fault, target, request, res)
  }

  server.keepAliveTimeout = 65_000
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}${new URL(target).pathname.replace(/\/$/, '')}`,
    port,
    requests,
    on: (match, fault, times = 1) => {
      rules.push({ match, fault, left: times })
    },
    clear: () => {
      rules = []
    },
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}

async function passing(req: IncomingMessage): Promise<PassingRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of req) chunks.push(chunk as Buffer)
  return {
    method: req.method ?? 'GET',
    path: req.url ?? '/',
    headers: Object.fromEntries(Object.entries(req.headers).map(([name, value]) => [name, String(value)])),
    body: Buffer.concat(chunks).toString('utf8'),
  }
}

function matches(match: Match, request: PassingRequest): boolean {
  if (typeof match === 'function') return match(request)
  const line = `${request.method} ${request.path}`
  return typeof match === 'string' ? line.includes(match) : match.test(line)
}

async function play(
  fault: Fault | undefined,
  target: string,
  request: PassingRequest,
  res: ServerResponse,
): Promise<void> {
  const socket = res.socket!
  const forward = () => ask(target, request)
  switch (fault?.kind) {
    case undefined:
      return relay(res, await forward())
    case 'recorded':
      return sayRecorded(socket, fault.answer, request.method)
    case 'reset':
      if (fault.when === 'before') return reset(socket)
      return fault.when === 'after' ? void (await forward(), reset(socket)) : partly(socket, await forward(), true)
    case 'stall':
      if (fault.when === 'before') return
      return fault.when === 'after' ? void (await forward()) : partly(socket, await forward(), false)
    case 'cut': {
      const answer = await forward()
      const keep = fault.keep ?? Math.floor(answer.body.length / 2)
      socket.end(
        Buffer.concat([head(answer, [['Content-Length', String(answer.body.length)]]), answer.body.subarray(0, keep)]),
      )
      return
    }
    case 'cut-gzip': {
      const answer = await forward()
      const packed = gzipSync(answer.body)
      const sent = packed.subarray(0, Math.floor(packed.length / 2))
      const more: [string, string][] = [
        ['Content-Encoding', 'gzip'],
        ['Content-Length', String(sent.length)],
      ]
      socket.end(Buffer.concat([head(answer, more), sent]))
      return
    }
    case 'answer':
      res.writeHead(fault.status, fault.headers)
      res.end(fault.body ?? '')
      return
    case 'throttle': {
      const wait = fault.retryAfter === undefined ? {} : { 'Retry-After': fault.retryAfter }
      res.writeHead(fault.status ?? 429, { 'Content-Type': 'text/html', ...wait })
      res.end('<html>\r\n<head><title>429 Too Many Requests</title></head>\r\n<body></body>\r\n</html>\r\n')
      return
    }
    case 'html':
      res.writeHead(fault.status ?? 200, { 'Content-Type': 'text/html; charset=UTF-8' })
      res.end(
        fault.body ?? '<!DOCTYPE html>\n<html lang="fr"><head><title>Accueil</title></head><body></body></html>\n',
      )
      return
    case 'latency':
      await new Promise((resolve) => setTimeout(resolve, fault.ms))
      return relay(res, await forward())
  }
}

interface Answer {
  status: number
  reason: string
  /** Name and value in turn, spelled as the shop does. */
  rawHeaders: string[]
  body: Buffer
}

/** Asks for the plain form, so that a part of the answer is a part of the text. */
function ask(target: string, request: PassingRequest): Promise<Answer> {
  const { hostname, port } = new URL(target)
  const { 'transfer-encoding': _te, connection: _connection, ...headers } = request.headers
  return new Promise((resolve, reject) => {
    const call = httpRequest({ hostname, port, method: request.method, path: request.path, headers, agent: false })
    call.on('error', reject)
    call.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          reason: response.statusMessage ?? '',
          rawHeaders: response.rawHeaders,
          body: Buffer.concat(chunks),
        }),
      )
    })
    call.end(request.body)
  })
}

const BETWEEN_TWO = /^(transfer-encoding|content-length|connection|keep-alive)$/i

function ownHeaders(answer: Answer): [string, string][] {
  const pairs: [string, string][] = []
  for (let at = 0; at < answer.rawHeaders.length; at += 2)
    if (!BETWEEN_TWO.test(answer.rawHeaders[at]!)) pairs.push([answer.rawHeaders[at]!, answer.rawHeaders[at + 1]!])
  return pairs
}

function relay(res: ServerResponse, answer: Answer): void {
  res.sendDate = false
  res.writeHead(answer.status, answer.reason, ownHeaders(answer).flat())
  res.end(answer.body)
}

const head = (answer: Answer, more: [string, string][]): Buffer =>
  Buffer.from(
    `HTTP/1.1 ${answer.status} ${answer.reason}\r\n` +
      [...ownHeaders(answer), ...more, ['Connection', 'close']]
        .map(([name, value]) => `${name}: ${value}\r\n`)
        .join('') +
      '\r\n',
  )

/** Ended, not reset: a reset would take back what the caller has not read yet. */
function partly(socket: Socket, answer: Answer, breakOff: boolean): void {
  const half = answer.body.subarray(0, Math.floor(answer.body.length / 2))
  const bytes = Buffer.concat([head(answer, [['Content-Length', String(answer.body.length)]]), half])
  if (breakOff) socket.end(bytes)
  else socket.write(bytes)
}

const reset = (socket: Socket): void => {
  socket.resetAndDestroy()
}

/* ——— recorded answers, byte for byte ——— */

/** JSON as PHP writes it: a parsed recording alone no longer tells its escapes. */
const phpText = (value: unknown): string =>
  JSON.stringify(value).replace(/[/\u0080-\uffff]/g, (char) =>
    char === '/' ? '\\/' : '\\u' + char.charCodeAt(0).toString(16).padStart(4, '0'),
  )

export function recordedBody(answer: RecordedAnswer): Buffer {
  if (answer.bodyBase64 !== undefined) return Buffer.from(answer.bodyBase64, 'base64')
  if (answer.json !== undefined) return Buffer.from(phpText(answer.json))
  return Buffer.from(answer.text ?? '')
}

/** The whole answer as it went over the wire, up to where it broke. Undefined: nothing came at all. */
export function recordedBytes(answer: RecordedAnswer, method: string): Buffer | undefined {
  if (answer.status === 0) return undefined
  const body = recordedBody(answer)
  const lines = answer.headers.map(([name, value]) => {
    // a page cut for our repository is shorter than it was announced
    const shorter =
      /^content-length$/i.test(name) && !answer.incomplete && method !== 'HEAD' && Number(value) > body.length
    return `${name}: ${shorter ? body.length : value}\r\n`
  })
  const start = `HTTP/1.1 ${answer.status} ${answer.reason}\r\n${lines.join('')}`
  const lastLine = /inside the headers \(last line: '([^']*)'\)/.exec(answer.incomplete ?? '')
  if (lastLine) return Buffer.from(start + lastLine[1]!)
  if (method === 'HEAD') return Buffer.from(`${start}\r\n`)
  const chunked = answer.headers.some(([name, value]) => /^transfer-encoding$/i.test(name) && /chunked/i.test(value))
  return Buffer.concat([Buffer.from(`${start}\r\n`), chunked ? chunks(body, answer.incomplete) : body])
}

function chunks(body: Buffer, incomplete: string | undefined): Buffer {
  const chunk = (bytes: Buffer, announced = bytes.length) =>
    Buffer.concat([
      Buffer.from(`${announced.toString(16)}\r\n`),
      bytes,
      Buffer.from(announced === bytes.length ? '\r\n' : ''),
    ])
  const cut = /chunk of (\d+) bytes announced, (\d+) came/.exec(incomplete ?? '')
  if (cut) {
    const came = Number(cut[2])
    const whole = body.subarray(0, body.length - came)
    return Buffer.concat([
      ...(whole.length ? [chunk(whole)] : []),
      chunk(body.subarray(body.length - came), Number(cut[1])),
    ])
  }
  return Buffer.concat([...(body.length ? [chunk(body)] : []), Buffer.from('0\r\n\r\n')])
}

function sayRecorded(socket: Socket, answer: RecordedAnswer, method: string): void {
  const bytes = recordedBytes(answer, method)
  if (bytes) socket.end(bytes)
  else socket.destroy()
}
