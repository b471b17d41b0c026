import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestDatabase, testDatabase } from '../../test/support/database.ts'
import { until } from '../../test/support/until.ts'
import {
  followRotation,
  forgetKey,
  openVault,
  placeOfKey,
  rotateKey,
  type Sealed,
  type Vault,
  type VaultSettings,
} from './vault.ts'

const WORKSPACE = randomUUID()
const INTEGRATION = randomUUID()
const SECRET = 'c29tZXRoaW5nIGxvbmcgYW5kIGJ5IGNoYW5jZQ=='
const OTHER_SECRET = 'YW5vdGhlciBsb25nIHNlY3JldCBieSBjaGFuY2U='

let folder: string
let settings: VaultSettings
let db: TestDatabase
beforeAll(async () => {
  db = await testDatabase()
})
afterAll(() => db.drop())
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'passerelle-vault-'))
  settings = { secretFile: join(folder, 'passerelle.key') }
  await db.query('truncate hub_settings, workspaces cascade')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const seal = (vault: Vault, text = 'cs_1234') => vault.seal(WORKSPACE, INTEGRATION, 'secret', text)
const open = (vault: Vault, sealed: Sealed, field = 'secret') => vault.open(WORKSPACE, INTEGRATION, field, sealed)

describe('the vault', () => {
  test('opens what it sealed, and seals the same text differently each time', async () => {
    const vault = await openVault(settings, db)

    const [one, two] = [seal(vault, 'clé 🔑'), seal(vault, 'clé 🔑')]

    expect(open(vault, one)).toBe('clé 🔑')
    expect(Buffer.from(one.ciphertext)).not.toEqual(Buffer.from(two.ciphertext))
    expect(Buffer.from(one.ciphertext).toString('latin1')).not.toContain('cl')
  })

  test('does not open a field moved to another place, or changed by one bit', async () => {
    const vault = await openVault(settings, db)
    const sealed = seal(vault)
    const bent = { ...sealed, ciphertext: Buffer.from(sealed.ciphertext).fill(0, 0, 1) }

    const unreadable = expect.objectContaining({ code: 'credentials-unreadable', field: 'secret' })
    expect(() => vault.open(randomUUID(), INTEGRATION, 'secret', sealed)).toThrow(unreadable)
    expect(() => vault.open(WORKSPACE, randomUUID(), 'secret', sealed)).toThrow(unreadable)
    expect(() => open(vault, sealed, 'key')).toThrow(/does not open/)
    expect(() => open(vault, bent)).toThrow(unreadable)
    expect(() => open(vault, { ...sealed, ciphertext: Buffer.alloc(3) })).toThrow(unreadable)
  })
})

describe('the key', () => {
  test('is made once, in a file only its owner reads, and found again', async () => {
    const sealed = seal(await openVault(settings, db))

    expect(statSync(settings.secretFile).mode & 0o777).toBe(0o600)
    expect(open(await openVault(settings, db), sealed)).toBe('cs_1234')
  })

  test('may come from PASSERELLE_SECRET, and then no file is made', async () => {
    const sealed = seal(await openVault({ ...settings, secret: [SECRET] }, db))

    expect(existsSync(settings.secretFile)).toBe(false)
    expect(open(await openVault({ ...settings, secret: [SECRET] }, db), sealed)).toBe('cs_1234')
  })

  test('that is lost stops the start, and none is made in its place', async () => {
    await openVault(settings, db)
    rmSync(settings.secretFile)

    await expect(openVault(settings, db)).rejects.toMatchObject({
      code: 'key-missing',
      params: { file: settings.secretFile },
    })
    expect(existsSync(settings.secretFile)).toBe(false)
  })

  test.each([
    ['another file', () => ({ ...settings, secretFile: join(folder, 'other.key') })],
    ['another secret', () => ({ secret: [OTHER_SECRET], secretFile: join(folder, 'none') })],
  ])('that is %s stops the start', async (_, foreign) => {
    const elsewhere = await testDatabase()
    await openVault(foreign(), elsewhere)
    await openVault(settings, db)

    await expect(openVault(foreign(), db)).rejects.toMatchObject({ code: 'key-foreign' })
  })

  test('file with something else in it stops the start', async () => {
    writeFileSync(settings.secretFile, 'not a key\n')

    await expect(openVault(settings, db)).rejects.toMatchObject({
      code: 'config-invalid',
      params: { settings: expect.stringContaining(settings.secretFile) },
    })
  })

  test('is one, however many processes start at once', async () => {
    const processes = Array.from({ length: 6 }, () => db.another())

    const vaults = await Promise.all(processes.map((one) => openVault(settings, one)))

    expect(new Set(vaults.map(({ keyId }) => keyId)).size).toBe(1)
  })

  test('of a second machine on the same database is asked for, not made', async () => {
    const second = { secretFile: join(folder, 'second.key') }

    const outcomes = await Promise.allSettled([openVault(settings, db), openVault(second, db.another())])

    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const refused = outcomes.find((outcome) => outcome.status === 'rejected')!
    expect(refused.reason).toMatchObject({ code: 'key-missing' })
    expect([settings, second].filter(({ secretFile }) => existsSync(secretFile))).toHaveLength(1)
  })
})

describe('a new key', () => {
  test('closes every saved login anew; the old one still opens what other processes wrote meanwhile', async () => {
    const before = await openVault(settings, db)
    await saveLogin(before)

    const { keyId, resealed } = await rotateKey(settings, db)

    expect(resealed).toBe(1)
    expect(keyId).not.toBe(before.keyId)
    expect(open(await openVault(settings, db), await savedLogin())).toBe('cs_1234')
    expect(open(await openVault(settings, db), seal(before))).toBe('cs_1234')
    expect(open(before, await savedLogin())).toBe('cs_1234')
  })

  test('in PASSERELLE_SECRET takes over from the file, which can then go', async () => {
    await saveLogin(await openVault(settings, db))

    await rotateKey({ ...settings, secret: [SECRET] }, db)
    rmSync(settings.secretFile)

    expect(open(await openVault({ ...settings, secret: [SECRET] }, db), await savedLogin())).toBe('cs_1234')
  })

  test('set in PASSERELLE_SECRET seals nothing before rotate-key, not even after the keys were read again', async () => {
    const file = await openVault(settings, db)
    const both = { ...settings, secret: [SECRET] }

    const vault = await openVault(both, db)
    vault.reload()

    expect(seal(vault).keyId).toBe(file.keyId)
    expect(placeOfKey(both, vault.keyId)).toBe(settings.secretFile)
    expect(open(await openVault(settings, db), seal(vault))).toBe('cs_1234')
    const { keyId } = await rotateKey(both, db)
    expect(placeOfKey(both, keyId)).toBe('PASSERELLE_SECRET')
    expect((await openVault(both, db)).keyId).toBe(keyId)
  })

  test('is taken over by a running hub', async () => {
    const both = { ...settings, secret: [SECRET] }
    await openVault(settings, db)
    const running = await openVault(both, db.another())
    const following = await followRotation(running, db, (thrown) => {
      throw thrown
    })

    const { keyId } = await rotateKey(both, db.another())
    await until('the running hub follows', () => running.keyId === keyId)

    expect(seal(running).keyId).toBe(keyId)
    await following.close()
  })

  test('closes anew what a hub that had not heard of it yet saved a moment later', async () => {
    const both = { ...settings, secret: [SECRET] }
    const deaf = await openVault(settings, db)
    const rotating = rotateKey(both, db.another())
    await until('the check has moved', () =>
      openVault(settings, db).then(
        () => false,
        () => true,
      ),
    )
    await saveLogin(deaf)

    const { keyId, resealed } = await rotating

    expect(resealed).toBe(1)
    expect((await savedLogin()).keyId).toBe(keyId)
  })

  test('begins after the old one was given up for lost, and the logins are gone with it', async () => {
    await saveLogin(await openVault(settings, db))
    rmSync(settings.secretFile)

    await forgetKey(db)

    await expect(openVault(settings, db)).resolves.toBeDefined()
    expect((await db.query('select * from credentials')).rowCount).toBe(0)
    expect((await db.query('select * from integrations')).rowCount).toBe(1)
  })
})

test('the key is nowhere in the database', async () => {
  await saveLogin(await openVault(settings, db))
  const key = readFileSync(settings.secretFile, 'utf8').split('\n')[1]!

  const { rows } = await db.query(
    'select (select json_agg(s) from hub_settings s)::text || (select json_agg(c) from credentials c)::text as all',
  )

  expect(key).toHaveLength(44)
  expect(rows[0]!.all).not.toContain(key.slice(0, 20))
  expect(rows[0]!.all).not.toContain(Buffer.from(key, 'base64').toString('hex'))
})

async function saveLogin(vault: Vault): Promise<void> {
  const at = '2026-11-24T09:00:00.000Z'
  await db.query(`insert into workspaces (id, slug, name, search_key, created_at) values ($1, 'w', 'W', 'w', $2)`, [
    WORKSPACE,
    at,
  ])
  await db.query(
    `insert into integrations (workspace_id, id, platform, name, url, host_key, home_url, site_fingerprint, shop, options,
       created_at, updated_at) values ($1, $2, 'woocommerce', 'S', 'https://s.test', 's.test', 'https://s.test', 's', '{}', '{}', $3, $3)`,
    [WORKSPACE, INTEGRATION, at],
  )
  const { keyId, nonce, ciphertext } = seal(vault)
  await db.query(`insert into credentials values ($1, $2, 'secret', $3, $4, $5, $6)`, [
    WORKSPACE,
    INTEGRATION,
    keyId,
    Buffer.from(nonce),
    Buffer.from(ciphertext),
    at,
  ])
}

async function savedLogin(): Promise<Sealed> {
  const { rows } = await db.query<{ key_id: string; nonce: Buffer; ciphertext: Buffer }>('select * from credentials')
  return { keyId: rows[0]!.key_id, nonce: rows[0]!.nonce, ciphertext: rows[0]!.ciphertext }
}
