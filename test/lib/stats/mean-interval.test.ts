import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type MeanInterval, meanInterval, pairedDifference } from '../../../lib/stats/mean-interval.ts'

// Hours of sleep won with two drugs (Student 1908; R, data set sleep).
const first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2]
const second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]

test("Student's sleep data: paired difference -1.58, 95 % interval -2.4598858 to -0.7001142 (R, t.test)", () => {
  const { count, mean, ci95 = 0 } = pairedDifference(first, second) ?? {}
  expect(count).toBe(10)
  expect(mean).toBeCloseTo(-1.58, 12)
  expect((mean ?? 0) - ci95).toBeCloseTo(-2.4598858, 7)
  expect((mean ?? 0) + ci95).toBeCloseTo(-0.7001142, 7)
})

test('each drug by itself: 0.75 with an interval of -0.5297804 to 2.0297804 (R, t.test)', () => {
  const { mean, ci95, cv } = meanInterval(first) ?? {}
  expect(mean).toBeCloseTo(0.75, 12)
  expect(ci95).toBeCloseTo(1.2797804, 7)
  expect(cv).toBeCloseTo(1.789_01 / 0.75, 5)
})

test('one value has no interval, equal ones a width of 0, and none no mean', () => {
  expect(meanInterval([7])).toEqual({ count: 1, mean: 7 })
  expect(meanInterval([4, 4, 4])).toEqual({ count: 3, mean: 4, ci95: 0, cv: 0 })
  expect(meanInterval([-1, 1])).toEqual({ count: 2, mean: 0, ci95: expect.closeTo(12.7062, 4) })
  expect(meanInterval([])).toBeUndefined()
})

test('samples that do not pair are refused', () => {
  expect(() => pairedDifference([1, 2], [1])).toThrow(RangeError)
})

test('the interval goes with the unit, and a shift of both moves no difference', () => {
  const values = fc.array(fc.double({ min: 1, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 30 })
  fc.assert(
    fc.property(values, fc.double({ min: 0.5, max: 100, noNaN: true }), (sample, factor) => {
      const { mean = 0, ci95 = 0, cv = 0 } = meanInterval(sample) ?? {}
      const scaled: MeanInterval = meanInterval(sample.map((value) => value * factor)) ?? { count: 0, mean: 0 }
      expect(scaled.mean / (mean * factor)).toBeCloseTo(1, 9)
      expect(Math.abs((scaled.ci95 ?? 0) - ci95 * factor)).toBeLessThanOrEqual(1e-6 * scaled.mean)
      expect(scaled.cv ?? 0).toBeCloseTo(cv, 6)
      const shifted = pairedDifference(
        sample.map((value) => value + factor),
        sample,
      ) ?? { mean: 0 }
      expect(shifted.mean).toBeCloseTo(factor, 6)
    }),
  )
})
