/** Errors → HTTP, in this one place: RFC 9457 problems in the language of the caller. */
import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { z } from 'zod'
import { asHubError, HubError } from '../domain/errors.ts'
import type { Sight } from '../domain/platform.ts'
import { type Locale, translator } from '../words/index.ts'
import { problemText } from '../words/problem.ts'
import type { Env } from './context.ts'

export function problemResponse(c: Context<Env>, thrown: unknown): Response {
  const error = readHttpException(thrown) ?? asHubError(thrown)
  const locale = c.get('locale') ?? 'fr'
  const { title, todo } = problemText(locale, error.code, error.params, error.field)
  c.set('failure', error)
  const headers: Record<string, string> = {
    'Content-Type': 'application/problem+json; charset=utf-8',
    'Content-Language': locale,
  }
  if (error.retryAfterMs !== undefined)
    headers['Retry-After'] = String(Math.max(1, Math.ceil(error.retryAfterMs / 1000)))
  if (error.http === 401) headers['WWW-Authenticate'] = 'Bearer'
  const body = {
    type: `urn:passerelle:error:${error.code}`,
    title,
    status: error.http,
    code: error.code,
    field: error.field,
    todo,
    // Our own faults may quote anything (a query, a row): their message stays in the log, found by the request id.
    params: error.code === 'internal' || Object.keys(error.params).length === 0 ? undefined : error.params,
    requestId: c.get('requestId'),
  }
  return c.body(JSON.stringify(body), error.http as ContentfulStatusCode, headers)
}

/** The framework's own refusals (a body that is no JSON), in our words. */
function readHttpException(thrown: unknown): HubError | undefined {
  if (!(thrown instanceof HTTPException)) return undefined
  if (thrown.status === 400) return new HubError('body-malformed', thrown.message, { params: { reason: 'json' } })
  if (thrown.status === 413) return new HubError('body-too-large', thrown.message)
  return undefined
}

/** What a schema found, as one problem that names the field. */
export function fieldProblem(error: z.ZodError, where: string): HubError {
  const issue = error.issues[0]!
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined
  const field = [...issue.path.map(String), ...(unknown === undefined ? [] : [unknown])].map(named).join('.') || where
  // An id of the wrong shape in a path is an id that does not exist.
  if (where === 'param') return new HubError('not-found', `bad ${field}`)
  return new HubError('field-invalid', `${where} ${field}: ${issue.message}`, { field, params: reasonOf(issue) })
}

/** A key pasted where a name belongs must not be handed back; no field of ours has a name as long as that. */
const named = (part: string): string => (part.length <= 30 ? part : '…')

function reasonOf(issue: z.core.$ZodIssue): Record<string, string | number> {
  switch (issue.code) {
    case 'invalid_type':
      return { reason: issue.input === undefined ? 'required' : 'type' }
    case 'too_small':
      return issue.origin === 'string' && Number(issue.minimum) <= 1
        ? { reason: 'required' }
        : { reason: 'too-small', min: Number(issue.minimum) }
    case 'too_big':
      return { reason: 'too-big', max: Number(issue.maximum) }
    case 'unrecognized_keys':
      return { reason: 'unknown' }
    case 'invalid_value':
      return { reason: 'choice', choices: issue.values.map(String).join(', ').slice(0, 300) }
    default:
      return { reason: 'format' }
  }
}

/** An error shown inside another answer: of a lane, a run, a write-back. */
export const troubleOf = (
  locale: Locale,
  code: string,
  params: Record<string, string | number> = {},
  field?: string,
) => ({
  code,
  params: Object.keys(params).length === 0 ? undefined : params,
  ...problemText(locale, code, params, field),
})

export const sightOf = (locale: Locale, sight: Sight) => ({
  code: sight.code,
  params: sight.params,
  text: translator(locale)(`recognition.${sight.code}`, sight.params ?? {}),
})
