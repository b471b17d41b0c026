/**
 * The contract between a platform's fake and the real shops: every recorded exchange is used in one of three ways, or
 * excluded by name with a reason.
 *
 * - `shop`: the shop's own stories, asked again of the fake in the order they were recorded, on the recorded clock. Status,
 *   type and JSON must be the recorded ones; only values a shop cannot repeat (random keys) may differ.
 * - `trouble`: what servers, PHP, firewalls and hosts do, played verbatim by a layer in front of the fake, and read by our
 *   own reading code.
 * - `received`: what came to us: webhooks, keys, browsers.
 *
 * The trap it avoids: a fake written from memory agrees with the connector written from the same memory.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

export type Way = 'shop' | 'trouble' | 'received'

export interface ContractExchange {
  name: string
  scenario: string
  sequence: number
  note: string
}

/** A running stand-in for one of the recorded shops. */
export interface StandIn<E> {
  /** Asks as recorded and says how the answer differs; empty: as recorded. */
  replay(exchange: E): Promise<string[]>
  close(): Promise<void>
}

export interface PlatformKit<E extends ContractExchange> {
  exchanges: readonly E[]
  /** Not used, and why. Must stay few. */
  excluded: Record<string, string>
  wayOf(exchange: E): Way
  /** Which recorded shop an exchange belongs to; stand-ins are started one after another. */
  shopOf(exchange: E): string
  startShop(shop: string): Promise<StandIn<E>>
  /** In the order the recorded shop saw them. */
  chronological(exchanges: E[]): E[]
  startTroubles(): Promise<StandIn<E>>
  receive(exchange: E): string[] | Promise<string[]>
}

export interface Counted {
  story: string
  shop: number
  trouble: number
  received: number
  excluded: number
}

/** Declares the tests; call it once in a platform's contract test. */
export function platformContract<E extends ContractExchange>(platform: string, kit: PlatformKit<E>): void {
  const used = kit.exchanges.filter((exchange) => !(exchange.name in kit.excluded))
  const by = (way: Way) => used.filter((exchange) => kit.wayOf(exchange) === way)
  const differences = new Map<string, string[]>()
  const done = new Set<string>()

  const run = async (exchanges: E[], standIn: Pick<StandIn<E>, 'replay'>) => {
    for (const exchange of exchanges) {
      differences.set(exchange.name, await standIn.replay(exchange))
      done.add(exchange.name)
    }
  }

  describe(`${platform}: the shop's own stories, asked of the fake`, () => {
    const stories = by('shop')
    beforeAll(async () => {
      for (const shop of new Set(stories.map(kit.shopOf))) {
        const standIn = await kit.startShop(shop)
        const chapter = stories.filter((exchange) => kit.shopOf(exchange) === shop)
        await run(kit.chronological(chapter), standIn).finally(() => standIn.close())
      }
    }, 120_000)
    test.each(scenarios(stories))('%s: status, type and JSON as recorded', (_, exchanges) => {
      expect(told(exchanges, differences)).toEqual([])
    })
  })

  describe(`${platform}: troubles, played verbatim and read by our own code`, () => {
    const troubles = by('trouble')
    let standIn: StandIn<E>
    beforeAll(async () => {
      standIn = await kit.startTroubles()
    })
    afterAll(() => standIn.close())
    test.each(scenarios(troubles))('%s: the recorded bytes, and never taken for data', async (_, exchanges) => {
      await run(exchanges, standIn)
      expect(told(exchanges, differences)).toEqual([])
    })
  })

  describe(`${platform}: what came to us`, () => {
    test.each(scenarios(by('received')))('%s: understood as what it was', async (_, exchanges) => {
      await run(exchanges, { replay: async (exchange) => kit.receive(exchange) })
      expect(told(exchanges, differences)).toEqual([])
    })
  })

  describe(`${platform}: the whole`, () => {
    test('every recorded exchange was used, or is excluded with a reason', () => {
      const excluded = kit.exchanges.filter((exchange) => exchange.name in kit.excluded)
      process.stdout.write(table(platform, kit))
      expect(used.filter((exchange) => !done.has(exchange.name)).map((exchange) => exchange.name)).toEqual([])
      expect(Object.keys(kit.excluded).filter((name) => !kit.exchanges.some((one) => one.name === name))).toEqual([])
      expect(Object.values(kit.excluded).filter((reason) => reason.length < 20)).toEqual([])
      expect(done.size + excluded.length).toBe(kit.exchanges.length)
    })
  })
}

function scenarios<E extends ContractExchange>(exchanges: E[]): [string, E[]][] {
  const groups = new Map<string, E[]>()
  for (const exchange of exchanges.toSorted((a, b) => a.sequence - b.sequence))
    groups.set(exchange.scenario, [...(groups.get(exchange.scenario) ?? []), exchange])
  return [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1))
}

const told = (exchanges: ContractExchange[], differences: Map<string, string[]>): string[] =>
  exchanges.flatMap(({ name }) => (differences.get(name) ?? ['was not asked']).map((what) => `${name}: ${what}`))

/** Which exchange was used in which way, by story, with the reasons of those that were not. */
function table<E extends ContractExchange>(platform: string, kit: PlatformKit<E>): string {
  const rows = scenarios([...kit.exchanges]).map(([story, exchanges]) => {
    const count = (way: Way) => exchanges.filter((one) => !(one.name in kit.excluded) && kit.wayOf(one) === way).length
    const excluded = exchanges.filter((one) => one.name in kit.excluded).length
    return { story, shop: count('shop'), trouble: count('trouble'), received: count('received'), excluded }
  })
  const line = (story: string, ...numbers: (number | string)[]) =>
    story.padEnd(26) + numbers.map((number) => String(number).padStart(10)).join('') + '\n'
  const sum = (key: keyof Counted) => rows.reduce((all, one) => all + Number(one[key]), 0)
  const reasons = Object.entries(kit.excluded).map(([name, reason]) => `  ${name}: ${reason}\n`)
  return [
    `\n${platform}: ${kit.exchanges.length} recorded exchanges\n`,
    line('story', 'shop', 'trouble', 'received', 'excluded'),
    ...rows.map((row) => line(row.story, row.shop, row.trouble, row.received, row.excluded)),
    line('all', sum('shop'), sum('trouble'), sum('received'), sum('excluded')),
    ...(reasons.length > 0 ? ['excluded:\n', ...reasons] : []),
  ].join('')
}

/* ——— comparing JSON ——— */

export interface Looseness {
  /** Paths (`[].meta_data[].id`) whose value a shop cannot repeat; their type still must agree. */
  values?: RegExp[]
  /** Paths that are not looked at, kind included. */
  ignored?: RegExp[]
}

/** How `actual` differs from `expected`: members, kinds and values. */
export function differencesOf(expected: unknown, actual: unknown, loose: Looseness = {}, path = ''): string[] {
  const hits = (patterns: RegExp[] | undefined) => patterns?.some((pattern) => pattern.test(path)) ?? false
  if (hits(loose.ignored)) return []
  const [want, got] = [kindOf(expected), kindOf(actual)]
  if (want !== got) return [`${path || '(body)'} is ${got} ${short(actual)} instead of ${want} ${short(expected)}`]
  if (Array.isArray(expected)) return listDifferences(expected, actual as unknown[], loose, path, hits(loose.values))
  if (want === 'object') return memberDifferences(expected as object, actual as object, loose, path)
  if (expected === actual || hits(loose.values)) return []
  return [`${path || '(body)'} is ${short(actual)} instead of ${short(expected)}`]
}

function listDifferences(want: unknown[], got: unknown[], loose: Looseness, path: string, free: boolean): string[] {
  if (want.length !== got.length && !free)
    return [`${path || '(body)'} has ${got.length} rows instead of ${want.length}`]
  return want.flatMap((item, at) => (at < got.length ? differencesOf(item, got[at], loose, `${path}[${at}]`) : []))
}

function memberDifferences(want: object, got: object, loose: Looseness, path: string): string[] {
  const at = (name: string) => (path === '' ? name : `${path}.${name}`)
  const ignored = (name: string) => loose.ignored?.some((pattern) => pattern.test(at(name))) ?? false
  const [wanted, present] = [Object.keys(want), Object.keys(got)]
  return [
    ...wanted.filter((name) => !(name in got) && !ignored(name)).map((name) => `${at(name)} is missing`),
    ...present.filter((name) => !(name in want) && !ignored(name)).map((name) => `${at(name)} is too much`),
    ...wanted
      .filter((name) => name in got)
      .flatMap((name) => differencesOf(want[name as never], got[name as never], loose, at(name))),
  ]
}

const kindOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value)

const short = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'undefined'
  return text.length > 60 ? text.slice(0, 60) + '…' : text
}
