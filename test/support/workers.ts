/** Several worker processes on one database, to be killed while they work. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Queryable } from '../../src/database/open.ts'
import { startHubProcess, type HubProcess } from './hub-process.ts'
import { pause } from './import-under-fire.ts'

export interface Workers {
  /** Answers the tests' calls. */
  web: HubProcess
  /** Every worker there ever was, by the name it calls shops with. */
  names: Set<string>
  /** Starts one more. */
  add(): Promise<HubProcess>
  /** Kills a worker that holds an integration at this moment. @returns what it held, undefined when nobody works */
  killOneAtWork(except?: ReadonlySet<number>): Promise<Held | undefined>
  /** Milliseconds from the kill until somebody else had the integration; undefined when nobody had. */
  takenOver(held: Held, withinMs: number): Promise<number | undefined>
  alive: HubProcess[]
  stop(): Promise<void>
}

export interface Held {
  integrationId: string
  token: string
  pid: number
  killedAt: number
}

export async function startWorkers(options: {
  db: Queryable
  url: string
  folder: string
  origins: string[]
  count: number
}): Promise<Workers> {
  const { db, folder } = options
  const env = {
    DATABASE_URL: options.url,
    PASSERELLE_SECRET: randomBytes(32).toString('base64'),
    ALLOWED_PRIVATE_ORIGINS: options.origins.join(','),
    DATABASE_CONNECTIONS: '5',
  }
  const names = new Set<string>()
  const alive: HubProcess[] = []
  const web = await startHubProcess({
    dataDir: join(folder, 'web'),
    role: 'web',
    env: { ...env, IDENTITY_NAME: 'Web' },
  })
  const add = async () => {
    const name = `Worker${names.size + 1}`
    names.add(name)
    const worker = await startHubProcess({
      dataDir: join(folder, name),
      role: 'worker',
      env: { ...env, IDENTITY_NAME: name, WORKER_CONCURRENCY: '1' },
    })
    alive.push(worker)
    return worker
  }
  for (let n = 0; n < options.count; n++) await add()

  return {
    web,
    names,
    add,
    alive,
    killOneAtWork: async (except = new Set()) => {
      const { rows } = await db.query<{ id: string; token: string; holder: string }>(
        `SELECT id, lease_token::text AS token, lease_holder AS holder FROM integrations WHERE lease_until > now()`,
      )
      for (const { id, token, holder } of rows) {
        const pid = Number(holder.split(':').at(-1))
        const at = alive.findIndex((worker) => worker.pid === pid)
        if (at < 0 || except.has(pid)) continue
        const [worker] = alive.splice(at, 1)
        await worker!.kill()
        // Who gave the integration back in this very moment was not killed at work.
        const still = await db.query(
          `SELECT 1 FROM integrations WHERE id = $1 AND lease_token = $2 AND lease_until IS NOT NULL`,
          [id, token],
        )
        return still.rowCount === 1 ? { integrationId: id, token, pid, killedAt: performance.now() } : undefined
      }
      return undefined
    },
    takenOver: async (held, withinMs) => {
      for (;;) {
        const tookMs = performance.now() - held.killedAt
        const { rowCount } = await db.query(`SELECT 1 FROM integrations WHERE id = $1 AND lease_token > $2`, [
          held.integrationId,
          held.token,
        ])
        if (rowCount === 1) return tookMs
        if (tookMs > withinMs) return undefined
        await pause(100)
      }
    },
    stop: async () => {
      await Promise.all([...alive, web].map((hub) => hub.stop()))
    },
  }
}
