import { judgedLatencies, serviceLevel } from '../../lib/control-plane/service-level.ts'
import { controlPlaneDetails } from '../../lib/record/details/control-plane-details.ts'
import type { Finding, RunRecord } from '../../lib/record/run-record.ts'
import { NO_DATA, scale } from '../../lib/report/scale.ts'
import { renderTable, right } from '../../lib/report/table.ts'
import { longest, messageLines, renderFindings, renderThresholds, renderVerdict } from '../render-record.ts'
import { renderInFlight } from './render-inflight.ts'
import {
  byCount,
  byValue,
  type ControlPlaneRenderOptions,
  ERROR_BAR,
  errorBar,
  figureTable,
  find,
  named,
  quantiles,
  type Row,
  windowText,
} from './tables.ts'

type Render = (record: RunRecord, options: ControlPlaneRenderOptions) => string

/** Whose figures these are, what is asked most, how long it takes, and what waits. */
export const renderControlPlane: Render = (record, options) => {
  const blocks = [
    renderServers(record, options),
    renderLatencies(record, options),
    renderRates(record, options),
    renderInFlight(record, options),
    renderEtcd(record, options),
    renderQueues(record, options),
    renderWatches(record, options),
    renderGauges(record, options),
    renderMissing(record, options),
    renderThresholds(record, options),
    renderFindings({ ...record, findings: record.findings.filter((finding) => !isMissing(finding)) }, options),
    renderVerdict(record, options),
  ]
  return blocks.filter((block) => block !== '').join('\n')
}

/** Which API servers, told apart by when they were started. */
const renderServers: Render = (record, { headers, columns: width, wide }) => {
  const { servers = [], source = '' } = controlPlaneDetails(record) ?? {}
  return renderTable(
    [
      { title: 'API SERVER' },
      { title: 'STARTED', dispensable: 1 },
      { title: 'WINDOW' },
      { ...right('SCRAPES'), dispensable: 2 },
      { ...right('REQUESTS'), kept: true },
      ...(wide ? [{ title: 'SOURCE' }] : []),
    ],
    servers.map((seen) => [
      seen.server,
      `${seen.processStartedAt.slice(0, 19).replace('T', ' ')} UTC`,
      windowText(seen.windowStartedAt, seen.windowSeconds),
      String(seen.scrapes),
      scale(seen.requestsPerSecond, '1/s'),
      ...(wide ? [source] : []),
    ]),
    headers,
    width,
  )
}

const renderLatencies: Render = ({ metrics }, options) => {
  const rows = judgedLatencies(metrics)
    .toSorted(byCount)
    .map((metric): Row => {
      const { labels, statistics } = metric
      const level = serviceLevel(metric)
      const cells = [
        `${labels.verb ?? ''} ${labels.resource ?? ''}`,
        labels.scope ?? '',
        String(statistics.count ?? 0),
        ...quantiles(metric, ['p50', 'p90', 'p99']),
        errorBar(metric),
        level === undefined ? '' : scale(level.limitSeconds, 's'),
        level === undefined ? '' : level.observedSeconds === undefined ? NO_DATA : level.isKept ? 'yes' : 'no',
      ]
      return [cells, metric]
    })
  const columns = [
    { title: 'LATENCY' },
    { title: 'SCOPE', dispensable: 2 },
    right('COUNT'),
    right('P50'),
    { ...right('P90'), dispensable: 1 },
    { ...right('P99'), kept: true },
    ERROR_BAR,
    right('AIM'),
    { title: 'KEPT', kept: true },
  ]
  return figureTable(options, columns, rows)
}

const renderRates: Render = ({ metrics }, options) => {
  const rows = named(metrics, 'apiserver_request_rate')
    .toSorted(byValue)
    .map((metric): Row => {
      const { labels, statistics, unit } = metric
      return [
        [`${labels.verb ?? ''} ${labels.resource ?? ''}`, labels.code ?? '', scale(statistics.value, unit)],
        metric,
      ]
    })
  return figureTable(options, [{ title: 'REQUESTS' }, { title: 'CODE' }, right('RATE')], rows)
}

const renderEtcd: Render = ({ metrics }, options) => {
  const rows = named(metrics, 'etcd_request_latency')
    .toSorted(byCount)
    .map((metric): Row => {
      const { labels, statistics } = metric
      const what = `${labels.operation ?? ''} ${labels.type ?? ''}`
      return [
        [what, String(statistics.count ?? 0), ...quantiles(metric, ['p50', 'p90', 'p99']), errorBar(metric)],
        metric,
      ]
    })
  const columns = [
    { title: 'ETCD' },
    right('COUNT'),
    right('P50'),
    { ...right('P90'), dispensable: 1 },
    right('P99'),
    ERROR_BAR,
  ]
  return figureTable(options, columns, rows)
}

/** Those that had something to do, or have. */
const renderQueues: Render = ({ metrics }, options) => {
  const rows = named(metrics, 'workqueue_add_rate')
    .toSorted(byValue)
    .flatMap((added): Row[] => {
      const { labels, statistics, unit } = added
      const depth = find(metrics, 'workqueue_depth', labels)?.statistics.value
      if ((statistics.value ?? 0) === 0 && (depth ?? 0) === 0) return []
      const cells = [
        labels.queue ?? '',
        labels.component ?? '',
        scale(depth, 'count'),
        scale(statistics.value, unit),
        ...quantiles(find(metrics, 'workqueue_latency', labels), ['p50', 'p99']),
        ...quantiles(find(metrics, 'workqueue_work_latency', labels), ['p99']),
      ]
      return [[cells, added]]
    })
  const columns = [
    { title: 'WORK QUEUE' },
    { title: 'COMPONENT' },
    right('DEPTH'),
    right('ADDED'),
    { ...right('WAIT-P50'), dispensable: 1 },
    right('WAIT-P99'),
    { ...right('WORK-P99'), dispensable: 2 },
  ]
  return figureTable(options, columns, rows)
}

const renderWatches: Render = ({ metrics }, options) => {
  const rows = named(metrics, 'apiserver_watchers')
    .map((metric) => ({ metric, rate: find(metrics, 'apiserver_watch_event_rate', metric.labels)?.statistics.value }))
    .toSorted((a, b) => (b.rate ?? 0) - (a.rate ?? 0) || byValue(a.metric, b.metric))
    .map(({ metric, rate }): Row => {
      const { labels, statistics } = metric
      return [[labels.resource ?? '', scale(statistics.value, 'count'), scale(rate, '1/s')], metric]
    })
  return figureTable(options, [{ title: 'WATCHED' }, right('WATCHERS'), right('EVENTS')], rows)
}

/** What is there at the end of the window, whatever its kind. */
const renderGauges: Render = ({ metrics }, options) => {
  const pending = named(metrics, 'scheduler_pending_pods').filter(({ labels }) => labels.when === 'after')
  const objects = named(metrics, 'stored_objects').toSorted(byValue)
  const rows = [
    ...named(metrics, 'etcd_database_size').map((metric) => ['etcd database', metric] as const),
    ...pending.map((metric) => [`pods pending, ${metric.labels.queue ?? ''}`, metric] as const),
    ...objects.map((metric) => [`stored ${metric.labels.resource ?? ''}`, metric] as const),
  ]
  return figureTable(
    options,
    [{ title: 'AT THE END' }, right('VALUE')],
    rows.map(([name, metric]): Row => [[name, scale(metric.statistics.value, metric.unit)], metric]),
  )
}

/** Findings that are no fault: a part of the control plane, or a kind of figure, about which nothing is known. */
const MISSING: ReadonlySet<string> = new Set([
  'NoSchedulerMetrics',
  'NoControllerManagerMetrics',
  'OtherServers',
  'FiguresMissing',
])

function isMissing({ code }: Finding): boolean {
  return MISSING.has(code)
}

const renderMissing: Render = ({ findings }, { headers, columns: width }) => {
  const missing = findings.filter(isMissing).map(({ message, advice }) => {
    const [, what = '', reason = message] = /^No (?:figures of the )?(.+?)(?: itself)?: (.+)$/.exec(message) ?? []
    return { what, message: reason, ...(advice === undefined ? {} : { advice }) }
  })
  const rows = missing.flatMap(({ what, ...told }) => {
    const room =
      width === undefined ? undefined : width - longest([NO_FIGURE.title, ...missing.map((one) => one.what)]) - 3
    return messageLines(told, room).map((line, index) => [index === 0 ? what : '', line])
  })
  return renderTable([NO_FIGURE, { title: 'REASON' }], rows, headers)
}

const NO_FIGURE = { title: 'NO DATA' }
