/**
 * The built web app in front of answers written here: states that a real hub takes days to reach (a paused shop, a
 * refused write-back, names of 120 characters) can be looked at. Headers are the real ones, so the page lives under
 * the real Content-Security-Policy. The shapes are the generated ones: when the API changes, this stops compiling.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { Hono } from 'hono'
import type { Env } from '../../src/api/context.ts'
import { securityHeaders } from '../../src/api/middleware/headers.ts'
import { serveWeb } from '../../src/api/web.ts'
import type { components } from '../../web/api-types.ts'

type Schemas = components['schemas']
export type Integration = Schemas['Integration']
export type Order = Schemas['Order']
export type OrderRow = Schemas['OrderRow']
export type Writeback = Schemas['Writeback']
export type Problem = Schemas['Problem']

/** Answer by "METHOD /path?query" or "METHOD /path" (without /api/v1, ids as {id}); a Problem answers with its own status, a function when it is ready. */
export type Script = Record<string, unknown>

export interface ScriptedHub {
  url: string
  script: Script
  /** Calls that were made, as "METHOD /path?query". */
  calls: string[]
  /** Body of the last such call, as it was sent. */
  bodies: Map<string, string>
  /** Calls that wait for their answer. */
  pending(): number
  close(): Promise<void>
}

export async function scriptedHub(): Promise<ScriptedHub> {
  const app = new Hono<Env>()
  const calls: string[] = []
  const bodies = new Map<string, string>()
  let pending = 0
  const state = { script: {} as Script }
  app.use(securityHeaders)
  app.use('/api/v1/*', async (_, next) => {
    pending++
    await next()
    pending--
  })
  app.all('/api/v1/*', async (c) => {
    const path = c.req.path.replace('/api/v1', '')
    const query = new URL(c.req.url).search
    const call = `${c.req.method} ${path}${query}`
    calls.push(call)
    if (c.req.method !== 'GET') bodies.set(call, await c.req.text())
    const known = `${c.req.method} ${path.replace(/\/[a-z]+_[0-9a-f]{32}/, '/{id}')}`
    const scripted = state.script[call] ?? state.script[`${c.req.method} ${path}`] ?? state.script[known]
    const answer = typeof scripted === 'function' ? await (scripted as () => Promise<unknown>)() : scripted
    if (answer === undefined) return c.json(problem(404, 'not-found', 'Introuvable'), 404)
    if (isProblem(answer)) return c.json(answer, answer.status as 409, { 'Content-Type': 'application/problem+json' })
    return c.json(answer as object, c.req.method === 'POST' ? 201 : 200)
  })
  serveWeb(app as never)

  const server = createServer((request, response) => void answer(app, request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    get script() {
      return state.script
    },
    set script(script) {
      state.script = script
    },
    calls,
    bodies,
    pending: () => pending,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

const isProblem = (answer: unknown): answer is Problem =>
  typeof answer === 'object' && answer !== null && 'code' in answer && 'status' in answer && 'requestId' in answer

export const problem = (status: number, code: string, title: string, more: Partial<Problem> = {}): Problem => ({
  type: `urn:passerelle:error:${code}`,
  title,
  status,
  code,
  todo: 'Corriger puis recommencer.',
  requestId: 'req_0199c0de7f3a',
  ...more,
})

async function answer(app: Hono<Env>, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const hasBody = request.method !== 'GET' && request.method !== 'HEAD'
  const fetched = await app.fetch(
    new Request(`http://127.0.0.1${request.url}`, {
      method: request.method ?? 'GET',
      headers: request.headers as Record<string, string>,
      ...(hasBody && { body: Readable.toWeb(request) as ReadableStream, duplex: 'half' }),
    }),
    {},
  )
  response.writeHead(fetched.status, Object.fromEntries(fetched.headers))
  response.end(Buffer.from(await fetched.arrayBuffer()))
}
