/** What happened, newest first. Kinds the app does not know yet are shown by their own word. */
import type { Order, TimelineEntry } from '../api/shapes.ts'
import { inSentence } from '../parts/state-sentence.tsx'
import { Ago } from '../parts/time.tsx'
import { useAttention, useOpenWords, useWords } from '../words.ts'

const trackings = (parcels: unknown): string[] =>
  Array.isArray(parcels)
    ? parcels.map((parcel: { tracking?: unknown }) => String(parcel?.tracking ?? '')).filter(Boolean)
    : []

const words = (list: unknown): string[] => (Array.isArray(list) ? list.filter((each) => typeof each === 'string') : [])

/** What happened, as one sentence; a value that is missing is said, never left blank. */
function useEntryText(order: Order) {
  const open = useOpenWords('order')
  const attention = useAttention()
  const t = useWords('common')
  return ({ kind, details }: TimelineEntry): string => {
    const parcels = trackings(details['parcels'])
    const gone = trackings(details['withdrawn'])
    const told = order.writebacks.find((each) => each.id === details['writebackId'])
    const how = typeof details['how'] === 'string' ? details['how'] : 'other'
    const tags = [
      ...words(details['added']).map((tag) => `+ ${tag}`),
      ...words(details['removed']).map((tag) => `− ${tag}`),
    ]
    const params = {
      carrier: typeof details['carrierName'] === 'string' ? details['carrierName'] : t('unknown'),
      tracking: (parcels.length > 0 ? parcels : gone).join(', ') || t('unknown'),
      to:
        typeof details['toRaw'] === 'string' && details['toRaw']
          ? details['toRaw']
          : String(details['to'] ?? t('unknown')),
      why: told?.because ? inSentence(told.because.title) : t('unknown'),
      what: typeof details['code'] === 'string' ? attention(details['code']) : '',
      tags: tags.join(', '),
    }
    if (kind === 'told' && details['kind'] === 'voided') return open('events', 'untold', params)
    return open('events', kind === 'settled' || kind === 'gone' ? `${kind}-${how}` : kind, params)
  }
}

export function Timeline({ order }: { order: Order }) {
  const t = useWords('order')
  const open = useOpenWords('order')
  const text = useEntryText(order)
  const entries = [...order.timeline].sort((a, b) => b.at.localeCompare(a.at))
  return (
    <section>
      <h2>{t('timeline')}</h2>
      <ol className="timeline">
        {entries.map((entry) => (
          <li key={entry.id}>
            <span>{text(entry)}</span>
            <span className="quiet small">
              <Ago at={entry.at} />
              {entry.actor && ` · ${open('actors', entry.actor)}`}
            </span>
          </li>
        ))}
      </ol>
    </section>
  )
}
