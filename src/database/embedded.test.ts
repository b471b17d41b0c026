import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { isAlive, until } from '../../test/support/until.ts'
import { type Embedded, type EmbeddedOptions, startEmbedded } from './embedded.ts'
import { serversOn } from './embedded-server.ts'
import { Database } from './open.ts'

const HOLDER = join(import.meta.dirname, '../../test/support/hold-database.ts')
const asRoot = process.getuid?.() === 0

let folder: string
let running: Embedded[]
let children: ChildProcess[]

/** A cluster made once; tests that need one that is there begin with a copy of it. */
let made: string
beforeAll(async () => {
  made = mkdtempSync(join(tmpdir(), 'passerelle-embedded-'))
  await (await startEmbedded({ dataDir: made, durable: false })).stop()
})
afterAll(() => rmSync(made, { recursive: true, force: true }))

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'passerelle-embedded-'))
  chmodSync(folder, 0o711) // root's database runs under an account that has to walk through it
  running = []
  children = []
})
afterEach(async () => {
  for (const child of children) child.kill('SIGKILL')
  for (const embedded of running) await embedded.stop()
  await until('no server is left', () => serversOn(join(folder, 'postgres')).length === 0)
  rmSync(folder, { recursive: true, force: true })
})

const useMadeCluster = () => spawnSync('cp', ['-a', `${made}/.`, folder])

async function start(options: Partial<EmbeddedOptions> = {}): Promise<Embedded> {
  const embedded = await startEmbedded({ dataDir: folder, durable: false, ...options })
  running.push(embedded)
  return embedded
}

/** Another process that runs the database of this folder. */
async function startElsewhere(guard?: string): Promise<{ child: ChildProcess; pid: number; cluster: string }> {
  const child = spawn(process.execPath, [HOLDER, folder, ...(guard ? [guard] : [])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  const [line] = (await new Promise<Buffer>((resolve) => child.stdout!.once('data', resolve))).toString().split('\n')
  return { child, ...(JSON.parse(line!) as { pid: number; cluster: string }) }
}

async function ask<Row extends object>(embedded: Embedded, sql: string): Promise<Row[]> {
  const db = new Database(embedded.connection, { max: 1 })
  try {
    return (await db.query<Row>(sql)).rows
  } finally {
    await db.close()
  }
}

describe('the embedded database', () => {
  test('keeps what was written over a stop and a start', async () => {
    const first = await start()
    await ask(first, 'create table notes as select 42 as n')
    await first.stop()

    const second = await start()

    expect(await ask(second, 'select n from notes')).toEqual([{ n: 42 }])
  })

  test('is UTF-8, syncs its writes, and listens on no network', async () => {
    useMadeCluster()
    const embedded = await start({ durable: true })

    const rows = await ask(
      embedded,
      `select current_setting('server_encoding') as encoding, current_setting('fsync') as fsync,
         current_setting('synchronous_commit') as commit, current_setting('listen_addresses') as addresses,
         current_setting('log_min_error_statement') as statements, lower('ÉÀ') as lower`,
    )

    expect(rows).toEqual([
      { encoding: 'UTF8', fsync: 'on', commit: 'on', addresses: '', statements: 'panic', lower: 'éà' },
    ])
  })

  test('lets nobody in without its password, which only the owner can read', async () => {
    useMadeCluster()
    const embedded = await start()

    const wrong = new Database({ ...embedded.connection, password: 'guess' }, { max: 1 })

    await expect(wrong.query('select 1')).rejects.toMatchObject({ code: '28P01' })
    await wrong.close()
    expect(statSync(join(folder, 'postgres.password')).mode & 0o777).toBe(0o600)
    expect(statSync(embedded.dataPlace).mode & 0o777).toBe(0o700)
    expect(statSync(embedded.connection.host).mode & 0o777).toBe(0o700)
  })

  test('gets a new password when the file of the old one is lost', async () => {
    useMadeCluster()
    rmSync(join(folder, 'postgres.password'))

    expect(await ask(await start(), 'select 1 as one')).toEqual([{ one: 1 }])
  })

  test('falls back to a port of this machine when the folder is too deep for a socket', async () => {
    const dataDir = join(folder, 'd'.repeat(60), 'e'.repeat(60))
    mkdirSync(dataDir, { recursive: true, mode: 0o755 })
    const embedded = await start({ dataDir })

    expect(embedded.connection.host).toBe('127.0.0.1')
    expect(await ask(embedded, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  test('sees nothing of our environment', async () => {
    useMadeCluster()
    process.env.PLANTED_SECRET = 'ck_planted'
    const embedded = await start()
    delete process.env.PLANTED_SECRET

    const environment = readFileSync(`/proc/${embedded.pid()}/environ`, 'utf8')

    expect(
      environment
        .split('\0')
        .map((entry) => entry.split('=')[0])
        .filter(Boolean)
        .sort(),
    ).toEqual(expect.arrayContaining(['LC_ALL', 'PATH']))
    expect(environment).not.toContain('planted')
  })

  test('is refused to a second hub on the same folder, and free again after the first', async () => {
    useMadeCluster()
    const first = await start()

    await expect(start()).rejects.toMatchObject({ code: 'database-locked' })
    await first.stop()
    await expect(start()).resolves.toBeDefined()
  })

  test('is refused to a second hub in another process', async () => {
    useMadeCluster()
    await startElsewhere()

    await expect(start()).rejects.toMatchObject({ code: 'database-locked' })
  })

  test('lies where WHERE says, when its account cannot enter the data folder', async () => {
    const closed = join(folder, 'closed')
    mkdirSync(closed, { mode: 0o700 })
    const dataDir = join(closed, 'data')
    const first = await start({ dataDir })
    await ask(first, 'create table notes as select 42 as n')
    await first.stop()

    const second = await start({ dataDir })

    expect(await ask(second, 'select n from notes')).toEqual([{ n: 42 }])
    const place = asRoot ? readFileSync(join(dataDir, 'WHERE'), 'utf8').split('\n')[0]! : dataDir
    expect(second.dataPlace).toBe(join(place, 'postgres'))
    await second.stop()
    rmSync(place, { recursive: true })
    await expect(asRoot ? start({ dataDir }) : Promise.reject({ code: 'config-invalid' })).rejects.toMatchObject({
      code: 'config-invalid',
    })
  })
})

describe('an embedded database whose hub is killed with -9', () => {
  test.each([['pdeathsig'], ['pipe']])('goes with it (%s), and the next start finds its data', async (guard) => {
    useMadeCluster()
    const { child, pid } = await startElsewhere(guard)
    expect(isAlive(pid)).toBe(true)

    child.kill('SIGKILL')
    await until('the server is gone', () => !isAlive(pid))

    expect(await ask(await start(), 'select 1 as one')).toEqual([{ one: 1 }])
  })

  test('is ended by the next start when nothing told it', async () => {
    useMadeCluster()
    const { child, pid } = await startElsewhere('none')
    child.kill('SIGKILL')
    await until('the hub is gone', () => child.signalCode !== null)
    expect(isAlive(pid)).toBe(true)

    const next = await start()

    expect(isAlive(pid)).toBe(false)
    expect(await ask(next, 'select 1 as one')).toEqual([{ one: 1 }])
  })
})

describe('a crash of the server itself', () => {
  test('is followed by a start, without a word from anybody', async () => {
    useMadeCluster()
    const said: string[] = []
    const embedded = await start({ log: (line) => said.push(line) })
    const before = embedded.pid()

    process.kill(before, 'SIGKILL')
    await until('another server runs', () => embedded.pid() !== before)

    expect(await ask(embedded, 'select 1 as one')).toEqual([{ one: 1 }])
    expect(said.some((line) => line.includes('ended unasked'))).toBe(true)
  })

  test('that left a postmaster.pid naming a living stranger does not stop the next start', async () => {
    useMadeCluster()
    const first = await start()
    await first.stop()
    const stranger = spawn('sleep', ['60'], asRoot ? { uid: statSync(first.dataPlace).uid } : {})
    children.push(stranger)
    writeFileSync(join(first.dataPlace, 'postmaster.pid'), `${stranger.pid}\n${first.dataPlace}\n0\n5432\n\n\n0 0\n`)

    const second = await start()

    expect(await ask(second, 'select 1 as one')).toEqual([{ one: 1 }])
    expect(isAlive(stranger.pid!)).toBe(true)
  })
})

test('a stop leaves no process of the server', async () => {
  useMadeCluster()
  const embedded = await start()
  await ask(embedded, 'select 1')
  expect(serversOn(embedded.dataPlace).length).toBeGreaterThan(0)

  await embedded.stop()

  expect(serversOn(embedded.dataPlace)).toEqual([])
})

test('a start that was interrupted while the cluster was made begins anew', async () => {
  mkdirSync(join(folder, 'postgres.new/base'), { recursive: true })
  writeFileSync(join(folder, 'postgres.new/PG_VERSION'), '18\n')

  const embedded = await start()

  expect(await ask(embedded, 'select 1 as one')).toEqual([{ one: 1 }])
  expect(existsSync(join(folder, 'postgres.new'))).toBe(false)
  expect(readdirSync(folder).sort()).toEqual(['hub.lock', 'postgres', 'postgres.password', 'socket'])
})
