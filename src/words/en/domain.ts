/** The words of the glossary's states and codes, for every door that has no sentence of its own for them. */
export const domain = {
  orderStatus: {
    ready: 'ready',
    'on-hold': 'on hold',
    shipped: 'shipped',
    completed: 'completed',
    cancelled: 'cancelled',
    refunded: 'refunded',
    unknown: 'status unknown',
  },
  gone: { trashed: 'in the trash', deleted: 'deleted' },
  attention: {
    'cancelled-after-shipment': 'cancelled after it was shipped',
    'refunded-after-shipment': 'refunded after it was shipped',
    'trashed-after-shipment': 'gone from the shop after it was shipped',
    'address-changed-after-shipment': 'address changed after it was shipped',
  },
  shipmentState: { draft: 'draft', booked: 'shipped', voided: 'voided' },
  writebackState: {
    planned: 'planned',
    sent: 'sent',
    confirmed: 'confirmed, read back in the shop',
    refused: 'refused',
    'in-doubt': 'in doubt',
  },
  writebackKind: { shipped: 'shipment', corrected: 'correction', voided: 'void' },
  timeline: {
    shipped: 'Shipped with {carrier}: {tracking}',
    corrected: 'Tracking corrected: {tracking}',
    voided: 'Shipment voided: {tracking}',
    told: 'The shop knows the tracking',
    refused: 'The shop did not take the tracking: {why}',
    'in-doubt': 'The shop may have written to the customer already',
    settled: 'Decided by {actor}: {how, select, again {write again} other {write no more}}',
  },
  csvOutcome: {
    'will-ship': 'will be shipped',
    shipped: 'shipped',
    already: 'known already, nothing to do',
    refused: 'refused',
  },
  trackingWarning: {
    'long-number': 'This number has more than 64 characters, and some shops cut it. Check it.',
  },
  lane: { import: 'orders', 'write-back': 'tracking', webhooks: 'notices' },
  health: { connected: 'connected', slowed: 'slowed', paused: 'paused', disabled: 'off' },
  shopUnread:
    'The shop did not answer: this was shipped on what the hub knew of the order. It will be read again as soon as possible.',
} as const
