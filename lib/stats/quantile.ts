import { type SortedSamples, sortSamples } from './sorted-samples.ts'

/**
 * The q-quantile by nearest rank: the smallest sample with at least q·n samples at or below it, so always a value that
 * was really measured (Hyndman & Fan 1996, definition 1).
 * @param q 0 < q <= 1
 * @throws RangeError on an empty sample or a q outside its range
 */
export function quantile(samples: SortedSamples, q: number): number {
  if (!(q > 0 && q <= 1)) throw new RangeError(`quantile ${q} is not in (0, 1]`)
  // 0.95 * 20 is 19.000000000000004 in doubles: without the tolerance its rank would be 20.
  const rank = Math.max(1, Math.ceil(q * samples.length - 1e-9))
  const value = samples[rank - 1]
  if (value === undefined) throw new RangeError('quantile of an empty sample')
  return value
}

/** The median of values in any order, by nearest rank. @throws RangeError for none */
export function median(values: Iterable<number>): number {
  return quantile(sortSamples(values), 0.5)
}

/**
 * How many samples a quantile needs to be more than another name for the minimum or maximum: 1/q below the median,
 * 1/(1-q) above it (p99: 100, p999: 1,000).
 */
export function samplesToCarry(q: number): number {
  return Math.ceil(1 / Math.min(q, 1 - q) - 1e-9)
}
