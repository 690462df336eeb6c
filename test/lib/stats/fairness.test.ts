import fc from 'fast-check'
import { expect, test } from 'vitest'
import { jainFairness } from '../../../lib/stats/fairness.ts'

test("Jain's own example: 20 of 100 users get a dollar each, the others nothing: 0.2", () => {
  expect(jainFairness(Array.from({ length: 100 }, (_, user) => (user < 20 ? 1 : 0)))).toBeCloseTo(0.2, 12)
})

test('equal shares are fair, and nothing at all is neither', () => {
  expect(jainFairness([5, 5, 5])).toBe(1)
  expect(jainFairness([1, 2, 3])).toBeCloseTo(36 / 42, 12)
  expect(jainFairness([0, 0])).toBeUndefined()
  expect(jainFairness([])).toBeUndefined()
})

test('between 1/n and 1, in any unit', () => {
  const shares = fc.array(fc.double({ min: 0.001, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 50 })
  fc.assert(
    fc.property(shares, (values) => {
      const index = jainFairness(values) ?? 0
      expect(index).toBeGreaterThanOrEqual(1 / values.length - 1e-12)
      expect(index).toBeLessThanOrEqual(1 + 1e-12)
      expect(jainFairness(values.map((value) => value * 1e9))).toBeCloseTo(index, 9)
    }),
  )
})
