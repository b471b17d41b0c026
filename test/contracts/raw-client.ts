/** Asks exactly as recorded and keeps what came, also when the connection breaks off in the middle. */
import { request as httpRequest } from 'node:http'

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
