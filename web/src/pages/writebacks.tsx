/** What shops refused, or may or may not have received: a person decides. */
import { useWritebacks } from '../api/queries.ts'
import { Loading } from '../parts/late.tsx'
import { More } from '../parts/more.tsx'
import { Page } from '../parts/page.tsx'
import { Trouble } from '../parts/trouble.tsx'
import { Told } from '../shop/told.tsx'
import { useWords } from '../words.ts'

export function Writebacks() {
  const t = useWords('writebacks')
  const today = useWords('nav')
  const doubt = useWritebacks({ state: 'in-doubt' })
  const refused = useWritebacks({ state: 'refused' })
  const lists = [doubt, refused]
  const items = lists.flatMap((list) => list.data?.pages.flatMap((page) => page.items) ?? [])
  const loaded = doubt.data && refused.data
  return (
    <Page title={t('title')} crumb={{ to: '/', text: today('today') }} call="/api/v1/writebacks?state=refused">
      {loaded && items.length === 0 ? (
        <>
          <h2>{t('empty')}</h2>
          <p>{t('emptyLead')}</p>
        </>
      ) : (
        <p className="lead">{t('lead')}</p>
      )}
      {!loaded && (doubt.error || refused.error ? <Trouble error={doubt.error ?? refused.error} /> : <Loading />)}
      <ul className="log">
        {items.map((writeback) => (
          <Told key={writeback.id} writeback={writeback} decide />
        ))}
      </ul>
      <More list={doubt} />
      <More list={refused} />
    </Page>
  )
}
