/**
 * One PostgreSQL for the whole test run, outside the repository, and in it a template database that holds every
 * migration: cloning it costs 20 ms, migrating anew would cost each test file ten times that.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { type Connection, startEmbedded } from '../../src/database/embedded.ts'
import { migrate } from '../../src/database/migrate.ts'
import { Database } from '../../src/database/open.ts'
import { TEMPLATE } from './template.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    postgres: Connection
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'passerelle-test-'))
  const embedded = await startEmbedded({ dataDir: folder, durable: false })
  await makeTemplate(embedded.connection)
  project.provide('postgres', embedded.connection)

  return async () => {
    await embedded.stop()
    await rm(folder, { recursive: true, force: true })
    // The account of root's PostgreSQL cannot enter a temporary folder of mode 0700: then the data lies elsewhere.
    if (!embedded.dataPlace.startsWith(folder))
      await rm(join(embedded.dataPlace, '..'), { recursive: true, force: true })
  }
}

async function makeTemplate(connection: Connection): Promise<void> {
  const admin = new Database(connection, { max: 1 })
  await admin.query(`create database ${TEMPLATE}`)
  const template = new Database({ ...connection, database: TEMPLATE }, { max: 1 })
  await migrate(template)
  await template.close()
  await admin.query(`alter database ${TEMPLATE} is_template true`)
  await admin.close()
}
