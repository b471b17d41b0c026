/**
 * How routes are declared. Access is part of the declaration and the guard reads it from here, so a route that
 * forgets it is closed, not open.
 */
import type { z } from '@hono/zod-openapi'
import { Problem } from '../schemas/common.ts'

export const API = '/api/v1'

export const json = <T extends z.ZodType>(schema: T, description: string) => ({
  description,
  content: { 'application/json': { schema } },
})

export const jsonBody = <T extends z.ZodType>(schema: T) => ({
  required: true,
  content: { 'application/json': { schema } },
})

/** Every route can answer with a problem; which codes exist is in docs/errors.md. */
export const problems = {
  default: {
    description: 'What went wrong and what to do',
    content: { 'application/problem+json': { schema: Problem } },
  },
} as const

/** Anyone signed in: by cookie, by API key, or over the hub's own socket. */
export const MEMBER = [{ session: [] }, { apiKey: [] }] as { [name: string]: string[] }[]
/** Nobody needs to be signed in. */
export const PUBLIC = [] as { [name: string]: string[] }[]

export const IDEMPOTENT =
  'An Idempotency-Key header makes a repeat of this call harmless: the first answer is given again.'
