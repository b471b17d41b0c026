/**
 * The one way to the API. Unsafe calls carry the CSRF token of /me and an Idempotency-Key, so that a double click
 * ships once; an error answer becomes an ApiError with sentences already in the reader's language.
 */
import createClient from 'openapi-fetch'
import type { Paths, Problem } from './shapes.ts'

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS'])

let csrfToken: string | undefined
let language = 'fr'
let onSignedOut: () => void = () => {}

export const setCsrfToken = (token: string | undefined): void => {
  csrfToken = token
}
export const setApiLanguage = (locale: string): void => {
  language = locale
}
export const whenSignedOut = (listener: () => void): void => {
  onSignedOut = listener
}

/** `problem` is absent when the hub gave no answer of its own (down, restarting). */
export class ApiError extends Error {
  readonly problem: Problem | undefined
  readonly status: number

  constructor(status: number, problem: Problem | undefined) {
    super(problem?.title ?? `no answer (${status})`)
    this.status = status
    this.problem = problem
  }

  get field(): string | undefined {
    return this.problem?.field
  }
}

export const problemOf = (error: unknown): Problem | undefined =>
  error instanceof ApiError ? error.problem : undefined

export const api = createClient<Paths>({
  baseUrl: '/',
  credentials: 'same-origin',
  querySerializer: { array: { style: 'form', explode: true } },
})

api.use({
  onRequest({ request }) {
    request.headers.set('accept-language', language)
    if (!SAFE.has(request.method)) {
      if (csrfToken !== undefined) request.headers.set('x-csrf-token', csrfToken)
    }
    return request
  },
})

const isProblem = (body: unknown): body is Problem =>
  typeof body === 'object' &&
  body !== null &&
  typeof (body as Problem).title === 'string' &&
  typeof (body as Problem).code === 'string'

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

/** The answer's data, or an ApiError. */
export async function need<T>(asked: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>
  try {
    answer = await asked
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiError(0, undefined)
  }
  if (answer.response.ok) return answer.data as T
  const problem = isProblem(answer.error) ? answer.error : undefined
  if (problem?.code === 'not-signed-in') onSignedOut()
  throw new ApiError(answer.response.status, problem)
}

/** One intent, one key: repeats of the same click are answered with the first answer. */
export const newIntent = (): string => crypto.randomUUID()
