import { samplesToCarry } from '../../../stats/quantile.ts'
import type { RequestReading } from '../../reading.ts'

const resultPattern =
  /^\[ *\d+\] +(\d+\.\d+)-(\d+\.\d+) +sec .*? (\d+)=(\d+\.\d+)\/(\d+\.\d+)\/(\d+\.\d+)\/\d+\.\d+ ms /gm
const histogramPattern = /BB8(?:\(f\))?-PDF: bin\(w=(\d+)us\):cnt\((\d+)\)=((?:\d+:\d+,?)+)/
const quantiles = { p50: 0.5, p90: 0.9, p99: 0.99, p999: 0.999 } as const

/**
 * The bounce-back test: `BB cnt=avg/min/max/stdev` in milliseconds, and a histogram of bins of 100 µs. In the first bin
 * nothing can be told apart, so a quantile that lies there is left out, and the histogram with it: whoever interpolates
 * in it would make one up.
 */
export function readBounceback(text: string): RequestReading | undefined {
  // The last row sums up.
  const [, start, end, count, mean, min, max] = [...text.matchAll(resultPattern)].at(-1) ?? []
  if (max === undefined) return undefined
  const completed = Number(count)
  const seconds = Number(end) - Number(start)
  if (completed === 0) return { seconds, completed, errors: {} }
  const [, width, binned, bins] = histogramPattern.exec(text) ?? []
  const binSeconds = Number(width ?? 0) / 1e6
  const histogram = Number(binned) === completed ? parsedBins(bins ?? '', binSeconds) : []
  return {
    seconds,
    completed,
    errors: {},
    latency: {
      count: completed,
      minSeconds: Number(min) / 1000,
      meanSeconds: Number(mean) / 1000,
      maxSeconds: Number(max) / 1000,
      ...quantilesOf(histogram, binSeconds, completed),
      resolutionSeconds: histogram.length === 0 ? 1e-6 : binSeconds,
    },
  }
}

/** `7:12`: twelve in the seventh bin, that is above six widths and up to seven. */
function parsedBins(text: string, binSeconds: number): { upper: number; count: number }[] {
  return text
    .split(',')
    .filter((bin) => bin !== '')
    .map((bin) => {
      const [number, count] = bin.split(':')
      return { upper: Number(number) * binSeconds, count: Number(count) }
    })
}

function quantilesOf(
  bins: readonly { upper: number; count: number }[],
  width: number,
  total: number,
): Partial<Record<keyof typeof quantiles, number>> {
  const found: Partial<Record<keyof typeof quantiles, number>> = {}
  for (const [key, q] of Object.entries(quantiles) as [keyof typeof quantiles, number][]) {
    if (total < samplesToCarry(q)) continue
    let below = 0
    for (const { upper, count } of bins) {
      if (below + count >= q * total) {
        if (upper > width * 1.5) found[key] = upper - width + (width * (q * total - below)) / count
        break
      }
      below += count
    }
  }
  return found
}
