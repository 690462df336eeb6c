import type { SortedSamples } from './sorted-samples.ts'

/**
 * `[upperBound, count]` buckets of at most three significant decimal digits: what a record keeps of a sample too large
 * to keep whole. Each value is at most 1 % below its bucket's upper bound; zero and negative values keep their own.
 */
export function significantHistogram(samples: SortedSamples): [number, number][] {
  const buckets: [number, number][] = []
  for (const value of samples) {
    const bound = roundUpTo3Digits(value)
    const last = buckets.at(-1)
    if (last !== undefined && last[0] === bound) last[1] += 1
    else buckets.push([bound, 1])
  }
  return buckets
}

function roundUpTo3Digits(value: number): number {
  if (value <= 0) return value
  const digitsAfterPoint = 2 - Math.floor(Math.log10(value))
  const scaled = Math.ceil(Number((value * 10 ** digitsAfterPoint).toPrecision(12)))
  return Number((scaled / 10 ** digitsAfterPoint).toPrecision(3))
}
