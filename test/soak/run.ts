/**
 * The long tests, bounded: `npm run soak`, or `npm run soak -- kills` and `npm run soak -- workers [minutes]` for a part.
 *
 * - kills: an import of 5,000 orders on the embedded database, killed at 30 random points
 * - workers: three workers on one PostgreSQL, one of them killed every 20 seconds for five minutes, while orders come in,
 *   are shipped, and the shops are told
 *
 * Prints a table; exit 1 when anything that must hold does not. Ends only processes it started.
 */
import { soakKills } from './kills.ts'
import type { Line } from './report.ts'
import { soakWorkers } from './workers.ts'

const LONGEST_MS = 25 * 60_000
const [only, minutes] = process.argv.slice(2)
const PARTS: Record<string, () => Promise<Line[]>> = {
  kills: () => soakKills({ points: 30, orders: 5_000 }),
  workers: () => soakWorkers({ minutes: Number(minutes ?? 5) }),
}
if (only !== undefined && !Object.hasOwn(PARTS, only)) {
  process.stderr.write('npm run soak -- [kills | workers [minutes]]\n')
  process.exit(64)
}

const overdue = setTimeout(() => {
  process.stderr.write(`not at its end after ${LONGEST_MS / 60_000} minutes\n`)
  process.exit(1)
}, LONGEST_MS)
let broken = 0
for (const [name, run] of Object.entries(PARTS)) {
  if (only !== undefined && name !== only) continue
  process.stdout.write(`\n${name}\n`)
  try {
    for (const { what, found, must, ok } of await run()) {
      process.stdout.write(`  ${ok ? 'ok    ' : 'BROKEN'}  ${what.padEnd(52)}  ${found.padEnd(28)}  ${must}\n`)
      if (!ok) broken += 1
    }
  } catch (thrown) {
    broken += 1
    process.stdout.write(`  BROKEN  ${thrown instanceof Error ? thrown.stack : String(thrown)}\n`)
  }
}
clearTimeout(overdue)
process.stdout.write(broken === 0 ? '\neverything held\n' : `\n${broken} broken\n`)
process.exitCode = broken === 0 ? 0 : 1
