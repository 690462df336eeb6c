import { meanAndDeviation } from './spread.ts'
import { studentTQuantile } from './student-t.ts'

export interface MeanInterval {
  count: number
  mean: number
  /** Half the width of the 95 % confidence interval of the mean. Absent: one value says nothing of its spread. */
  ci95?: number
  /** Coefficient of variation: the sample standard deviation as a share of the mean. Absent also where the mean is 0. */
  cv?: number
}

/**
 * The mean of repeated measurements with Student's interval (Student 1908): mean ± t(0.975, n - 1)·s/√n.
 * @returns undefined for no values: no data is not 0
 */
export function meanInterval(values: readonly number[]): MeanInterval | undefined {
  const count = values.length
  if (count === 0) return undefined
  const { mean, deviation } = meanAndDeviation(values)
  if (count === 1) return { count, mean }
  return {
    count,
    mean,
    ci95: (studentTQuantile(0.975, count - 1) * deviation) / Math.sqrt(count),
    ...(mean === 0 ? {} : { cv: deviation / Math.abs(mean) }),
  }
}

/**
 * The mean difference `first - second` of measurements that belong together one by one, which leaves out what changes
 * both alike. Its interval does not contain 0 where the two differ by more than chance.
 * @throws RangeError when the samples are not of one length
 */
export function pairedDifference(first: readonly number[], second: readonly number[]): MeanInterval | undefined {
  if (first.length !== second.length) throw new RangeError(`${first.length} values do not pair with ${second.length}`)
  return meanInterval(first.map((value, index) => value - (second[index] ?? Number.NaN)))
}
