/** A process that migrates and prints how many files it applied: `migrate-once.ts <url> <folder of SQL files>`. */
import { migrate } from '../../src/database/migrate.ts'
import { Database } from '../../src/database/open.ts'

const [connectionString, folder] = process.argv.slice(2)
const db = new Database({ connectionString }, { max: 1 })
process.stdout.write(String((await migrate(db, { folder })).length))
await db.close()
