/**
 * Tracking plugins with the shipment-trackings API: the official Shipment Tracking and AST (zorem).
 *
 * Every POST makes another row, the same number too: read first (seen). A carrier the shop does not know is accepted and
 * then shown without name or link, so such a one is sent as a custom carrier with its own link.
 */
import type { Notice } from '../../domain/shipment.ts'
import { sameTracking, trackingKey } from '../../domain/shipment.ts'
import type { Api } from './api.ts'
import { localDay } from './dates.ts'
import { type Dict, dict, dicts, metaValue, plainText } from './odd-values.ts'
import { listAnswer } from './pull-orders.ts'
import type { TellResult } from './push-plain.ts'
import { sameCarrier, sameLink, type Writer } from './push-step.ts'

interface Told {
  id: string
  number: string
  /** As the list shows them; of a carrier the shop does not know AST shows no name, only its meta does (seen). */
  carrier: string
  link: string
}

/** A parcel as it is to stand in the shop. */
interface Wanted {
  step: string
  tracking: string
  fields: Dict
  /** May a row with this number be replaced? Not one the shop's staff typed before we told anything. */
  ours: boolean
}

/** @returns undefined when the plugin is not there any more */
export async function tellPlugin(
  api: Api,
  orderId: string,
  zone: string,
  meta: Dict[],
  notice: Notice,
  writer: Writer,
  readMeta: () => Promise<Dict[]>,
): Promise<TellResult | undefined> {
  const path = `/wc-shipment-tracking/v3/orders/${orderId}/shipment-trackings`
  const read = async (kept: Dict[]): Promise<Told[] | undefined> => {
    const answer = await api.get(path, { shape: 'any', purpose: 'write-back' })
    if (answer.error?.code === 'rest_no_route') return undefined
    const items = dicts(metaValue(kept, ITEMS_META))
    return dicts(listAnswer(answer).value).map((row) => {
      const id = plainText(row.tracking_id)
      const item = items.find((candidate) => plainText(candidate.tracking_id) === id)
      return {
        id,
        number: plainText(row.tracking_number),
        carrier: plainText(row.tracking_provider) || plainText(item?.custom_tracking_provider),
        link: plainText(row.tracking_link),
      }
    })
  }
  let told = await read(meta)
  if (!told) return undefined

  const standing = (tracking: string) => told!.filter(({ number }) => sameTracking(number, tracking))
  const isOurs = (step: string) => notice.kind === 'corrected' || ['done', 'unknown'].includes(writer.before(step))
  const concerned = notice.parcels
    .map(({ tracking, url }) => ({ tracking, url, step: `tracking:${trackingKey(tracking)}` }))
    .map((parcel) => ({ ...parcel, ours: isOurs(parcel.step) }))
  const carrier = concerned.some(({ tracking, ours }) => ours || standing(tracking).length === 0)
    ? await carrierFields(api, path, notice)
    : undefined
  const wanted = concerned.map(({ url, ...parcel }): Wanted => ({ ...parcel, fields: carrier?.(url) ?? {} }))

  const fits = ({ ours, step, fields }: Wanted) => {
    // What the shop took and shows in a form of its own is not written for ever.
    const taken = sameFields(dict(writer.taken(step)), fields)
    return (row: Told) => !ours || taken || isRight(row, fields)
  }
  const made = new Set<string>()
  for (const parcel of wanted) {
    if (standing(parcel.tracking).some(fits(parcel))) continue
    const body = {
      ...parcel.fields,
      tracking_number: parcel.tracking,
      date_shipped: localDay(notice.shippedAt, zone),
    }
    const answer = await writer.write({ name: parcel.step, mails: false, sent: body }, () =>
      api.post(path, body, { purpose: 'write-back' }),
    )
    made.add(plainText(dict(answer.value).tracking_id))
  }
  const readAgain = async () => (await read(await readMeta())) ?? []
  if (writer.wrote > 0) told = await readAgain()

  // New rows first, old ones away after: a crash between leaves both, never none.
  const gone = notice.withdrawn.filter(
    ({ tracking }) => !notice.parcels.some((kept) => sameTracking(kept.tracking, tracking)),
  )
  const leaving = told.filter((row) => gone.some(({ tracking }) => sameTracking(row.number, tracking)))
  // One row a number stays: a corrected one replaces, and a write whose answer was lost may have been done after we looked.
  const replaced = wanted
    .filter(({ ours }) => ours)
    .flatMap(({ tracking, fields }) => {
      const rows = standing(tracking)
      const kept = rows.find(({ id }) => made.has(id)) ?? rows.find((row) => isRight(row, fields)) ?? rows.at(-1)
      return rows.filter((row) => row !== kept)
    })
  for (const { id, number } of [...leaving, ...replaced]) {
    await writer.write(
      { name: `remove:${trackingKey(number)}:${id}`, mails: false, sent: { tracking_id: id } },
      async () => {
        const answer = await api.remove(`${path}/${encodeURIComponent(id)}`, { purpose: 'write-back' })
        return answer.status === 404 ? { ...answer, status: 200 } : answer // gone already
      },
    )
  }
  if (leaving.length + replaced.length > 0) told = await readAgain()
  const ok =
    notice.parcels.every(({ tracking }) => standing(tracking).length > 0) &&
    gone.every(({ tracking }) => standing(tracking).length === 0)
  return { ok, readBack: told }
}

/** Where both plugins keep their rows. */
const ITEMS_META = '_wc_shipment_tracking_items'
const CARRIER_FIELDS = ['tracking_provider', 'custom_tracking_provider', 'custom_tracking_link']

const sameFields = (a: Dict, b: Dict): boolean =>
  CARRIER_FIELDS.some((field) => field in b) && CARRIER_FIELDS.every((field) => a[field] === b[field])

/** A known carrier brings its own link; of another one both are ours. What the shop does not show is not compared. */
function isRight(row: Told, fields: Dict): boolean {
  if (fields.tracking_provider !== undefined) return sameCarrier(row.carrier, String(fields.tracking_provider))
  if (!sameLink(row.link, plainText(fields.custom_tracking_link))) return false
  return row.carrier === '' || sameCarrier(row.carrier, plainText(fields.custom_tracking_provider))
}

/** The shop's own name of the carrier when it knows it (its links then work), else a custom one. */
async function carrierFields(api: Api, path: string, notice: Notice): Promise<(url: string | undefined) => Dict> {
  const answer = await api.get(`${path}/providers`, { purpose: 'write-back' })
  const names =
    answer.status < 400 ? Object.values(dict(answer.value)).flatMap((country) => Object.keys(dict(country))) : []
  const known = names.find((name) => sameCarrier(name, notice.carrierName))
  if (known !== undefined) return () => ({ tracking_provider: known })
  return (url) => ({ custom_tracking_provider: notice.carrierName, ...(url ? { custom_tracking_link: url } : {}) })
}
