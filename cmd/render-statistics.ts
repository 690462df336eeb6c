import type { Metric } from '../lib/record/run-record.ts'
import { type Column, right } from '../lib/report/table.ts'

const FEW = ['p50', 'p90', 'p99', 'max'] as const
const ALL = ['min', 'mean', 'p50', 'p90', 'p95', 'p99', 'p999', 'max'] as const

type Shown = (typeof ALL)[number]

/** The statistics worth a column: those that at least one series carries. */
export function carriedStatistics(series: readonly Metric[], wide: boolean): readonly Shown[] {
  return (wide ? ALL : FEW).filter((key) => series.some(({ statistics }) => statistics[key] !== undefined))
}

export function statisticColumns(statistics: readonly Shown[]): Column[] {
  return statistics.map((key) => right(key.toUpperCase()))
}
