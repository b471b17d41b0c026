/** Shipments by hand and the CSV of tracking numbers. */
import { SHIPMENT_STATES } from '../../domain/shipment.ts'
import { Instant, Line, shownId, Trouble, z } from './common.ts'

const Quantity = z
  .union([
    z
      .string()
      .trim()
      .regex(/^\d{1,9}([.,]\d{1,4})?$/),
    z.number().positive().max(999_999_999),
  ])
  .transform((value) => String(value).replace(',', '.'))
  .openapi({ type: 'string', example: '2' })

export const ParcelInput = z
  .strictObject({
    tracking: Line(100),
    url: z.string().trim().max(2000).optional().openapi({ description: 'http or https only.' }),
  })
  .openapi('ParcelInput')

export const ShipmentInput = z
  .strictObject({
    carrierName: Line(100),
    carrierCode: Line(60).optional(),
    parcels: z.array(ParcelInput).min(1).max(100),
    lines: z
      .array(
        z.object({
          line: Line(200).openapi({ description: 'Id of the line, or an unambiguous SKU.' }),
          quantity: Quantity,
        }),
      )
      .max(1000)
      .optional()
      .openapi({ description: 'Absent: everything that is left to ship.' }),
    seenVersion: z.int().optional().openapi({
      description: '`version` of the order the person was looking at; refused when what matters changed since.',
    }),
    force: z.boolean().optional().openapi({ description: 'Ship although the order is on hold or its status unknown.' }),
  })
  .openapi('ShipmentInput')

export const ShipmentPatch = z
  .strictObject({
    carrierName: Line(100).optional(),
    carrierCode: Line(60).optional(),
    parcels: z.array(ParcelInput).min(1).max(100).optional(),
  })
  .openapi('ShipmentPatch')

export const Parcel = z
  .object({
    id: shownId('parcel'),
    tracking: z.string(),
    url: z.string().optional(),
    withdrawnAt: Instant.optional().openapi({ description: 'Corrected away or voided.' }),
  })
  .openapi('Parcel')

export const Shipment = z
  .object({
    id: shownId('shipment'),
    orderId: shownId('order'),
    ownReference: z.string(),
    state: z.enum(SHIPMENT_STATES),
    carrierName: z.string(),
    carrierCode: z.string().optional(),
    revision: z.int(),
    parcels: z.array(Parcel),
    lines: z.array(z.object({ lineRemoteId: z.string(), quantity: z.string() })),
    createdAt: Instant,
    bookedAt: Instant.optional(),
    voidedAt: Instant.optional(),
    createdBy: z.string().optional(),
  })
  .openapi('Shipment')

export const Shipped = Shipment.extend({
  writebackId: shownId('writeback')
    .optional()
    .openapi({ description: 'What the shop is to be told; ask GET /writebacks/{id}?wait=settled.' }),
  already: z.boolean().optional().openapi({ description: 'This very shipment was there before; nothing was added.' }),
  shopUnread: Trouble.optional().openapi({
    description: 'The shop did not answer just now: done on what the hub knew.',
  }),
  warnings: z.array(z.object({ code: z.string(), field: z.string().optional() })),
}).openapi('Shipped')

const TrackingRow = z.object({
  row: z.int().openapi({ description: 'Line of the file as an editor counts: the heading is 1.' }),
  order: z.string(),
  carrier: z.string(),
  tracking: z.string(),
  url: z.string().optional(),
  field: z.string().optional().openapi({ description: 'Which cell is wrong: order, carrier, tracking, url.' }),
  problem: Trouble.optional(),
  choices: z
    .array(
      z.object({
        orderId: shownId('order'),
        integrationId: shownId('integration'),
        integrationName: z.string(),
        placedAt: Instant,
        customer: z.string().optional(),
      }),
    )
    .optional()
    .openapi({ description: 'The order number exists in several shops: say which one with `choose`.' }),
  orderId: shownId('order').optional(),
  warnings: z.array(z.object({ code: z.string(), field: z.string().optional() })).optional(),
})
const counted = { already: z.int(), bad: z.int(), ambiguous: z.int() }

export const TrackingPreview = z
  .object({
    rows: z.array(TrackingRow.extend({ state: z.enum(['new', 'already', 'bad', 'ambiguous']) }).openapi('TrackingRow')),
    new: z.int(),
    ...counted,
  })
  .openapi('TrackingPreview')

export const TrackingImport = z
  .object({
    rows: z.array(
      TrackingRow.extend({
        state: z.enum(['done', 'already', 'bad', 'ambiguous']),
        shipmentId: shownId('shipment').optional(),
        writebackId: shownId('writeback').optional(),
        shopUnread: z
          .boolean()
          .optional()
          .openapi({ description: 'The shop did not answer when the order was to be read again.' }),
      }).openapi('ImportedTrackingRow'),
    ),
    done: z.int(),
    ...counted,
  })
  .openapi('TrackingImport')

const Choice = z
  .string()
  .max(300)
  .regex(/^.{1,200}:ord_[0-9a-f]{32}$/)

export const TrackingImportQuery = z.strictObject({
  integration: shownId('integration')
    .optional()
    .openapi({ description: 'Look for the order numbers in this shop only.' }),
  carrierName: Line(100).optional().openapi({ description: 'For rows without a carrier.' }),
  choose: z
    .union([Choice, z.array(Choice).max(1000)])
    .optional()
    .openapi({ description: 'Which order a number means: `1042:ord_…`, once per number.' }),
})
