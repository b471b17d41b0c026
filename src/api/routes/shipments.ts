import { createRoute } from '@hono/zod-openapi'
import { shownId, z } from '../schemas/common.ts'
import * as shapes from '../schemas/shipments.ts'
import { Writeback, WritebackList, WritebackQuery, WritebackWait, SettleInput } from '../schemas/writebacks.ts'
import { API, IDEMPOTENT, json, jsonBody, MEMBER, problems } from './declare.ts'

const tags = ['shipments']
const params = z.object({ id: shownId('shipment') })

export const postShipment = createRoute({
  method: 'post',
  path: `${API}/orders/{id}/shipments`,
  tags,
  security: MEMBER,
  summary: 'Ship an order, whole or in part; the shop is told the tracking numbers',
  description: `The order is read again from the shop first. ${IDEMPOTENT}`,
  request: { params: z.object({ id: shownId('order') }), body: jsonBody(shapes.ShipmentInput) },
  responses: { 201: json(shapes.Shipped, 'Shipped; the shop is being told'), ...problems },
})

export const patchShipment = createRoute({
  method: 'patch',
  path: `${API}/shipments/{id}`,
  tags,
  security: MEMBER,
  summary: 'Correct carrier or tracking numbers; the shop is told where it can be',
  request: { params, body: jsonBody(shapes.ShipmentPatch) },
  responses: { 200: json(shapes.Shipped, 'Corrected'), ...problems },
})

export const postVoid = createRoute({
  method: 'post',
  path: `${API}/shipments/{id}/void`,
  tags,
  security: MEMBER,
  summary: 'Take a shipment back; the shop is told where it can be',
  description: IDEMPOTENT,
  request: { params },
  responses: { 200: json(shapes.Shipped, 'Voided'), ...problems },
})

export const getWritebacks = createRoute({
  method: 'get',
  path: `${API}/writebacks`,
  tags: ['writebacks'],
  security: MEMBER,
  summary: 'What shops were told or must still be told, newest first',
  request: { query: WritebackQuery },
  responses: { 200: json(WritebackList, 'Write-backs'), ...problems },
})

export const getWriteback = createRoute({
  method: 'get',
  path: `${API}/writebacks/{id}`,
  tags: ['writebacks'],
  security: MEMBER,
  summary: 'One write-back; with `wait=settled` the answer comes when it is settled or after 60 s',
  request: { params: z.object({ id: shownId('writeback') }), query: WritebackWait },
  responses: { 200: json(Writeback, 'The write-back'), ...problems },
})

export const postSettle = createRoute({
  method: 'post',
  path: `${API}/writebacks/{id}/settle`,
  tags: ['writebacks'],
  security: MEMBER,
  summary: 'Decide about a write-back that was refused or is in doubt',
  description: IDEMPOTENT,
  request: { params: z.object({ id: shownId('writeback') }), body: jsonBody(SettleInput) },
  responses: { 200: json(Writeback, 'The write-back'), ...problems },
})

const csv = {
  required: true,
  content: {
    'text/csv': {
      schema: z
        .string()
        .openapi({ description: 'Columns order, carrier, number, in any order; optional url and shop.' }),
    },
    'application/octet-stream': { schema: z.string().openapi({ format: 'binary' }) },
  },
}

export const postTrackingPreview = createRoute({
  method: 'post',
  path: `${API}/trackings/preview`,
  tags: ['trackings'],
  security: MEMBER,
  summary: 'Read a CSV of tracking numbers and say what each row would do; nothing is changed',
  request: { query: shapes.TrackingImportQuery, body: csv },
  responses: { 200: json(shapes.TrackingPreview, 'Row by row'), ...problems },
})

export const postTrackingImport = createRoute({
  method: 'post',
  path: `${API}/trackings/import`,
  tags: ['trackings'],
  security: MEMBER,
  summary: 'Ship what a CSV of tracking numbers says; the same file adds nothing the second time',
  description: IDEMPOTENT,
  request: { query: shapes.TrackingImportQuery, body: csv },
  responses: { 200: json(shapes.TrackingImport, 'Row by row'), ...problems },
})
