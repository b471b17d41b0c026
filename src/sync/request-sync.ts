/** « Mettre à jour »: a sync starts now, or joins the one that was just asked for, and says what it brought. */
import { getIntegration, listIntegrations } from '../database/integrations.ts'
import { sumRuns, type RunCounts } from '../database/runs.ts'
import { askForSync, streamsOf, type Stream } from '../database/streams.ts'
import { instant } from '../domain/clock.ts'
import { HubError, type ErrorCode } from '../domain/errors.ts'
import type { Hub } from './hub.ts'

const DEBOUNCE_MS = 60_000
const LOOK_MS = 150

export interface Asked {
  integrationId: string
  name: string
  /** Names this request: `syncResult` sums up from here. */
  askedAt: string
  /** Somebody asked within the last minute; this is that request. */
  debounced: boolean
}

/**
 * @param options.join always starts one (the command line); by default a second request within a minute joins the first
 * @throws HubError `not-found`; `integration-disabled` for a single one that its owner switched off
 */
export async function requestSync(
  hub: Hub,
  workspaceId: string,
  which: string,
  options: { always?: boolean } = {},
): Promise<{ askedAt: string; integrations: Asked[] }> {
  const now = hub.clock.now()
  const integrations = await chosen(hub, workspaceId, which, now)
  const asked: Asked[] = []
  for (const { id, name } of integrations) {
    asked.push(
      await hub.db.transaction(async (tx) => {
        const last = await lockLastAsk(tx, workspaceId, id)
        const soon = last !== undefined && now - Date.parse(last) < DEBOUNCE_MS && !options.always
        if (!soon) await askForSync(tx, workspaceId, id, instant(now))
        return { integrationId: id, name, askedAt: soon ? last : instant(now), debounced: soon }
      }),
    )
  }
  return { askedAt: asked.map((one) => one.askedAt).sort()[0] ?? instant(now), integrations: asked }
}

async function chosen(
  hub: Hub,
  workspaceId: string,
  which: string,
  now: number,
): Promise<{ id: string; name: string }[]> {
  if (which === 'all')
    return (await listIntegrations(hub.db, workspaceId, now)).filter((one) => one.disabledAt === undefined)
  const integration = await getIntegration(hub.db, workspaceId, which)
  if (!integration) throw new HubError('not-found', 'no such integration')
  if (integration.disabledAt !== undefined) {
    throw new HubError('integration-disabled', 'the integration is switched off', {
      params: { name: integration.name },
    })
  }
  return [integration]
}

type Tx = Parameters<Parameters<Hub['db']['transaction']>[0]>[0]

async function lockLastAsk(tx: Tx, workspaceId: string, id: string): Promise<string | undefined> {
  const { rows } = await tx.query<{ last_asked_at: string | null }>(
    `SELECT last_asked_at FROM streams WHERE workspace_id = $1 AND integration_id = $2 AND kind = 'orders' AND pass = 'live'
     FOR NO KEY UPDATE`,
    [workspaceId, id],
  )
  return rows[0]?.last_asked_at ?? undefined
}

export interface SyncResult extends RunCounts {
  integrationId: string
  askedAt: string
  /** `waiting` for a worker · `running` · `done` · `failed`: the shop did not answer as it should. */
  state: 'waiting' | 'running' | 'done' | 'failed'
  durationMs: number
  failing?: { code: ErrorCode; params: Record<string, string | number> }
  /** Of the older orders, while they are being read. */
  backfill?: { done: number; total?: number }
  /** Write-backs that are due and not told yet keep `everything` waiting. */
  tellingShop: boolean
}

export interface WaitOptions {
  /** `live`: new and changed orders are in · `everything`: older orders too, and write-backs that were due are told. */
  wait: 'live' | 'everything'
  /** Answers with what there is when it takes longer. 0: at once. */
  timeoutMs: number
}

/** @throws HubError `not-found` */
export async function syncResult(
  hub: Hub,
  workspaceId: string,
  integrationId: string,
  askedAt: string,
  options: WaitOptions,
  signal?: AbortSignal,
): Promise<SyncResult> {
  if (!(await getIntegration(hub.db, workspaceId, integrationId)))
    throw new HubError('not-found', 'no such integration')
  const until = hub.clock.now() + options.timeoutMs
  for (;;) {
    const result = await look(hub, workspaceId, integrationId, askedAt, options.wait)
    const over = result.state === 'done' || result.state === 'failed'
    if (over || signal?.aborted || hub.clock.now() >= until) return result
    await hub.clock.sleep(Math.min(LOOK_MS, until - hub.clock.now()), signal)
  }
}

async function look(
  hub: Hub,
  workspaceId: string,
  id: string,
  askedAt: string,
  wait: WaitOptions['wait'],
): Promise<SyncResult> {
  const now = hub.clock.now()
  const streams = await streamsOf(hub.db, workspaceId, id)
  const { endedAt, ...counts } = await sumRuns(hub.db, workspaceId, id, askedAt)
  const of = (kind: string, pass: string) => streams.find((stream) => stream.kind === kind && stream.pass === pass)
  const [live, backfill, tracking] = [of('orders', 'live'), of('orders', 'backfill'), of('tracking', 'live')]
  const served = live?.lastRunAt !== undefined && live.lastRunAt >= askedAt
  const failing = served
    ? troubleOf(
        live,
        ...(wait === 'everything' ? [backfill, ...(triedSince(tracking, askedAt) ? [tracking] : [])] : []),
      )
    : undefined
  const isDue = (stream: Stream | undefined) => stream?.nextRunAt !== undefined && stream.nextRunAt <= instant(now)
  const open = backfill?.nextRunAt !== undefined
  const rest = [of('orders', 'removed'), of('orders', 'hinted'), tracking].some(isDue) || open
  const done = served && (wait === 'live' || !rest)
  return {
    integrationId: id,
    askedAt,
    ...counts,
    state: failing ? 'failed' : done ? 'done' : (await isWorkedOn(hub, workspaceId, id, now)) ? 'running' : 'waiting',
    durationMs: Math.max(0, (done || failing ? Date.parse(endedAt ?? instant(now)) : now) - Date.parse(askedAt)),
    failing,
    backfill: open ? (backfill.progress ?? { done: 0 }) : undefined,
    tellingShop: isDue(tracking),
  }
}

const triedSince = (stream: Stream | undefined, askedAt: string): boolean =>
  stream?.lastRunAt !== undefined && stream.lastRunAt >= askedAt

function troubleOf(...streams: (Stream | undefined)[]): SyncResult['failing'] {
  const failing = streams.find((stream) => stream !== undefined && stream.failures > 0 && stream.because !== undefined)
  return failing && { code: failing.because!, params: failing.params }
}

async function isWorkedOn(hub: Hub, workspaceId: string, id: string, now: number): Promise<boolean> {
  const { rowCount } = await hub.db.query(
    `SELECT 1 FROM integrations WHERE workspace_id = $1 AND id = $2 AND lease_until > $3`,
    [workspaceId, id, instant(now)],
  )
  return rowCount > 0
}
