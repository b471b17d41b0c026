/** Texts by typed key; one language is loaded at a time. */
import { useTranslations } from 'use-intl'
import type { web } from '../../src/words/fr/web.ts'

export type Locale = 'fr' | 'en'
export interface Messages {
  web: typeof web
}

declare module 'use-intl' {
  interface AppConfig {
    Locale: Locale
    Messages: Messages
  }
}

type Web = Messages['web']

export const useWords = <Area extends keyof Web & string>(area: Area) => useTranslations(`web.${area}`)

/** For keys that come from the hub (event kinds, issue codes): a known one is translated, an unknown one shown as it is. */
export function useOpenWords<Area extends keyof Web & string>(area: Area) {
  const t = useTranslations(`web.${area}`) as unknown as {
    (key: string, params?: Record<string, string | number>): string
    has(key: string): boolean
  }
  return (group: string, code: string, params: Record<string, string | number> = {}): string => {
    const key = `${group}.${code}`
    return t.has(key) ? t(key, params) : t(`${group}.other`, { code, kind: code, ...params })
  }
}

export const loadMessages = async (locale: Locale): Promise<Messages> =>
  locale === 'fr'
    ? { web: (await import('../../src/words/fr/web.ts')).web }
    : { web: (await import('../../src/words/en/web.ts')).web as unknown as Messages['web'] }

const KEPT = 'passerelle.locale'

/** What was chosen here before, else what the browser asks for; French unless it prefers English. */
export function firstLocale(): Locale {
  const kept = localStorage.getItem(KEPT)
  if (kept === 'fr' || kept === 'en') return kept
  for (const tag of navigator.languages) {
    if (tag.toLowerCase().startsWith('fr')) return 'fr'
    if (tag.toLowerCase().startsWith('en')) return 'en'
  }
  return navigator.languages.length === 0 ? 'fr' : 'en'
}
export const keepLocale = (locale: Locale): void => localStorage.setItem(KEPT, locale)
