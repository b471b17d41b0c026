import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readConfig, SETTINGS, terminalLocale } from './config.ts'
import { HubError } from './domain/errors.ts'

const ROOT = dirname(import.meta.dirname)
const SECRET = 'c29tZXRoaW5nIGxvbmcgYW5kIGJ5IGNoYW5jZQ=='

function problemsOf(env: Record<string, string>): string[] {
  try {
    readConfig(env)
  } catch (error) {
    expect(error).toBeInstanceOf(HubError)
    expect(error).toMatchObject({ code: 'config-invalid', recovery: 'fix-input' })
    return String((error as HubError).params.settings).split('\n')
  }
  throw new Error('accepted')
}

describe('the settings', () => {
  test('need none to be set', () => {
    expect(readConfig({})).toEqual({
      port: 8080,
      host: '127.0.0.1',
      trustProxy: false,
      databaseConnections: 10,
      dataDir: join(ROOT, 'data'),
      secretFile: join(ROOT, 'passerelle.key'),
      egressAddresses: [],
      publishedEgress: [],
      allowedPrivateOrigins: [],
      workerConcurrency: 4,
      logLevel: 'info',
    })
  })

  test('that are empty or blank count as not set', () => {
    expect(readConfig({ PORT: '', DATABASE_URL: '  ' })).toEqual(readConfig({}))
  })

  test('are read into what the rooms need', () => {
    const config = readConfig({
      PORT: '0',
      HOST: '::1',
      PUBLIC_URL: 'https://hub.example.com/',
      DATABASE_URL: 'postgres://u:p@db/hub',
      PASSERELLE_DATA: '/srv/passerelle/data',
      PASSERELLE_SECRET: `${SECRET} with blanks`,
      PASSERELLE_SECRET_PREVIOUS: `old-${SECRET}`,
      IDENTITY_NAME: 'Acme',
      EGRESS_ADDRESSES: '203.0.113.7, 2001:db8::7',
      PUBLISHED_EGRESS: '203.0.113.0/28,2001:db8::/64',
      ALLOWED_PRIVATE_ORIGINS: 'http://shop.lan:8080, default=https://other.lan',
      TRUST_PROXY: 'yes',
    })

    expect(config).toMatchObject({
      port: 0,
      host: '::1',
      publicUrl: 'https://hub.example.com',
      secretFile: '/srv/passerelle/passerelle.key',
      secret: `${SECRET} with blanks`,
      secretPrevious: `old-${SECRET}`,
      egressAddresses: ['203.0.113.7', '2001:db8::7'],
      publishedEgress: ['203.0.113.0/28', '2001:db8::/64'],
      allowedPrivateOrigins: ['http://shop.lan:8080', 'default=https://other.lan'],
      trustProxy: true,
    })
  })

  test('that are wrong are all named at once, each with what to write', () => {
    const problems = problemsOf({
      PORT: '80a',
      DATABASE_URL: 'mysql://x',
      PASSERELLE_SECRET: 'short',
      LOG_LEVEL: 'loud',
    })

    expect(problems).toEqual([
      'PORT: write a whole number from 0 to 65535',
      'DATABASE_URL: write postgres://user:password@host:5432/database',
      expect.stringMatching(/^PASSERELLE_SECRET: write at least 16 characters/),
      expect.stringMatching(/^LOG_LEVEL: write one of trace, /),
    ])
  })

  test.each([
    [{ PORT: '65536' }],
    [{ HOST: 'two words' }],
    [{ PUBLIC_URL: 'hub.example.com' }],
    [{ IDENTITY_NAME: 'Acme\r\nX-Evil: 1' }],
    [{ IDENTITY_NAME: 'Acme', IDENTITY_URL: 'javascript:alert(1)' }],
    [{ IDENTITY_VERSION: '2' }],
    [{ EGRESS_ADDRESSES: '203.0.113.0/24' }],
    [{ PUBLISHED_EGRESS: '203.0.113.0/33' }],
    [{ PUBLISHED_EGRESS: '203.0.113.0/-1' }],
    [{ ALLOWED_PRIVATE_ORIGINS: 'http://shop.lan/path' }],
    [{ ALLOWED_PRIVATE_ORIGINS: 'http://user:pw@shop.lan' }],
    [{ WORKER_CONCURRENCY: '0' }],
    [{ METRICS_TOKEN: 'short' }],
    [{ PASSERELLE_DATA: '/srv/d', PASSERELLE_SECRET_FILE: '/srv/d/key' }],
  ])('%o is refused', (env) => {
    expect(problemsOf(env as unknown as Record<string, string>)).toHaveLength(1)
  })

  test('a secret never comes back in a message', () => {
    const planted = 'mysql://user:hunter2@db/x'

    expect(problemsOf({ DATABASE_URL: planted, METRICS_TOKEN: 'hunter2' }).join()).not.toContain('hunter2')
  })

  test('have a sentence in each language, and one name each', () => {
    const rows = Object.values(SETTINGS)

    expect(new Set(rows.map(({ env }) => env)).size).toBe(rows.length)
    for (const { env, sentence } of rows) {
      expect(env).toMatch(/^[A-Z_]+$/)
      expect(sentence.fr.length).toBeGreaterThan(10)
      expect(sentence.en.length).toBeGreaterThan(10)
    }
  })
})

test.each([
  [{}, 'en'],
  [{ LANG: 'C.UTF-8' }, 'en'],
  [{ LANG: 'fr_BE.UTF-8' }, 'fr'],
  [{ LANG: 'fr_FR', LC_ALL: 'en_GB.UTF-8' }, 'en'],
  [{ LANG: 'de_DE.UTF-8' }, 'en'],
] as const)('a terminal with %o speaks %s', (env, locale) => {
  expect(terminalLocale(env)).toBe(locale)
})
