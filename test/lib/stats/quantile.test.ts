import fc from 'fast-check'
import { expect, test } from 'vitest'
import { quantile, samplesToCarry } from '../../../lib/stats/quantile.ts'
import { sortSamples } from '../../../lib/stats/sorted-samples.ts'

test('a quantile is the sample of the nearest rank', () => {
  // The worked example of nearest rank in NIST/SEMATECH e-Handbook and Wikipedia "Percentile": 15 20 35 40 50.
  const samples = sortSamples([40, 15, 50, 35, 20])
  expect([0.05, 0.3, 0.4, 0.5, 1].map((q) => quantile(samples, q))).toEqual([15, 20, 20, 35, 50])
})

test('ranks that are whole numbers are not pushed up by the error of doubles', () => {
  const samples = sortSamples(Array.from({ length: 20 }, (_, index) => index + 1))
  expect(quantile(samples, 0.95)).toBe(19)
  const thousand = sortSamples(Array.from({ length: 1000 }, (_, index) => index + 1))
  expect(quantile(thousand, 0.999)).toBe(999)
  expect(quantile(thousand, 0.07)).toBe(70)
})

test('an empty sample and a q outside (0, 1] are refused', () => {
  expect(() => quantile(sortSamples([]), 0.5)).toThrow('quantile of an empty sample')
  expect(() => quantile(sortSamples([1]), 0)).toThrow(RangeError)
  expect(() => quantile(sortSamples([1]), 1.01)).toThrow(RangeError)
})

test('NaN and infinities are not samples', () => {
  expect(() => sortSamples([1, Number.NaN])).toThrow('not a sample: NaN')
  expect(() => sortSamples([Number.POSITIVE_INFINITY])).toThrow(RangeError)
})

test('p50 needs 2 samples, p95 20, p99 100, p999 1,000, p05 20', () => {
  expect([0.5, 0.9, 0.95, 0.99, 0.999, 0.05].map(samplesToCarry)).toEqual([2, 10, 20, 100, 1000, 20])
})

test('at least q·n samples are at or below the quantile, and fewer than q·n are below it', () => {
  const values = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 200 })
  fc.assert(
    fc.property(values, fc.integer({ min: 1, max: 1000 }), (sample, perMille) => {
      const samples = sortSamples(sample)
      const value = quantile(samples, perMille / 1000)
      const atOrBelow = samples.filter((other) => other <= value).length
      const below = samples.filter((other) => other < value).length
      expect(atOrBelow * 1000).toBeGreaterThanOrEqual(perMille * samples.length)
      expect(below * 1000).toBeLessThan(perMille * samples.length)
    }),
  )
})
