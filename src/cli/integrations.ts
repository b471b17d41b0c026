import { InvalidArgumentError, type Command } from 'commander'
import type { CliContext } from './main.ts'
import { CommandError, EXIT, show, tableOr } from './output.ts'

const DAY_MS = 24 * 3_600_000

interface ConnectOptions {
  platform: string
  url: string
  key?: string
  secret?: string
  name?: string
  since?: string
  tell?: string
  queryKeys?: boolean
  basicUser?: string
  basicPassword?: string
  copy?: boolean
}

export function integrationCommands(program: Command, context: CliContext): void {
  const { terminal, say } = context
  program
    .command('platforms')
    .description(say('platforms.about'))
    .command('list')
    .description(say('platforms.list'))
    .action(() =>
      context.withHub(async (hub) => {
        const { items } = await hub.get('/platforms')
        show(terminal, items, () =>
          items.map((platform: { id: string; name: string }) => `${platform.id}  ${platform.name}`).join('\n'),
        )
      }),
    )

  const integrations = program.command('integrations').description(say('integrations.about'))

  integrations
    .command('add')
    .description(say('integrations.add'))
    .requiredOption('--platform <platform>', say('options.platform'))
    .requiredOption('--url <url>', say('options.url'))
    .requiredOption('--key <key>', say('options.key'))
    .requiredOption('--secret <secret>', say('options.secret'))
    .option('--name <name>', say('options.name'))
    .option('--since <since>', say('options.since'), sinceOption(say))
    .option('--tell <who>', say('options.tell'), oneOf(['nobody', 'completed', 'note'], say))
    .option('--query-keys', say('options.queryKeys'))
    .option('--basic-user <user>', say('options.basicUser'))
    .option('--basic-password <password>', say('options.basicPassword'))
    .option('--copy', say('options.copy'))
    .action(async (options: ConnectOptions) => {
      const login = await loginOf(context, options)
      await context.withHub(async (hub) => {
        const { platform, url, name, since, tell, queryKeys, copy } = options
        const added = await hub.send('POST', '/integrations', {
          platform,
          url,
          login,
          name,
          since: since && sinceInstant(since),
          tell,
          queryKeys,
          copy,
          language: terminal.locale,
        })
        show(terminal, added, () => say('integrations.added', { name: added.name, url: added.url, id: added.id }))
      })
    })

  integrations
    .command('list')
    .description(say('integrations.list'))
    .action(() =>
      context.withHub(async (hub) => {
        const { items } = await hub.get('/integrations')
        show(terminal, items, () =>
          tableOr(
            say('integrations.none'),
            [say('columns.id'), say('columns.name'), say('columns.state'), say('columns.url')],
            items.map((item: { id: string; name: string; state: string; url: string }) => [
              item.id,
              item.name,
              say(`states.${item.state}`),
              item.url,
            ]),
          ),
        )
      }),
    )

  integrations
    .command('show <id>')
    .description(say('integrations.show'))
    .action((id: string) =>
      context.withHub(async (hub) => {
        const item = await hub.get(`/integrations/${encodeURIComponent(id)}`)
        show(terminal, item, () => JSON.stringify(item, null, 2))
      }),
    )

  integrations
    .command('update <id>')
    .description(say('integrations.update'))
    .option('--url <url>', say('options.url'))
    .option('--key <key>', say('options.key'))
    .option('--secret <secret>', say('options.secret'))
    .option('--name <name>', say('options.name'))
    .option('--tell <who>', say('options.tell'), oneOf(['nobody', 'completed', 'note'], say))
    .option('--query-keys', say('options.queryKeys'))
    .option('--no-query-keys', say('options.noQueryKeys'))
    .option('--basic-user <user>', say('options.basicUser'))
    .option('--basic-password <password>', say('options.basicPassword'))
    .option('--disable', say('options.disable'))
    .option('--enable', say('options.enable'))
    .option('--moved', say('options.moved'))
    .action(
      async (
        id: string,
        options: Partial<ConnectOptions> & { disable?: boolean; enable?: boolean; moved?: boolean },
      ) => {
        const login = await loginOf(context, options)
        await context.withHub(async (hub) => {
          const { url, name, tell, queryKeys, moved } = options
          const disabled = options.disable ? true : options.enable ? false : undefined
          const updated = await hub.send('PATCH', `/integrations/${encodeURIComponent(id)}`, {
            url,
            name,
            tell,
            queryKeys,
            moved,
            disabled,
            login: Object.keys(login).length > 0 ? login : undefined,
          })
          show(terminal, updated, () => say('integrations.updated', { name: updated.name }))
        })
      },
    )

  integrations
    .command('remove <id>')
    .description(say('integrations.remove'))
    .option('--yes', say('integrations.yes'))
    .action((id: string, options: { yes?: boolean }) => {
      // A person is asked once; a script that has no terminal to be asked at said what it wants.
      if (context.asks && !terminal.json && !options.yes)
        throw new CommandError(EXIT.usage, say('integrations.sure', { id }))
      return context.withHub(async (hub) => {
        await hub.send('DELETE', `/integrations/${encodeURIComponent(id)}`)
        show(terminal, { id, removed: true }, () => say('integrations.removed'))
      })
    })
}

/** The login as the API takes it; fields that were not given stay as they are. */
async function loginOf(context: CliContext, options: Partial<ConnectOptions>): Promise<Record<string, string>> {
  const login = {
    key: await context.secret(options.key),
    secret: await context.secret(options.secret),
    basicUser: options.basicUser,
    basicPassword: await context.secret(options.basicPassword),
  }
  for (const [field, value] of Object.entries(login)) {
    if (options[field as keyof ConnectOptions] === '-' && !value)
      throw new CommandError(EXIT.usage, context.say('stdinEmpty', { field }))
  }
  return Object.fromEntries(Object.entries(login).filter((entry): entry is [string, string] => entry[1] !== undefined))
}

const SINCE = /^(?:(\d{1,4})d|(\d{4}-\d{2}-\d{2})(?:T[\d:.]+Z?)?|all)$/

const sinceOption = (say: CliContext['say']) => (value: string) => {
  if (!SINCE.test(value) || (value !== 'all' && Number.isNaN(Date.parse(sinceInstant(value)))))
    throw new InvalidArgumentError(say('badSince'))
  return value
}

/** `30d` → an instant; a date is the start of that day, UTC. */
function sinceInstant(value: string): string {
  if (value === 'all') return 'all'
  const days = /^(\d+)d$/.exec(value)?.[1]
  const at = days === undefined ? Date.parse(value) : startedAt() - Number(days) * DAY_MS
  return Number.isNaN(at) ? 'invalid' : new Date(at).toISOString()
}

/** When this process started: a command's own notion of now. */
const startedAt = (): number => Math.round(performance.timeOrigin)

export const oneOf = (allowed: string[], say: CliContext['say']) => (value: string) => {
  if (!allowed.includes(value)) throw new InvalidArgumentError(say('oneOf', { allowed: allowed.join(', ') }))
  return value
}
