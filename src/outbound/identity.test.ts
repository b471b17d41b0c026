import { describe, expect, test } from 'vitest'
import { egressFacts, egressText, identityOf, METHODS_USED, userAgent } from './identity.ts'

describe('User-Agents', () => {
  test('are to the letter those that hosts of self-hosted shops were told to allow', () => {
    expect(userAgent({}, 'woocommerce')).toBe('SendCloud/1.0 (woocommerce; https://www.sendcloud.sc)')
    expect(userAgent({}, 'prestashop')).toBe('SendCloud/1.0 (prestashop; https://www.sendcloud.sc)')
    expect(userAgent({})).toBe('Sendcloud/1.0.0')
  })

  test.each([
    [
      { name: 'Relais', version: '2.4', url: 'https://relais.example' },
      'Relais/2.4 (woocommerce; https://relais.example)',
      'Relais/2.4',
    ],
    [{ name: 'Relais' }, 'Relais/1.0 (woocommerce)', 'Relais/1.0'],
    [
      { name: 'Relais', url: 'https://relais.example' },
      'Relais/1.0 (woocommerce; https://relais.example)',
      'Relais/1.0',
    ],
  ])('follow the brand of the operator: %o', (brand, known, unknown) => {
    expect(userAgent(brand, 'woocommerce')).toBe(known)
    expect(userAgent(brand)).toBe(unknown)
  })

  test.each([
    [{ name: 'Two Words' }, 'IDENTITY_NAME'],
    [{ name: 'x\r\nX-Evil: 1' }, 'IDENTITY_NAME'],
    [{ version: '2.0' }, 'IDENTITY_NAME'],
    [{ name: 'Relais', version: '1 (x)' }, 'IDENTITY_VERSION'],
    [{ name: 'Relais', url: 'relais.example' }, 'IDENTITY_URL'],
    [{ name: 'Relais', url: 'https://relais.example/) evil' }, 'IDENTITY_URL'],
    [{ name: 'Relais', url: 'https://relais.example/\n' }, 'IDENTITY_URL'],
  ])('a brand that cannot stand in a header is refused: %o', (brand, field) => {
    expect(() => userAgent(brand)).toThrowError(expect.objectContaining({ code: 'config-invalid', field }))
  })

  test('the brand comes from three settings', () => {
    expect(identityOf({ identityName: 'Relais', identityVersion: '', identityUrl: undefined })).toEqual({
      name: 'Relais',
    })
    expect(identityOf({})).toEqual({})
  })
})

describe('what the egress page tells', () => {
  test('addresses as CIDRs, and only those that a shop can see', () => {
    const facts = egressFacts({
      brand: {},
      egressAddresses: ['8.8.4.4', '2001:4860:4860::8844', '10.0.0.5'],
      platforms: ['woocommerce'],
    })

    expect(facts.cidrs).toEqual(['8.8.4.4/32', '2001:4860:4860::8844/128'])
    expect(egressText(facts)).toBe('8.8.4.4/32\n2001:4860:4860::8844/128\n')
  })

  test('unknown addresses are said to be unknown, never invented', () => {
    const facts = egressFacts({ brand: {}, egressAddresses: [], platforms: ['woocommerce'] })

    expect(facts.cidrs).toEqual([])
    expect(egressText(facts)).toMatch(/^# .*not configured/)
  })

  test('every User-Agent in use and every method with its purpose', () => {
    const facts = egressFacts({ brand: {}, egressAddresses: [], platforms: ['woocommerce'] })

    expect(facts.userAgents).toEqual([
      { platform: 'woocommerce', userAgent: 'SendCloud/1.0 (woocommerce; https://www.sendcloud.sc)' },
      { userAgent: 'Sendcloud/1.0.0' },
    ])
    expect(METHODS_USED.map(({ method }) => method)).toEqual(['GET', 'POST', 'OPTIONS', 'PATCH', 'DELETE'])
  })
})
