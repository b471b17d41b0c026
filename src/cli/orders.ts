import { InvalidArgumentError, type Command } from 'commander'
import type { Caller, CliContext } from './main.ts'
import { CommandError, EXIT, show, tableOr } from './output.ts'

interface OrderRow {
  id: string
  remoteId: string
  number: string
  status: string
  customerName?: string
  total?: { minor: number; currency: string; text: string }
  placedAt: string
}

export function orderCommands(program: Command, context: CliContext): void {
  const { terminal, say } = context
  const orders = program.command('orders').description(say('orders.about'))

  orders
    .command('list')
    .description(say('orders.list'))
    .option('--query <text>', say('options.query'))
    .option('--status <status>', say('options.status'))
    .option('--to-ship', say('options.toShip'))
    .option('--integration <id>', say('options.integration'))
    .option('--limit <n>', say('options.limit'), (value) => {
      const limit = Number(value)
      if (!Number.isInteger(limit) || limit < 1) throw new InvalidArgumentError(say('badLimit'))
      return limit
    })
    .action((options: { query?: string; status?: string; toShip?: boolean; integration?: string; limit?: number }) =>
      context.withHub(async (hub) => {
        const items = await list(hub, options)
        show(terminal, items, () =>
          tableOr(
            say('orders.none'),
            ['number', 'status', 'customer', 'placed', 'id'].map((column) => say(`columns.${column}`)),
            items.map((item) => [
              item.number,
              item.status,
              item.customerName ?? '',
              item.placedAt.slice(0, 10),
              item.id,
            ]),
          ),
        )
      }),
    )

  orders
    .command('show <order>')
    .description(say('orders.show'))
    .action((wanted: string) =>
      context.withHub(async (hub) => {
        const order = await hub.get(`/orders/${await orderId(hub, wanted, say)}`)
        show(terminal, order, () => JSON.stringify(order, null, 2))
      }),
    )
}

/** Pages until the limit is met; the API's own pages hold at most 200. */
async function list(
  hub: Caller,
  options: { query?: string; status?: string; toShip?: boolean; integration?: string; limit?: number },
): Promise<OrderRow[]> {
  const limit = options.limit ?? 50
  const items: OrderRow[] = []
  let cursor: string | undefined
  do {
    const query = new URLSearchParams({ limit: String(Math.min(200, limit - items.length)) })
    if (options.query) query.set('query', options.query)
    if (options.status) query.set('status', options.status)
    if (options.toShip) query.set('toShip', 'true')
    if (options.integration) query.set('integration', options.integration)
    if (cursor) query.set('cursor', cursor)
    const page = await hub.get(`/orders?${query}`)
    items.push(...page.items)
    cursor = page.next
  } while (cursor && items.length < limit)
  return items
}

/** An order by shown id or by number; the same number in two shops is asked about. */
export async function orderId(hub: Caller, wanted: string, say: CliContext['say']): Promise<string> {
  if (/^ord_[0-9a-f]{32}$/.test(wanted)) return wanted
  // Asked for exactly: among what merely begins so, the wanted one may stand behind any number of others.
  const number = new URLSearchParams({ number: wanted, limit: '50' })
  const byNumber: OrderRow[] = (await hub.get(`/orders?${number}`)).items
  const candidates = byNumber.length > 0 ? byNumber : await byRemoteId(hub, wanted)
  if (candidates.length === 1) return candidates[0]!.id
  if (candidates.length === 0)
    throw new CommandError(EXIT.failed, say('orders.notFound', { order: wanted }), {
      code: 'not-found',
      field: 'order',
    })
  throw new CommandError(
    EXIT.failed,
    say('orders.ambiguous', { order: wanted, ids: candidates.map((order) => order.id).join(', ') }),
    { code: 'order-ambiguous', field: 'order', candidates: candidates.map(({ id }) => id) },
  )
}

/** The shop's own id of an order, where it shows another number. */
async function byRemoteId(hub: Caller, wanted: string): Promise<OrderRow[]> {
  return (await list(hub, { query: wanted, limit: 200 })).filter((order) => order.remoteId === wanted)
}
