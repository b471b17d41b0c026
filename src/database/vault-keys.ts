/**
 * The keys a hub has: derived from PASSERELLE_SECRET with scrypt, and those of the key file (mode 0600, outside the data
 * folder). Both may hold earlier keys behind the current one. Which of them seals is the vault's business: having a key
 * does not make it the database's.
 */
import { createHash, randomBytes, scryptSync } from 'node:crypto'
import { chmodSync, existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { HubError } from '../domain/errors.ts'

const KEY_BYTES = 32
const FILE_HEAD = '# Passerelle: key of the saved shop logins. Keep it, keep it secret, keep it apart from the backups.'
/**
 * 2^15 · 8 · 128 bytes = 32 MB per guess (RFC 7914 §2). The salt is the same in every hub: the secret is long and by
 * chance, and a salt in the database would be one thing more to lose.
 */
const SCRYPT = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 }
const SALT = 'passerelle/logins/1'

export interface Key {
  id: string
  bytes: Buffer
}

export interface VaultSettings {
  /** From PASSERELLE_SECRET; the first one is the newest. */
  secret?: readonly string[]
  secretFile: string
}

/** The keys we have, the one a new database would get first: those of PASSERELLE_SECRET, then those of the file. */
export function readKeys({ secret = [], secretFile }: VaultSettings): Key[] {
  const derived = secret.map((text) => keyOf(derive(text)))
  return [...derived, ...(existsSync(secretFile) ? readKeyFile(secretFile) : [])]
}

const derivedKeys = new Map<string, Buffer>() // 80 ms each, and asked for again whenever keys are reloaded
function derive(secret: string): Buffer {
  const known = derivedKeys.get(secret)
  if (known) return known
  const bytes = scryptSync(secret, SALT, KEY_BYTES, SCRYPT)
  derivedKeys.set(secret, bytes)
  return bytes
}

const keyOf = (bytes: Buffer): Key => ({
  id: createHash('sha256').update('passerelle key id').update(bytes).digest('hex').slice(0, 12),
  bytes,
})

function readKeyFile(file: string): Key[] {
  const lines = readFileSync(file, 'utf8')
    .split(/\r?\n/)
    .map((line) => line.trim())
  const keys = lines.filter((line) => line && !line.startsWith('#')).map((line) => Buffer.from(line, 'base64'))
  if (keys.length > 0 && keys.every((bytes) => bytes.length === KEY_BYTES)) return keys.map(keyOf)
  throw new HubError('config-invalid', `${file} is not a key file of Passerelle.`, {
    field: 'PASSERELLE_SECRET_FILE',
    params: { settings: `PASSERELLE_SECRET_FILE: ${file} is not a key file of Passerelle; put the right file back.` },
  })
}

const keyText = (keys: readonly Buffer[]) => [FILE_HEAD, ...keys.map((key) => key.toString('base64')), ''].join('\n')

/** Never replaces a file that is there, and is never seen half-written. */
export function makeKeyFile(file: string): Key[] {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const staging = `${file}.${randomBytes(4).toString('hex')}`
  writeFileSync(staging, keyText([randomBytes(KEY_BYTES)]), { mode: 0o600, flush: true })
  try {
    linkSync(staging, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(staging, { force: true })
  }
  chmodSync(file, 0o600)
  return readKeyFile(file)
}

export function addKeyToFile(file: string): void {
  const keys = [randomBytes(KEY_BYTES), ...readKeyFile(file).map(({ bytes }) => bytes)]
  const staging = `${file}.${randomBytes(4).toString('hex')}`
  writeFileSync(staging, keyText(keys), { mode: 0o600, flush: true })
  renameSync(staging, file)
}

/** Where a key lies, as a person is told to keep it; when it is nowhere here, every place it may be looked for. */
export function placeOfKey({ secret = [], secretFile }: VaultSettings, keyId: string | undefined): string {
  if (secret.some((text) => keyOf(derive(text)).id === keyId)) return 'PASSERELLE_SECRET'
  if (existsSync(secretFile) && readKeyFile(secretFile).some(({ id }) => id === keyId)) return secretFile
  return secret.length > 0 ? `PASSERELLE_SECRET, ${secretFile}` : secretFile
}
