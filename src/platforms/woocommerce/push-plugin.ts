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
import { type Dict, dict, dicts, plainText } from './odd-values.ts'
import { listAnswer } from './pull-orders.ts'
import type { TellResult } from './push-plain.ts'
import type { Writer } from './push-step.ts'

interface Told {
  id: string
  number: string
}

/** @returns undefined when the plugin is not there any more */
export async function tellPlugin(
  api: Api,
  orderId: string,
  zone: string,
  notice: Notice,
  writer: Writer,
): Promise<TellResult | undefined> {
  const path = `/wc-shipment-tracking/v3/orders/${orderId}/shipment-trackings`
  const read = async (): Promise<Told[] | undefined> => {
    const answer = await api.get(path, { shape: 'any', purpose: 'write-back' })
    if (answer.error?.code === 'rest_no_route') return undefined
    return dicts(listAnswer(answer).value).map((row) => ({
      id: plainText(row.tracking_id),
      number: plainText(row.tracking_number),
    }))
  }
  let told = await read()
  if (!told) return undefined

  const has = (rows: Told[], tracking: string) => rows.some(({ number }) => sameTracking(number, tracking))
  const missing = notice.parcels.filter(({ tracking }) => !has(told!, tracking))
  const carrier = missing.length > 0 ? await carrierFields(api, path, notice) : undefined
  for (const parcel of missing) {
    const body = {
      ...carrier!(parcel.url),
      tracking_number: parcel.tracking,
      date_shipped: localDay(notice.shippedAt, zone),
    }
    await writer.write({ name: `tracking:${trackingKey(parcel.tracking)}`, mails: false, sent: body }, () =>
      api.post(path, body, { purpose: 'write-back' }),
    )
  }
  // New numbers first, old ones away after: a crash between leaves both, never none.
  const gone = notice.withdrawn.filter(
    ({ tracking }) => !notice.parcels.some((kept) => sameTracking(kept.tracking, tracking)),
  )
  // A write of ours whose answer was lost may have been done after we looked: then the number stands there twice.
  const doubles = notice.parcels.flatMap(({ tracking }) =>
    writer.before(`tracking:${trackingKey(tracking)}`) === 'never'
      ? []
      : told!.filter((row) => sameTracking(row.number, tracking)).slice(1),
  )
  const leaving = told.filter((row) => gone.some(({ tracking }) => sameTracking(row.number, tracking)))
  for (const { id, number } of [...leaving, ...doubles]) {
    await writer.write(
      { name: `remove:${trackingKey(number)}:${id}`, mails: false, sent: { tracking_id: id } },
      async () => {
        const answer = await api.remove(`${path}/${encodeURIComponent(id)}`, { purpose: 'write-back' })
        return answer.status === 404 ? { ...answer, status: 200 } : answer // gone already
      },
    )
  }
  if (writer.wrote > 0) told = (await read()) ?? []
  const ok =
    notice.parcels.every(({ tracking }) => has(told, tracking)) && gone.every(({ tracking }) => !has(told, tracking))
  return { ok, readBack: told }
}

/** The shop's own name of the carrier when it knows it (its links then work), else a custom one. */
async function carrierFields(api: Api, path: string, notice: Notice): Promise<(url: string | undefined) => Dict> {
  const answer = await api.get(`${path}/providers`, { purpose: 'write-back' })
  const names =
    answer.status < 400 ? Object.values(dict(answer.value)).flatMap((country) => Object.keys(dict(country))) : []
  const plain = (name: string) => name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')
  const known = names.find((name) => plain(name) === plain(notice.carrierName))
  if (known !== undefined) return () => ({ tracking_provider: known })
  return (url) => ({ custom_tracking_provider: notice.carrierName, ...(url ? { custom_tracking_link: url } : {}) })
}
