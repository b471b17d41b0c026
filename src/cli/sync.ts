import type { Command } from 'commander'
import { realClock, type Clock } from '../domain/clock.ts'
import type { CliContext, Caller } from './main.ts'
import { EXIT, show, table } from './output.ts'

interface SyncResult {
  id: string
  name: string
  imported: number
  changed: number
  unchanged: number
  quarantined: number
  requests: number
  durationMs: number
  running: boolean
  failing?: { code: string; title: string }
}

export function syncCommand(program: Command, context: CliContext): void {
  const { terminal, say } = context
  program
    .command('sync <id>')
    .description(say('sync.about'))
    .option('--wait', say('options.wait'))
    .action((id: string, options: { wait?: boolean }) =>
      context.withHub(
        async (hub) => {
          const started = await start(hub, id)
          if (!options.wait) {
            show(terminal, started, () =>
              say(started.length === 0 ? 'integrations.none' : 'sync.started', { count: started.length }),
            )
            return EXIT.ok
          }
          const results: SyncResult[] = []
          for (const one of started) results.push(await settled(hub, one, (line) => terminal.err(line), say))
          const single = id !== 'all'
          show(terminal, single ? results[0] : results, () => resultText(results, say))
          return results.some((result) => result.failing)
            ? EXIT.failed
            : results.some((result) => result.running)
              ? EXIT.unknown
              : EXIT.ok
        },
        { work: true },
      ),
    )
}

interface Started {
  id: string
  name: string
  askedAt: string
}

async function start(hub: Caller, id: string): Promise<Started[]> {
  if (id !== 'all') return [await hub.send('POST', `/integrations/${encodeURIComponent(id)}/sync`, { join: true })]
  return (await hub.send('POST', '/sync', { join: true })).items
}

/** A page of a slow shop takes a minute or two; whoever moves nothing for this long is not working, or not there. */
const PATIENCE_MS = 5 * 60_000

/**
 * Ends after the live pass, the backfill and the write-backs that were due, or when nothing has moved for too long: a
 * web process without any worker would keep a script waiting for ever.
 */
export async function settled(
  hub: Caller,
  one: Started,
  progress: (line: string) => void,
  say: CliContext['say'],
  clock: Clock = realClock,
): Promise<SyncResult> {
  let said = ''
  let counted = ''
  let movedAt = clock.now()
  for (;;) {
    const query = new URLSearchParams({ askedAt: one.askedAt, wait: '1', until: 'everything' })
    const result: SyncResult = await hub.get(`/integrations/${encodeURIComponent(one.id)}/sync?${query}`)
    if (!result.running || result.failing) return { ...result, id: one.id, name: one.name }
    const counts = [result.imported, result.changed, result.unchanged, result.quarantined, result.requests].join()
    if (counts !== counted) movedAt = clock.now()
    counted = counts
    if (clock.now() - movedAt >= PATIENCE_MS) {
      progress(say('sync.stuck', { name: one.name, minutes: PATIENCE_MS / 60_000 }))
      return { ...result, id: one.id, name: one.name }
    }
    const line = say('sync.progress', { name: one.name, imported: result.imported, changed: result.changed })
    if (line !== said) progress(line)
    said = line
  }
}

const resultText = (results: SyncResult[], say: CliContext['say']): string =>
  results.length === 0
    ? say('integrations.none')
    : [
        table(
          ['name', 'imported', 'changed', 'unchanged', 'quarantined', 'requests', 'duration'].map((column) =>
            say(`columns.${column}`),
          ),
          results.map((result) => [
            result.name,
            ...[result.imported, result.changed, result.unchanged, result.quarantined, result.requests].map(String),
            `${(result.durationMs / 1000).toFixed(1)} s`,
          ]),
        ),
        ...results.filter((result) => result.failing).map((result) => `${result.name}: ${result.failing!.title}`),
      ].join('\n')
