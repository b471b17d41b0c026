/** One claim being worked on: who, on what, with which tools. Made per claim, thrown away at its end. */
import { getIntegration, savePageSize, type SavedIntegration } from '../database/integrations.ts'
import { noCounts, type RunCounts } from '../database/runs.ts'
import type { Claim } from '../database/streams.ts'
import type { Product } from '../domain/order.ts'
import type { Connector, Platform } from '../domain/platform.ts'
import { openConnector, platformFor } from './connector.ts'
import type { Hub } from './hub.ts'

export interface Work {
  hub: Hub
  /** Absent when a person's request reads one order outside of any claim. */
  claim?: Claim
  integration: SavedIntegration
  platform: Platform
  connector: Connector
  /** Front of this workspace's search words. */
  searchKey: string
  pageSize: number
  /** Page size that was too much a moment ago. */
  tooMuch: number
  /** The lane already fails: ask once, cheaply, and not again. */
  probing: boolean
  /** Products met so far, so that a page of the same goods asks nobody. */
  products: Map<string, Product>
  /** Keys asked for in this claim, answered or not. */
  askedFor: Set<string>
  counts: RunCounts
  /** Some record of this shop lies in quarantine: orders that come through are looked for there. */
  hasQuarantine: boolean
  signal: AbortSignal
}

/** Stands in where a failure is only written down; nothing asks it anything. */
const NO_CONNECTOR = {} as Connector
const NO_PLATFORM = {} as Platform

/** @returns undefined when the integration was removed meanwhile */
export async function openWork(
  hub: Hub,
  of: { workspaceId: string; integrationId: string },
  options: { claim?: Claim; signal?: AbortSignal; withoutConnector?: boolean } = {},
): Promise<Work | undefined> {
  const integration = await getIntegration(hub.db, of.workspaceId, of.integrationId)
  if (!integration) return undefined
  const { rows } = await hub.db.query<{ search_key: string; quarantine: boolean }>(
    `SELECT search_key, EXISTS (SELECT 1 FROM quarantine WHERE workspace_id = $1 AND integration_id = $2) AS quarantine
     FROM workspaces WHERE id = $1`,
    [of.workspaceId, of.integrationId],
  )
  return {
    hub,
    claim: options.claim,
    integration,
    platform: options.withoutConnector ? NO_PLATFORM : platformFor(hub, integration.platform),
    connector: options.withoutConnector ? NO_CONNECTOR : await openConnector(hub, integration),
    searchKey: rows[0]!.search_key,
    pageSize: integration.pageSize,
    tooMuch: Infinity,
    probing: false,
    products: new Map(),
    askedFor: new Set(),
    counts: noCounts(),
    hasQuarantine: rows[0]!.quarantine,
    signal: options.signal ?? new AbortController().signal,
  }
}

/** A claimed work: what saves under a fence. */
export type ClaimedWork = Work & { claim: Claim }

export async function rememberPageSize(work: Work): Promise<void> {
  const { integration, pageSize, hub } = work
  if (pageSize === integration.pageSize) return
  await savePageSize(hub.db, integration.workspaceId, integration.id, pageSize)
  work.integration = { ...integration, pageSize }
}

/** What was counted since the last look. */
export function takeCounts(work: Work): RunCounts {
  const counts = work.counts
  work.counts = noCounts()
  return counts
}
