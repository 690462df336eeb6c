import type { Comparison } from '../../record/details/compare-details.ts'

/** Series of one metric that do not compare for the same reason. */
export interface IncomparableMetric {
  readonly metric: string
  /** The labels of the only one, or how many they are; empty of one without labels. */
  readonly series: string
  readonly baseSources: string
  readonly nextSources: string
}

/** What both sides measured, each with something else: metric by metric, as a server's has a hundred series. */
export function incomparableMetrics({ incomparable = [] }: Pick<Comparison, 'incomparable'>): IncomparableMetric[] {
  const alike = Map.groupBy(incomparable, ({ metric, baseSources, nextSources }) =>
    JSON.stringify([metric, baseSources, nextSources]),
  )
  return [...alike.values()].flatMap((all) => {
    const [first] = all
    if (first === undefined) return []
    const { metric, labels, baseSources, nextSources } = first
    const pairs = Object.entries(labels).map(([label, value]) => `${label}=${value}`)
    return {
      metric,
      series: all.length > 1 ? `${all.length} series` : pairs.join(','),
      baseSources: baseSources.join(', '),
      nextSources: nextSources.join(', '),
    }
  })
}
