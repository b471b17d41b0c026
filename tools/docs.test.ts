import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { ROUTES } from '../src/api/routes/index.ts'
import { ERRORS } from '../src/domain/errors.ts'
import { generated, ROOT } from './docs.ts'

let pages: Map<string, string>
beforeAll(async () => {
  pages = await generated()
})

test.each(['docs/errors.md', 'docs/config.md', 'docs/openapi.json', 'web/api-types.ts'])(
  '%s is what the code says (if not: npm run docs)',
  (path) => {
    expect(readFileSync(join(ROOT, path), 'utf8') === pages.get(path)).toBe(true)
  },
)

test('every error code has its line', () => {
  for (const code of Object.keys(ERRORS)) expect(pages.get('docs/errors.md')).toContain(`| \`${code}\` |`)
})

describe('the OpenAPI document', () => {
  const document = () =>
    JSON.parse(pages.get('docs/openapi.json')!) as { openapi: string; paths: Record<string, Record<string, object>> }

  test('is version 3.1 and holds every declared route', () => {
    expect(document().openapi).toBe('3.1.0')
    for (const { method, path } of Object.values(ROUTES)) expect(document().paths[path]).toHaveProperty(method)
  })

  test('says of every operation what it does, who may call it and how it fails', () => {
    for (const operations of Object.values(document().paths)) {
      for (const operation of Object.values(operations)) {
        expect(operation).toMatchObject({
          summary: expect.stringMatching(/.{6}/),
          security: expect.any(Array),
          responses: { default: { content: { 'application/problem+json': {} } } },
        })
      }
    }
  })
})
