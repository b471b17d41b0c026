/** Numbers for a monitoring system. A registry of its own per hub: several hubs may live in one process. */
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from '@prometheus-io/client'
import { LANES } from '../domain/integration.ts'
import { WRITEBACK_STATES } from '../domain/shipment.ts'
import type { Hub } from '../sync/hub.ts'

export interface Metrics {
  request(method: string, route: string, status: number, ms: number): void
  text(): Promise<string>
  contentType: string
}

const STATES = ['connected', 'slowed', 'paused'] as const

export function createMetrics(hub: Hub): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const requests = new Counter({
    name: 'passerelle_http_requests_total',
    help: 'Requests answered',
    labelNames: ['method', 'route', 'status'],
    registers: [registry],
  })
  const durations = new Histogram({
    name: 'passerelle_http_request_seconds',
    help: 'Time to answer',
    labelNames: ['route'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.3, 1, 3, 10, 60],
    registers: [registry],
  })
  const lanes = new Gauge({
    name: 'passerelle_lanes',
    help: 'Lanes of live integrations by state',
    labelNames: ['lane', 'state'],
    registers: [registry],
    collect: async () => {
      const { rows } = await hub.db.query<{ lane: string; state: string; count: number }>(
        `SELECT l.lane, l.state, count(*)::int AS count FROM lane_health l
         JOIN integrations i ON i.workspace_id = l.workspace_id AND i.id = l.integration_id
         WHERE i.removed_at IS NULL AND i.disabled_at IS NULL GROUP BY 1, 2`,
      )
      for (const lane of LANES) for (const state of STATES) lanes.set({ lane, state }, 0)
      for (const { lane, state, count } of rows) lanes.set({ lane, state }, count)
    },
  })
  const writebacks = new Gauge({
    name: 'passerelle_writebacks',
    help: 'Write-backs that are not confirmed, by state',
    labelNames: ['state'],
    registers: [registry],
    collect: async () => {
      const { rows } = await hub.db.query<{ state: string; count: number }>(
        `SELECT w.state, count(*)::int AS count FROM writebacks w
         JOIN integrations i ON i.workspace_id = w.workspace_id AND i.id = w.integration_id
         WHERE w.state <> 'confirmed' AND i.removed_at IS NULL GROUP BY 1`,
      )
      for (const state of WRITEBACK_STATES) if (state !== 'confirmed') writebacks.set({ state }, 0)
      for (const { state, count } of rows) writebacks.set({ state }, count)
    },
  })
  const overdue = new Gauge({
    name: 'passerelle_streams_overdue_seconds',
    help: 'How late the latest due stream is',
    registers: [registry],
    collect: async () => {
      const { rows } = await hub.db.query<{ next: string | null }>(`SELECT min(next_run_at) AS next FROM streams`)
      const next = rows[0]?.next
      overdue.set(next ? Math.max(0, (hub.clock.now() - Date.parse(next)) / 1000) : 0)
    },
  })
  return {
    request(method, route, status, ms) {
      requests.inc({ method, route, status: String(status) })
      durations.observe({ route }, ms / 1000)
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}
