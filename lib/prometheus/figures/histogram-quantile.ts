import type { Histogram } from '../exposition/exposition.ts'

export interface InterpolatedQuantile {
  value: number
  /**
   * The bucket that the quantile is known to lie in: `(lower, upper]`, with `lower` -Infinity in a lowest bucket that is
   * not above 0, and `upper` Infinity in the highest.
   */
  lower: number
  upper: number
}

/**
 * The q-quantile of a histogram exactly as Prometheus' `histogram_quantile` computes it: linear between the bounds of its
 * bucket, the lowest bucket beginning at 0; in the bucket to +Inf the highest finite bound, which is then a lower limit. A
 * count below that of a lower bucket is raised to it.
 * (BucketQuantile in https://github.com/prometheus/prometheus/blob/main/promql/quantile.go; its tolerance for the
 * rounding errors of rates is left out, since counts of observations are whole.)
 * @param q 0 < q <= 1
 * @returns undefined where there is no data: no observations, or no bucket to +Inf, or that bucket alone
 * @throws RangeError on a q outside its range
 */
export function histogramQuantile(
  q: number,
  { upperBounds, cumulativeCounts }: Pick<Histogram, 'upperBounds' | 'cumulativeCounts'>,
): InterpolatedQuantile | undefined {
  if (!(q > 0 && q <= 1)) throw new RangeError(`quantile ${q} is not in (0, 1]`)
  let highest = 0
  const counts = cumulativeCounts.map((count) => (highest = Math.max(highest, count)))
  const last = upperBounds.length - 1
  const observations = counts[last] ?? 0
  if (last < 1 || upperBounds[last] !== Number.POSITIVE_INFINITY || !(observations > 0)) return undefined
  const rank = q * observations
  const index = counts.findIndex((count) => count >= rank)
  const upper = upperBounds[index] ?? Number.NaN
  const below = upperBounds[index - 1]
  if (index === last) return { value: below ?? Number.NaN, lower: below ?? Number.NaN, upper }
  if (below === undefined && upper <= 0) return { value: upper, lower: Number.NEGATIVE_INFINITY, upper }
  const lower = below ?? 0
  const countBelow = counts[index - 1] ?? 0
  const count = (counts[index] ?? Number.NaN) - countBelow
  return { value: lower + (upper - lower) * ((rank - countBelow) / count), lower, upper }
}
