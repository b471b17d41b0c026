/**
 * What is measured, each beside its limit measured in the same run. `npm run bench`, or `npm run bench -- import` for a part.
 *
 * Machines are noisy: the ratios count, not the absolute figures. Exit 1 when an aim is missed.
 */
import { setFlagsFromString } from 'node:v8'
import { benchImport } from './import.ts'
import { benchLists } from './lists.ts'
import { benchMemory } from './memory.ts'
import { benchStart } from './start.ts'
import type { Line } from './report.ts'

// As bin/passerelle sets them: both sides of a comparison run the way the hub does.
for (const flag of ['--max-semi-space-size=2', '--optimize-for-size']) setFlagsFromString(flag)

const PARTS: Record<string, () => Promise<Line[]>> = {
  import: benchImport,
  lists: benchLists,
  memory: benchMemory,
  start: benchStart,
}

const wanted = process.argv.slice(2).filter((name) => name in PARTS)
const lines: Line[] = []
for (const name of wanted.length > 0 ? wanted : Object.keys(PARTS)) {
  process.stderr.write(`${name}…\n`)
  lines.push(...(await PARTS[name]!()))
}

const width = Math.max(...lines.map((line) => line.what.length))
for (const line of lines) {
  const verdict = line.met === undefined ? '' : line.met ? 'met' : 'MISSED'
  process.stdout.write(
    `${line.what.padEnd(width)}  ${line.measured.padStart(24)}  ${(line.beside ?? '').padEnd(44)}  ${(line.aim ?? '').padEnd(14)} ${verdict}\n`,
  )
}
const missed = lines.filter((line) => line.met === false).length
process.stdout.write(missed === 0 ? 'every aim is met\n' : `${missed} aims missed\n`)
process.exitCode = missed === 0 ? 0 : 1
