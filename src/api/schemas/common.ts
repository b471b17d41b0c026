/**
 * Shapes that every resource shares. These schemas validate what comes in and are published as OpenAPI, so the
 * document cannot promise what the code does not check.
 */
import { z } from '@hono/zod-openapi'
import { ID_PREFIXES, type IdKind } from '../../domain/id.ts'

export { z }

const EXAMPLE_HEX = '0199c0de7f3a7b1c9d2e4f5a6b7c8d9e'

/** An id as the outside sees it: `ord_0199…`. */
export const shownId = (kind: IdKind) =>
  z
    .string()
    .regex(new RegExp(`^${ID_PREFIXES[kind]}_[0-9a-f]{32}$`))
    .openapi({ example: `${ID_PREFIXES[kind]}_${EXAMPLE_HEX}` })

export const Instant = z.string().openapi({ format: 'date-time', example: '2026-11-24T09:12:00.000Z' })

export const Money = z
  .object({
    minor: z
      .int()
      .openapi({ description: 'Amount in minor units of the currency (ISO 4217): 1990 is 19,90 €, and 1990 ¥.' }),
    currency: z.string().openapi({ example: 'EUR' }),
  })
  .openapi('Money')

/** A fact for people: a stable code, its values, and the sentence in the language asked for. */
export const Sight = z
  .object({
    code: z.string(),
    params: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
    text: z.string(),
  })
  .openapi('Sight')

/** An error as it is shown inside another answer (health of a lane, result of a sync). */
export const Trouble = z
  .object({
    code: z.string(),
    params: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
    title: z.string().openapi({ description: 'What is wrong, in the language asked for (Accept-Language).' }),
    todo: z.string().openapi({ description: 'What to do about it, in the same language.' }),
  })
  .openapi('Trouble')

export const Problem = z
  .object({
    type: z.string().openapi({ example: 'https://passerelle.invalid/errors#field-invalid' }),
    title: z.string(),
    status: z.int(),
    code: z.string().openapi({ description: 'Stable; every code is listed in docs/errors.md.' }),
    field: z.string().optional().openapi({ description: 'The field that is wrong, as this API spells it.' }),
    todo: z.string(),
    detail: z.string().optional(),
    params: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
    requestId: z.string(),
  })
  .openapi('Problem')

export const LARGEST_PAGE = 200

export const Cursor = z.string().max(500).openapi({ description: '`next` of the page before.' })
export const Limit = z.coerce.number().int().min(1).max(LARGEST_PAGE)

export const PageQuery = z.object({ cursor: Cursor.optional(), limit: Limit.optional() })

export const listOf = <T extends z.ZodType>(item: T, name: string) =>
  z
    .object({ items: z.array(item), next: z.string().optional().openapi({ description: 'Absent on the last page.' }) })
    .openapi(name)

/** A yes-or-no in a query: `1`, `true`, `0`, `false`. */
export const Flag = z.enum(['1', 'true', '0', 'false']).transform((text) => text === '1' || text === 'true')

/** One line a person typed; blanks around it are no part of it. */
export const Line = (max: number) => z.string().trim().min(1).max(max)
