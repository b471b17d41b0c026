/** Asks exactly as recorded and keeps what came, also when the connection breaks off in the middle. */
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'

export interface RawQuestion {
  port: number
  method: string
  path: string
  /** As sent; `host` among them, which need not be where the fake listens. */
  headers: Record<string, string>
  body?: string | Buffer
}

export interface RawAnswer {
  /** 0: no answer. */
  status: number
  reason: string
  headers: [string, string][]
  /** De-chunked, not decompressed. */
  body: Buffer
  /** The connection ended before the body did. */
  incomplete: boolean
}

export function askRaw(question: RawQuestion): Promise<RawAnswer> {
  return new Promise((resolve) => {
    const call = httpRequest({
      host: '127.0.0.1',
      port: question.port,
      method: question.method,
      path: question.path,
      headers: question.headers,
      agent: false,
      setHost: false,
    })
    let answer: RawAnswer = { status: 0, reason: '', headers: [], body: Buffer.alloc(0), incomplete: true }
    call.on('error', () => resolve(answer))
    call.on('response', (response) => {
      const raw = response.rawHeaders
      const headers = raw.flatMap((name, at): [string, string][] => (at % 2 === 0 ? [[name, raw[at + 1]!]] : []))
      const chunks: Buffer[] = []
      const seal = () => {
        answer = {
          status: response.statusCode ?? 0,
          reason: response.statusMessage ?? '',
          headers,
          body: Buffer.concat(chunks),
          incomplete: !response.complete,
        }
        resolve(answer)
      }
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', seal)
      response.on('error', seal)
    })
    call.end(question.body)
  })
}

export const headerOf = (headers: [string, string][], name: string): string | undefined =>
  headers.find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1]

/** The same over HTTP/1.0, which Node's client no longer speaks: the end of the connection ends the body. */
export function askHttp10(question: RawQuestion): Promise<RawAnswer> {
  const lines = Object.entries(question.headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const length = question.body === undefined ? '' : `Content-Length: ${Buffer.byteLength(question.body)}\r\n`
  return new Promise((resolve, reject) => {
    const socket = connect(question.port, '127.0.0.1')
    const chunks: Buffer[] = []
    socket.on('error', reject)
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.on('end', () => resolve(parsed(Buffer.concat(chunks))))
    const own = lines.filter((line) => !/^content-length:/i.test(line)).join('')
    socket.write(`${question.method} ${question.path} HTTP/1.0\r\n${own}${length}\r\n`)
    if (question.body !== undefined) socket.write(question.body)
  })
}

function parsed(bytes: Buffer): RawAnswer {
  const end = bytes.indexOf('\r\n\r\n')
  const [first = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n')
  const [, status = '0', reason = ''] = /^HTTP\/1\.[01] (\d+) ?(.*)$/.exec(first) ?? []
  const headers = lines.map((line): [string, string] => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon), line.slice(colon + 1).trim()]
  })
  return { status: Number(status), reason, headers, body: bytes.subarray(end + 4), incomplete: false }
}
