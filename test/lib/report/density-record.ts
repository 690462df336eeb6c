import type { PodDetail, SlowPod } from '../../../lib/record/details/density-details.ts'
import type { Metric, RunRecord } from '../../../lib/record/run-record.ts'
import { sampledMetric, valueMetric } from '../../../lib/stats/metric.ts'

/** Three pods that got ready. */
export const PODS: readonly PodDetail[] = [
  pod(0, 'node-a', {
    scheduled: 11.4,
    sandboxReady: 210.2,
    initialized: 210.2,
    started: 640.9,
    ready: 702.5,
    deleted: 900,
  }),
  pod(1, 'node-b', { scheduled: 19, sandboxReady: 350, initialized: 350, started: 910, ready: 980, deleted: 1100 }),
  pod(2, 'node-b', { scheduled: 31, sandboxReady: 480, initialized: 480, started: 1310, ready: 1390.4, deleted: 1200 }),
]

/** One that was bound to a node and did not get further. */
export const PENDING: PodDetail = {
  namespace: 'perf-3f9kq2-3',
  name: 'pod-3',
  node: 'node-a',
  iteration: 3,
  replica: 1,
  ms: { scheduled: 40 },
}

const SLOWEST: readonly SlowPod[] = [
  { ...place(2), readySeconds: 1.3904, step: 'started', seconds: 0.83, excessSeconds: 0.27 },
  { ...place(1), readySeconds: 0.98, step: 'started', seconds: 0.56, excessSeconds: 0 },
  { ...place(0), readySeconds: 0.7025, step: 'ready', seconds: 0.0616, excessSeconds: -0.0084 },
]

function place(index: number): Pick<SlowPod, 'namespace' | 'name' | 'node'> {
  return { namespace: `perf-3f9kq2-${index}`, name: `pod-${index}`, node: index === 0 ? 'node-a' : 'node-b' }
}

function pod(index: number, node: string, ms: PodDetail['ms']): PodDetail {
  const created = '2026-11-20T10:00:01Z'
  return {
    namespace: `perf-3f9kq2-${index}`,
    name: `pod-${index}`,
    node,
    iteration: index,
    replica: 1,
    ms,
    server: { created, scheduled: created, started: '2026-11-20T10:00:02Z', ready: '2026-11-20T10:00:02Z' },
  }
}

const latency = (name: Parameters<typeof sampledMetric>[0], step: keyof PodDetail['ms']): Metric => {
  const seconds = PODS.flatMap(({ ms }) => (ms[step] === undefined ? [] : [ms[step] / 1000]))
  return sampledMetric(name, seconds, { source: 'watch', resolution: 0.001 })
}

const serverLatency = (labels: Record<string, string>, count: number, p99?: number): Metric => ({
  name: 'apiserver_request_latency',
  unit: 's',
  labels,
  statistics: { count, mean: 0.004, p50: 0.003, ...(p99 === undefined ? {} : { p90: 0.0055, p99 }) },
  source: 'apiserver-metrics',
})

const METRICS: readonly Metric[] = [
  valueMetric('pods_created', 3, { source: 'client' }),
  valueMetric('pods_measured', 3, { source: 'watch' }),
  latency('pod_scheduled_latency', 'scheduled'),
  latency('pod_sandbox_ready_latency', 'sandboxReady'),
  latency('pod_initialized_latency', 'initialized'),
  latency('pod_started_latency', 'started'),
  latency('pod_ready_latency', 'ready'),
  sampledMetric('pod_ready_latency', [1, 1, 1], { source: 'status', resolution: 1 }),
  latency('pod_deleted_latency', 'deleted'),
  {
    name: 'scheduling_throughput',
    unit: '1/s',
    labels: {},
    statistics: { count: 4, min: 0, mean: 0.75, max: 2 },
    samples: [2, 0, 0, 1],
    source: 'watch',
  },
  ...requests('create', 'pods', [0.006, 0.005, 0.0142]),
  ...requests('create', 'namespaces', [0.005, 0.0049, 0.011]),
  ...requests('delete', 'namespaces', [0.004, 0.0041, 0.0042]),
  serverLatency({ verb: 'POST', resource: 'pods', scope: 'resource', duration: 'sli' }, 400, 0.0099),
  serverLatency({ verb: 'POST', resource: 'pods/binding', scope: 'resource', duration: 'sli' }, 400, 0.012),
  serverLatency({ verb: 'LIST', resource: 'pods', scope: 'cluster', duration: 'sli' }, 3),
  serverLatency({ verb: 'POST', resource: 'pods', scope: 'resource', duration: 'total' }, 400, 0.5),
]

function requests(verb: string, resource: string, seconds: readonly number[]): Metric[] {
  const labels = { verb, resource }
  return [
    sampledMetric('api_request_latency', seconds, { labels, source: 'client', resolution: 1e-6 }),
    valueMetric('api_requests', seconds.length, { labels: { ...labels, code: '201' }, source: 'client' }),
    valueMetric('api_throttled_requests', 0, { labels, source: 'client' }),
    valueMetric('api_retries', 0, { labels, source: 'client' }),
  ]
}

/** A density run as it is recorded, with whatever a test wants to be different. */
export function densityRecord(different: Partial<RunRecord> = {}): RunRecord {
  return {
    schemaVersion: 1,
    kind: 'density',
    runId: '3f9kq2',
    tool: { name: 'kubectl-perf', version: 'v0.1.0' },
    startedAt: '2026-11-20T10:00:00.123Z',
    finishedAt: '2026-11-20T10:00:13.223Z',
    outcome: 'passed',
    cluster: { serverVersion: 'v1.34.4', nodes: 2, context: 'kind-kind', platform: 'linux/amd64' },
    parameters: { workload: 'pods', iterations: 3, qps: 20, burst: 1, timeout: 300_000, keep: false, waitFor: 'ready' },
    phases: [
      { name: 'preload', startedAt: '2026-11-20T10:00:00.200Z', durationSeconds: 0.7 },
      { name: 'namespaces', startedAt: '2026-11-20T10:00:01.000Z', durationSeconds: 0.25, count: 3 },
      { name: 'create', startedAt: '2026-11-20T10:00:01.250Z', durationSeconds: 0.2, count: 3 },
      { name: 'ready', startedAt: '2026-11-20T10:00:01.250Z', durationSeconds: 3.4, count: 3 },
      { name: 'delete', startedAt: '2026-11-20T10:00:04.650Z', durationSeconds: 6.2, count: 3 },
      { name: 'clean-up', startedAt: '2026-11-20T10:00:10.850Z', durationSeconds: 2.3 },
    ],
    metrics: [...METRICS],
    thresholds: [{ expression: 'pod_ready_latency.max<5s', observed: 1.3904, unit: 's', passed: true }],
    findings: [],
    details: {
      connections: 4,
      cleanUpCommand: 'kubectl perf cleanup --run 3f9kq2 -y',
      pods: [...PODS],
      slowestPods: [...SLOWEST],
    },
    ...different,
  }
}
