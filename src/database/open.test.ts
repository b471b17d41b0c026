import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../test/support/database.ts'
import { Database, openDatabase } from './open.ts'
import { toInstant } from './types.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase({ empty: true })
  await db.query('create table notes (id integer primary key, text text)')
})
afterAll(() => db.drop())

const count = async () => (await db.query<{ n: number }>('select count(*) as n from notes')).rows[0]!.n

describe('what comes out of the database', () => {
  test('a bigint is a number while that is exact, and text beyond', async () => {
    const { rows } = await db.query(`select 9007199254740991::bigint as exact, 9007199254740993::bigint as beyond,
      array[1, null, 2]::bigint[] as several`)

    expect(rows).toEqual([{ exact: 9007199254740991, beyond: '9007199254740993', several: [1, null, 2] }])
  })

  test('an instant is ISO-8601 UTC with milliseconds, whatever zone the session is in', async () => {
    const at = await db.transaction(async (tx) => {
      await tx.query(`set local timezone to 'Asia/Kolkata'`)
      return (await tx.query(`select timestamptz '2026-11-24 09:00:00.1234+01' as at`)).rows[0]!.at
    })

    expect(at).toBe('2026-11-24T08:00:00.123Z')
  })

  test.each([
    ['2026-03-29 01:30:00+00', '2026-03-29T01:30:00.000Z'],
    ['1900-01-01 00:09:21+00:09:21', '1900-01-01T00:00:00.000Z'],
    ['2026-01-01 00:30:00-03:30', '2026-01-01T04:00:00.000Z'],
    ['infinity', 'infinity'],
    ['0044-03-15 12:00:00+00 BC', '0044-03-15 12:00:00+00 BC'],
  ])('the instant %s reads %s', (sent, read) => {
    expect(toInstant(sent)).toBe(read)
  })

  test('a date and a time without zone stay the text they are', async () => {
    const { rows } = await db.query(
      `select date '2026-03-29' as day, timestamp '2026-03-29 02:30' as naive, 1.10::numeric as n`,
    )

    expect(rows).toEqual([{ day: '2026-03-29', naive: '2026-03-29 02:30:00', n: '1.10' }])
  })
})

describe('a transaction', () => {
  test('is undone as a whole when its work throws', async () => {
    const before = await count()
    const work = db.transaction(async (tx) => {
      await tx.query(`insert into notes values (1, 'a')`)
      throw new Error('no')
    })

    await expect(work).rejects.toThrow('no')
    expect(await count()).toBe(before)
  })

  test('keeps what came before a savepoint that failed', async () => {
    const before = await count()
    await db.transaction(async (tx) => {
      await tx.query(`insert into notes values (2, 'b')`)
      await tx.savepoint((inner) => inner.query(`insert into notes values (2, 'again')`)).catch(() => {})
      await tx.query(`insert into notes values (3, 'c')`)
    })

    expect(await count()).toBe(before + 2)
  })

  test('that loses its connection says so, and the next one works', async () => {
    const lost = db.transaction(async (tx) => {
      const { rows } = await tx.query<{ pid: number }>('select pg_backend_pid() as pid')
      await db.query('select pg_terminate_backend($1, 5000)', [rows[0]!.pid])
      await tx.query('select 1')
    })

    await expect(lost).rejects.toMatchObject({ code: 'database-unavailable', recovery: 'retry' })
    await expect(db.transaction((tx) => tx.query('select 1'))).resolves.toMatchObject({ rowCount: 1 })
  })
})

test('several statements in one text give the rows of each', async () => {
  expect(await db.query('select 1 as n; select 2 as n union select 3; create temporary table gone ()')).toEqual({
    rows: [{ n: 1 }, { n: 2 }, { n: 3 }],
    rowCount: 3,
  })
})

test('a network error of somebody else inside a transaction stays what it is', async () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })

  await expect(db.transaction(() => Promise.reject(refused))).rejects.toBe(refused)
})

describe('errors', () => {
  test('a refused statement keeps its SQLSTATE', async () => {
    await expect(db.query('select * from nowhere')).rejects.toMatchObject({ code: '42P01' })
  })

  test('a server that is not there is database-unavailable', async () => {
    const nobody = new Database({ host: '/nowhere', user: 'x', database: 'x' })

    await expect(nobody.query('select 1')).rejects.toMatchObject({ code: 'database-unavailable' })
    await nobody.close()
  })

  test('a wrong password in DATABASE_URL names the setting', async () => {
    const wrong = db.url.replace(/:\/\/passerelle:[^@]*@/, '://passerelle:wrong@')

    const opened = openDatabase({ databaseUrl: wrong, dataDir: '/nowhere' })

    await expect(opened).rejects.toMatchObject({ code: 'config-invalid', field: 'DATABASE_URL' })
  })
})

describe('listening', () => {
  test('hears what is notified, and says when something may have been missed', async () => {
    const heard: (string | undefined)[] = []
    let wake = () => {}
    const next = () => new Promise<void>((resolve) => (wake = resolve))
    const listening = await db.listen('hub_test', (payload) => {
      heard.push(payload)
      wake()
    })

    let arrived = next()
    await db.query(`select pg_notify('hub_test', 'one')`)
    await arrived
    arrived = next()
    await db.query(`select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen "hub_test"%'`)
    await arrived
    arrived = next()
    await db.query(`select pg_notify('hub_test', 'two')`)
    await arrived

    expect(heard).toEqual(['one', undefined, 'two'])
    await listening.close()
  })
})

test('DATABASE_URL opens the same database class', async () => {
  const opened = await openDatabase({ databaseUrl: db.url, dataDir: '/nowhere' })

  expect((await opened.db.query('select current_database() as name')).rows[0]!.name).toBe(db.connection.database)
  expect(opened.db).toBeInstanceOf(Database)
  expect(opened.embedded).toBeUndefined()
  await opened.close()
})
