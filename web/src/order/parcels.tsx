/** Numbers of the parcels of one shipment; used to ship and to correct. */
import { useId } from 'react'
import { errorOf, Field } from '../parts/field.tsx'
import { problemOf } from '../api/client.ts'
import { useWords } from '../words.ts'

export interface ParcelDraft {
  key: string
  tracking: string
  url: string
}

export const emptyParcel = (): ParcelDraft => ({ key: crypto.randomUUID(), tracking: '', url: '' })

export const asInput = (parcels: ParcelDraft[]) =>
  parcels.map(({ tracking, url }) => ({ tracking: tracking.trim(), ...(url.trim() && { url: url.trim() }) }))

/** Names as they will stand in the shop; any other can be typed. */
const CARRIERS = [
  'Colissimo',
  'Chronopost',
  'Mondial Relay',
  'La Poste',
  'Colis Privé',
  'Relais Colis',
  'DPD',
  'GLS',
  'UPS',
  'DHL',
  'FedEx',
  'TNT',
  'bpost',
  'PostNL',
  'Swiss Post',
  'Correos',
  'Poste Italiane',
  'Royal Mail',
  'InPost',
  'Geodis',
]

interface CarrierProps {
  value: string
  onChange: (name: string) => void
  error: unknown
  autoFocus?: boolean
}

export function CarrierField({ value, onChange, error, autoFocus }: CarrierProps) {
  const t = useWords('ship')
  const list = useId()
  return (
    <Field label={t('carrier')} error={errorOf(error, 'carrierName')}>
      {(attributes) => (
        <>
          <input
            {...attributes}
            name="carrier"
            list={list}
            required
            maxLength={100}
            autoComplete="off"
            autoFocus={autoFocus}
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
          <datalist id={list}>
            {CARRIERS.map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
        </>
      )}
    </Field>
  )
}

interface Props {
  parcels: ParcelDraft[]
  onChange: (parcels: ParcelDraft[]) => void
  error: unknown
}

export function Parcels({ parcels, onChange, error }: Props) {
  const t = useWords('ship')
  const set = (index: number, change: Partial<ParcelDraft>) =>
    onChange(parcels.map((parcel, at) => (at === index ? { ...parcel, ...change } : parcel)))
  const field = problemOf(error)?.field
  const failed = (index: number, name: 'tracking' | 'url') => {
    const named = errorOf(error, name)
    if (!named || field === undefined) return undefined
    const which = /\d+/.exec(field)?.[0]
    return which === undefined || Number(which) === index ? named : undefined
  }
  const several = parcels.length > 1
  return (
    <div className="parcels">
      {parcels.map((parcel, index) => (
        <div key={parcel.key} className="parcel">
          <Field
            label={several ? t('trackingN', { n: String(index + 1) }) : t('tracking')}
            error={failed(index, 'tracking')}
          >
            {(attributes) => (
              <input
                {...attributes}
                name="tracking"
                className="figure"
                required
                maxLength={100}
                autoComplete="off"
                autoCapitalize="characters"
                spellCheck={false}
                value={parcel.tracking}
                onChange={(event) => set(index, { tracking: event.target.value })}
              />
            )}
          </Field>
          <Field label={t('url')} optional error={failed(index, 'url')}>
            {(attributes) => (
              <input
                {...attributes}
                name="url"
                type="text"
                inputMode="url"
                maxLength={2000}
                autoComplete="off"
                placeholder="https://"
                value={parcel.url}
                onChange={(event) => set(index, { url: event.target.value })}
              />
            )}
          </Field>
          {several && (
            <button type="button" className="link" onClick={() => onChange(parcels.filter((_, at) => at !== index))}>
              {t('removeParcel', { n: String(index + 1) })}
            </button>
          )}
        </div>
      ))}
      <button type="button" className="link" onClick={() => onChange([...parcels, emptyParcel()])}>
        {t('addParcel')}
      </button>
    </div>
  )
}
