import { describe, expect, test } from 'vitest'
import { MESSAGES } from './index.ts'

type Tree = { readonly [key: string]: string | Tree }

const texts = (tree: Tree, before = ''): [key: string, text: string][] =>
  Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[before + key, value] as [string, string]] : texts(value, `${before}${key}.`),
  )

const fr = texts(MESSAGES.fr)
const en = texts(MESSAGES.en)

/** Names of a message's values: what stands after a brace of odd depth (even ones hold the branches of a plural). */
function valuesOf(text: string): string[] {
  const names = new Set<string>()
  let depth = 0
  for (const [at, letter] of [...text].entries()) {
    if (letter === '}') depth--
    if (letter === '{' && ++depth % 2 === 1) names.add(/^\w+/.exec([...text].slice(at + 1).join(''))?.[0] ?? '')
  }
  return [...names].sort()
}

describe('texts', () => {
  test('exist, and exist under the same keys in every language', () => {
    expect(fr.length).toBeGreaterThan(300)
    expect(en.map(([key]) => key).sort()).toEqual(fr.map(([key]) => key).sort())
  })

  test('take the same values in every language', () => {
    const english = new Map(en)

    const differing = fr
      .filter(([key, text]) => valuesOf(text).join() !== valuesOf(english.get(key) ?? '').join())
      .map(([key]) => key)

    expect(differing).toEqual([])
  })

  test('in French keep ; : ! ? and » with their word, and « with the one after it', () => {
    // Only before a blank or the end: `https://`, a CSV line or a figure like 9:12 is no punctuation of a sentence.
    const loose = fr
      .filter(([, text]) => /[ \u00a0][;:!?»]|[^\s\u202f][;:!?](?=\s|$)|[^\u202f]»|«[^\u202f]/u.test(text))
      .map(([key]) => key)

    expect(loose).toEqual([])
  })
})
