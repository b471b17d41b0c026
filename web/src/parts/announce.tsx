/** One quiet voice for screen readers: each change of state is said once, and also shown for a moment. */
import { useEffect, useState, useSyncExternalStore } from 'react'

interface Said {
  text: string
  no: number
}

let said: Said = { text: '', no: 0 }
const listeners = new Set<() => void>()

export function announce(text: string): void {
  said = { text, no: said.no + 1 }
  for (const listener of listeners) listener()
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

const SHOWN_MS = 6_000

export function Announcer() {
  const { text, no } = useSyncExternalStore(subscribe, () => said)
  const [visible, setVisible] = useState(false)
  useEffect(() => {
    if (no === 0) return
    setVisible(true)
    const timer = setTimeout(() => setVisible(false), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [no])
  return (
    <div className={visible && text ? 'said' : 'said said-hidden'} role="status" aria-live="polite">
      {text}
    </div>
  )
}
