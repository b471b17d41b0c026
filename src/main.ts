/** The role from the arguments: start, web, worker, migrate and demo run a hub; everything else is the command line. */
import { readConfig, terminalLocale } from './config.ts'
import { runCli } from './cli/main.ts'

const code = await runCli(process.argv.slice(2), { readConfig, locale: terminalLocale() })
process.exitCode = code
