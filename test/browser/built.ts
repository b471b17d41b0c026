/** The web app as it is in the tree now: built once per run, whoever of the browser tests comes first. */
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'vite'
import { until } from '../support/until.ts'

const ROOT = join(import.meta.dirname, '../..')
const DIST = join(ROOT, 'web/dist/index.html')
const LOCK = join(ROOT, 'web/dist.lock')
const SOURCES = ['web/src', 'web/public', 'web/index.html', 'web/vite.config.ts', 'src/words']
/** A build takes seconds: a lock this old was left by a run that was killed. */
const ABANDONED_MS = 2 * 60_000

const changedAt = (path: string): number => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0

function newestSource(): number {
  const files = SOURCES.map((path) => join(ROOT, path)).flatMap((path) =>
    statSync(path).isDirectory() ? readdirSync(path, { recursive: true }).map((name) => join(path, String(name))) : [path],
  )
  return Math.max(...files.map(changedAt))
}

const isBuilt = (): boolean => changedAt(DIST) > newestSource()

export async function buildWeb(): Promise<void> {
  if (isBuilt()) return
  const age = Date.now() - changedAt(LOCK)
  if (changedAt(LOCK) > 0 && age > ABANDONED_MS) rmSync(LOCK, { recursive: true, force: true })
  try {
    mkdirSync(LOCK)
  } catch {
    return until('another test builds the web app', () => changedAt(LOCK) === 0 && isBuilt(), 60_000)
  }
  try {
    await build({ configFile: join(ROOT, 'web/vite.config.ts'), logLevel: 'error' })
  } finally {
    rmSync(LOCK, { recursive: true, force: true })
  }
}
