/** A failed call: what is wrong, what to do; code and request id one click below. Never a bare code. */
import type { ReactNode } from 'react'
import { ApiError, problemOf } from '../api/client.ts'
import { useWords } from '../words.ts'

export function Trouble({ error, children }: { error: unknown; children?: ReactNode }) {
  const t = useWords('app')
  if (!error) return null
  const problem = problemOf(error)
  const answered = error instanceof ApiError && error.status > 0
  return (
    <div className="trouble" role="alert">
      <p>
        <strong>{problem?.title ?? (answered ? t('refused') : t('offlineNow'))}</strong>
      </p>
      {problem?.todo && <p>{problem.todo}</p>}
      {children}
      {problem && (
        <details className="small">
          <summary>{t('evidence')}</summary>
          {problem.detail && <p>{problem.detail}</p>}
          <p className="quiet">
            {t('code', { code: problem.code })}
            <br />
            {t('requestId', { id: problem.requestId })}
          </p>
        </details>
      )}
    </div>
  )
}
