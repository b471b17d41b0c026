/** The command line: the same words and the same API as the web app. */
import { Command, CommanderError } from 'commander'
import type { Config } from '../config.ts'
import { asHubError, HubError } from '../domain/errors.ts'
import type { Locale } from '../words/index.ts'
import { problemText } from '../words/problem.ts'
import { connect, type Client } from './client.ts'
import { integrationCommands } from './integrations.ts'
import { operationCommands } from './operations.ts'
import { orderCommands } from './orders.ts'
import { CommandError, EXIT, words, type Terminal } from './output.ts'
import { shippingCommands } from './shipping.ts'
import { syncCommand } from './sync.ts'

export interface CliContext {
  terminal: Terminal
  say: (key: string, params?: Record<string, string | number>) => string
  config(): Config
  /** Runs one command against the hub; problems of the API become CommandErrors. */
  withHub(run: (hub: Caller) => Promise<number | void>, options?: { work?: boolean }): Promise<void>
  /** A secret given as `-` is read from stdin, once, one line per secret. */
  secret(value: string | undefined): Promise<string | undefined>
  exit(code: number): void
  /** Whether a person sits at the terminal. */
  asks: boolean
}

export interface Caller {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  get(path: string): Promise<any>
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  send(method: 'POST' | 'PATCH' | 'PUT' | 'DELETE', path: string, body?: unknown, raw?: Uint8Array): Promise<any>
}

export interface CliOptions {
  readConfig: () => Config
  locale: Locale
  out?: (text: string) => void
  err?: (text: string) => void
  /** Whether standard input is a terminal; asked of the process itself when not given. */
  asks?: boolean
}

/** @returns the exit code: 0 ok · 1 something failed · 2 could not tell · 64 wrong usage */
export async function runCli(args: string[], options: CliOptions): Promise<number> {
  const terminal: Terminal = {
    locale: options.locale,
    json: args.includes('--json'),
    out: options.out ?? ((text) => void process.stdout.write(`${text}\n`)),
    err: options.err ?? ((text) => void process.stderr.write(`${text}\n`)),
  }
  const say = words(terminal)
  let code: number = EXIT.ok
  const context: CliContext = {
    terminal,
    say,
    config: options.readConfig,
    exit: (wanted) => {
      code = wanted
    },
    asks: options.asks ?? process.stdin.isTTY === true,
    secret: secretReader(),
    withHub: async (run, { work = false } = {}) => {
      const client = await connect(options.readConfig(), options.locale, { work })
      try {
        code = (await run(caller(client))) ?? code
      } finally {
        await client.close()
      }
    },
  }

  const program = new Command('passerelle')
    .description(say('about'))
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.out(text.trimEnd()),
      writeErr: (text) => terminal.err(text.trimEnd()),
    })
    .helpOption('-h, --help', say('help'))
    .helpCommand(false)
    .showHelpAfterError(say('seeHelp'))
  for (const add of [operationCommands, integrationCommands, syncCommand, orderCommands, shippingCommands])
    add(program, context)
  withJson(program)

  try {
    await program.parseAsync(args, { from: 'user' })
    return code
  } catch (thrown) {
    return report(terminal, say, thrown)
  }
}

function report(terminal: Terminal, say: CliContext['say'], thrown: unknown): number {
  if (thrown instanceof CommanderError) {
    return thrown.code === 'commander.helpDisplayed' || thrown.code === 'commander.help' ? EXIT.ok : EXIT.usage
  }
  if (thrown instanceof CommandError) {
    // One shape for every error: the hub's own problems bring their title, ours is the sentence.
    if (terminal.json && thrown.problem !== undefined)
      terminal.out(JSON.stringify({ title: thrown.message, ...(thrown.problem as object) }, null, 2))
    terminal.err(thrown.message)
    return thrown.exit
  }
  const error = thrown instanceof HubError ? thrown : asHubError(thrown)
  const { title, todo } = problemText(terminal.locale, error.code, error.params, error.field)
  if (terminal.json)
    terminal.out(JSON.stringify({ code: error.code, field: error.field, title, todo, detail: error.message }, null, 2))
  terminal.err([title, todo, error.code === 'internal' ? error.stack : undefined].filter(Boolean).join('\n'))
  return EXIT.failed
}

/** `--json` on every command, so that it may stand anywhere in the line. */
function withJson(command: Command): void {
  for (const sub of command.commands) {
    sub.exitOverride().copyInheritedSettings(command)
    if (sub.commands.length > 0) withJson(sub)
    else sub.option('--json')
  }
}

function caller(client: Client): Caller {
  const checked = async (...args: Parameters<Client['call']>) => {
    const { status, body } = await client.call(...args)
    if (status < 400) return body
    const sentence = [body?.title, body?.detail, body?.todo].filter(Boolean).join('\n')
    throw new CommandError(EXIT.failed, sentence || `HTTP ${status}`, body)
  }
  return {
    get: (path) => checked('GET', `/api/v1${path}`),
    send: (method, path, body, raw) =>
      checked(method, `/api/v1${path}`, body, raw && { raw, contentType: 'application/octet-stream' }),
  }
}

function secretReader(): (value: string | undefined) => Promise<string | undefined> {
  let lines: Promise<string[]> | undefined
  return async (value) => {
    if (value !== '-') return value
    lines ??= (async () => {
      const chunks: Buffer[] = []
      for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
      return Buffer.concat(chunks).toString().split(/\r?\n/)
    })()
    return (await lines).shift()
  }
}
