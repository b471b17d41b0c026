/**
 * Order notes: the customer's mail of the choice "note", and the private note that shows a plain shop's staff what left.
 *
 * A note has no key and every POST makes another one, with another mail when it is for the customer (seen). So each text
 * carries our reference, and a note counts as written when the shop's list holds the same letters and digits: what the shop
 * makes of quotes, links and blanks does not matter.
 */
import type { Notice } from '../../domain/shipment.ts'
import { type Locale, translator } from '../../words/index.ts'
import type { Api } from './api.ts'
import { dicts, oneLine } from './odd-values.ts'
import { listAnswer } from './pull-orders.ts'

export interface ShopNote {
  id: string
  text: string
  forCustomer: boolean
}

export async function readNotes(api: Api, orderId: string): Promise<ShopNote[]> {
  const answer = listAnswer(await api.get(`/wc/v3/orders/${orderId}/notes`, { shape: 'array', purpose: 'write-back' }))
  return dicts(answer.value).map((note) => ({
    id: String(note.id),
    text: String(note.note ?? ''),
    forCustomer: note.customer_note === true,
  }))
}

export const findNote = (notes: ShopNote[], text: string, forCustomer: boolean): ShopNote | undefined =>
  notes.find((note) => note.forCustomer === forCustomer && bare(note.text) === bare(text))

const bare = (text: string): string =>
  text
    .replace(/<[^>]*>/g, '')
    .replace(/&(?:#\d+|#x[0-9a-f]+|\w+);/gi, '')
    .replace(/[^\p{L}\p{N}]/gu, '')

/** Whether an earlier note, not this notice's own, told the customer every number of it. */
export function wasTold(notes: ShopNote[], notice: Notice): boolean {
  const own = bare(noteText(notice, true))
  const told = notes
    .filter((note) => note.forCustomer && bare(note.text) !== own)
    .map((note) => ` ${oneLine(note.text.replace(/<[^>]*>/g, ' ').replace(/https?:\S+/g, ' '))} `)
  const stands = (number: string) => new RegExp(`[^\\p{L}\\p{N}]${escaped(harmless(number))}[^\\p{L}\\p{N}]`, 'iu')
  return told.some((text) => notice.parcels.every(({ tracking }) => stands(tracking).test(text)))
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')

/** What the note says, in the language of the shop. */
export function noteText(notice: Notice, forCustomer: boolean): string {
  const locale: Locale = notice.language === 'en' ? 'en' : 'fr'
  const say = translator(locale)
  const shown = (parcels: Notice['parcels']) =>
    parcels
      .map(({ tracking, url }) => (url ? `${harmless(tracking)} – ${harmless(url)}` : harmless(tracking)))
      .join('\n')
  return say(`recognition.note-${notice.kind}-${forCustomer ? 'customer' : 'staff'}`, {
    carrier: harmless(notice.carrierName),
    parcels: shown(notice.parcels),
    replaces: notice.withdrawn.length > 0 ? 'yes' : 'no',
    withdrawn: notice.withdrawn.map(({ tracking }) => harmless(tracking)).join(', '),
    count: notice.parcels.length,
    reference: notice.ownReference,
  })
}

/** Notes are shown as HTML in the shop and in its mails; a number typed by hand must stay text. */
const harmless = (text: string): string => oneLine(text).replace(/[<>]/g, '')
