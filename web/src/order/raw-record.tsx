/** What the shop sent for this order, for those who must know exactly; loaded when it is opened. */
import { useState } from 'react'
import { useOrderRaw } from '../api/queries.ts'
import type { Order } from '../api/shapes.ts'
import { useFormats } from '../format.ts'
import { Copy } from '../parts/copy.tsx'
import { Loading } from '../parts/late.tsx'
import { Trouble } from '../parts/trouble.tsx'
import { useWords } from '../words.ts'

export function RawRecord({ order }: { order: Order }) {
  const t = useWords('order')
  const [open, setOpen] = useState(false)
  return (
    <details id="raw" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('raw')}</summary>
      {open && <Loaded order={order} />}
    </details>
  )
}

const printed = (value: unknown): string => JSON.stringify(value, null, 2)

function Loaded({ order }: { order: Order }) {
  const t = useWords('order')
  const a = useWords('app')
  const f = useFormats()
  const { data: raw, error } = useOrderRaw(order.id, order.version)
  if (!raw) return error ? <Trouble error={error} /> : <Loading />
  const text = printed(raw.record)
  return (
    <div className="raw">
      <p className="quiet small" title={f.full(raw.fetchedAt)}>
        {t('rawLead', { ago: f.ago(raw.fetchedAt) })}
      </p>
      <pre tabIndex={0}>
        <code>{text}</code>
      </pre>
      <p className="row small">
        <Copy text={text} /> <a href={`/api/v1/orders/${order.id}/raw`}>{a('byApiAnswer')}</a>
      </p>
      {raw.extra !== undefined && (
        <>
          <h3>{t('rawExtra')}</h3>
          <pre tabIndex={0}>
            <code>{printed(raw.extra)}</code>
          </pre>
        </>
      )}
    </div>
  )
}
