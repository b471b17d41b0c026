/**
 * Everywhere a lane can fail, one sentence of four parts: what stops · since when and why · what the hub does next,
 * and when · what you can do.
 */
import type { ReactNode } from 'react'
import { Link } from 'react-router'
import type { Integration, LaneHealth } from '../api/shapes.ts'
import { useFormats } from '../format.ts'
import { useWords } from '../words.ts'

const b = (chunks: ReactNode) => <b>{chunks}</b>

/** Lanes that fail, worst first; a lane that only stumbled (connected, but its last call failed) comes last. */
export function failingLanes(integration: Integration): LaneHealth[] {
  const rank = { paused: 0, slowed: 1, connected: 2 }
  return integration.lanes
    .filter((lane) => lane.state !== 'connected' || lane.because !== undefined)
    .sort((a, b) => rank[a.state] - rank[b.state])
}

/** Without its full stop: it is put inside a sentence. */
export const inSentence = (text: string): string => {
  const plain = text.trim().replace(/[.\s]+$/u, '')
  return /^[A-ZÀ-Ý][a-zà-ÿ’' ]/u.test(plain) ? plain.charAt(0).toLowerCase() + plain.slice(1) : plain
}

function LaneSentence({ integration, lane }: { integration: Integration; lane: LaneHealth }) {
  const t = useWords('state')
  const f = useFormats()
  const why = lane.because ? inSentence(lane.because.title) : t('whyUnknown')
  const what =
    lane.state === 'connected'
      ? t(`${lane.lane}.stumbling`, { why })
      : t(`${lane.lane}.${lane.state}`, { since: f.since(lane.since), why })
  const next = lane.nextAttemptAt ? t(`${lane.lane}.next`, { at: f.at(lane.nextAttemptAt) }) : t('nextUnknown')
  const login =
    lane.because?.code === 'login-rejected' ||
    lane.because?.code === 'permission-missing' ||
    lane.because?.code === 'credentials-unreadable'
  return (
    <p className={`sentence sentence-${lane.state}`}>
      {what} {next} {lane.state === 'paused' && lane.because?.todo ? <>{lane.because.todo} </> : null}
      {lane.state === 'slowed' && t.rich('doSlowed', { b })}
      {lane.state === 'paused' && t.rich('doPaused', { b })}{' '}
      {lane.state !== 'connected' && (
        <span className="sentence-links">
          {login && <Link to={`/integrations/${integration.id}#login`}>{t('replaceKey')}</Link>}{' '}
          <Link to={`/integrations/${integration.id}#exchanges`}>{t('showEvidence')}</Link>
        </span>
      )}
    </p>
  )
}

export function StateSentence({ integration }: { integration: Integration }) {
  const t = useWords('state')
  const d = useWords('today')
  const f = useFormats()
  if (integration.disabledAt)
    return <p className="sentence">{t('disabled', { since: f.since(integration.disabledAt) })}</p>
  const failing = failingLanes(integration)
  const decide = integration.writebacks.refused + integration.writebacks.inDoubt
  return (
    <div className="sentences">
      {failing.length === 0 && <Well integration={integration} />}
      {failing.map((lane) => (
        <LaneSentence key={lane.lane} integration={integration} lane={lane} />
      ))}
      {integration.troubles.map((trouble) => (
        <p key={trouble.code + trouble.title} className="sentence sentence-slowed">
          {trouble.title}. {trouble.todo}
        </p>
      ))}
      {decide > 0 && (
        <p className="sentence">
          <Link to="/writebacks">{d('decideWritebacks', { n: decide })}</Link>
        </p>
      )}
    </div>
  )
}

function Well({ integration }: { integration: Integration }) {
  const t = useWords('state')
  const f = useFormats()
  return (
    <p className="sentence quiet">
      {t('connected')}{' '}
      {integration.lastSyncAt ? (
        <span title={f.full(integration.lastSyncAt)}>{t('lastSync', { ago: f.ago(integration.lastSyncAt) })}</span>
      ) : (
        t('never')
      )}
    </p>
  )
}
