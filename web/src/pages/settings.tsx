/** Plain forms: the account, API keys, and what hosts and programs need. */
import { useState, type FormEvent } from 'react'
import type { components } from '../../api-types.ts'
import { api, need } from '../api/client.ts'
import { keys, queryClient, useApiKeys } from '../api/queries.ts'
import { useAct } from '../api/use-act.ts'
import { useFormats } from '../format.ts'
import { announce } from '../parts/announce.tsx'
import { Ask } from '../parts/ask.tsx'
import { Copy } from '../parts/copy.tsx'
import { Choice, errorOf, Field } from '../parts/field.tsx'
import { Page } from '../parts/page.tsx'
import { Trouble } from '../parts/trouble.tsx'
import { useLocaleSwitch, useSession } from '../session.tsx'
import { currentTheme, setTheme, THEMES, type Theme } from '../theme.ts'
import { useWords, type Locale } from '../words.ts'

export function Settings() {
  const t = useWords('settings')
  const a = useWords('app')
  const { me, locale } = useSession()
  const choose = useLocaleSwitch()
  const [theme, setShown] = useState<Theme>(currentTheme)
  return (
    <Page title={t('title')} call="/api/v1/api-keys">
      <section>
        <h2>{t('account')}</h2>
        {me?.user && <p className="quiet">{a('signedInAs', { email: me.user.email })}</p>}
        <div className="form">
          <Choice
            legend={t('language')}
            name="language"
            value={locale}
            onChange={(value) => choose(value as Locale)}
            options={[
              { value: 'fr', label: <span lang="fr">{t('fr')}</span> },
              { value: 'en', label: <span lang="en">{t('en')}</span> },
            ]}
          />
          <Choice
            legend={t('theme')}
            name="theme"
            value={theme}
            onChange={(value) => {
              setTheme(value as Theme)
              setShown(value as Theme)
            }}
            options={THEMES.map((value) => ({ value, label: t(`themes.${value}`) }))}
          />
        </div>
      </section>
      <ApiKeys />
      <section>
        <h2>{t('docs')}</h2>
        <ul className="bullets">
          <li>
            <a href="/egress">{t('egress')}</a>
          </li>
          <li>
            <a href="/api/openapi.json">{t('openapi')}</a>
          </li>
        </ul>
      </section>
    </Page>
  )
}

type ApiKey = components['schemas']['ApiKey']

function ApiKeys() {
  const t = useWords('settings')
  const list = useApiKeys()
  const [name, setName] = useState('')
  const create = useAct({
    mutationFn: () => need(api.POST('/api/v1/api-keys', { body: { name: name.trim() } })),
    onSuccess: async () => {
      setName('')
      announce(t('keyCreated'))
      await queryClient.invalidateQueries({ queryKey: keys.apiKeys })
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (name.trim() !== '' && !create.isPending) create.mutate()
  }
  return (
    <section>
      <h2>{t('keys')}</h2>
      <p>{t('keysLead')}</p>
      <Trouble error={list.data ? null : list.error} />
      {list.data?.items.length === 0 && <p className="quiet">{t('keysEmpty')}</p>}
      <ul className="rows">
        {list.data?.items.map((key) => (
          <One key={key.id} apiKey={key} />
        ))}
      </ul>
      {create.data && (
        <div className="note">
          <p>{t('keyCreated')}</p>
          <p className="row">
            <code className="secret">{create.data.key}</code> <Copy text={create.data.key} />
          </p>
        </div>
      )}
      <form className="form" onSubmit={submit}>
        <Field label={t('keyName')} hint={t('keyNameHint')} error={errorOf(create.error, 'name')}>
          {(attributes) => (
            <input
              {...attributes}
              maxLength={120}
              required
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <Trouble error={create.error} beside={['name']} />
        <button className="button" aria-disabled={create.isPending}>
          {t('keyCreate')}
        </button>
      </form>
    </section>
  )
}

function One({ apiKey }: { apiKey: ApiKey }) {
  const t = useWords('settings')
  const f = useFormats()
  const [asking, setAsking] = useState(false)
  const revoke = useAct({
    mutationFn: () => need(api.DELETE('/api/v1/api-keys/{id}', { params: { path: { id: apiKey.id } } })),
    onSuccess: async () => {
      announce(t('keyRevoked'))
      setAsking(false)
      await queryClient.invalidateQueries({ queryKey: keys.apiKeys })
    },
  })
  return (
    <li className="row spread">
      <span>
        {apiKey.name} <code>{apiKey.prefix}…</code>{' '}
        <span className="quiet small">
          {t('keyCreatedOn', { ago: f.ago(apiKey.createdAt) })},{' '}
          {apiKey.lastUsedAt ? t('keyUsed', { ago: f.ago(apiKey.lastUsedAt) }) : t('keyNeverUsed')}
        </span>
      </span>
      <button type="button" className="link danger" onClick={() => setAsking(true)}>
        {t('keyRevoke')}
      </button>
      {asking && (
        <Ask
          question={t('keyRevokeAsk', { name: apiKey.name })}
          hint={t('keyRevokeHint')}
          yes={t('keyRevoke')}
          busy={revoke.isPending}
          onYes={() => revoke.mutate()}
          onNo={() => setAsking(false)}
        >
          <Trouble error={revoke.error} />
        </Ask>
      )}
    </li>
  )
}
