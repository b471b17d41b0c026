/** Every call to the shop, without secrets: the evidence. */
import { useExchanges } from '../api/queries.ts'
import type { Exchange, Integration } from '../api/shapes.ts'
import { useFormats } from '../format.ts'
import { More } from '../parts/more.tsx'
import { Ago } from '../parts/time.tsx'
import { Trouble } from '../parts/trouble.tsx'
import { useWords } from '../words.ts'

export function Exchanges({ shop }: { shop: Integration }) {
  const t = useWords('integration')
  const list = useExchanges(shop.id)
  const items = list.data?.pages.flatMap((page) => page.items)
  return (
    <section id="exchanges">
      <h2>{t('exchanges')}</h2>
      <p className="quiet small">{t('exchangesLead')}</p>
      <Trouble error={items ? null : list.error} />
      {items?.length === 0 && <p className="quiet">{t('exchangesEmpty')}</p>}
      <ul className="log">
        {items?.map((exchange) => (
          <li key={exchange.id}>
            <One exchange={exchange} />
          </li>
        ))}
      </ul>
      <More list={list} />
    </section>
  )
}

/** What a call asked for, without the signature around it; the whole address stands inside. */
const path = (url: string): string => {
  try {
    const { pathname, searchParams } = new URL(url)
    const asked = [...searchParams]
      .filter(([name]) => !/^(?:oauth_|consumer_|_$)/.test(name))
      .map(([name, value]) => `${name}=${value}`)
    return asked.length > 0 ? `${pathname}?${asked.join('&')}` : pathname
  } catch {
    return url
  }
}

function One({ exchange }: { exchange: Exchange }) {
  const t = useWords('integration')
  const f = useFormats()
  const bad = exchange.status === undefined || exchange.status >= 400
  return (
    <details className="exchange">
      <summary>
        <span className={bad ? 'code bad figure' : 'code figure'}>{exchange.status ?? t('noAnswer')}</span>
        <span className="call">
          <b>{exchange.method}</b> {path(exchange.url)}
        </span>
        <span className="quiet small figure nowrap">
          {f.duration(exchange.tookMs)} · <Ago at={exchange.at} />
        </span>
      </summary>
      <dl className="facts wide">
        <div>
          <dt>{t('when')}</dt>
          <dd>{f.full(exchange.at)}</dd>
        </div>
        <div>
          <dt>{t('size')}</dt>
          <dd>{f.bytes(exchange.wireBytes)}</dd>
        </div>
        {exchange.error && (
          <div>
            <dt>{t('answer')}</dt>
            <dd>
              <code>{exchange.error}</code>
            </dd>
          </div>
        )}
      </dl>
      <pre>{`${exchange.method} ${exchange.url}`}</pre>
      <Headers title={t('request')} headers={exchange.requestHeaders} />
      {exchange.responseHeaders && <Headers title={t('response')} headers={exchange.responseHeaders} />}
      {exchange.bodyStart && (
        <>
          <h3>{t('body')}</h3>
          <pre tabIndex={0} role="region" aria-label={t('body')}>
            {exchange.bodyStart}
          </pre>
        </>
      )}
    </details>
  )
}

function Headers({ title, headers }: { title: string; headers: Record<string, string> }) {
  return (
    <>
      <h3>{title}</h3>
      <pre tabIndex={0} role="region" aria-label={title}>
        {Object.entries(headers)
          .map(([name, value]) => `${name}: ${value}`)
          .join('\n')}
      </pre>
    </>
  )
}
