/** What is happening with this shop? */
import { useEffect } from 'react'
import { Link, useLocation, useParams, useSearchParams } from 'react-router'
import { useIntegration, usePlatforms } from '../api/queries.ts'
import type { Integration } from '../api/shapes.ts'
import { useFormats } from '../format.ts'
import { announce } from '../parts/announce.tsx'
import { Bridge } from '../parts/lanes.tsx'
import { Loading } from '../parts/late.tsx'
import { Page } from '../parts/page.tsx'
import { StateSentence } from '../parts/state-sentence.tsx'
import { SyncButton, SyncOutcome } from '../parts/sync-button.tsx'
import { Trouble } from '../parts/trouble.tsx'
import { Exchanges } from '../shop/exchanges.tsx'
import { Quarantine, Runs } from '../shop/logs.tsx'
import { ShopSettings } from '../shop/settings.tsx'
import { ShopWritebacks } from '../shop/told.tsx'
import { useWords } from '../words.ts'

export function IntegrationPage() {
  const { id = '' } = useParams()
  const t = useWords('integration')
  const a = useWords('add')
  const { data: shop, error } = useIntegration(id)
  const crumb = { to: '/integrations', text: t('crumb') }
  const call = `/api/v1/integrations/${id}`
  const { hash } = useLocation()
  const loaded = shop !== undefined
  const [search, setSearch] = useSearchParams()
  const justConnected = search.get('connected') === '1'
  // Back from the shop, where the merchant approved: said once.
  useEffect(() => {
    if (!justConnected) return
    announce(a('connectedHere'))
    setSearch({}, { replace: true })
  }, [justConnected, a, setSearch])
  // "Replace the key" and "show the evidence" lead into this page; their place exists only once it is loaded.
  useEffect(() => {
    if (loaded && hash) {
      const place = document.getElementById(hash.slice(1))
      if (place instanceof HTMLDetailsElement) place.open = true
      place?.scrollIntoView()
    }
  }, [loaded, hash])

  if (!shop) {
    return (
      <Page title={t('crumb')} crumb={crumb} call={call}>
        {error ? <Trouble error={error} /> : <Loading />}
      </Page>
    )
  }
  return (
    <Page
      title={shop.name}
      crumb={crumb}
      call={call}
      actions={!shop.disabledAt && <SyncButton integration={shop} main />}
    >
      <div className="summary">
        <StateSentence integration={shop} />
        <SyncOutcome integration={shop} />
      </div>
      <Bridge integration={shop} />
      <ShopFacts shop={shop} />
      <ShopWritebacks shop={shop} />
      <Runs shop={shop} />
      {shop.quarantined > 0 && <Quarantine shop={shop} />}
      <Exchanges shop={shop} />
      <ShopSettings shop={shop} />
    </Page>
  )
}

function ShopFacts({ shop }: { shop: Integration }) {
  const t = useWords('integration')
  const i = useWords('integrations')
  const f = useFormats()
  const platforms = usePlatforms()
  const platform = platforms.data?.items.find((each) => each.id === shop.platform)?.name ?? shop.platform
  const { since } = shop.options
  const facts: [string, string | undefined][] = [
    [t('platform'), platform],
    [t('url'), shop.url],
    [t('since'), since === 'all' ? t('sinceAll') : Number.isNaN(Date.parse(since)) ? since : f.day(since)],
    [t('zone'), shop.zone],
    [t('connectedOn'), f.day(shop.createdAt)],
  ]
  return (
    <section>
      <p>
        <Link to={`/orders?integration=${shop.id}`}>{t('orders', { n: shop.ordersTotal })}</Link>{' '}
        <span className="quiet figure">· {i('today', { n: shop.ordersToday })}</span>
      </p>
      <dl className="facts wide">
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
    </section>
  )
}
