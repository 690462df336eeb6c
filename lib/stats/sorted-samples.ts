declare const sorted: unique symbol

/** Finite numbers in ascending order. The brand keeps an unsorted array from reaching a quantile. */
export type SortedSamples = Float64Array & { readonly [sorted]: true }

/**
 * A sorted copy of the samples.
 * @throws RangeError when a value is not a finite number: a missing measurement must be left out, never passed as NaN or 0.
 */
export function sortSamples(values: Iterable<number>): SortedSamples {
  const copy = Float64Array.from(values)
  for (const value of copy) {
    if (!Number.isFinite(value)) throw new RangeError(`not a sample: ${value}`)
  }
  return copy.sort() as SortedSamples
}
