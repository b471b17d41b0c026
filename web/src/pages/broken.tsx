/** A page that failed in the browser: a fault of ours, said plainly. */
import { useWords } from '../words.ts'

export function Broken() {
  const t = useWords('app')
  return (
    <main className="door">
      <div className="page">
        <h1>{t('broken')}</h1>
        <p>{t('brokenTodo')}</p>
        <p>
          <button type="button" className="button main" onClick={() => location.reload()}>
            {t('reload')}
          </button>
        </p>
      </div>
    </main>
  )
}
