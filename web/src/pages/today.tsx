/** What must I do now? Nothing stands here that asks for no action. */
import { Link } from 'react-router'
import { useCounts, useIntegrations } from '../api/queries.ts'
import { useFormats } from '../format.ts'
import { Begin } from '../parts/begin.tsx'
import { Loading } from '../parts/late.tsx'
import { Page } from '../parts/page.tsx'
import { failingLanes, StateSentence } from '../parts/state-sentence.tsx'
import { SyncButton, SyncOutcome } from '../parts/sync-button.tsx'
import { Trouble } from '../parts/trouble.tsx'
import { useWords } from '../words.ts'

export function Today() {
  const t = useWords('today')
  const f = useFormats()
  const counts = useCounts()
  const integrations = useIntegrations()
  const shops = integrations.data?.items

  if (shops?.length === 0) {
    return (
      <Page title={t('welcome')} call="/api/v1/counts">
        <Begin lead={t('welcomeLead')} />
      </Page>
    )
  }

  const n = counts.data
  const wrong =
    shops?.filter((shop) => !shop.disabledAt && failingLanes(shop).some((lane) => lane.state !== 'connected')) ?? []
  const moving = shops?.filter((shop) => shop.backfill && !shop.disabledAt) ?? []
  const decide = n ? n.writebacksRefused + n.writebacksInDoubt : 0
  const calm = n && decide === 0 && n.attention === 0 && wrong.length === 0 && moving.length === 0
  const plus = n?.capped ? '+' : ''

  return (
    <Page title={t('title')} call="/api/v1/counts">
      <Trouble error={counts.error && !n ? counts.error : null} />
      {!n && !counts.error && <Loading />}
      {n && (
        <section className="to-ship">
          <p className="to-ship-count">
            {n.toShip > 0 ? (
              <Link to="/orders?toShip=1">
                <span className="figure">
                  {f.number(n.toShip)}
                  {n.toShip >= 1000 && plus}
                </span>{' '}
                {t('toShipWord', { n: n.toShip })}
              </Link>
            ) : (
              t('toShipNone')
            )}
          </p>
          {n.oldestToShipAt && n.toShip > 0 && (
            <p className="quiet" title={f.full(n.oldestToShipAt)}>
              {t('oldest', { since: f.since(n.oldestToShipAt) })}
            </p>
          )}
        </section>
      )}
      {wrong.length > 0 && (
        <section>
          <h2>{t('wrong')}</h2>
          <ul className="rows">
            {wrong.map((shop) => (
              <li key={shop.id} className="row-wrong">
                <div>
                  <h3>
                    <Link to={`/integrations/${shop.id}`}>{shop.name}</Link>
                  </h3>
                  <StateSentence integration={shop} />
                  <SyncOutcome integration={shop} />
                </div>
                <SyncButton integration={shop} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {n && (decide > 0 || n.attention > 0) && (
        <section>
          <h2>{t('decide')}</h2>
          <ul className="rows">
            {decide > 0 && (
              <li>
                <Link to="/writebacks">{t('decideWritebacks', { n: decide })}</Link>
                <p className="hint">{t('decideWritebacksHint')}</p>
              </li>
            )}
            {n.attention > 0 && (
              <li>
                <Link to="/orders?attention=1">{t('attention', { n: n.attention })}</Link>
                <p className="hint">{t('attentionHint')}</p>
              </li>
            )}
          </ul>
        </section>
      )}
      {moving.length > 0 && (
        <section>
          <h2>{t('moving')}</h2>
          <ul className="rows">
            {moving.map((shop) => (
              <li key={shop.id}>
                <h3>
                  <Link to={`/integrations/${shop.id}`}>{shop.name}</Link>
                </h3>
                <SyncOutcome integration={shop} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {calm && <p className="quiet">{t('calm')}</p>}
    </Page>
  )
}
