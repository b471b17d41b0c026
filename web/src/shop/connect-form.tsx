/** The second half of connecting: approve in the shop or paste a key; who tells the customer; how far back. */
import { useState, type FormEvent } from 'react'
import { useNavigate } from 'react-router'
import { api, need, newIntent, problemOf } from '../api/client.ts'
import { freshen } from '../api/queries.ts'
import { useAct } from '../api/use-act.ts'
import type { Platform, Recognition, Tell } from '../api/shapes.ts'
import { announce } from '../parts/announce.tsx'
import { Check, Choice, errorOf, Field } from '../parts/field.tsx'
import { Trouble } from '../parts/trouble.tsx'
import { useSession } from '../session.tsx'
import { useWords } from '../words.ts'
import { LoginFields, type LoginDraft } from './login-fields.tsx'
import { TellChoice } from './tell.tsx'

const SINCE = ['30d', '90d', '365d', 'all'] as const

export function ConnectForm({ recognition, platform }: { recognition: Recognition; platform: Platform }) {
  const t = useWords('add')
  const { locale } = useSession()
  const navigate = useNavigate()
  // The shop calls us back with the key, and only over https: without it a key is pasted.
  const canAuthorise = platform.capabilities.authorise && recognition.url.startsWith('https://')
  const [way, setWay] = useState<'authorise' | 'keys'>(canAuthorise ? 'authorise' : 'keys')
  const [login, setLogin] = useState<LoginDraft>({})
  const [name, setName] = useState('')
  const [since, setSince] = useState<string>('30d')
  const [tell, setTell] = useState<Tell>('nobody')
  const [queryKeys, setQueryKeys] = useState(false)
  const [copy, setCopy] = useState(false)

  const choices = {
    platform: platform.id,
    url: recognition.url,
    since,
    tell,
    language: locale,
    ...(name.trim() && { name: name.trim() }),
    ...(queryKeys && { queryKeys }),
    ...(copy && { copy }),
  }
  const connect = useAct({
    mutationFn: () => {
      const typed = Object.fromEntries(Object.entries(login).filter(([, value]) => value !== ''))
      return need(
        api.POST('/api/v1/integrations', {
          body: { ...choices, login: typed },
          headers: { 'idempotency-key': newIntent() },
        }),
      )
    },
    onSuccess: async (shop) => {
      announce([t('connected', { name: shop.name }), ...shop.saw.map((sight) => sight.text)].join(' '))
      await freshen()
      await navigate(`/integrations/${shop.id}`)
    },
  })
  const authorise = useAct({
    mutationFn: () => need(api.POST('/api/v1/authorisations', { body: choices })),
    onSuccess: ({ link }) => location.assign(link),
  })
  const busy = connect.isPending || authorise.isPending
  const error = connect.error ?? authorise.error
  const code = problemOf(error)?.code

  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (busy) return
    if (way === 'authorise') authorise.mutate()
    else connect.mutate()
  }
  return (
    <form className="form" onSubmit={submit}>
      {canAuthorise ? (
        <Choice
          legend={t('login')}
          name="way"
          value={way}
          onChange={(chosen) => setWay(chosen as 'authorise' | 'keys')}
          options={[
            { value: 'authorise', label: t('authorise'), hint: t('authoriseHint') },
            { value: 'keys', label: t('keys'), hint: t('keysHint') },
          ]}
        />
      ) : (
        <div>
          <h2>{t('keys')}</h2>
          <p className="hint">{t('keysHint')}</p>
        </div>
      )}
      {way === 'keys' && <LoginFields platform={platform} login={login} onChange={setLogin} error={connect.error} />}
      {(queryKeys || code === 'query-keys-consent') && (
        <Check label={t('queryKeys')} hint={t('queryKeysHint')} checked={queryKeys} onChange={setQueryKeys} />
      )}
      {(copy || code === 'shop-copy-suspected') && <Check label={t('copy')} checked={copy} onChange={setCopy} />}
      <TellChoice value={tell} offered={platform.capabilities.tell} onChange={setTell} />
      <Field label={t('since')} hint={t('sinceHint')} error={errorOf(error, 'since')}>
        {(attributes) => (
          <select {...attributes} value={since} onChange={(event) => setSince(event.target.value)}>
            {SINCE.map((choice) => (
              <option key={choice} value={choice}>
                {t(`sinces.${choice}`)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label={t('name')} optional hint={t('nameHint')} error={errorOf(error, 'name')}>
        {(attributes) => (
          <input
            {...attributes}
            maxLength={120}
            placeholder={recognition.name}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
      <Trouble
        error={error}
        beside={['since', 'name', ...(way === 'keys' ? platform.loginFields.map((field) => field.name) : [])]}
      />
      <p className="hint">{t('triedBeforeSaved')}</p>
      <button className="button main thumb" aria-disabled={busy}>
        {busy ? t('trying') : way === 'authorise' ? t('authoriseGo') : t('try')}
      </button>
    </form>
  )
}
