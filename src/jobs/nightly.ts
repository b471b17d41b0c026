/** Housekeeping of the whole database, once a night: log partitions made ahead, old logs and expired rows dropped. */
import { dropExpired, ensurePartitions } from '../database/retention.ts'
import type { Hub } from '../sync/hub.ts'

export async function nightly(hub: Hub): Promise<void> {
  const now = hub.clock.now()
  await ensurePartitions(hub.db, now)
  await dropExpired(hub.db, now)
}
