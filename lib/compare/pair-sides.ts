import type { Comparison, IncomparableSeries } from '../record/details/compare-details.ts'
import { finerSource } from '../stats/best-source.ts'
import { type Observations, seriesKey } from './observations.ts'

/** What both sides measured with the same instrument, and what they did not. */
export interface PairedSides extends Pick<Comparison, 'onlyBase' | 'onlyNext'> {
  readonly pairs: readonly (readonly [base: Observations, next: Observations])[]
  readonly incomparable: readonly IncomparableSeries[]
}

/** Figures of the same series, statistic and source: where a series has several sources on both sides, of the best one. */
export function pairSides(base: readonly Observations[], next: readonly Observations[]): PairedSides {
  const [ofBase, ofNext] = [Map.groupBy(base, seriesKey), Map.groupBy(next, seriesKey)]
  const pairs: (readonly [Observations, Observations])[] = []
  const incomparable: IncomparableSeries[] = []
  const [onlyBase, onlyNext] = [new Set<string>(), new Set<string>()]
  for (const key of new Set([...ofBase.keys(), ...ofNext.keys()])) {
    const [before, after] = [ofBase.get(key) ?? [], ofNext.get(key) ?? []]
    const source = bestCommonSource(before, after)
    const [series] = before
    if (source === undefined && series !== undefined && after.length > 0) {
      const { metric, labels } = series
      incomparable.push({ metric, labels, baseSources: sourcesOf(before), nextSources: sourcesOf(after) })
      continue
    }
    const isMeant = (one: Observations) => source === undefined || one.source === source
    const [own, others] = [before.filter(isMeant), after.filter(isMeant)]
    for (const one of own) {
      const same = others.find(({ statistic }) => statistic === one.statistic)
      if (same === undefined) onlyBase.add(one.metric)
      else pairs.push([one, same])
    }
    for (const { metric, statistic } of others) {
      if (!own.some((one) => one.statistic === statistic)) onlyNext.add(metric)
    }
  }
  return { pairs, incomparable, onlyBase: [...onlyBase], onlyNext: [...onlyNext] }
}

/**
 * That of most samples, and of these the finest, as everywhere; but all runs of both sides together have to decide for one:
 * a source that lacks a hundredth here and there is not given up for a coarser one.
 */
function bestCommonSource(before: readonly Observations[], after: readonly Observations[]): string | undefined {
  const common = sourcesOf(before).filter((source) => sourcesOf(after).includes(source))
  const counts = common.map((source) =>
    [before, after].reduce((sum, side) => sum + (side.find((one) => one.source === source)?.samples ?? 0), 0),
  )
  const most = Math.max(...counts)
  const [best] = common
    .map((source, index) => ({ source, percent: Math.round((100 * (counts[index] ?? 0)) / most) }))
    .toSorted((a, b) => b.percent - a.percent || finerSource(a.source, b.source))
  return best?.source
}

function sourcesOf(side: readonly Observations[]): string[] {
  return [...new Set(side.map(({ source }) => source))]
}
