import type { Metric, RunRecord } from '../../record/run-record.ts'
import type { ReportFile } from '../report-file.ts'
import { metricPercentiles, scaled } from './percentiles.ts'
import { type DataItem, type PerfData, perfdashFile } from './perf-data.ts'

const MS_PER_SECOND = 1000

/**
 * Latencies of API requests as PerfData version v1 in milliseconds, the slowest first:
 * - `APIResponsivenessPrometheus_simple_density_TIME.json`, as the API server counted them between two scrapes, which is what
 *   ClusterLoader2's simple query asks a Prometheus for. Without SlowCount, which needs buckets that a record does not
 *   keep, and without requests too few to carry a 99th percentile.
 * - `GenericPrometheusQuery Client API latency_density_TIME.json`, as the client saw them, under a name that every perfdash
 *   shows as it is, since ClusterLoader2 has no such measurement.
 */
export function apiResponsivenessFiles(record: RunRecord): ReportFile[] {
  return [
    ...file(record, 'APIResponsivenessPrometheus_simple', serverItems(record)),
    ...file(record, 'GenericPrometheusQuery Client API latency', clientItems(record)),
  ]
}

function file(record: RunRecord, prefix: string, items: readonly DataItem[]): ReportFile[] {
  if (items.length === 0) return []
  const dataItems = items.toSorted((a, b) => b.data.Perc99 - a.data.Perc99)
  const content: PerfData = { version: 'v1', dataItems }
  return [perfdashFile(record, prefix, content)]
}

/** The SLI's durations, without webhooks and queues, where the API server counts them. */
function serverItems({ metrics }: RunRecord): DataItem[] {
  const latencies = metrics.filter(({ name }) => name === 'apiserver_request_latency')
  const sli = latencies.filter(({ labels }) => labels.duration === 'sli' || labels.verb === 'WATCHLIST')
  const hasSli = sli.some(({ labels }) => labels.duration === 'sli')
  return (hasSli ? sli : latencies).flatMap((metric) => {
    const { verb = '', scope = '', server } = metric.labels
    return item(metric, {
      ...resourceLabels(metric),
      Verb: verb,
      Scope: scope,
      Count: String(metric.statistics.count ?? 0),
      ...(server === undefined ? {} : { Server: server }),
    })
  })
}

function clientItems({ metrics }: RunRecord): DataItem[] {
  const latencies = metrics.filter(({ name }) => name === 'api_request_latency')
  return latencies.flatMap((metric) => item(metric, { ...resourceLabels(metric), Verb: metric.labels.verb ?? '' }))
}

function item(metric: Metric, labels: Record<string, string>): DataItem[] {
  const percentiles = metricPercentiles(metric)
  return percentiles === undefined ? [] : [{ data: scaled(percentiles, MS_PER_SECOND), unit: 'ms', labels }]
}

function resourceLabels({ labels: { resource = '' } }: Metric): Record<string, string> {
  const [name = '', subresource = ''] = resource.split('/')
  return { Resource: name, Subresource: subresource }
}
