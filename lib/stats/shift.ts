import { mannWhitneyRank } from './mann-whitney.ts'
import { sortSamples } from './sorted-samples.ts'

/** How far one sample lies from another. */
export interface Shift {
  /** Hodges and Lehmann's estimate: the median over all pairs of a value of each sample. */
  readonly estimate: number
  /** The 95 % confidence interval; absent where the samples are too small for one. */
  readonly interval?: readonly [low: number, high: number]
}

const CONFIDENCE = 0.95

/**
 * `next / base` of two samples of positive values, without asking for a distribution. The interval belongs to the
 * Mann–Whitney test: it contains 1 exactly where that test, two-sided at 5 %, finds no difference (Hollander & Wolfe
 * 1973, section 4.3, on the logarithms).
 * @throws RangeError when a sample is empty, or has a value that is not positive
 */
export function ratioShift(base: readonly number[], next: readonly number[]): Shift {
  if ([...base, ...next].some((value) => value <= 0)) throw new RangeError('a ratio needs positive values')
  return shiftOver(base, next, (from, to) => to / from)
}

/** The same of `next - base`, for values of any sign. */
export function differenceShift(base: readonly number[], next: readonly number[]): Shift {
  return shiftOver(base, next, (from, to) => to - from)
}

function shiftOver(
  base: readonly number[],
  next: readonly number[],
  compare: (from: number, to: number) => number,
): Shift {
  if (base.length === 0 || next.length === 0) throw new RangeError('a shift needs two samples')
  const all = sortSamples(base.flatMap((from) => next.map((to) => compare(from, to))))
  const middle = (all.length - 1) / 2
  const estimate = ((all[Math.floor(middle)] ?? Number.NaN) + (all[Math.ceil(middle)] ?? Number.NaN)) / 2
  const rank = mannWhitneyRank(base.length, next.length, 1 - CONFIDENCE)
  const [low, high] = [all[rank - 1], all[all.length - rank]]
  return low === undefined || high === undefined ? { estimate } : { estimate, interval: [low, high] }
}
