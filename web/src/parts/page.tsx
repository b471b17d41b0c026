/**
 * The frame of a page: its title takes the focus after a navigation, so that a screen reader starts there, and its
 * foot shows the call that made it.
 */
import { useEffect, useRef, type ReactNode } from 'react'
import { Link, useLocation } from 'react-router'
import { useWords } from '../words.ts'
import { Copy } from './copy.tsx'

interface Props {
  title: string
  /** What the browser tab says, when it differs. */
  tab?: string
  crumb?: { to: string; text: string }
  /** Beside the title: the page's main action. */
  actions?: ReactNode
  /** Path and query of the call behind this page. */
  call?: string
  children: ReactNode
}

let firstPage = true

export function Page({ title, tab, crumb, actions, call, children }: Props) {
  const t = useWords('app')
  const heading = useRef<HTMLHeadingElement>(null)
  const { pathname } = useLocation()
  useEffect(() => {
    if (firstPage) {
      firstPage = false
      return
    }
    // A field of the new page that took the focus itself (a search, the first of a form) keeps it.
    const taken = document.activeElement instanceof HTMLInputElement && document.activeElement.closest('main')
    if (!taken) heading.current?.focus({ preventScroll: true })
    window.scrollTo(0, 0)
  }, [pathname])
  useEffect(() => {
    document.title = `${tab ?? title} – ${t('name')}`
  }, [tab, title, t])

  return (
    <div className="page">
      {crumb && (
        <p className="crumb">
          <Link to={crumb.to}>{crumb.text}</Link>
        </p>
      )}
      <div className="page-head">
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {actions && <div className="page-actions">{actions}</div>}
      </div>
      {children}
      {call && <ByApi call={call} />}
    </div>
  )
}

function ByApi({ call }: { call: string }) {
  const t = useWords('app')
  const line = `curl -H "Authorization: Bearer psk_…" "${location.origin}${call}"`
  return (
    <details className="by-api">
      <summary>{t('byApi')}</summary>
      <p className="small quiet">{t('byApiHint')}</p>
      <pre>
        <code>{line}</code>
      </pre>
      <p className="row small">
        <Copy text={line} /> <a href={call}>{t('byApiAnswer')}</a>
      </p>
    </details>
  )
}
