/**
 * The motif: two banks and a way between them. A lane is whole, thin (slowed) or broken (paused), and the word
 * always stands beside the line.
 */
import type { Integration, LaneName } from '../api/shapes.ts'
import { useDomain, useWords } from '../words.ts'

export type LaneState = 'connected' | 'slowed' | 'paused' | 'unused' | 'disabled'
export const LANE_NAMES: readonly LaneName[] = ['import', 'write-back', 'webhooks']

/** A webhooks lane without standing webhooks is not in use: the hub has no public address. */
export function laneState(integration: Integration, lane: LaneName): LaneState {
  if (integration.disabledAt) return 'disabled'
  const health = integration.lanes.find((each) => each.lane === lane)
  if (!health) return 'unused'
  if (lane === 'webhooks' && health.state === 'connected' && !integration.webhooks?.standing) return 'unused'
  return health.state
}

export function LaneLine({ state, wide = false }: { state: LaneState; wide?: boolean }) {
  const width = wide ? 240 : 56
  const middle = width / 2
  const gap = wide ? 22 : 8
  const end = width - 5
  const path = state === 'paused' ? `M5 7H${middle - gap}M${middle + gap} 7H${end}` : `M5 7H${end}`
  return (
    <svg
      className={`lane-line lane-${state}`}
      viewBox={`0 0 ${width} 14`}
      width={width}
      height={14}
      preserveAspectRatio="xMinYMid"
      aria-hidden="true"
      focusable="false"
    >
      <path d={path} fill="none" />
      {state === 'paused' && <path className="lane-cut" d={`M${middle - gap} 3V11M${middle + gap} 3V11`} fill="none" />}
      <circle cx="5" cy="7" r="3.5" />
      <circle cx={end} cy="7" r="3.5" />
    </svg>
  )
}

function useLaneWord(): (state: LaneState) => string {
  const t = useWords('lanes')
  const health = useDomain('health')
  return (state) => (state === 'unused' ? t('unused') : health(state))
}

export function Lanes({ integration }: { integration: Integration }) {
  const t = useWords('lanes')
  const word = useLaneWord()
  return (
    <ul className="lanes" aria-label={t('title')}>
      {LANE_NAMES.map((lane) => {
        const state = laneState(integration, lane)
        return (
          <li key={lane} className={`lane lane-${state}`}>
            <span className="lane-name">{t(lane)}</span>
            <LaneLine state={state} />
            <span className="lane-word">{word(state)}</span>
          </li>
        )
      })}
    </ul>
  )
}

/** The same way, large: the shop on one bank, the hub on the other. */
export function Bridge({ integration }: { integration: Integration }) {
  const t = useWords('lanes')
  const word = useLaneWord()
  const tt = useWords('integration')
  return (
    <figure className="bridge" aria-label={tt('bridge')}>
      <div className="bank">{tt('shop')}</div>
      <ul className="ways">
        {LANE_NAMES.map((lane) => {
          const state = laneState(integration, lane)
          return (
            <li key={lane} className={`way lane-${state}`}>
              <span className="way-name">{t(`${lane}Long`)}</span>
              <LaneLine state={state} wide />
              <span className="lane-word">{word(state)}</span>
            </li>
          )
        })}
      </ul>
      <div className="bank">{tt('hub')}</div>
    </figure>
  )
}
