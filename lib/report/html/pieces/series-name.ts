import type { Metric } from '../../../record/run-record.ts'

type Named = Pick<Metric, 'labels'> & Partial<Pick<Metric, 'source'>>

/** `verb=POST, resource=pods`. */
export function labelText(labels: Metric['labels']): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(', ')
}

/** What tells a series from the others of its metric: the labels in which they differ, and the source where that differs. */
export function seriesNames(all: readonly Named[]): (series: Named) => string {
  const keys = [...new Set(all.flatMap(({ labels }) => Object.keys(labels)))]
  const telling = keys.filter((key) => new Set(all.map(({ labels }) => labels[key])).size > 1)
  const areSourcesAlike = new Set(all.map(({ source }) => source)).size < 2
  return ({ labels, source }) => {
    const parts = telling.flatMap((key) => (labels[key] === undefined ? [] : [`${key}=${labels[key]}`]))
    const origin = areSourcesAlike || source === undefined ? [] : [`by ${source}`]
    return [...parts, ...origin].join(', ') || 'all'
  }
}
