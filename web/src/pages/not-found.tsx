import { Page } from '../parts/page.tsx'
import { useWords } from '../words.ts'

export function NotFound() {
  const t = useWords('app')
  return (
    <Page title={t('notFound')}>
      <p>{t('notFoundTodo')}</p>
    </Page>
  )
}
