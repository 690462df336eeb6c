import type { Metric, RunRecord } from '../../lib/record/run-record.ts'
import { scale, scaleStatistic } from '../../lib/report/scale.ts'
import { renderTable, right } from '../../lib/report/table.ts'
import type { RenderOptions } from '../render-record.ts'
import { carriedStatistics, statisticColumns } from '../render-statistics.ts'

/** What a run asks for its own sake, also of kinds that its load consists of. */
const OWN: ReadonlySet<string> = new Set([
  'patch namespaces',
  'delete namespaces',
  'list namespaces',
  'list pods',
  'deletecollection pods',
])

/** Requests as the client saw them: those of the load, or all of them. */
export function renderRequests({ metrics }: RunRecord, { wide, headers, columns: width }: RenderOptions): string {
  const latencies = metrics.filter(({ name }) => name === 'api_request_latency')
  const shown = wide ? latencies : latencies.filter(isLoad(latencies))
  const statistics = carriedStatistics(shown, wide)
  const rows = shown.map(({ labels: { verb = '', resource = '' }, statistics: values, unit }) => {
    const figure = (name: string) =>
      metrics.find(({ name: other, labels }) => other === name && labels.verb === verb && labels.resource === resource)
    const retries = figure('api_retries')?.statistics.value ?? 0
    return [
      `${verb} ${resource}`,
      String(values.count ?? 0),
      ...statistics.map((key) => scale(values[key], unit)),
      scale(figure('api_throttled_requests')?.statistics.value, 'count'),
      wide || retries > 0 ? String(retries) : '',
    ]
  })
  const columns = [
    { title: 'API REQUESTS' },
    right('COUNT'),
    ...statisticColumns(statistics),
    right('THROTTLED'),
    { ...right('RETRIES'), optional: true },
  ]
  return renderTable(columns, rows, headers, width)
}

function isLoad(latencies: readonly Metric[]): (metric: Metric) => boolean {
  const created = createdResources(latencies)
  return ({ labels: { verb, resource = '' } }) =>
    verb !== 'get' &&
    created.has(resource.replace(/\/.*/, '')) &&
    !resource.startsWith('selfsubject') &&
    !OWN.has(`${verb} ${resource}`)
}

function createdResources(latencies: readonly Metric[]): ReadonlySet<string> {
  return new Set(latencies.flatMap(({ labels }) => (labels.verb === 'create' ? [labels.resource ?? ''] : [])))
}

/**
 * The same requests and what followed from them, such as bindings, as the API server counted them; all of them in the wide
 * table, with etcd's and the scheduler's. Quantiles of its histograms are interpolated: each is off by a bucket at most.
 */
export function renderServer({ metrics }: RunRecord, { wide, headers, columns: width }: RenderOptions): string {
  const created = createdResources(metrics.filter(({ name }) => name === 'api_request_latency'))
  const requests = metrics.filter(
    ({ name, labels: { duration, verb, resource = '' } }) =>
      name === 'apiserver_request_latency' &&
      (wide ||
        (duration === 'total' && verb !== 'LIST' && verb !== 'GET' && created.has(resource.replace(/\/.*/, '')))),
  )
  const etcd = wide ? metrics.filter(({ name }) => name === 'etcd_request_latency') : []
  const scheduler = wide ? metrics.filter(({ name }) => name === 'scheduler_attempt_latency') : []
  const shown = [...requests, ...etcd, ...scheduler]
  // A histogram has no maximum of its own.
  const statistics = carriedStatistics(shown, wide).filter((key) => key !== 'max')
  const rows = shown.map((metric) => {
    const { labels, unit, resolution } = metric
    return [
      serverWork(labels),
      wide ? (labels.scope ?? '') : '',
      wide ? (labels.duration ?? '') : '',
      String(metric.statistics.count ?? 0),
      ...statistics.map((key) => scaleStatistic(metric, key)),
      resolution === undefined ? '' : `±${scale(resolution, unit)}`,
    ]
  })
  const columns = [
    { title: 'API SERVER' },
    { title: 'SCOPE', optional: true },
    { title: 'DURATION', optional: true },
    right('COUNT'),
    ...statisticColumns(statistics),
    right('ERROR-BAR'),
  ]
  return renderTable(columns, rows, headers, width)
}

function serverWork({ verb, resource, operation, type, profile, result }: Metric['labels']): string {
  if (verb !== undefined) return `${verb} ${resource}`
  return operation === undefined ? `${profile} ${result}` : `etcd ${operation} ${type}`
}
