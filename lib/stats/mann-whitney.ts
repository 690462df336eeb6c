import { sum } from './sum.ts'

/** Up to so many values in each sample the distribution of U is computed, beyond it is normal enough. */
const MOST_EXACT = 20

export interface MannWhitney {
  /** Pairs of a value of the first sample and one of the second in which the first is larger; equal ones count a half. */
  u: number
  /** How likely a U at least as large is if both samples are of the same distribution. */
  pGreater: number
  /** How likely a U at least as far from its middle is, to either side. */
  pTwoSided: number
  method: 'exact' | 'normal'
}

/**
 * The Mann–Whitney U test (Mann & Whitney 1947): is one sample shifted against the other? It asks for no distribution.
 * Small samples without ties: exact, from the number of arrangements for each U. Others: normal approximation with
 * correction for ties and continuity (Hollander & Wolfe 1973, section 4.1), as R's wilcox.test does it.
 * @throws RangeError when a sample is empty
 */
export function mannWhitney(first: readonly number[], second: readonly number[]): MannWhitney {
  const m = first.length
  const n = second.length
  if (m === 0 || n === 0) throw new RangeError('the test needs two samples')
  const { rankSum, tieTerm } = rank(first, second)
  const u = rankSum - (m * (m + 1)) / 2
  if (tieTerm === 0 && m <= MOST_EXACT && n <= MOST_EXACT) {
    const arrangements = countArrangements(m, n)
    const total = sum(arrangements)
    const pGreater = sum(arrangements.slice(u)) / total
    const pLess = sum(arrangements.slice(0, u + 1)) / total
    return { u, pGreater, pTwoSided: Math.min(1, 2 * Math.min(pGreater, pLess)), method: 'exact' }
  }
  const size = m + n
  const deviation = Math.sqrt(((m * n) / 12) * (size + 1 - tieTerm / (size * (size - 1))))
  const distance = u - (m * n) / 2
  // All values equal: nothing tells the samples apart.
  const upperTail = (shift: number) => (deviation === 0 ? 1 : normalUpperTail(shift / deviation))
  return {
    u,
    pGreater: upperTail(distance - 0.5),
    pTwoSided: Math.min(1, 2 * upperTail(Math.abs(distance) - 0.5)),
    method: 'normal',
  }
}

/**
 * Which of the ordered m·n pairs bounds a two-sided confidence interval, from either end: the largest C for which a U below C
 * has at most half of alpha (Hollander & Wolfe 1973, section 4.3); 0 where the samples are too small for any.
 */
export function mannWhitneyRank(m: number, n: number, alpha: number): number {
  if (m > MOST_EXACT || n > MOST_EXACT) {
    const deviation = Math.sqrt((m * n * (m + n + 1)) / 12)
    let rank = 0
    // U is below C where it is C - 1 at most; the normal curve is cut in the middle between the two.
    while (normalUpperTail(((m * n) / 2 - (rank + 0.5)) / deviation) <= alpha / 2) rank += 1
    return rank
  }
  const arrangements = countArrangements(m, n)
  const most = (sum(arrangements) * alpha) / 2
  let rank = 0
  let below = arrangements[0] ?? 0
  while (below <= most) {
    rank += 1
    below += arrangements[rank] ?? 0
  }
  return rank
}

/** The sum of the first sample's ranks among all values, ties sharing theirs, and the sum of t³ - t over all ties. */
function rank(first: readonly number[], second: readonly number[]): { rankSum: number; tieTerm: number } {
  const own = Float64Array.from(first).sort()
  const all = Float64Array.from([...first, ...second]).sort()
  let rankSum = 0
  let tieTerm = 0
  let next = 0
  for (let start = 0, end = 0; start < all.length; start = end) {
    while (end < all.length && all[end] === all[start]) end += 1
    const ties = end - start
    tieTerm += ties ** 3 - ties
    for (; next < own.length && own[next] === all[start]; next += 1) rankSum += (start + 1 + end) / 2
  }
  return { rankSum, tieTerm }
}

/**
 * How many arrangements of m and n values have each U from 0 to m·n: with the largest value in the first sample it adds
 * n to the U of the rest, in the second nothing (Mann & Whitney 1947, equation 1). At most C(40, 20), exact in a double.
 */
function countArrangements(m: number, n: number): number[] {
  let rows = Array.from({ length: n + 1 }, () => [1])
  for (let i = 1; i <= m; i += 1) {
    const next: number[][] = [[1]]
    for (let j = 1; j <= n; j += 1) {
      const largestInFirst = rows[j] ?? []
      const largestInSecond = next[j - 1] ?? []
      next.push(Array.from({ length: i * j + 1 }, (_, u) => (largestInFirst[u - j] ?? 0) + (largestInSecond[u] ?? 0)))
    }
    rows = next
  }
  return rows[n] ?? []
}

/**
 * P(Z > z) of the standard normal distribution: the complementary error function by its Chebyshev fit with a relative
 * error below 1.2e-7 everywhere, so that small tails are right too (Press et al., Numerical Recipes in C, 2nd ed., 6.2).
 */
function normalUpperTail(z: number): number {
  const x = Math.abs(z) / Math.SQRT2
  const t = 1 / (1 + x / 2)
  const coefficients = [
    0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196, 1.00002368,
    -1.26551223,
  ]
  const exponent = coefficients.reduce((value, coefficient) => value * t + coefficient)
  const tail = (t * Math.exp(-x * x + exponent)) / 2
  return z >= 0 ? tail : 1 - tail
}
