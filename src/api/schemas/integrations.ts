/** Platforms, recognition of an address, integrations and what happened with them. */
import { TELL } from '../../domain/shipment.ts'
import { LANES } from '../../domain/integration.ts'
import { Cursor, Flag, Instant, Limit, Line, listOf, shownId, Sight, Trouble, z } from './common.ts'

export const Platform = z
  .object({
    id: z.string().openapi({ example: 'woocommerce' }),
    name: z.string(),
    loginFields: z.array(z.object({ name: z.string(), secret: z.boolean(), required: z.boolean() })),
    capabilities: z.object({
      authorise: z.boolean().openapi({ description: 'The merchant can approve in the shop; no key is copied.' }),
      webhooks: z.boolean(),
      trash: z.boolean(),
      tell: z.array(z.enum(TELL)),
    }),
  })
  .openapi('Platform')
export const PlatformList = listOf(Platform, 'PlatformList')

const TypedUrl = z.string().max(2000).openapi({ example: 'https://boutique.example' })

export const RecognitionInput = z.strictObject({ url: TypedUrl }).openapi('RecognitionInput')
export const Recognition = z
  .object({
    url: z.string().openapi({ description: "The shop's address as the hub will call it." }),
    shownAs: z
      .string()
      .openapi({ description: 'The same as people read it (international names in their own script).' }),
    changes: z.array(Sight).openapi({ description: 'What was corrected in what was typed.' }),
    platform: z.string(),
    name: z.string().optional(),
    version: z.string().optional(),
    saw: z.array(Sight),
  })
  .openapi('Recognition')

/** `30d`, `all`, a day or an instant. */
export const Since = z
  .string()
  .max(40)
  .regex(/^(all|\d{1,5}d|\d{4}-\d{2}-\d{2}([T ].*)?)$/)
  .openapi({
    description:
      'Orders placed from here on are imported: `30d`, a date, or `all`. Open orders come at any age, later changes always.',
    example: '30d',
  })

const Login = z
  .record(z.string().max(40), z.string().max(2000))
  .openapi({ description: "By the names of the platform's loginFields.", example: { key: 'ck_…', secret: 'cs_…' } })

const Choices = {
  name: Line(120).optional(),
  since: Since.optional(),
  tell: z.enum(TELL).optional().openapi({ description: 'Who tells the customer that the order is on its way.' }),
  queryKeys: z
    .boolean()
    .optional()
    .openapi({ description: 'Consent to keys in the query where the shop loses the header.' }),
  language: z.enum(['fr', 'en']).optional().openapi({ description: 'Language of notes to the customer.' }),
}

export const IntegrationInput = z
  .strictObject({
    platform: z.string().max(40),
    url: TypedUrl,
    login: Login,
    ...Choices,
    copy: z
      .boolean()
      .optional()
      .openapi({ description: 'Yes, this is a copy (staging) of a shop that is connected already.' }),
  })
  .openapi('IntegrationInput')

export const IntegrationPatch = z
  .strictObject({
    ...Choices,
    url: TypedUrl.optional(),
    login: Login.optional(),
    disabled: z.boolean().optional(),
    moved: z.boolean().optional().openapi({ description: 'Yes, the new address is the same shop, moved.' }),
  })
  .openapi('IntegrationPatch')

export const LaneHealth = z
  .object({
    lane: z.enum(LANES),
    state: z.enum(['connected', 'slowed', 'paused']),
    since: Instant,
    because: Trouble.optional(),
    failures: z.int(),
    nextAttemptAt: Instant.optional(),
  })
  .openapi('LaneHealth')

const Progress = z.object({ done: z.int(), total: z.int().optional() })

export const Integration = z
  .object({
    id: shownId('integration'),
    platform: z.string(),
    name: z.string(),
    url: z.string(),
    state: z
      .enum(['connected', 'slowed', 'paused', 'disabled'])
      .openapi({ description: 'The worst of the lanes, or the user’s own switch.' }),
    lanes: z.array(LaneHealth),
    lastSyncAt: Instant.optional().openapi({ description: 'When the shop last answered a reading of its orders.' }),
    nextSyncAt: Instant.optional(),
    syncing: z.boolean(),
    backfill: Progress.optional().openapi({ description: 'Present while older orders are still being fetched.' }),
    ordersToday: z.int(),
    ordersTotal: z.int(),
    quarantined: z.int(),
    writebacks: z.object({ waiting: z.int(), refused: z.int(), inDoubt: z.int() }),
    troubles: z.array(Trouble).openapi({
      description: 'One part of the work that fails while its lane is well, such as the fetching of older orders.',
    }),
    options: z.object({ tell: z.enum(TELL), queryKeys: z.boolean(), since: z.string(), language: z.string() }),
    loginFields: z
      .array(z.string())
      .openapi({ description: 'Names of the saved login fields; values are never shown.' }),
    zone: z.string().optional().openapi({ description: "The shop's own time zone.", example: 'Europe/Paris' }),
    webhooks: z.object({ standing: z.int(), lastDeliveryAt: Instant.optional() }).optional(),
    disabledAt: Instant.optional(),
    createdAt: Instant,
  })
  .openapi('Integration')
export const IntegrationList = listOf(Integration, 'IntegrationList')

export const AddedIntegration = Integration.extend({
  saw: z.array(Sight).openapi({ description: 'Warnings and facts found while connecting.' }),
}).openapi('AddedIntegration')

export const SyncAsked = z
  .object({
    id: shownId('integration'),
    name: z.string(),
    askedAt: Instant,
    debounced: z.boolean().openapi({ description: 'Somebody asked a moment ago; this call joins that sync.' }),
  })
  .openapi('SyncAsked')
export const SyncAskedList = listOf(SyncAsked, 'SyncAskedList')

export const SyncQuery = z.strictObject({
  askedAt: Instant.max(40),
  wait: Flag.optional().openapi({ description: 'Answer only when it is over, or after 30 s.' }),
  until: z.enum(['orders', 'everything']).optional().openapi({
    description:
      'When it counts as over: after the changed orders (default), or also after older orders and due write-backs.',
  }),
})
export const SyncResult = z
  .object({
    id: shownId('integration'),
    name: z.string(),
    askedAt: Instant,
    running: z.boolean().openapi({ description: 'Not over yet; ask again.' }),
    imported: z.int(),
    changed: z.int(),
    unchanged: z.int(),
    quarantined: z.int(),
    gone: z.int(),
    requests: z.int(),
    durationMs: z.int(),
    backfill: Progress.optional(),
    tellingShop: z.boolean().openapi({ description: 'Tracking numbers are due and not told to the shop yet.' }),
    failing: Trouble.optional().openapi({ description: 'Why the shop could not be read; the hub goes on trying.' }),
  })
  .openapi('SyncResult')

export const Exchange = z
  .object({
    id: shownId('exchange'),
    at: Instant,
    purpose: z.string(),
    method: z.string(),
    url: z.string().openapi({ description: 'Secrets are replaced by dots.' }),
    status: z.int().optional(),
    error: z.string().optional().openapi({ description: 'Code of the failure when there was no answer.' }),
    tookMs: z.int(),
    sentBytes: z.int(),
    wireBytes: z.int(),
    bodyBytes: z.int(),
    requestHeaders: z.record(z.string(), z.string()),
    responseHeaders: z.record(z.string(), z.string()).optional(),
    bodyStart: z.string().optional().openapi({ description: 'First 4 kB of an answer that was not the expected one.' }),
  })
  .openapi('Exchange')
export const ExchangeList = listOf(Exchange, 'ExchangeList')

export const Run = z
  .object({
    id: shownId('run'),
    kind: z.string(),
    pass: z.string(),
    startedAt: Instant,
    endedAt: Instant,
    outcome: z.string(),
    imported: z.int(),
    changed: z.int(),
    unchanged: z.int(),
    quarantined: z.int(),
    gone: z.int(),
    requests: z.int(),
    because: Trouble.optional(),
  })
  .openapi('Run')
export const RunList = listOf(Run, 'RunList')

export const Quarantined = z
  .object({
    id: shownId('quarantine'),
    kind: z.string(),
    remoteId: z.string().optional(),
    reason: z.string(),
    firstSeenAt: Instant,
    lastSeenAt: Instant,
    bytes: z.int(),
    start: z.string().openapi({ description: 'First 2 kB of what the shop sent.' }),
  })
  .openapi('Quarantined')
export const QuarantineList = listOf(Quarantined, 'QuarantineList')

export const LogQuery = z.strictObject({ cursor: Cursor.optional(), limit: Limit.optional() })

export const AuthorisationInput = z
  .strictObject({ platform: z.string().max(40), url: TypedUrl, ...Choices, copy: z.boolean().optional() })
  .openapi('AuthorisationInput')
export const Authorisation = z
  .object({
    link: z.string().openapi({ description: 'Send the browser here: the merchant approves in the shop.' }),
    expiresAt: Instant,
  })
  .openapi('Authorisation')
