/** Names of what we leave in a shop; a leading underscore hides it from the shop's own "custom fields" box. */

/** Order meta: every shipment we told the shop, as a list of `{id, ref, carrier, parcels: [{tracking, url}], at}`. */
export const OUR_META = '_passerelle_shipments'
/** Fulfillment meta: which shipment of ours it is. */
export const OUR_FULFILLMENT_META = '_passerelle_shipment'
