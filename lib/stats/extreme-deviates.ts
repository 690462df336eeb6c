import { meanAndDeviation } from './spread.ts'
import { studentTQuantile } from './student-t.ts'

export type Tail = 'lower' | 'upper' | 'both'

/**
 * Which values lie further out than chance explains: the generalized extreme studentized deviate test (Rosner 1983, with
 * Student's quantiles as in NIST's e-Handbook, 1.3.5.17.3). It asks only for an upper bound of how many there may be, and
 * outliers do not hide each other. Normal values give a false alarm with probability `significance`, from about 25 of
 * them on exactly so, from 15 on nearly.
 * @returns their indices, the furthest first
 */
export function extremeDeviates(
  values: readonly number[],
  options: { most: number; significance: number; tail: Tail },
): number[] {
  const left = values.map((value, index) => ({ value, index }))
  const removed: number[] = []
  let outliers = 0
  const most = Math.min(options.most, values.length - 3)
  for (let step = 1; step <= most; step += 1) {
    const { mean, deviation } = meanAndDeviation(left.map(({ value }) => value))
    const distance = ({ value }: { value: number }) => distanceFrom(value - mean, options.tail)
    const furthest = left.reduce((far, next) => (distance(next) > distance(far) ? next : far))
    if (deviation === 0) break
    removed.push(furthest.index)
    left.splice(left.indexOf(furthest), 1)
    if (distance(furthest) / deviation > criticalDeviate(values.length, step, options)) outliers = step
  }
  return removed.slice(0, outliers)
}

function distanceFrom(deviation: number, tail: Tail): number {
  if (tail === 'both') return Math.abs(deviation)
  return tail === 'lower' ? -deviation : deviation
}

/** Of the most extreme of the count - step + 1 values that are left at this step. */
function criticalDeviate(count: number, step: number, { significance, tail }: { significance: number; tail: Tail }) {
  const others = count - step
  const t = studentTQuantile(1 - significance / ((tail === 'both' ? 2 : 1) * (others + 1)), others - 1)
  return (others * t) / Math.sqrt((others - 1 + t ** 2) * (others + 1))
}
