/** The button of the article: *Mettre à jour*, and what it brought. */
import { useState } from 'react'
import type { Integration } from '../api/shapes.ts'
import { syncAll, syncNow, useSync, type Sync } from '../api/sync.ts'
import { problemOf } from '../api/client.ts'
import { useFormats } from '../format.ts'
import { useWords } from '../words.ts'
import { announce } from './announce.tsx'
import { inSentence } from './state-sentence.tsx'
import { useLate } from './late.tsx'

/** A sentence about the outcome, in the reader's language. */
function useOutcome() {
  const t = useWords('sync')
  const app = useWords('app')
  return (sync: Sync): string => {
    const { result, error } = sync
    if (error) return t('failing', { why: inSentence(problemOf(error)?.title ?? app('offlineNow')) })
    if (!result) return ''
    if (result.failing) return t('failing', { why: inSentence(result.failing.title) })
    const { imported, changed, unchanged, quarantined } = result
    if (imported + changed + unchanged + quarantined === 0) return t('nothingNew')
    const what = t('brought', { imported, changed, unchanged })
    return t('upToDate', { what: quarantined > 0 ? `${what}, ${t('quarantined', { n: quarantined })}` : what })
  }
}

export function SyncButton({ integration, main = false }: { integration: Integration; main?: boolean }) {
  const t = useWords('sync')
  const outcome = useOutcome()
  const sync = useSync(integration.id)
  const running = sync?.running === true
  const late = useLate(running)
  const click = async () => {
    if (running) return
    announce(t('started', { name: integration.name }))
    announce(outcome(await syncNow(integration.id)))
  }
  return (
    <button
      type="button"
      className={main ? 'button main' : 'button'}
      aria-disabled={running}
      aria-label={t('updateOne', { name: integration.name })}
      onClick={() => void click()}
    >
      {late ? t('updating') : t('update')}
    </button>
  )
}

/** What the last "Mettre à jour" of this shop brought, or how far it is. */
export function SyncOutcome({ integration }: { integration: Integration }) {
  const t = useWords('sync')
  const f = useFormats()
  const sync = useSync(integration.id)
  const outcome = useOutcome()
  const late = useLate(sync?.running === true)
  const backfill = sync?.result?.backfill ?? integration.backfill
  const failed = sync && !sync.running && (sync.error !== undefined || sync.result?.failing !== undefined)
  return (
    <>
      {backfill && (
        <p className="small" title={f.number(backfill.done)}>
          {backfill.total !== undefined
            ? t('progressOf', { done: backfill.done, total: Math.max(backfill.total, backfill.done) })
            : t('progress', { done: backfill.done })}
          {backfill.total !== undefined && backfill.total > 0 && (
            <progress
              className="progress"
              max={Math.max(backfill.total, backfill.done)}
              value={backfill.done}
              aria-label={integration.name}
            />
          )}
        </p>
      )}
      {sync && !sync.running && <p className={failed ? 'outcome outcome-failed' : 'outcome'}>{outcome(sync)}</p>}
      {late && <p className="small quiet">{t('stillRunning')}</p>}
    </>
  )
}

export function SyncAllButton() {
  const t = useWords('sync')
  const app = useWords('app')
  const [running, setRunning] = useState(false)
  const late = useLate(running)
  const click = async () => {
    if (running) return
    setRunning(true)
    announce(t('startedAll'))
    try {
      const all = await syncAll()
      const results = all.flatMap((sync) => sync.result ?? [])
      const sum = (pick: 'imported' | 'changed' | 'unchanged') =>
        results.reduce((total, result) => total + result[pick], 0)
      const failed = all.filter((sync) => sync.error !== undefined || sync.result?.failing !== undefined).length
      const what = t('brought', { imported: sum('imported'), changed: sum('changed'), unchanged: sum('unchanged') })
      announce(failed > 0 ? `${t('failingSome', { n: failed })}. ${what}.` : t('upToDate', { what }))
    } catch (error) {
      announce(problemOf(error)?.title ?? app('offlineNow'))
    } finally {
      setRunning(false)
    }
  }
  return (
    <button type="button" className="button" aria-disabled={running} onClick={() => void click()}>
      {late ? t('updating') : t('updateAll')}
    </button>
  )
}
