import fc from 'fast-check'
import type { Exposition, Histogram, Sample } from '../../../../lib/prometheus/exposition/exposition.ts'
import { seriesKey } from '../../../../lib/prometheus/exposition/series-key.ts'

const name = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,8}$/)
const labelName = name.filter((text) => text !== 'le')
const labelValue = fc.string({
  unit: fc.constantFrom('a', 'B', ' ', '"', '\\', '\n', '{', '}', ',', '=', '#', 'é', '世'),
})
const labels = fc
  .array(fc.tuple(fc.oneof(labelName, fc.constant('__proto__')), labelValue), { maxLength: 4 })
  .map((pairs) => Object.fromEntries(pairs) as Record<string, string>)

const sample: fc.Arbitrary<Sample> = fc.record(
  { labels, value: fc.double(), timestampMs: fc.maxSafeInteger() },
  { requiredKeys: ['labels', 'value'] },
)

/** Whole counts, ascending, up to +Inf. */
export const histogram: fc.Arbitrary<Histogram> = fc
  .record({
    labels,
    bounds: fc.uniqueArray(
      fc.double({ noNaN: true, noDefaultInfinity: true, min: -10, max: 100 }).map((value) => value + 0),
      {
        maxLength: 8,
      },
    ),
    counts: fc.array(fc.nat(1000), { minLength: 9, maxLength: 9 }),
    sum: fc.double({ noNaN: true, min: 0, max: 1e6 }),
  })
  .map(({ labels, bounds, counts, sum }) => {
    const upperBounds = [...bounds.sort((a, b) => a - b), Number.POSITIVE_INFINITY]
    let total = 0
    const cumulativeCounts = upperBounds.map((_, index) => (total += counts[index] ?? 0))
    return { labels, upperBounds, cumulativeCounts, sum, count: total }
  })

/** Any scrape: metrics of all kinds, with labels that need escapes. */
export const exposition: fc.Arbitrary<Exposition> = fc
  .record({
    samples: fc.dictionary(
      name.map((text) => `s_${text}_x`),
      fc.record({ type: fc.constantFrom('counter', 'gauge', 'untyped'), list: fc.array(sample, { minLength: 1 }) }),
      { maxKeys: 4 },
    ),
    histograms: fc.dictionary(
      name.map((text) => `h_${text}_x`),
      fc.array(histogram, { minLength: 1, maxLength: 4 }),
      { maxKeys: 3 },
    ),
  })
  .map(({ samples, histograms }) => ({
    samples: new Map(
      Object.entries(samples).map(([metric, { type, list }]) => [metric, { type, series: byKey(list) }]),
    ),
    histograms: new Map(Object.entries(histograms).map(([metric, list]) => [metric, byKey(list)])),
  }))

function byKey<Series extends { labels: Readonly<Record<string, string>> }>(list: Series[]): Map<string, Series> {
  return new Map(list.map((series) => [seriesKey(series.labels), series]))
}
