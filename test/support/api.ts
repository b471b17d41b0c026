/** The API of a hub on a database of its own, as a browser, a program or a stranger calls it. */
import { isDeepStrictEqual } from 'node:util'
import type { Hono } from 'hono'
import type { z } from 'zod'
import { createApi, type ApiOptions } from '../../src/api/app.ts'
import { ROUTES } from '../../src/api/routes/index.ts'
import { makeSetupToken } from '../../src/database/setup.ts'
import { ensureDefaultWorkspace, insertUser, type MemberRole } from '../../src/database/users.ts'
import { hashPassword } from '../../src/api/password.ts'
import type { Platform } from '../../src/domain/platform.ts'
import { testHub, type TestHub } from './shipping.ts'

export const PASSWORD = 'une phrase assez longue'

export interface Answer {
  status: number
  headers: Headers
  // The body is what is being tested.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any
  text: string
}

export interface CallOptions {
  body?: unknown
  headers?: Record<string, string>
  /** Sent as it is. */
  raw?: string | Uint8Array<ArrayBuffer>
}

export type Call = (method: string, path: string, options?: CallOptions) => Promise<Answer>

export interface Browser {
  call: Call
  cookie: string
  csrf: string
}

export interface ApiOfTest {
  hub: TestHub
  app: Hono
  /** Nobody in particular. */
  call: Call
  /** A new user of the workspace (default: `default`), signed in. */
  signedIn(options?: { email?: string; workspaceId?: string; role?: MemberRole }): Promise<Browser>
}

/** Give it to `afterAll` as `() => api.hub.db.drop()`. */
export async function apiOfTest(
  options: ApiOptions & { platforms?: readonly Platform[]; origins?: readonly string[] } = {},
): Promise<ApiOfTest> {
  const { platforms = [], origins = [], ...apiOptions } = options
  const hub = await testHub([...platforms], [...origins])
  await ensureDefaultWorkspace(hub.db, hub.clock)
  const app = createApi(hub, { webDist: '/nonexistent', ...apiOptions })
  return {
    hub,
    app,
    call: caller(app),
    signedIn: async ({ email = 'lise@example.org', workspaceId, role = 'owner' } = {}) => {
      const workspace = workspaceId ?? (await ensureDefaultWorkspace(hub.db, hub.clock)).id
      const passwordHash = await hashPassword(PASSWORD)
      await hub.db.transaction((tx) =>
        insertUser(tx, hub.clock, { email, name: 'Lise', passwordHash, workspaceId: workspace, role }),
      )
      return signIn(app, email)
    },
  }
}

export const setupToken = async (hub: TestHub): Promise<string> => (await makeSetupToken(hub.db, hub.clock))!

export async function signIn(app: Hono, email: string, password = PASSWORD): Promise<Browser> {
  const answer = await caller(app)('POST', '/api/v1/session', { body: { email, password } })
  if (answer.status !== 201) throw new Error(`not signed in: ${answer.text}`)
  const cookie = cookieOf(answer)
  const csrf = answer.body.csrfToken as string
  return { cookie, csrf, call: caller(app, { cookie, 'x-csrf-token': csrf }) }
}

export const cookieOf = (answer: Answer): string => (answer.headers.getSetCookie()[0] ?? '').split(';')[0]!

export const caller =
  (app: Hono, always: Record<string, string> = {}): Call =>
  async (method, path, { body, headers = {}, raw } = {}) => {
    const response = await app.request(`http://hub.test${path}`, {
      method,
      headers: {
        host: 'hub.test',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...always,
        ...headers,
      },
      body: raw ?? (body === undefined ? undefined : JSON.stringify(body)),
    })
    const text = await response.text()
    const isJson = /json/.test(response.headers.get('content-type') ?? '')
    const answer = {
      status: response.status,
      headers: response.headers,
      text,
      body: isJson && text ? JSON.parse(text) : undefined,
    }
    mustBeAsDocumented(method, path, answer)
    return answer
  }

const DOCUMENTED = Object.values(ROUTES).map(({ method, path, responses }) => ({
  method: method.toUpperCase(),
  path: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`),
  responses: responses as Record<string, { content?: Record<string, { schema: z.ZodType }> }>,
}))

/** Every answer of every test is held against the OpenAPI document: right status, right shape, and not one field more. */
function mustBeAsDocumented(method: string, path: string, answer: Answer): void {
  const route = DOCUMENTED.find((candidate) => candidate.method === method && candidate.path.test(path.split('?')[0]!))
  if (!route) return
  const declared = route.responses[answer.status] ?? (answer.status >= 400 ? route.responses.default : undefined)
  if (!declared) throw new Error(`${method} ${path} answered ${answer.status}, which its declaration does not know`)
  const schema = Object.values(declared.content ?? {})[0]?.schema
  if (!schema) {
    if (answer.text !== '') throw new Error(`${method} ${path} answered a body: ${answer.text}`)
    return
  }
  const read = schema.safeParse(answer.body)
  if (!read.success) throw new Error(`${method} ${path} is not as documented: ${read.error.message}\n${answer.text}`)
  if (!isDeepStrictEqual(read.data, answer.body)) {
    throw new Error(`${method} ${path} shows more than is documented:\n${answer.text}\n${JSON.stringify(read.data)}`)
  }
}
