import { expect, test } from 'vitest'
import { lengthMm, weightMg } from './weight.ts'

test('weights are milligrams, so that 0.4 g is not 0', () => {
  expect(weightMg('0.4', 'g')).toBe(400)
  expect(weightMg('0.35', 'kg')).toBe(350_000)
  expect(weightMg('1', 'lbs')).toBe(453_592)
  expect(weightMg(2, 'oz')).toBe(56_699)
  expect(weightMg('1,5', 'kg')).toBe(1_500_000)
})

test('lengths are millimetres', () => {
  expect([
    lengthMm('35', 'cm'),
    lengthMm('2', 'in'),
    lengthMm('0.5', 'm'),
    lengthMm('1', 'yd'),
    lengthMm('7', 'mm'),
  ]).toEqual([350, 51, 500, 914, 7])
})

test('nothing, nonsense, zero and an unknown unit are unknown, never 0', () => {
  for (const value of ['', null, 'lourd', '0', 0, -1, '1e30']) expect(weightMg(value, 'kg')).toBeUndefined()
  expect(weightMg('1', undefined)).toBeUndefined()
  expect(lengthMm('0', 'cm')).toBeUndefined()
})
