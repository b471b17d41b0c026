/** A failed call: what is wrong, what to do; code and request id one click below. Never a bare code. */
import type { ReactNode } from 'react'
import { ApiError, problemOf } from '../api/client.ts'
import type { Problem } from '../api/shapes.ts'
import { useWords } from '../words.ts'

interface Props {
  error: unknown
  /** Fields that show their own error: one about them is not said twice. */
  beside?: readonly string[]
  children?: ReactNode
}

export const isAbout = (problem: Problem, names: readonly string[]): boolean =>
  problem.field !== undefined && names.some((name) => problem.field === name || problem.field?.endsWith(`.${name}`))

export function Trouble({ error, beside = [], children }: Props) {
  const t = useWords('app')
  if (!error) return null
  const problem = problemOf(error)
  if (problem && isAbout(problem, beside)) return null
  const answered = error instanceof ApiError && error.status > 0
  return (
    <div className="trouble" role="alert">
      <p>
        <strong>{problem?.title ?? (answered ? t('refused') : t('offlineNow'))}</strong>
      </p>
      {problem?.todo && <p>{problem.todo}</p>}
      {children}
      {problem && <Evidence problem={problem} />}
    </div>
  )
}

export function Evidence({ problem }: { problem: Problem }) {
  const t = useWords('app')
  return (
    <details className="small">
      <summary>{t('evidence')}</summary>
      {problem.detail && <p>{problem.detail}</p>}
      <p className="quiet">
        {t('code', { code: problem.code })}
        <br />
        {t('requestId', { id: problem.requestId })}
      </p>
    </details>
  )
}
