import { spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fakeClock } from '../../test/fakes/clock.ts'
import { testDatabase } from '../../test/support/database.ts'
import { readBackupHeader } from './backup.ts'
import { migrate } from './migrate.ts'
import { readMigrations } from './schema.ts'

const MIGRATOR = join(import.meta.dirname, '../../test/support/migrate-once.ts')

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'passerelle-migrations-'))
  file('0001-notes.sql', `create table notes (id integer primary key); insert into notes values (1);`)
  file('0002-more.sql', `insert into notes select max(id) + 1 from notes; select pg_sleep(0.05);`)
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const file = (name: string, sql: string) => writeFileSync(join(folder, name), sql)

describe('migrate', () => {
  test('applies each file once, in order, with the time of the clock', async () => {
    const db = await testDatabase({ empty: true })
    const clock = fakeClock('2026-11-24T09:00:00.000Z')

    expect((await migrate(db, { folder, clock })).map(({ name }) => name)).toEqual(['notes', 'more'])
    expect(await migrate(db, { folder, clock })).toEqual([])

    const { rows } = await db.query('select number, applied_at from hub_migrations order by 1')
    expect(rows).toEqual([
      { number: 1, applied_at: '2026-11-24T09:00:00.000Z' },
      { number: 2, applied_at: '2026-11-24T09:00:00.000Z' },
    ])
  })

  test('is safe in six processes that start at once', async () => {
    const db = await testDatabase({ empty: true })

    const counts = await Promise.all(Array.from({ length: 6 }, () => migrateElsewhere(db.url)))

    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(2)
    expect((await db.query('select id from notes order by 1')).rows).toEqual([{ id: 1 }, { id: 2 }])
  })

  test('leaves nothing of a file that fails, and keeps those before it', async () => {
    const db = await testDatabase({ empty: true })
    file('0003-broken.sql', 'create table half (id integer); select nonsense;')

    await expect(migrate(db, { folder })).rejects.toMatchObject({ code: 'internal', message: /0003-broken/ })

    const { rows } = await db.query(
      `select to_regclass('half') as half, (select max(number) from hub_migrations) as schema`,
    )
    expect(rows).toEqual([{ half: null, schema: 2 }])
  })

  test('refuses a database made by a newer program', async () => {
    const db = await testDatabase({ empty: true })
    await migrate(db, { folder })
    rmSync(join(folder, '0002-more.sql'))

    await expect(migrate(db, { folder })).rejects.toMatchObject({
      code: 'database-newer',
      params: { database: 2, program: 1 },
    })
  })

  test('refuses a file that was edited after it was applied', async () => {
    const db = await testDatabase({ empty: true })
    await migrate(db, { folder })
    file('0001-notes.sql', 'create table notes (id bigint primary key)')

    await expect(migrate(db, { folder })).rejects.toMatchObject({ code: 'internal', message: /not the file/ })
  })

  test('refuses a database that belongs to another program', async () => {
    const db = await testDatabase({ empty: true })
    await db.query('create table wp_posts (id integer)')

    await expect(migrate(db, { folder })).rejects.toMatchObject({ code: 'config-invalid', field: 'DATABASE_URL' })
  })

  test('writes a backup before it changes a database that holds something, and none before the first schema', async () => {
    const db = await testDatabase({ empty: true })
    const backupBefore = join(folder, 'backups')
    await migrate(db, { folder, backupBefore })
    file('0003-later.sql', 'alter table notes add column text text')

    await migrate(db, { folder, backupBefore, clock: fakeClock('2026-11-24T09:00:00.000Z') })

    expect(readdirSync(backupBefore)).toEqual(['before-schema-3-2026-11-24T09-00-00-000Z.backup.gz'])
    const header = await readBackupHeader(join(backupBefore, readdirSync(backupBefore)[0]!), { folder })
    expect(header.schema).toBe(2)
  })
})

describe('the migration files', () => {
  test('must be numbered without a gap', () => {
    file('0004-too-far.sql', 'select 1')

    expect(() => readMigrations(folder)).toThrow(/should be number 3/)
  })

  test('of the hub can be read', () => {
    expect(readMigrations().length).toBeGreaterThan(0)
  })
})

async function migrateElsewhere(url: string): Promise<number> {
  const child = spawn(process.execPath, [MIGRATOR, url, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (said += text))
  const code = await new Promise((resolve) => child.once('close', resolve))
  expect(code).toBe(0)
  return Number(said)
}
