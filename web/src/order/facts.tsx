import type { Order } from '../api/shapes.ts'
import { useFormats } from '../format.ts'
import { useOpenWords, useWords } from '../words.ts'

/** Odd but readable values: the order is here, the oddity is shown with what the shop sent. */
export function Issues({ order }: { order: Order }) {
  const t = useWords('order')
  const open = useOpenWords('order')
  if (order.issues.length === 0) return null
  const lineName = (field: string): string => {
    const id = /^lines\.([^.]+)/.exec(field)?.[1]
    return order.lines.find((line) => line.remoteId === id)?.name ?? field
  }
  return (
    <section>
      <h2>{t('issues')}</h2>
      <ul className="bullets">
        {order.issues.map((issue, index) => {
          const text = open('issueCodes', issue.code)
          const where = issue.field?.startsWith('lines.') ? lineName(issue.field) : undefined
          return (
            <li key={index}>
              {where ? t('issueAt', { issue: text, field: where }) : text}
              {issue.raw && (
                <>
                  {' '}
                  <code>{issue.raw}</code>
                </>
              )}
            </li>
          )
        })}
      </ul>
    </section>
  )
}

/** Everything else that is known, closed at first. */
export function Facts({ order }: { order: Order }) {
  const t = useWords('order')
  const f = useFormats()
  const { totals } = order
  const money: [string, Order['totals']['goods']][] = [
    [t('goods'), totals.goods],
    [t('shipping'), totals.shipping],
    [t('fees'), totals.fees],
    [t('discount'), totals.discount],
    [t('tax'), totals.tax],
    [t('rounding'), totals.rounding.minor === 0 ? undefined : totals.rounding],
    [t('grand'), totals.grand],
  ]
  const instant = (at: string | undefined) => at && f.full(at)
  const facts: [string, string | undefined][] = [
    [t('remoteId'), order.remoteId],
    [t('shopStatus'), order.statusRaw],
    [t('placed'), instant(order.placedAt)],
    [t('paid'), instant(order.paidAt)],
    [t('modified'), instant(order.modifiedAt)],
    [t('readAt'), instant(order.fetchedAt)],
  ]
  return (
    <details>
      <summary>{t('facts')}</summary>
      <dl className="facts money">
        {money.map(
          ([name, amount]) =>
            amount && (
              <div key={name}>
                <dt>{name}</dt>
                <dd className="figure">{f.money(amount)}</dd>
              </div>
            ),
        )}
      </dl>
      <dl className="facts">
        {facts.map(
          ([name, value]) =>
            value && (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ),
        )}
      </dl>
      {order.knownTrackings.length > 0 && (
        <>
          <h3>{t('known')}</h3>
          <ul>
            {order.knownTrackings.map((known) => (
              <li key={known.number}>
                {known.carrier} <span className="figure">{known.number}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </details>
  )
}
