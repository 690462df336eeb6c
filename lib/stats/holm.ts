/**
 * Holm's step-down correction (Holm 1979) of p-values of several tests: rejecting those at most α keeps the chance of even
 * one false alarm among all of them at α or less.
 * @returns the adjusted values, in the order given
 */
export function holm(pValues: readonly number[]): number[] {
  const ascending = pValues.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p)
  const adjusted = pValues.map(() => 1)
  let largest = 0
  for (const [rank, { p, index }] of ascending.entries()) {
    largest = Math.max(largest, Math.min(1, p * (pValues.length - rank)))
    adjusted[index] = largest
  }
  return adjusted
}
