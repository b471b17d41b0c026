/**
 * Why a shop was not told, and why a row of a table was not used: outcomes that are no errors of the hub. Same form as
 * `errors.ts`.
 */
export const refusals = {
  'order-trashed': {
    title: 'La commande est à la corbeille dans la boutique',
    todo: 'Rien n’y a été écrit : cela la remettrait en route et écrirait au client. Restaurez-la dans la boutique, puis recommencez, ou annulez l’expédition.',
  },
  'order-cancelled': {
    title: 'La commande est annulée dans la boutique',
    todo: 'Rien n’y a été écrit. Si le colis est parti quand même, rouvrez la commande dans la boutique, puis recommencez ; sinon annulez l’expédition.',
  },
  'order-refunded': {
    title: 'La commande est remboursée dans la boutique',
    todo: 'Rien n’y a été écrit. Si le colis est parti quand même, changez l’état de la commande dans la boutique, puis recommencez ; sinon annulez l’expédition.',
  },
  'order-deleted': {
    title: 'La commande n’existe plus dans la boutique',
    todo: 'Il n’y a plus rien à lui dire. Le colis et son numéro restent ici.',
  },
  'read-only-key': {
    title: 'La clé n’a pas le droit d’écrire dans la boutique',
    todo: 'Donnez à l’intégration une clé avec le droit de lecture et d’écriture ; les numéros en attente partiront d’eux-mêmes.',
  },
  'shop-refused': {
    title: 'La boutique a refusé ce qui lui a été écrit',
    todo: 'Ouvrez les échanges pour lire sa réponse. Corrigez l’expédition, ou recommencez.',
  },
  'not-supported': {
    title: 'La boutique n’a pas de place pour cela',
    todo: 'Rien à faire ici ; le changement est noté dans le hub.',
  },
  'mail-in-doubt': {
    title: 'La boutique a peut-être déjà écrit au client',
    todo: 'Regardez la commande dans la boutique, puis dites si le message est parti ou s’il faut le renvoyer.',
  },
  'shipment-voided': {
    title: 'L’expédition a été annulée entre-temps',
    todo: 'Rien à faire : le numéro est retiré de la boutique, là où elle le permet.',
  },
  'taken-as-done': {
    title: 'Quelqu’un a décidé qu’il n’y avait plus rien à dire à la boutique',
    todo: 'Rien à faire ; le hub n’a pas relu le numéro chez elle.',
  },
  expired: {
    title: 'La boutique n’a pas pu être prévenue pendant 14 jours',
    todo: 'Vérifiez l’intégration, puis recommencez.',
  },
  'row-unreadable': {
    title: 'Cette ligne ne peut pas être lue',
    todo: 'Il y a sans doute un guillemet de trop. Corrigez-la dans le fichier.',
  },
  'order-missing': {
    title: 'Il manque le numéro de commande',
    todo: 'Remplissez la colonne de la commande.',
  },
  'order-unknown': {
    title: 'Aucune commande ne porte le numéro {number}',
    todo: 'Vérifiez le numéro ; si la commande est toute récente, mettez la boutique à jour d’abord.',
  },
  'carrier-missing': {
    title: 'Il manque le transporteur',
    todo: 'Remplissez la colonne du transporteur, ou choisissez-en un pour tout le fichier.',
  },
  'carriers-differ': {
    title: 'La commande {number} a déjà une ligne avec {first}',
    todo: 'Tous les numéros d’une commande dans un fichier partent avec le même transporteur. Corrigez la ligne, ou expédiez ce colis à part.',
  },
} as const
