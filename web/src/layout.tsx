/** What stands around every page: skip link, name, menu, the quiet voice. */
import { onlineManager, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { Link, Navigate, NavLink, Outlet, useLocation, useNavigate } from 'react-router'
import { api, ApiError, need } from './api/client.ts'
import { Announcer } from './parts/announce.tsx'
import { useLocaleSwitch, useSession } from './session.tsx'
import { useWords } from './words.ts'

/** Pages for people who are not signed in yet. */
const DOORS = new Set(['/setup', '/sign-in'])

export function Layout() {
  const t = useWords('app')
  const { me } = useSession()
  const { pathname, search } = useLocation()
  useSlash(me !== undefined)

  const atDoor = DOORS.has(pathname)
  if (!me && !atDoor) return <Navigate to={`/sign-in?next=${encodeURIComponent(pathname + search)}`} replace />

  return (
    <>
      <a className="skip" href="#main">
        {t('skip')}
      </a>
      <header className="top">
        <Link to="/" className="brand">
          <Mark /> {t('name')}
        </Link>
        {me && <Menu />}
        <Language />
        {me && <SignOut />}
      </header>
      <Offline />
      <main id="main" tabIndex={-1} className={atDoor ? 'door' : undefined}>
        <Outlet />
      </main>
      <Announcer />
    </>
  )
}

function Mark() {
  return (
    <svg className="mark" viewBox="0 0 28 16" width="28" height="16" aria-hidden="true" focusable="false">
      <path d="M3 12H25" fill="none" />
      <path d="M3 12C8 1 20 1 25 12" fill="none" />
      <circle cx="3.5" cy="12" r="3" />
      <circle cx="24.5" cy="12" r="3" />
    </svg>
  )
}

function Menu() {
  const t = useWords('nav')
  const a = useWords('app')
  return (
    <nav className="menu" aria-label={a('menu')}>
      <NavLink to="/" end>
        {t('today')}
      </NavLink>
      <NavLink to="/orders">{t('orders')}</NavLink>
      <NavLink to="/integrations">{t('integrations')}</NavLink>
      <NavLink to="/settings">{t('settings')}</NavLink>
    </nav>
  )
}

function Language() {
  const { locale } = useSession()
  const choose = useLocaleSwitch()
  const other = locale === 'fr' ? 'en' : 'fr'
  const t = useWords('settings')
  return (
    <button type="button" className="link language" lang={other} onClick={() => choose(other)}>
      {t(other)}
    </button>
  )
}

function SignOut() {
  const t = useWords('app')
  const { me, setMe } = useSession()
  const navigate = useNavigate()
  const leave = async () => {
    await need(api.DELETE('/api/v1/session', {})).catch(() => {})
    setMe(undefined)
    await navigate('/sign-in')
  }
  if (me?.via !== 'session') return null
  return (
    <button
      type="button"
      className="link sign-out"
      title={me.user && t('signedInAs', { email: me.user.email })}
      onClick={() => void leave()}
    >
      {t('signOut')}
    </button>
  )
}

/** Says once that the hub does not answer, and goes away by itself. */
function Offline() {
  const t = useWords('app')
  const client = useQueryClient()
  const [down, setDown] = useState(false)
  useEffect(() => {
    onlineManager.setOnline(true)
    return client.getQueryCache().subscribe((event) => {
      if (event.type !== 'updated') return
      if (event.action.type === 'success') setDown(false)
      if (event.action.type === 'failed' || event.action.type === 'error') {
        const error: unknown = event.action.error
        setDown(error instanceof ApiError && error.status === 0)
      }
    })
  }, [client])
  return down ? (
    <p className="offline" role="status">
      {t('offlineNow')}
    </p>
  ) : null
}

/** `/` searches orders, from anywhere except where something is being typed. */
function useSlash(signedIn: boolean) {
  const navigate = useNavigate()
  const { pathname } = useLocation()
  useEffect(() => {
    if (!signedIn) return
    const pressed = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return
      if (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return
      event.preventDefault()
      const search = document.getElementById('search')
      if (pathname === '/orders' && search instanceof HTMLInputElement) search.select()
      else void navigate('/orders', { state: { search: true } })
    }
    document.addEventListener('keydown', pressed)
    return () => document.removeEventListener('keydown', pressed)
  }, [signedIn, pathname, navigate])
}
