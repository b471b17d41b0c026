/** Are all my shops connected? */
import { Link } from 'react-router'
import { useIntegrations, usePlatforms } from '../api/queries.ts'
import type { Integration } from '../api/shapes.ts'
import { Begin } from '../parts/begin.tsx'
import { Lanes } from '../parts/lanes.tsx'
import { Loading } from '../parts/late.tsx'
import { Page } from '../parts/page.tsx'
import { StateSentence } from '../parts/state-sentence.tsx'
import { SyncAllButton, SyncButton, SyncOutcome } from '../parts/sync-button.tsx'
import { Trouble } from '../parts/trouble.tsx'
import { useWords } from '../words.ts'

export function Integrations() {
  const t = useWords('integrations')
  const { data, error } = useIntegrations()
  const shops = data?.items
  const wrong = shops?.filter((shop) => shop.state === 'slowed' || shop.state === 'paused').length ?? 0

  if (shops?.length === 0) {
    return (
      <Page title={t('title')} call="/api/v1/integrations">
        <h2>{t('empty')}</h2>
        <Begin lead={t('emptyLead')} />
      </Page>
    )
  }
  return (
    <Page
      title={t('title')}
      call="/api/v1/integrations"
      actions={
        <>
          {shops && shops.length > 1 && <SyncAllButton />}
          <Link className="button" to="/integrations/new">
            {t('add')}
          </Link>
        </>
      }
    >
      {!shops && (error ? <Trouble error={error} /> : <Loading />)}
      {shops && (
        <>
          <p className="lead">
            {wrong > 0 ? t('someWrong', { wrong, n: String(shops.length) }) : t('allGood', { n: shops.length })}
          </p>
          <ul className="shops">
            {[...shops].sort(worstFirst).map((shop) => (
              <Shop key={shop.id} shop={shop} />
            ))}
          </ul>
        </>
      )}
    </Page>
  )
}

const RANK = { paused: 0, slowed: 1, connected: 2, disabled: 3 } as const
/** With two hundred shops, the three that need a hand must not stand on the fifth screen. */
const worstFirst = (a: Integration, b: Integration): number =>
  RANK[a.state] - RANK[b.state] || a.name.localeCompare(b.name)

function Shop({ shop }: { shop: Integration }) {
  const t = useWords('integrations')
  const platforms = usePlatforms()
  const platform = platforms.data?.items.find((each) => each.id === shop.platform)?.name ?? shop.platform
  return (
    <li className="shop">
      <div className="shop-name">
        <h2>
          <Link to={`/integrations/${shop.id}`}>{shop.name}</Link>
        </h2>
        <p className="quiet small">
          {platform} · {shop.url.replace(/^https?:\/\//, '')}
        </p>
        <p className="quiet small figure">{t('today', { n: shop.ordersToday })}</p>
      </div>
      <Lanes integration={shop} />
      <div className="shop-state">
        <StateSentence integration={shop} />
        <SyncOutcome integration={shop} />
      </div>
      {!shop.disabledAt && <SyncButton integration={shop} />}
    </li>
  )
}
