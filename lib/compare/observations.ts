import { isMetricName, metricDefinition } from '../record/catalogue/metric-catalogue.ts'
import type { ComparedFigure, UnitOfComparison } from '../record/details/compare-details.ts'
import { densityRuns } from '../record/details/density-details.ts'
import type { Metric, RunRecord } from '../record/run-record.ts'
import { describe } from '../stats/describe.ts'
import { median } from '../stats/quantile.ts'

/** One figure of one series from one source, as often as it was measured independently. */
export interface Observations
  extends Pick<ComparedFigure, 'metric' | 'labels' | 'statistic' | 'unit' | 'better' | 'resolution' | 'source'> {
  readonly values: readonly number[]
  /** What the values are made of: each of them may be a p50 of many. */
  readonly samples: number
}

type Statistic = ComparedFigure['statistic']

/**
 * What the runs of one side say of each figure, source by source. The pods or requests of one run are not independent of
 * each other: of those each run gives one value, their p50 and what thresholds mean by default. Each repeat of a run that was
 * repeated as a whole is a run.
 */
export function observe(runs: readonly RunRecord[], unit: UnitOfComparison): Observations[] {
  const found = new Map<string, Observations>()
  for (const metric of runs.flatMap(({ metrics }) => metrics)) {
    const { run: _, ...labels } = metric.labels
    const origin = { ...identity(metric), labels, source: instrumentOf(metric.source) }
    for (const [statistic, values] of figuresOf(metric, unit)) {
      const key = JSON.stringify([seriesKey(origin), origin.source, statistic])
      const before = found.get(key)
      const resolution = coarser(before?.resolution, metric.resolution)
      found.set(key, {
        ...origin,
        statistic,
        ...(resolution === undefined ? {} : { resolution }),
        values: [...(before?.values ?? []), ...values],
        samples: (before?.samples ?? 0) + (metric.statistics.count ?? 1),
      })
    }
  }
  return [...found.values()]
}

/** The same for the series of a metric on both sides, whatever its source. */
export function seriesKey({ metric, labels }: Pick<Observations, 'metric' | 'labels'>): string {
  return JSON.stringify([metric, Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))])
}

/** What differs by no more than the coarser of two measurements shows does not differ. */
export function coarser(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b)
}

/** With the repeats of those that were repeated as a whole. */
export function countRuns(runs: readonly RunRecord[]): number {
  return runs.reduce((sum, run) => sum + Math.max(1, densityRuns(run).length), 0)
}

/** How Cilium's agents tell the pressure of a map depends on how full it is: near 0 they leave it out. */
const PRESSURES: readonly string[] = ['pressure', 'zero', 'below']

/** What the source measures with: figures of different instruments do not compare. */
function instrumentOf(source: string): string {
  return PRESSURES.includes(source) ? 'pressure' : source
}

function figuresOf(metric: Metric, unit: UnitOfComparison): [Statistic, number[]][] {
  const { statistics, samples = [] } = metric
  if (statistics.value !== undefined) return [['value', [statistics.value]]]
  if (metric.repeats === undefined && isRepeated(metric))
    return [['p50', unit === 'sample' ? [...samples] : [median(samples)]]]
  const wanted = isMetricName(metric.name) ? metricDefinition(metric.name).threshold : 'p50'
  const runs = repeatsOf(metric)?.map(describe) ?? [statistics]
  return [...new Set<Statistic>(['p50', wanted])].flatMap((statistic) => {
    const values = runs.flatMap((run) => run[statistic] ?? [])
    return values.length === 0 || statistic === 'count' ? [] : [[statistic, values] as [Statistic, number[]]]
  })
}

/** The samples of each repeat that has some; undefined where there was but one run. */
function repeatsOf({ samples, repeats }: Metric): number[][] | undefined {
  if (samples === undefined || repeats === undefined) return undefined
  let start = 0
  return repeats
    .map((count) => {
      start += count
      return samples.slice(start - count, start)
    })
    .filter((own) => own.length > 0)
}

/** Is each sample a measurement on its own, such as of a test that was repeated? */
function isRepeated({ statistics, samples = [] }: Metric): boolean {
  return samples.length > 0 && (statistics.ci95 !== undefined || samples.length === 1)
}

function identity({ name, unit }: Metric): Pick<Observations, 'metric' | 'unit' | 'better'> {
  const better = isMetricName(name) ? metricDefinition(name).better : undefined
  return { metric: name, unit, ...(better === undefined ? {} : { better }) }
}
