import { createRoute } from '@hono/zod-openapi'
import { shownId, z } from '../schemas/common.ts'
import { ApiKeyInput, ApiKeyList, Me, NewApiKey, SetupInput, SetupState, SignInInput } from '../schemas/session.ts'
import { API, json, jsonBody, MEMBER, problems, PUBLIC } from './declare.ts'

const tags = ['session']

export const getSetupState = createRoute({
  method: 'get',
  path: `${API}/setup-state`,
  tags,
  security: PUBLIC,
  summary: 'Is there a user yet? Does the demo shop run?',
  responses: { 200: json(SetupState, 'State of this hub for a visitor'), ...problems },
})

export const postSetup = createRoute({
  method: 'post',
  path: `${API}/setup`,
  tags,
  security: PUBLIC,
  summary: 'Make the first user with the one-time link, and sign in',
  request: { body: jsonBody(SetupInput) },
  responses: { 201: json(Me, 'Made and signed in'), ...problems },
})

export const postSession = createRoute({
  method: 'post',
  path: `${API}/session`,
  tags,
  security: PUBLIC,
  summary: 'Sign in',
  request: { body: jsonBody(SignInInput) },
  responses: { 201: json(Me, 'Signed in'), ...problems },
})

export const deleteSession = createRoute({
  method: 'delete',
  path: `${API}/session`,
  tags,
  security: MEMBER,
  summary: 'Sign out',
  responses: { 204: { description: 'Signed out' }, ...problems },
})

export const getMe = createRoute({
  method: 'get',
  path: `${API}/me`,
  tags,
  security: MEMBER,
  summary: 'Who am I, in which workspace',
  responses: { 200: json(Me, 'The caller'), ...problems },
})

export const getApiKeys = createRoute({
  method: 'get',
  path: `${API}/api-keys`,
  tags: ['api-keys'],
  security: MEMBER,
  summary: 'API keys of the workspace',
  responses: { 200: json(ApiKeyList, 'Keys, without their secret'), ...problems },
})

export const postApiKey = createRoute({
  method: 'post',
  path: `${API}/api-keys`,
  tags: ['api-keys'],
  security: MEMBER,
  summary: 'Make an API key',
  description: 'The answer holds the key and is never kept, so an Idempotency-Key is not taken here.',
  request: { body: jsonBody(ApiKeyInput) },
  responses: { 201: json(NewApiKey, 'The key, shown this once'), ...problems },
})

export const deleteApiKey = createRoute({
  method: 'delete',
  path: `${API}/api-keys/{id}`,
  tags: ['api-keys'],
  security: MEMBER,
  summary: 'Revoke an API key',
  request: { params: z.object({ id: shownId('apiKey') }) },
  responses: { 204: { description: 'Revoked' }, ...problems },
})
