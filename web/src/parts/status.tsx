import type { OrderRow, Writeback } from '../api/shapes.ts'
import { useFormats } from '../format.ts'
import { useDomain, useWords } from '../words.ts'
import { inSentence } from './state-sentence.tsx'

/** The status the hub understands; the shop's own word on hover, or beside it when the hub does not know it. */
export function Status({ order }: { order: Pick<OrderRow, 'status' | 'statusRaw' | 'gone' | 'leftToShip'> }) {
  const t = useWords('statuses')
  const s = useDomain('orderStatus')
  const gone = useDomain('gone')
  if (order.gone) return <span className="status status-gone">{gone(order.gone)}</span>
  // The shop may leave an order open that has left here whole; what it says stays in the title.
  if (order.status === 'ready' && order.leftToShip === 0) {
    return (
      <span className="status status-completed" title={t('raw', { raw: order.statusRaw })}>
        {t('done')}
      </span>
    )
  }
  return (
    <span className={`status status-${order.status}`} title={t('raw', { raw: order.statusRaw })}>
      {order.status === 'unknown' ? `${s('unknown')} (${order.statusRaw})` : s(order.status)}
    </span>
  )
}

/** planned / sent / confirmed by reading back / refused, why / in doubt: a shape and a word. */
export function WritebackState({ writeback }: { writeback: Writeback }) {
  const t = useWords('writebacks')
  const states = useDomain('writebackState')
  const f = useFormats()
  const { state, because } = writeback
  const why = because && inSentence(because.title)
  const text =
    state === 'refused' && why
      ? t('refusedBecause', { why })
      : state === 'planned' && writeback.nextAt && writeback.attempts > 0
        ? t('plannedNext', { at: f.at(writeback.nextAt) })
        : states(state)
  return (
    <span className={`told told-${state}`}>
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
        <Shape state={state} />
      </svg>
      <span>
        {text}
        {state === 'planned' && why && writeback.attempts > 0 ? ` (${why})` : ''}
      </span>
    </span>
  )
}

function Shape({ state }: { state: Writeback['state'] }) {
  switch (state) {
    case 'planned':
      return <circle cx="8" cy="8" r="5.5" fill="none" strokeDasharray="2.5 2.5" />
    case 'sent':
      return <path d="M2.5 8H13M9 4l4 4-4 4" fill="none" />
    case 'confirmed':
      return <path d="M2.5 8.5l3.5 3.5 7.5-8" fill="none" />
    case 'refused':
      return <path d="M3.5 3.5l9 9M12.5 3.5l-9 9" fill="none" />
    case 'in-doubt':
      return <path d="M5 6a3 3 0 1 1 4.2 2.7C8.3 9.2 8 9.7 8 10.6M8 13v.6" fill="none" />
  }
}
