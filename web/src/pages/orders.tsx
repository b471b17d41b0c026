/** Which ones? Search, filters as removable words, the table. */
import { useEffect, useRef, useState } from 'react'
import { Link, useLocation, useSearchParams } from 'react-router'
import { useIntegrations, useOrders } from '../api/queries.ts'
import type { OrderFilters, OrderRow } from '../api/shapes.ts'
import { useFormats } from '../format.ts'
import { Begin } from '../parts/begin.tsx'
import { Loading, useLate } from '../parts/late.tsx'
import { Filters, FilterWords } from '../parts/order-filters.tsx'
import { Page } from '../parts/page.tsx'
import { Status } from '../parts/status.tsx'
import { Ago } from '../parts/time.tsx'
import { Trouble } from '../parts/trouble.tsx'
import { useWords } from '../words.ts'

const NAMES = ['query', 'status', 'integration', 'country', 'from', 'to', 'toShip', 'attention', 'tag'] as const

/** What stands in the address is what is asked for: a list can be kept as a bookmark. */
function filtersOf(search: URLSearchParams): OrderFilters {
  const filters: Record<string, string> = {}
  for (const name of NAMES) {
    const value = search.get(name)
    if (value) filters[name] = value
  }
  return filters as OrderFilters
}

const TYPING_MS = 180

export function Orders() {
  const t = useWords('orders')
  const [search, setSearch] = useSearchParams()
  const filters = filtersOf(search)
  const orders = useOrders(filters)
  const integrations = useIntegrations()
  const rows = orders.data?.pages.flatMap((page) => page.items)
  const asked = new URLSearchParams(filters as Record<string, string>).toString()
  const filtered = asked !== ''
  const none = rows?.length === 0
  const late = useLate(orders.isPlaceholderData)

  if (none && !filtered && integrations.data?.items.length === 0) {
    return (
      <Page title={t('title')} call="/api/v1/orders">
        <h2>{t('empty')}</h2>
        <Begin lead={t('emptyLead')} />
      </Page>
    )
  }

  const change = (changes: Record<string, string | undefined>) => {
    const next = new URLSearchParams(search)
    for (const [name, value] of Object.entries(changes)) {
      if (value) next.set(name, value)
      else next.delete(name)
    }
    setSearch(next, { replace: true })
  }

  return (
    <Page
      title={t('title')}
      call={`/api/v1/orders${asked && `?${asked}`}`}
      actions={
        <Link className="button" to="/orders/import">
          {t('import')}
        </Link>
      }
    >
      <search className="finder">
        <SearchField value={search.get('query') ?? ''} onChange={(query) => change({ query })} />
        <Filters filters={filters} change={change} />
      </search>
      {filtered && <FilterWords filters={filters} change={change} clear={() => setSearch({}, { replace: true })} />}
      {orders.error && !rows && <Trouble error={orders.error} />}
      {orders.isLoading && <Loading />}
      {none && (
        <div className="empty">
          <h2>{filtered ? t('emptyFound') : t('empty')}</h2>
          <p>{filtered ? t('emptyFoundLead') : t('emptyLead')}</p>
        </div>
      )}
      {rows && rows.length > 0 && (
        <OrderTable rows={rows} busy={late} several={(integrations.data?.items.length ?? 0) > 1} />
      )}
      {rows && rows.length > 0 && (
        <p className="list-foot">
          <span className="quiet small" role="status">
            {late ? t('searching') : t(orders.hasNextPage ? 'freshMore' : 'fresh', { n: rows.length })}
          </span>
          {orders.hasNextPage && (
            <button
              type="button"
              className="button"
              aria-disabled={orders.isFetchingNextPage}
              onClick={() => void orders.fetchNextPage()}
            >
              {t('more')}
            </button>
          )}
        </p>
      )}
    </Page>
  )
}

function SearchField({ value, onChange }: { value: string; onChange: (query: string) => void }) {
  const t = useWords('orders')
  const { state } = useLocation() as { state: { search?: boolean } | null }
  const [typed, setTyped] = useState(value)
  const field = useRef<HTMLInputElement>(null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  // A filter word taken away, or the back button: the field follows, unless somebody is typing in it.
  useEffect(() => {
    if (document.activeElement !== field.current) setTyped(value)
  }, [value])
  useEffect(() => {
    if (state?.search) field.current?.focus()
  }, [state])
  const type = (text: string) => {
    setTyped(text)
    clearTimeout(timer.current)
    timer.current = setTimeout(() => onChange(text.trim()), TYPING_MS)
  }
  return (
    <div className="field search-field">
      <label htmlFor="search">
        {t('search')} <span className="quiet small only-keys">({t('searchKey')})</span>
      </label>
      <input
        ref={field}
        id="search"
        type="search"
        autoComplete="off"
        spellCheck={false}
        placeholder={t('searchHint')}
        value={typed}
        onChange={(event) => type(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            if (typed === '') field.current?.blur()
            else type('')
          }
        }}
      />
    </div>
  )
}

function OrderTable({ rows, busy, several }: { rows: OrderRow[]; busy: boolean; several: boolean }) {
  const t = useWords('orders')
  return (
    <table className={busy ? 'orders busy' : 'orders'} role="table" aria-label={t('title')}>
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader">{t('number')}</th>
          <th role="columnheader">{t('placed')}</th>
          <th role="columnheader">{t('customer')}</th>
          <th role="columnheader">{t('destination')}</th>
          {several && <th role="columnheader">{t('shopCol')}</th>}
          <th role="columnheader">{t('statusCol')}</th>
          <th role="columnheader">{t('left')}</th>
          <th role="columnheader" className="right">
            {t('total')}
          </th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((order) => (
          <Row key={order.id} order={order} several={several} />
        ))}
      </tbody>
    </table>
  )
}

function Row({ order, several }: { order: OrderRow; several: boolean }) {
  const t = useWords('orders')
  const f = useFormats()
  return (
    <tr role="row" className={order.toShip ? 'to-do' : undefined}>
      <td role="cell" className="o-number figure">
        <Link to={`/orders/${order.id}`} className="row-link">
          {order.number}
        </Link>
        {order.attention && <span className="flag"> {t('attention')}</span>}
      </td>
      <td role="cell" className="o-placed">
        <Ago at={order.placedAt} />
      </td>
      <td role="cell" className="o-customer">
        {order.customerName || <span className="quiet">{t('noName')}</span>}
      </td>
      <td role="cell" className="o-country">
        {order.country && f.country(order.country)}
      </td>
      {several && (
        <td role="cell" className="o-shop quiet">
          {order.integrationName}
        </td>
      )}
      <td role="cell" className="o-status">
        <Status order={order} />
      </td>
      <td role="cell" className="o-left figure">
        {order.toShip ? t('leftItems', { n: order.leftToShip }) : <span className="quiet">–</span>}
      </td>
      <td role="cell" className="o-total right figure nowrap">
        {order.total && f.money(order.total)}
      </td>
    </tr>
  )
}
