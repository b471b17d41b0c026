import type { Address, Order } from '../api/shapes.ts'
import { useFormats } from '../format.ts'
import { Copy } from '../parts/copy.tsx'
import { useWords } from '../words.ts'

function addressLines(address: Address, country: (code: string) => string): string[] {
  const city = [address.postcode, address.city].filter(Boolean).join(' ')
  const state = address.stateCode ?? address.stateRaw
  return [
    address.name,
    address.company,
    address.line1,
    address.line2,
    city,
    state,
    address.country && country(address.country),
  ].filter((line): line is string => Boolean(line))
}

const sameAddress = (a: Address, b: Address): boolean =>
  (['name', 'company', 'line1', 'line2', 'postcode', 'city', 'country'] as const).every(
    (part) => (a[part] ?? '') === (b[part] ?? ''),
  )

function Lines({ lines }: { lines: string[] }) {
  return (
    <address>
      {lines.map((line, index) => (
        <span key={index}>{line}</span>
      ))}
    </address>
  )
}

export function AddressBlock({ order }: { order: Order }) {
  const t = useWords('order')
  const f = useFormats()
  const shipTo = addressLines(order.shipTo, f.country)
  const billTo = addressLines(order.billTo, f.country)
  const phone = order.shipTo.phone ?? order.customer.phone
  const email = order.shipTo.email ?? order.customer.email
  const { pickupPoint: pickup } = order
  return (
    <section>
      <h2>{t('address')}</h2>
      {shipTo.length > 0 ? <Lines lines={shipTo} /> : <p className="quiet">{t('addressEmpty')}</p>}
      {phone && <p>{phone}</p>}
      {email && (
        <p>
          <a href={`mailto:${email}`}>{email}</a>
        </p>
      )}
      {shipTo.length > 0 && <Copy text={shipTo.join('\n')} label={t('copyAddress')} />}
      {pickup && (
        <>
          <h3>{t('pickup')}</h3>
          <Lines
            lines={[
              [pickup.carrier, pickup.name, pickup.id && `(${pickup.id})`].filter(Boolean).join(' '),
              ...(pickup.address ? addressLines(pickup.address, f.country) : []),
            ]}
          />
        </>
      )}
      {billTo.length > 0 &&
        (sameAddress(order.shipTo, order.billTo) ? (
          <p className="quiet small">{t('sameBilling')}</p>
        ) : (
          <details className="small">
            <summary>{t('billing')}</summary>
            <Lines lines={billTo} />
          </details>
        ))}
    </section>
  )
}

/** What the customer wrote and chose: it decides how the parcel is made. */
export function Messages({ order }: { order: Order }) {
  const t = useWords('order')
  const f = useFormats()
  const { payment, shippingMethod } = order
  const facts: [string, string | undefined][] = [
    [t('customerNote'), order.note],
    [t('gift'), order.giftMessage],
    [t('method'), shippingMethod?.title],
    [
      t('payment'),
      payment?.cashOnDelivery && payment.amountDue
        ? `${payment.title ?? ''} ${t('cod', { amount: f.money(payment.amountDue) })}`.trim()
        : payment?.title,
    ],
  ]
  const shown = facts.filter(([, value]) => value)
  if (shown.length === 0) return null
  return (
    <dl className="facts">
      {shown.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
