/** A plain question where something cannot be undone. The native dialog keeps the focus and closes on Escape. */
import { useEffect, useId, useRef, type ReactNode } from 'react'
import { useWords } from '../words.ts'

interface Props {
  question: string
  hint?: ReactNode
  yes: string
  no?: string
  busy?: boolean
  onYes: () => void
  onNo: () => void
  children?: ReactNode
}

export function Ask({ question, hint, yes, no, busy, onYes, onNo, children }: Props) {
  const t = useWords('common')
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  useEffect(() => dialog.current?.showModal(), [])
  return (
    <dialog ref={dialog} className="ask" aria-labelledby={id} onClose={onNo} onCancel={onNo}>
      <h2 id={id}>{question}</h2>
      {hint && <p>{hint}</p>}
      {children}
      <div className="row">
        <button type="button" className="button danger" aria-disabled={busy} onClick={() => !busy && onYes()}>
          {yes}
        </button>
        <button type="button" className="button" autoFocus onClick={() => dialog.current?.close()}>
          {no ?? t('cancel')}
        </button>
      </div>
    </dialog>
  )
}
