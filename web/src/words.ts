/** Texts by typed key; one language is loaded at a time. */
import { useTranslations } from 'use-intl'
import type { domain } from '../../src/words/fr/domain.ts'
import type { web } from '../../src/words/fr/web.ts'

export type Locale = 'fr' | 'en'
export interface Messages {
  web: typeof web
  domain: typeof domain
}

declare module 'use-intl' {
  interface AppConfig {
    Locale: Locale
    Messages: Messages
  }
}

type Web = Messages['web']

export const useWords = <Area extends keyof Web & string>(area: Area) => useTranslations(`web.${area}`)

/** Words of states and codes that every door says alike. */
export const useDomain = <Area extends keyof Messages['domain'] & string>(area: Area) =>
  useTranslations(`domain.${area}`)

/** Why a person should look at an order; a code this app does not know yet is said in general. */
export function useAttention(): (code: string) => string {
  const t = useDomain('attention')
  return (code) => (t.has(code as 'other') ? t(code as 'other') : t('other'))
}

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

export async function loadMessages(locale: Locale): Promise<Messages> {
  if (locale === 'fr') {
    const [{ web }, { domain }] = await Promise.all([
      import('../../src/words/fr/web.ts'),
      import('../../src/words/fr/domain.ts'),
    ])
    return { web, domain }
  }
  const [{ web }, { domain }] = await Promise.all([
    import('../../src/words/en/web.ts'),
    import('../../src/words/en/domain.ts'),
  ])
  return { web, domain } as unknown as Messages
}

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
