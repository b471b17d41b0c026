/** The words of the glossary's states and codes, for every door that has no sentence of its own for them. */
export const domain = {
  orderStatus: {
    ready: 'prête',
    'on-hold': 'en attente',
    shipped: 'expédiée',
    completed: 'terminée',
    cancelled: 'annulée',
    refunded: 'remboursée',
    unknown: 'statut inconnu',
  },
  gone: { trashed: 'à la corbeille', deleted: 'supprimée' },
  attention: {
    'cancelled-after-shipment': 'annulée après l’expédition',
    'refunded-after-shipment': 'remboursée après l’expédition',
    'trashed-after-shipment': 'partie de la boutique après l’expédition',
    'address-changed-after-shipment': 'adresse changée après l’expédition',
  },
  shipmentState: { draft: 'brouillon', booked: 'expédiée', voided: 'annulée' },
  writebackState: {
    planned: 'prévu',
    sent: 'envoyé',
    confirmed: 'confirmé, relu dans la boutique',
    refused: 'refusé',
    'in-doubt': 'incertain',
  },
  writebackKind: { shipped: 'expédition', corrected: 'correction', voided: 'annulation' },
  timeline: {
    shipped: 'Expédiée avec {carrier} : {tracking}',
    corrected: 'Suivi corrigé : {tracking}',
    voided: 'Expédition annulée : {tracking}',
    told: 'La boutique connaît le suivi',
    refused: 'La boutique n’a pas pris le suivi : {why}',
    'in-doubt': 'La boutique a peut-être déjà écrit au client',
    settled: 'Décision prise par {actor} : {how, select, again {écrire de nouveau} other {ne plus rien écrire}}',
  },
  csvOutcome: {
    'will-ship': 'sera expédiée',
    shipped: 'expédiée',
    already: 'déjà connue, rien à faire',
    refused: 'refusée',
  },
  trackingWarning: {
    'long-number': 'Ce numéro dépasse 64 signes : certaines boutiques le coupent. Vérifiez-le.',
  },
  lane: { import: 'commandes', 'write-back': 'suivi', webhooks: 'notifications' },
  health: { connected: 'relié', slowed: 'ralenti', paused: 'en pause', disabled: 'arrêté' },
  shopUnread:
    'La boutique n’a pas répondu : l’expédition repose sur ce que le hub savait de la commande. Elle sera relue dès que possible.',
} as const
