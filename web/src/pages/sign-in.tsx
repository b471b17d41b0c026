import { useState, type FormEvent } from 'react'
import { Navigate, useNavigate, useSearchParams } from 'react-router'
import { api, need } from '../api/client.ts'
import { useSetupState } from '../api/queries.ts'
import { useAct } from '../api/use-act.ts'
import { errorOf, Field } from '../parts/field.tsx'
import { Page } from '../parts/page.tsx'
import { Trouble } from '../parts/trouble.tsx'
import { useSession } from '../session.tsx'
import { useWords } from '../words.ts'

/** Only a path of our own: an address given in a link must not lead elsewhere after signing in. */
const ownPath = (next: string | null): string => (next && /^\/(?![/\\])/.test(next) ? next : '/')

export function SignIn() {
  const t = useWords('signIn')
  const { me, setMe } = useSession()
  const navigate = useNavigate()
  const [search] = useSearchParams()
  const setup = useSetupState()
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const next = ownPath(search.get('next'))
  const signIn = useAct({
    mutationFn: () => need(api.POST('/api/v1/session', { body: { email, password } })),
    onSuccess: (signedIn) => {
      setMe(signedIn)
      void navigate(next, { replace: true })
    },
  })
  if (me) return <Navigate to={next} replace />

  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!signIn.isPending) signIn.mutate()
  }
  return (
    <Page title={t('title')}>
      {setup.data?.needsFirstUser && <p className="note">{t('needsSetup')}</p>}
      <form className="form" onSubmit={submit}>
        <Trouble error={signIn.error} beside={['email', 'password']} />
        <Field label={t('email')} error={errorOf(signIn.error, 'email')}>
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
        <Field label={t('password')} error={errorOf(signIn.error, 'password')}>
          {(attributes) => (
            <input
              {...attributes}
              type="password"
              name="password"
              autoComplete="current-password"
              required
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          )}
        </Field>
        <button className="button main" aria-disabled={signIn.isPending}>
          {t('submit')}
        </button>
      </form>
    </Page>
  )
}
