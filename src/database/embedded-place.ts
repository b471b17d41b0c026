/**
 * Where the embedded database lives and which account runs it.
 *
 * An ordinary user's database lies in his data folder and runs as himself. PostgreSQL refuses to run as root, so a
 * hub of root gives it an account of its own. That account must be able to walk to its files: under a folder of mode
 * 0700 (/root is one) it cannot, so there the database lies under /var/lib/passerelle and `data/WHERE` says where.
 */
import { spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, sep } from 'node:path'
import { HubError } from '../domain/errors.ts'
import { lockFolder } from './embedded-lock.ts'
import { copyNative, installedNative, link, program, type Native } from './embedded-native.ts'

const ACCOUNT = 'passerelle'
const SYSTEM_HOME = '/var/lib/passerelle'
const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
/** All that PostgreSQL's processes get to see of our environment: no secret, no path of the user's. */
export const BARE_ENV = { PATH: SYSTEM_PATH, LC_ALL: 'C', TZ: 'UTC' }

export interface Account {
  uid: number
  gid: number
}

export interface Place {
  /** Folder that holds `postgres` (the cluster), its lock and its socket. */
  folder: string
  cluster: string
  native: Native
  /** Set when the hub is root: who runs PostgreSQL instead. */
  account: Account | undefined
}

export function findPlace(dataDir: string, log: (line: string) => void): Place {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const asRoot = process.getuid?.() === 0
  const folder = placeNamedIn(dataDir) ?? dataDir
  return asRoot ? placeForRoot(dataDir, folder, log) : placeForUser(folder)
}

function placeForUser(folder: string): Place {
  const cluster = join(folder, 'postgres')
  if (existsSync(cluster) && process.getuid && statSync(cluster).uid !== process.getuid()) {
    const problem = `the database in ${cluster} belongs to another account (uid ${statSync(cluster).uid})`
    throw new HubError('config-invalid', `PASSERELLE_DATA: ${problem}.`, {
      field: 'PASSERELLE_DATA',
      params: { settings: `PASSERELLE_DATA: ${problem}; start the hub as that account, or name another folder.` },
    })
  }
  const installed = installedNative()
  return {
    folder,
    cluster,
    native: link(installed) ? installed : copyNative(installed, folder),
    account: undefined,
  }
}

function placeForRoot(dataDir: string, named: string, log: (line: string) => void): Place {
  const installed = installedNative()
  const existing = join(named, 'postgres')
  const account = ownerOf(existing) ?? ownAccount()
  if (named === dataDir) chmodSync(dataDir, 0o711) // the account walks through it; what is secret in it is 0600
  const reachable = reaches(account, named)
  if (!reachable && (named !== dataDir || existsSync(join(existing, 'PG_VERSION')))) {
    throw new HubError('internal', `The account with uid ${account.uid} cannot reach its database in ${named}.`)
  }
  const folder = reachable ? named : newSystemPlace(dataDir, log)
  const runsInPlace = link(installed) && runs(account, program(installed, 'postgres'))
  const native = runsInPlace ? installed : copyNative(installed, SYSTEM_HOME)
  return { folder, cluster: join(folder, 'postgres'), native, account }
}

/** The place that `data/WHERE` names, if there is one. */
function placeNamedIn(dataDir: string): string | undefined {
  const note = join(dataDir, 'WHERE')
  if (!existsSync(note)) return undefined
  const folder = readFileSync(note, 'utf8').split('\n')[0]!.trim()
  if (!existsSync(folder)) {
    const advice = 'bring that folder back, or remove WHERE to begin with an empty database'
    throw new HubError('config-invalid', `${note} names ${folder}, which does not exist: ${advice}.`, {
      field: 'PASSERELLE_DATA',
      params: { settings: `PASSERELLE_DATA: ${note} → ${folder} (missing): ${advice}.` },
    })
  }
  return folder
}

function newSystemPlace(dataDir: string, log: (line: string) => void): string {
  // A part by chance: who deletes his data folder and starts anew must not meet the old orders again.
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 12) + '-' + randomBytes(3).toString('hex')
  const folder = join(SYSTEM_HOME, name)
  removePlacesOfTemporaryFolders()
  mkdirSync(folder, { recursive: true, mode: 0o755 })
  writeFileSync(join(folder, 'FROM'), `${dataDir}\n`)
  writeFileSync(
    join(dataDir, 'WHERE'),
    `${folder}\nThe database of this data folder lies there: it runs under an account of its own, which cannot\n` +
      `enter this folder. Keep, move and delete the two together.\n`,
  )
  log(`the database lies in ${folder}, as its account cannot enter ${dataDir}`)
  return folder
}

/** A data folder under the temporary folder (a test, a try) that is gone does not come back; any other may. */
function removePlacesOfTemporaryFolders(): void {
  if (!existsSync(SYSTEM_HOME)) return
  for (const name of readdirSync(SYSTEM_HOME)) {
    const place = join(SYSTEM_HOME, name)
    const from = join(place, 'FROM')
    const dataDir = existsSync(from) ? readFileSync(from, 'utf8').trim() : undefined
    if (!dataDir?.startsWith(tmpdir() + sep) || existsSync(dataDir)) continue
    try {
      lockFolder(join(place, 'hub.lock')).release()
      rmSync(place, { recursive: true, force: true })
    } catch {
      // a hub still uses it
    }
  }
}

function ownerOf(cluster: string): Account | undefined {
  if (!existsSync(cluster)) return undefined
  const { uid, gid } = statSync(cluster)
  return uid === 0 ? undefined : { uid, gid }
}

/** The system account `passerelle`, made when missing; `nobody` where accounts cannot be made. */
function ownAccount(): Account {
  const known = lookUp(ACCOUNT)
  if (known) return known
  const options = ['--system', '--user-group', '--no-create-home', '--home-dir', SYSTEM_HOME]
  spawnSync('useradd', [...options, '--shell', '/usr/sbin/nologin', ACCOUNT], { env: BARE_ENV })
  const found = lookUp(ACCOUNT) ?? lookUp('nobody')
  if (!found) throw new HubError('internal', 'PostgreSQL does not run as root, and no other account was found.')
  return found
}

function lookUp(name: string): Account | undefined {
  const ask = (flag: string) => spawnSync('id', [flag, name], { env: BARE_ENV, encoding: 'utf8' })
  const [uid, gid] = [ask('-u'), ask('-g')]
  return uid.status === 0 && gid.status === 0 ? { uid: Number(uid.stdout), gid: Number(gid.stdout) } : undefined
}

/** Asked of the kernel, by trying: modes, lists of rights and mount options are all in the answer. */
const reaches = (account: Account, folder: string): boolean =>
  spawnSync('test', ['-d', join(folder, '.')], { env: BARE_ENV, cwd: '/', ...account }).status === 0

const runs = (account: Account, executable: string): boolean =>
  spawnSync(executable, ['--version'], { env: BARE_ENV, cwd: '/', ...account }).status === 0

/** A folder that belongs to whoever runs PostgreSQL, closed to everybody else. */
export function privateFolder(path: string, account: Account | undefined): string {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  if (account) chownSync(path, account.uid, account.gid)
  return path
}
