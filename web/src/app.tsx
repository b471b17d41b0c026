/**
 * The app: language and caller first, then the pages. A page's code is loaded when it is opened, so that the first
 * view stays small.
 */
import { QueryClientProvider } from '@tanstack/react-query'
import { useEffect, useMemo, useState } from 'react'
import { createBrowserRouter } from 'react-router'
import { RouterProvider } from 'react-router/dom'
import { IntlProvider } from 'use-intl'
import { setApiLanguage, setCsrfToken, whenSignedOut } from './api/client.ts'
import { queryClient } from './api/queries.ts'
import type { Me } from './api/shapes.ts'
import { Broken } from './pages/broken.tsx'
import { Layout } from './layout.tsx'
import { SessionContext, whoAmI, type Session } from './session.tsx'
import { firstLocale, loadMessages, type Locale, type Messages } from './words.ts'

const router = createBrowserRouter([
  {
    Component: Layout,
    ErrorBoundary: Broken,
    HydrateFallback: () => null,
    children: [
      { index: true, lazy: async () => ({ Component: (await import('./pages/today.tsx')).Today }) },
      { path: 'orders', lazy: async () => ({ Component: (await import('./pages/orders.tsx')).Orders }) },
      {
        path: 'orders/import',
        lazy: async () => ({ Component: (await import('./pages/import-trackings.tsx')).ImportTrackings }),
      },
      { path: 'orders/:id', lazy: async () => ({ Component: (await import('./pages/order.tsx')).OrderPage }) },
      {
        path: 'integrations',
        lazy: async () => ({ Component: (await import('./pages/integrations.tsx')).Integrations }),
      },
      {
        path: 'integrations/new',
        lazy: async () => ({ Component: (await import('./pages/add-integration.tsx')).AddIntegration }),
      },
      {
        path: 'integrations/:id',
        lazy: async () => ({ Component: (await import('./pages/integration.tsx')).IntegrationPage }),
      },
      { path: 'writebacks', lazy: async () => ({ Component: (await import('./pages/writebacks.tsx')).Writebacks }) },
      { path: 'settings', lazy: async () => ({ Component: (await import('./pages/settings.tsx')).Settings }) },
      { path: 'setup', lazy: async () => ({ Component: (await import('./pages/setup.tsx')).Setup }) },
      { path: 'sign-in', lazy: async () => ({ Component: (await import('./pages/sign-in.tsx')).SignIn }) },
      { path: '*', lazy: async () => ({ Component: (await import('./pages/not-found.tsx')).NotFound }) },
    ],
  },
])

const RETRY_MS = 1_500

export function App() {
  const [locale, setLocale] = useState<Locale>(firstLocale)
  const [messages, setMessages] = useState<{ locale: Locale; messages: Messages }>()
  const [me, setMeState] = useState<Me | undefined | 'asking'>('asking')

  useEffect(() => {
    let wanted = true
    void loadMessages(locale).then((loaded) => {
      if (!wanted) return
      setMessages({ locale, messages: loaded })
      document.documentElement.lang = locale
    })
    return () => {
      wanted = false
    }
  }, [locale])

  useEffect(() => {
    setApiLanguage(locale)
    let timer: ReturnType<typeof setTimeout> | undefined
    const ask = () => {
      whoAmI().then(setMeState, () => {
        timer = setTimeout(ask, RETRY_MS)
      })
    }
    ask()
    whenSignedOut(() => setMeState(undefined))
    return () => clearTimeout(timer)
    // The caller is asked for once; a change of language does not change who speaks.
    // oxlint-disable-next-line react-hooks/exhaustive-deps
  }, [])

  const session = useMemo<Session>(
    () => ({
      me: me === 'asking' ? undefined : me,
      locale,
      setMe(next) {
        setCsrfToken(next?.csrfToken)
        queryClient.clear()
        setMeState(next)
      },
      setLocale,
    }),
    [me, locale],
  )

  if (!messages || me === 'asking') return null
  return (
    <IntlProvider
      locale={messages.locale}
      messages={messages.messages}
      timeZone={Intl.DateTimeFormat().resolvedOptions().timeZone}
      now={new Date()}
    >
      <QueryClientProvider client={queryClient}>
        <SessionContext value={session}>
          <RouterProvider router={router} />
        </SessionContext>
      </QueryClientProvider>
    </IntlProvider>
  )
}
