import { expect, test } from 'vitest'
import { renderControlPlane } from '../../../cmd/control-plane/render.ts'
import type { Metric, RunRecord } from '../../../lib/record/run-record.ts'

const WINDOW = { startedAt: '2026-11-21T12:59:00.000Z', durationSeconds: 60 }
const metric = (
  name: string,
  unit: Metric['unit'],
  labels: Record<string, string>,
  statistics: Metric['statistics'],
): Metric => ({ name, unit, labels, statistics, source: 'prometheus', window: WINDOW })
const value = (name: string, unit: Metric['unit'], labels: Record<string, string>, figure: number) =>
  metric(name, unit, labels, { value: figure })
const level = { priority_level: 'workload-low' }
const queue = { component: 'controller-manager', queue: 'job' }

const record: RunRecord = {
  schemaVersion: 1,
  kind: 'control-plane',
  runId: 'abc123',
  tool: { name: 'kubectl-perf', version: 'v0.1.0' },
  startedAt: '2026-11-21T13:00:00.000Z',
  finishedAt: '2026-11-21T13:00:01.500Z',
  outcome: 'passed',
  cluster: { serverVersion: 'v1.34.4', nodes: 3, context: 'test', platform: 'linux/amd64' },
  parameters: {},
  phases: [],
  metrics: [
    metric(
      'apiserver_request_latency',
      's',
      { verb: 'POST', resource: 'pods', scope: 'resource', duration: 'sli' },
      { count: 300, p50: 0.025, p90: 0.8, p99: 1.2 },
    ),
    metric(
      'apiserver_request_latency',
      's',
      { verb: 'LIST', resource: 'pods', scope: 'cluster', duration: 'sli' },
      { count: 5, p50: 0.025 },
    ),
    value('apiserver_request_rate', '1/s', { verb: 'POST', resource: 'pods', code: '201' }, 5),
    value('apiserver_inflight_requests', 'count', { kind: 'readOnly', when: 'before' }, 9),
    value('apiserver_inflight_requests', 'count', { kind: 'readOnly', when: 'after' }, 3),
    value('apiserver_inflight_requests', 'count', { kind: 'mutating', when: 'after' }, 1),
    value('apiserver_inflight_limit', 'count', {}, 600),
    value('apiserver_seat_limit', 'count', level, 245),
    value('apiserver_seats_in_use', 'count', level, 12),
    value('apiserver_seat_use', 'ratio', level, 0.0512),
    value('apiserver_queued_requests', 'count', level, 2),
    value(
      'apiserver_rejected_requests',
      'count',
      { ...level, flow_schema: 'service-accounts', reason: 'queue-full' },
      7,
    ),
    value('apiserver_seat_limit', 'count', { priority_level: 'system' }, 30),
    metric('etcd_request_latency', 's', { operation: 'create', type: 'pods' }, { count: 12, p50: 0.002, p90: 0.004 }),
    value('workqueue_depth', 'count', queue, 4),
    value('workqueue_add_rate', '1/s', queue, 2),
    metric('workqueue_latency', 's', queue, { count: 120, p50: 0.001, p99: 0.02 }),
    value('workqueue_add_rate', '1/s', { component: 'apiserver', queue: 'idle' }, 0),
    value('apiserver_watchers', 'count', { resource: 'pods' }, 8),
    value('apiserver_watch_event_rate', '1/s', { resource: 'pods' }, 40),
    value('etcd_database_size', 'B', { cluster: 'etcd-0' }, 4_194_304),
    value('stored_objects', 'count', { resource: 'pods' }, 300),
  ],
  thresholds: [],
  findings: [
    {
      severity: 'info',
      code: 'NoSchedulerMetrics',
      message: 'No figures of the scheduler itself: Prometheus monitoring/prometheus has no series of a scheduler',
    },
    { severity: 'info', code: 'FiguresMissing', message: 'No watches: their series are not kept' },
  ],
  details: {
    source: 'Prometheus monitoring/prometheus',
    servers: [
      {
        server: '10.0.0.1:6443',
        processStartedAt: '2026-11-20T08:00:00.120Z',
        windowStartedAt: WINDOW.startedAt,
        windowSeconds: 60,
        scrapes: 5,
        requestsPerSecond: 12.5,
      },
    ],
  },
}

const show = (more = {}, of = record) =>
  renderControlPlane(of, { wide: false, headers: true, color: false, top: 10, ...more })

test('every table, in the order in which one asks', () => {
  expect(show()).toMatchInlineSnapshot(`
    "API SERVER      STARTED                   WINDOW               SCRAPES   REQUESTS
    10.0.0.1:6443   2026-11-20 08:00:00 UTC   1m to 13:00:00 UTC         5     12.5/s

    LATENCY     SCOPE      COUNT      P50     P90     P99     AIM   KEPT
    POST pods   resource     300   25.0ms   800ms   1.20s   1.00s   no
    LIST pods   cluster        5   25.0ms       -       -   30.0s   -

    REQUESTS    CODE     RATE
    POST pods   201    5.00/s

    IN FLIGHT               AT-END   LIMIT    USED   QUEUED   REJECTED
    requests                     4     600                2          7
    - reading requests           3
    - mutating requests          1
    seats of workload-low       12     245   5.12%        2          7
    seats of system              0      30       -        0          0

    ETCD          COUNT      P50      P90   P99
    create pods      12   2.00ms   4.00ms     -

    WORK QUEUE   COMPONENT            DEPTH    ADDED   WAIT-P50   WAIT-P99   WORK-P99
    job          controller-manager       4   2.00/s     1.00ms     20.0ms          -

    WATCHED   WATCHERS   EVENTS
    pods             8   40.0/s

    AT THE END        VALUE
    etcd database   4.19 MB
    stored pods         300

    NO DATA     REASON
    scheduler   Prometheus monitoring/prometheus has no series of a scheduler
    watches     their series are not kept

    PASSED in 1.50s.
    "
  `)
})

test('interpolated figures have the width of their buckets; a figure beyond the last bucket is a lower limit', () => {
  const [first] = record.metrics
  if (first === undefined) throw new Error('no metric')
  const latency: Metric = {
    ...first,
    statistics: { count: 300, p50: 0.025, p90: 0.8, p99: 60 },
    interpolated: { p50: [0, 0.05], p90: [0.6, 0.8], p99: [60, null] },
  }
  const row = (metric: Metric) => show({}, { ...record, metrics: [metric] }).match(/^POST pods .*$/m)?.[0]
  expect(row(latency)).toBe('POST pods   resource     300   25.0ms   800ms   >1m   1.00s   no')
  expect(row({ ...first, resolution: 0.2 })).toBe(
    'POST pods   resource     300   25.0ms   800ms   1.20s      ±200ms   1.00s   no',
  )
  // Nothing to be off by.
  expect(row({ ...first, statistics: { count: 1 }, resolution: 0.2 })).toBe(
    'POST pods   resource       1     -     -     -           -   1.00s   -',
  )
})

test('in a terminal the reasons are broken where it ends', () => {
  const lines = show({ columns: 60 }).split('\n')
  const from = lines.findIndex((line) => line.startsWith('NO DATA'))
  expect(lines.slice(from, from + 4)).toEqual([
    'NO DATA     REASON',
    'scheduler   Prometheus monitoring/prometheus has no series',
    '            of a scheduler',
    'watches     their series are not kept',
  ])
})

test('wide: each figure with its source and its window', () => {
  const lines = show({ wide: true }).split('\n')
  expect(lines[0]).toBe('API SERVER      STARTED                   WINDOW               SCRAPES   REQUESTS   SOURCE')
  expect(lines[1]).toMatch(/12\.5\/s {3}Prometheus monitoring\/prometheus$/)
  const figures = lines.filter((line) =>
    /^(POST pods|create pods|job|pods|etcd database|seats of system|requests) /.test(line),
  )
  expect(figures).toHaveLength(8)
  for (const line of figures) expect(line).toMatch(/ {3}prometheus {3}1m to 13:00:00 UTC$/)
})

test('servers apart: each row says whose it is, and each has requests in flight of its own', () => {
  const ofServer = (instance: string) => record.metrics.map((one) => ({ ...one, labels: { ...one.labels, instance } }))
  const text = show({}, { ...record, metrics: [...ofServer('10.0.0.1:6443'), ...ofServer('10.0.0.2:6443')] })
  expect(text).toMatch(/^LATENCY .* SERVER$/m)
  expect(text.match(/^requests +4 +600 .* 10\.0\.0\.[12]:6443$/gm)).toHaveLength(2)
  expect(text.match(/^pods {2,}8 +40\.0\/s {3}10\.0\.0\.[12]:6443$/gm)).toHaveLength(2)
})

test('a limit that is not known is said so, and what was not counted is no 0', () => {
  const gone = new Set(['apiserver_inflight_limit', 'apiserver_rejected_requests', 'apiserver_queued_requests'])
  const text = show({}, { ...record, metrics: record.metrics.filter(({ name }) => !gone.has(name)) })
  expect(text).toMatch(/^requests +4 +unknown +- +-$/m)
  expect(text).toMatch(/^seats of workload-low +12 +245 +5\.12% +- +-$/m)
})
