/** Notes and tags of our own; the shop sees neither. */
import { useState, type FormEvent } from 'react'
import { api, need, newIntent } from '../api/client.ts'
import { keys, queryClient } from '../api/queries.ts'
import { useAct } from '../api/use-act.ts'
import type { Order } from '../api/shapes.ts'
import { announce } from '../parts/announce.tsx'
import { Ago } from '../parts/time.tsx'
import { Trouble } from '../parts/trouble.tsx'
import { useWords } from '../words.ts'

const again = (id: string) => queryClient.invalidateQueries({ queryKey: keys.order(id) })

export function Notes({ order }: { order: Order }) {
  const t = useWords('order')
  const [text, setText] = useState('')
  const add = useAct({
    mutationFn: () =>
      need(
        api.POST('/api/v1/orders/{id}/notes', {
          params: { path: { id: order.id } },
          body: { text: text.trim() },
          headers: { 'idempotency-key': newIntent() },
        }),
      ),
    onSuccess: async () => {
      setText('')
      announce(t('noteSaved'))
      await again(order.id)
    },
  })
  const remove = useAct({
    mutationFn: (note: string) =>
      need(api.DELETE('/api/v1/orders/{id}/notes/{note}', { params: { path: { id: order.id, note } } })),
    onSuccess: () => again(order.id),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (text.trim() !== '' && !add.isPending) add.mutate()
  }
  return (
    <section>
      <h2>{t('notes')}</h2>
      <ul className="notes">
        {order.notes.map((note) => (
          <li key={note.id}>
            <p className="note-text">{note.text}</p>
            <p className="quiet small">
              <Ago at={note.createdAt} />
              {note.author && ` · ${note.author}`}{' '}
              <button type="button" className="link" onClick={() => remove.mutate(note.id)}>
                {t('noteRemove')}
              </button>
            </p>
          </li>
        ))}
      </ul>
      <form className="form" onSubmit={submit}>
        <div className="field">
          <label className="unseen" htmlFor="note">
            {t('noteText')}
          </label>
          <textarea
            id="note"
            rows={2}
            maxLength={5000}
            placeholder={t('noteText')}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        </div>
        {text.trim() !== '' && <button className="button">{t('noteAdd')}</button>}
        <Trouble error={add.error ?? remove.error} />
      </form>
    </section>
  )
}

export function Tags({ order }: { order: Order }) {
  const t = useWords('order')
  const [typed, setTyped] = useState('')
  const save = useAct({
    mutationFn: (tags: string[]) =>
      need(api.PATCH('/api/v1/orders/{id}', { params: { path: { id: order.id } }, body: { tags } })),
    onSuccess: (fresh) => {
      queryClient.setQueryData(keys.order(order.id), fresh)
      announce(t('tagsSaved'))
    },
  })
  const add = (event: FormEvent) => {
    event.preventDefault()
    const tag = typed.trim()
    if (tag === '' || order.tags.includes(tag)) return setTyped('')
    save.mutate([...order.tags, tag], { onSuccess: () => setTyped('') })
  }
  return (
    <section>
      <h2>{t('tags')}</h2>
      {order.tags.length > 0 && (
        <ul className="words">
          {order.tags.map((tag) => (
            <li key={tag}>
              <button
                type="button"
                className="word"
                aria-label={t('tagRemove', { tag })}
                onClick={() => save.mutate(order.tags.filter((other) => other !== tag))}
              >
                {tag} <span aria-hidden="true">×</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      <form className="inline-form" onSubmit={add}>
        <label className="unseen" htmlFor="tag">
          {t('tagAdd')}
        </label>
        <input
          id="tag"
          maxLength={60}
          placeholder={t('tagAdd')}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      </form>
      <Trouble error={save.error} />
    </section>
  )
}
