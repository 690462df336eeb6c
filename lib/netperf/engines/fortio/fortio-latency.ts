import { histogramQuantile } from '../../../prometheus/figures/histogram-quantile.ts'
import { samplesToCarry } from '../../../stats/quantile.ts'
import type { LatencyReading } from '../../reading.ts'
import type { FortioHistogram } from './fortio-output.ts'

const quantiles = { p50: 0.5, p90: 0.9, p99: 0.99, p999: 0.999 } as const

/**
 * Latency from fortio's buckets rather than from its percentiles: linear within the bucket, as it does it too, but not
 * where one bucket holds everything (its percentiles then lie anywhere between minimum and maximum), and only those that
 * the number of requests carries. The resolution is the width of the widest bucket that a quantile lies in.
 * undefined: the buckets do not add up.
 */
export function readFortioLatency({ Count, Min, Max, Avg, Data }: FortioHistogram): LatencyReading | undefined {
  const buckets = contiguous(Data ?? [])
  const upperBounds = [...buckets.map(([bound]) => bound), Number.POSITIVE_INFINITY]
  let total = 0
  const cumulativeCounts = buckets.map(([, count]) => (total += count))
  if (total !== Count || Count === 0) return undefined
  const histogram = { upperBounds, cumulativeCounts: [...cumulativeCounts, total] }
  const known = { count: Count, minSeconds: Min, meanSeconds: Avg, maxSeconds: Max, histogram: buckets }
  if ((Data ?? []).length < 2) return { ...known, resolutionSeconds: Max - Min }

  const found = Object.entries(quantiles)
    .filter(([, q]) => Count >= samplesToCarry(q))
    .flatMap(([key, q]) => {
      const quantile = histogramQuantile(q, histogram)
      return quantile === undefined ? [] : [{ key, ...quantile }]
    })
  return {
    ...known,
    ...Object.fromEntries(found.map(({ key, value }) => [key, value])),
    resolutionSeconds: Math.max(...found.map(({ lower, upper }) => upper - lower)),
  }
}

/** fortio leaves empty buckets out; without them the next one would seem to begin where the last one ended. */
function contiguous(data: NonNullable<FortioHistogram['Data']>): [number, number][] {
  let end: number | undefined
  return data.flatMap(({ Start, End, Count }) => {
    const gap: [number, number][] = Start === end ? [] : [[Start, 0]]
    end = End
    return [...gap, [End, Count]]
  })
}
