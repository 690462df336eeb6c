import fc from 'fast-check'
import { expect, test } from 'vitest'
import { significantHistogram } from '../../../lib/stats/significant-histogram.ts'
import { sortSamples } from '../../../lib/stats/sorted-samples.ts'

test('values share a bucket when they agree in three digits, rounded up', () => {
  const samples = sortSamples([0.1231, 0.1239, 0.124, 1.5, 1234, 0])
  expect(significantHistogram(samples)).toEqual([
    [0, 1],
    [0.124, 3],
    [1.5, 1],
    [1240, 1],
  ])
})

test('counts add up, bounds ascend, and no value is more than 1 % below its bound', () => {
  const values = fc.array(fc.double({ min: 1e-6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 300 })
  fc.assert(
    fc.property(values, (sample) => {
      const samples = sortSamples(sample)
      const buckets = significantHistogram(samples)
      expect(buckets.reduce((sum, [, count]) => sum + count, 0)).toBe(samples.length)
      let index = 0
      for (const [bound, count] of buckets) {
        for (const value of samples.slice(index, index + count)) {
          expect(value).toBeLessThanOrEqual(bound * (1 + 1e-11))
          expect(value).toBeGreaterThan(bound * 0.989)
        }
        index += count
      }
      expect(buckets.map(([bound]) => bound)).toEqual(buckets.map(([bound]) => bound).sort((a, b) => a - b))
    }),
  )
})
