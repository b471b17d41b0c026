/** The login of a platform, drawn from its manifest: what is required first, the rest (a staging password) folded away. */
import { useState } from 'react'
import type { Platform } from '../api/shapes.ts'
import { errorOf, Field } from '../parts/field.tsx'
import { useOpenWords, useWords } from '../words.ts'

export type LoginDraft = Record<string, string>

interface Props {
  platform: Platform
  login: LoginDraft
  onChange: (login: LoginDraft) => void
  error: unknown
}

export function LoginFields({ platform, login, onChange, error }: Props) {
  const t = useWords('add')
  const required = platform.loginFields.filter((field) => field.required)
  const rest = platform.loginFields.filter((field) => !field.required)
  const fieldsOf = (fields: Platform['loginFields']) =>
    fields.map((field) => (
      <LoginField
        key={field.name}
        field={field}
        value={login[field.name] ?? ''}
        error={error}
        onChange={(value) => onChange({ ...login, [field.name]: value })}
      />
    ))
  return (
    <>
      {fieldsOf(required)}
      {rest.length > 0 && (
        <details open={rest.some((field) => login[field.name] || errorOf(error, field.name))}>
          <summary>{t('staging')}</summary>
          <div className="form inset">{fieldsOf(rest)}</div>
        </details>
      )}
    </>
  )
}

interface FieldProps {
  field: Platform['loginFields'][number]
  value: string
  error: unknown
  onChange: (value: string) => void
}

function LoginField({ field, value, error, onChange }: FieldProps) {
  const open = useOpenWords('add')
  const t = useWords('add')
  const [shown, setShown] = useState(false)
  return (
    <Field label={open('fields', field.name)} error={errorOf(error, field.name)}>
      {(attributes) => (
        <span className="with-toggle">
          <input
            {...attributes}
            name={`login-${field.name}`}
            type={field.secret && !shown ? 'password' : 'text'}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            data-1p-ignore
            required={field.required}
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
          {field.secret && (
            <button type="button" className="link" aria-pressed={shown} onClick={() => setShown(!shown)}>
              {shown ? t('hidden') : t('show')}
            </button>
          )}
        </span>
      )}
    </Field>
  )
}
