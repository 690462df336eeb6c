import type { Exposition, Histogram, Sample } from '../../prometheus/exposition/exposition.ts'
import { type GroupOf, sumHistograms, sumSamples } from '../../prometheus/figures/aggregate.ts'
import { histogramMetric } from '../../prometheus/figures/histogram-metric.ts'
import type { MetricName } from '../../record/catalogue/metric-catalogue.ts'
import type { Metric } from '../../record/run-record.ts'
import type { ProcessWindow } from './process-window.ts'

/** The series of a family in several scrapes. A gauge that is no number (NaN) or without bound says nothing. */
export function samplesOf(scrapes: readonly Exposition[], family: string): Sample[] {
  return scrapes.flatMap(({ samples }) => [...(samples.get(family)?.series.values() ?? [])].filter(isNumber))
}

/** What the series of a family grew by, in all processes. */
export function growthOf(windows: readonly ProcessWindow[], family: string): Sample[] {
  return samplesOf(
    windows.map(({ delta }) => delta),
    family,
  )
}

/** The same by the second: each process by its own window. */
export function ratesOf(windows: readonly ProcessWindow[], family: string): Sample[] {
  return windows.flatMap(({ delta, seconds }) =>
    samplesOf([delta], family).map(({ labels, value }) => ({ labels, value: value / seconds })),
  )
}

/** Gauges at the end, summed over processes and by group. */
export function sumAtEnd(windows: readonly ProcessWindow[], family: string, groupOf: GroupOf): Sample[] {
  return sumSamples(
    samplesOf(
      windows.map(({ after }) => after),
      family,
    ),
    groupOf,
  )
}

/** Gauges of what all processes see alike: the highest, by group. */
export function highest(scrapes: readonly Exposition[], family: string, groupOf: GroupOf): Sample[] {
  const largest = new Map<string, Sample>()
  for (const { labels, value } of samplesOf(scrapes, family)) {
    const group = groupOf(labels)
    if (group === null) continue
    const key = JSON.stringify(group)
    if ((largest.get(key)?.value ?? Number.NEGATIVE_INFINITY) < value) largest.set(key, { labels: group, value })
  }
  return [...largest.values()]
}

/** What was observed in all processes, by group, of a family of histograms. */
export function histogramsOf(windows: readonly ProcessWindow[], family: string, groupOf: GroupOf): Histogram[] {
  return sumHistograms(
    windows.flatMap(({ delta }) => [...(delta.histograms.get(family)?.values() ?? [])]),
    groupOf,
  )
}

/** The same as metrics; groups in which nothing was observed are left out. */
export function histogramMetrics(
  name: MetricName,
  windows: readonly ProcessWindow[],
  family: string,
  groupOf: GroupOf,
  source: string,
): Metric[] {
  return histogramsOf(windows, family, groupOf).flatMap(
    (histogram) => histogramMetric(name, histogram, { labels: { ...histogram.labels }, source }) ?? [],
  )
}

/** Of several names that a family has had, the newest that is there. */
export function firstKnown(windows: readonly ProcessWindow[], names: readonly string[]): string {
  const isKnown = (name: string) =>
    windows.some(({ after }) => (after.samples.get(name)?.series.size ?? after.histograms.get(name)?.size ?? 0) > 0)
  return names.find(isKnown) ?? ''
}

function isNumber({ value }: Sample): boolean {
  return Number.isFinite(value)
}
