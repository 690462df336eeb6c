import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Metric } from '../../../../lib/record/run-record.ts'
import {
  binCounts,
  cumulativeShare,
  distributionOf,
  isSpreadWide,
  valueAt,
} from '../../../../lib/report/html/pieces/distribution.ts'
import { quantile } from '../../../../lib/stats/quantile.ts'
import { sortSamples } from '../../../../lib/stats/sorted-samples.ts'

const samples = fc.array(fc.double({ min: 0.001, max: 1000, noNaN: true }), { minLength: 20, maxLength: 1500 })

function of(values: readonly number[]) {
  const distribution = distributionOf({ samples: [...values] } as Metric)
  if (distribution === undefined) throw new Error('too few values')
  return distribution
}

describe('distribution of samples', () => {
  test('needs twenty values, and takes buckets as well', () => {
    expect(distributionOf({ samples: Array.from({ length: 19 }, () => 1) } as Metric)).toBeUndefined()
    expect(distributionOf({} as Metric)).toBeUndefined()
    expect(
      distributionOf({
        histogram: [
          [0.1, 15],
          [0.2, 5],
        ],
      } as Metric),
    ).toEqual({
      values: [
        [0.1, 15],
        [0.2, 5],
      ],
      total: 20,
    })
    expect(of([3, 1, ...Array.from({ length: 18 }, () => 2)]).values).toEqual([
      [1, 1],
      [2, 18],
      [3, 1],
    ])
  })

  test('quantiles are those of the record', () => {
    fc.assert(
      fc.property(samples, fc.constantFrom(0.05, 0.5, 0.9, 0.99, 1), (values, q) => {
        expect(valueAt(of(values), q)).toBe(quantile(sortSamples(values), q))
      }),
    )
  })

  test('every drawn step of the cumulated share is that of all values, up to 1 at the greatest', () => {
    fc.assert(
      fc.property(samples, (values) => {
        const { x, y } = cumulativeShare(of(values))
        expect(x.length).toBeLessThan(440)
        for (const [index, at] of x.entries()) {
          if (index === 0) continue
          const below = values.filter((value) => value <= at).length / values.length
          expect(y[index]).toBeCloseTo(below, 9)
        }
        expect([x.at(-1), y.at(-1)]).toEqual([Math.max(...values), 1])
      }),
    )
  })

  test('bins count every value once, between the least and the greatest', () => {
    fc.assert(
      fc.property(samples, fc.boolean(), (values, isLogarithmic) => {
        const { x, y } = binCounts(of(values), isLogarithmic)
        expect(y.reduce((sum, count) => sum + count, 0)).toBe(values.length)
        expect(x[0]).toBeCloseTo(Math.min(...values), 6)
        expect(x.at(-1) ?? 0).toBeGreaterThanOrEqual(Math.max(...values) * (1 - 1e-9))
        expect(x.length).toBeLessThanOrEqual(61)
      }),
    )
  })

  test('no bin is finer than what was measured', () => {
    const { x, y } = binCounts(
      of([...Array.from({ length: 30 }, () => 1), ...Array.from({ length: 10 }, () => 3)]),
      false,
      1,
    )
    expect([x, y]).toEqual([
      [1, 2, 3, 4],
      [30, 0, 10, 0],
    ])
  })

  test('a logarithmic axis where the slowest are far out, never for what is 0', () => {
    const many = Array.from({ length: 30 }, () => 0.01)
    expect(isSpreadWide(of([...many, 1]))).toBe(true)
    expect(isSpreadWide(of([...many, 0.1]))).toBe(false)
    expect(isSpreadWide(of([0, ...many, 1]))).toBe(false)
  })
})
