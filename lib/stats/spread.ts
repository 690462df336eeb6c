import { sum } from './sum.ts'

/**
 * The mean and the sample standard deviation (over n - 1), in two passes, so that a small spread around a large mean keeps
 * its digits.
 * @param values at least one; of a single one the deviation is NaN, for it says nothing of a spread
 */
export function meanAndDeviation(values: Iterable<number> & { readonly length: number }): {
  mean: number
  deviation: number
} {
  const mean = sum(values) / values.length
  let squares = 0
  for (const value of values) squares += (value - mean) ** 2
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) }
}
