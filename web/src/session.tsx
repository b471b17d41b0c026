/** Who speaks, in which language: loaded before the first page, kept for all of them. */
import { createContext, useContext } from 'react'
import { api, ApiError, need, setApiLanguage, setCsrfToken } from './api/client.ts'
import { queryClient } from './api/queries.ts'
import type { Me } from './api/shapes.ts'
import { keepLocale, type Locale } from './words.ts'

export interface Session {
  me: Me | undefined
  locale: Locale
  /** After signing in, or undefined after signing out. */
  setMe(me: Me | undefined): void
  setLocale(locale: Locale): void
}

export const SessionContext = createContext<Session | undefined>(undefined)

export function useSession(): Session {
  const session = useContext(SessionContext)
  if (!session) throw new Error('no session around this page')
  return session
}

/** @returns undefined when nobody is signed in */
export async function whoAmI(): Promise<Me | undefined> {
  try {
    const me = await need(api.GET('/api/v1/me', {}))
    setCsrfToken(me.csrfToken)
    return me
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return undefined
    throw error
  }
}

export function useLocaleSwitch(): (locale: Locale) => void {
  const { setLocale } = useSession()
  return (locale) => {
    keepLocale(locale)
    setApiLanguage(locale)
    setLocale(locale)
    // Sentences of the hub come in the language asked for.
    void queryClient.invalidateQueries()
  }
}
