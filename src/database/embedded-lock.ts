/**
 * One hub per data folder, also across containers that share a volume.
 *
 * The lock is a lock of the kernel on a file (taken through SQLite, which Node brings along), so it is gone the
 * instant its holder is, kill -9 included. A file holding a pid would lie: after a crash the number belongs to
 * somebody else, and inside containers every hub is number 1.
 */
import { chmodSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { HubError } from '../domain/errors.ts'

export interface FolderLock {
  release(): void
}

/** @throws HubError `database-locked` when another process holds it */
export function lockFolder(file: string): FolderLock {
  let held: DatabaseSync | undefined
  try {
    held = new DatabaseSync(file)
    chmodSync(file, 0o600) // who can open it could hold it
    held.exec('PRAGMA journal_mode = memory')
    held.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    held?.close()
    const busy = cause instanceof Error && /locked|busy/i.test(cause.message)
    if (!busy) throw new HubError('internal', `The lock file ${file} cannot be used: ${String(cause)}`, { cause })
    throw new HubError('database-locked', `Another hub already uses this data folder (${file} is locked).`, {
      params: { file },
      cause,
    })
  }

  const connection = held
  return { release: () => connection.close() }
}
