/**
 * Every text a person reads, one folder per language, the same for server, web and terminal. French is written
 * first and its keys are the rule: a key missing in another language is a type error and fails the house test.
 */
import { createTranslator } from 'use-intl/core'
import { en } from './en/index.ts'
import { fr } from './fr/index.ts'

export const LOCALES = ['fr', 'en'] as const
export type Locale = (typeof LOCALES)[number]

export const MESSAGES = { fr, en } as const

/** A translator by full key: `t('errors.url-invalid', { reason })`. A missing key shows the key and is a test failure. */
export function translator(locale: Locale) {
  const t = createTranslator({
    locale,
    messages: MESSAGES[locale] as unknown as Record<string, never>,
    onError: () => {},
  })
  return (key: string, params: Record<string, string | number | Date> = {}): string =>
    (t as unknown as (key: string, params: Record<string, unknown>) => string)(key, params)
}

/** The language a browser asks for (`Accept-Language`); French unless it prefers English. */
export function pickLocale(acceptLanguage: string | undefined | null, chosen?: string | null): Locale {
  if (chosen === 'fr' || chosen === 'en') return chosen
  const wanted = (acceptLanguage ?? '')
    .slice(0, 1000)
    .split(',')
    .map((part) => {
      const [tag = '', ...options] = part.trim().split(';')
      const q = options.map((option) => /^\s*q=([\d.]+)/.exec(option)?.[1]).find((found) => found !== undefined)
      return { tag: tag.toLowerCase(), q: q === undefined ? 1 : Number(q) }
    })
    .filter(({ tag, q }) => tag !== '' && q > 0)
    .sort((a, b) => b.q - a.q)
  for (const { tag } of wanted) {
    if (tag.startsWith('fr')) return 'fr'
    if (tag.startsWith('en')) return 'en'
  }
  return wanted.length === 0 ? 'fr' : 'en'
}
