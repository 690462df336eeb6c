import type { Metric, Statistics } from './run-record.ts'

/** The bucket of a server's histogram that a statistic is known to lie in. */
export function bucketOf(
  { interpolated }: Pick<Metric, 'interpolated'>,
  key: keyof Statistics,
): readonly [above: number, most: number | null] | undefined {
  const buckets: Partial<Record<keyof Statistics, [number, number | null]>> = interpolated ?? {}
  return buckets[key]
}

/**
 * Whether all that is known of a statistic is that it is above its value: it lies in the last bucket of a server's
 * histogram, which has no upper bound.
 */
export function isLowerLimit(metric: Pick<Metric, 'interpolated'>, key: keyof Statistics): boolean {
  return bucketOf(metric, key)?.[1] === null
}
