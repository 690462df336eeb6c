import type { Statistics } from '../record/run-record.ts'
import { quantile, samplesToCarry } from './quantile.ts'
import { type SortedSamples, sortSamples } from './sorted-samples.ts'
import { meanAndDeviation } from './spread.ts'

/** The quantile keys of the record, with their q. */
export const QUANTILES = {
  p05: 0.05,
  p50: 0.5,
  p90: 0.9,
  p95: 0.95,
  p99: 0.99,
  p999: 0.999,
} as const satisfies Partial<Record<keyof Statistics, number>>

export type QuantileKey = keyof typeof QUANTILES

/**
 * Count, extremes, mean, sample standard deviation and the quantiles that the sample is large enough to carry.
 * An empty sample gives `{ count: 0 }` and nothing else: no data is not 0.
 */
export function describe(values: Iterable<number>): Statistics {
  return describeSorted(sortSamples(values))
}

/** The same of samples that are in order already. */
export function describeSorted(samples: SortedSamples): Statistics {
  const count = samples.length
  const first = samples[0]
  const last = samples[count - 1]
  if (first === undefined || last === undefined) return { count: 0 }
  const { mean, deviation } = meanAndDeviation(samples)
  const statistics: Statistics = { count, min: first, mean, max: last }
  if (count > 1) statistics.stddev = deviation
  for (const [key, q] of Object.entries(QUANTILES) as [QuantileKey, number][]) {
    if (count >= samplesToCarry(q)) statistics[key] = quantile(samples, q)
  }
  return statistics
}
