import type { Resolver } from '../../src/outbound/guard.ts'

export interface FakeDns extends Resolver {
  /** Names asked for, in order. */
  asked: string[]
}

/**
 * Names and their addresses. Several lists for one name are given out one look-up after the other, the last one for
 * ever: a name whose answer changes between two look-ups.
 */
export function fakeDns(names: Record<string, string[] | string[][]>): FakeDns {
  const given = new Map<string, number>()
  const asked: string[] = []
  return {
    asked,
    lookup: async (hostname) => {
      asked.push(hostname)
      const known = names[hostname]
      if (!known) throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: 'ENOTFOUND' })
      const turns = (Array.isArray(known[0]) ? known : [known]) as string[][]
      const turn = given.get(hostname) ?? 0
      given.set(hostname, turn + 1)
      const addresses = turns[Math.min(turn, turns.length - 1)]!
      return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
    },
  }
}
