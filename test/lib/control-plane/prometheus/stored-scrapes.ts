import type { Labels } from '../../../../lib/prometheus/exposition/exposition.ts'
import { parseExposition } from '../../../../lib/prometheus/exposition/parse-exposition.ts'
import type { Prometheus } from '../../../../lib/prometheus/server/prometheus.ts'

/** What a Prometheus has stored of one target: the text of each scrape. */
export interface StoredTarget {
  readonly labels: Labels
  readonly scrapes: readonly { readonly atMs: number; readonly text: string }[]
}

/** Answers the queries for stored windows as a Prometheus does that has scraped these targets, and fails for any other. */
export function prometheusOf(targets: readonly StoredTarget[]): Pick<Prometheus, 'label' | 'query' | 'querySamples'> {
  return {
    label: 'monitoring/prometheus',
    async query(expression, { atMs = 0 } = {}) {
      const [, selector] =
        /^group by \(job, instance, metrics_path\) \(last_over_time\((.+)\[\d+s\]\)\)$/.exec(expression) ?? []
      if (selector !== undefined) {
        const having = targets.filter(({ scrapes }) =>
          scrapes.some(({ text }) => text.includes(selector.replace('}', ','))),
        )
        return having.map(({ labels }) => ({ labels, atMs, value: 1 }))
      }
      const [, names = ''] = /^\{__name__=~"([^"]+)",/.exec(expression) ?? []
      const target = targets.find(({ labels }) =>
        Object.entries(labels).every(([name, value]) => expression.includes(`${name}="${value}"`)),
      )
      const scrape = target?.scrapes.findLast((one) => one.atMs <= atMs)
      if (target === undefined || scrape === undefined) throw new Error(`unexpected: ${expression}`)
      return linesOf(scrape.text, new RegExp(`^(${names})$`)).map(({ labels, value }) => ({
        labels: { ...labels, ...target.labels },
        atMs,
        value,
      }))
    },
    async querySamples(expression, { atMs = 0 } = {}) {
      const [, name, matchers = ''] = /^(up|process_start_time_seconds)\{(.+)\}\[\d+s\]$/.exec(expression) ?? []
      if (name === undefined) throw new Error(`unexpected: ${expression}`)
      return targets
        .filter(({ labels }) => new RegExp(`job=~"[^"]*${labels.job}`).test(matchers))
        .map(({ labels, scrapes }) => ({
          labels: { __name__: name, ...labels },
          points: scrapes
            .filter((one) => one.atMs <= atMs)
            .map((one) => ({
              atMs: one.atMs,
              value: name === 'up' ? 1 : Number(/^process_start_time_seconds (.+)$/m.exec(one.text)?.[1]),
            })),
        }))
    },
  }
}

function linesOf(text: string, name: RegExp): { labels: Labels; value: number }[] {
  const untyped = text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
  return [...parseExposition(untyped).samples].flatMap(([metric, { series }]) =>
    name.test(metric)
      ? [...series.values()].map(({ labels, value }) => ({ labels: { __name__: metric, ...labels }, value }))
      : [],
  )
}
