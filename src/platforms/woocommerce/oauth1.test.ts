import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { recordings } from './recordings/recordings.ts'
import { encode, signature } from './oauth1.ts'

interface Vector {
  name: string
  method: string
  url: string
  query: Record<string, string>
  oauth: Record<string, string>
  consumer_secret: string
  token_secret?: string
  signature: string
}

const { vectors } = JSON.parse(readFileSync(new URL('./oauth1-vectors.json', import.meta.url), 'utf8')) as {
  vectors: Vector[]
}

describe('the OAuth 1.0a signer', () => {
  test.each(vectors.map((vector) => [vector.name, vector] as const))(
    'signs as the platforms verified: %s',
    (_, vector) => {
      const { oauth_signature: _given, ...oauth } = vector.oauth
      const made = signature({
        method: vector.method,
        url: vector.url,
        params: { ...vector.query, ...oauth },
        consumerSecret: vector.consumer_secret,
        tokenSecret: vector.token_secret ?? '',
        hash: vector.oauth.oauth_signature_method?.endsWith('SHA1') ? 'sha1' : 'sha256',
      })

      expect(made).toBe(vector.signature)
    },
  )

  test('makes the very signatures that a real shop accepted', () => {
    const accepted = recordings()
      .filter((one) => one.scenario === 'oauth')
      .filter(({ request, response }) => request.path.includes('oauth_signature=') && response.status === 200)
    const plain = accepted.filter(({ request }) => !/status(%5B|\[)/.test(request.path))

    const made = plain.map(({ request }) => {
      const url = new URL(`${request.scheme}://${request.host}${request.path}`)
      const { oauth_signature: given, ...params } = Object.fromEntries(url.searchParams)
      const hash = params.oauth_signature_method === 'HMAC-SHA1' ? ('sha1' as const) : ('sha256' as const)
      const at = (scheme: string) =>
        signature({
          method: request.method,
          url: `${scheme}://${url.host}${url.pathname}`,
          params,
          consumerSecret: 'cs_' + params.oauth_consumer_key!.slice(3),
          hash,
        })
      return [at('http'), at('https')].includes(given!)
    })

    expect(made.length).toBeGreaterThan(4)
    expect(made).toEqual(made.map(() => true))
  })

  test('leaves only unreserved characters unencoded', () => {
    expect(encode("aZ0-._~ !'()*é/")).toBe('aZ0-._~%20%21%27%28%29%2A%C3%A9%2F')
  })
})
