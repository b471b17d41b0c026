import { useState } from 'react'
import { useWords } from '../words.ts'
import { announce } from './announce.tsx'

export function Copy({ text, label }: { text: string; label?: string }) {
  const t = useWords('common')
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    await navigator.clipboard.writeText(text)
    setCopied(true)
    announce(t('copied'))
    setTimeout(() => setCopied(false), 2_000)
  }
  return (
    <button type="button" className="link" onClick={() => void copy()}>
      {copied ? t('copied') : (label ?? t('copy'))}
    </button>
  )
}
