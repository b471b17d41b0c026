/**
 * A tracking number typed by hand: the smallest carrier, the one to copy.
 *
 * The person has been to the post office already. Nothing is called and nothing can be booked twice; all there is
 * to do is to refuse what cannot be a carrier's name, a number or a link before it reaches the shop's customers.
 */
import type { Carrier, CheckedParcels } from '../../domain/carrier.ts'
import { HubError } from '../../domain/errors.ts'
import type { ParcelInput } from '../../domain/shipment.ts'
import { trackingKey } from '../../domain/shipment.ts'
import type { TrackingWarning } from '../../domain/tracking.ts'
import { checkTracking, checkTrackingUrl, FORMULA } from '../../domain/tracking.ts'

const LONGEST_NAME = 100
const MOST_PARCELS = 200

export const manual: Carrier = {
  manifest: { id: 'manual', name: 'Manual', numbers: 'typed' },

  check(input): CheckedParcels {
    const carrierName = checkName(input.carrierName)
    const carrierCode = input.carrierCode?.trim() ? checkCode(input.carrierCode.trim()) : undefined
    if (input.parcels.length === 0) {
      throw new HubError('tracking-invalid', 'no parcel', { field: 'tracking', params: { reason: 'empty', value: '' } })
    }
    if (input.parcels.length > MOST_PARCELS) {
      throw new HubError('field-invalid', 'too many parcels', {
        field: 'parcels',
        params: { reason: 'too-many', limit: MOST_PARCELS },
      })
    }
    const warnings: TrackingWarning[] = []
    const parcels = new Map<string, ParcelInput>()
    input.parcels.forEach((typed, index) => {
      const field = (name: string) => (input.parcels.length === 1 ? name : `parcels.${index}.${name}`)
      const checked = checkTracking(typed.tracking, field('tracking'))
      const url = checkTrackingUrl(typed.url, field('url'))
      const key = trackingKey(checked.tracking)
      // The same number twice is one box scanned twice, not two boxes.
      const before = parcels.get(key)
      if (before && (before.url !== undefined || url === undefined)) return
      warnings.push(...checked.warnings)
      parcels.set(key, { tracking: checked.tracking, ...(url === undefined ? {} : { url }) })
    })
    return {
      carrierName,
      ...(carrierCode === undefined ? {} : { carrierCode }),
      parcels: [...parcels.values()],
      warnings,
    }
  },

  book: (intent) => Promise.resolve({ parcels: intent.parcels }),
}

function checkName(typed: string): string {
  const name = typed.replace(/\s+/g, ' ').trim()
  const refuse = (reason: string) =>
    new HubError('field-invalid', `carrier name: ${reason}`, { field: 'carrierName', params: { reason } })
  if (name === '') throw refuse('empty')
  if (/[\p{Cc}<>]/u.test(name)) throw refuse('characters')
  if (FORMULA.test(name)) throw refuse('formula')
  if (name.length > LONGEST_NAME) throw refuse('too-long')
  return name
}

function checkCode(code: string): string {
  if (!/^[\w.-]{1,64}$/.test(code)) {
    throw new HubError('field-invalid', 'carrier code has other signs than letters, digits, - _ .', {
      field: 'carrierCode',
      params: { reason: 'characters' },
    })
  }
  return code
}
