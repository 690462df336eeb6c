import type { Metric } from '../../record/run-record.ts'
import { quantile } from '../../stats/quantile.ts'
import { sortSamples } from '../../stats/sorted-samples.ts'
import type { Percentiles } from './perf-data.ts'

/**
 * By nearest rank, as ClusterLoader2 does it, also where a sample is so small that the 99th percentile is its maximum:
 * each figure is a measured one.
 * @returns undefined for no samples, which ClusterLoader2 writes as 0
 */
export function percentilesOf(samples: readonly number[]): Percentiles | undefined {
  if (samples.length === 0) return undefined
  const sorted = sortSamples(samples)
  return { Perc50: quantile(sorted, 0.5), Perc90: quantile(sorted, 0.9), Perc99: quantile(sorted, 0.99) }
}

/** Those of a metric: from its samples, else as it states them; undefined where it does not state all three. */
export function metricPercentiles({ samples, statistics }: Metric): Percentiles | undefined {
  if (samples !== undefined) return percentilesOf(samples)
  const { p50, p90, p99 } = statistics
  if (p50 === undefined || p90 === undefined || p99 === undefined) return undefined
  return { Perc50: p50, Perc90: p90, Perc99: p99 }
}

/** In another unit, without the noise of doubles: 0.0142 * 1000 is 14.200000000000001 in them, 40.3 - 8.1 32.199999999999996. */
export function scaled({ Perc50, Perc90, Perc99 }: Percentiles, factor: number): Percentiles {
  return { Perc50: times(Perc50, factor), Perc90: times(Perc90, factor), Perc99: times(Perc99, factor) }
}

function times(value: number, factor: number): number {
  return Number((value * factor).toPrecision(12))
}
