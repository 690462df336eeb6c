import type { RequestLatency } from '../../../record/details/netperf-details.ts'
import { QUANTILES, type QuantileKey } from '../../../stats/describe.ts'
import { quantile, samplesToCarry } from '../../../stats/quantile.ts'
import { sortSamples } from '../../../stats/sorted-samples.ts'
import { sum } from '../../../stats/sum.ts'
import type { LatencyReading } from '../../reading.ts'

const LATENCY_QUANTILES = ['p50', 'p90', 'p95', 'p99', 'p999'] as const satisfies readonly QuantileKey[]
type LatencyQuantile = (typeof LATENCY_QUANTILES)[number]
type Quantiles = Partial<Record<LatencyQuantile, number>>

export interface PooledLatency {
  latency: RequestLatency
  /** Of a histogram: the bucket that each quantile is known to lie in. */
  buckets?: Partial<Record<LatencyQuantile, [number, number]>>
}

/** Latencies of several samples put together; undefined without any. */
export function poolLatencies(readings: readonly LatencyReading[]): PooledLatency | undefined {
  const count = sum(readings.map((reading) => reading.count))
  if (readings.length === 0 || count === 0) return undefined
  const minima = readings.flatMap(({ minSeconds }) => minSeconds ?? [])
  const maxima = readings.flatMap(({ maxSeconds }) => maxSeconds ?? [])
  const weighted = readings.flatMap(({ meanSeconds, count: n }) => (meanSeconds === undefined ? [] : [meanSeconds * n]))
  const latency: RequestLatency = {
    count,
    ...(minima.length === readings.length ? { minSeconds: Math.min(...minima) } : {}),
    ...(weighted.length === readings.length ? { meanSeconds: sum(weighted) / count } : {}),
    ...(maxima.length === readings.length ? { maxSeconds: Math.max(...maxima) } : {}),
    resolutionSeconds: Math.max(...readings.map(({ resolutionSeconds }) => resolutionSeconds)),
  }
  const histograms = readings.flatMap(({ histogram = [] }) => (isTelling(histogram) ? [histogram] : []))
  if (histograms.length < readings.length) return { latency: { ...latency, ...mediansOfQuantiles(readings) } }
  const histogram = mergeHistograms(histograms)
  const { quantiles, buckets } = quantilesOf(histogram, latency)
  return { latency: { ...latency, ...quantiles, histogram }, buckets }
}

/** Where one bucket holds everything, a quantile may lie anywhere between minimum and maximum. */
function isTelling(histogram: NonNullable<LatencyReading['histogram']>): boolean {
  return histogram.filter(([, count]) => count > 0).length > 1
}

/** Without histograms there is no more to say than what the quantile usually is: its median over the samples. */
function mediansOfQuantiles(readings: readonly LatencyReading[]): Quantiles {
  const keys = ['p50', 'p90', 'p99', 'p999'] as const
  return Object.fromEntries(
    keys.flatMap((key) => {
      const values = readings.flatMap((reading) => reading[key] ?? [])
      return values.length === readings.length ? [[key, quantile(sortSamples(values), 0.5)]] : []
    }),
  )
}

function mergeHistograms(histograms: readonly NonNullable<LatencyReading['histogram']>[]): [number, number][] {
  const counts = new Map<number, number>()
  for (const [bound, count] of histograms.flat()) counts.set(bound, (counts.get(bound) ?? 0) + count)
  return [...counts].sort(([a], [b]) => a - b)
}

/** Within its bucket a quantile is interpolated linearly, as Prometheus and fortio do it. */
function quantilesOf(
  histogram: readonly (readonly [number, number])[],
  { minSeconds = 0, maxSeconds = Number.POSITIVE_INFINITY }: RequestLatency,
): { quantiles: Quantiles; buckets: NonNullable<PooledLatency['buckets']> } {
  const count = sum(histogram.map(([, n]) => n))
  const quantiles: Quantiles = {}
  const buckets: NonNullable<PooledLatency['buckets']> = {}
  for (const key of LATENCY_QUANTILES) {
    const q = QUANTILES[key]
    if (count < samplesToCarry(q)) continue
    let below = 0
    let lower = minSeconds
    for (const [bound, n] of histogram) {
      const upper = Math.min(bound, maxSeconds)
      if (n > 0 && below + n >= q * count) {
        quantiles[key] = lower + (upper - lower) * Math.max(0, (q * count - below) / n)
        buckets[key] = [lower, upper]
        break
      }
      below += n
      lower = Math.max(minSeconds, upper)
    }
  }
  return { quantiles, buckets }
}
