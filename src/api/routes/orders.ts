import { createRoute } from '@hono/zod-openapi'
import { shownId, z } from '../schemas/common.ts'
import * as shapes from '../schemas/orders.ts'
import { API, IDEMPOTENT, json, jsonBody, MEMBER, problems } from './declare.ts'

const tags = ['orders']
const params = z.object({ id: shownId('order') })

export const getOrders = createRoute({
  method: 'get',
  path: `${API}/orders`,
  tags,
  security: MEMBER,
  summary: 'Orders, newest first',
  request: { query: shapes.OrderQuery },
  responses: { 200: json(shapes.OrderList, 'Orders'), ...problems },
})

export const getOrder = createRoute({
  method: 'get',
  path: `${API}/orders/{id}`,
  tags,
  security: MEMBER,
  summary: 'One order with everything known about it',
  request: { params },
  responses: { 200: json(shapes.Order, 'The order'), ...problems },
})

export const getOrderRaw = createRoute({
  method: 'get',
  path: `${API}/orders/{id}/raw`,
  tags,
  security: MEMBER,
  summary: "The shop's own record of an order, as it was read last",
  request: { params },
  responses: { 200: json(shapes.OrderRaw, 'The record'), ...problems },
})

export const patchOrder = createRoute({
  method: 'patch',
  path: `${API}/orders/{id}`,
  tags,
  security: MEMBER,
  summary: 'Set our own tags on an order',
  request: { params, body: jsonBody(shapes.OrderPatch) },
  responses: { 200: json(shapes.Order, 'The order'), ...problems },
})

export const postNote = createRoute({
  method: 'post',
  path: `${API}/orders/{id}/notes`,
  tags,
  security: MEMBER,
  summary: 'Write a note of our own; the shop does not see it',
  description: IDEMPOTENT,
  request: { params, body: jsonBody(shapes.NoteInput) },
  responses: { 201: json(shapes.Note, 'The note'), ...problems },
})

export const deleteNote = createRoute({
  method: 'delete',
  path: `${API}/orders/{id}/notes/{note}`,
  tags,
  security: MEMBER,
  summary: 'Delete a note',
  request: { params: z.object({ id: shownId('order'), note: shownId('note') }) },
  responses: { 204: { description: 'Deleted' }, ...problems },
})

export const postRefresh = createRoute({
  method: 'post',
  path: `${API}/orders/{id}/refresh`,
  tags,
  security: MEMBER,
  summary: 'Read the order again from the shop, now',
  request: { params },
  responses: { 200: json(shapes.Order, 'The order as the shop has it now'), ...problems },
})

export const getCounts = createRoute({
  method: 'get',
  path: `${API}/counts`,
  tags,
  security: MEMBER,
  summary: 'What waits for a person',
  responses: { 200: json(shapes.Counts, 'Counts'), ...problems },
})
