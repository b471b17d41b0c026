/** The words of the glossary's states and codes, said once for every door. */
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
    other: 'modifiée dans la boutique après l’expédition',
  },
  writebackState: {
    planned: 'prévu',
    sent: 'envoyé',
    confirmed: 'confirmé, relu dans la boutique',
    refused: 'refusé',
    'in-doubt': 'incertain',
  },
  writebackKind: { shipped: 'expédition', corrected: 'correction', voided: 'annulation' },
  trackingWarning: {
    'long-number': 'Ce numéro dépasse 64 signes : certaines boutiques le coupent. Vérifiez-le.',
  },
  health: { connected: 'relié', slowed: 'ralenti', paused: 'en pause', disabled: 'arrêté' },
} as const
