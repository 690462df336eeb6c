export interface FillBucket {
  /** Both included. */
  from: number
  to: number
  slices: number
}

const BUCKETS = 10

/**
 * How many slices have so many endpoints, in tenths of a full slice; the empty tenths are left out.
 * @param fill endpoints of each slice
 */
export function fillHistogram(fill: readonly number[], sliceSize: number): FillBucket[] {
  const width = Math.max(1, Math.ceil(sliceSize / BUCKETS))
  // Slices of before may have more endpoints than new ones get.
  const most = Math.max(sliceSize, ...fill)
  const lastOf = (bucket: number) => Math.min((bucket + 1) * width, most)
  const counts = new Map<number, number>()
  for (const endpoints of fill) {
    const bucket = Math.max(0, Math.ceil(endpoints / width) - 1)
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1)
  }
  return [...counts]
    .sort(([a], [b]) => a - b)
    .map(([bucket, slices]) => ({ from: bucket * width + 1, to: lastOf(bucket), slices }))
}
