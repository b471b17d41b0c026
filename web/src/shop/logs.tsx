/** Passes that brought something or failed, and what could not be read. */
import { useQuarantine, useRuns } from '../api/queries.ts'
import type { Integration } from '../api/shapes.ts'
import { useFormats } from '../format.ts'
import { More } from '../parts/more.tsx'
import { inSentence } from '../parts/state-sentence.tsx'
import { Ago } from '../parts/time.tsx'
import { Trouble } from '../parts/trouble.tsx'
import { useOpenWords, useWords } from '../words.ts'

export function Runs({ shop }: { shop: Integration }) {
  const t = useWords('integration')
  const s = useWords('sync')
  const open = useOpenWords('integration')
  const list = useRuns(shop.id)
  const items = list.data?.pages.flatMap((page) => page.items)
  return (
    <section>
      <h2>{t('runs')}</h2>
      <Trouble error={items ? null : list.error} />
      {items?.length === 0 && <p className="quiet">{t('runsEmpty')}</p>}
      <ul className="log">
        {items?.map((run) => (
          <li key={run.id} className="run">
            <span>{open('runNames', `${run.kind}-${run.pass}`)}</span>
            <span className={run.because ? 'outcome-failed' : undefined}>
              {run.because
                ? s('failed', { why: inSentence(run.because.title) })
                : s('brought', { imported: run.imported, changed: run.changed, unchanged: run.unchanged })}
              {run.quarantined > 0 && `, ${s('quarantined', { n: run.quarantined })}`}
              {run.gone > 0 && `, ${s('gone', { n: run.gone })}`}
            </span>
            <span className="quiet small figure">
              {t('runRequests', { n: run.requests })} · <Ago at={run.startedAt} />
            </span>
          </li>
        ))}
      </ul>
      <More list={list} />
    </section>
  )
}

export function Quarantine({ shop }: { shop: Integration }) {
  const t = useWords('integration')
  const open = useOpenWords('integration')
  const f = useFormats()
  const list = useQuarantine(shop.id)
  const items = list.data?.pages.flatMap((page) => page.items)
  return (
    <section id="quarantine">
      <h2>
        {t('quarantine')} <span className="quiet figure">({f.number(shop.quarantined)})</span>
      </h2>
      <p className="quiet small">{t('quarantineLead')}</p>
      <Trouble error={items ? null : list.error} />
      <ul className="log">
        {items?.map((record) => (
          <li key={record.id}>
            <details className="exchange">
              <summary>
                <span className="figure">{record.remoteId ?? t('noId')}</span>
                <span className="call">{open('reasons', record.reason)}</span>
                <span className="quiet small nowrap">
                  {f.bytes(record.bytes)} · <Ago at={record.lastSeenAt} />
                </span>
              </summary>
              <pre tabIndex={0} role="region" aria-label={t('quarantineWhat')}>
                {record.start}
              </pre>
            </details>
          </li>
        ))}
      </ul>
      <More list={list} />
    </section>
  )
}
