import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { randomBytes, randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { fakeClock } from '../../test/fakes/clock.ts'
import { type TestDatabase, testDatabase } from '../../test/support/database.ts'
import { until } from '../../test/support/until.ts'
import { readBackupHeader, refuseRunningHub, restoreBackup, writeBackup } from './backup.ts'
import { migrate } from './migrate.ts'
import { Database, type Queryable } from './open.ts'
import { MIGRATIONS, readMigrations } from './schema.ts'
import { openVault } from './vault.ts'

const AT = '2026-11-24T09:00:00.000Z'
const WORKSPACE = randomUUID()
/** What COPY has to escape, and what it must not confuse with its own marks. */
const ODD = [
  'plain',
  '',
  '\\.',
  '\\N',
  'tab\there',
  'line\nfeed',
  'back\\slash',
  '\r\n',
  'é 🔑 ﷽',
  "'; drop table orders",
]

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'passerelle-backup-'))
  file = join(folder, 'passerelle.backup.gz')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('a backup', () => {
  test('brings everything back into a database that is empty', async () => {
    const from = await filled()
    const to = await testDatabase({ empty: true })
    await writeBackup(from, file)

    const restored = await restoreBackup(to, file)

    expect(await contents(to)).toEqual(await contents(from))
    expect(restored.rows).toBeGreaterThan(ODD.length)
    expect(await migrate(to)).toEqual([])
  })

  test('brings back many rows in long records, which come from the database in many pieces', async () => {
    const from = await testDatabase()
    await from.query(
      `insert into hub_settings (key, value) select 'row ' || n, repeat(md5(n::text), 1 + n % 60) from generate_series(1, 20000) as n`,
    )
    const to = await testDatabase({ empty: true })
    await writeBackup(from, file)

    await restoreBackup(to, file)

    const digest = `select md5(string_agg(key || value, ',' order by key)) as digest from hub_settings`
    expect((await to.query(digest)).rows).toEqual((await from.query(digest)).rows)
  })

  test('replaces what is there, and what is there afterwards keeps its rules', async () => {
    const from = await filled()
    const to = await testDatabase()
    await to.query(
      `insert into workspaces (id, slug, name, search_key, created_at) values ($1, 'old', 'Old', 'o', $2)`,
      [randomUUID(), AT],
    )
    await writeBackup(from, file)

    await restoreBackup(to, file)

    expect(await contents(to)).toEqual(await contents(from))
    expect(await rules(to)).toEqual(await rules(from))
    const orphan = to.query(`insert into api_keys values ($1, $2, 'n', 'p', '\\x00', $3)`, [
      randomUUID(),
      randomUUID(),
      AT,
    ])
    await expect(orphan).rejects.toMatchObject({ code: '23503' })
  })

  test('goes on where the sequences were, and makes the months that were', async () => {
    const from = await filled()
    await from.query(`create table runs_202601 partition of runs for values from ('2026-01-01') to ('2026-02-01')`)
    await from.query(
      `insert into runs (workspace_id, id, integration_id, kind, pass, started_at, ended_at, outcome)
      values ($1, $1, $1, 'orders', 'live', '2026-01-10', '2026-01-10', 'ok')`,
      [WORKSPACE],
    )
    const last = (await from.query<{ n: number }>(`select nextval('lease_tokens') as n`)).rows[0]!.n
    const to = await testDatabase()
    await writeBackup(from, file)

    await restoreBackup(to, file)

    expect((await to.query(`select nextval('lease_tokens') as n`)).rows).toEqual([{ n: last + 1 }])
    expect((await to.query('select count(*) as n from runs_202601')).rows).toEqual([{ n: 1 }])
  })

  test('never takes a sequence back: what was given out since is not given out again', async () => {
    const from = await filled()
    await from.query(`select nextval('lease_tokens')`)
    await writeBackup(from, file)
    const to = await testDatabase()
    await to.query(`select setval('lease_tokens', 500)`)

    await restoreBackup(to, file)

    expect((await to.query(`select nextval('lease_tokens') as n`)).rows).toEqual([{ n: 501 }])
  })

  test('leaves the tables of another program alone, in the file and in the database', async () => {
    const from = await filled()
    await from.query(`create table their_from (n integer); insert into their_from values (1)`)
    await writeBackup(from, file)
    const to = await testDatabase()
    await to.query(`create table theirs (n integer); insert into theirs values (7); create sequence their_numbers;
      create function their_work() returns int language sql as 'select 1'; update hub_migrations set checksum = 'of another schema'`)

    await restoreBackup(to, file)

    expect(gunzipSync(readFileSync(file)).toString('latin1')).not.toContain('their_from')
    expect((await to.query('select n, their_work() as w from theirs')).rows).toEqual([{ n: 7, w: 1 }])
    expect((await to.query(`select nextval('their_numbers') as n`)).rows).toEqual([{ n: 1 }])
    expect(await migrate(to)).toEqual([])
  })

  test('is not put back under a hub that is running, only when none is left', async () => {
    const hub = await testDatabase()
    const command = new Database(hub.connection, { name: 'passerelle-command', max: 2 })
    onTestFinished(() => command.close())
    const working = hub.another()
    await working.query('select 1')

    await expect(refuseRunningHub(command)).rejects.toMatchObject({ code: 'hub-running' })

    await working.close()
    await until('no hub is left', () =>
      refuseRunningHub(command).then(
        () => true,
        () => false,
      ),
    )
  })

  test('says what it holds, and only its owner can read it', async () => {
    const from = await filled()

    const made = await writeBackup(from, file, { clock: fakeClock(AT) })

    const header = await readBackupHeader(file)
    expect(header).toMatchObject({ schema: readMigrations().length, createdAt: AT })
    expect(made).toMatchObject({ schema: readMigrations().length, createdAt: AT, bytes: statSync(file).size })
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  test('does not hold the key', async () => {
    const from = await filled()
    const secretFile = join(folder, 'passerelle.key')
    await openVault({ secretFile }, from)
    await writeBackup(from, file)

    const key = Buffer.from(readFileSync(secretFile, 'utf8').split('\n')[1]!, 'base64')

    const text = gunzipSync(readFileSync(file)).toString('latin1')
    expect(text).toContain('vault_check')
    for (const form of ['base64', 'base64url', 'hex', 'latin1'] as const) expect(text).not.toContain(key.toString(form))
  })

  test('is one moment, whatever is written meanwhile', async () => {
    const from = await filled()
    let writing: Promise<unknown> | undefined
    await from.another().transaction(async (tx) => {
      await tx.query('lock table throttle') // the backup gets as far as this table, and waits
      writing = writeBackup(from, file)
      await until(
        'the backup waits',
        async () => (await from.query('select from pg_locks where not granted')).rowCount > 0,
      )
      await tx.query(`insert into throttle values ('\\x00', 1, '2026-11-24'); update hub_settings set value = 'later'`)
    })
    await writing

    expect(gunzipSync(readFileSync(file)).toString('latin1')).toContain(
      '"throttle","columns":["key","points","resets_at"]}\n\\.\n{"rows":0',
    )
  })

  test('that cannot be written leaves no file', async () => {
    const from = await filled()

    await expect(writeBackup(from, join(folder, 'no/such/folder.gz'))).rejects.toMatchObject({
      code: 'file-unwritable',
    })
    expect(existsSync(join(folder, 'no'))).toBe(false)
  })
})

describe('a file that cannot be restored', () => {
  let to: TestDatabase
  let before: unknown
  let good: string
  beforeAll(async () => {
    to = await testDatabase()
    await fill(to, 'kept')
    before = await contents(to)
    const from = await testDatabase()
    await fill(from, 'w')
    good = join(mkdtempSync(join(tmpdir(), 'passerelle-backup-')), 'good.gz')
    await writeBackup(from, good)
    await from.drop()
  })
  afterAll(async () => {
    await to.drop()
    rmSync(dirname(good), { recursive: true })
  })
  beforeEach(() => copyFileSync(good, file))
  afterEach(async () => expect(await contents(to)).toEqual(before))

  const edit = (change: (text: string) => string) =>
    writeFileSync(file, gzipSync(Buffer.from(change(gunzipSync(readFileSync(file)).toString('latin1')), 'latin1')))
  const refused = (reason: string) =>
    expect.objectContaining({ code: 'backup-unreadable', params: expect.objectContaining({ reason, file }) })

  test.each([0.02, 0.3, 0.7, 0.999])('because it was cut at %f of its length', async (part) => {
    truncateSync(file, Math.floor(statSync(file).size * part))

    await expect(restoreBackup(to, file)).rejects.toEqual(refused('truncated'))
  })

  test('because it was cut and packed again', async () => {
    edit((text) => text.split('\n').slice(0, -4).join('\n') + '\n')

    await expect(restoreBackup(to, file)).rejects.toEqual(refused('truncated'))
  })

  test('because one row was changed', async () => {
    edit((text) => text.replace('plain', 'plane'))

    await expect(restoreBackup(to, file)).rejects.toEqual(refused('damaged'))
  })

  test('because its bytes are damaged', async () => {
    const bytes = readFileSync(file)
    randomBytes(64).copy(bytes, Math.floor(bytes.length / 2))
    writeFileSync(file, bytes)

    await expect(restoreBackup(to, file)).rejects.toMatchObject({ code: 'backup-unreadable' })
  })

  test.each([
    ['something else', Buffer.from('PK\u0003\u0004 a zip')],
    ['something else, packed', gzipSync('-- PostgreSQL database dump\n\n')],
    ['nothing', Buffer.alloc(0)],
  ])('because it is %s', async (_, bytes) => {
    writeFileSync(file, bytes)

    await expect(restoreBackup(to, file)).rejects.toMatchObject({ code: 'backup-unreadable' })
  })

  test('because a newer program made it', async () => {
    edit((text) => text.replace(/"schema":\d+/, '"schema":999'))
    await expect(restoreBackup(to, file)).rejects.toEqual(refused('newer'))

    edit((text) => text.replace('passerelle-backup 1', 'passerelle-backup 2'))
    await expect(restoreBackup(to, file)).rejects.toEqual(refused('newer'))
  })

  test('because its schema is not ours', async () => {
    edit((text) => text.replace(/"checksum":"[0-9a-f]+"/, '"checksum":"00"'))

    await expect(readBackupHeader(file)).rejects.toEqual(refused('foreign'))
    await expect(restoreBackup(to, file)).rejects.toEqual(refused('foreign'))
  })

  test('because a row breaks a rule of the database', async () => {
    edit((text) => text.replaceAll(WORKSPACE, 'not-a-uuid'))

    await expect(restoreBackup(to, file)).rejects.toEqual(refused('damaged'))
  })

  test('because it is not there', async () => {
    await expect(restoreBackup(to, join(folder, 'none.gz'))).rejects.toMatchObject({ code: 'file-unreadable' })
  })
})

test('a backup of an earlier schema is brought up to date, whatever schema it is restored over', async () => {
  const migrations = join(folder, 'migrations')
  const sql = (name: string, text: string) => writeFileSync(join(migrations, name), text)
  copyInto(migrations)
  const from = await testDatabase({ empty: true })
  await migrate(from, { folder: migrations })
  await from.query(`insert into hub_settings values ('a', 'old')`)
  await writeBackup(from, file)
  sql(
    `${String(readMigrations().length + 1).padStart(4, '0')}-later.sql`,
    `alter table hub_settings add column more text;
    update hub_settings set more = value || '!'; create function later() returns int language sql as 'select 1';`,
  )
  const [fresh, newer] = [await testDatabase({ empty: true }), await testDatabase({ empty: true })]
  await migrate(newer, { folder: migrations })

  for (const to of [fresh, newer]) {
    await restoreBackup(to, file, { folder: migrations })
    expect((await to.query('select * from hub_settings')).rows).toEqual([{ key: 'a', value: 'old', more: 'old!' }])
    expect(await migrate(to, { folder: migrations })).toEqual([])
  }
})

function copyInto(migrations: string): void {
  mkdirSync(migrations)
  for (const name of readdirSync(MIGRATIONS)) copyFileSync(join(MIGRATIONS, name), join(migrations, name))
}

async function filled(): Promise<TestDatabase> {
  const db = await testDatabase()
  await fill(db, 'w')
  return db
}

async function fill(db: Queryable, slug: string): Promise<void> {
  await db.query(`insert into workspaces (id, slug, name, search_key, created_at) values ($1, $2, 'W', $2, $3)`, [
    WORKSPACE,
    slug,
    AT,
  ])
  for (const [n, text] of ODD.entries()) await db.query('insert into hub_settings values ($1, $2)', [`odd-${n}`, text])
  await db.query(
    `insert into integrations (workspace_id, id, platform, name, url, host_key, home_url, site_fingerprint, shop, options,
       created_at, updated_at) values ($1, $1, 'woocommerce', 'S', 'https://s.test', 's.test', 'https://s.test', 's',
       '{"a": [1, null, "é"]}', '{}', $2, $2)`,
    [WORKSPACE, AT],
  )
  await db.query('insert into credentials values ($1, $1, $2, $3, $4, $5, $6)', [
    WORKSPACE,
    'secret',
    'k',
    randomBytes(12),
    randomBytes(600),
    AT,
  ])
}

/** Every row of every table, as text. */
async function contents(db: Queryable): Promise<Record<string, unknown>> {
  const { rows: tables } = await db.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
       and relname <> 'hub_migrations' order by 1`,
  )
  const all: Record<string, unknown> = {}
  for (const { name } of tables) all[name] = (await db.query(`select t::text from "${name}" t order by 1`)).rows
  return all
}

async function rules(db: Queryable): Promise<unknown> {
  const { rows } = await db.query(
    `select conrelid::regclass::text as on, conname as name, pg_get_constraintdef(oid) as rule from pg_constraint
      where connamespace = 'public'::regnamespace order by 1, 2`,
  )
  return rows
}
