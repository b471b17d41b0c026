/**
 * Encrypts what opens a shop: AES-256-GCM, one key for all, each field bound to its place.
 *
 * The trap it avoids: a hub that has lost its key makes a new one and goes on, and half of the logins are then closed
 * with one key and half with another. So the database keeps a check value, sealed with the key. No check value opens
 * with a key we have: the hub refuses to start. A key is made only while the database has no check value, under a
 * lock, so of many processes that start at once exactly one makes it.
 *
 * What seals is the key that opened the check value, whatever other keys we have: a PASSERELLE_SECRET that was set later
 * only opens, until `rotate-key` moves the check value to it. Running hubs hear of that move and follow it.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { realClock } from '../domain/clock.ts'
import { HubError } from '../domain/errors.ts'
import type { Listening } from './listen.ts'
import type { Database, Queryable, Transaction } from './open.ts'
import { addKeyToFile, type Key, makeKeyFile, readKeys, type VaultSettings } from './vault-keys.ts'

export { placeOfKey, type VaultSettings } from './vault-keys.ts'

const CHECK = 'vault_check'
const CHECK_TEXT = 'passerelle'
const LOCK = 7_277_354
const CHANNEL = 'vault_key'
/** For running hubs to hear of the new key before what they still closed with the old one is looked for. */
const HEARD_MS = 500
const NONCE_BYTES = 12
const TAG_BYTES = 16

export interface Sealed {
  /** Says which key closed it. */
  keyId: string
  nonce: Uint8Array
  /** Ciphertext and its tag. */
  ciphertext: Uint8Array
}

export class Vault {
  readonly #settings: VaultSettings
  #keys: Key[]

  /** Use `openVault`, which also proves that the first of these keys is the database's; that one seals. */
  constructor(settings: VaultSettings, keys: Key[]) {
    this.#settings = settings
    this.#keys = keys
  }

  get keyId(): string {
    return this.#keys[0]!.id
  }

  seal(workspaceId: string, integrationId: string, field: string, text: string): Sealed {
    return sealWith(this.#keys[0]!, [workspaceId, integrationId, field], text)
  }

  /** @throws HubError `credentials-unreadable` when no key we have closed it, or it was moved or changed */
  open(workspaceId: string, integrationId: string, field: string, sealed: Sealed): string {
    const text = this.#tryToOpen([workspaceId, integrationId, field], sealed)
    if (text !== undefined) return text
    throw new HubError('credentials-unreadable', `The saved ${field} does not open with the key of this hub.`, {
      field,
    })
  }

  /** The same text closed with the current key; undefined when it is already. */
  reseal(workspaceId: string, integrationId: string, field: string, sealed: Sealed): Sealed | undefined {
    if (sealed.keyId === this.keyId) return undefined
    return this.seal(workspaceId, integrationId, field, this.open(workspaceId, integrationId, field, sealed))
  }

  /** Reads the keys again, as another process may have made a new one. The sealing key stays. */
  reload(): void {
    const [proven] = this.#keys
    this.#keys = [proven!, ...readKeys(this.#settings).filter(({ id }) => id !== proven!.id)]
  }

  /** Seals with the key of the check value from now on, when we have it. */
  async follow(db: Queryable): Promise<void> {
    const check = await readCheck(db)
    if (!check || check.keyId === this.keyId) return
    const keys = readKeys(this.#settings)
    const proven = keys.find((key) => key.id === check.keyId && openWith(key, [CHECK], check) === CHECK_TEXT)
    if (proven) this.#keys = [proven, ...[...keys, ...this.#keys].filter(({ id }) => id !== proven.id)]
  }

  #tryToOpen(place: readonly string[], sealed: Sealed): string | undefined {
    if (!this.#keys.some((key) => key.id === sealed.keyId)) this.reload()
    const key = this.#keys.find(({ id }) => id === sealed.keyId)
    return key && openWith(key, place, sealed)
  }
}

/**
 * The vault of this database, its key proven. Makes key and check value at the very first start.
 *
 * @throws HubError `key-missing`, `key-foreign`
 */
export async function openVault(settings: VaultSettings, db: Database): Promise<Vault> {
  const known = await readCheck(db)
  if (known) return prove(settings, known)
  return db.transaction(async (tx) => {
    await tx.query('select pg_advisory_xact_lock($1)', [LOCK])
    const meanwhile = await readCheck(tx)
    if (meanwhile) return prove(settings, meanwhile)
    let keys = readKeys(settings)
    if (keys.length === 0) keys = makeKeyFile(settings.secretFile)
    await saveCheck(tx, keys[0]!)
    return new Vault(settings, keys)
  })
}

function prove(settings: VaultSettings, check: Sealed): Vault {
  const keys = readKeys(settings)
  const params = { file: settings.secretFile, keyId: check.keyId }
  if (keys.length === 0) {
    throw new HubError(
      'key-missing',
      `The logins in this database are closed with key ${check.keyId}, and there is no key: neither ` +
        `PASSERELLE_SECRET nor ${settings.secretFile}.`,
      { params },
    )
  }
  const key = keys.find(({ id }) => id === check.keyId)
  if (key && openWith(key, [CHECK], check) === CHECK_TEXT) {
    return new Vault(settings, [key, ...keys.filter((other) => other !== key)])
  }
  throw new HubError(
    'key-foreign',
    `The logins in this database are closed with key ${check.keyId}; this hub has ${keys.map(({ id }) => id).join(', ')}.`,
    { params: { ...params, have: keys.map(({ id }) => id).join(', ') } },
  )
}

/** Keeps the vault of a running hub on the database's key, also after `rotate-key` in another process. */
export function followRotation(vault: Vault, db: Database, failed: (thrown: unknown) => void): Promise<Listening> {
  return db.listen(CHANNEL, () => void vault.follow(db).catch(failed))
}

/** Name of the key that the saved logins are closed with. */
export const currentKeyId = async (db: Queryable): Promise<string | undefined> => (await readCheck(db))?.keyId

/**
 * Closes every saved login with the current key and moves the check value to it. With the key file a new key is made
 * first; with PASSERELLE_SECRET the operator has put a new secret in front of the old one.
 *
 * Other processes go on meanwhile. They hear of the move; what they closed with the old key until then is closed anew
 * in a second round, so that the old key can go.
 *
 * @returns how many fields were closed anew
 */
export async function rotateKey(settings: VaultSettings, db: Database): Promise<{ keyId: string; resealed: number }> {
  await openVault(settings, db)
  const { vault, resealed } = await db.transaction(async (tx) => {
    await tx.query('select pg_advisory_xact_lock($1)', [LOCK])
    if (!settings.secret?.length) addKeyToFile(settings.secretFile)
    const keys = readKeys(settings)
    const moved = new Vault(settings, keys)
    const first = await resealCredentials(tx, moved)
    await saveCheck(tx, keys[0]!)
    await tx.query('select pg_notify($1, $2)', [CHANNEL, moved.keyId])
    return { vault: moved, resealed: first }
  })
  await realClock.sleep(HEARD_MS)
  const late = await db.transaction((tx) => resealCredentials(tx, vault))
  return { keyId: vault.keyId, resealed: resealed + late }
}

/**
 * For a key that is lost for good: the saved logins are deleted, as nothing opens them, and the next start makes a new
 * key. Orders, shops and history stay; each shop's login has to be entered again.
 */
export async function forgetKey(db: Database): Promise<void> {
  await db.transaction(async (tx) => {
    await tx.query('select pg_advisory_xact_lock($1)', [LOCK])
    await tx.query('delete from credentials')
    await tx.query('update authorisations set login_sealed = null where login_sealed is not null')
    await tx.query('delete from hub_settings where key = $1', [CHECK])
  })
}

interface CredentialRow {
  workspace_id: string
  integration_id: string
  field: string
  key_id: string
  nonce: Buffer
  ciphertext: Buffer
}

async function resealCredentials(tx: Transaction, vault: Vault): Promise<number> {
  await tx.query('lock table credentials in share row exclusive mode') // no login is half-way in while we look
  const { rows } = await tx.query<CredentialRow>(
    `select workspace_id, integration_id, field, key_id, nonce, ciphertext from credentials
      where key_id <> $1 order by workspace_id, integration_id, field for update`,
    [vault.keyId],
  )
  for (const row of rows) {
    const sealed = { keyId: row.key_id, nonce: row.nonce, ciphertext: row.ciphertext }
    const anew = vault.reseal(row.workspace_id, row.integration_id, row.field, sealed)!
    await tx.query(
      `update credentials set key_id = $4, nonce = $5, ciphertext = $6
        where workspace_id = $1 and integration_id = $2 and field = $3`,
      [row.workspace_id, row.integration_id, row.field, anew.keyId, anew.nonce, anew.ciphertext],
    )
  }
  return rows.length
}

// The check value ------------------------------------------------------------------------------------------------

async function readCheck(db: Queryable): Promise<Sealed | undefined> {
  const { rows } = await db.query<{ value: string }>('select value from hub_settings where key = $1', [CHECK])
  if (!rows[0]) return undefined
  const [keyId = '', nonce = '', ciphertext = ''] = rows[0].value.split('.')
  return { keyId, nonce: Buffer.from(nonce, 'base64url'), ciphertext: Buffer.from(ciphertext, 'base64url') }
}

async function saveCheck(tx: Queryable, key: Key): Promise<void> {
  const { keyId, nonce, ciphertext } = sealWith(key, [CHECK], CHECK_TEXT)
  const value = [keyId, base64(nonce), base64(ciphertext)].join('.')
  await tx.query(
    'insert into hub_settings (key, value) values ($1, $2) on conflict (key) do update set value = excluded.value',
    [CHECK, value],
  )
}

const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')

// Sealing --------------------------------------------------------------------------------------------------------

function sealWith(key: Key, place: readonly string[], text: string): Sealed {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key.bytes, nonce).setAAD(additionalData(place))
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()])
  return { keyId: key.id, nonce, ciphertext }
}

function openWith(key: Key, place: readonly string[], { nonce, ciphertext }: Sealed): string | undefined {
  try {
    const tag = ciphertext.subarray(-TAG_BYTES)
    const decipher = createDecipheriv('aes-256-gcm', key.bytes, nonce, { authTagLength: TAG_BYTES })
    decipher.setAAD(additionalData(place)).setAuthTag(tag)
    const text = Buffer.concat([decipher.update(ciphertext.subarray(0, -TAG_BYTES)), decipher.final()])
    return text.toString('utf8')
  } catch {
    return undefined // another key, another place, or changed bytes: GCM does not say which
  }
}

/** Each part with its length in front: ("ab", "c") must not read like ("a", "bc"). */
const additionalData = (place: readonly string[]) =>
  Buffer.from(place.map((part) => `${Buffer.byteLength(part)}:${part}`).join('|'))
