/** Filters of the order list: a small form, and each chosen one as a word that can be taken away. */
import { useId, useState } from 'react'
import { useIntegrations } from '../api/queries.ts'
import type { OrderFilters, OrderStatus } from '../api/shapes.ts'
import { useFormats } from '../format.ts'
import { useDomain, useWords } from '../words.ts'

const STATUSES: readonly OrderStatus[] = [
  'ready',
  'on-hold',
  'shipped',
  'completed',
  'cancelled',
  'refunded',
  'unknown',
]
/** Where most parcels of shops here go; any other country can be typed in the address of the page. */
const COUNTRIES = [
  'FR',
  'BE',
  'CH',
  'LU',
  'MC',
  'DE',
  'ES',
  'IT',
  'NL',
  'PT',
  'AT',
  'IE',
  'GB',
  'PL',
  'SE',
  'DK',
  'FI',
  'NO',
  'CZ',
  'GR',
  'HU',
  'RO',
  'BG',
  'HR',
  'SI',
  'SK',
  'EE',
  'LV',
  'LT',
  'MT',
  'CY',
  'GP',
  'MQ',
  'GF',
  'RE',
  'YT',
  'PF',
  'NC',
  'US',
  'CA',
  'JP',
  'AU',
]

interface Props {
  filters: OrderFilters
  change: (changes: Record<string, string | undefined>) => void
}

export function Filters({ filters, change }: Props) {
  const t = useWords('orders')
  const s = useDomain('orderStatus')
  const f = useFormats()
  const id = useId()
  const [open, setOpen] = useState(false)
  const shops = useIntegrations().data?.items ?? []
  const countries = COUNTRIES.map((code) => ({ code, name: f.country(code) })).sort((a, b) =>
    a.name.localeCompare(b.name),
  )
  return (
    <>
      <button type="button" className="button" aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)}>
        {t('filters')}
      </button>
      <div className="filters-form" id={id} hidden={!open}>
        <div className="field">
          <label htmlFor={`${id}-status`}>{t('status')}</label>
          <select
            id={`${id}-status`}
            value={filters.status ?? ''}
            onChange={(event) => change({ status: event.target.value })}
          >
            <option value="">{t('anyStatus')}</option>
            {STATUSES.map((status) => (
              <option key={status} value={status}>
                {s(status)}
              </option>
            ))}
          </select>
        </div>
        {shops.length > 1 && (
          <div className="field">
            <label htmlFor={`${id}-shop`}>{t('shop')}</label>
            <select
              id={`${id}-shop`}
              value={filters.integration ?? ''}
              onChange={(event) => change({ integration: event.target.value })}
            >
              <option value="">{t('anyShop')}</option>
              {shops.map((shop) => (
                <option key={shop.id} value={shop.id}>
                  {shop.name}
                </option>
              ))}
            </select>
          </div>
        )}
        <div className="field">
          <label htmlFor={`${id}-country`}>{t('country')}</label>
          <select
            id={`${id}-country`}
            value={filters.country ?? ''}
            onChange={(event) => change({ country: event.target.value })}
          >
            <option value="">{t('anyCountry')}</option>
            {countries.map(({ code, name }) => (
              <option key={code} value={code}>
                {name}
              </option>
            ))}
          </select>
        </div>
        <div className="field">
          <label htmlFor={`${id}-from`}>{t('from')}</label>
          <input
            id={`${id}-from`}
            type="date"
            value={filters.from ?? ''}
            onChange={(event) => change({ from: event.target.value })}
          />
        </div>
        <div className="field">
          <label htmlFor={`${id}-to`}>{t('to')}</label>
          <input
            id={`${id}-to`}
            type="date"
            value={filters.to ?? ''}
            onChange={(event) => change({ to: event.target.value })}
          />
        </div>
        <label className="option">
          <input
            type="checkbox"
            checked={isOn(filters.toShip)}
            onChange={(event) => change({ toShip: event.target.checked ? '1' : undefined })}
          />
          {t('toShip')}
        </label>
        <label className="option">
          <input
            type="checkbox"
            checked={isOn(filters.attention)}
            onChange={(event) => change({ attention: event.target.checked ? '1' : undefined })}
          />
          {t('attention')}
        </label>
      </div>
    </>
  )
}

const isOn = (flag: string | undefined): boolean => flag === '1' || flag === 'true'

export function FilterWords({ filters, change, clear }: Props & { clear: () => void }) {
  const t = useWords('orders')
  const s = useDomain('orderStatus')
  const f = useFormats()
  const shops = useIntegrations().data?.items ?? []
  const words: { name: string; text: string }[] = []
  const add = (name: string, text: string | undefined) => text && words.push({ name, text })
  add('query', filters.query && t('queryWord', { query: filters.query }))
  if (isOn(filters.toShip)) add('toShip', t('toShip'))
  if (isOn(filters.attention)) add('attention', t('attention'))
  add('status', filters.status && s(filters.status))
  add('integration', filters.integration && (shops.find((shop) => shop.id === filters.integration)?.name ?? t('shop')))
  add('country', filters.country && f.country(filters.country))
  add('from', filters.from && t('fromWord', { date: f.day(filters.from) }))
  add('to', filters.to && t('toWord', { date: f.day(filters.to) }))
  add('tag', filters.tag)
  return (
    <ul className="words">
      {words.map(({ name, text }) => (
        <li key={name}>
          <button
            type="button"
            className="word"
            aria-label={t('remove', { filter: text })}
            onClick={() => change({ [name]: undefined })}
          >
            {text} <span aria-hidden="true">×</span>
          </button>
        </li>
      ))}
      {words.length > 1 && (
        <li>
          <button type="button" className="link small" onClick={clear}>
            {t('clear')}
          </button>
        </li>
      )}
    </ul>
  )
}
