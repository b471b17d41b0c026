/** What a shop may have been told of a shipment so far: what a correction or a void has to take back. Pure. */
import type { Writeback } from '../database/writebacks.ts'
import type { ParcelInput } from '../domain/shipment.ts'
import { didNothing, trackingKey } from '../domain/shipment.ts'

/** The shop cannot have heard of it: no call was ever about to be made, or each was refused. */
export const neverSent = (writeback: Pick<Writeback, 'state' | 'steps'>): boolean =>
  writeback.steps.every(didNothing) && (writeback.state === 'planned' || writeback.state === 'refused')

/**
 * Parcels that may stand in the shop. Taking back one that does not is harmless, so what is not proven counts as told.
 *
 * @param writebacks of one shipment, oldest first
 */
export function toldParcels(writebacks: readonly Writeback[]): ParcelInput[] {
  const told = new Map<string, ParcelInput>()
  for (const writeback of writebacks) {
    if (neverSent(writeback)) continue
    const readBack = writeback.state === 'confirmed' && writeback.because === undefined // else a person's word
    for (const parcel of writeback.notice.withdrawn) {
      if (readBack) told.delete(trackingKey(parcel.tracking))
      else told.set(trackingKey(parcel.tracking), parcel)
    }
    for (const parcel of writeback.notice.parcels) told.set(trackingKey(parcel.tracking), parcel)
  }
  return [...told.values()]
}

/** `parcels` without those whose number is in `keys`. */
export const without = (parcels: readonly ParcelInput[], keys: ReadonlySet<string>): ParcelInput[] =>
  parcels.filter((parcel) => !keys.has(trackingKey(parcel.tracking)))
