import { expect, test } from 'vitest'
import { describe } from '../../../lib/stats/describe.ts'

test('no samples are no data: a count of 0 and nothing else', () => {
  expect(describe([])).toEqual({ count: 0 })
})

test('one sample has no spread', () => {
  expect(describe([0.25])).toEqual({ count: 1, min: 0.25, mean: 0.25, max: 0.25 })
})

test('the standard deviation divides by n-1', () => {
  // Mean 5, sum of squares 32, n 8: the population figure would be 2.
  expect(describe([2, 4, 4, 4, 5, 5, 7, 9]).stddev).toBeCloseTo(Math.sqrt(32 / 7), 12)
})

test('a quantile stands in the record only where the sample carries it', () => {
  const upTo = (count: number) => describe(Array.from({ length: count }, (_, index) => index + 1))
  expect(Object.keys(upTo(9)).filter((key) => key.startsWith('p'))).toEqual(['p50'])
  expect(upTo(99)).not.toHaveProperty('p99')
  expect(upTo(100)).toMatchObject({ p05: 5, p50: 50, p90: 90, p95: 95, p99: 99, max: 100 })
  expect(upTo(1000)).toMatchObject({ p99: 990, p999: 999, max: 1000 })
})
