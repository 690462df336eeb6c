import type { Metric } from '../record/run-record.ts'

/**
 * The finest first. Kubelets up to 1.34 write sandbox and start into a pod's status only with its readiness, so their
 * events know better when these were; the server's own timestamps are whole seconds.
 */
const SOURCES = ['events', 'watch', 'status']

/**
 * Where a figure is there from several of these sources, only the best: that of most samples, and of these the finest.
 * The others stay in the record for those who ask for them by source.
 */
export function bestSources(metrics: readonly Metric[]): Metric[] {
  const series = Map.groupBy(metrics, ({ name, labels }) =>
    JSON.stringify([name, Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]),
  )
  return [...series.values()].flatMap((same) => {
    const rivals = same.filter(({ source }) => SOURCES.includes(source)).sort(compare)
    return same.filter((metric) => metric === rivals[0] || !rivals.includes(metric))
  })
}

/** Metrics that say the same, the best source first. */
export function bestFirst(metrics: readonly Metric[]): Metric[] {
  return metrics.toSorted(compare)
}

function compare(a: Metric, b: Metric): number {
  return (b.statistics.count ?? 0) - (a.statistics.count ?? 0) || finerSource(a.source, b.source)
}

/** Below 0 where the first of two sources of the same figure is the finer one. */
export function finerSource(a: string, b: string): number {
  return SOURCES.indexOf(a) - SOURCES.indexOf(b)
}
