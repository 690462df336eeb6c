import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Histogram, Labels } from '../../../../lib/prometheus/exposition/exposition.ts'
import { sumHistograms } from '../../../../lib/prometheus/figures/aggregate.ts'
import { histogramQuantile } from '../../../../lib/prometheus/figures/histogram-quantile.ts'
import { histogram } from '../exposition/exposition-arbitrary.ts'
import { reference } from '../recorded.ts'

const buckets = (entries: [bound: number, count: number][], labels: Labels = {}): Histogram => ({
  labels,
  upperBounds: entries.map(([bound]) => bound),
  cumulativeCounts: entries.map(([, count]) => count),
})
const INF = Number.POSITIVE_INFINITY

// Histograms and expected values of prometheus/prometheus promql/promqltest/testdata/histograms.test ("at 50m", so each
// bucket holds ten times its step).
describe("Prometheus' own test values", () => {
  const positive = buckets([
    [0.1, 50],
    [0.2, 70],
    [1, 110],
    [INF, 120],
  ])
  const negative = buckets([
    [-0.2, 10],
    [-0.1, 20],
    [0.3, 20],
    [INF, 30],
  ])
  const middle = buckets([
    [0, 0],
    [2, 1],
    [4, 2],
    [6, 3],
    [INF, 3],
  ])
  const positive3 = buckets([
    [0, 0],
    [0.1, 50],
    [0.2, 70],
    [1, 110],
    [INF, 110],
  ])
  const negative3 = buckets([
    [-0.25, 0],
    [-0.2, 10],
    [-0.1, 20],
    [0.3, 20],
    [INF, 20],
  ])

  test.each([
    ['testhistogram positive', positive, 0.2, 0.048],
    ['testhistogram positive', positive, 0.5, 0.15],
    ['testhistogram positive', positive, 0.8, 0.72],
    ['testhistogram positive, in the highest bucket', positive, 1, 1],
    ['testhistogram negative, in the lowest bucket', negative, 0.2, -0.2],
    ['testhistogram negative', negative, 0.5, -0.15],
    ['testhistogram negative, in the highest bucket', negative, 0.8, 0.3],
    ['testhistogram2', middle, 1 / 6, 1],
    ['testhistogram2', middle, 0.5, 3],
    ['testhistogram2', middle, 5 / 6, 5],
    ['testhistogram3 positive', positive3, 0.25, 0.055],
    ['testhistogram3 positive', positive3, 0.5, 0.125],
    ['testhistogram3 positive', positive3, 0.75, 0.45],
    ['testhistogram3 positive', positive3, 1, 1],
    ['testhistogram3 negative', negative3, 0.25, -0.225],
    ['testhistogram3 negative', negative3, 0.5, -0.2],
    ['testhistogram3 negative', negative3, 0.75, -0.15],
    ['testhistogram3 negative', negative3, 1, -0.1],
  ])('%s', (_, of, q, expected) => {
    expect(histogramQuantile(q, of)?.value).toBeCloseTo(expected, 12)
  })

  const requests = [
    buckets(
      [
        [0.1, 10],
        [0.2, 30],
        [INF, 40],
      ],
      { job: 'job1', instance: 'ins1' },
    ),
    buckets(
      [
        [0.1, 20],
        [0.2, 50],
        [INF, 60],
      ],
      { job: 'job1', instance: 'ins2' },
    ),
    buckets(
      [
        [0.1, 30],
        [0.2, 40],
        [INF, 60],
      ],
      { job: 'job2', instance: 'ins1' },
    ),
    buckets(
      [
        [0.1, 40],
        [0.2, 70],
        [INF, 90],
      ],
      { job: 'job2', instance: 'ins2' },
    ),
  ]

  test.each([
    ['by nothing', [], [0.075], [0.1277777777777778]],
    ['by instance', ['instance'], [0.075, 0.075], [0.1333333333333333, 0.125]],
    ['by job', ['job'], [0.1, 0.0642857142857143], [0.14, 0.1125]],
    ['by both', ['job', 'instance'], [0.11, 0.09, 0.06, 0.0675], [0.15, 0.1333333333333333, 0.1, 0.1166666666666667]],
  ])('request_duration_seconds summed %s', (_, names, p30, p50) => {
    const groups = sumHistograms(requests, (labels) =>
      Object.fromEntries(names.map((name) => [name, labels[name] ?? ''])),
    )
    const at = (q: number) => groups.map((group) => histogramQuantile(q, group)?.value.toFixed(12))
    expect(at(0.3)).toEqual(p30.map((value) => value.toFixed(12)))
    expect(at(0.5)).toEqual(p50.map((value) => value.toFixed(12)))
  })

  test("300 made-up histograms, exactly as Prometheus' BucketQuantile", () => {
    const { quantiles } = reference()
    const ours = quantiles.map(({ q, bounds, counts }) => {
      return histogramQuantile(q, { upperBounds: [...bounds, INF], cumulativeCounts: counts })?.value ?? null
    })
    expect(ours).toEqual(quantiles.map(({ value }) => value))
    expect(ours.length).toBe(300)
  })
})

test('a quantile comes with the bucket that it lies in', () => {
  const of = buckets([
    [0, 1],
    [0.1, 50],
    [0.5, 90],
    [INF, 100],
  ])
  expect(histogramQuantile(0.005, of)).toEqual({ value: 0, lower: -INF, upper: 0 })
  expect(histogramQuantile(0.7, of)).toEqual({ value: 0.30000000000000004, lower: 0.1, upper: 0.5 })
  expect(histogramQuantile(0.99, of)).toEqual({ value: 0.5, lower: 0.5, upper: INF })
  expect(
    histogramQuantile(
      0.5,
      buckets([
        [0.1, 4],
        [INF, 4],
      ]),
    ),
  ).toEqual({ value: 0.05, lower: 0, upper: 0.1 })
})

test('no observations, no buckets, no bucket to +Inf or that one alone: no data', () => {
  expect(
    histogramQuantile(
      0.5,
      buckets([
        [0.1, 0],
        [INF, 0],
      ]),
    ),
  ).toBeUndefined()
  expect(histogramQuantile(0.5, buckets([]))).toBeUndefined()
  expect(
    histogramQuantile(
      0.5,
      buckets([
        [0.1, 3],
        [0.2, 4],
      ]),
    ),
  ).toBeUndefined()
  expect(histogramQuantile(0.5, buckets([[INF, 4]]))).toBeUndefined()
  expect(
    histogramQuantile(
      0.5,
      buckets([
        [0.1, Number.NaN],
        [INF, 4],
      ]),
    ),
  ).toBeUndefined()
})

test('a q outside (0, 1] is refused', () => {
  const of = buckets([
    [1, 1],
    [INF, 1],
  ])
  for (const q of [0, -0.1, 1.01, Number.NaN]) expect(() => histogramQuantile(q, of)).toThrow(RangeError)
})

test('the nearest-rank quantile of what was observed lies in the bucket, and so does the value', () => {
  const samples = fc.array(fc.double({ min: 0.001, max: 10, noNaN: true }), { minLength: 1, maxLength: 100 })
  const bounds = [0.005, 0.1, 0.5, 1, 5]
  fc.assert(
    fc.property(samples, fc.integer({ min: 1, max: 16 }), (observed, sixteenths) => {
      const of = buckets([...bounds, INF].map((bound) => [bound, observed.filter((value) => value <= bound).length]))
      const sorted = observed.toSorted((a, b) => a - b)
      const nearestRank = sorted[Math.ceil((sixteenths / 16) * sorted.length) - 1] ?? Number.NaN
      const { value, lower, upper } = histogramQuantile(sixteenths / 16, of) ?? { value: NaN, lower: NaN, upper: NaN }
      expect(nearestRank).toBeGreaterThan(lower)
      expect(nearestRank).toBeLessThanOrEqual(upper)
      expect(value).toBeGreaterThanOrEqual(lower - rounding(lower))
      expect(value).toBeLessThanOrEqual(upper + rounding(upper))
    }),
  )
})

test('quantiles do not fall as q rises', () => {
  fc.assert(
    fc.property(histogram, (of) => {
      const values = [0.01, 0.25, 0.5, 0.9, 0.99, 1].flatMap((q) => histogramQuantile(q, of)?.value ?? [])
      for (const [index, value] of values.entries()) {
        const before = values[index - 1] ?? -INF
        expect(value).toBeGreaterThanOrEqual(before - rounding(before))
      }
    }),
  )
})

/** The interpolation's last bits are those of doubles. */
function rounding(value: number): number {
  return Number.isFinite(value) ? Math.abs(value) * 1e-12 : 0
}
