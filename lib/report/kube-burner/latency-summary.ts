/** What a kube-burner quantile document says about one kind of latency: whole milliseconds. */
export interface LatencySummary {
  P99: number
  P95: number
  P50: number
  min: number
  max: number
  avg: number
}

/**
 * Sums up latencies by kube-burner's own rule, so that its figures and ours can stand in one index. The rule is not the
 * nearest rank of our records: where p·n/100 is no whole number it takes the mean of the two values around it, so that
 * below 100 values P99 is the mean of the two largest, which nobody measured (montanaflynn/stats v0.7.1 Percentile, used
 * by kube-burner's pkg/measurements/metrics). All figures are cut to whole numbers, as Go's int() does.
 * @param values at least one
 * @throws RangeError when there are none
 */
export function latencySummary(values: readonly number[]): LatencySummary {
  const sorted = values.toSorted((a, b) => a - b)
  return {
    P99: Math.trunc(percentile(sorted, 99)),
    P95: Math.trunc(percentile(sorted, 95)),
    P50: Math.trunc(percentile(sorted, 50)),
    min: Math.trunc(at(sorted, 0)),
    max: Math.trunc(at(sorted, sorted.length - 1)),
    avg: Math.trunc(sorted.reduce((sum, value) => sum + value, 0) / sorted.length),
  }
}

function percentile(sorted: readonly number[], percent: number): number {
  if (sorted.length === 1) return at(sorted, 0)
  const index = (percent / 100) * sorted.length
  const rank = Math.floor(index)
  return index === rank ? at(sorted, rank - 1) : (at(sorted, rank - 1) + at(sorted, rank)) / 2
}

function at(sorted: readonly number[], index: number): number {
  const value = sorted[index]
  if (value === undefined) throw new RangeError('summary of no values')
  return value
}
