/** A labelled field; its hint and its error are read with it. */
import { useEffect, useId, type ReactNode } from 'react'
import { problemOf } from '../api/client.ts'
import type { Problem } from '../api/shapes.ts'
import { useWords } from '../words.ts'
import { Evidence, isAbout } from './trouble.tsx'

/** The failure of a call when it names this field. */
export function errorOf(error: unknown, ...names: string[]): Problem | undefined {
  const problem = problemOf(error)
  return problem && isAbout(problem, names) ? problem : undefined
}

interface Props {
  label: ReactNode
  hint?: ReactNode
  error?: Problem | undefined
  optional?: boolean
  children: (attributes: { id: string; 'aria-describedby'?: string; 'aria-invalid'?: true }) => ReactNode
}

export function Field({ label, hint, error, optional, children }: Props) {
  const t = useWords('common')
  const id = useId()
  // What is wrong may stand far above the button that was pressed: the focus goes there.
  useEffect(() => {
    if (error) document.getElementById(id)?.focus()
  }, [error, id])
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ')
  return (
    <div className="field">
      <label htmlFor={id}>
        {label} {optional && <span className="quiet small">{t('optional')}</span>}
      </label>
      {children({
        id,
        ...(described && { 'aria-describedby': described }),
        ...(error && { 'aria-invalid': true as const }),
      })}
      {hint && (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <div className="field-error">
          <p id={`${id}-error`} role="alert">
            <strong>{error.title}</strong> {error.todo}
          </p>
          <Evidence problem={error} />
        </div>
      )}
    </div>
  )
}

interface ChoiceProps {
  legend: ReactNode
  name: string
  value: string
  options: { value: string; label: ReactNode; hint?: ReactNode }[]
  onChange: (value: string) => void
}

export function Choice({ legend, name, value, options, onChange }: ChoiceProps) {
  return (
    <fieldset className="choice">
      <legend>{legend}</legend>
      {options.map((option) => (
        <label key={option.value} className="option">
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={value === option.value}
            onChange={() => onChange(option.value)}
          />
          <span>
            {option.label}
            {option.hint && <span className="hint">{option.hint}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  )
}

interface CheckProps {
  label: ReactNode
  hint?: ReactNode
  checked: boolean
  onChange: (checked: boolean) => void
}

export function Check({ label, hint, checked, onChange }: CheckProps) {
  return (
    <label className="option">
      <input type="checkbox" checked={checked} onChange={(event) => onChange(event.target.checked)} />
      <span>
        {label}
        {hint && <span className="hint">{hint}</span>}
      </span>
    </label>
  )
}
