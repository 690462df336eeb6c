import type { Metric } from '../../../record/run-record.ts'
import { sortSamples } from '../../../stats/sorted-samples.ts'

// How the values of a metric are distributed, in as few points as a plot can show. All values are counted in.

export interface Distribution {
  /** Ascending, with how often each is there. Of buckets the upper bound. */
  readonly values: readonly (readonly [value: number, count: number])[]
  readonly total: number
}

/** Fewer values than that are listed rather than drawn. */
export const LEAST_VALUES = 20

const ECDF_STEPS = 400
/** The slowest ones are what one looks for: each of so many has its own step. */
const TAIL = 25
const MOST_BINS = 60

/** Undefined where the metric has neither samples nor a histogram, or too few values to show. */
export function distributionOf({ samples, histogram }: Metric): Distribution | undefined {
  const values = samples === undefined ? (histogram ?? []) : tally(samples)
  const total = values.reduce((sum, [, count]) => sum + count, 0)
  return total < LEAST_VALUES ? undefined : { values, total }
}

function tally(samples: readonly number[]): [number, number][] {
  const values: [number, number][] = []
  for (const value of sortSamples(samples)) {
    const last = values.at(-1)
    if (last?.[0] === value) last[1] += 1
    else values.push([value, 1])
  }
  return values
}

export interface Curve {
  readonly x: readonly number[]
  readonly y: readonly number[]
}

/**
 * The share of values that are at most x: the empirical distribution function of all values, at some of its steps when
 * it has too many, among them each of the highest values.
 */
export function cumulativeShare({ values, total }: Distribution): Curve {
  const x: number[] = []
  const y: number[] = []
  const [first] = values
  if (first !== undefined) {
    x.push(first[0])
    y.push(0)
  }
  let below = 0
  let shown = 0
  for (const [index, [value, count]] of values.entries()) {
    below += count
    const isTail = index >= values.length - TAIL
    if (values.length > ECDF_STEPS && !isTail && below / total < shown + 1 / ECDF_STEPS) continue
    shown = below / total
    x.push(value)
    y.push(shown)
  }
  return { x, y }
}

/** Do they range over more than can be seen side by side? */
export function isSpreadWide({ values, total }: Distribution): boolean {
  const [lowest, highest] = [values[0]?.[0] ?? 0, values.at(-1)?.[0] ?? 0]
  return lowest > 0 && highest > 20 * (valueAt({ values, total }, 0.5) ?? highest)
}

/**
 * How many values lie in each of some bins of equal width, or on a logarithmic axis of equal ratio.
 * @param resolution of the measurement: no bin is narrower, on a linear axis
 * @returns x the lower bounds, and last the upper bound of the last bin, where y is 0
 */
export function binCounts({ values, total }: Distribution, isLogarithmic: boolean, resolution = 0): Curve {
  const [lowest, highest] = [values[0]?.[0] ?? 0, values.at(-1)?.[0] ?? 0]
  const [from, to] = isLogarithmic ? [Math.log(lowest), Math.log(highest)] : [lowest, highest]
  const wanted = Math.min(MOST_BINS, Math.max(10, Math.ceil(Math.sqrt(total))))
  const even = Math.max((to - from) / wanted, Number.MIN_VALUE)
  const isCoarse = !isLogarithmic && resolution > even
  const width = isCoarse ? resolution : even
  // The greatest value belongs to the last bin, unless each value that can be measured has a bin of its own.
  const bins = isCoarse ? Math.floor((to - from) / width + 1e-9) + 1 : wanted
  const counts = Array.from({ length: bins }, () => 0)
  for (const [value, count] of values) {
    const place = isLogarithmic ? Math.log(value) : value
    const bin = Math.min(bins - 1, Math.max(0, Math.floor((place - from) / width)))
    counts[bin] = (counts[bin] ?? 0) + count
  }
  const edge = (index: number) => {
    const place = from + index * width
    return isLogarithmic ? Math.exp(place) : place
  }
  return { x: Array.from({ length: bins + 1 }, (_, index) => edge(index)), y: [...counts, 0] }
}

/** The least value with at least this share of all at or below it (nearest rank). */
export function valueAt({ values, total }: Distribution, share: number): number | undefined {
  let below = 0
  for (const [value, count] of values) {
    below += count
    if (below >= share * total - 1e-9) return value
  }
  return undefined
}
