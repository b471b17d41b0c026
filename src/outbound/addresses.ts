/**
 * What kind of place an IP address is.
 *
 * The trap it avoids: lists of bad ranges forget some (mapped, NAT64, 6to4, IPv4-compatible, shared carrier space).
 * Here only what is known to be public counts as public; everything else is not.
 */
import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'

export interface Address {
  address: string
  family: 4 | 6
}

/**
 * Addresses where a cloud hands out its machine's own credentials, or steers it. Never called, whoever allows them.
 * AWS, Azure, Google, DigitalOcean: 169.254.169.254; AWS: fd00:ec2::254; Google: fd20:ce::254; Azure's platform:
 * 168.63.129.16 (https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16);
 * Alibaba: 100.100.100.200; Oracle: 192.0.0.192.
 */
const NEVER = new Set([
  '168.63.129.16',
  '169.254.169.254',
  '100.100.100.200',
  '192.0.0.192',
  'fd00:ec2::254',
  'fd20:ce::254',
])

/** What an operator may open: his own machine and his own network. Link-local is not in it. */
const PRIVATE_RANGES = new Set(['private', 'loopback', 'uniqueLocal', 'carrierGradeNat'])

/** IPv6 that the registries hand out: https://www.iana.org/assignments/ipv6-unicast-address-assignments */
const GLOBAL_V6 = ipaddr.parseCIDR('2000::/3')

/** The literal address a host is, in its shortest form, or undefined for a name. */
export function addressOf(host: string): Address | undefined {
  const family = isIP(host)
  if (family === 0) return undefined
  return { address: host, family: family === 6 ? 6 : 4 }
}

/** `::ffff:10.0.0.1` is 10.0.0.1 to the network, so it is judged as that. */
const plain = (address: string) => ipaddr.process(address.replace(/%.*$/, ''))

export function isPublic(address: string): boolean {
  const ip = plain(address)
  if (ip.range() !== 'unicast' || NEVER.has(ip.toString())) return false
  return ip.kind() === 'ipv4' || ip.match(GLOBAL_V6 as [ipaddr.IPv6, number])
}

export const isReachablePrivately = (address: string): boolean => PRIVATE_RANGES.has(plain(address).range())

export function isNever(address: string): boolean {
  const ip = plain(address)
  return ip.range() === 'linkLocal' || NEVER.has(ip.toString())
}

/** `loopback`, `private`, `unicast`, …: decides which of our own addresses can reach another. */
export const rangeOf = (address: string): string => plain(address).range()
