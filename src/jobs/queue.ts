/**
 * One-off jobs on PostgreSQL (pg-boss), and the nightly housekeeping.
 *
 * Due integrations are not jobs: they are rows with a lease (`sync/worker.ts`), which costs a tenth when ten thousand
 * of them are idle. The reasons are in docs/decisions/0003-leases-and-queue.md.
 */
import { PgBoss } from 'pg-boss'
import { asHubError } from '../domain/errors.ts'
import type { Database } from '../database/open.ts'
import type { Hub, Jobs, Queue } from '../sync/hub.ts'
import { nightly } from './nightly.ts'
import { removeWebhooks } from './remove-webhooks.ts'

const SCHEMA = 'passerelle_jobs'
const NIGHTLY = 'nightly'

/** A day of tries: a shop that is down tonight is usually back tomorrow. */
const RETRY = { retryLimit: 20, retryDelay: 60, retryBackoff: true, retryDelayMax: 6 * 3600 }

export interface JobQueue extends Queue {
  /** Works on jobs until stopped; without it this process only sends them. */
  work(hub: Hub): Promise<void>
  stop(): Promise<void>
}

/** Opens lazily: a command that sends no job pays nothing for the queue. */
export function jobQueue(db: Database, onError: (thrown: unknown) => void): JobQueue {
  let opening: Promise<PgBoss> | undefined
  let working = false

  const open = (supervise: boolean) =>
    (opening ??= (async () => {
      const boss = new PgBoss({
        schema: SCHEMA,
        supervise,
        schedule: supervise,
        // The pool itself: pg-boss sends several statements at once and reads the results of each.
        db: { executeSql: (text, values) => db.pool.query(text, values) },
      })
      boss.on('error', onError)
      await boss.start()
      await boss.createQueue('remove-webhooks', { ...RETRY, heartbeatSeconds: 60 })
      await boss.createQueue(NIGHTLY, { retryLimit: 3, retryDelay: 600, heartbeatSeconds: 60, policy: 'singleton' })
      return boss
    })())

  return {
    async send(tx, name, data) {
      const boss = await open(working)
      await boss.send(name, data, {
        db: { executeSql: async (text: string, values?: unknown[]) => ({ rows: (await tx.query(text, values)).rows }) },
      })
    },
    async work(hub) {
      working = true
      const boss = await open(true)
      const handle = <N extends keyof Jobs>(name: N, run: (hub: Hub, data: Jobs[N]) => Promise<void>) =>
        boss.work<Jobs[N]>(name, { pollingIntervalSeconds: 5 }, async (jobs) => {
          for (const job of jobs) {
            await run(hub, job.data).catch((thrown: unknown) => {
              const error = asHubError(thrown)
              hub.log.warn({ job: name, code: error.code, err: error }, 'job failed; it is tried again')
              throw error
            })
          }
        })
      await handle('remove-webhooks', removeWebhooks)
      await boss.work(NIGHTLY, { pollingIntervalSeconds: 30 }, () => nightly(hub))
      await boss.schedule(NIGHTLY, '17 3 * * *')
    },
    async stop() {
      if (!opening) return
      const boss = await opening
      await boss.stop({ graceful: true, timeout: 5_000 })
    },
  }
}
