import { expect, test } from 'vitest'
import { readStoredWindow } from '../../../../lib/control-plane/prometheus/read-stored-window.ts'
import type { Metric } from '../../../../lib/record/run-record.ts'
import { prometheusOf, type StoredTarget } from './stored-scrapes.ts'

const END = Date.UTC(2026, 10, 21, 13)
const INTERVAL_MS = 15_000
const SCRAPES = 9

/** An API server that was scraped every 15 s, with so many requests more each time. */
function server(
  instance: string,
  { started = 100, first = 1000, growth = 30, job = 'k8s', offsetMs = 0 } = {},
): StoredTarget {
  const scrapes = Array.from({ length: SCRAPES }, (_, index) => {
    const count = first + growth * index
    const labels = 'resource="pods",verb="GET",scope="resource"'
    const buckets = [0.1, '+Inf'].map(
      (le) => `apiserver_request_sli_duration_seconds_bucket{${labels},le="${le}"} ${count}`,
    )
    return {
      atMs: END - (SCRAPES - 1 - index) * INTERVAL_MS - offsetMs,
      text: [
        `process_start_time_seconds ${started}`,
        '# TYPE apiserver_request_total counter',
        `apiserver_request_total{resource="namespaces",verb="LIST",scope="cluster",code="200"} ${first}`,
        `apiserver_request_total{${labels},code="200"} ${count}`,
        '# TYPE apiserver_request_sli_duration_seconds histogram',
        ...buckets,
        `apiserver_request_sli_duration_seconds_sum{${labels}} ${count / 20}`,
        `apiserver_request_sli_duration_seconds_count{${labels}} ${count}`,
        '# TYPE apiserver_current_inflight_requests gauge',
        'apiserver_current_inflight_requests{request_kind="readOnly"} 3',
        'apiserver_current_inflight_requests{request_kind="mutating"} NaN',
        '',
      ].join('\n'),
    }
  })
  return { labels: { job, instance }, scrapes }
}

const read = (targets: readonly StoredTarget[], { windowMs = 60_000, byServer = false } = {}) =>
  readStoredWindow(prometheusOf(targets), {
    windowMs,
    endMs: END + 1000,
    byServer,
    signal: new AbortController().signal,
  })
const values = (metrics: readonly Metric[], name: string) =>
  metrics
    .filter((metric) => metric.name === name)
    .map(({ labels, statistics }) => [
      labels.resource ?? labels.kind,
      labels.instance,
      statistics.value ?? statistics.count,
    ])

const two = [
  server('10.0.0.1:6443'),
  server('10.0.0.2:6443', { started: 200, first: 50_000, growth: 60, offsetMs: 4000 }),
]

test('two API servers together: each by its own scrapes, whatever their job is called', async () => {
  const { metrics, servers, source } = await read(two)
  // 30 and 60 requests in 15 s.
  expect(values(metrics, 'apiserver_request_rate')).toEqual([['pods', undefined, 6]])
  expect(values(metrics, 'apiserver_request_latency')).toEqual([['pods', undefined, 120 + 240]])
  // What is no number is no figure.
  expect(values(metrics, 'apiserver_inflight_requests')).toEqual([
    ['readOnly', undefined, 6],
    ['readOnly', undefined, 6],
  ])
  expect(metrics.every((metric) => metric.source === 'prometheus')).toBe(true)
  expect(metrics[0]?.window).toEqual({ startedAt: '2026-11-21T12:58:56.000Z', durationSeconds: 64 })
  expect(source).toBe('Prometheus monitoring/prometheus')
  expect(servers.map((seen) => [seen.server, seen.windowSeconds, seen.scrapes, seen.requestsPerSecond])).toEqual([
    ['10.0.0.1:6443', 60, 5, 2],
    ['10.0.0.2:6443', 60, 5, 4],
  ])
})

test('the same apart', async () => {
  const { metrics } = await read(two, { byServer: true })
  expect(values(metrics, 'apiserver_request_rate')).toEqual([
    ['pods', '10.0.0.1:6443', 2],
    ['pods', '10.0.0.2:6443', 4],
  ])
})

test('two servers that were started in the same hundredth of a second are two', async () => {
  const { metrics } = await read([server('10.0.0.1:6443'), server('10.0.0.2:6443', { first: 500, offsetMs: 4000 })])
  expect(values(metrics, 'apiserver_request_rate')).toEqual([['pods', undefined, 4]])
})

test('one server that two jobs scrape counts once', async () => {
  const twice = [server('10.0.0.1:6443'), server('192.168.0.1:443', { job: 'other', first: 995, offsetMs: 2500 })]
  const { metrics, servers } = await read(twice)
  expect(values(metrics, 'apiserver_request_rate')).toEqual([['pods', undefined, 2]])
  expect(servers).toHaveLength(1)
})

test('a server without a window is named, and the others stand', async () => {
  const gone = server('10.0.0.3:6443', { started: 300 })
  const { metrics, findings } = await read([server('10.0.0.1:6443'), { ...gone, scrapes: gone.scrapes.slice(0, 4) }])
  expect(values(metrics, 'apiserver_request_rate')).toEqual([['pods', undefined, 2]])
  expect(findings.find(({ code }) => code === 'ServerLeftOut')?.message).toBe(
    'No figures of the API server 10.0.0.3:6443: it was not scraped at the end of the window: its last scrape is of 12:58:45 UTC',
  )
})

test('where the scheduler and the controller manager are not scraped, and figures are not kept, that is said', async () => {
  const { findings } = await read(two)
  expect(findings.map(({ code, message }) => [code, message.slice(0, 60)])).toEqual([
    ['FiguresMissing', 'No latency of etcd: nothing was asked of etcd in the window,'],
    ['FiguresMissing', 'No size of the database of etcd: the API server does not say'],
    ['FiguresMissing', 'No limit of requests in flight: unknown: API Priority and Fa'],
    ['FiguresMissing', 'No watches: their series are not kept (apiserver_longrunning'],
    ['FiguresMissing', 'No counts of objects: the API server has not counted yet, or'],
    ['NoSchedulerMetrics', 'No figures of the scheduler itself: Prometheus monitoring/pr'],
    ['NoControllerManagerMetrics', 'No figures of the controller manager itself: Prometheus moni'],
  ])
})

test('a Prometheus that has nothing of an API server, or not enough', async () => {
  const empty = await read([])
  expect(empty.servers).toEqual([])
  expect(empty.metrics).toEqual([])
  expect(empty.findings[0]?.message).toBe(
    'No figures of the API server itself: Prometheus monitoring/prometheus has no series of an API server',
  )
  const short = await read([server('10.0.0.1:6443')], { windowMs: 30_000 })
  expect(short.servers).toEqual([])
  expect(short.findings[0]).toMatchObject({
    message:
      'No figures of the API server itself: Prometheus monitoring/prometheus has none of 10.0.0.1:6443: the window of 30 s is shorter than 4 scrapes, which are 15 s apart',
    advice: 'Look at a longer one: --window 60s, or more',
  })
})

test('API servers of several clusters are never summed up', async () => {
  const [here, there] = two.map((target, index) => ({ ...target, labels: { ...target.labels, cluster: `c${index}` } }))
  if (here === undefined || there === undefined) throw new Error('two')
  const { servers, findings } = await read([here, there])
  expect(servers).toEqual([])
  expect(findings[0]?.message).toContain(
    'it has those of 2 clusters (label cluster: c0, c1), and nothing says which of them is this one',
  )
  expect((await read([here])).servers).toHaveLength(1)
})
