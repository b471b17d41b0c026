/** What happened, newest first. Kinds the app does not know yet are shown by their own word. */
import type { Order, TimelineEntry } from '../api/shapes.ts'
import { Ago } from '../parts/time.tsx'
import { useOpenWords, useWords } from '../words.ts'

/** Values of an entry as text for the sentence; what is missing is said, never left blank. */
function useEntryText() {
  const open = useOpenWords('order')
  const o = useOpenWords('writebacks')
  const t = useWords('common')
  return (entry: TimelineEntry): string => {
    const params: Record<string, string | number> = {}
    for (const name of ['carrier', 'tracking', 'to', 'why', 'how', 'tags']) params[name] = t('unknown')
    for (const [name, value] of Object.entries(entry.details)) {
      if (typeof value === 'string' || typeof value === 'number') params[name] = value
      else if (Array.isArray(value)) params[name] = value.filter((each) => typeof each === 'string').join(', ') || t('none')
    }
    const { details } = entry
    if (typeof details['because'] === 'string') params['why'] = o('because', details['because'])
    if (typeof details['code'] === 'string') params['why'] = o('because', details['code'])
    return open('events', entry.kind, params)
  }
}

export function Timeline({ order }: { order: Order }) {
  const t = useWords('order')
  const text = useEntryText()
  const entries = [...order.timeline].sort((a, b) => b.at.localeCompare(a.at))
  return (
    <section>
      <h2>{t('timeline')}</h2>
      {entries.length === 0 && <p className="quiet">{t('timelineEmpty')}</p>}
      <ol className="timeline">
        {entries.map((entry) => (
          <li key={entry.id}>
            <span>{text(entry)}</span>
            <span className="quiet small">
              <Ago at={entry.at} />
              {entry.actor && ` · ${entry.actor}`}
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}
