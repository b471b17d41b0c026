/**
 * A real PostgreSQL database for one test file or one test: cloned from the migrated template, dropped at its end.
 *
 *     const db = await testDatabase()            // inside beforeAll, beforeEach or a test
 */
import { randomBytes } from 'node:crypto'
import { inject, onTestFinished } from 'vitest'
import { type Connection } from '../../src/database/embedded.ts'
import { Database } from '../../src/database/open.ts'
import { TEMPLATE } from './template.ts'

export interface TestDatabaseOptions {
  /** No table at all, instead of all migrations. */
  empty?: boolean
  /** Most connections at once. Default 5: files run side by side on a server that allows 60. */
  max?: number
}

export interface TestDatabase extends Database {
  readonly connection: Connection
  /** The same as DATABASE_URL would name it, for processes a test starts. */
  readonly url: string
  /** Another pool on the same database, as another process of the hub would have. */
  another(): Database
  /** Closes every pool and removes the database. Called by itself when made inside a test or given to `afterAll`. */
  drop(): Promise<void>
}

export async function testDatabase(options: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const server = inject('postgres')
  const name = `test_${randomBytes(6).toString('hex')}`
  await asAdmin(server, `create database ${name}${options.empty ? '' : ` template ${TEMPLATE} strategy file_copy`}`)

  const connection = { ...server, database: name }
  const pools: Database[] = []
  const another = () => {
    const pool = new Database(connection, { max: options.max ?? 5 })
    pools.push(pool)
    return pool
  }
  const drop = async () => {
    await Promise.all(pools.map((pool) => pool.close()))
    await asAdmin(server, `drop database if exists ${name} with (force)`)
  }
  whenTestEnds(drop)
  return Object.assign(another(), { connection, url: urlOf(connection), another, drop })
}

/** Inside a test it is dropped at the test's end; made in a hook, it lives until `drop` or the end of the run. */
function whenTestEnds(drop: () => Promise<void>): void {
  try {
    onTestFinished(drop)
  } catch {
    // not inside a test: the whole server goes away with the run
  }
}

async function asAdmin(server: Connection, statement: string): Promise<void> {
  const admin = new Database(server, { max: 1 })
  try {
    await admin.query(statement)
  } finally {
    await admin.close()
  }
}

export function urlOf({ host, port, user, password, database }: Connection): string {
  const login = `${user}:${encodeURIComponent(password)}`
  return host.startsWith('/')
    ? `postgres://${login}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`
    : `postgres://${login}@${host}:${port}/${database}`
}
