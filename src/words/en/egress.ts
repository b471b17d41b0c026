/** What the public page /egress says: to be handed to a host, so complete by itself. */
export const egress = {
  title: 'Identity of the hub',
  lead: 'This is how the hub appears to a shop. Hand this page to your host or to whoever runs the firewall: everything that must be allowed is on it.',
  addresses: 'IP addresses',
  addressesLead: '{count, plural, one {Calls come from this address.} other {Calls come from these addresses.}}',
  addressesUnknown:
    'The addresses calls come from are not known: the operator of this hub has not stated them. Ask the operator; we show none rather than a wrong one.',
  addressesOperator:
    'Do you run this hub? Set its addresses in EGRESS_ADDRESSES: they appear here, and calls leave from them. Behind a router that translates addresses, set the public ones in PUBLISHED_EGRESS.',
  userAgents: 'User-Agents',
  userAgentsLead: 'Every call carries one of these User-Agents, to the letter.',
  forPlatform: 'Calls to a {platform} shop',
  whileFindingOut: 'First contact, while the platform of the site is not yet known',
  methods: 'HTTP methods',
  methodsLead: 'All of these methods must pass. When one is blocked, orders or tracking numbers go missing.',
  method: {
    read: 'Read the orders, products and settings of the shop.',
    write: 'Report a shipment and its tracking number, add a note, create a webhook.',
    describe: 'Ask what an address of the API accepts, without changing anything.',
    update: 'Change part of a record, on platforms that have no other way.',
    remove: 'Remove our own webhooks, or a tracking number we had sent.',
  },
  snippets: 'Settings ready to paste',
  snippetsLead: 'Keep a copy of the configuration before you change it, then try it on one shop.',
  snippetsWithoutAddresses:
    'Without known addresses these settings recognise only the User-Agent, which anybody can imitate: so they switch no protection off.',
  snippet: {
    nginx: {
      title: 'nginx',
      where:
        'The first part goes into the http block, the second into the location block that asks for a password or refuses addresses. The key $visitor_limit_key replaces the one of your rate limit.',
    },
    apache: {
      title: 'Apache 2.4',
      where:
        'In the .htaccess file of the shop, above “# BEGIN WordPress”, or in the Directory block. Useful where a password protects the site.',
    },
    cloudflare: {
      title: 'Cloudflare',
      where:
        'Security, Custom rules: paste the expression and choose the action “Skip” for managed rules and challenges.',
    },
    modsecurity: {
      title: 'ModSecurity (OWASP CRS)',
      where:
        'After crs-setup.conf and before the rules. The first line allows the methods; the rule after it notes without blocking what comes from our addresses with our User-Agent.',
    },
  },
  machine: 'For machines',
  copy: 'Copy',
  copied: 'Copied',
} as const
