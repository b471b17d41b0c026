import type { Order, OrderLine } from '../api/shapes.ts'
import { useFormats } from '../format.ts'
import { useWords } from '../words.ts'

export function Lines({ order }: { order: Order }) {
  const t = useWords('order')
  return (
    <section>
      <h2>{t('lines')}</h2>
      <table className="lines" role="table">
        <thead role="rowgroup">
          <tr role="row">
            <th role="columnheader">{t('product')}</th>
            <th role="columnheader" className="right">
              {t('ordered')}
            </th>
            <th role="columnheader" className="right">
              {t('shippedQty')}
            </th>
            <th role="columnheader" className="right">
              {t('left')}
            </th>
            <th role="columnheader" className="right">
              {t('price')}
            </th>
          </tr>
        </thead>
        <tbody role="rowgroup">
          {order.lines.map((line) => (
            <Line key={line.remoteId} line={line} />
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Line({ line }: { line: OrderLine }) {
  const t = useWords('order')
  const f = useFormats()
  const refunded = Number(line.refunded) + Number(line.cancelled)
  const small = [
    line.sku && t('sku', { sku: line.sku }),
    ...(line.options ?? []).map((option) => t('pair', option)),
    line.weightMg !== undefined && f.weight(line.weightMg),
    line.hsCode && t('customs', { code: line.hsCode }),
    line.origin && t('origin', { country: f.country(line.origin) }),
    refunded > 0 && t('pair', { name: t('refundedQty'), value: f.number(refunded) }),
    line.requiresShipping === false && t('noShipping'),
  ].filter((part): part is string => Boolean(part))
  return (
    <tr role="row">
      <td role="cell" className="l-name">
        {line.name}
        {small.length > 0 && <span className="quiet small"> {small.join(' · ')}</span>}
      </td>
      <td role="cell" className="l-qty right figure" data-label={t('ordered')}>
        {f.decimal(line.quantity)}
      </td>
      <td role="cell" className="l-qty right figure" data-label={t('shippedQty')}>
        {f.decimal(line.shipped)}
      </td>
      <td role="cell" className="l-qty right figure" data-label={t('left')}>
        <strong>{f.number(line.toShip)}</strong>
      </td>
      <td role="cell" className="l-price right figure nowrap">
        {line.total && f.money(line.total)}
      </td>
    </tr>
  )
}
