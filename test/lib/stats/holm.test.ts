import fc from 'fast-check'
import { expect, test } from 'vitest'
import { holm } from '../../../lib/stats/holm.ts'

test('p-values of 0.01, 0.04, 0.03 and 0.005 (R, p.adjust): 0.03, 0.06, 0.06 and 0.02', () => {
  const adjusted = holm([0.01, 0.04, 0.03, 0.005])
  for (const [index, p] of [0.03, 0.06, 0.06, 0.02].entries()) expect(adjusted[index]).toBeCloseTo(p, 12)
})

test('none, and one alone', () => {
  expect(holm([])).toEqual([])
  expect(holm([0.04])).toEqual([0.04])
})

test('never smaller than before, never above 1, and in the same order', () => {
  const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 })
  fc.assert(
    fc.property(pValues, (values) => {
      const adjusted = holm(values)
      for (const [index, p] of values.entries()) {
        expect(adjusted[index]).toBeGreaterThanOrEqual(p)
        expect(adjusted[index]).toBeLessThanOrEqual(1)
        for (const [other, q] of values.entries()) {
          if (p < q) expect(adjusted[index]).toBeLessThanOrEqual(adjusted[other] ?? 0)
        }
      }
    }),
  )
})
