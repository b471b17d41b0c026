/** What was sent, and whether the shop knows. A typed number can be corrected or taken back. */
import { useState, type FormEvent } from 'react'
import { api, need, newIntent } from '../api/client.ts'
import { freshen } from '../api/queries.ts'
import { useAct } from '../api/use-act.ts'
import type { Order, Shipment } from '../api/shapes.ts'
import { useFormats } from '../format.ts'
import { announce } from '../parts/announce.tsx'
import { Ask } from '../parts/ask.tsx'
import { WritebackState } from '../parts/status.tsx'
import { Settle } from '../parts/settle.tsx'
import { Trouble } from '../parts/trouble.tsx'
import { useWords } from '../words.ts'
import { asInput, CarrierField, Parcels, type ParcelDraft } from './parcels.tsx'

export function Shipments({ order }: { order: Order }) {
  const t = useWords('ship')
  if (order.shipments.length === 0) return null
  return (
    <section>
      <h2>{t('shipments')}</h2>
      <ul className="rows">
        {order.shipments.map((shipment) => (
          <One key={shipment.id} order={order} shipment={shipment} />
        ))}
      </ul>
    </section>
  )
}

/** Parcels that stand; of a voided shipment all, because none does. */
const standing = (shipment: Shipment) =>
  shipment.state === 'voided' ? shipment.parcels : shipment.parcels.filter((parcel) => !parcel.withdrawnAt)
const numbers = (shipment: Shipment) =>
  standing(shipment)
    .map((parcel) => parcel.tracking)
    .join(', ')

function One({ order, shipment }: { order: Order; shipment: Shipment }) {
  const t = useWords('ship')
  const f = useFormats()
  const [doing, setDoing] = useState<'correct' | 'void'>()
  const writebacks = order.writebacks
    .filter((each) => each.shipmentId === shipment.id)
    .sort((a, b) => b.createdAt.localeCompare(a.createdAt))
  const newest = writebacks[0]
  const voided = shipment.state === 'voided'
  const items = shipment.lines.reduce((sum, line) => sum + Number(line.quantity), 0)
  const at = shipment.bookedAt ?? shipment.createdAt
  return (
    <li className={voided ? 'shipment voided' : 'shipment'}>
      <p>
        <strong>{shipment.carrierName}</strong>{' '}
        {standing(shipment).map((parcel, index) => (
          <span key={parcel.id} className="figure">
            {index > 0 && ', '}
            {parcel.url && !voided ? (
              <a
                href={parcel.url}
                target="_blank"
                rel="noreferrer"
                aria-label={t('track', { tracking: parcel.tracking })}
              >
                {parcel.tracking}
              </a>
            ) : (
              parcel.tracking
            )}
          </span>
        ))}
      </p>
      <p className="quiet small" title={f.full(at)}>
        {t('items', { n: items })} · {f.ago(at)}
        {voided && shipment.voidedAt && ` · ${t('voidedAt', { ago: f.ago(shipment.voidedAt) })}`}
      </p>
      {newest && <WritebackState writeback={newest} />}
      {newest && (newest.state === 'refused' || newest.state === 'in-doubt') && <Settle writeback={newest} />}
      {!voided && (
        <p className="row">
          <button
            type="button"
            className="link"
            onClick={() => setDoing(doing === 'correct' ? undefined : 'correct')}
            aria-expanded={doing === 'correct'}
          >
            {t('correct')}
          </button>
          <button type="button" className="link danger" onClick={() => setDoing('void')}>
            {t('void')}
          </button>
        </p>
      )}
      {doing === 'correct' && <Correct shipment={shipment} done={() => setDoing(undefined)} />}
      {doing === 'void' && <Void order={order} shipment={shipment} done={() => setDoing(undefined)} />}
    </li>
  )
}

function Correct({ shipment, done }: { shipment: Shipment; done: () => void }) {
  const t = useWords('ship')
  const c = useWords('common')
  const [carrierName, setCarrier] = useState(shipment.carrierName)
  const [parcels, setParcels] = useState<ParcelDraft[]>(() =>
    standing(shipment).map((parcel) => ({ key: parcel.id, tracking: parcel.tracking, url: parcel.url ?? '' })),
  )
  const correct = useAct({
    mutationFn: () =>
      need(
        api.PATCH('/api/v1/shipments/{id}', {
          params: { path: { id: shipment.id } },
          body: { carrierName: carrierName.trim(), parcels: asInput(parcels) },
        }),
      ),
    onSuccess: async () => {
      announce(t('corrected'))
      done()
      await freshen()
    },
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!correct.isPending) correct.mutate()
  }
  return (
    <form
      className="form inset"
      onSubmit={submit}
      onKeyDown={(event) => {
        if (event.key === 'Escape') done()
      }}
    >
      <h3>{t('correctTitle')}</h3>
      <CarrierField value={carrierName} onChange={setCarrier} error={correct.error} autoFocus />
      <Parcels parcels={parcels} onChange={setParcels} error={correct.error} />
      <p className="hint">{t('correctHint')}</p>
      <Trouble error={correct.error} beside={['carrierName', 'tracking', 'url']} />
      <div className="row">
        <button className="button main" aria-disabled={correct.isPending}>
          {t('correctSubmit')}
        </button>
        <button type="button" className="button" onClick={done}>
          {c('cancel')}
        </button>
      </div>
    </form>
  )
}

function Void({ order, shipment, done }: { order: Order; shipment: Shipment; done: () => void }) {
  const t = useWords('ship')
  const undo = useAct({
    mutationFn: () =>
      need(
        api.POST('/api/v1/shipments/{id}/void', {
          params: { path: { id: shipment.id } },
          headers: { 'idempotency-key': newIntent() },
        }),
      ),
    onSuccess: async () => {
      announce(t('voided'))
      done()
      await freshen()
    },
  })
  return (
    <Ask
      question={t('voidAsk', { tracking: numbers(shipment), number: order.number })}
      hint={t('voidHint')}
      yes={t('voidDo')}
      no={t('voidKeep')}
      busy={undo.isPending}
      onYes={() => undo.mutate()}
      onNo={done}
    >
      <Trouble error={undo.error} />
    </Ask>
  )
}
