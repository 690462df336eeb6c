import type { Exposition, Histogram, Labels, Sample, SampleFamily } from '../exposition/exposition.ts'

/** What counters and histograms of one process grew by between two scrapes. */
export interface ScrapeDelta extends Exposition {
  /** Series that went down although the process is the same: there is no figure for them. */
  readonly resets: readonly { metric: string; labels: Labels }[]
}

/** When the scraped process was started, in seconds since 1970; undefined where it does not say. */
export function processStart({ samples }: Exposition): number | undefined {
  return samples.get('process_start_time_seconds')?.series.get('')?.value
}

/** Whether both scrapes are of one and the same process. One that does not tell its start could be any. */
export function sameProcess(a: Exposition, b: Exposition): boolean {
  const start = processStart(a)
  return start !== undefined && start === processStart(b)
}

/**
 * Subtracts the earlier scrape from the later, series by series; counters and histograms only. A series that only the
 * later one has began at 0, as client libraries make a series when it is first needed; one that only the earlier one has
 * was removed, and has no figure.
 * @returns null when the scrapes are not of the same process: nothing can be subtracted
 */
export function subtractScrapes(before: Exposition, after: Exposition): ScrapeDelta | null {
  if (!sameProcess(before, after)) return null
  const resets: { metric: string; labels: Labels }[] = []
  const samples = new Map<string, SampleFamily>()
  for (const [metric, { type, series }] of after.samples) {
    if (type !== 'counter') continue
    const earlier = before.samples.get(metric)?.series
    samples.set(metric, { type, series: subtractAll(series, earlier, subtractSamples, metric) })
  }
  const histograms = new Map<string, ReadonlyMap<string, Histogram>>()
  for (const [metric, series] of after.histograms) {
    histograms.set(metric, subtractAll(series, before.histograms.get(metric), subtractHistograms, metric))
  }
  return { samples, histograms, resets }

  function subtractAll<Series extends { labels: Labels }>(
    later: ReadonlyMap<string, Series>,
    earlier: ReadonlyMap<string, Series> | undefined,
    subtract: (before: Series, after: Series) => Series | null,
    metric: string,
  ): Map<string, Series> {
    const differences = new Map<string, Series>()
    for (const [key, series] of later) {
      const old = earlier?.get(key)
      const difference = old === undefined ? series : subtract(old, series)
      if (difference === null) resets.push({ metric, labels: series.labels })
      else differences.set(key, difference)
    }
    return differences
  }
}

function subtractSamples(before: Sample, after: Sample): Sample | null {
  const value = growth(before.value, after.value)
  return value === null ? null : { labels: after.labels, value }
}

function subtractHistograms(before: Histogram, after: Histogram): Histogram | null {
  const { labels, upperBounds } = after
  if (upperBounds.length !== before.upperBounds.length) return null
  const cumulativeCounts: number[] = []
  for (const [index, upperBound] of upperBounds.entries()) {
    if (upperBound !== before.upperBounds[index]) return null
    const difference = growth(before.cumulativeCounts[index], after.cumulativeCounts[index])
    if (difference === null) return null
    cumulativeCounts.push(difference)
  }
  const count = growth(before.count, after.count)
  if (count === null && after.count !== undefined) return null
  // A sum may go down: of negative observations.
  const sum = after.sum === undefined || before.sum === undefined ? Number.NaN : after.sum - before.sum
  return {
    labels,
    upperBounds,
    cumulativeCounts,
    ...(count === null ? {} : { count }),
    ...(Number.isNaN(sum) ? {} : { sum }),
  }
}

/** null where a counter went down or is not finite. */
function growth(before: number | undefined, after: number | undefined): number | null {
  const difference = (after ?? Number.NaN) - (before ?? Number.NaN)
  return difference >= 0 && Number.isFinite(difference) ? difference : null
}
