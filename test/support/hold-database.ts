/** A process that holds an embedded database until it is killed: `hold-database.ts <folder> [guard]`. */
import { startEmbedded } from '../../src/database/embedded.ts'
import type { Guard } from '../../src/database/embedded-server.ts'

const [dataDir, guard] = process.argv.slice(2)
const embedded = await startEmbedded({ dataDir: dataDir!, durable: false, guard: guard as Guard | undefined })
process.stdout.write(`${JSON.stringify({ pid: embedded.pid(), cluster: embedded.dataPlace })}\n`)
process.once('SIGTERM', () => void embedded.stop().then(() => process.exit(0)))
