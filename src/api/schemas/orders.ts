/** Orders as the hub mirrors them, with what is ours beside them: notes, tags, shipments, timeline. */
import { ORDER_STATUSES } from '../../domain/order.ts'
import { Cursor, Flag, Instant, Limit, Line, listOf, Money, shownId, z } from './common.ts'
import { Shipment } from './shipments.ts'
import { Writeback } from './writebacks.ts'

const Day = z
  .string()
  .max(40)
  .regex(/^\d{4}-\d{2}-\d{2}/)

export const OrderQuery = z.strictObject({
  query: z
    .string()
    .trim()
    .max(200)
    .optional()
    .openapi({ description: 'Start of a number, e-mail or SKU; a name from three letters.' }),
  number: z.string().trim().max(200).optional().openapi({ description: 'Exactly this order number.' }),
  status: z.enum(ORDER_STATUSES).optional(),
  integration: shownId('integration').optional(),
  country: z
    .string()
    .regex(/^[A-Za-z]{2}$/)
    .transform((code) => code.toUpperCase())
    .optional(),
  from: Day.optional().openapi({ description: 'Placed at or after this day or instant.' }),
  to: Day.optional().openapi({ description: 'Placed before the end of this day, or before this instant.' }),
  toShip: Flag.optional(),
  attention: Flag.optional(),
  tag: Line(60).optional(),
  cursor: Cursor.optional(),
  limit: Limit.optional(),
})

export const OrderRow = z
  .object({
    id: shownId('order'),
    integrationId: shownId('integration'),
    integrationName: z.string(),
    remoteId: z.string(),
    number: z.string(),
    status: z.enum(ORDER_STATUSES),
    statusRaw: z.string(),
    gone: z.enum(['trashed', 'deleted']).optional(),
    placedAt: Instant,
    modifiedAt: Instant.optional(),
    total: Money.optional(),
    customerName: z.string().optional(),
    email: z.string().optional(),
    country: z.string().optional(),
    leftToShip: z.number().openapi({ description: 'Units still to be sent.' }),
    toShip: z.boolean(),
    attention: z
      .string()
      .optional()
      .openapi({ description: 'Why a person should look: something changed in the shop after it was shipped.' }),
    issueCount: z.int(),
    tags: z.array(z.string()),
  })
  .openapi('OrderRow')
export const OrderList = listOf(OrderRow, 'OrderList')

const Address = z
  .object({
    name: z.string(),
    company: z.string(),
    line1: z.string(),
    line2: z.string(),
    postcode: z.string(),
    city: z.string(),
    stateCode: z.string(),
    stateRaw: z.string(),
    country: z.string(),
    phone: z.string(),
    email: z.string(),
  })
  .partial()
  .openapi('Address')

export const OrderLine = z
  .object({
    remoteId: z.string(),
    productRemoteId: z.string().optional(),
    variantRemoteId: z.string().optional(),
    sku: z.string().optional(),
    gtin: z.string().optional(),
    name: z.string(),
    options: z.array(z.object({ name: z.string(), value: z.string() })).optional(),
    quantity: z.string().openapi({ description: 'Decimal text: "2", "1.5".' }),
    refunded: z.string(),
    cancelled: z.string(),
    shipped: z.string(),
    toShip: z.number().openapi({ description: 'max(0, ordered − shipped − refunded − cancelled)' }),
    unitPrice: z.string().optional(),
    total: Money.optional(),
    tax: Money.optional(),
    weightMg: z.int().optional(),
    lengthMm: z.number().optional(),
    widthMm: z.number().optional(),
    heightMm: z.number().optional(),
    hsCode: z.string().optional(),
    origin: z.string().optional(),
    requiresShipping: z.boolean().optional(),
    imageUrl: z.string().optional(),
  })
  .openapi('OrderLine')

export const Note = z
  .object({ id: shownId('note'), text: z.string(), author: z.string().optional(), createdAt: Instant })
  .openapi('Note')

export const TimelineEntry = z
  .object({
    id: z.string(),
    at: Instant,
    kind: z.string().openapi({
      description:
        'imported · changed · status · shipped · corrected · voided · told · refused · in-doubt · note · tag · …',
    }),
    actor: z.string().optional(),
    details: z.record(z.string(), z.unknown()),
  })
  .openapi('TimelineEntry')

export const Order = OrderRow.extend({
  placedRaw: z.string().optional(),
  modifiedRaw: z.string().optional(),
  paidAt: Instant.optional(),
  holdReason: z.string().optional(),
  totals: z.object({
    goods: Money.optional(),
    shipping: Money.optional(),
    fees: Money.optional(),
    discount: Money.optional(),
    tax: Money.optional(),
    grand: Money.optional(),
    rounding: Money,
  }),
  customer: z.object({
    remoteId: z.string().optional(),
    name: z.string().optional(),
    company: z.string().optional(),
    email: z.string().optional(),
    phone: z.string().optional(),
  }),
  shipTo: Address,
  billTo: Address,
  pickupPoint: z
    .object({
      carrier: z.string().optional(),
      id: z.string().optional(),
      name: z.string().optional(),
      address: Address.optional(),
    })
    .optional(),
  shippingMethod: z
    .object({ code: z.string().optional(), title: z.string().optional(), price: Money.optional() })
    .optional(),
  payment: z
    .object({
      code: z.string().optional(),
      title: z.string().optional(),
      cashOnDelivery: z.boolean(),
      amountDue: Money.optional(),
    })
    .optional(),
  note: z.string().optional().openapi({ description: 'What the customer wrote.' }),
  giftMessage: z.string().optional(),
  lines: z.array(OrderLine),
  knownTrackings: z.array(z.object({ number: z.string(), carrier: z.string().optional(), url: z.string().optional() })),
  issues: z.array(z.object({ code: z.string(), field: z.string().optional(), raw: z.string().optional() })),
  notes: z.array(Note),
  shipments: z.array(Shipment),
  writebacks: z.array(Writeback),
  timeline: z.array(TimelineEntry),
  version: z.int(),
  fetchedAt: Instant,
}).openapi('Order')

export const OrderRaw = z
  .object({
    fetchedAt: Instant,
    record: z.unknown().openapi({ description: 'The record as the shop sent it; numbers keep their form.' }),
    extra: z.unknown().optional().openapi({ description: 'What was asked for beside it: refunds, notes.' }),
  })
  .openapi('OrderRaw')

export const OrderPatch = z
  .strictObject({
    tags: z.array(Line(60)).max(50).optional().openapi({ description: 'The tags the order is to have; others go.' }),
    attention: z.null().optional().openapi({ description: '`null`: a person has seen to it.' }),
  })
  .openapi('OrderPatch')
export const NoteInput = z.strictObject({ text: z.string().trim().min(1).max(5000) }).openapi('NoteInput')

export const Counts = z
  .object({
    toShip: z.int(),
    oldestToShipAt: Instant.optional(),
    attention: z.int(),
    ordersToday: z.int(),
    writebacksRefused: z.int(),
    writebacksInDoubt: z.int(),
    integrations: z.int(),
    integrationsSlowed: z.int(),
    integrationsPaused: z.int(),
    capped: z.boolean().openapi({ description: 'A count stopped at 1,000: there are at least that many.' }),
  })
  .openapi('Counts')
