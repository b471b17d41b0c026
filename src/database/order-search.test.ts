import { expect, test } from 'vitest'
import { readSearch, type SearchQuery } from './order-search.ts'

const isRare = (typed: string) => (readSearch('k7', typed) as SearchQuery).rare

test.each(['123456', '#20261124', 'lise@example.fr'])('%s is asked of the index soon: few orders have it', (typed) => {
  expect(isRare(typed)).toBe(true)
})

test.each(['tshirt1', 'sku-1', '2026', '12345', 'durand', 'l@'])(
  '%s may begin what every eighth order has: the newest ten thousand are looked through first',
  (typed) => {
    expect(isRare(typed)).toBe(false)
  },
)
