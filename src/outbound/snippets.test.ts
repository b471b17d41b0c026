import { describe, expect, test } from 'vitest'
import { LOCALES, translator } from '../words/index.ts'
import { egressFacts, METHODS_USED } from './identity.ts'
import { snippets } from './snippets.ts'

const known = egressFacts({
  brand: {},
  egressAddresses: ['8.8.4.4', '2001:4860:4860::8844'],
  platforms: ['woocommerce', 'prestashop'],
})
const unknown = egressFacts({ brand: {}, egressAddresses: [], platforms: ['woocommerce'] })
const textOf = (id: string, facts = known) => snippets(facts).find((snippet) => snippet.id === id)!.text

describe('ready settings', () => {
  test.each(['nginx', 'apache', 'cloudflare', 'modsecurity'])('%s names every address and every User-Agent', (id) => {
    const text = textOf(id).replaceAll('\\', '')

    for (const cidr of known.cidrs) expect(text).toContain(cidr)
    for (const { userAgent } of known.userAgents) expect(text).toContain(userAgent)
  })

  test.each(['nginx', 'apache', 'modsecurity'])('%s opens nothing to a User-Agent alone', (id) => {
    expect(textOf(id, unknown)).not.toMatch(/Require|allow |ruleEngine|satisfy/)
  })

  test('the patterns fit our User-Agents and nothing that only contains them', () => {
    const inApache = new RegExp(/"(\^.*\$)"/.exec(textOf('apache'))![1]!)

    for (const { userAgent } of known.userAgents) expect(inApache.test(userAgent)).toBe(true)
    expect(inApache.test('x Sendcloud/1.0.0')).toBe(false)
    expect(inApache.test('Sendcloud/1x0.0')).toBe(false)
  })

  test('a quote in a brand stays inside its quotes', () => {
    const facts = egressFacts({
      brand: { name: "Relais'n", url: 'https://relais.example/"x' },
      egressAddresses: ['8.8.4.4'],
      platforms: ['woocommerce'],
    })

    expect(textOf('nginx', facts)).toContain('\\"x)" 1;')
  })

  test('ModSecurity allows every method we use', () => {
    expect(textOf('modsecurity')).toContain('tx.allowed_methods=HEAD GET POST OPTIONS PATCH DELETE')
  })
})

describe('the words of the page', () => {
  const keys = [
    ...'title lead addresses addressesLead addressesUnknown addressesOperator userAgents userAgentsLead'.split(' '),
    ...'forPlatform whileFindingOut methods methodsLead snippets snippetsLead snippetsWithoutAddresses'.split(' '),
    ...'machine copy copied'.split(' '),
    ...METHODS_USED.map(({ purpose }) => `method.${purpose}`),
    ...snippets(known).flatMap(({ id }) => [`snippet.${id}.title`, `snippet.${id}.where`]),
  ]

  test.each(LOCALES)('are all there in %s', (locale) => {
    const t = translator(locale)

    for (const key of keys) {
      const said = t(`egress.${key}`, { count: 2, platform: 'WooCommerce' })
      expect(said).not.toContain('egress.')
      expect(said).not.toMatch(/[{}]/)
    }
  })

  test('French has its narrow no-break spaces', () => {
    const t = translator('fr')

    for (const key of keys) expect(t(`egress.${key}`, { count: 1, platform: 'x' })).not.toMatch(/[ \u00a0][;:!?»]|« /)
  })
})
