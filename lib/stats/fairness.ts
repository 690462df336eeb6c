import { sum } from './sum.ts'

/**
 * Jain's fairness index of what each has got (Jain, Chiu & Hawe 1984): (Σx)²/(n·Σx²), 1 when all have the same, 1/n when
 * one has everything.
 * @returns undefined where nobody has got anything
 */
export function jainFairness(shares: readonly number[]): number | undefined {
  const squares = sum(shares.map((share) => share ** 2))
  return squares === 0 ? undefined : sum(shares) ** 2 / (shares.length * squares)
}
