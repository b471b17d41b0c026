/** What this shop was told about parcels, and whether it knows. */
import { Link } from 'react-router'
import { useWritebacks } from '../api/queries.ts'
import type { Integration, Writeback } from '../api/shapes.ts'
import { More } from '../parts/more.tsx'
import { WritebackState } from '../parts/status.tsx'
import { Settle } from '../parts/settle.tsx'
import { Ago } from '../parts/time.tsx'
import { Trouble } from '../parts/trouble.tsx'
import { useDomain, useWords } from '../words.ts'

export function ShopWritebacks({ shop }: { shop: Integration }) {
  const t = useWords('integration')
  const list = useWritebacks({ integration: shop.id })
  const items = list.data?.pages.flatMap((page) => page.items)
  return (
    <section>
      <h2>{t('writebacks')}</h2>
      <Trouble error={items ? null : list.error} />
      {items?.length === 0 && <p className="quiet">{t('writebacksEmpty')}</p>}
      <ul className="log">
        {items?.map((writeback) => (
          <Told key={writeback.id} writeback={writeback} />
        ))}
      </ul>
      <More list={list} />
    </section>
  )
}

export function Told({ writeback, decide = false }: { writeback: Writeback; decide?: boolean }) {
  const t = useWords('writebacks')
  const kind = useDomain('writebackKind')
  return (
    <li className={decide ? 'told-row decide' : 'told-row'}>
      <span>
        <Link to={`/orders/${writeback.orderId}`}>
          {writeback.orderNumber === undefined ? t('orderUnknown') : t('order', { number: writeback.orderNumber })}
        </Link>{' '}
        <span className="quiet small">{kind(writeback.kind)}</span>{' '}
        <span className="figure">{writeback.parcels.map((parcel) => parcel.tracking).join(', ')}</span>
      </span>
      <WritebackState writeback={writeback} />
      <span className="quiet small">
        <Ago at={writeback.createdAt} />
      </span>
      {decide && <Settle writeback={writeback} />}
    </li>
  )
}
