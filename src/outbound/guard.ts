/**
 * The address guard: which addresses the hub may call when a person, a shop's answer or a redirect names one.
 *
 * The trap it avoids: judging a name and connecting to it are two look-ups, and the second may answer with a private
 * address (DNS rebinding). Here a name is looked up once, by `resolve`, and the connection goes to exactly the
 * addresses that were judged. A literal address is never looked up by the HTTP client, so it is judged from the URL.
 */
import { lookup } from 'node:dns/promises'
import { HubError } from '../domain/errors.ts'
import { addressOf, isNever, isPublic, isReachablePrivately } from './addresses.ts'
import type { Address } from './addresses.ts'

/** How names become addresses: the operating system's way, or a test's. */
export interface Resolver {
  lookup(hostname: string): Promise<Address[]>
}

/** `private`: the operator allowed this very origin, so its address may lie in his own network. */
export type Trust = 'public' | 'private'

export interface Guard {
  /** Judges everything a URL says by itself. @throws HubError `address-refused`, `url-invalid` */
  admit(url: string | URL, workspaceId?: string): { url: URL; trust: Trust }
  /** One look-up, every address judged. @throws HubError `address-refused`, `shop-unreachable` */
  resolve(hostname: string, trust: Trust): Promise<Address[]>
  /** Both: for a URL that is only being saved. */
  check(url: string | URL, workspaceId?: string): Promise<Address[]>
  /** Opens one origin, for one workspace or for all; the returned function closes it again. */
  allowOrigin(origin: string, workspaceId?: string): () => void
}

export const systemResolver: Resolver = {
  lookup: async (hostname) =>
    (await lookup(hostname, { all: true, order: 'verbatim' })).map(({ address, family }) => ({
      address,
      family: family === 6 ? 6 : 4,
    })),
}

/**
 * Ports where something other than a web server listens and acts on what an HTTP request happens to say.
 * From the "bad port" list of https://fetch.spec.whatwg.org/#port-blocking.
 */
const REFUSED_PORTS = new Set([
  0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110,
  111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532,
  540, 548, 554, 556, 563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061,
  6000, 6379, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 10080, 11211,
])

/** Names that mean this machine or its cloud's metadata service whatever DNS says. */
const LOCAL_NAME = /(^|\.)localhost$/
const METADATA_NAME = /(^|\.)metadata(\.google)?(\.internal)?$|^instance-data(\.ec2\.internal)?$/

interface Opened {
  origin: string
  workspaceId: string | undefined
}

/** One entry of `ALLOWED_PRIVATE_ORIGINS`: `https://shop.lan` or `workspace=https://shop.lan`. */
export function readAllowedOrigin(entry: string): Opened {
  const text = entry.trim()
  const split = /^([^=:/]+)=(.*)$/.exec(text)
  const typed = split ? split[2]!.trim() : text
  const url = URL.canParse(typed) ? parse(typed) : undefined
  const isOrigin = url && /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.search && !url.hash
  if (!isOrigin || url.username || url.password) {
    throw new HubError('config-invalid', `not an origin: ${text}`, {
      field: 'ALLOWED_PRIVATE_ORIGINS',
      params: { settings: `ALLOWED_PRIVATE_ORIGINS: not an origin: ${text}` },
    })
  }
  return { origin: url.origin, workspaceId: split?.[1]!.trim() }
}

export function createGuard(options: { resolver?: Resolver; allowed?: readonly string[] } = {}): Guard {
  const resolver = options.resolver ?? systemResolver
  const opened: Opened[] = (options.allowed ?? []).map(readAllowedOrigin)

  const isOpen = (origin: string, workspaceId: string | undefined) =>
    opened.some((entry) => entry.origin === origin && (!entry.workspaceId || entry.workspaceId === workspaceId))

  const guard: Guard = {
    admit(given, workspaceId) {
      const url = parse(given)
      if (url.protocol !== 'http:' && url.protocol !== 'https:') throw refused('scheme', url)
      if (url.username || url.password) throw refused('credentials', url)
      const host = bareHost(url)
      if (METADATA_NAME.test(host)) throw refused('metadata', url)

      const trust: Trust = isOpen(url.origin, workspaceId) ? 'private' : 'public'
      const literal = addressOf(host)
      if (literal) judge([literal], trust, host)
      if (trust === 'public' && LOCAL_NAME.test(host)) throw refused('private', url)
      if (trust === 'public' && url.port && REFUSED_PORTS.has(Number(url.port))) throw refused('port', url)
      return { url, trust }
    },

    async resolve(hostname, trust) {
      const host = withoutBrackets(hostname)
      const literal = addressOf(host)
      const addresses = literal ? [literal] : await lookUp(resolver, host)
      judge(addresses, trust, host)
      return addresses
    },

    async check(given, workspaceId) {
      const { url, trust } = guard.admit(given, workspaceId)
      return guard.resolve(url.hostname, trust)
    },

    allowOrigin(origin, workspaceId) {
      const entry: Opened = { origin: readAllowedOrigin(origin).origin, workspaceId }
      opened.push(entry)
      return () => {
        const at = opened.indexOf(entry)
        if (at >= 0) opened.splice(at, 1)
      }
    },
  }
  return guard
}

/** Every address must be good: a name with one public and one private address is an attack or a mistake. */
function judge(addresses: readonly Address[], trust: Trust, host: string): void {
  for (const { address } of addresses) {
    if (isNever(address)) throw refusedHost('metadata', host)
    const good = isPublic(address) || (trust === 'private' && isReachablePrivately(address))
    if (!good) throw refusedHost('private', host)
  }
}

async function lookUp(resolver: Resolver, host: string): Promise<Address[]> {
  const addresses = await resolver.lookup(host).catch((cause: NodeJS.ErrnoException) => {
    const unknown = cause.code === 'ENOTFOUND' || cause.code === 'ENODATA'
    throw new HubError('shop-unreachable', `DNS look-up of ${host} failed: ${cause.code ?? cause.message}`, {
      params: { reason: unknown ? 'dns-not-found' : 'dns-failed', host, sent: 'no' },
      cause,
    })
  })
  if (addresses.length > 0) return addresses
  throw new HubError('shop-unreachable', `DNS knows no address of ${host}`, {
    params: { reason: 'dns-not-found', host, sent: 'no' },
  })
}

/** `shop.example.` is `shop.example`: certificates, allow lists and the pace know only the second. */
function parse(given: string | URL): URL {
  if (URL.canParse(String(given))) {
    const url = new URL(given)
    if (url.hostname.endsWith('.')) url.hostname = url.hostname.replace(/\.+$/, '')
    return url
  }
  throw new HubError('url-invalid', 'not an absolute URL', { field: 'url', params: { reason: 'unreadable' } })
}

const withoutBrackets = (hostname: string) => hostname.replace(/^\[|\]$/g, '')

/** Host as names are compared. `URL` has lowered it and undone decimal and octal forms. */
const bareHost = (url: URL) => withoutBrackets(url.hostname)

const refused = (reason: string, url: URL) => refusedHost(reason, bareHost(url))

/** The address itself is not told: it would let a stranger read the operator's internal DNS. */
const refusedHost = (reason: string, host: string) =>
  new HubError('address-refused', `address refused (${reason}): ${host}`, {
    field: 'url',
    params: { reason, host, sent: 'no' },
  })
