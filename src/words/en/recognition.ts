export const recognition = {
  woocommerce: 'This is a WooCommerce shop.',
  'site-password': 'A password stands in front of the whole site: give it together with the key.',
  'plain-permalinks':
    'WordPress uses plain permalinks: WooCommerce accepts no key there. Choose another form under Settings → Permalinks.',
  'rest-index-closed': 'A plugin hides the index of the API from visitors. Calls with a key may pass all the same.',
  'no-rewrite': 'The server does not rewrite addresses: the API is called through /index.php.',
  'home-differs': 'The shop believes it lives at {home}. If it is a copy, make sure it is the one you want to connect.',
  'http-only':
    'The shop is called by http only: orders travel in the clear. So do the consumer key (ck_…) and a site password, if there is one; the secret (cs_…) is never sent: it signs every call.',
  'https-preferred': 'The shop answers by https as well: that address is used.',
  'php-output':
    'The shop prints PHP warnings in front of its answers. The hub ignores them; have their display switched off (WP_DEBUG_DISPLAY).',
  'blanks-trimmed': 'Blanks around the key or the secret were removed.',
  'keys-in-query':
    'The server drops the Authorization header: the key travels in the address of every call and may show up in the server’s logs.',
  'proxy-hides-https': 'A server in between hides https from the shop: every call is signed, as over http.',
  'clock-differs':
    'The clocks of the shop and of the hub differ by {minutes, plural, one {# minute} other {# minutes}}. The hub takes that into account.',
  'cached-answers':
    'A cache in front of the shop answers in its place: orders may come in late. Have it leave out everything below /wp-json/.',
  'read-only-key': 'The key can only read: orders will come in, but tracking numbers cannot be written to the shop.',
  'write-path-blocked':
    'The key is right, but something stops writes on their way to the shop ({by}). Orders will come in; tracking numbers will wait.',
  'units-unknown': 'The key may not read the shop’s units: weights and sizes of products stay unknown.',
  'zone-unknown': 'The shop’s time zone is unknown; the hub counts in universal time.',
  'tracking-ast': 'Tracking numbers will go to the plugin Advanced Shipment Tracking.',
  'tracking-shipment-tracking': 'Tracking numbers will go to the plugin Shipment Tracking.',
  'tracking-fulfillments': 'Tracking numbers will go to WooCommerce’s own fulfillments.',
  'tracking-plain':
    'The shop has no tracking plugin: the number is kept in the order, with a note. Its “order complete” e-mail carries no number.',
  'wordpress-without-woocommerce': 'This is a WordPress site without WooCommerce, or WooCommerce is switched off.',
  'woocommerce-too-old': 'This WooCommerce is too old: its API is not version 3.',
  'platform-seen': 'The site seems to be made with {platform}.',
  'row-not-an-object': 'The shop sent something that is no record.',
  'row-without-id': 'The record has no id.',
  'row-without-date': 'The record has no time of change.',
  'row-breaks-shop':
    'The shop fails when it is asked for this record. Open it in the shop: a plugin has probably left a damaged value there.',
  'signature-missing': 'The call is not signed.',
  'signature-wrong': 'The signature of the call is not this integration’s.',
  'topic-unknown': 'The call is not about an order.',
  'body-unreadable': 'The content of the call cannot be read.',
  'note-shipped-customer':
    'Your order has left with {carrier}.\n{count, plural, one {Tracking number} other {Tracking numbers}}: {parcels}\nReference: {reference}',
  'note-shipped-staff': 'Shipped with {carrier}.\n{parcels}\nReference: {reference}',
  'note-corrected-customer':
    'The tracking of your order has changed. The parcel travels with {carrier}.\n{count, plural, one {New number} other {New numbers}}: {parcels}\n{replaces, select, yes {It replaces: {withdrawn}\n} other {}}Reference: {reference}',
  'note-corrected-staff':
    'Tracking corrected, with {carrier}.\n{parcels}\n{replaces, select, yes {It replaces: {withdrawn}\n} other {}}Reference: {reference}',
  'note-voided-staff': 'Shipment cancelled. Numbers withdrawn: {withdrawn}\nReference: {reference}',
  address: {
    trimmed: 'Blanks and signs around the address were removed.',
    slashes: 'The slashes of the address were put right.',
    'scheme-added': 'https:// was put in front of the address.',
    lowered: 'Capitals in the name were made small.',
    idn: 'The name is written in the form the network understands.',
    'dot-removed': 'The dot at the end of the name was removed.',
    'path-cut': 'The address of a page was cut back to the one of the shop.',
    'query-dropped': 'What followed the question mark was removed.',
    'fragment-dropped': 'What followed the # sign was removed.',
  },
} as const
