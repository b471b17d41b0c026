/** Commands that run a hub or work on its database: start, web, worker, migrate, demo, backup, restore, rotate-key. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { backupFolder, createLog, keySettings, socketPath, startHub, type Role, type RunningHub } from '../app.ts'
import type { Config } from '../config.ts'
import { readBackupHeader, refuseRunningHub, restoreBackup, writeBackup } from '../database/backup.ts'
import { migrate } from '../database/migrate.ts'
import { ensureDefaultWorkspace } from '../database/users.ts'
import { openDatabase, type OpenDatabase } from '../database/open.ts'
import { forgetKey, placeOfKey, rotateKey } from '../database/vault.ts'
import { realClock } from '../domain/clock.ts'
import { HubError } from '../domain/errors.ts'
import { answers } from './client.ts'
import type { CliContext } from './main.ts'
import { CommandError, EXIT, show } from './output.ts'

export function operationCommands(program: Command, context: CliContext): void {
  const { say, terminal } = context
  const role = (name: string, wanted: Role) =>
    program
      .command(name)
      .description(say(`${name}.about`))
      .action(() => serve(context, wanted))
  role('start', 'all')
  role('web', 'web')
  role('worker', 'worker')
  keyCommands(program, context)

  program
    .command('demo')
    .description(say('demo.about'))
    .action(async () => {
      if (await answers(socketPath(context.config()))) {
        await context.withHub(async (hub) => {
          const demo = await hub.send('POST', '/demo')
          show(terminal, demo, () => say('demo.started', { url: demo.url }))
        })
      } else {
        await serve(context, 'all', { demo: true })
      }
    })

  program
    .command('migrate')
    .description(say('migrate.about'))
    .action(() =>
      withDatabase(context, async ({ db, embedded }, config) => {
        const applied = await migrate(db, { log: createLog(config), backupBefore: embedded && backupFolder(config) })
        show(terminal, { applied }, () => say('migrate.done', { count: applied.length }))
      }),
    )

  program
    .command('backup <file>')
    .description(say('backup.about'))
    .action(async (file: string) => {
      const path = resolve(file)
      if (existsSync(path))
        throw new CommandError(EXIT.failed, say('backup.exists', { file: path }), {
          code: 'file-exists',
          field: 'file',
        })
      const config = context.config()
      let keyId: string | undefined
      if (!config.databaseUrl && (await answers(socketPath(config)))) {
        await context.withHub(async (hub) => {
          const made = await hub.send('POST', '/operator/backup', { path })
          keyId = made.keyId
          show(terminal, made, () => say('backup.done', { file: path, tables: made.tables, rows: made.rows }))
        })
      } else {
        await withDatabase(context, async ({ db }) => {
          const made = await writeBackup(db, path, { clock: realClock })
          keyId = made.keyId
          show(terminal, { path, ...made }, () =>
            say('backup.done', { file: path, tables: made.tables, rows: made.rows }),
          )
        })
      }
      terminal.err(say('backup.keyNotInside', { file: placeOfKey(keySettings(config), keyId) }))
    })

  program
    .command('restore <file>')
    .description(say('restore.about'))
    .action(async (file: string) => {
      const path = resolve(file)
      const config = context.config()
      if (await answers(socketPath(config)))
        throw new CommandError(EXIT.failed, say('restore.running'), { code: 'hub-running' })
      await readBackupHeader(path)
      await withDatabase(context, async ({ db }) => {
        await refuseRunningHub(db)
        await migrate(db, { log: createLog(config) })
        const restored = await restoreBackup(db, path)
        show(terminal, { path, ...restored }, () => say('restore.done', { rows: restored.rows }))
        terminal.err(say('restore.key', { file: placeOfKey(keySettings(config), restored.keyId) }))
      })
    })
}

/** Working on the sealed logins themselves: the hub must not be running on an embedded database. */
function keyCommands(program: Command, context: CliContext): void {
  const { say, terminal } = context
  program
    .command('rotate-key')
    .description(say('rotateKey.about'))
    .action(() =>
      withDatabase(context, async ({ db }, config) => {
        const rotated = await rotateKey(keySettings(config), db)
        show(terminal, rotated, () => say('rotateKey.done', { key: rotated.keyId, count: rotated.resealed }))
      }),
    )
  program
    .command('forget-key')
    .description(say('forgetKey.about'))
    .option('--yes', say('forgetKey.yes'))
    .action(async (options: { yes?: boolean }) => {
      if (!options.yes) throw new CommandError(EXIT.usage, say('forgetKey.sure'))
      await withDatabase(context, async ({ db }) => {
        await forgetKey(db)
        show(terminal, { forgotten: true }, () => say('forgetKey.done'))
      })
    })
}

async function withDatabase(
  context: CliContext,
  run: (database: OpenDatabase, config: Config) => Promise<void>,
): Promise<void> {
  const config = context.config()
  const database = await openDatabase(config, { name: 'passerelle-command' })
  try {
    await run(database, config)
  } finally {
    await database.close()
  }
}

/** Runs until a signal, then drains: no new work, running work finished, doors closed, database stopped. */
async function serve(context: CliContext, role: Role, options: { demo?: boolean } = {}): Promise<void> {
  const { say, terminal } = context
  const config = context.config()
  if (role !== 'all' && !config.databaseUrl) {
    throw new HubError('config-invalid', `${role} needs DATABASE_URL`, {
      field: 'DATABASE_URL',
      params: { settings: `DATABASE_URL: ${say('needsDatabaseUrl', { role })}` },
    })
  }
  const ended = signalled()
  const hub = await startHub({ config, role })
  try {
    await announce(context, hub, options)
    await ended
    terminal.err(say('start.stopping'))
  } finally {
    await hub.stop()
  }
}

async function announce({ say, terminal }: CliContext, hub: RunningHub, options: { demo?: boolean }): Promise<void> {
  if (hub.url) terminal.out(say('start.address', { url: hub.url }))
  if (hub.setupLink) terminal.out(say('start.firstUser', { url: hub.setupLink }))
  if (options.demo) {
    if (!hub.demo.running()) await hub.demo.connect((await ensureDefaultWorkspace(hub.hub.db, hub.hub.clock)).id)
    terminal.out(say('demo.started', { url: hub.demo.url() ?? '' }))
  }
  if (!hub.url) terminal.out(say('worker.ready'))
}

const signalled = (): Promise<void> =>
  new Promise((done) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => done())
  })
