/** See the French file: its keys and values are the rule. */
export const refusals = {
  'order-trashed': {
    title: 'The order is in the shop’s trash',
    todo: 'Nothing was written there: that would revive it and mail the customer. Restore it in the shop, then repeat, or void the shipment.',
  },
  'order-cancelled': {
    title: 'The order is cancelled in the shop',
    todo: 'Nothing was written there. If the parcel left all the same, reopen the order in the shop, then repeat; otherwise void the shipment.',
  },
  'order-refunded': {
    title: 'The order is refunded in the shop',
    todo: 'Nothing was written there. If the parcel left all the same, change the order’s status in the shop, then repeat; otherwise void the shipment.',
  },
  'order-deleted': {
    title: 'The order no longer exists in the shop',
    todo: 'There is nothing left to tell it. The parcel and its number stay here.',
  },
  'read-only-key': {
    title: 'The key may not write in the shop',
    todo: 'Give the integration a key with read and write permission; the numbers that wait will go out by themselves.',
  },
  'shop-refused': {
    title: 'The shop refused what was written to it',
    todo: 'Open the exchanges to read its answer. Correct the shipment, or repeat.',
  },
  'not-supported': {
    title: 'The shop has no place for this',
    todo: 'Nothing to do here; the change is kept in the hub.',
  },
  'mail-in-doubt': {
    title: 'The shop may have written to the customer already',
    todo: 'Look at the order in the shop, then say whether the message went out or is to be sent again.',
  },
  'shipment-voided': {
    title: 'The shipment was voided meanwhile',
    todo: 'Nothing to do: the number is taken back in the shop, where it can be.',
  },
  'taken-as-done': {
    title: 'Somebody decided that nothing more is to be told to the shop',
    todo: 'Nothing to do; the hub has not read the number back there.',
  },
  expired: {
    title: 'The shop could not be told for 14 days',
    todo: 'Check the integration, then repeat.',
  },
  'row-unreadable': {
    title: 'This line cannot be read',
    todo: 'There is probably a quote too many. Correct it in the file.',
  },
  'order-missing': {
    title: 'The order number is missing',
    todo: 'Fill in the order column.',
  },
  'order-unknown': {
    title: 'No order has the number {number}',
    todo: 'Check the number; if the order is brand new, update the shop first.',
  },
  'carrier-missing': {
    title: 'The carrier is missing',
    todo: 'Fill in the carrier column, or choose one for the whole file.',
  },
  'carriers-differ': {
    title: 'Order {number} already has a line with {first}',
    todo: 'All numbers of one order in a file go with the same carrier. Correct the line, or ship that parcel on its own.',
  },
} as const
