/** A write-back that a person decides about: write once more, or leave it. */
import { api, need, newIntent } from '../api/client.ts'
import { freshen } from '../api/queries.ts'
import { useAct } from '../api/use-act.ts'
import type { Writeback } from '../api/shapes.ts'
import { useWords } from '../words.ts'
import { announce } from './announce.tsx'
import { Trouble } from './trouble.tsx'

export function Settle({ writeback }: { writeback: Writeback }) {
  const t = useWords('writebacks')
  const settle = useAct({
    mutationFn: (decision: 'again' | 'done') =>
      need(
        api.POST('/api/v1/writebacks/{id}/settle', {
          params: { path: { id: writeback.id } },
          headers: { 'idempotency-key': newIntent() },
          body: { decision },
        }),
      ),
    onSuccess: async () => {
      announce(t('settled'))
      await freshen()
    },
  })
  const decide = (decision: 'again' | 'done') => () => {
    if (!settle.isPending) settle.mutate(decision)
  }
  return (
    <div className="settle">
      {writeback.because?.todo && <p className="small">{writeback.because.todo}</p>}
      <div className="settle-ways">
        <div>
          <button type="button" className="button" aria-disabled={settle.isPending} onClick={decide('again')}>
            {t('again')}
          </button>
          <p className="hint">{t('againHint')}</p>
        </div>
        <div>
          <button type="button" className="button" aria-disabled={settle.isPending} onClick={decide('done')}>
            {t('done')}
          </button>
          <p className="hint">{t('doneHint')}</p>
        </div>
      </div>
      <Trouble error={settle.error} />
    </div>
  )
}
