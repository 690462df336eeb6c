import type { Metric, RunRecord, Statistics } from '../../record/run-record.ts'
import { csvLine } from './csv-line.ts'

const STATISTICS = [
  'value',
  'count',
  'min',
  'mean',
  'stddev',
  'ci95',
  'p05',
  'p50',
  'p90',
  'p95',
  'p99',
  'p999',
  'max',
] as const satisfies readonly (keyof Statistics)[]

/**
 * Every series of some runs, a row each, in base units: run, kind, start, metric, unit, source, a column `label_NAME` for each label
 * that some series has, the statistics, the resolution. What is not known is empty.
 */
export function* metricsCsv(records: readonly RunRecord[]): Generator<string> {
  const labels = labelNames(records)
  yield csvLine([
    'run',
    'kind',
    'started_at',
    'metric',
    'unit',
    'source',
    ...labels.map(labelColumn),
    ...STATISTICS,
    'resolution',
  ])
  for (const { runId, kind, startedAt, metrics } of records) {
    for (const metric of metrics) {
      yield csvLine([
        runId,
        kind,
        startedAt,
        metric.name,
        metric.unit,
        metric.source,
        ...labelCells(metric, labels),
        ...STATISTICS.map((key) => metric.statistics[key]),
        metric.resolution,
      ])
    }
  }
}

/**
 * Every single value of some runs, a row each: run, metric, unit, source, labels as above, the value, and how often it was
 * measured. That is once, but in a record that has a histogram in place of so many values: there a row is a bucket, and the
 * value its upper bound.
 */
export function* samplesCsv(records: readonly RunRecord[]): Generator<string> {
  const labels = labelNames(records)
  yield csvLine(['run', 'metric', 'unit', 'source', ...labels.map(labelColumn), 'value', 'count'])
  for (const { runId, metrics } of records) {
    for (const metric of metrics) {
      const series = [runId, metric.name, metric.unit, metric.source, ...labelCells(metric, labels)]
      for (const value of metric.samples ?? []) yield csvLine([...series, value, 1])
      for (const [bound, count] of metric.histogram ?? []) yield csvLine([...series, bound, count])
    }
  }
}

function labelNames(records: readonly RunRecord[]): readonly string[] {
  const names = records.flatMap(({ metrics }) => metrics.flatMap(({ labels }) => Object.keys(labels)))
  return [...new Set(names)].toSorted()
}

/** Some labels are named as other columns are: kind, run. */
function labelColumn(name: string): string {
  return `label_${name}`
}

function labelCells({ labels }: Metric, names: readonly string[]): (string | undefined)[] {
  return names.map((name) => labels[name])
}
