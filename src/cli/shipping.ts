import { readFile } from 'node:fs/promises'
import { InvalidArgumentError, type Command } from 'commander'
import type { Caller, CliContext } from './main.ts'
import { orderId } from './orders.ts'
import { CommandError, EXIT, show, tableOr } from './output.ts'

/** What the preview or the import of a file says; `new` before, `done` after. */
interface Taken {
  rows: { row: number; state: string; problem?: { title: string; todo: string } }[]
  new?: number
  done?: number
  already: number
}

interface Writeback {
  id: string
  state: string
  because?: { title: string; todo: string }
  orderId: string
  orderNumber?: string
  kind: string
  createdAt: string
}

export function shippingCommands(program: Command, context: CliContext): void {
  const { terminal, say } = context

  const waited = async (hub: Caller, shipped: { id: string; writebackId?: string }): Promise<number> => {
    let writeback: Writeback | undefined
    if (shipped.writebackId) {
      terminal.err(say('ship.waiting'))
      // The API itself waits a minute; later the write-back goes on without us.
      writeback = await hub.get(`/writebacks/${shipped.writebackId}?wait=settled`)
    }
    const state = writeback?.state ?? 'none'
    show(terminal, { ...shipped, writeback }, () =>
      say(`ship.${state}`, { shipment: shipped.id, because: writeback?.because?.title ?? '' }),
    )
    return state === 'confirmed' || state === 'none' ? EXIT.ok : state === 'refused' ? EXIT.failed : EXIT.unknown
  }

  program
    .command('ship <order>')
    .description(say('ship.about'))
    .requiredOption('--carrier <name>', say('options.carrier'))
    .requiredOption('--tracking <number>', say('options.tracking'), collect)
    .option('--url <url>', say('options.trackingUrl'), collect)
    .option('--lines <lines>', say('options.lines'), (value) => linesOption(value, say))
    .option('--force', say('options.force'))
    .action(
      (
        wanted: string,
        options: {
          carrier: string
          tracking: string[]
          url?: string[]
          lines?: { line: string; quantity: string }[]
          force?: boolean
        },
      ) =>
        context.withHub(
          async (hub) => {
            const shipment = await hub.send('POST', `/orders/${await orderId(hub, wanted, say)}/shipments`, {
              carrierName: options.carrier,
              parcels: options.tracking.map((tracking, position) => ({ tracking, url: options.url?.[position] })),
              lines: options.lines,
              force: options.force,
            })
            return waited(hub, shipment)
          },
          { work: true },
        ),
    )

  program
    .command('correct <shipment>')
    .description(say('correct.about'))
    .option('--carrier <name>', say('options.carrier'))
    .option('--tracking <number>', say('options.tracking'), collect)
    .option('--url <url>', say('options.trackingUrl'), collect)
    .action((shipment: string, options: { carrier?: string; tracking?: string[]; url?: string[] }) =>
      context.withHub(
        async (hub) =>
          waited(
            hub,
            await hub.send('PATCH', `/shipments/${encodeURIComponent(shipment)}`, {
              carrierName: options.carrier,
              parcels: options.tracking?.map((tracking, position) => ({ tracking, url: options.url?.[position] })),
            }),
          ),
        { work: true },
      ),
    )

  program
    .command('unship <shipment>')
    .description(say('unship.about'))
    .action((shipment: string) =>
      context.withHub(
        async (hub) => waited(hub, await hub.send('POST', `/shipments/${encodeURIComponent(shipment)}/void`)),
        { work: true },
      ),
    )

  const writebacks = program.command('writebacks').description(say('writebacks.about'))
  writebacks
    .command('list')
    .description(say('writebacks.list'))
    .option('--state <state>', say('options.state'))
    .action((options: { state?: string }) =>
      context.withHub(async (hub) => {
        const { items } = await hub.get(
          `/writebacks${options.state ? `?state=${encodeURIComponent(options.state)}` : ''}`,
        )
        show(terminal, items, () =>
          tableOr(
            say('writebacks.none'),
            ['id', 'order', 'state', 'because'].map((column) => say(`columns.${column}`)),
            items.map((item: Writeback) => [
              item.id,
              item.orderNumber ?? item.orderId,
              say(`writebackStates.${item.state}`),
              item.because?.title ?? '',
            ]),
          ),
        )
      }),
    )
  writebacks
    .command('settle <writeback> <decision>')
    .description(say('writebacks.settle'))
    .action((writeback: string, decision: string) =>
      context.withHub(
        async (hub) => {
          if (!['again', 'done'].includes(decision))
            throw new CommandError(EXIT.usage, say('oneOf', { allowed: 'again, done' }))
          const settled = await hub.send('POST', `/writebacks/${encodeURIComponent(writeback)}/settle`, { decision })
          show(terminal, settled, () => say(`writebackStates.${settled.state}`))
        },
        { work: true },
      ),
    )

  const trackings = program.command('trackings').description(say('trackings.about'))
  trackings
    .command('import <file>')
    .description(say('trackings.import'))
    .option('--preview', say('options.preview'))
    .action((file: string, options: { preview?: boolean }) =>
      context.withHub(
        async (hub) => {
          const bytes = await readFile(file).catch(() => {
            throw new CommandError(EXIT.failed, say('fileUnreadable', { file }), {
              code: 'file-unreadable',
              field: 'file',
            })
          })
          const result: Taken = await hub.send(
            'POST',
            `/trackings/${options.preview ? 'preview' : 'import'}`,
            undefined,
            bytes,
          )
          const wrong = result.rows.filter((row) => row.state === 'bad' || row.state === 'ambiguous')
          show(terminal, result, () =>
            [
              say(options.preview ? 'trackings.preview' : 'trackings.done', {
                ready: result.new ?? result.done ?? 0,
                already: result.already,
                refused: wrong.length,
              }),
              ...wrong.map(({ row, problem }) =>
                say('trackings.badRow', {
                  line: row,
                  reason: [problem?.title, problem?.todo].filter(Boolean).join(' '),
                }),
              ),
            ].join('\n'),
          )
          return wrong.length > 0 ? EXIT.failed : EXIT.ok
        },
        { work: true },
      ),
    )
}

const collect = (value: string, before: string[] | undefined): string[] => [...(before ?? []), value]

function linesOption(value: string, say: CliContext['say']): { line: string; quantity: string }[] {
  return value.split(',').map((part) => {
    // A SKU may hold a colon, a quantity never does.
    const match = /^(.+):(\d+(?:\.\d+)?)$/.exec(part.trim())
    if (!match) throw new InvalidArgumentError(say('badLines'))
    return { line: match[1]!, quantity: match[2]! }
  })
}
