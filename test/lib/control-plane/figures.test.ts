import { expect, test } from 'vitest'
import { apiServerFigures } from '../../../lib/control-plane/api-server-figures.ts'
import { seatFigures } from '../../../lib/control-plane/seats.ts'
import { serviceLevel, serviceLevelFindings } from '../../../lib/control-plane/service-level.ts'
import { workQueueFigures } from '../../../lib/control-plane/work-queues.ts'
import { parseExposition } from '../../../lib/prometheus/exposition/parse-exposition.ts'
import type { Metric } from '../../../lib/record/run-record.ts'
import { processWindow } from '../../../lib/workload/control-plane/process-window.ts'
import { windowOf } from '../workload/control-plane/window-of.ts'

const scrape = (...lines: string[]) => parseExposition(['process_start_time_seconds 100', ...lines, ''].join('\n'))

const before = scrape(
  '# TYPE apiserver_request_total counter',
  'apiserver_request_total{verb="GET",resource="pods",scope="resource",code="200"} 10',
  'apiserver_request_total{verb="GET",resource="pods",scope="namespace",code="200"} 5',
  '# TYPE apiserver_watch_events_total counter',
  'apiserver_watch_events_total{group="apps",version="v1",resource="deployments"} 7',
  '# TYPE workqueue_adds_total counter',
  'workqueue_adds_total{name="jobs"} 3',
)
const after = scrape(
  '# TYPE apiserver_request_total counter',
  'apiserver_request_total{verb="GET",resource="pods",scope="resource",code="200"} 30',
  'apiserver_request_total{verb="GET",resource="pods",scope="namespace",code="200"} 15',
  '# TYPE apiserver_watch_events_total counter',
  'apiserver_watch_events_total{group="apps",version="v1",resource="deployments"} 27',
  '# TYPE apiserver_longrunning_requests gauge',
  'apiserver_longrunning_requests{verb="WATCH",group="apps",resource="deployments",scope="cluster"} 2',
  'apiserver_longrunning_requests{verb="WATCH",group="apps",resource="deployments",scope="namespace"} 1',
  'apiserver_longrunning_requests{verb="CONNECT",group="",resource="pods",scope="resource"} 9',
  '# TYPE apiserver_storage_size_bytes gauge',
  'apiserver_storage_size_bytes{storage_cluster_id="etcd-0"} 4096',
  '# TYPE workqueue_adds_total counter',
  'workqueue_adds_total{name="jobs"} 13',
  '# TYPE workqueue_depth gauge',
  'workqueue_depth{name="jobs"} 4',
)

const values = (metrics: readonly Metric[], name: string) =>
  metrics
    .filter((metric) => metric.name === name)
    .map(({ labels, statistics, resolution }) => ({ ...labels, value: statistics.value, resolution }))

test('rates are counts by the seconds between the scrapes, all scopes together', () => {
  const { metrics } = apiServerFigures([windowOf(before, after, 10)], 'apiserver-metrics')
  expect(values(metrics, 'apiserver_request_rate')).toEqual([
    { verb: 'GET', resource: 'pods', code: '200', value: 3, resolution: 0.1 },
  ])
  expect(values(metrics, 'apiserver_watch_event_rate')).toEqual([
    { resource: 'deployments.apps', value: 2, resolution: 0.1 },
  ])
})

test('watches are counted by resource, and nothing else that is long-running', () => {
  const { metrics } = apiServerFigures([windowOf(before, after, 10)], 'apiserver-metrics')
  expect(values(metrics, 'apiserver_watchers')).toEqual([{ resource: 'deployments.apps', value: 3, resolution: 1 }])
  expect(values(metrics, 'etcd_database_size')).toEqual([{ cluster: 'etcd-0', value: 4096, resolution: undefined }])
})

test('two servers are never subtracted', () => {
  expect(processWindow(before, parseExposition('process_start_time_seconds 200\n'), 10)).toBeNull()
})

test('rates of two servers: each by its own window', () => {
  const { metrics } = apiServerFigures([windowOf(before, after, 10), windowOf(before, after, 20)], 'prometheus')
  expect(values(metrics, 'apiserver_request_rate')).toEqual([
    { verb: 'GET', resource: 'pods', code: '200', value: 4.5, resolution: 0.05 },
  ])
  // Both ask the same etcd.
  expect(values(metrics, 'etcd_database_size')).toEqual([{ cluster: 'etcd-0', value: 4096, resolution: undefined }])
})

test('seats: the limit, those taken, those who wait, and how much of the time they were taken', () => {
  const level = 'priority_level="workload-low"'
  const use = 'apiserver_flowcontrol_priority_level_seat_utilization'
  const seats = (nanoseconds: number, sum: number) =>
    scrape(
      '# TYPE apiserver_flowcontrol_upper_limit_seats gauge',
      'apiserver_flowcontrol_upper_limit_seats{priority_level="exempt"} 612',
      'apiserver_flowcontrol_upper_limit_seats{priority_level="workload-low"} 845',
      '# TYPE apiserver_flowcontrol_nominal_limit_seats gauge',
      'apiserver_flowcontrol_nominal_limit_seats{priority_level="exempt"} 12',
      'apiserver_flowcontrol_nominal_limit_seats{priority_level="workload-low"} 245',
      '# TYPE apiserver_flowcontrol_current_limit_seats gauge',
      'apiserver_flowcontrol_current_limit_seats{priority_level="exempt"} 1',
      `apiserver_flowcontrol_current_limit_seats{${level}} 221`,
      '# TYPE apiserver_flowcontrol_current_executing_seats gauge',
      `apiserver_flowcontrol_current_executing_seats{${level},flow_schema="service-accounts"} 3`,
      `apiserver_flowcontrol_current_executing_seats{${level},flow_schema="other"} 4`,
      '# TYPE apiserver_flowcontrol_current_inqueue_requests gauge',
      `apiserver_flowcontrol_current_inqueue_requests{${level},flow_schema="other"} 2`,
      `# TYPE ${use} histogram`,
      `${use}_bucket{phase="executing",${level},le="0.5"} ${nanoseconds}`,
      `${use}_bucket{phase="executing",${level},le="+Inf"} ${nanoseconds}`,
      `${use}_sum{phase="executing",${level}} ${sum}`,
      `${use}_count{phase="executing",${level}} ${nanoseconds}`,
      `${use}_sum{phase="waiting",${level}} 9e9`,
      `${use}_count{phase="waiting",${level}} 9e9`,
    )
  const metrics = seatFigures([windowOf(seats(5e9, 1e9), seats(15e9, 3.5e9), 10)], 'apiserver-metrics')
  expect(metrics.map(({ name, labels, statistics }) => [name, labels, statistics.value])).toEqual([
    ['apiserver_inflight_limit', {}, 600],
    ['apiserver_seat_limit', { priority_level: 'workload-low' }, 221],
    ['apiserver_seats_in_use', { priority_level: 'workload-low' }, 7],
    ['apiserver_queued_requests', { priority_level: 'workload-low' }, 2],
    ['apiserver_seat_use', { priority_level: 'workload-low' }, 0.25],
  ])
})

test('without API Priority and Fairness no limit is known, and a gauge that is no number says nothing', () => {
  expect(seatFigures([windowOf(before, after, 10)], 'apiserver-metrics')).toEqual([])
  const broken = scrape(
    '# TYPE apiserver_flowcontrol_current_limit_seats gauge',
    'apiserver_flowcontrol_current_limit_seats{priority_level="system"} NaN',
    '# TYPE apiserver_flowcontrol_upper_limit_seats gauge',
    'apiserver_flowcontrol_upper_limit_seats{priority_level="exempt"} +Inf',
  )
  expect(seatFigures([windowOf(broken, broken, 10)], 'apiserver-metrics')).toEqual([])
})

test('queues of several processes together are those of the one that leads', () => {
  const idle = scrape('# TYPE workqueue_adds_total counter', 'workqueue_adds_total{name="jobs"} 0')
  const windows = [windowOf(before, after, 5), windowOf(idle, idle, 5)]
  const metrics = workQueueFigures('controller-manager', windows, 'controller-manager-metrics')
  const labels = { component: 'controller-manager', queue: 'jobs' }
  expect(values(metrics, 'workqueue_depth')).toEqual([{ ...labels, value: 4, resolution: 1 }])
  expect(values(metrics, 'workqueue_add_rate')).toEqual([{ ...labels, value: 2, resolution: 0.2 }])
  expect(metrics.map(({ source }) => source)).toEqual(['controller-manager-metrics', 'controller-manager-metrics'])
})

function latencyOf(verb: string, scope: string, p99?: number): Metric {
  return {
    name: 'apiserver_request_latency',
    unit: 's',
    labels: { verb, resource: 'pods', scope, duration: 'sli' },
    statistics: { count: 500, ...(p99 === undefined ? {} : { p99 }) },
    source: 'apiserver-metrics',
  }
}

test.each([
  ['POST', 'resource', 1],
  ['PATCH', 'resource', 1],
  ['GET', 'resource', 1],
  ['LIST', 'namespace', 30],
  ['LIST', 'cluster', 30],
  ['WATCHLIST', 'cluster', undefined],
])('%s of a %s: %s s', (verb, scope, limitSeconds) => {
  expect(serviceLevel(latencyOf(verb, scope, 2))?.limitSeconds).toBe(limitSeconds)
})

test('a level is missed above the limit, not at it; too few requests say nothing', () => {
  expect(serviceLevel(latencyOf('POST', 'resource', 1))).toMatchObject({ isKept: true })
  expect(serviceLevel(latencyOf('POST', 'resource', 1.01))).toMatchObject({ isKept: false })
  expect(serviceLevel(latencyOf('POST', 'resource'))).toEqual({ limitSeconds: 1 })
  const rows = [latencyOf('POST', 'resource', 3), latencyOf('LIST', 'cluster', 3), latencyOf('PUT', 'resource')]
  expect(serviceLevelFindings(rows).map(({ message }) => message)).toEqual([
    'POST pods (scope resource) took up to 3.00s in 99 % of requests: Kubernetes aims at 1s',
  ])
  const inLastBucket: Metric = { ...latencyOf('LIST', 'cluster', 60), interpolated: { p99: [60, null] } }
  expect(serviceLevelFindings([inLastBucket]).map(({ message }) => message)).toEqual([
    'LIST pods (scope cluster) took more than 60.00s in 1 % of requests or more: Kubernetes aims at 30s',
  ])
})
