/** Who speaks: first user, sign-in, the caller's own card, API keys. */
import { Instant, Line, listOf, shownId, z } from './common.ts'

export const Email = z
  .string()
  .trim()
  .max(254)
  .regex(/^[^\s@]+@[^\s@]+$/)
  .openapi({ format: 'email' })
/** Long enough counts; no rule about kinds of characters (NIST SP 800-63B §3.1.1.2). */
export const NewPassword = z.string().min(12).max(200)

export const SetupState = z
  .object({
    needsFirstUser: z.boolean().openapi({ description: 'No user exists yet: the one-time link makes the first.' }),
    signedIn: z.boolean(),
    demo: z.object({
      available: z.boolean().openapi({ description: 'The caller may start the demo shop with POST /demo now.' }),
      running: z.boolean(),
    }),
  })
  .openapi('SetupState')

export const SetupInput = z
  .strictObject({
    token: z
      .string()
      .min(1)
      .max(200)
      .openapi({ description: 'From the one-time link the hub printed when it started.' }),
    email: Email,
    password: NewPassword,
    name: Line(120).optional(),
    workspaceName: Line(120).optional(),
    locale: z.enum(['fr', 'en']).optional(),
  })
  .openapi('SetupInput')

export const SignInInput = z
  .strictObject({ email: z.string().max(254), password: z.string().max(200) })
  .openapi('SignInInput')

export const Me = z
  .object({
    via: z.enum(['session', 'api-key', 'local']),
    user: z
      .object({ id: shownId('user'), email: z.string(), name: z.string(), locale: z.enum(['fr', 'en']).optional() })
      .optional(),
    role: z.enum(['owner', 'member']),
    workspace: z.object({ id: shownId('workspace'), slug: z.string(), name: z.string() }),
    csrfToken: z.string().optional().openapi({
      description: 'Signed in by cookie only: to be sent as X-CSRF-Token with every POST, PATCH and DELETE.',
    }),
  })
  .openapi('Me')

export const ApiKey = z
  .object({
    id: shownId('apiKey'),
    name: z.string(),
    prefix: z.string().openapi({ description: 'Start of the key, to recognise it by.', example: 'psk_4fQ2' }),
    createdAt: Instant,
    lastUsedAt: Instant.optional(),
  })
  .openapi('ApiKey')
export const ApiKeyList = listOf(ApiKey, 'ApiKeyList')
export const ApiKeyInput = z.strictObject({ name: Line(120) }).openapi('ApiKeyInput')
export const NewApiKey = ApiKey.extend({
  key: z.string().openapi({ description: 'The key itself. Shown this once; the hub keeps only its hash.' }),
}).openapi('NewApiKey')
