/** Nothing is connected yet: what will appear, and the one next step. */
import { Link } from 'react-router'
import { useDemo } from '../api/use-demo.ts'
import { useSetupState } from '../api/queries.ts'
import { useWords } from '../words.ts'
import { Trouble } from './trouble.tsx'

export function Begin({ lead }: { lead: string }) {
  const t = useWords('today')
  const demo = useDemo()
  const setup = useSetupState()
  return (
    <div className="begin">
      <p>{lead}</p>
      <div className="begin-steps">
        <div>
          <Link className="button main" to="/integrations/new">
            {t('connect')}
          </Link>
          <p className="hint">{t('connectHint')}</p>
        </div>
        {setup.data?.demo.available !== false && (
          <div>
            <button
              type="button"
              className="button"
              aria-disabled={demo.isPending}
              onClick={() => !demo.isPending && demo.mutate()}
            >
              {demo.isPending ? t('demoStarting') : t('demo')}
            </button>
            <p className="hint">{t('demoHint')}</p>
          </div>
        )}
      </div>
      <Trouble error={demo.error} />
    </div>
  )
}
