/** What stands in the hub in each scene of the looked-at pages. Times are relative to now, as the pages show them so. */
import type { Integration, Order, OrderRow, Script, Writeback } from './scripted-hub.ts'
import { problem } from './scripted-hub.ts'

const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString()
const hex = (n: number): string => n.toString(16).padStart(32, '0')
export const shopId = (n: number): string => `int_${hex(n)}`
export const orderId = (n: number): string => `ord_${hex(n)}`

const LONG =
  'Les Savons, Bougies et Autres Merveilles Artisanales de la Maison Lise-Marguerite de Saint-Barthélemy-des-Montagnes-Hautes'

const me = {
  via: 'session',
  user: { id: `usr_${hex(1)}`, email: 'lise@savons.example', name: 'Lise', locale: 'fr' },
  role: 'owner',
  workspace: { id: `ws_${hex(1)}`, slug: 'default', name: 'Passerelle' },
  csrfToken: 'token',
}

function shop(n: number, name: string, more: Partial<Integration> = {}): Integration {
  const lane = (lane: 'import' | 'write-back' | 'webhooks') => ({
    lane,
    state: 'connected' as const,
    since: ago(9000),
    failures: 0,
  })
  return {
    id: shopId(n),
    platform: 'woocommerce',
    name,
    url: `https://boutique-${n}.example`,
    state: 'connected',
    lanes: [lane('import'), lane('write-back'), lane('webhooks')],
    lastSyncAt: ago(3),
    nextSyncAt: ago(-4),
    syncing: false,
    ordersToday: 12,
    ordersTotal: 4812,
    quarantined: 0,
    writebacks: { waiting: 0, refused: 0, inDoubt: 0 },
    troubles: [],
    options: { tell: 'nobody', queryKeys: false, since: ago(43_200), language: 'fr' },
    loginFields: ['key', 'secret'],
    webhooks: { standing: 3, lastDeliveryAt: ago(6) },
    createdAt: ago(90_000),
    ...more,
  } as Integration
}

const slowed = shop(2, 'Thés d’altitude', {
  state: 'slowed',
  lastSyncAt: ago(48),
  lanes: [
    {
      lane: 'import',
      state: 'slowed',
      since: ago(47),
      failures: 5,
      nextAttemptAt: ago(-11),
      because: {
        code: 'shop-maintenance',
        title: 'La boutique répond « 503, maintenance »',
        todo: 'Attendre la fin de la maintenance.',
      },
    },
    { lane: 'write-back', state: 'connected', since: ago(9000), failures: 0 },
  ],
  webhooks: undefined,
})

const paused = shop(3, LONG, {
  state: 'paused',
  url: 'https://une-adresse-vraiment-tres-longue-pour-une-boutique-en-ligne.example/boutique/fr',
  lastSyncAt: ago(60 * 30),
  lanes: [
    {
      lane: 'import',
      state: 'paused',
      since: ago(60 * 30),
      failures: 9,
      nextAttemptAt: ago(-45),
      because: {
        code: 'login-rejected',
        title: 'La boutique refuse notre clé (401)',
        todo: 'Créer une nouvelle clé dans la boutique et la coller ici.',
      },
    },
    {
      lane: 'write-back',
      state: 'paused',
      since: ago(60 * 29),
      failures: 4,
      because: {
        code: 'permission-missing',
        title: 'La clé ne donne pas le droit d’écrire',
        todo: 'Créer une clé en lecture et écriture.',
      },
    },
    { lane: 'webhooks', state: 'connected', since: ago(9000), failures: 0 },
  ],
  quarantined: 2,
  writebacks: { waiting: 3, refused: 1, inDoubt: 0 },
  troubles: [
    {
      code: 'shop-timeout',
      title: 'La lecture des commandes anciennes n’aboutit pas',
      todo: 'Rien à faire : le hub demande des pages plus petites.',
    },
  ],
})

const importing = shop(4, 'Atelier du cuir', {
  backfill: { done: 1180, total: 4700 },
  syncing: true,
  ordersTotal: 1180,
})

const STATUSES: OrderRow['status'][] = [
  'ready',
  'ready',
  'on-hold',
  'shipped',
  'completed',
  'cancelled',
  'refunded',
  'unknown',
]
const NAMES = [
  'Camille Lefèvre',
  'Ömer Şahin',
  'Zoë van der Brugge-Vandenbroucke',
  'Société des Œuvres Complètes du Nord-Pas-de-Calais',
  'Ann Lee',
]
const COUNTRIES = ['FR', 'BE', 'DE', 'GF', 'GB']

function row(n: number, more: Partial<OrderRow> = {}): OrderRow {
  const status = STATUSES[n % STATUSES.length]!
  return {
    id: orderId(n),
    integrationId: shopId(1 + (n % 3)),
    integrationName: ['Les Savons de Lise', 'Thés d’altitude', LONG][n % 3]!,
    remoteId: String(7000 + n),
    number: String(10_000 - n),
    status,
    statusRaw: status === 'unknown' ? 'wc-en-preparation' : status === 'ready' ? 'processing' : status,
    placedAt: ago(7 + n * 97),
    total: { minor: n % 7 === 6 ? 4200 : 1990 + n * 1313, currency: n % 7 === 6 ? 'JPY' : 'EUR' },
    customerName: NAMES[n % NAMES.length],
    country: COUNTRIES[n % COUNTRIES.length],
    leftToShip: status === 'ready' ? 1 + (n % 4) : 0,
    toShip: status === 'ready',
    issueCount: 0,
    tags: [],
    ...(n === 3 && { attention: 'cancelled' }),
    ...more,
  } as OrderRow
}

const address = {
  name: 'Camille Lefèvre',
  company: 'Atelier Lefèvre',
  line1: '12, rue de l’Œuvre',
  line2: 'Bâtiment C, 3ᵉ étage',
  postcode: '69001',
  city: 'Lyon',
  country: 'FR',
}

const money = (minor: number) => ({ minor, currency: 'EUR' })

const writeback = (n: number, more: Partial<Writeback> = {}): Writeback =>
  ({
    id: `wb_${hex(n)}`,
    integrationId: shopId(1),
    orderId: orderId(0),
    orderNumber: '10000',
    shipmentId: `shp_${hex(n)}`,
    kind: 'shipped',
    revision: 1,
    state: 'confirmed',
    attempts: 1,
    createdAt: ago(25),
    sentAt: ago(24),
    settledAt: ago(24),
    parcels: [{ tracking: '6A12345678901', url: 'https://www.laposte.fr/outils/suivre-vos-envois?code=6A12345678901' }],
    ...more,
  }) as Writeback

const refused = writeback(2, {
  state: 'refused',
  orderNumber: '9981',
  because: {
    code: 'order-cancelled',
    title: 'La commande est annulée dans la boutique',
    todo: 'Décider si le suivi doit tout de même y être écrit.',
  },
})
const doubtful = writeback(3, {
  state: 'in-doubt',
  orderNumber: '9975',
  parcels: [{ tracking: 'XY123456789FR' }, { tracking: 'XY123456790FR' }],
})
const planned = writeback(4, { state: 'planned', attempts: 2, nextAt: ago(-8), orderNumber: '9970' })

const order: Order = {
  ...row(0, { integrationId: shopId(1), integrationName: 'Les Savons de Lise' }),
  leftToShip: 3,
  tags: ['cadeau', 'urgent'],
  totals: { goods: money(5400), shipping: money(590), tax: money(1198), grand: money(7188), rounding: money(0) },
  customer: { name: 'Camille Lefèvre', email: 'camille@example.org', phone: '+33 6 12 34 56 78' },
  shipTo: address,
  billTo: address,
  shippingMethod: { title: 'Colissimo domicile', price: money(590) },
  payment: { title: 'Carte bancaire', cashOnDelivery: false },
  note: 'Merci de ne pas sonner : le bébé dort !',
  lines: [
    {
      remoteId: '315',
      sku: 'SAV-LAV-100',
      name: 'Savon à la lavande',
      options: [{ name: 'Taille', value: '100 g' }],
      quantity: '4',
      refunded: '0',
      cancelled: '0',
      shipped: '2',
      toShip: 2,
      total: money(3000),
      weightMg: 104_000,
      hsCode: '340111',
      origin: 'FR',
    },
    {
      remoteId: '316',
      sku: 'BOU-CIRE',
      name: `Bougie en cire d’abeille, ${LONG}`,
      quantity: '1',
      refunded: '0',
      cancelled: '0',
      shipped: '0',
      toShip: 1,
      total: money(2400),
    },
    {
      remoteId: '317',
      name: 'Carte cadeau',
      quantity: '1',
      refunded: '1',
      cancelled: '0',
      shipped: '0',
      toShip: 0,
      total: money(0),
      requiresShipping: false,
    },
  ],
  knownTrackings: [],
  issues: [{ code: 'weight-unknown', field: 'lines.316' }],
  notes: [{ id: `note_${hex(1)}`, text: 'Emballer à part la bougie.', author: 'Lise', createdAt: ago(12) }],
  shipments: [
    {
      id: `shp_${hex(1)}`,
      orderId: orderId(0),
      ownReference: 'PSR-1',
      state: 'booked',
      carrierName: 'Colissimo',
      revision: 1,
      parcels: [
        {
          id: `par_${hex(1)}`,
          tracking: '6A12345678901',
          url: 'https://www.laposte.fr/outils/suivre-vos-envois?code=6A12345678901',
        },
      ],
      lines: [{ lineRemoteId: '315', quantity: '2' }],
      createdAt: ago(25),
      bookedAt: ago(25),
      createdBy: 'Lise',
    },
  ],
  writebacks: [writeback(1)],
  timeline: [
    { id: 'evt_1', at: ago(30), kind: 'imported', details: {} },
    {
      id: 'evt_2',
      at: ago(25),
      kind: 'shipped',
      actor: 'Lise',
      details: { carrierName: 'Colissimo', parcels: [{ tracking: '6A12345678901' }] },
    },
    { id: 'evt_3', at: ago(24), kind: 'told', details: {} },
  ],
  version: 3,
  fetchedAt: ago(3),
} as Order

const platforms = {
  items: [
    {
      id: 'woocommerce',
      name: 'WooCommerce',
      loginFields: [
        { name: 'key', secret: false, required: true },
        { name: 'secret', secret: true, required: true },
        { name: 'basicUser', secret: false, required: false },
        { name: 'basicPassword', secret: true, required: false },
      ],
      capabilities: { authorise: true, webhooks: true, trash: true, tell: ['nobody', 'completed', 'note'] },
    },
  ],
}

const setup = { needsFirstUser: false, signedIn: true, demo: { available: true, running: false } }
const counts = {
  toShip: 42,
  oldestToShipAt: ago(60 * 41),
  attention: 1,
  ordersToday: 31,
  writebacksRefused: 1,
  writebacksInDoubt: 1,
  integrations: 4,
  integrationsSlowed: 1,
  integrationsPaused: 1,
  capped: false,
}

const exchange = (n: number, status: number | undefined, more: object = {}) => ({
  id: `exc_${hex(n)}`,
  at: ago(n),
  purpose: 'orders',
  method: n % 4 === 0 ? 'POST' : 'GET',
  url: `https://boutique-3.example/wp-json/wc/v3/orders?orderby=modified&order=asc&per_page=50&modified_after=2026-11-24T08%3A00%3A0${n % 10}&dates_are_gmt=true`,
  status,
  tookMs: 180 + n * 37,
  sentBytes: 310,
  wireBytes: 1840 + n,
  bodyBytes: 9000,
  requestHeaders: {
    'user-agent': 'SendCloud/1.0 (woocommerce; https://www.sendcloud.sc)',
    authorization: 'Basic ••••',
  },
  responseHeaders: { 'content-type': 'application/json; charset=UTF-8', server: 'nginx' },
  ...more,
})

const base: Script = {
  'GET /me': me,
  'GET /setup-state': setup,
  'GET /platforms': platforms,
  'GET /api-keys': {
    items: [
      {
        id: `key_${hex(1)}`,
        name: 'Logiciel d’étiquettes',
        prefix: 'psk_4fQ2',
        createdAt: ago(9000),
        lastUsedAt: ago(3),
      },
    ],
  },
}

/** Nothing connected yet. */
export const nothing: Script = {
  ...base,
  'GET /counts': {
    ...counts,
    toShip: 0,
    oldestToShipAt: undefined,
    attention: 0,
    ordersToday: 0,
    writebacksRefused: 0,
    writebacksInDoubt: 0,
    integrations: 0,
  },
  'GET /integrations': { items: [] },
  'GET /orders': { items: [] },
  'GET /writebacks': { items: [] },
  'GET /api-keys': { items: [] },
}

/** Nobody signed in. */
export const stranger: Script = {
  'GET /me': problem(401, 'not-signed-in', 'Vous n’êtes pas connecté'),
  'GET /setup-state': { needsFirstUser: true, signedIn: false, demo: { available: false, running: false } },
  'POST /session': problem(401, 'sign-in-failed', 'Adresse ou mot de passe inexact', {
    todo: 'Vérifier les deux, puis recommencer.',
  }),
  'POST /setup': problem(410, 'link-expired', 'Ce lien a déjà servi ou a expiré', {
    todo: 'Redémarrer le hub : il en écrit un nouveau.',
  }),
}

/** A busy morning: one shop well, one slowed, one paused, one importing; twenty orders and more. */
export const busy: Script = {
  ...base,
  'GET /counts': counts,
  'GET /integrations': { items: [shop(1, 'Les Savons de Lise'), slowed, paused, importing] },
  [`GET /integrations/${shopId(1)}`]: shop(1, 'Les Savons de Lise'),
  [`GET /integrations/${shopId(2)}`]: slowed,
  [`GET /integrations/${shopId(3)}`]: paused,
  'GET /orders': { items: Array.from({ length: 20 }, (_, n) => row(n)), next: 'more' },
  'GET /orders/{id}': order,
  'GET /writebacks': { items: [writeback(1), refused, doubtful, planned] },
  'GET /writebacks?state=refused&limit=20': { items: [refused] },
  'GET /writebacks?state=in-doubt&limit=20': { items: [doubtful] },
  'GET /integrations/{id}/exchanges': {
    items: [
      exchange(1, 401, {
        bodyStart:
          '{"code":"woocommerce_rest_cannot_view","message":"Désolé, vous ne pouvez pas lister les ressources.","data":{"status":401}}',
      }),
      exchange(2, undefined, { error: 'shop-timeout', responseHeaders: undefined }),
      ...Array.from({ length: 6 }, (_, n) => exchange(n + 3, 200)),
    ],
  },
  'GET /integrations/{id}/runs': {
    items: [
      {
        id: `run_${hex(1)}`,
        kind: 'orders',
        pass: 'live',
        startedAt: ago(4),
        endedAt: ago(4),
        outcome: 'ok',
        imported: 3,
        changed: 1,
        unchanged: 46,
        quarantined: 1,
        gone: 0,
        requests: 2,
      },
      {
        id: `run_${hex(2)}`,
        kind: 'tracking',
        pass: 'live',
        startedAt: ago(60),
        endedAt: ago(60),
        outcome: 'failed',
        imported: 0,
        changed: 0,
        unchanged: 0,
        quarantined: 0,
        gone: 0,
        requests: 1,
        because: {
          code: 'permission-missing',
          title: 'La clé ne donne pas le droit d’écrire',
          todo: 'Créer une clé en lecture et écriture.',
        },
      },
    ],
  },
  'GET /integrations/{id}/quarantine': {
    items: [
      {
        id: `qua_${hex(1)}`,
        kind: 'orders',
        remoteId: '7351',
        reason: 'date-unreadable',
        firstSeenAt: ago(600),
        lastSeenAt: ago(4),
        bytes: 5120,
        start: '{"id":7351,"date_modified_gmt":null}',
      },
    ],
  },
  'POST /recognitions': {
    url: 'https://savons.example/boutique',
    shownAs: 'https://savons.example/boutique',
    changes: [],
    platform: 'woocommerce',
    name: 'Les Savons de Lise',
    version: '10.7.2',
    saw: [
      { code: 'wordpress', text: 'WordPress répond à cette adresse.' },
      { code: 'rest', text: 'L’API de WooCommerce est ouverte.' },
    ],
  },
  'POST /integrations': problem(409, 'login-rejected', 'La boutique refuse cette clé', {
    field: 'login.secret',
    todo: 'Copier de nouveau le secret, en entier.',
  }),
}

/** Every list fails. */
export const failing: Script = {
  ...base,
  'GET /counts': problem(500, 'internal', 'Une erreur de notre côté', {
    todo: 'Réessayer ; si cela dure, nous envoyer la référence.',
  }),
  'GET /integrations': problem(500, 'internal', 'Une erreur de notre côté', {
    todo: 'Réessayer ; si cela dure, nous envoyer la référence.',
  }),
  'GET /orders': problem(500, 'internal', 'Une erreur de notre côté', {
    todo: 'Réessayer ; si cela dure, nous envoyer la référence.',
  }),
}
