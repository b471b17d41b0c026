import { createRoute } from '@hono/zod-openapi'
import { shownId, z } from '../schemas/common.ts'
import * as shapes from '../schemas/integrations.ts'
import { API, IDEMPOTENT, json, jsonBody, MEMBER, problems } from './declare.ts'

const tags = ['integrations']
const params = z.object({ id: shownId('integration') })

export const getPlatforms = createRoute({
  method: 'get',
  path: `${API}/platforms`,
  tags,
  security: MEMBER,
  summary: 'Kinds of shop this hub can connect',
  responses: { 200: json(shapes.PlatformList, 'Platforms'), ...problems },
})

export const postRecognition = createRoute({
  method: 'post',
  path: `${API}/recognitions`,
  tags,
  security: MEMBER,
  summary: 'Look at an address and say what shop is there',
  request: { body: jsonBody(shapes.RecognitionInput) },
  responses: { 200: json(shapes.Recognition, 'What the hub saw'), ...problems },
})

export const getIntegrations = createRoute({
  method: 'get',
  path: `${API}/integrations`,
  tags,
  security: MEMBER,
  summary: 'Connected shops and the health of their lanes',
  responses: { 200: json(shapes.IntegrationList, 'Integrations'), ...problems },
})

export const postIntegration = createRoute({
  method: 'post',
  path: `${API}/integrations`,
  tags,
  security: MEMBER,
  summary: 'Connect a shop: the login is tried before it is saved',
  description: IDEMPOTENT,
  request: { body: jsonBody(shapes.IntegrationInput) },
  responses: { 201: json(shapes.AddedIntegration, 'Connected; the first import has started'), ...problems },
})

export const getIntegration = createRoute({
  method: 'get',
  path: `${API}/integrations/{id}`,
  tags,
  security: MEMBER,
  summary: 'One integration',
  request: { params },
  responses: { 200: json(shapes.Integration, 'The integration'), ...problems },
})

export const patchIntegration = createRoute({
  method: 'patch',
  path: `${API}/integrations/{id}`,
  tags,
  security: MEMBER,
  summary: 'Change name, address, login or choices; a new address or login is tried first',
  request: { params, body: jsonBody(shapes.IntegrationPatch) },
  responses: { 200: json(shapes.AddedIntegration, 'Changed'), ...problems },
})

export const deleteIntegration = createRoute({
  method: 'delete',
  path: `${API}/integrations/{id}`,
  tags,
  security: MEMBER,
  summary: 'Remove an integration and its orders; our webhooks in the shop are deleted',
  request: { params },
  responses: { 204: { description: 'Removed' }, ...problems },
})

export const postSync = createRoute({
  method: 'post',
  path: `${API}/integrations/{id}/sync`,
  tags,
  security: MEMBER,
  summary: 'Start a sync now, or join the one that runs',
  description: IDEMPOTENT,
  request: { params },
  responses: { 202: json(shapes.SyncAsked, 'Asked'), ...problems },
})

export const postSyncAll = createRoute({
  method: 'post',
  path: `${API}/sync`,
  tags,
  security: MEMBER,
  summary: 'Start a sync of every integration',
  description: IDEMPOTENT,
  responses: { 202: json(shapes.SyncAskedList, 'Asked'), ...problems },
})

export const getSync = createRoute({
  method: 'get',
  path: `${API}/integrations/{id}/sync`,
  tags,
  security: MEMBER,
  summary: 'What the sync asked for at `askedAt` has brought so far',
  request: { params, query: shapes.SyncQuery },
  responses: { 200: json(shapes.SyncResult, 'Result or progress'), ...problems },
})

export const getExchanges = createRoute({
  method: 'get',
  path: `${API}/integrations/{id}/exchanges`,
  tags,
  security: MEMBER,
  summary: 'Calls to the shop of the last 14 days, newest first, secrets removed',
  request: { params, query: shapes.LogQuery },
  responses: { 200: json(shapes.ExchangeList, 'Exchanges'), ...problems },
})

export const getRuns = createRoute({
  method: 'get',
  path: `${API}/integrations/{id}/runs`,
  tags,
  security: MEMBER,
  summary: 'Runs that changed something or failed, newest first',
  request: { params, query: shapes.LogQuery },
  responses: { 200: json(shapes.RunList, 'Runs'), ...problems },
})

export const getQuarantine = createRoute({
  method: 'get',
  path: `${API}/integrations/{id}/quarantine`,
  tags,
  security: MEMBER,
  summary: 'Records the hub could not read, kept whole',
  request: { params, query: shapes.LogQuery },
  responses: { 200: json(shapes.QuarantineList, 'Quarantined records'), ...problems },
})

export const postAuthorisation = createRoute({
  method: 'post',
  path: `${API}/authorisations`,
  tags,
  security: MEMBER,
  summary: 'Connect without copying a key: the merchant approves in the shop',
  request: { body: jsonBody(shapes.AuthorisationInput) },
  responses: { 201: json(shapes.Authorisation, 'Where to send the browser'), ...problems },
})

export const postDemo = createRoute({
  method: 'post',
  path: `${API}/demo`,
  tags,
  security: MEMBER,
  summary: 'Start the demo shop and connect it, while nothing is connected',
  responses: { 201: json(shapes.AddedIntegration, 'The demo shop, connected'), ...problems },
})
