/** The one-time link of the first start: makes the first user and signs in. */
import { useState, type FormEvent } from 'react'
import { Link, useNavigate, useSearchParams } from 'react-router'
import { api, need } from '../api/client.ts'
import { useSetupState } from '../api/queries.ts'
import { useAct } from '../api/use-act.ts'
import { errorOf, Field } from '../parts/field.tsx'
import { Page } from '../parts/page.tsx'
import { Trouble } from '../parts/trouble.tsx'
import { useSession } from '../session.tsx'
import { useWords } from '../words.ts'

export function Setup() {
  const t = useWords('setup')
  const { locale, setMe } = useSession()
  const navigate = useNavigate()
  const [search] = useSearchParams()
  const state = useSetupState()
  const token = search.get('token') ?? ''
  const [email, setEmail] = useState('')
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const create = useAct({
    mutationFn: () =>
      need(api.POST('/api/v1/setup', { body: { token, email, password, locale, ...(name.trim() && { name }) } })),
    onSuccess: (me) => {
      setMe(me)
      void navigate('/', { replace: true })
    },
  })

  if (state.data && !state.data.needsFirstUser && !create.isSuccess) {
    return (
      <Page title={t('title')}>
        <p>
          {t('done')} <Link to="/sign-in">{t('signIn')}</Link>
        </p>
      </Page>
    )
  }
  if (token === '') {
    return (
      <Page title={t('noToken')}>
        <p>{t('noTokenTodo')}</p>
      </Page>
    )
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!create.isPending) create.mutate()
  }
  return (
    <Page title={t('title')}>
      <p>{t('lead')}</p>
      <form className="form" onSubmit={submit}>
        <Trouble error={create.error} beside={['email', 'name', 'password']} />
        <Field label={t('email')} error={errorOf(create.error, 'email')}>
          {(attributes) => (
            <input
              {...attributes}
              type="email"
              name="email"
              autoComplete="username"
              required
              autoFocus
              value={email}
              onChange={(event) => setEmail(event.target.value)}
            />
          )}
        </Field>
        <Field label={t('name')} optional error={errorOf(create.error, 'name')}>
          {(attributes) => (
            <input
              {...attributes}
              name="name"
              autoComplete="name"
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <Field label={t('password')} hint={t('passwordHint')} error={errorOf(create.error, 'password')}>
          {(attributes) => (
            <input
              {...attributes}
              type="password"
              name="password"
              autoComplete="new-password"
              required
              minLength={12}
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          )}
        </Field>
        <button className="button main" aria-disabled={create.isPending}>
          {t('create')}
        </button>
      </form>
    </Page>
  )
}
