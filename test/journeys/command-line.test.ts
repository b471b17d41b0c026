/** The command line as it is typed: exact forms, JSON as the contract, exit codes. Each command starts a hub inside itself. */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCli } from '../../src/cli/main.ts'
import { Hono } from 'hono'
import { socketPath, startHub } from '../../src/app.ts'
import { listen } from '../../src/api/server.ts'
import { Database } from '../../src/database/open.ts'
import { readConfig } from '../../src/config.ts'
import { connect } from '../../src/cli/client.ts'
import { realClock } from '../../src/domain/clock.ts'
import { startFakeShop, type FakeShop } from '../../src/platforms/woocommerce/fake-shop.ts'
import { testDatabase, type TestDatabase } from '../support/database.ts'

const BIN = join(import.meta.dirname, '../../bin/passerelle')

let shop: FakeShop
let db: TestDatabase
let folder: string
let env: Record<string, string>

beforeAll(async () => {
  shop = await startFakeShop({ clock: realClock, seed: 'empty', plugins: { ast: true } })
  db = await testDatabase()
  folder = mkdtempSync(join(tmpdir(), 'passerelle-cli-'))
  env = {
    DATABASE_URL: db.url,
    DATABASE_CONNECTIONS: '4',
    PASSERELLE_DATA: join(folder, 'data'),
    PASSERELLE_SECRET: 'a-secret-of-this-test-long-enough-for-anybody',
    ALLOWED_PRIVATE_ORIGINS: shop.url,
    PORT: '0',
    LOG_LEVEL: 'error',
  }
})
afterAll(async () => {
  await db.drop()
  await shop.close()
  rmSync(folder, { recursive: true, force: true })
})

async function cli(...args: string[]): Promise<{ code: number; out: string; err: string; json: any }> {
  const out: string[] = []
  const err: string[] = []
  const code = await runCli(args, {
    readConfig: () => readConfig(env),
    locale: 'en',
    out: (text) => out.push(text),
    err: (text) => err.push(text),
  })
  const text = out.join('\n')
  return { code, out: text, err: err.join('\n'), json: args.includes('--json') && text ? JSON.parse(text) : undefined }
}

describe('a day at the command line', { timeout: 120_000 }, () => {
  const { key, secret } = { key: () => shop.keys[0]!.key, secret: () => shop.keys[0]!.secret }
  let integration: string

  test('integrations add tries the login and prints the id', async () => {
    shop.placeOrder({ number: 'A-1', status: 'processing', line_items: [{ product_id: 11, quantity: 2 }] })
    const wrong = await cli(
      'integrations',
      'add',
      '--platform',
      'woocommerce',
      '--url',
      shop.url,
      '--key',
      key(),
      '--secret',
      secret().replace(/1$/, '2'),
      '--json',
    )
    const added = await cli(
      'integrations',
      'add',
      '--platform',
      'woocommerce',
      '--url',
      shop.url,
      '--key',
      key(),
      '--secret',
      secret(),
      '--name',
      'Savons',
      '--since',
      'all',
      '--json',
    )

    expect(wrong.code).toBe(1)
    expect(wrong.json).toMatchObject({ code: 'login-rejected' })
    expect(added.code).toBe(0)
    expect(added.json).toMatchObject({ id: expect.stringMatching(/^int_[0-9a-f]{32}$/), name: 'Savons' })
    expect(added.out + added.err).not.toContain(secret())
    integration = added.json.id
  })

  test('the same shop is not connected twice', async () => {
    const again = await cli(
      'integrations',
      'add',
      '--platform',
      'woocommerce',
      '--url',
      `${shop.url}/wp-admin/`,
      '--key',
      key(),
      '--secret',
      secret(),
      '--json',
    )

    expect(again.code).toBe(1)
    expect(again.json).toMatchObject({ code: 'shop-already-connected', field: 'url' })
  })

  test('sync --wait says what came, and the second time that nothing did', async () => {
    const first = await cli('sync', integration, '--wait', '--json')
    const second = await cli('sync', 'all', '--wait', '--json')

    expect(first.code).toBe(0)
    expect(first.json).toMatchObject({
      imported: 1,
      quarantined: 0,
      requests: expect.any(Number),
      durationMs: expect.any(Number),
    })
    expect(second.json).toMatchObject([{ imported: 0, changed: 0 }])
  })

  test('orders list is an array of orders with id, remoteId and number', async () => {
    const { json } = await cli('orders', 'list', '--to-ship', '--limit', '5', '--json')

    expect(json).toMatchObject([{ id: expect.stringMatching(/^ord_/), remoteId: expect.any(String), number: 'A-1' }])
  })

  test('an order is found by its number, however many others begin so and are newer', async () => {
    for (let n = 10; n < 75; n++)
      shop.placeOrder({ number: `A-1${n}`, status: 'completed', line_items: [{ product_id: 11, quantity: 1 }] })
    await cli('sync', 'all', '--wait')

    const shown = await cli('orders', 'show', 'A-1', '--json')

    expect(shown).toMatchObject({ code: 0, json: { number: 'A-1' } })
  })

  test('ship tells the shop and waits until it stands there', async () => {
    const shipped = await cli('ship', 'A-1', '--carrier', 'Colissimo', '--tracking', '6A 12345 67890', '--json')

    expect(shipped.code).toBe(0)
    expect(shipped.json).toMatchObject({ id: expect.stringMatching(/^shp_/), writeback: { state: 'confirmed' } })
    const [order] = [...shop.state.orders.values()]
    expect(shop.trackingsOf(order!.id)).toHaveLength(1)
  })

  test('unship takes it back in the shop as well', async () => {
    const { json: order } = await cli('orders', 'show', 'A-1', '--json')
    const voided = await cli('unship', order.shipments[0].id, '--json')

    expect(voided.code).toBe(0)
    const [there] = [...shop.state.orders.values()]
    expect(shop.trackingsOf(there!.id)).toHaveLength(0)
    expect((await cli('writebacks', 'list', '--json')).json.map((one: { kind: string }) => one.kind).sort()).toEqual([
      'shipped',
      'voided',
    ])
  })

  test('a file of tracking numbers names its bad rows and ships the good ones once', async () => {
    shop.placeOrder({ number: 'A-2', status: 'processing', line_items: [{ product_id: 11, quantity: 2 }] })
    await cli('sync', 'all', '--wait')
    const file = join(folder, 'suivi.csv')
    writeFileSync(file, 'commande;transporteur;numero\nA-2;Colissimo;6A99999999991\nA-99;Colissimo;6A99999999992\n')

    const preview = await cli('trackings', 'import', file, '--preview', '--json')
    const first = await cli('trackings', 'import', file, '--json')
    const second = await cli('trackings', 'import', file, '--json')

    expect(preview).toMatchObject({ code: 1, json: { new: 1, bad: 1 } })
    expect(first).toMatchObject({ code: 1, json: { done: 1, bad: 1, already: 0 } })
    expect(second).toMatchObject({ json: { done: 0, already: 1 } })
  })

  test('backup and restore bring everything back, and say that the key is not inside', async () => {
    const file = join(folder, 'backup.gz')
    const backup = await cli('backup', file, '--json')
    const admin = new Database(db.connection, { name: 'somebody', max: 1 })
    await admin.query('DELETE FROM orders')
    await admin.close()
    const restored = await cli('restore', file, '--json')

    expect(backup).toMatchObject({ code: 0 })
    expect(backup.err).toContain('NOT in the backup')
    expect(restored).toMatchObject({ code: 0, json: { rows: expect.any(Number) } })
    expect((await cli('orders', 'list', '--limit', '100', '--json')).json).toHaveLength(67)
  })

  test('integrations update, show and remove', async () => {
    await cli('integrations', 'update', integration, '--name', 'Savons de Lise')
    const { json: shown } = await cli('integrations', 'show', integration, '--json')
    const err: string[] = []
    const asked = await runCli(['integrations', 'remove', integration], {
      readConfig: () => readConfig(env),
      locale: 'en',
      out: () => {},
      err: (text) => err.push(text),
      asks: true,
    })
    const removed = await cli('integrations', 'remove', integration, '--json')

    expect(shown.name).toBe('Savons de Lise')
    expect(asked).toBe(64)
    expect(err.join()).toContain('orders will go')
    expect(removed.code).toBe(0)
    expect((await cli('integrations', 'list', '--json')).json).toEqual([])
  })
})

describe('beside other processes', { timeout: 60_000 }, () => {
  test('a port that is taken is named, and what to do', async () => {
    const taken = await listen(new Hono(), { host: '127.0.0.1', port: 0 })
    const err: string[] = []
    const elsewhere = { ...env, PORT: String(taken.port), PASSERELLE_DATA: join(folder, 'taken') }

    const code = await runCli(['start'], {
      readConfig: () => readConfig(elsewhere),
      locale: 'en',
      out: () => {},
      err: (text) => err.push(text),
    })

    await taken.close()
    expect(code).toBe(1)
    expect(err.join('\n')).toContain(`PORT: ${taken.port} is taken by another program; choose another one`)
  })

  test('a second web process on the same folder and database starts, and restore is refused meanwhile', async () => {
    const one = await startHub({ config: readConfig(env), role: 'web' })
    const two = await startHub({ config: readConfig(env), role: 'web' })
    const file = join(folder, 'while-running.gz')
    await cli('backup', file)

    const restored = await cli('restore', file, '--json')

    expect(new URL(two.url!).port).not.toBe(new URL(one.url!).port)
    expect(restored).toMatchObject({ code: 1, json: { code: 'hub-running' } })
    await two.stop()
    await one.stop()
  })

  test('the hub a command starts for itself is joined by no other command, and offers no demo shop', async () => {
    const inside = await connect(readConfig(env), 'en', { work: false })

    const demo = await inside.call('POST', '/api/v1/demo')

    expect(existsSync(socketPath(readConfig(env)))).toBe(false)
    expect((await inside.call('GET', '/api/v1/orders')).status).toBe(200)
    expect(demo).toMatchObject({ status: 409, body: { code: 'demo-unavailable' } })
    await inside.close()
  })

  test('the backup names the key that opens it, not the one that was set since', async () => {
    const other = await testDatabase()
    const first = {
      ...env,
      DATABASE_URL: other.url,
      PASSERELLE_DATA: join(folder, 'keys', 'data'),
      PASSERELLE_SECRET: '',
    }
    const run = async (settings: Record<string, string>, ...args: string[]) => {
      const err: string[] = []
      await runCli(args, {
        readConfig: () => readConfig(settings),
        locale: 'en',
        out: () => {},
        err: (text) => err.push(text),
      })
      return err.join('\n')
    }
    await run(first, 'orders', 'list')

    const later = await run(
      { ...first, PASSERELLE_SECRET: env['PASSERELLE_SECRET']! },
      'backup',
      join(folder, 'keys.gz'),
    )

    expect(later).toContain(join(folder, 'keys', 'passerelle.key'))
    expect(later).not.toContain('PASSERELLE_SECRET')
  })

  test('sync all without a shop says that none is connected', async () => {
    const other = await testDatabase()
    const out: string[] = []

    await runCli(['sync', 'all'], {
      readConfig: () => readConfig({ ...env, DATABASE_URL: other.url }),
      locale: 'fr',
      out: (text) => out.push(text),
    })

    expect(out.join('\n')).toContain('Aucune boutique connectée')
  })
})

describe('wrong usage', { timeout: 60_000 }, () => {
  test.each([
    ['a command that does not exist', ['fly']],
    ['a missing option', ['ship', '1', '--carrier', 'X']],
    ['an option that does not exist', ['orders', 'list', '--colour', 'red']],
    [
      'a date that is none',
      [
        'integrations',
        'add',
        '--platform',
        'woocommerce',
        '--url',
        'x',
        '--key',
        'k',
        '--secret',
        's',
        '--since',
        'yesterday',
      ],
    ],
    [
      'a way to tell that does not exist',
      [
        'integrations',
        'add',
        '--platform',
        'woocommerce',
        '--url',
        'x',
        '--key',
        'k',
        '--secret',
        's',
        '--tell',
        'all',
      ],
    ],
    ['lines without a quantity', ['ship', '1', '--carrier', 'X', '--tracking', 'Y', '--lines', '3']],
  ])('%s ends with 64', async (_, args) => {
    expect((await cli(...args)).code).toBe(64)
  })

  test('an order that is not there ends with 1 and names it', async () => {
    const shown = await cli('orders', 'show', 'nowhere')

    expect(shown.code).toBe(1)
    expect(shown.err).toContain('nowhere')
  })

  test('a backup over a file that exists is refused', async () => {
    const file = join(folder, 'precious')
    writeFileSync(file, 'precious')

    expect((await cli('backup', file)).code).toBe(1)
    expect(existsSync(file)).toBe(true)
  })
})

test('a secret given as - is read from standard input', { timeout: 60_000 }, async () => {
  const other = await startFakeShop({ clock: realClock, seed: 'empty' })
  const { key, secret } = other.keys[0]!
  const args = [
    'integrations',
    'add',
    '--platform',
    'woocommerce',
    '--url',
    other.url,
    '--key',
    '-',
    '--secret',
    '-',
    '--json',
  ]
  const child = spawn(process.execPath, [BIN, ...args], {
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      ...env,
      ALLOWED_PRIVATE_ORIGINS: other.url,
      LANG: 'en_US.UTF-8',
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let out = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stdin.end(`${key}\n${secret}\n`)

  const code = await new Promise((ended) => child.once('exit', ended))

  expect(code).toBe(0)
  expect(JSON.parse(out)).toMatchObject({ id: expect.stringMatching(/^int_/) })
  await other.close()
})
