/**
 * The OpenAPI 3.1 document, from the schemas that validate. Needs no running hub, so the docs tool and the app
 * publish the same text.
 */
import { OpenAPIHono } from '@hono/zod-openapi'
import { ROUTES } from './routes/index.ts'

const ABOUT = `All ids carry a prefix, instants are ISO 8601 UTC, money is an integer of minor units with its currency.
Lists are pages: pass \`next\` back as \`cursor\`. Errors are RFC 9457 problems with a stable \`code\`, the \`field\` that is
wrong, and \`todo\`: what to do, in the language of Accept-Language (fr, en).`

/** Sorted, because the order of a module's exports is not the same everywhere it is run. */
const sorted = Object.values(ROUTES).sort((a, b) => (`${a.path} ${a.method}` < `${b.path} ${b.method}` ? -1 : 1))

export function openApiDocument() {
  const registry = new OpenAPIHono().openAPIRegistry
  registry.registerComponent('securitySchemes', 'apiKey', {
    type: 'http',
    scheme: 'bearer',
    description: 'An API key: `Authorization: Bearer psk_…`.',
  })
  registry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: 'passerelle_session',
    description: 'Set by signing in. Calls that change something also send X-CSRF-Token (from GET /me).',
  })
  const app = new OpenAPIHono()
  app.openAPIRegistry = registry
  for (const route of sorted) registry.registerPath(route)
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: { title: 'Passerelle', version: '1', description: ABOUT },
    servers: [{ url: '/' }],
  })
}
