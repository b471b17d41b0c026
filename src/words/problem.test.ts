import { describe, expect, test } from 'vitest'
import { ERRORS, type ErrorCode } from '../domain/errors.ts'
import { LOCALES, MESSAGES } from './index.ts'
import { problemText } from './problem.ts'

describe.each(LOCALES)('an error in %s', (locale) => {
  test.each(Object.keys(ERRORS) as ErrorCode[])('%s reads as two sentences, whatever values it carries', (code) => {
    const { title, todo } = problemText(locale, code)

    expect(title).not.toMatch(/errors\.|[{}]/)
    expect(todo).not.toMatch(/errors\.|[{}]/)
    expect(title.length).toBeGreaterThan(5)
    expect(todo.length).toBeGreaterThan(5)
  })

  test.each(Object.keys(MESSAGES[locale].refusals))('the refusal %s reads as two sentences', (code) => {
    const { title, todo } = problemText(locale, code, { number: '1042', first: 'DPD' })

    expect(title).toBe(title.trim())
    expect(`${title} ${todo}`).not.toMatch(/refusals\.|[{}]/)
  })

  test('every choice inside a message can be reached and reads as a sentence', () => {
    for (const [code, texts] of Object.entries(MESSAGES[locale].errors)) {
      for (const part of ['title', 'todo'] as const) {
        const name = /\{(\w+), select/.exec(texts[part])?.[1]
        if (name === undefined) continue
        for (const [, choice] of texts[part].matchAll(/[ }] ?([a-z0-9_]+) \{/g)) {
          const text = problemText(locale, code, { [name]: choice!.replaceAll('_', '-'), host: 'shop.example' })[part]

          expect(text, `${code} ${choice}`).not.toMatch(/errors\.|[{}]/)
        }
      }
    }
  })
})

test('a reason with hyphens finds its sentence', () => {
  const { title } = problemText('en', 'shop-unreachable', { reason: 'dns-not-found', host: 'shop.example' })

  expect(title).toBe('The name shop.example does not exist')
})

test('a code nobody knows reads as a fault of ours, never as a key', () => {
  expect(problemText('en', 'no-such-code').title).toBe('A fault of ours')
})
