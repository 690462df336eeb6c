import type { Exposition, Histogram, Labels, Sample, SampleFamily } from '../../prometheus/exposition/exposition.ts'
import { parseFloat64 } from '../../prometheus/exposition/parse-float.ts'
import { seriesKey } from '../../prometheus/exposition/series-key.ts'
import type { MetricFamilies } from '../../workload/control-plane/metric-families.ts'

/**
 * The query for all series of these families that one target has.
 * @param target its labels, all of them
 */
export function storedScrapeQuery(families: MetricFamilies, target: Labels): string {
  const names = Object.entries(families).map(([name, type]) =>
    type === 'histogram' ? `${name}(_bucket|_sum|_count)` : name,
  )
  const matchers = Object.entries(target).map(([label, value]) => `${label}="${escapeForString(value)}"`)
  return `{__name__=~"${names.join('|')}",${matchers.join()}}`
}

/**
 * A scrape as a Prometheus has stored it, from the answer to that query at the moment of the scrape. The target's own
 * labels are taken off, and a label that had to make room for one of them (`exported_…`) has its name back. Where the
 * bucket up to +Inf is not stored, the count says the same.
 */
export function storedScrape(vector: readonly Sample[], families: MetricFamilies, target: Labels): Exposition {
  const samples = new Map<string, SampleFamily & { series: Map<string, Sample> }>()
  const histograms = new Map<string, Map<string, HistogramDraft>>()
  for (const { labels: stored, value } of vector) {
    const { __name__: name = '', le, ...labels } = ownLabels(stored, target)
    const type = families[name]
    if (type === 'counter' || type === 'gauge') {
      const family = samples.get(name) ?? { type, series: new Map<string, Sample>() }
      samples.set(name, family)
      family.series.set(seriesKey(labels), { labels, value })
      continue
    }
    const [, family = '', part] = /^(.+)_(bucket|sum|count)$/.exec(name) ?? []
    if (families[family] !== 'histogram') continue
    const drafts = histograms.get(family) ?? new Map<string, HistogramDraft>()
    histograms.set(family, drafts)
    const key = seriesKey(labels)
    const draft = drafts.get(key) ?? { labels, buckets: new Map<number, number>() }
    drafts.set(key, draft)
    const bound = parseFloat64(le ?? '')
    if (part === 'sum') draft.sum = value
    else if (part === 'count') draft.count = value
    else if (bound !== undefined) draft.buckets.set(bound, value)
  }
  return {
    samples,
    histograms: new Map([...histograms].map(([name, drafts]) => [name, mapValues(drafts, finished)])),
  }
}

interface HistogramDraft {
  labels: Labels
  buckets: Map<number, number>
  sum?: number
  count?: number
}

function finished({ labels, buckets, sum, count }: HistogramDraft): Histogram {
  if (count !== undefined && !buckets.has(Number.POSITIVE_INFINITY)) buckets.set(Number.POSITIVE_INFINITY, count)
  const sorted = [...buckets].sort(([a], [b]) => a - b)
  return {
    labels,
    upperBounds: sorted.map(([bound]) => bound),
    cumulativeCounts: sorted.map(([, value]) => value),
    ...(sum === undefined ? {} : { sum }),
    ...(count === undefined ? {} : { count }),
  }
}

function ownLabels(stored: Labels, target: Labels): Record<string, string> {
  const own: Record<string, string> = {}
  for (const [label, value] of Object.entries(stored)) if (target[label] === undefined) own[label] = value
  for (const label of Object.keys(target)) {
    const exported = own[`exported_${label}`]
    if (exported === undefined) continue
    own[label] = exported
    delete own[`exported_${label}`]
  }
  return own
}

function mapValues<Key, From, To>(map: ReadonlyMap<Key, From>, change: (value: From) => To): Map<Key, To> {
  return new Map([...map].map(([key, value]) => [key, change(value)]))
}

function escapeForString(text: string): string {
  return text.replaceAll(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')
}
