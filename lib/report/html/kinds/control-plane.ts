import { bucketOf } from '../../../record/lower-limit.ts'
import type { Metric, RunRecord } from '../../../record/run-record.ts'
import { type Content, type Html, html } from '../html.ts'
import { bar } from '../pieces/bar.ts'
import { count, statistic } from '../pieces/figure.ts'
import { labelText } from '../pieces/series-name.ts'
import { number, table, text } from '../pieces/table.ts'
import { type Section, section } from '../section.ts'

// Tables of what the control plane counts of itself; commands that load it have the same metrics in their records.

/** Rows of each table where the control plane is what was looked at, and where it stands beside something else. */
const ROWS = { ofItself: 100, beside: 15 }

export function controlPlaneSections({ metrics, kind }: RunRecord): readonly Section[] {
  const most = kind === 'control-plane' ? ROWS.ofItself : ROWS.beside
  return [
    ...section('API server', [requestLatencies(metrics, most), requestRates(metrics, most), inFlight(metrics, most)]),
    ...section('etcd', [etcd(metrics, most)]),
    ...section('Work queues and scheduler', [workQueues(metrics, most), scheduler(metrics, most)]),
    ...section('Watches and objects', [watches(metrics, most), objects(metrics, most)]),
  ]
}

const QUANTILES = ['p50', 'p90', 'p99'] as const

/** In the order of the names. */
function named(metrics: readonly Metric[], ...names: readonly string[]): Metric[] {
  return names.flatMap((wanted) => metrics.filter(({ name }) => name === wanted))
}

/** Where they are told apart: items of a checklist, repeats of a run, servers. Without them the columns are left out. */
const WHOSE = [text('Item'), text('Repeat'), text('Server')]

function whose({ labels }: Metric): string[] {
  return [labels.item ?? '', labels.run ?? '', labels.instance ?? '']
}

/** The metric of that name that is of the same as another: of the same queue, the same server. */
function counterpart(metrics: readonly Metric[], name: string, { labels }: Metric): Metric | undefined {
  const wanted = Object.entries(labels)
  return metrics.find(
    (metric) => metric.name === name && wanted.every(([label, value]) => metric.labels[label] === value),
  )
}

function shown(metric: Metric | undefined, keys: readonly (keyof Metric['statistics'])[]): Content[] {
  return keys.map((key) => {
    const value = metric?.statistics[key]
    return metric === undefined || value === undefined ? '' : withBucket(metric, key, statistic(metric, key))
  })
}

/** A quantile of a server's histogram is known to lie in a bucket, and no better. */
function withBucket(metric: Metric, key: keyof Metric['statistics'], value: Html): Html {
  const bucket = bucketOf(metric, key)
  if (bucket === undefined) return value
  const [above, most] = bucket
  const { unit } = metric
  return html`<span title="${most === null ? `above ${above} ${unit}` : `between ${above} and ${most} ${unit}`}">${value}</span>`
}

function requestLatencies(metrics: readonly Metric[], most: number): Html {
  const all = named(metrics, 'apiserver_request_latency')
  // Without webhooks and waits in queues, where the server counts that too: so Kubernetes judges itself.
  const judged = all.filter(({ labels }) => labels.duration === 'sli')
  const rows = (judged.length > 0 ? judged : all).toSorted(
    (a, b) => (b.statistics.count ?? 0) - (a.statistics.count ?? 0),
  )
  const slowest = rows.reduce((most, { statistics }) => Math.max(most, statistics.p50 ?? 0), 0)
  return table({
    caption: 'How long requests take',
    note: 'Interpolated in the buckets of the server; a quantile that so few requests cannot tell is left out. duration sli: without webhooks and waits in queues.',
    columns: [
      text('Request'),
      text('Scope'),
      text('Duration'),
      ...WHOSE,
      number('Count'),
      ...QUANTILES.map((key) => number(key.toUpperCase())),
      text('P50 compared'),
      text('Source'),
    ],
    rows: rows.map((metric): Content[] => {
      const { labels, statistics, source } = metric
      return [
        `${labels.verb ?? ''} ${labels.resource ?? ''}`,
        labels.scope ?? '',
        labels.duration ?? '',
        ...whose(metric),
        count(statistics.count),
        ...shown(metric, QUANTILES),
        statistics.p50 === undefined ? '' : bar({ from: 0, to: statistics.p50 }, { from: 0, to: slowest }),
        source,
      ]
    }),
    most,
  })
}

function requestRates(metrics: readonly Metric[], most: number): Html {
  const rows = named(metrics, 'apiserver_request_rate').toSorted(byValue)
  const highest = rows[0]?.statistics.value ?? 0
  return table({
    caption: 'What is asked most',
    columns: [text('Request'), text('Code'), ...WHOSE, number('Rate'), text('Compared'), text('Source')],
    rows: rows.map((metric): Content[] => [
      `${metric.labels.verb ?? ''} ${metric.labels.resource ?? ''}`,
      metric.labels.code ?? '',
      ...whose(metric),
      ...shown(metric, ['value']),
      bar({ from: 0, to: metric.statistics.value ?? 0 }, { from: 0, to: highest }),
      metric.source,
    ]),
    most,
  })
}

function inFlight(metrics: readonly Metric[], most: number): Html {
  const rows = named(
    metrics,
    'apiserver_inflight_requests',
    'apiserver_inflight_limit',
    'apiserver_seats_in_use',
    'apiserver_seat_limit',
    'apiserver_seat_use',
    'apiserver_queued_requests',
    'apiserver_rejected_requests',
    'apiserver_queue_latency',
  ).filter(({ statistics }) => statistics.value !== undefined || statistics.p99 !== undefined)
  return table({
    caption: 'In flight, their limits, queued, rejected',
    columns: [text('Figure'), text('Series'), number('Value'), number('P99'), text('Source')],
    rows: rows.map((metric): Content[] => [
      metric.name,
      labelText(metric.labels),
      ...shown(metric, ['value', 'p99']),
      metric.source,
    ]),
    most,
  })
}

function etcd(metrics: readonly Metric[], most: number): Html {
  const rows = named(metrics, 'etcd_request_latency').toSorted(
    (a, b) => (b.statistics.count ?? 0) - (a.statistics.count ?? 0),
  )
  const sizes = named(metrics, 'etcd_database_size')
  return html`${table({
    caption: 'Requests to etcd',
    columns: [
      text('Operation'),
      text('Type'),
      ...WHOSE,
      number('Count'),
      ...QUANTILES.map((key) => number(key.toUpperCase())),
      text('Source'),
    ],
    rows: rows.map((metric): Content[] => [
      metric.labels.operation ?? '',
      metric.labels.type ?? '',
      ...whose(metric),
      count(metric.statistics.count),
      ...shown(metric, QUANTILES),
      metric.source,
    ]),
    most,
  })}${table({
    caption: 'Database',
    columns: [text('Database'), number('Size'), text('Source')],
    rows: sizes.map((metric): Content[] => [
      labelText(metric.labels) || 'etcd',
      ...shown(metric, ['value']),
      metric.source,
    ]),
  })}`
}

function workQueues(metrics: readonly Metric[], most: number): Html {
  const rows = named(metrics, 'workqueue_add_rate').toSorted(byValue)
  const of = (name: string, added: Metric) => counterpart(metrics, name, added)
  return table({
    caption: 'Work queues',
    columns: [
      text('Queue'),
      text('Component'),
      ...WHOSE,
      number('Depth'),
      number('Added'),
      number('Wait P50'),
      number('Wait P99'),
      number('Work P99'),
      text('Source'),
    ],
    rows: rows.map((added): Content[] => [
      added.labels.queue ?? '',
      added.labels.component ?? '',
      ...whose(added),
      ...shown(of('workqueue_depth', added), ['value']),
      ...shown(added, ['value']),
      ...shown(of('workqueue_latency', added), ['p50', 'p99']),
      ...shown(of('workqueue_work_latency', added), ['p99']),
      added.source,
    ]),
    most,
  })
}

function scheduler(metrics: readonly Metric[], most: number): Html {
  const rows = metrics.filter(({ name }) => name.startsWith('scheduler_'))
  return table({
    caption: 'Scheduler',
    columns: [
      text('Figure'),
      text('Series'),
      number('Value'),
      number('Count'),
      ...QUANTILES.map((key) => number(key.toUpperCase())),
      text('Source'),
    ],
    rows: rows.map((metric): Content[] => [
      metric.name,
      labelText(metric.labels),
      ...shown(metric, ['value']),
      metric.statistics.count === undefined ? '' : count(metric.statistics.count),
      ...shown(metric, QUANTILES),
      metric.source,
    ]),
    most,
  })
}

function watches(metrics: readonly Metric[], most: number): Html {
  return table({
    caption: 'Watches',
    columns: [text('Resource'), ...WHOSE, number('Watchers'), number('Events'), text('Source')],
    rows: named(metrics, 'apiserver_watchers')
      .toSorted(byValue)
      .map((metric): Content[] => [
        metric.labels.resource ?? '',
        ...whose(metric),
        ...shown(metric, ['value']),
        ...shown(counterpart(metrics, 'apiserver_watch_event_rate', metric), ['value']),
        metric.source,
      ]),
    most,
  })
}

function objects(metrics: readonly Metric[], most: number): Html {
  return table({
    caption: 'Objects in etcd',
    columns: [text('Resource'), ...WHOSE, number('Objects'), text('Source')],
    rows: named(metrics, 'stored_objects')
      .toSorted(byValue)
      .map((metric): Content[] => [
        metric.labels.resource ?? '',
        ...whose(metric),
        ...shown(metric, ['value']),
        metric.source,
      ]),
    most,
  })
}

function byValue(a: Metric, b: Metric): number {
  return (b.statistics.value ?? 0) - (a.statistics.value ?? 0)
}
