/**
 * Tells the shop what left: read before, write, read after; the same again changes nothing.
 *
 * Traps, all seen: a status written to a trashed order brings it out of the trash and mails the customer; refunded and
 * cancelled orders can be completed all the same; `completed` mails once, a customer note every time; a write that ended
 * in 504 was done. So the order is read first and a closed one refused; a call that mails is never repeated while its
 * effect is unknown; and only "completed" ever sets a status.
 */
import { HubError } from '../../domain/errors.ts'
import type { Notice, WriteJournal, WriteOutcome } from '../../domain/shipment.ts'
import type { Api } from './api.ts'
import { type Dict, dict, dicts, idText } from './odd-values.ts'
import { listAnswer } from './pull-orders.ts'
import { tellFulfillments } from './push-fulfillments.ts'
import { findNote, noteText, readNotes, wasTold } from './push-note.ts'
import { tellPlain, type TellResult } from './push-plain.ts'
import { tellPlugin } from './push-plugin.ts'
import { ShopRefused, Writer } from './push-step.ts'
import type { Mechanism, Shop } from './shop.ts'

const FIELDS = 'id,status,date_modified_gmt,meta_data'
const CLOSED: Record<string, string> = {
  trash: 'order-trashed',
  cancelled: 'order-cancelled',
  failed: 'order-cancelled',
  refunded: 'order-refunded',
}

export async function pushTracking(api: Api, shop: Shop, notice: Notice, journal: WriteJournal): Promise<WriteOutcome> {
  const orderId = notice.orderRemoteId
  const writer = new Writer(journal)
  try {
    const order = await readOrder(api, orderId)
    refuseClosed(order)
    const { mechanism, told } = await tellNumbers(api, shop, orderId, order.meta, notice, writer)
    if (!told.ok)
      throw new HubError('response-malformed', 'the shop took the number and does not show it', {
        params: { status: 200, reason: 'not-read-back' },
      })
    const customer = await tellPeople(api, orderId, mechanism, notice, writer)
    if (customer.inDoubt)
      return { state: 'in-doubt', step: customer.inDoubt, readBack: { mechanism, trackings: told.readBack } }

    const after = writer.wrote > 0 ? await readOrder(api, orderId) : order
    return {
      state: 'confirmed',
      already: writer.wrote === 0 && journal.steps.length === 0,
      readBack: {
        mechanism,
        status: after?.status,
        trackings: told.readBack,
        ...(customer.noteId ? { noteId: customer.noteId } : {}),
      },
    }
  } catch (thrown) {
    if (thrown instanceof OrderClosed) return thrown.outcome
    if (!(thrown instanceof ShopRefused)) throw thrown
    return { state: 'refused', code: 'shop-refused', detail: thrown.detail }
  }
}

class OrderClosed extends Error {
  readonly outcome: WriteOutcome
  constructor(code: string, status?: string) {
    super(code)
    this.outcome = { state: 'refused', code, ...(status ? { detail: status, readBack: { status } } : {}) }
  }
}

/** @throws OrderClosed */
function refuseClosed(order: { status: string } | undefined): asserts order {
  if (!order) throw new OrderClosed('order-deleted')
  const { status } = order
  if (Object.hasOwn(CLOSED, status)) throw new OrderClosed(CLOSED[status]!, status)
}

async function readOrder(api: Api, orderId: string): Promise<{ status: string; meta: Dict[] } | undefined> {
  if (!/^[1-9]\d{0,18}$/.test(orderId)) return undefined
  const answer = await api.get(`/wc/v3/orders/${orderId}`, {
    params: { _fields: FIELDS },
    shape: 'object',
    purpose: 'write-back',
  })
  if (answer.status === 404 && answer.error?.code !== 'rest_no_route') return undefined
  const order = dict(listAnswer(answer).value)
  if (idText(order.id) !== orderId)
    throw new HubError('response-malformed', 'another order came back', {
      params: { status: answer.status, reason: 'shape' },
    })
  return { status: String(order.status ?? ''), meta: dicts(order.meta_data) }
}

/** By what the shop offers; a plugin that went since the connection leaves the plain way. */
async function tellNumbers(
  api: Api,
  shop: Shop,
  orderId: string,
  meta: Dict[],
  notice: Notice,
  writer: Writer,
): Promise<{ mechanism: Mechanism; told: TellResult }> {
  const readMeta = async () => (await readOrder(api, orderId))?.meta ?? []
  if (shop.tracking === 'ast' || shop.tracking === 'shipment-tracking') {
    const told = await tellPlugin(api, orderId, shop.zone, meta, notice, writer, readMeta)
    if (told) return { mechanism: shop.tracking, told }
  }
  if (shop.tracking === 'fulfillments') {
    const told = await tellFulfillments(api, orderId, notice, writer)
    if (told) return { mechanism: 'fulfillments', told }
  }
  return { mechanism: 'plain', told: await tellPlain(api, orderId, meta, notice, writer, readMeta) }
}

/** Another link or carrier of numbers the customer was told is not worth a second mail. */
async function knowsNumbers(api: Api, orderId: string, notice: Notice): Promise<boolean> {
  if (notice.kind !== 'corrected' || notice.withdrawn.length > 0) return false
  return wasTold(await readNotes(api, orderId), notice)
}

interface Told {
  inDoubt?: string
  noteId?: string
}

/**
 * The customer is told by exactly one of: the completed mail, a customer note, nobody. A shop without a tracking plugin
 * has no place where its staff would see the number, so it gets a private note, which mails nobody.
 */
async function tellPeople(
  api: Api,
  orderId: string,
  mechanism: Mechanism,
  notice: Notice,
  writer: Writer,
): Promise<Told> {
  const byNote = notice.tell === 'note' && notice.kind !== 'voided' && !(await knowsNumbers(api, orderId, notice))
  let told: Told = {}
  if (byNote || mechanism === 'plain') told = await note(api, orderId, notice, byNote, writer)
  if (told.inDoubt || notice.tell !== 'completed' || notice.kind !== 'shipped' || !notice.completes) return told
  const inDoubt = await completed(api, orderId, writer)
  return inDoubt ? { ...told, inDoubt } : told
}

async function note(api: Api, orderId: string, notice: Notice, mails: boolean, writer: Writer): Promise<Told> {
  const name = 'note'
  const before = writer.before(name)
  if (before === 'done') return {}
  const text = noteText(notice, mails)
  const find = async () => findNote(await readNotes(api, orderId), text, mails)
  const there = await find()
  if (there) return { noteId: there.id }
  if (mails && before === 'unknown') return { inDoubt: name }
  // Telling the numbers took several calls; the order may have been closed meanwhile.
  if (mails) refuseClosed(await readOrder(api, orderId))

  const body = { note: text, customer_note: mails }
  try {
    await writer.write({ name, mails, sent: body }, () =>
      api.post(`/wc/v3/orders/${orderId}/notes`, body, { purpose: 'write-back' }),
    )
  } catch (thrown) {
    // The answer was lost, not perhaps the note: look once now; the next attempt looks again before it decides.
    const made =
      thrown instanceof HubError && thrown.code !== 'lease-lost' ? await find().catch(() => undefined) : undefined
    if (!made) throw thrown
    await writer.journal.after(name, { ok: true, found: made.id })
    return { noteId: made.id }
  }
  const made = await find()
  if (made) return { noteId: made.id }
  if (mails) return { inDoubt: name }
  throw new HubError('response-malformed', 'the note was taken and is not there', {
    params: { status: 200, reason: 'not-read-back' },
  })
}

/** @returns the step whose effect is unknown */
async function completed(api: Api, orderId: string, writer: Writer): Promise<string | undefined> {
  const name = 'status'
  const before = writer.before(name)
  if (before === 'done') return undefined
  const isCompleted = async () => (await readOrder(api, orderId))?.status === 'completed'
  const order = await readOrder(api, orderId)
  if (order?.status === 'completed') return undefined
  if (before === 'unknown') return name
  // Closed since the first read: completing would revive it and mail the customer.
  refuseClosed(order)

  const body = { status: 'completed' }
  try {
    await writer.write({ name, mails: true, sent: body }, () =>
      api.post(`/wc/v3/orders/${orderId}`, body, { params: { _fields: 'id,status' }, purpose: 'write-back' }),
    )
  } catch (thrown) {
    const done = thrown instanceof HubError && thrown.code !== 'lease-lost' && (await isCompleted().catch(() => false))
    if (!done) throw thrown
    await writer.journal.after(name, { ok: true, found: true })
    return undefined
  }
  return (await isCompleted()) ? undefined : name
}
