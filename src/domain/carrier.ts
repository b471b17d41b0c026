/** What a carrier must offer. One folder in `src/carriers/` implements it; nothing else knows the carrier. */
import type { ParcelInput, ShipmentInput } from './shipment.ts'
import type { TrackingWarning } from './tracking.ts'

export interface CarrierManifest {
  /** Folder name. */
  id: string
  name: string
  /**
   * Where tracking numbers come from. `typed`: a person has them already, nothing is called, nothing can be booked
   * twice. `booked`: the carrier gives them; the intent is stored under our reference before it is asked, and after
   * a crash `find` is asked before `book` is repeated.
   */
  numbers: 'typed' | 'booked'
}

/** What was typed, checked by the carrier's own rules; not yet compared with the order. */
export interface CheckedParcels {
  carrierName: string
  carrierCode?: string
  parcels: ParcelInput[]
  warnings: TrackingWarning[]
}

export interface BookingIntent extends CheckedParcels {
  /** Unique reference of ours; a carrier that books gets it with the call and finds the booking again by it. */
  ownReference: string
}

export interface Booking {
  parcels: ParcelInput[]
}

/** A carrier's code; holds no state. */
export interface Carrier {
  manifest: CarrierManifest
  /**
   * Checks what a person typed, without calling anybody.
   *
   * @throws HubError `field-invalid`, `tracking-invalid`, naming the field
   */
  check(input: Pick<ShipmentInput, 'carrierName' | 'carrierCode' | 'parcels'>): CheckedParcels
  book(intent: BookingIntent): Promise<Booking>
  /** The booking under our reference; undefined when the carrier has none. Needed when numbers are `booked`. */
  find?(ownReference: string): Promise<Booking | undefined>
}
