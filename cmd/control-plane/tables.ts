import type { Metric } from '../../lib/record/run-record.ts'
import { NO_DATA, scale, scaleStatistic } from '../../lib/report/scale.ts'
import { type Column, renderTable, right } from '../../lib/report/table.ts'
import type { RenderOptions } from '../render-record.ts'

export interface ControlPlaneRenderOptions extends RenderOptions {
  /** Rows of each table, unless all are asked for. */
  readonly top: number
}

/** A row of figures, and the metric that they are of: whose server, from where and of what time. */
export type Row = readonly [cells: readonly string[], metric: Metric]

const ORIGIN: readonly Column[] = [{ title: 'SOURCE' }, { title: 'WINDOW' }]
const SERVER: Column = { title: 'SERVER', optional: true }

/** The rows with most, or in wide all, each with its server where they are told apart, its source and its window. */
export function figureTable(
  options: ControlPlaneRenderOptions,
  columns: readonly Column[],
  rows: readonly Row[],
): string {
  const { wide, headers, columns: width, top } = options
  const shown = (wide ? rows : rows.slice(0, top)).map(([cells, { labels, source, window }]) => [
    ...cells,
    labels.instance ?? '',
    ...(wide ? [source, window === undefined ? NO_DATA : windowText(window.startedAt, window.durationSeconds)] : []),
  ])
  return renderTable([...columns, SERVER, ...(wide ? ORIGIN : [])], shown, headers, width)
}

/** `5m to 13:05:09 UTC` */
export function windowText(startedAt: string, seconds: number): string {
  return `${scale(seconds, 's')} to ${clock(new Date(Date.parse(startedAt) + seconds * 1000).toISOString())}`
}

/** `13:05:09 UTC` */
function clock(timestamp: string): string {
  return `${timestamp.slice(11, 19)} UTC`
}

/** Fewer observations than a quantile needs: it is not known. */
export function quantiles(metric: Metric | undefined, keys: readonly ('p50' | 'p90' | 'p99')[]): string[] {
  return keys.map((key) => (metric === undefined ? NO_DATA : scaleStatistic(metric, key)))
}

export const ERROR_BAR: Column = { ...right('ERROR-BAR'), optional: true, dispensable: 3 }

/**
 * The width of the widest bucket that a figure of the row lies in: interpolated figures are off by that at most. A row that
 * has too few observations for any of them has none.
 */
export function errorBar({ resolution, unit, statistics: { p50, p90, p99 } }: Metric): string {
  if (resolution === undefined) return ''
  return p50 === undefined && p90 === undefined && p99 === undefined ? NO_DATA : `±${scale(resolution, unit)}`
}

export function named(metrics: readonly Metric[], name: string): Metric[] {
  return metrics.filter((metric) => metric.name === name)
}

/** The metric with this name and all these labels. */
export function find(metrics: readonly Metric[], name: string, labels: Metric['labels']): Metric | undefined {
  const wanted = Object.entries(labels)
  return metrics.find(
    (metric) => metric.name === name && wanted.every(([label, value]) => metric.labels[label] === value),
  )
}

export function byCount(a: Metric, b: Metric): number {
  return (b.statistics.count ?? 0) - (a.statistics.count ?? 0)
}

export function byValue(a: Metric, b: Metric): number {
  return (b.statistics.value ?? 0) - (a.statistics.value ?? 0)
}
