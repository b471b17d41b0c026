/** A CSV of tracking numbers: read first, every bad row named, shipped only after a yes. */
import { useMutation } from '@tanstack/react-query'
import { useRef, useState, type ChangeEvent } from 'react'
import { Link } from 'react-router'
import { api, need, newIntent } from '../api/client.ts'
import { freshen, useIntegrations } from '../api/queries.ts'
import { useAct } from '../api/use-act.ts'
import type { TrackingImport, TrackingPreview } from '../api/shapes.ts'
import { useFormats } from '../format.ts'
import { announce } from '../parts/announce.tsx'
import { useLate } from '../parts/late.tsx'
import { Page } from '../parts/page.tsx'
import { Trouble } from '../parts/trouble.tsx'
import { useWords } from '../words.ts'

type AnyRow = TrackingPreview['rows'][number] | TrackingImport['rows'][number]

/** Order by number, where the number stands in several shops. */
type Choices = Record<string, string>

/** Bytes as they are in the file: its encoding is for the hub to find out. */
const upload = (file: File, integration: string, choices: Choices) => ({
  params: {
    query: {
      ...(integration && { integration }),
      choose: Object.entries(choices).map(([number, order]) => `${number}:${order}`),
    },
  },
  headers: { 'content-type': 'application/octet-stream' },
  body: file as unknown as string,
  bodySerializer: (body: unknown) => body as BodyInit,
})

export function ImportTrackings() {
  const t = useWords('csv')
  const o = useWords('orders')
  const shops = useIntegrations().data?.items ?? []
  const [file, setFile] = useState<File>()
  const [integration, setIntegration] = useState('')
  const [choices, setChoices] = useState<Choices>({})
  const intent = useRef(newIntent())
  const preview = useMutation({
    mutationFn: (chosen: { file: File; integration: string; choices: Choices }) =>
      need(api.POST('/api/v1/trackings/preview', upload(chosen.file, chosen.integration, chosen.choices))),
  })
  const ship = useAct({
    mutationFn: (chosen: File) => {
      const request = upload(chosen, integration, choices)
      return need(
        api.POST('/api/v1/trackings/import', {
          ...request,
          headers: { ...request.headers, 'idempotency-key': intent.current },
        }),
      )
    },
    onSuccess: async (result) => {
      announce(t('done', { n: result.done }))
      await freshen()
    },
  })
  const late = useLate(preview.isPending)
  const read = (chosen: File | undefined, shop = integration, chose: Choices = {}) => {
    setFile(chosen)
    setChoices(chose)
    intent.current = newIntent()
    ship.reset()
    if (!chosen) preview.reset()
    else preview.mutate({ file: chosen, integration: shop, choices: chose })
  }
  const choose = (number: string, order: string) => read(file, integration, { ...choices, [number]: order })
  const result = ship.data
  const seen = preview.data
  return (
    <Page title={t('title')} crumb={{ to: '/orders', text: o('title') }}>
      {!result && <p>{t('lead')}</p>}
      {!result && (
        <div className="form">
          <div className="field">
            <label htmlFor="csv">{t('file')}</label>
            <input
              id="csv"
              type="file"
              accept=".csv,.txt,text/csv"
              onChange={(event: ChangeEvent<HTMLInputElement>) => read(event.target.files?.[0])}
            />
          </div>
          {shops.length > 1 && (
            <div className="field">
              <label htmlFor="csv-shop">{t('which')}</label>
              <select
                id="csv-shop"
                value={integration}
                onChange={(event) => {
                  setIntegration(event.target.value)
                  read(file, event.target.value)
                }}
              >
                <option value="">{o('anyShop')}</option>
                {shops.map((shop) => (
                  <option key={shop.id} value={shop.id}>
                    {shop.name}
                  </option>
                ))}
              </select>
            </div>
          )}
        </div>
      )}
      {!file && (
        <details open>
          <summary>{t('example')}</summary>
          <pre>{t('exampleFile')}</pre>
        </details>
      )}
      {late && (
        <p className="quiet" role="status">
          {t('previewing')}
        </p>
      )}
      <Trouble error={preview.error ?? ship.error} />
      {seen && !result && (
        <section>
          <p className="lead" role="status">
            {t('summary', { ready: seen.new, bad: seen.bad + seen.ambiguous, known: seen.already })}
          </p>
          {seen.new > 0 && file && (
            <button
              type="button"
              className="button main thumb"
              aria-disabled={ship.isPending}
              onClick={() => !ship.isPending && ship.mutate(file)}
            >
              {ship.isPending ? t('importing') : t('doImport', { n: seen.new })}
            </button>
          )}
          <Rows rows={seen.rows} choose={choose} />
        </section>
      )}
      {result && (
        <section>
          <p className="lead">{t('done', { n: result.done })}</p>
          <p>{t('doneLead')}</p>
          <p>
            <button type="button" className="button" onClick={() => read(undefined)}>
              {t('another')}
            </button>
          </p>
          <Rows rows={result.rows} />
        </section>
      )}
    </Page>
  )
}

type Choose = (number: string, order: string) => void

const BAD = new Set(['bad', 'ambiguous', 'failed'])

function Rows({ rows, choose }: { rows: readonly AnyRow[]; choose?: Choose }) {
  const t = useWords('csv')
  // What needs a hand stands first, each group in the order of the file.
  const sorted = [...rows].sort((a, b) => Number(BAD.has(b.state)) - Number(BAD.has(a.state)) || a.row - b.row)
  return (
    <table className="csv" role="table">
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader">{t('line')}</th>
          <th role="columnheader">{t('order')}</th>
          <th role="columnheader">{t('carrier')}</th>
          <th role="columnheader">{t('tracking')}</th>
          <th role="columnheader">{t('result')}</th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {sorted.map((row) => (
          <tr key={row.row} role="row" className={BAD.has(row.state) ? 'csv-bad' : undefined}>
            <td role="cell" className="figure quiet">
              {row.row}
            </td>
            <td role="cell" className="figure">
              {row.orderId ? <Link to={`/orders/${row.orderId}`}>{row.order}</Link> : row.order}
            </td>
            <td role="cell">{row.carrier}</td>
            <td role="cell" className="figure">
              {row.tracking}
            </td>
            <td role="cell">
              <RowResult row={row} choose={choose} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function RowResult({ row, choose }: { row: AnyRow; choose?: Choose | undefined }) {
  const t = useWords('csv')
  const f = useFormats()
  return (
    <>
      {row.problem ? (
        <>
          <strong>{row.problem.title}</strong> {row.problem.todo}
        </>
      ) : (
        t(`states.${row.state}`)
      )}
      {choose && row.choices && row.choices.length > 0 && (
        <select
          aria-label={t('whichOf', { number: row.order })}
          value=""
          onChange={(event) => choose(row.order, event.target.value)}
        >
          <option value="">{t('choose')}</option>
          {row.choices.map((choice) => (
            <option key={choice.orderId} value={choice.orderId}>
              {[choice.integrationName, choice.customer, f.day(choice.placedAt)].filter(Boolean).join(', ')}
            </option>
          ))}
        </select>
      )}
    </>
  )
}
