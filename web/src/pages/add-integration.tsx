/** How do I connect mine? The address first; then the login, tried before anything is saved. */
import { useEffect, useState, type FormEvent } from 'react'
import { useSearchParams } from 'react-router'
import { api, need } from '../api/client.ts'
import { usePlatforms } from '../api/queries.ts'
import { useAct } from '../api/use-act.ts'
import { errorOf, Field } from '../parts/field.tsx'
import { useLate } from '../parts/late.tsx'
import { Page } from '../parts/page.tsx'
import { Trouble } from '../parts/trouble.tsx'
import { ConnectForm } from '../shop/connect-form.tsx'
import { useSession } from '../session.tsx'
import { useWords } from '../words.ts'

export function AddIntegration() {
  const t = useWords('add')
  const n = useWords('integrations')
  const [search] = useSearchParams()
  const [url, setUrl] = useState(search.get('url') ?? '')
  const platforms = usePlatforms()
  const recognise = useAct({
    mutationFn: () => need(api.POST('/api/v1/recognitions', { body: { url } })),
  })
  const late = useLate(recognise.isPending)
  const found = recognise.data
  const platform = platforms.data?.items.find((each) => each.id === found?.platform)
  const denied = search.get('connected') === 'denied'
  const code = search.get('problem')

  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!recognise.isPending) recognise.mutate()
  }
  return (
    <Page title={t('title')} crumb={{ to: '/integrations', text: n('title') }} call="/api/v1/platforms">
      {denied && (
        <p className="note" role="alert">
          {t('denied')}
        </p>
      )}
      {code && <Refused code={code} />}
      {!found && <p>{t('lead')}</p>}
      {!found && (
        <form className="form" onSubmit={submit}>
          <Field label={t('url')} hint={t('urlHint')} error={errorOf(recognise.error, 'url')}>
            {(attributes) => (
              <input
                {...attributes}
                name="url"
                inputMode="url"
                autoComplete="url"
                autoCapitalize="off"
                spellCheck={false}
                required
                autoFocus
                maxLength={2000}
                value={url}
                onChange={(event) => setUrl(event.target.value)}
              />
            )}
          </Field>
          <Trouble error={recognise.error} beside={['url']} />
          <button className="button main" aria-disabled={recognise.isPending}>
            {t('recognise')}
          </button>
          {late && (
            <p className="quiet" role="status">
              {t('recognising')}
            </p>
          )}
        </form>
      )}
      {found && (
        <section className="saw">
          <h2>{t('saw')}</h2>
          <p className="lead">
            {t('isA', {
              platform: [platform?.name ?? found.platform, found.version].filter(Boolean).join(' '),
              url: found.shownAs,
            })}
          </p>
          <ul className="bullets">
            {[...found.changes, ...found.saw].map((sight) => (
              <li key={sight.code + sight.text}>{sight.text}</li>
            ))}
          </ul>
          <button type="button" className="link" onClick={() => recognise.reset()}>
            {t('change')}
          </button>
        </section>
      )}
      {found && platform && <ConnectForm recognition={found} platform={platform} />}
    </Page>
  )
}

/** Why the approval came to nothing. The sentences of all errors are loaded only here, where an address brings a bare code. */
function Refused({ code }: { code: string }) {
  const t = useWords('add')
  const { locale } = useSession()
  const [text, setText] = useState<{ title: string; todo: string }>()
  useEffect(() => {
    void import('../../../src/words/problem.ts').then(({ problemText }) => setText(problemText(locale, code)))
  }, [code, locale])
  return (
    <div className="note note-broken" role="alert">
      <p>{t('authorisedFailed')}</p>
      {text && (
        <p>
          <strong>{text.title}</strong> {text.todo}
        </p>
      )}
    </div>
  )
}
