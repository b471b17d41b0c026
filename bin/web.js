/**
 * Builds the web app when its sources are not the ones it was built from. The hub serves what lies in web/dist; a new
 * build takes its place in one step, so a page that is being loaded never meets half of one.
 */
'use strict'
const { spawnSync } = require('node:child_process')
const { createHash } = require('node:crypto')
const fs = require('node:fs')
const path = require('node:path')
const { ROOT, MODULES, hubNode, withLock, say, fail } = require('./install.js')

const WEB = path.join(ROOT, 'web')
const DIST = path.join(WEB, 'dist')
const STAMP = path.join(MODULES, '.web-built')
const SOURCES = [WEB, path.join(ROOT, 'src', 'words'), path.join(ROOT, 'package-lock.json')]

function ensureWebBuilt() {
  if (!fs.existsSync(path.join(WEB, 'vite.config.ts'))) return
  const wanted = digest()
  if (isBuilt(wanted)) return
  withLock(() => {
    if (!isBuilt(wanted)) build(wanted)
  })
}

function isBuilt(wanted) {
  try {
    return fs.existsSync(path.join(DIST, 'index.html')) && fs.readFileSync(STAMP, 'utf8') === wanted
  } catch {
    return false
  }
}

function build(wanted) {
  say('Passerelle : préparation de l’application web…', 'Passerelle: building the web app…')
  const staging = `${DIST}.new`
  const vite = path.join(MODULES, 'vite', 'bin', 'vite.js')
  const args = [vite, 'build', WEB, '--outDir', staging, '--emptyOutDir', '--logLevel', 'warn']
  const env = { ...process.env, NODE_ENV: 'production' }
  const done = spawnSync(hubNode(), args, { cwd: ROOT, env, stdio: ['ignore', 2, 2] })
  if (done.status !== 0) {
    fs.rmSync(staging, { recursive: true, force: true })
    fail(
      'Passerelle : l’application web n’a pas pu être construite ; la raison est écrite ci-dessus.',
      'Passerelle: the web app could not be built; the reason is printed above.',
    )
  }
  fs.rmSync(DIST, { recursive: true, force: true })
  fs.renameSync(staging, DIST)
  fs.writeFileSync(STAMP, wanted)
}

function digest() {
  const hash = createHash('sha256')
  for (const source of SOURCES) {
    for (const file of filesOf(source)) {
      hash
        .update(`${path.relative(ROOT, file)}\0`)
        .update(fs.readFileSync(file))
        .update('\0')
    }
  }
  return hash.digest('hex')
}

function filesOf(place) {
  if (place === DIST || place === `${DIST}.new` || !fs.existsSync(place)) return []
  if (!fs.statSync(place).isDirectory()) return [place]
  const names = fs.readdirSync(place).sort()
  return names.flatMap((name) => filesOf(path.join(place, name)))
}

module.exports = { ensureWebBuilt }
