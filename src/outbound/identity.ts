/**
 * How the hub appears to a shop: its User-Agents, the methods it uses, the addresses it calls from.
 *
 * Hosts write these into allow lists, so they are exact to the letter and shown in one place (`/egress`). The
 * defaults are the ones Sendcloud publishes for self-hosted shops; an operator who is not Sendcloud sets his own.
 */
import { HubError } from '../domain/errors.ts'
import { addressOf, isPublic } from './addresses.ts'

/** `IDENTITY_NAME`, `IDENTITY_VERSION`, `IDENTITY_URL`. */
export interface Brand {
  name?: string
  version?: string
  url?: string
}

/** The three settings as the door takes them. */
export const identityOf = (settings: {
  identityName?: string
  identityVersion?: string
  identityUrl?: string
}): Brand => ({
  ...(settings.identityName && { name: settings.identityName }),
  ...(settings.identityVersion && { version: settings.identityVersion }),
  ...(settings.identityUrl && { url: settings.identityUrl }),
})

/** What a method is for; its sentence is in the words of the egress page under the same key. */
export type MethodPurpose = 'read' | 'write' | 'describe' | 'update' | 'remove'

export const METHODS_USED = [
  { method: 'GET', purpose: 'read' },
  { method: 'POST', purpose: 'write' },
  { method: 'OPTIONS', purpose: 'describe' },
  { method: 'PATCH', purpose: 'update' },
  { method: 'DELETE', purpose: 'remove' },
] as const satisfies readonly { method: string; purpose: MethodPurpose }[]

const TOKEN = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/ // RFC 9110 §5.6.2
const DEFAULT_VERSION = '1.0'

/**
 * The User-Agent of a call.
 *
 * @param platform id of the shop's platform once it is known (`woocommerce`), undefined while finding out
 * @throws HubError `config-invalid` when the brand cannot stand in a header
 */
export function userAgent(brand: Brand, platform?: string): string {
  if (!isBranded(brand)) {
    return platform ? `SendCloud/1.0 (${platform}; https://www.sendcloud.sc)` : 'Sendcloud/1.0.0'
  }
  const { name, version, url } = checkedBrand(brand)
  const comment = [platform, url].filter(Boolean).join('; ')
  return platform ? `${name}/${version} (${comment})` : `${name}/${version}`
}

export const isBranded = (brand: Brand): boolean => Boolean(brand.name || brand.version || brand.url)

/** A line break in a brand would write headers of its own, a space would end its name: refused at start. */
export function checkedBrand(brand: Brand): { name: string; version: string; url: string | undefined } {
  const version = brand.version || DEFAULT_VERSION
  if (!brand.name || !TOKEN.test(brand.name)) throw invalid('IDENTITY_NAME', brand.name)
  if (!TOKEN.test(version)) throw invalid('IDENTITY_VERSION', version)
  const url = brand.url || undefined
  if (url && (!/^https?:\/\/[!-~]+$/.test(url) || /[();\\]/.test(url) || !URL.canParse(url))) {
    throw invalid('IDENTITY_URL', url)
  }
  return { name: brand.name, version, url }
}

const invalid = (field: string, value = '') =>
  new HubError('config-invalid', `${field} cannot stand in a User-Agent: ${JSON.stringify(value)}`, {
    field,
    params: { value },
  })

/** Everything the public page `/egress` says that is not a sentence. */
export interface EgressFacts {
  /** One CIDR each; empty: not known, and the page says so. */
  cidrs: string[]
  userAgents: { platform?: string; userAgent: string }[]
  methods: typeof METHODS_USED
}

/**
 * @param egressAddresses local addresses calls are bound to; only public ones are told, because behind a NAT the
 * local address is not the one a shop sees
 */
export function egressFacts(options: {
  brand: Brand
  egressAddresses: readonly string[]
  platforms: readonly string[]
}): EgressFacts {
  const known = options.platforms.map((platform) => ({ platform, userAgent: userAgent(options.brand, platform) }))
  return {
    cidrs: options.egressAddresses.filter((address) => addressOf(address) && isPublic(address)).map(asCidr),
    userAgents: [...known, { userAgent: userAgent(options.brand) }],
    methods: METHODS_USED,
  }
}

const asCidr = (address: string) => `${address}/${addressOf(address)?.family === 6 ? 128 : 32}`

/** `/egress.txt`: one CIDR a line; nothing but a comment when they are not known. */
export const egressText = (facts: EgressFacts): string =>
  facts.cidrs.length > 0 ? `${facts.cidrs.join('\n')}\n` : '# The addresses of this hub are not configured.\n'
