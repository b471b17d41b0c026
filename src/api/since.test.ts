import { expect, test } from 'vitest'
import { HubError } from '../domain/errors.ts'
import { readSince } from './since.ts'

const NOW = Date.parse('2026-11-24T09:00:00.000Z')

test.each([
  ['30d', '2026-10-25T09:00:00.000Z'],
  ['0d', '2026-11-24T09:00:00.000Z'],
  ['2026-01-31', '2026-01-31T00:00:00.000Z'],
  ['2026-01-31T12:00:00+02:00', '2026-01-31T10:00:00.000Z'],
  ['all', 'all'],
])('%s is %s', (typed, expected) => {
  expect(readSince(typed, NOW)).toBe(expected)
})

test.each(['2026-02-31T99:00', '0001-01-01', '9999-12-31', '2026-13-01'])(
  '%s is refused, naming the field',
  (typed) => {
    const refusal = { code: 'field-invalid', field: 'since', params: { reason: 'date' } }

    expect(() => readSince(typed, NOW)).toThrow(expect.objectContaining(refusal) as HubError)
  },
)
