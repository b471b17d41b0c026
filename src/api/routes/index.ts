/** Every documented route, by the name of its handler. The document, the guard and the stranger's walk read this list. */
import * as integrations from './integrations.ts'
import * as orders from './orders.ts'
import * as session from './session.ts'
import * as shipments from './shipments.ts'

export const ROUTES = { ...session, ...integrations, ...orders, ...shipments } as const
