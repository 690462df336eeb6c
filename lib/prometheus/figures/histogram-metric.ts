import { type MetricName, metricDefinition } from '../../record/catalogue/metric-catalogue.ts'
import type { Metric } from '../../record/run-record.ts'
import { samplesToCarry } from '../../stats/quantile.ts'
import type { Histogram } from '../exposition/exposition.ts'
import { histogramQuantile, type InterpolatedQuantile } from './histogram-quantile.ts'

const QUANTILES = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99, p999: 0.999 } as const

interface Origin {
  labels: Record<string, string>
  source: string
}

/**
 * A metric over a histogram of values that cannot be negative, in its own unit: count, mean, the quantiles that so many
 * observations carry, the bucket that each lies in, and that of the maximum. The resolution is the width of the widest of
 * these buckets; it is left out where one has no upper bound.
 * @returns undefined where nothing was observed, or the histogram does not tell what
 */
export function histogramMetric(
  name: MetricName,
  histogram: Histogram,
  { labels, source }: Origin,
): Metric | undefined {
  const { cumulativeCounts, sum } = histogram
  const count = cumulativeCounts.at(-1) ?? 0
  const max = histogramQuantile(1, histogram)
  if (max === undefined) return undefined
  const statistics: Metric['statistics'] = { count, ...(sum === undefined ? {} : { mean: sum / count }) }
  const interpolated: NonNullable<Metric['interpolated']> = { max: bucketOf(max) }
  for (const [key, q] of Object.entries(QUANTILES) as [keyof typeof QUANTILES, number][]) {
    const quantile = count >= samplesToCarry(q) ? histogramQuantile(q, histogram) : undefined
    if (quantile === undefined) continue
    statistics[key] = quantile.value
    interpolated[key] = bucketOf(quantile)
  }
  const resolution = Math.max(...Object.values(interpolated).map(([lower, upper]) => (upper ?? Infinity) - lower))
  return {
    name,
    unit: metricDefinition(name).unit,
    labels,
    statistics,
    interpolated,
    ...(Number.isFinite(resolution) ? { resolution } : {}),
    source,
  }
}

function bucketOf({ lower, upper }: InterpolatedQuantile): [number, number | null] {
  // Values that cannot be negative are 0 in a bucket that ends at 0.
  return [Math.max(lower, 0), Number.isFinite(upper) ? upper : null]
}
