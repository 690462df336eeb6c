import { type CesDetails, cesDetails } from '../../lib/record/details/ces-details.ts'
import type { Metric, RunRecord } from '../../lib/record/run-record.ts'
import { NO_DATA, scaleStatistic } from '../../lib/report/scale.ts'
import { renderTable, right } from '../../lib/report/table.ts'
import type { RenderOptions } from '../render-record.ts'
import { carriedStatistics, statisticColumns } from '../render-statistics.ts'

const OF_LOAD = new Set(['pods', 'ciliumendpoints'])

/**
 * What the requests of the load took, as the client saw them, and what the API server says of changes while labels were
 * updated, or created where none were; quantiles of its histograms are interpolated.
 */
export function renderServerDuringLoad(record: RunRecord, { wide, headers, columns: width }: RenderOptions): string {
  const { metrics } = record
  const isOfLoad = ({ labels: { resource = '' } }: Metric) => OF_LOAD.has(resource)
  const client = metrics.filter(
    (metric) => metric.name === 'api_request_latency' && isOfLoad(metric) && metric.labels.verb !== 'list',
  )
  const server = metrics.filter(
    (metric) =>
      metric.name === 'apiserver_request_latency' &&
      metric.labels.duration === 'total' &&
      (wide || (isOfLoad(metric) && CHANGES.has(metric.labels.verb ?? ''))),
  )
  const shown = [...client, ...server]
  const statistics = carriedStatistics(shown, wide)
  const window = describeWindow(cesDetails(record))
  const rows = shown.map((metric) => {
    const { verb = '', resource = '' } = metric.labels
    return [
      `${verb.toLowerCase()} ${resource}`,
      metric.name === 'api_request_latency' ? 'client' : window,
      String(metric.statistics.count ?? 0),
      ...statistics.map((key) => scaleStatistic(metric, key)),
    ]
  })
  const columns = [{ title: 'REQUESTS' }, { title: 'SEEN-BY' }, right('COUNT'), ...statisticColumns(statistics)]
  return renderTable(columns, rows, headers, width)
}

/** When the API server was looked at: while labels were updated, or else while endpoints were created or observed. */
function describeWindow(details: CesDetails | undefined): string {
  const names = details?.steps.map(({ name }) => name) ?? []
  return names.includes('update') ? 'API server, label updates' : `API server, ${names[0] ?? 'create'}`
}

const CHANGES = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

/** What the API server itself counted of the two kinds, over all its watchers; in the wide table. */
export function renderWatchers({ apiServer }: CesDetails, { wide, headers, columns: width }: RenderOptions): string {
  if (!wide || apiServer === undefined) return ''
  const { events, watchers } = apiServer
  const rows = (['cep', 'ces'] as const)
    .filter((kind) => events[kind] !== undefined || watchers[kind] !== undefined)
    .map((kind) => [kind.toUpperCase(), String(watchers[kind] ?? NO_DATA), String(events[kind] ?? NO_DATA)])
  return renderTable([{ title: 'API-SERVER' }, right('WATCHERS'), right('EVENTS-SENT')], rows, headers, width)
}
