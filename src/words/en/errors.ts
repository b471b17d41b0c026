/** See the French file: its keys and values are the rule. */
export const errors = {
  'shop-unreachable': {
    title:
      '{reason, select, dns_not_found {The name {host} does not exist} dns_failed {The name {host} could not be looked up: DNS does not answer} refused {{host} refuses the connection} reset {{host} cut the connection} closed {{host} closed the connection without answering} network {No network path leads to {host}} no_egress {{host} has no address this hub could call} egress_address {The hub’s egress address does not exist on this machine} other {The shop does not answer}}',
    todo: '{reason, select, dns_not_found {Check the address of the shop; if the domain has just moved, wait until DNS has caught up. The hub tries again by itself.} no_egress {The hub calls over IPv4 only or IPv6 only (EGRESS_ADDRESSES); add an address of the other family.} egress_address {Correct EGRESS_ADDRESSES: it must be an address of this machine.} other {Open the shop in a browser. If it shows, its host probably blocks the hub: show them the page /egress. The hub tries again by itself.}}',
  },
  'shop-timeout': {
    title:
      '{phase, select, connect {The shop did not accept the connection in time} first_byte {The shop did not begin to answer in time} body {The shop’s answer stopped coming} other {The shop did not finish its answer in time}}',
    todo: 'The hub tries again by itself, with smaller questions. If it lasts, show your host the time of the call: the server is overloaded or drops the hub’s calls.',
  },
  'tls-invalid': {
    title:
      '{reason, select, expired {The shop’s https certificate has expired} not_yet_valid {The shop’s https certificate is not valid yet} revoked {The shop’s https certificate was revoked} wrong_host {The https certificate belongs to another site than {host}} self_signed {The shop’s https certificate is signed by nobody known} unknown_issuer {The chain of the shop’s https certificate is incomplete} not_tls {{host} does not speak https on this port} old_protocol {The shop only knows abandoned versions of TLS} other {No secure connection to the shop could be made}}',
    todo: '{reason, select, not_tls {Try the address with http, or correct the port.} unknown_issuer {Ask your host to install the intermediate certificate as well. The hub tries again by itself.} wrong_host {Check the address (with or without www), or ask your host for a certificate of that name.} other {Ask your host to renew or repair the certificate. The hub tries again by itself and sends nothing in clear meanwhile.}}',
  },
  'shop-throttled': {
    title:
      '{reason, select, quiet {The shop asked the hub to wait} busy {All slots to this shop are taken} other {The shop finds that the hub asks too often}}',
    todo: 'Nothing to do: the hub waits as long as asked and goes on by itself. If it keeps happening, your host limits calls; show them the page /egress.',
  },
  'shop-maintenance': {
    title: 'The shop is in maintenance',
    todo: 'Nothing to do: the hub goes on by itself as soon as it answers, and orders placed meanwhile will be fetched. If maintenance is over, delete the file .maintenance in the root of the site.',
  },
  'shop-error': {
    title:
      '{reason, select, database {The shop has lost its database} fatal {The shop stops on a PHP error} gateway {The shop’s server no longer answers behind its gateway} other {The shop answers with an internal error}}',
    todo: '{reason, select, fatal {Look at the shop’s PHP error log at the time of the call: a plugin or the theme is the cause. The hub tries again by itself.} other {The hub tries again by itself. If the shop looks broken in a browser too, tell your host.}}',
  },
  'shop-clock': {
    title: 'The shop finds our time or our signature too old',
    todo: 'The clock of the shop’s server or of this machine is off: have it set. The hub tries again by itself.',
  },
  'response-blocked': {
    title:
      '{by, select, cloudflare {Cloudflare stops the hub before the shop} siteground {SiteGround’s anti-robot protection stops the hub} host_cookie {The host wants a browser before it lets anything pass} imunify360 {Imunify360 stops the hub before the shop} wordfence {Wordfence refuses the hub’s calls} modsecurity {The host’s ModSecurity firewall refuses the hub’s calls} sucuri {Sucuri stops the hub before the shop} solid_security {The plugin Solid Security closes the shop’s API} ninjafirewall {NinjaFirewall refuses the hub’s calls} rest_closed {A plugin closes the shop’s API to visitors} security_plugin {A security plugin refuses the hub’s calls} method {The server refuses this HTTP method} site_password {A password protects the whole site} other {A firewall refuses the hub’s calls}}',
    todo: '{by, select, site_password {Give the user name and the password that protect the site as well.} rest_closed {In the shop, allow the REST API for calls with a key. The hub tries again by itself.} other {Show your host, or enter in the protection’s settings, what the page /egress says: the addresses and the User-Agent to allow. The hub tries again by itself.}}',
  },
  'response-malformed': {
    title:
      '{reason, select, truncated {The shop’s answer is cut off} plain_permalinks {The shop uses plain permalinks: its API has no address} no_rewrite {The API’s address does not exist on the server} no_total {The shop answers with something else than the list asked for} not_http {What answers at this address does not speak HTTP} request_too_large {The shop’s server refuses requests of this size} other {The shop answers with something that is not data}}',
    todo: '{reason, select, plain_permalinks {In WordPress, Settings → Permalinks, choose anything but “Plain” and save.} no_rewrite {In WordPress, open Settings → Permalinks and save without a change; else ask the host to switch on URL rewriting.} other {Open the exchange to see what came: often a plugin writes warnings or a page in front of the data. Nothing is lost; the hub tries again by itself.}}',
  },
  'response-too-large': {
    title: 'The shop’s answer is too large',
    todo: 'The hub asks again in smaller pages by itself. If it lasts, a plugin adds huge data to orders: the exchange shows it. While connecting, check that the address is the shop’s.',
  },
  'redirect-refused': {
    title: 'The shop sends the call on to another address',
    todo: 'The hub does not send your keys to another address. Put into the integration the address where a browser ends up.',
  },
  'login-rejected': {
    title:
      '{reason, select, key_unknown {The shop does not know this key} secret_wrong {The key is known, but its secret is wrong} signature {The shop refuses the key’s signature} key_not_seen {The key does not reach the shop} other {The shop refuses the key}}',
    todo: '{reason, select, key_not_seen {The server probably drops the Authorization header. Allow keys in the address, or ask the host to let that header pass.} other {Make a new key in WooCommerce → Settings → Advanced → REST API with read and write permission, and replace it here.}}',
  },
  'permission-missing': {
    title:
      '{right, select, write {The key may not write in the shop} read {The key may not read the shop} other {The key’s user does not have enough rights in the shop}}',
    todo: 'In WooCommerce → Settings → Advanced → REST API, give the key read and write permission, for an administrator or a shop manager.',
  },
  'query-keys-consent': {
    title: 'The key only gets through in the address of the call',
    todo: 'The server drops the header that carries the key. You can allow the key in the address (it may then show in the server’s logs), or ask the host to let the Authorization header pass.',
  },
  'platform-too-old': {
    title: 'The version of this shop is too old',
    todo: 'Update WooCommerce (at least version 5.8, of 2021): older ones lose changes of orders.',
  },
  'credentials-unreadable': {
    title: 'The saved login no longer opens',
    todo: 'The hub’s encryption key is not the same any more. Put the former key back, or enter the shop’s key again.',
  },
  'record-unreadable': {
    title: 'A record of the shop could not be read',
    todo: 'It is kept whole in quarantine and will be read again after an upgrade of the hub. All other orders have arrived.',
  },
  'field-invalid': {
    title: 'The field “{field}” is not valid',
    todo: '{reason, select, required {Fill in this field.} empty {Fill in this field.} too_small {It is too short or too small: at least {min}.} too_big {It is too long or too large: at most {max}.} too_long {It is too long.} too_many {There are too many: at most {limit}.} unknown {There is no such field here; check its name.} choice {Choose one of these values: {choices}.} date {Write a date like 2026-11-24, a span like 30d, or all.} characters {Take out the signs that have no place here.} formula {It begins like a spreadsheet formula; take its first sign away.} unreadable {Start the list again: this cursor is not one of it.} too_short {At least three letters are needed.} not_a_cursor {Start the list again: this cursor is not one of it.} type {It is not of the expected type; the API’s description names it.} other {Correct the value and try again.}}',
  },
  'url-invalid': {
    title: 'This address cannot be understood',
    todo: '{reason, select, empty {Paste the address of the shop, for example https://shop.example.} too_long {The address is too long; the shop’s home page is enough.} scheme {The address must begin with https:// or http://.} e_mail {This is an e-mail address; the address of the site is wanted.} credentials {Take user name and password out of the address; there are fields for them below.} space {There is a blank in the middle of the address; take it out.} no_domain {The end of the name is missing, for example .fr or .com.} port {The port after the colon goes from 1 to 65535; mostly none is needed.} host {The name of the site has impossible signs; check it letter by letter.} other {Copy the address from the browser’s bar, on the home page of the shop.}}',
  },
  'address-refused': {
    title:
      '{reason, select, metadata {This address is reserved for the host’s machines} port {This port is not one of a web site} scheme {Only http and https addresses are called} credentials {The address holds a password} other {This address leads into a private network}}',
    todo: '{reason, select, metadata {Give the shop’s public address.} port {Give the address as the browser shows it.} credentials {Take user name and password out of the address.} other {Give the shop’s public address. A shop on your own network is opened with the hub’s setting ALLOWED_PRIVATE_ORIGINS.}}',
  },
  'not-a-shop': {
    title: 'No shop that the hub knows answers at this address',
    todo: 'Open the address in a browser: is it the shop? If it lies in a folder (for example /shop), add it.',
  },
  'site-password-needed': {
    title: 'A password protects the whole site',
    todo: 'Give the user name and the password the browser asks for before it shows the shop, or take that protection away.',
  },
  'other-platform': {
    title: 'This shop is of another platform: {platform}',
    todo: 'Correct the address, or choose that platform if it is offered.',
  },
  'platform-unknown': {
    title: 'The hub does not know the platform “{platform}”',
    todo: 'Choose one of these: {known}.',
  },
  'key-malformed': {
    title: 'This key is incomplete',
    todo: 'It begins with {starts} and has {expected} characters; this one has {length}. Copy it again as a whole; if the shop’s page is closed, make a new key.',
  },
  'key-swapped': {
    title: 'Key and secret are in each other’s place',
    todo: 'The consumer key begins with ck_, the consumer secret with cs_: swap the two fields.',
  },
  'shop-already-connected': {
    title: 'This shop is connected already: {name}',
    todo: 'Open the integration “{name}” ({url}). For a new key, replace it there; nothing will be lost.',
  },
  'shop-copy-suspected': {
    title:
      '{reason, select, moved {At this address answers the shop {name}, moved, or a copy of it} other {This shop looks like a copy of {name}}}',
    todo: '{reason, select, moved {If the shop has moved, confirm it: orders and tracking stay. If it is a working copy (staging), do not save this address here: add the copy as a new integration.} other {If it is a working copy (staging), confirm it: it will be connected on its own and its orders will not mix. Otherwise change the address of the integration “{name}”.}}',
  },
  'shop-differs': {
    title: 'The new address leads to another shop than {name}',
    todo: 'If the same shop has moved, confirm it: orders and tracking stay. Otherwise add it as a new integration.',
  },
  'public-url-missing': {
    title: 'The shop cannot reach this hub',
    todo: 'Approving in the shop needs a public https address (setting PUBLIC_URL). Without it, paste a key.',
  },
  'demo-unavailable': {
    title: 'The demo shop is not available',
    todo: 'It opens only while no shop is connected. Remove the integrations, or run “passerelle demo” with another data folder.',
  },
  'integration-disabled': {
    title: 'The integration “{name}” is switched off',
    todo: 'Switch it on again in its settings, then update.',
  },
  'file-unwritable': {
    title: 'The file {file} cannot be written',
    todo: 'Check that the folder exists, that this account may write there, and that there is room left.',
  },
  'tracking-invalid': {
    title:
      '{reason, select, empty {The tracking number is missing} already_on_order {The number {value} is on this order already} url_malformed {The tracking link is not an address} url_scheme {The tracking link must begin with https:// or http://} url_with_login {The tracking link holds a password} other {The tracking number “{value}” is not accepted}}',
    todo: '{reason, select, empty {Type or scan the number.} already_on_order {Check that it is not the same parcel twice; otherwise correct the shipment that carries it.} control_characters {Type it again: it holds invisible signs.} markup {Take out the signs < and >.} spreadsheet_number {The spreadsheet shortened this number and its last digits are lost: format the column as Text, then copy the number again.} formula {Take away its first sign: a spreadsheet would read a formula.} no_digit_or_letter {A number has digits or letters.} too_long {This is too long to be a number: was a whole page pasted?} url_malformed {Copy the link from the carrier’s tracking page.} url_scheme {Copy the link from the carrier’s tracking page.} url_with_login {Take user name and password out of the link.} other {Correct the number and try again.}}',
  },
  'quantity-invalid': {
    title:
      '{reason, select, none {No line is chosen} more_than_left {Only {left} of “{line}” are left to ship} other {This quantity is not a number}}',
    todo: '{reason, select, none {Choose at least one line and a quantity.} more_than_left {Enter at most {left} (asked: {value}).} other {Write a number above zero, for example 2 or 1.5.}}',
  },
  'line-unknown': {
    title: 'The order has no line “{line}”',
    todo: 'Give the id or the SKU of a line of this order.',
  },
  'line-ambiguous': {
    title: 'Several lines have the SKU “{line}”',
    todo: 'Give the id of the line: {candidates}.',
  },
  'order-ambiguous': {
    title: 'This order number exists in several shops',
    todo: 'Choose the shop, or use the id of the order.',
  },
  'order-not-shippable': {
    title:
      '{reason, select, trashed {Order {number} is in the shop’s trash} deleted {Order {number} is no longer in the shop} cancelled {Order {number} is cancelled} refunded {Order {number} is refunded} on_hold {Order {number} is on hold in the shop} unknown {The hub does not know the status “{status}” of order {number}} nothing_left {Nothing of order {number} is left to ship} other {Order {number} cannot be shipped}}',
    todo: '{reason, select, on_hold {Check the payment. If the parcel is to leave all the same, confirm.} unknown {If the parcel is to leave all the same, confirm.} nothing_left {If a number is wrong, correct the shipment that is there.} other {Look at the order in the shop. Nothing was written there: touching it would revive it and mail the customer.}}',
  },
  'order-changed': {
    title: 'Order {number} has changed in the shop',
    todo: 'Read it again: address, lines or status are not those you were looking at. Then repeat.',
  },
  'shipment-voided': {
    title: 'This shipment was voided',
    todo: 'Make a new shipment for the order.',
  },
  'writeback-settled': {
    title: 'This write-back is settled already',
    todo: 'There is nothing left to decide. To change a number, correct the shipment.',
  },
  'writeback-in-doubt': {
    title: 'The customer may have been written to already',
    todo: 'Look at the order in the shop, then say whether the message went out (“done”) or not (“again”).',
  },
  'csv-unreadable': {
    title:
      '{reason, select, empty {The file is empty} too_large {The file is larger than {limit} MB} too_many_rows {The file has more than {limit} lines} spreadsheet {This is a spreadsheet’s own file, not a CSV file} column_order {The column of order numbers is missing} column_tracking {The column of tracking numbers is missing} column_carrier {The column of the carrier is missing} other {The file cannot be read as a table}}',
    todo: '{reason, select, too_large {Split it into several files.} too_many_rows {Split it into several files.} spreadsheet {In the spreadsheet, save it as CSV.} other {The first line names the columns: order, carrier, tracking (and url if you like). Read: {found}}}',
  },
  'file-unreadable': {
    title: 'The file {file} cannot be read',
    todo: 'Check its name, and that this account may read it.',
  },
  'backup-unreadable': {
    title:
      '{reason, select, newer {This backup comes from a later version of the program} foreign {This file is not a backup of Passerelle} truncated {The backup is incomplete} damaged {The backup is damaged} other {The backup cannot be read}}',
    todo: '{reason, select, newer {Install the version of the program that wrote it, or a later one.} foreign {Choose a file written by “passerelle backup”.} other {Nothing was changed. Use another backup.}}',
  },
  'config-invalid': {
    title: 'A setting is not valid',
    todo: 'Correct it, then start the hub again. {settings}',
  },
  'key-missing': {
    title: 'The key that opens the saved logins is gone',
    todo: 'Put the file {file} (or PASSERELLE_SECRET) back as it was, then start again. Without it the hub does not start, so as not to close half of the logins with another key. If it is lost for good: bin/passerelle forget-key.',
  },
  'key-foreign': {
    title: 'The key of this hub is not the one of the saved logins',
    todo: 'The database wants key {keyId}; this hub has {have}. Put the right key back ({file} or PASSERELLE_SECRET), or use the database that belongs to this one. If it is lost for good: bin/passerelle forget-key.',
  },
  'not-found': {
    title: 'There is nothing here',
    todo: 'Check the id or the address. What was removed does not come back.',
  },
  'method-not-allowed': {
    title: 'This address does not take this method',
    todo: 'The API’s description (/api/openapi.json) names the possible methods.',
  },
  'body-too-large': {
    title: 'What was sent is too large',
    todo: 'Send at most {megabytes} MB at a time.',
  },
  'body-malformed': {
    title:
      '{reason, select, type {The content is not of the expected type} encoding {The content is not UTF-8 text} depth {The content is nested too deep} compressed {The content is compressed} other {The content is not JSON}}',
    todo: '{reason, select, type {Send it with the header Content-Type {expected}.} encoding {Save it as UTF-8.} depth {Send the fields as the API’s description gives them.} compressed {Send it without Content-Encoding.} other {Check quotes, commas and braces.}}',
  },
  'not-signed-in': {
    title: '{reason, select, key {This API key is not valid} other {You are not signed in}}',
    todo: '{reason, select, key {Check it, or make another one in the settings.} other {Sign in, or send an API key in the Authorization header.}}',
  },
  'sign-in-failed': {
    title: 'The e-mail address or the password is wrong',
    todo: 'Check both and try again.',
  },
  forbidden: {
    title: 'You may not do this',
    todo: 'Ask the owner of this workspace.',
  },
  'csrf-failed': {
    title: 'This request does not come from the hub’s own page',
    todo: 'Reload the page and try again. A program sends an API key instead of the cookie.',
  },
  'too-many-attempts': {
    title: 'Too many attempts in a short time',
    todo: 'Wait {minutes} min, then try again.',
  },
  'link-expired': {
    title: 'This link is no longer valid',
    todo: 'It works once and for a short time. Start again from the hub; the link of the first account is printed anew at each start.',
  },
  'idempotency-reused': {
    title: 'This idempotency key was used for another request',
    todo: 'Take a new key for each different request.',
  },
  'idempotency-running': {
    title: 'The same request is still under way',
    todo: 'Wait for its answer, or send it again in a moment with the same key.',
  },
  'lease-lost': {
    title: 'Another process has taken this work over',
    todo: 'Nothing to do: it goes on where this one stopped.',
  },
  'database-unavailable': {
    title: 'The database does not answer',
    todo: 'The hub tries again by itself. If it lasts, check that PostgreSQL runs and that DATABASE_URL is right.',
  },
  'hub-running': {
    title: 'Passerelle is running on this database',
    todo: 'Stop every process (start, web, worker, and any command under way) on all machines, then try again. Nothing was changed.',
  },
  'database-locked': {
    title: 'Another hub already uses this data folder',
    todo: 'Stop it, or choose another folder with PASSERELLE_DATA. Lock: {file}',
  },
  'database-newer': {
    title: 'The database was made by a later version of the program',
    todo: 'Start that later version (schema {database}; this program knows {program}), or restore an older backup.',
  },
  internal: {
    title: 'A fault of ours',
    todo: 'Nothing that was saved is lost. Report it with the reference of the request: the hub’s log says more.',
  },
} as const
