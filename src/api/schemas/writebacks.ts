/** Write-backs: what a shop must still be told, or was told. */
import { WRITEBACK_STATES } from '../../domain/shipment.ts'
import { Cursor, Instant, Limit, listOf, shownId, Trouble, z } from './common.ts'

export const Writeback = z
  .object({
    id: shownId('writeback'),
    integrationId: shownId('integration'),
    integrationName: z.string(),
    orderId: shownId('order'),
    orderNumber: z.string(),
    shipmentId: shownId('shipment').optional(),
    kind: z.enum(['shipped', 'corrected', 'voided']),
    revision: z.int(),
    state: z.enum(WRITEBACK_STATES),
    because: Trouble.optional().openapi({
      description: 'Why the shop or our own check said no, or what the last attempt failed with.',
    }),
    detail: z.string().optional(),
    attempts: z.int(),
    nextAt: Instant.optional(),
    createdAt: Instant,
    sentAt: Instant.optional(),
    settledAt: Instant.optional(),
    parcels: z.array(z.object({ tracking: z.string(), url: z.string().optional() })),
    readBack: z.unknown().optional().openapi({ description: 'What stood in the shop when it was read again.' }),
  })
  .openapi('Writeback')
export const WritebackList = listOf(Writeback, 'WritebackList')

export const WritebackQuery = z.strictObject({
  state: z.enum(WRITEBACK_STATES).optional(),
  order: shownId('order').optional(),
  integration: shownId('integration').optional(),
  cursor: Cursor.optional(),
  limit: Limit.optional(),
})
export const WritebackWait = z.strictObject({
  wait: z
    .enum(['settled'])
    .optional()
    .openapi({ description: 'Answer only when it is confirmed, refused or in doubt, or after 60 s.' }),
})
export const SettleInput = z
  .strictObject({
    decision: z
      .enum(['again', 'done'])
      .openapi({ description: '`again` tells the shop once more; `done` says it stands there already.' }),
  })
  .openapi('SettleInput')
