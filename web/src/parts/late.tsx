/** What is shown while something loads: nothing for 300 ms, because a spinner that flashes says less than none. */
import { useEffect, useState, type ReactNode } from 'react'
import { useWords } from '../words.ts'

export function useLate(waiting: boolean, ms = 300): boolean {
  const [late, setLate] = useState(false)
  useEffect(() => {
    if (!waiting) {
      setLate(false)
      return
    }
    const timer = setTimeout(() => setLate(true), ms)
    return () => clearTimeout(timer)
  }, [waiting, ms])
  return waiting && late
}

export function Loading({ children }: { children?: ReactNode }) {
  const t = useWords('app')
  return useLate(true) ? <p className="quiet">{children ?? t('loading')}</p> : null
}
