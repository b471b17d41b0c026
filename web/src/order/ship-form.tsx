/**
 * Shipping by hand: carrier, numbers, and, when it is not everything, which lines. The intent keeps its key until it
 * is answered, so that a repeat after a lost answer ships once.
 */
import { useRef, useState, type FormEvent } from 'react'
import { api, ApiError, need, newIntent } from '../api/client.ts'
import { freshen } from '../api/queries.ts'
import { useAct } from '../api/use-act.ts'
import type { Order, Tell } from '../api/shapes.ts'
import { useFormats } from '../format.ts'
import { announce } from '../parts/announce.tsx'
import { Check } from '../parts/field.tsx'
import { Trouble } from '../parts/trouble.tsx'
import { useDomain, useWords } from '../words.ts'
import { asInput, CarrierField, emptyParcel, Parcels } from './parcels.tsx'

/** The last carrier typed here: forty parcels a morning mostly go with one. */
const LAST = 'passerelle.carrier'

export function ShipForm({ order, tell }: { order: Order; tell: Tell | undefined }) {
  const t = useWords('ship')
  const s = useDomain('orderStatus')
  const warning = useDomain('trackingWarning')
  const [carrierName, setCarrier] = useState(() => localStorage.getItem(LAST) ?? '')
  const [parcels, setParcels] = useState(() => [emptyParcel()])
  const [some, setSome] = useState(false)
  const [quantities, setQuantities] = useState<Record<string, string>>({})
  const [force, setForce] = useState(false)
  const intent = useRef(newIntent())
  const left = order.lines.filter((line) => line.toShip > 0 && line.requiresShipping !== false)

  const ship = useAct({
    mutationFn: () => {
      const lines = left
        .map((line) => ({ line: line.remoteId, quantity: quantities[line.remoteId] ?? String(line.toShip) }))
        .filter(({ quantity }) => Number(quantity.replace(',', '.')) !== 0)
      return need(
        api.POST('/api/v1/orders/{id}/shipments', {
          params: { path: { id: order.id } },
          headers: { 'idempotency-key': intent.current },
          body: {
            carrierName: carrierName.trim(),
            parcels: asInput(parcels),
            seenVersion: order.version,
            ...(some && { lines }),
            ...(force && { force }),
          },
        }),
      )
    },
    onSuccess: async (shipment) => {
      localStorage.setItem(LAST, carrierName.trim())
      const tracking = shipment.parcels.map((parcel) => parcel.tracking).join(', ')
      const warned = shipment.warnings.some(({ code }) => code === 'long-number') && warning('long-number')
      announce([t('shipped', { tracking }), shipment.shopUnread?.title, warned].filter(Boolean).join(' '))
      await freshen()
    },
    onError: (error) => {
      // A refused input is another intent once corrected; without an answer it may have worked.
      if (error instanceof ApiError && error.status >= 400 && error.status < 500) intent.current = newIntent()
    },
  })

  const forceable =
    !order.toShip && !order.gone && (order.status === 'on-hold' || order.status === 'unknown') && left.length > 0
  if (!order.toShip && !forceable) {
    if (order.shipments.some((each) => each.state === 'booked')) return null
    return (
      <section>
        <h2>{t('title')}</h2>
        <p className="quiet">{t('notNow', { status: order.gone ? order.statusRaw : s(order.status) })}</p>
      </section>
    )
  }

  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!ship.isPending && (!forceable || force)) ship.mutate()
  }
  return (
    <section className="ship" id="ship">
      <h2>{order.shipments.some((each) => each.state === 'booked') ? t('rest') : t('title')}</h2>
      <form className="form" onSubmit={submit}>
        <CarrierField value={carrierName} onChange={setCarrier} error={ship.error} />
        <Parcels parcels={parcels} onChange={setParcels} error={ship.error} />
        <fieldset className="choice">
          <legend className="unseen">{t('what')}</legend>
          <label className="option">
            <input type="radio" name="what" checked={!some} onChange={() => setSome(false)} />
            <span>{t('all', { n: order.leftToShip })}</span>
          </label>
          <label className="option">
            <input type="radio" name="what" checked={some} onChange={() => setSome(true)} />
            <span>{t('some')}</span>
          </label>
        </fieldset>
        {some && <Quantities order={order} values={quantities} onChange={setQuantities} />}
        {forceable && (
          <Check
            label={t('force')}
            hint={t('forceHint', { status: order.status === 'unknown' ? order.statusRaw : s(order.status) })}
            checked={force}
            onChange={setForce}
          />
        )}
        <Trouble error={ship.error} beside={['carrierName', 'tracking', 'url']} />
        {tell && (
          <p className="hint">
            {t(tell === 'nobody' ? 'tellNobody' : tell === 'completed' ? 'tellCompleted' : 'tellNote')}
          </p>
        )}
        <button className="button main thumb" aria-disabled={ship.isPending || (forceable && !force)}>
          {ship.isPending ? t('shipping') : t('submit')}
        </button>
      </form>
    </section>
  )
}

interface QuantityProps {
  order: Order
  values: Record<string, string>
  onChange: (values: Record<string, string>) => void
}

function Quantities({ order, values, onChange }: QuantityProps) {
  const t = useWords('ship')
  const f = useFormats()
  const left = order.lines.filter((line) => line.toShip > 0 && line.requiresShipping !== false)
  return (
    <ul className="quantities">
      {left.map((line) => (
        <li key={line.remoteId}>
          <label htmlFor={`qty-${line.remoteId}`}>
            <span className="unseen">{t('quantity', { name: line.name })}</span>
            <span aria-hidden="true">{line.name}</span>
          </label>
          <span className="quantity">
            <input
              id={`qty-${line.remoteId}`}
              className="figure"
              inputMode="decimal"
              pattern="\d+([.,]\d{1,4})?"
              value={values[line.remoteId] ?? String(line.toShip)}
              onChange={(event) => onChange({ ...values, [line.remoteId]: event.target.value })}
            />
            <span className="quiet nowrap">{t('of', { left: f.number(line.toShip) })}</span>
          </span>
        </li>
      ))}
    </ul>
  )
}
