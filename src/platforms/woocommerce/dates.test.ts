import { describe, expect, test } from 'vitest'
import { after, instantOf, localDay, offsetFromOrder, secondOf, unfollowable, zoneOf } from './dates.ts'
import { recording } from './recordings/recordings.ts'

describe('times of the shop', () => {
  test.each(['0000-00-00T00:00:00', '9999-12-31T23:59:59', '2026-02-30T00:00:00', '2026-11-24', '', null, 5, 'demain'])(
    '%j is no time',
    (raw) => {
      expect(secondOf(raw)).toBeUndefined()
    },
  )

  test('are UTC without saying so', () => {
    expect(instantOf('2026-11-18T08:30:01')).toBe('2026-11-18T08:30:01.000Z')
  })
})

describe('a filter value', () => {
  test('is naive UTC, one second earlier because the filter is exclusive', () => {
    expect(after('2026-07-01T10:00:00', 'Europe/Paris')).toBe('2026-07-01T09:59:59')
  })

  test('among the digits that the zone skips goes back to before them, as was seen to lose nothing', () => {
    expect(after('2026-03-29T02:10:01', 'Europe/Paris')).toBe('2026-03-29T01:59:59')
    expect(after('2026-03-29T03:00:00', 'Europe/Paris')).toBe('2026-03-29T01:59:59')
    expect(after('2026-03-29T03:00:01', 'Europe/Paris')).toBe('2026-03-29T03:00:00')
    expect(after('2026-03-29T02:10:01', '+05:30')).toBe('2026-03-29T02:10:00')
  })

  test('lists the recorded orders of that hour', () => {
    const seen = recording('dst-gap-start-minus-1')
    const sent = new URLSearchParams(seen.request.path.split('?')[1]).get('modified_after')

    expect(after('2026-03-29T02:10:01', 'Europe/Paris')).toBe(sent)
    expect((seen.response.json as { date_modified_gmt: string }[])[0]!.date_modified_gmt).toBe('2026-03-29T02:15:00')
  })
})

describe('hours that cannot be followed', () => {
  test('are the doubled one in UTC, both passes, and the skipped digits', () => {
    expect(unfollowable('2026-10-25T01:30:00', 'Europe/Paris')).toEqual({
      start: '2026-10-25T00:00:00',
      end: '2026-10-25T02:00:00',
    })
    expect(unfollowable('2026-10-25T02:00:00', 'Europe/Paris')).toBeUndefined()
    expect(unfollowable('2026-03-29T02:10:01', 'Europe/Paris')).toEqual({
      start: '2026-03-29T02:00:00',
      end: '2026-03-29T03:00:01',
    })
    expect(unfollowable('2026-06-01T00:00:00', 'Europe/Paris')).toBeUndefined()
    expect(unfollowable('2026-10-25T01:30:00', 'No/Such')).toBeUndefined()
  })
})

describe('the zone', () => {
  test('is a city, or the offset the merchant chose', () => {
    expect(zoneOf({ timezone_string: 'Europe/Paris', gmt_offset: 1 })).toBe('Europe/Paris')
    expect(zoneOf({ timezone_string: '', gmt_offset: '5.5' })).toBe('+05:30')
    expect(zoneOf({ timezone_string: '', gmt_offset: '-3.5' })).toBe('-03:30')
    expect(zoneOf({ timezone_string: '', gmt_offset: 0 })).toBe('+00:00')
    expect(zoneOf({})).toBeUndefined()
  })

  test('of a shop that hides it shows in an order', () => {
    expect(offsetFromOrder({ date_created: '2026-11-24T14:36:57', date_created_gmt: '2026-11-24T13:36:57' })).toBe(
      '+01:00',
    )
    expect(offsetFromOrder({})).toBeUndefined()
  })

  test('decides the day of shipping', () => {
    expect(localDay('2026-11-24T23:30:00.000Z', 'Europe/Paris')).toBe('2026-11-25')
    expect(localDay('2026-11-24T23:30:00.000Z', 'No/Such')).toBe('2026-11-24')
  })
})
