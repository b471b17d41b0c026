/** What do I send where, and does the shop know? */
import { useParams } from 'react-router'
import { api, need } from '../api/client.ts'
import { keys, queryClient, useIntegration, useOrder } from '../api/queries.ts'
import { useAct } from '../api/use-act.ts'
import type { Integration, Order, OrderRow } from '../api/shapes.ts'
import { useFormats } from '../format.ts'
import { AddressBlock, Messages } from '../order/address.tsx'
import { Facts, Issues } from '../order/facts.tsx'
import { Lines } from '../order/lines.tsx'
import { RawRecord } from '../order/raw-record.tsx'
import { Notes, Tags } from '../order/notes.tsx'
import { ShipForm } from '../order/ship-form.tsx'
import { Shipments } from '../order/shipments.tsx'
import { Timeline } from '../order/timeline.tsx'
import { announce } from '../parts/announce.tsx'
import { Loading } from '../parts/late.tsx'
import { Page } from '../parts/page.tsx'
import { Status } from '../parts/status.tsx'
import { Trouble } from '../parts/trouble.tsx'
import { useAttention, useWords } from '../words.ts'

/** The row of a list that is already here: its number is shown while the rest arrives. */
function knownRow(id: string): OrderRow | undefined {
  const lists = queryClient.getQueriesData<{ pages: { items: OrderRow[] }[] }>({ queryKey: ['orders', 'list'] })
  return lists.flatMap(([, data]) => data?.pages.flatMap((page) => page.items) ?? []).find((row) => row.id === id)
}

export function OrderPage() {
  const { id = '' } = useParams()
  const t = useWords('order')
  const { data: order, error } = useOrder(id)
  const crumb = { to: '/orders', text: t('crumb') }
  const number = order?.number ?? knownRow(id)?.number

  if (!order) {
    return (
      <Page
        title={number === undefined ? t('crumb') : t('title', { number })}
        crumb={crumb}
        call={`/api/v1/orders/${id}`}
      >
        {error ? <Trouble error={error} /> : <Loading />}
      </Page>
    )
  }
  return (
    <Page
      title={t('title', { number: order.number })}
      crumb={crumb}
      call={`/api/v1/orders/${id}`}
      actions={<Refresh order={order} />}
    >
      <Loaded order={order} />
    </Page>
  )
}

function Loaded({ order }: { order: Order }) {
  const { data: integration } = useIntegration(order.integrationId)
  return (
    <>
      <Summary order={order} integration={integration} />
      <div className="two-sides">
        <div className="side-main">
          <Lines order={order} />
          <ShipForm key={`${order.id}-${order.leftToShip}`} order={order} tell={integration?.options.tell} />
          <Shipments order={order} />
          <Issues order={order} />
        </div>
        <div className="side">
          <AddressBlock order={order} />
          <Messages order={order} />
          <Tags order={order} />
          <Notes order={order} />
          <Timeline order={order} />
          <Facts order={order} />
          <RawRecord order={order} />
        </div>
      </div>
    </>
  )
}

function Summary({ order, integration }: { order: Order; integration: Integration | undefined }) {
  const t = useWords('order')
  const f = useFormats()
  const place = [order.shipTo.city, order.shipTo.country && f.country(order.shipTo.country)].filter(Boolean).join(', ')
  const standing = order.shipments.filter((each) => each.state === 'booked')
  const todo = order.toShip
    ? t('toShipTo', { n: order.leftToShip, place: place || t('placeUnknown') })
    : standing.length > 0 && order.leftToShip === 0
      ? t('allShipped')
      : t('nothingToShip')
  return (
    <div className="summary">
      <p className="lead">
        {(order.gone || order.status !== 'ready' || order.leftToShip > 0) && <Status order={order} />}{' '}
        <span>{todo}</span> {standing.length > 0 || order.toShip ? <ShopKnows order={order} /> : null}
      </p>
      <p className="quiet" title={f.full(order.placedAt)}>
        {t('placedIn', { ago: f.ago(order.placedAt), shop: integration?.name ?? order.integrationName })}
        {order.customer.name && ` · ${order.customer.name}`}
        {order.total && ` · ${f.money(order.total)}`}
      </p>
      {order.gone && (
        <p className="note note-broken">{order.gone === 'trashed' ? t('goneTrashed') : t('goneDeleted')}</p>
      )}
      {order.attention && <Attention order={order} attention={order.attention} />}
    </div>
  )
}

function Attention({ order, attention }: { order: Order; attention: string }) {
  const t = useWords('order')
  const say = useAttention()
  const seen = useAct({
    // The client's types lose a bare null, though the document has it.
    mutationFn: () =>
      need(
        api.PATCH('/api/v1/orders/{id}', {
          params: { path: { id: order.id } },
          body: { attention: null as unknown as undefined },
        }),
      ),
    onSuccess: async (fresh) => {
      queryClient.setQueryData(keys.order(order.id), fresh)
      announce(t('seenSaid'))
      await queryClient.invalidateQueries({ queryKey: keys.counts })
    },
  })
  return (
    <div className="note note-broken">
      <p>{t('attention', { what: say(attention) })}</p>
      <button type="button" className="link" onClick={() => !seen.isPending && seen.mutate()}>
        {t('seen')}
      </button>
      <Trouble error={seen.error} />
    </div>
  )
}

function ShopKnows({ order }: { order: Order }) {
  const t = useWords('order')
  const newest = [...order.writebacks].sort((a, b) => b.createdAt.localeCompare(a.createdAt))[0]
  if (!newest) return <span>{order.knownTrackings.length > 0 ? t('shopKnows') : t('shopKnowsNothing')}</span>
  if (newest.state === 'confirmed') {
    return (
      <span>
        {newest.kind === 'voided' ? t('shopKnowsNothing') : order.toShip ? t('shopKnowsPart') : t('shopKnows')}
      </span>
    )
  }
  if (newest.state === 'planned' || newest.state === 'sent') return <span>{t('shopWaits')}</span>
  return <strong>{t('shopRefused')}</strong>
}

function Refresh({ order }: { order: Order }) {
  const t = useWords('order')
  const refresh = useAct({
    mutationFn: () => need(api.POST('/api/v1/orders/{id}/refresh', { params: { path: { id: order.id } } })),
    onSuccess: (fresh) => {
      const same = fresh.version === order.version
      queryClient.setQueryData(keys.order(order.id), fresh)
      announce(t('refreshed', { what: same ? t('refreshedSame') : t('refreshedChanged') }))
    },
  })
  return (
    <>
      <button
        type="button"
        className="button"
        aria-disabled={refresh.isPending}
        onClick={() => !refresh.isPending && refresh.mutate()}
      >
        {refresh.isPending ? t('refreshing') : t('refresh')}
      </button>
      <Trouble error={refresh.error} />
    </>
  )
}
