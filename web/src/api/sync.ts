/**
 * "Mettre à jour": asks for a sync now and follows it until it is over. Its state lives outside the page, so that it
 * goes on, and is found again, when the page is left.
 */
import { useSyncExternalStore } from 'react'
import { api, ApiError, need, newIntent } from './client.ts'
import { freshen } from './queries.ts'
import type { SyncResult } from './shapes.ts'

export interface Sync {
  running: boolean
  result?: SyncResult
  error?: unknown
}

const syncs = new Map<string, Sync>()
const listeners = new Set<() => void>()
const set = (id: string, sync: Sync) => {
  syncs.set(id, sync)
  for (const listener of listeners) listener()
}
const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export const useSync = (id: string): Sync | undefined => useSyncExternalStore(subscribe, () => syncs.get(id))

/** The hub restarts now and then; a sync is not given up for a few unanswered questions. */
const MISSES = 5
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

async function follow(id: string, askedAt: string): Promise<SyncResult> {
  for (let misses = 0; ;) {
    try {
      const result = await need(
        api.GET('/api/v1/integrations/{id}/sync', { params: { path: { id }, query: { askedAt, wait: '1' } } }),
      )
      if (!result.running) return result
      set(id, { running: true, result })
      misses = 0
    } catch (error) {
      if (!(error instanceof ApiError) || (error.status > 0 && error.status < 500) || ++misses > MISSES) throw error
    }
    await pause(500)
  }
}

async function run(id: string, ask: () => Promise<string>): Promise<Sync> {
  const before = syncs.get(id)
  if (before?.running) return before // a second click joins the first
  set(id, { running: true })
  let sync: Sync
  try {
    sync = { running: false, result: await follow(id, await ask()) }
  } catch (error) {
    sync = { running: false, error }
  }
  set(id, sync)
  await freshen()
  return sync
}

export const syncNow = (id: string): Promise<Sync> =>
  run(id, async () => {
    const headers = { 'idempotency-key': newIntent() }
    return (await need(api.POST('/api/v1/integrations/{id}/sync', { params: { path: { id } }, headers }))).askedAt
  })

export async function syncAll(): Promise<Sync[]> {
  const asked = await need(api.POST('/api/v1/sync', { headers: { 'idempotency-key': newIntent() } }))
  return Promise.all(asked.items.map((each) => run(each.id, async () => each.askedAt)))
}
