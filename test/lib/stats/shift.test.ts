import fc from 'fast-check'
import { expect, test } from 'vitest'
import { mannWhitney, mannWhitneyRank } from '../../../lib/stats/mann-whitney.ts'
import { differenceShift, ratioShift } from '../../../lib/stats/shift.ts'

test('placental membranes of Hollander & Wolfe 1973: 0.305, between -0.15 and 0.76 (R, wilcox.test)', () => {
  const atTerm = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
  const early = [1.15, 0.88, 0.9, 0.74, 1.21]
  const { estimate, interval } = differenceShift(early, atTerm)
  expect(estimate).toBeCloseTo(0.305, 12)
  expect(interval?.[0]).toBeCloseTo(-0.15, 12)
  expect(interval?.[1]).toBeCloseTo(0.76, 12)
})

// One more than the critical values of U, two-sided at 5 %, of any table.
test.each([
  [4, 4, 1],
  [5, 5, 3],
  [10, 10, 24],
  [8, 12, 23],
  [20, 20, 128],
])('the rank for samples of %i and %i is %i', (m, n, rank) => {
  expect(mannWhitneyRank(m, n, 0.05)).toBe(rank)
})

test('samples too small for an interval have none', () => {
  expect(ratioShift([1, 2, 3], [2, 4, 6])).toEqual({ estimate: 2 })
})

test('a ratio of what is not positive is refused, and so is an empty sample', () => {
  expect(() => ratioShift([0, 1], [1, 2])).toThrow(RangeError)
  expect(() => differenceShift([], [1])).toThrow(RangeError)
})

test('the interval leaves out 1 exactly where the test finds a difference', () => {
  const values = fc.uniqueArray(fc.double({ min: 0.5, max: 2, noNaN: true }), { minLength: 8, maxLength: 60 })
  fc.assert(
    fc.property(values, fc.integer({ min: 4, max: 56 }), (all, at) => {
      const cut = Math.min(at, all.length - 4)
      const [base, next] = [all.slice(0, cut), all.slice(cut)]
      const { interval } = ratioShift(base, next)
      const [low, high] = interval ?? [0, Number.POSITIVE_INFINITY]
      expect(low <= 1 && high >= 1).toBe(mannWhitney(next, base).pTwoSided > 0.05)
    }),
  )
})
