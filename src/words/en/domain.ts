/** The words of the glossary's states and codes, said once for every door. */
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
    other: 'changed in the shop after it was shipped',
  },
  writebackState: {
    planned: 'planned',
    sent: 'sent',
    confirmed: 'confirmed, read back in the shop',
    refused: 'refused',
    'in-doubt': 'in doubt',
  },
  writebackKind: { shipped: 'shipment', corrected: 'correction', voided: 'void' },
  trackingWarning: {
    'long-number': 'This number has more than 64 characters, and some shops cut it. Check it.',
  },
  health: { connected: 'connected', slowed: 'slowed', paused: 'paused', disabled: 'off' },
} as const
