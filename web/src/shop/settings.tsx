/** Settings of one shop: name and address, who tells the customer, the login, the switch, and the way out. */
import { useState, type FormEvent, type ReactNode } from 'react'
import { useNavigate } from 'react-router'
import { api, need, problemOf } from '../api/client.ts'
import { freshen, keys, queryClient, usePlatforms } from '../api/queries.ts'
import { useAct } from '../api/use-act.ts'
import type { Integration } from '../api/shapes.ts'
import type { components } from '../../api-types.ts'
import { announce } from '../parts/announce.tsx'
import { Ask } from '../parts/ask.tsx'
import { Check, errorOf, Field } from '../parts/field.tsx'
import { Trouble } from '../parts/trouble.tsx'
import { useWords } from '../words.ts'
import { LoginFields, type LoginDraft } from './login-fields.tsx'
import { TellChoice } from './tell.tsx'

type Patch = components['schemas']['IntegrationPatch']

function usePatch(shop: Integration, said: string) {
  return useAct({
    mutationFn: (body: Patch) =>
      need(api.PATCH('/api/v1/integrations/{id}', { params: { path: { id: shop.id } }, body })),
    onSuccess: async (fresh) => {
      queryClient.setQueryData(keys.integration(shop.id), fresh)
      announce(said)
      await freshen()
    },
  })
}

export function ShopSettings({ shop }: { shop: Integration }) {
  const t = useWords('integration')
  return (
    <section id="settings" className="shop-settings">
      <h2>{t('settings')}</h2>
      <General shop={shop} />
      <Login shop={shop} />
      <Switch shop={shop} />
      <Remove shop={shop} />
    </section>
  )
}

/** The new address is not the shop as it was known: moved, or another one. Only a person can say. */
const asks = (error: unknown): boolean => ['shop-copy-suspected', 'shop-differs'].includes(problemOf(error)?.code ?? '')

function General({ shop }: { shop: Integration }) {
  const t = useWords('integration')
  const a = useWords('add')
  const c = useWords('common')
  const platform = usePlatforms().data?.items.find((each) => each.id === shop.platform)
  const [name, setName] = useState(shop.name)
  const [url, setUrl] = useState(shop.url)
  const [tell, setTell] = useState(shop.options.tell)
  const [queryKeys, setQueryKeys] = useState(shop.options.queryKeys)
  const [moved, setMoved] = useState(false)
  const save = usePatch(shop, t('saved'))
  // What was confirmed of one address says nothing about the next.
  const toAddress = (address: string) => {
    setUrl(address)
    setMoved(false)
  }
  const changes: Patch = {
    ...(name.trim() && name.trim() !== shop.name && { name: name.trim() }),
    ...(url.trim() && url.trim() !== shop.url && { url: url.trim() }),
    ...(tell !== shop.options.tell && { tell }),
    ...(queryKeys !== shop.options.queryKeys && { queryKeys }),
    ...(moved && { moved }),
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!save.isPending) save.mutate(changes, { onSuccess: (fresh) => toAddress(fresh.url) })
  }
  return (
    <form className="form" onSubmit={submit}>
      <Field label={t('name')} error={errorOf(save.error, 'name')}>
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
      <Field label={t('url')} hint={t('urlHint')} error={errorOf(save.error, 'url')}>
        {(attributes) => (
          <input
            {...attributes}
            inputMode="url"
            spellCheck={false}
            required
            value={url}
            onChange={(event) => toAddress(event.target.value)}
          />
        )}
      </Field>
      {(moved || (asks(save.error) && url.trim() !== shop.url)) && (
        <Check label={t('moved')} hint={t('movedHint')} checked={moved} onChange={setMoved} />
      )}
      <TellChoice value={tell} offered={platform?.capabilities.tell ?? ['nobody']} onChange={setTell} />
      <Check label={a('queryKeys')} hint={a('queryKeysHint')} checked={queryKeys} onChange={setQueryKeys} />
      <Trouble error={save.error} beside={['name', 'url']} />
      <button className="button main" aria-disabled={save.isPending || Object.keys(changes).length === 0}>
        {c('save')}
      </button>
    </form>
  )
}

function Folded({ id, title, children }: { id?: string; title: string; children: ReactNode }) {
  return (
    <details id={id} className="folded">
      <summary>{title}</summary>
      {children}
    </details>
  )
}

function Login({ shop }: { shop: Integration }) {
  const t = useWords('integration')
  const a = useWords('add')
  const platform = usePlatforms().data?.items.find((each) => each.id === shop.platform)
  const [login, setLogin] = useState<LoginDraft>({})
  const save = usePatch(shop, t('loginSaved'))
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const typed = Object.fromEntries(Object.entries(login).filter(([, value]) => value !== ''))
    if (!save.isPending) save.mutate({ login: typed }, { onSuccess: () => setLogin({}) })
  }
  return (
    <Folded id="login" title={t('loginChange')}>
      <form className="form inset" onSubmit={submit}>
        <p className="hint">{t('loginHint')}</p>
        {platform && <LoginFields platform={platform} login={login} onChange={setLogin} error={save.error} />}
        <Trouble error={save.error} beside={platform?.loginFields.map((field) => field.name)} />
        <button className="button main" aria-disabled={save.isPending}>
          {save.isPending ? a('trying') : t('loginTry')}
        </button>
      </form>
    </Folded>
  )
}

function Switch({ shop }: { shop: Integration }) {
  const t = useWords('integration')
  const off = Boolean(shop.disabledAt)
  const turn = usePatch(shop, off ? t('enabled') : t('disabled'))
  return (
    <div className="setting">
      <button
        type="button"
        className="button"
        aria-disabled={turn.isPending}
        onClick={() => !turn.isPending && turn.mutate({ disabled: !off })}
      >
        {off ? t('enable') : t('disable')}
      </button>
      {!off && <p className="hint">{t('disableHint')}</p>}
      <Trouble error={turn.error} />
    </div>
  )
}

function Remove({ shop }: { shop: Integration }) {
  const t = useWords('integration')
  const navigate = useNavigate()
  const [asking, setAsking] = useState(false)
  const remove = useAct({
    mutationFn: () => need(api.DELETE('/api/v1/integrations/{id}', { params: { path: { id: shop.id } } })),
    onSuccess: async () => {
      announce(t('removed', { name: shop.name }))
      await navigate('/integrations')
      queryClient.removeQueries({ queryKey: keys.integration(shop.id) })
      await freshen()
    },
  })
  return (
    <div className="setting">
      <button type="button" className="button danger" onClick={() => setAsking(true)}>
        {t('remove')}
      </button>
      {asking && (
        <Ask
          question={t('removeAsk', { name: shop.name, n: shop.ordersTotal })}
          hint={t('removeHint')}
          yes={t('removeDo', { name: shop.name })}
          busy={remove.isPending}
          onYes={() => remove.mutate()}
          onNo={() => setAsking(false)}
        >
          <Trouble error={remove.error} />
        </Ask>
      )}
    </div>
  )
}
