import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { densityDetails } from '../../../lib/record/details/density-details.ts'
import type { Metric, RunRecord } from '../../../lib/record/run-record.ts'
import type { Sample } from '../../../lib/report/run-directory.ts'
import { type ControlPlane, startControlPlane } from '../../cluster/control-plane.ts'
import { startProgram } from '../start-program.ts'

// One run on real kubelets and no Prometheus: every measurement is there, and is what kubectl and the servers' own
// figures say. Each figure is read in another way than the tool reads it.

const PODS = 12
const NAMESPACES = 3
const NODES = ['node-a', 'node-b']
const IMAGE = 'docker.io/library/nginx:alpine'
/** Two processes of one busy machine that read the same watch, beside the delays of their own loops. */
const AGREEMENT_MS = 300

interface Seen {
  scheduledAt?: number
  readyAt?: number
  goneAt?: number
}

let cluster: ControlPlane & AsyncDisposable
let record: RunRecord
let samples: Sample[]
let before = ''
let after = ''
const seen = new Map<string, Seen>()
const ownDelay = monitorEventLoopDelay()

beforeAll(async () => {
  // The API server counts what it stores now and then, once a minute unless told otherwise, and has no figure before.
  cluster = await startControlPlane({ realNodes: 2, apiServerFlags: ['--etcd-count-metric-poll-period=1s'] })
  const folder = await mkdtemp(join(tmpdir(), 'every-measurement-'))
  const directory = join(folder, 'run')
  do before = await serverMetrics()
  while (total(before, 'apiserver_resource_objects', ['resource="nodes"']) < NODES.length && (await sleep(200, true)))
  for (const node of NODES) while (!(await tellsUsage(node))) await sleep(200)
  ownDelay.enable()
  const watching = watchByKubectl()
  const user = await userWithDocumentedRights()
  const load = ['--iterations', String(PODS), '--namespaces', String(NAMESPACES), '--image', IMAGE]
  // Kubelets look at what a node uses every 10 s or so: the load lasts for two looks, the second of which is all its own.
  const flags = ['--qps', '0.5', '--preload', 'never', '--probe-connection', '--output-dir', directory, '-q']
  const { exitCode } = await startProgram(user, ['density', ...load, ...flags]).ended
  after = await serverMetrics()
  await watching.stop()
  ownDelay.disable()
  expect(exitCode).toBe(0)
  record = JSON.parse(await readFile(join(directory, 'run.json'), 'utf8')) as RunRecord
  const lines = (await readFile(join(directory, 'samples.ndjson'), 'utf8')).trim().split('\n')
  samples = lines.map((line) => JSON.parse(line) as Sample)
  await rm(folder, { recursive: true })
})
afterAll(() => cluster?.[Symbol.asyncDispose]())

/** Somebody who has the roles of the documentation and nothing else. */
async function userWithDocumentedRights(): Promise<string> {
  const kubeconfig = await cluster.createUser('measurer')
  for (const file of ['density', 'server-metrics']) await cluster.kubectl(['apply', '-f', `docs/rbac/${file}.yaml`])
  for (const role of ['perf-density', 'perf-density-nodes', 'perf-server-metrics']) {
    await cluster.kubectl(['create', 'clusterrolebinding', role, `--clusterrole=${role}`, '--user=measurer'])
  }
  const binding = ['create', 'rolebinding', 'perf-server-metrics', '--role=perf-server-metrics', '--user=measurer']
  await cluster.kubectl(['-n', 'kube-system', ...binding])
  return kubeconfig
}

/** A kubelet knows what its node uses once it has looked twice. */
async function tellsUsage(node: string): Promise<boolean> {
  const { exitCode, stdout } = await cluster.tryKubectl(['get', '--raw', `/api/v1/nodes/${node}/proxy/stats/summary`])
  if (exitCode !== 0) return false
  const summary = JSON.parse(stdout) as { node: { cpu?: { usageNanoCores?: number } } }
  return (summary.node.cpu?.usageNanoCores ?? 0) > 0
}

function serverMetrics(): Promise<string> {
  return cluster.kubectl(['get', '--raw', '/metrics'])
}

/** kubectl's own watch, with the time at which each of its lines came. */
function watchByKubectl(): { stop: () => Promise<void> } {
  const columns =
    '{.type} {.object.metadata.name} [{.object.spec.nodeName}] [{.object.status.conditions[?(@.type=="Ready")].status}]{"\\n"}'
  const argv = ['get', 'pods', '-A', '-l', 'app.kubernetes.io/managed-by=kubectl-perf', '--watch-only']
  const child = spawn(cluster.kubectlPath, [...argv, '--output-watch-events', '-o', `jsonpath=${columns}`], {
    env: cluster.environment,
  })
  createInterface({ input: child.stdout }).on('line', (line) => {
    const [, type, name = '', node, ready] = /^(\w+) (\S+) \[(.*)\] \[(.*)\]$/.exec(line) ?? []
    const pod = seen.get(name) ?? {}
    seen.set(name, pod)
    if (node !== '') pod.scheduledAt ??= Date.now()
    if (ready === 'True') pod.readyAt ??= Date.now()
    if (type === 'DELETED') pod.goneAt = Date.now()
  })
  return {
    async stop() {
      // Its last lines may still be on their way.
      for (let tries = 0; tries < 50 && [...seen.values()].some(({ goneAt }) => goneAt === undefined); tries += 1) {
        await sleep(100)
      }
      child.kill()
    },
  }
}

/** How far apart the same event may be for kubectl, as this process reads it, and for the run. */
function agreementMs(): number {
  return AGREEMENT_MS + ownDelay.max / 1e6 + (densityDetails(record)?.eventLoopDelay?.max ?? 0) * 1000
}

function series(name: string, source: string, labels: Record<string, string> = {}): Metric {
  const found = record.metrics.filter(
    (metric) =>
      metric.name === name &&
      metric.source === source &&
      Object.keys(metric.labels).length === Object.keys(labels).length &&
      Object.entries(labels).every(([key, value]) => metric.labels[key] === value),
  )
  expect(found, `${name} of ${source} with ${JSON.stringify(labels)}`).toHaveLength(1)
  return found[0] as Metric
}

/** What a counter of the server went up by, over all series that have these labels. */
function increase(metric: string, ...labels: string[]): number {
  return [...sumBy(after, metric, labels)].reduce((sum, [, value]) => sum + value, 0) - total(before, metric, labels)
}

function total(text: string, metric: string, labels: readonly string[]): number {
  return [...sumBy(text, metric, labels).values()].reduce((sum, value) => sum + value, 0)
}

/** By the bound of the bucket, where there is one. */
function sumBy(text: string, metric: string, labels: readonly string[]): Map<string, number> {
  const sums = new Map<string, number>()
  for (const line of text.split('\n')) {
    if (!line.startsWith(`${metric}{`) || !labels.every((label) => line.includes(label))) continue
    const bound = /le="([^"]+)"/.exec(line)?.[1] ?? ''
    sums.set(bound, (sums.get(bound) ?? 0) + Number(line.slice(line.lastIndexOf(' ') + 1)))
  }
  return sums
}

/** The median as Prometheus' histogram_quantile has it, from what the buckets went up by. */
function medianOfBuckets(metric: string, ...labels: string[]): number {
  const at = sumBy(before, `${metric}_bucket`, labels)
  const buckets = [...sumBy(after, `${metric}_bucket`, labels)]
    .map(([bound, count]) => ({
      bound: bound === '+Inf' ? Infinity : Number(bound),
      count: count - (at.get(bound) ?? 0),
    }))
    .toSorted((a, b) => a.bound - b.bound)
  const rank = (buckets.at(-1)?.count ?? 0) / 2
  const index = buckets.findIndex(({ count }) => count >= rank)
  const below = buckets[index - 1] ?? { bound: 0, count: 0 }
  const { bound, count } = buckets[index] ?? { bound: Number.NaN, count: Number.NaN }
  return below.bound + ((bound - below.bound) * (rank - below.count)) / (count - below.count)
}

test('the documented rights are enough: nothing is said to be missing', () => {
  const forbidden = record.findings.filter(({ message }) => /forbidden|may not|not allowed|not known/i.test(message))
  expect(forbidden).toEqual([])
})

describe('pods', () => {
  test('all of them are measured', () => {
    expect(series('pods_created', 'client').statistics.value).toBe(PODS)
    expect(series('pods_measured', 'watch').statistics.value).toBe(PODS)
    expect(seen.size).toBe(PODS)
  })

  test('scheduled and ready were when kubectl saw them so', () => {
    for (const [metric, moment] of [
      ['pod_scheduled_latency', 'scheduledAt'],
      ['pod_ready_latency', 'readyAt'],
    ] as const) {
      const own = samples.filter((sample) => sample.metric === metric)
      expect(own).toHaveLength(PODS)
      const apart = own.map(({ labels, t }) =>
        Math.abs(Date.parse(record.startedAt) + t * 1000 - (seen.get(labels.pod ?? '')?.[moment] ?? Number.NaN)),
      )
      expect(Math.max(...apart)).toBeLessThan(agreementMs())
    }
  })

  test.each([
    ['pod_scheduled_latency', 'watch'],
    ['pod_initialized_latency', 'watch'],
    ['pod_containers_ready_latency', 'watch'],
    ['pod_sandbox_ready_latency', 'events'],
    ['pod_started_latency', 'events'],
    ['pod_ready_latency', 'watch'],
    ['pod_ready_latency', 'status'],
    ['pod_connection_latency', 'apiserver-proxy'],
    ['pod_deleted_latency', 'watch'],
  ])('%s of all pods by %s', (name, source) => {
    const { statistics, resolution } = series(name, source)
    expect(statistics.count).toBe(PODS)
    // Kubernetes' own timestamps are whole seconds: what took less may be 0 there.
    expect(statistics.min).toBeGreaterThan(source === 'status' ? -Number.MIN_VALUE : 0)
    expect(statistics.max).toBeLessThan(60)
    // The error bar is stated.
    expect(resolution).toBeGreaterThan(0)
  })

  test('deletion took as long as kubectl saw it take', () => {
    const deletion = record.phases.find(({ name }) => name === 'delete')
    const lastGone = Math.max(...[...seen.values()].map(({ goneAt }) => goneAt ?? Number.NaN))
    const seconds = (lastGone - Date.parse(deletion?.startedAt ?? '')) / 1000
    expect(series('pod_deleted_latency', 'watch').statistics.max).toBeGreaterThan(seconds - 1)
    expect(series('pod_deleted_latency', 'watch').statistics.max).toBeLessThan(seconds + agreementMs() / 1000)
  })

  test('each node and each namespace by itself, together all', () => {
    const count = (label: string, value: string) =>
      series('pod_ready_latency', 'watch', { [label]: value }).statistics.count ?? 0
    expect(NODES.reduce((sum, node) => sum + count('node', node), 0)).toBe(PODS)
    for (let index = 0; index < NAMESPACES; index += 1) {
      expect(count('namespace', `perf-${record.runId}-${index}`)).toBe(PODS / NAMESPACES)
    }
  })

  test('the ten slowest, the slowest first, each with its phase', () => {
    const slowest = densityDetails(record)?.slowestPods ?? []
    expect(slowest).toHaveLength(10)
    expect(slowest[0]?.readySeconds).toBeCloseTo(series('pod_ready_latency', 'watch').statistics.max ?? 0, 6)
    for (const { step, node } of slowest) {
      expect(step).toBeDefined()
      expect(NODES).toContain(node)
    }
  })

  test('images that were pulled: how long, after which wait, and their size', () => {
    const { images, pulled, alreadyPresent } = densityDetails(record)?.imagePulls ?? {}
    expect((pulled ?? 0) + (alreadyPresent ?? 0)).toBe(PODS)
    expect(series('pod_image_pull_latency', 'events').statistics.count).toBe(pulled)
    expect(series('pod_image_pull_wait', 'events').statistics.count).toBe(pulled)
    expect(images?.[0]?.bytes).toBeGreaterThan(2 ** 20)
  })

  test('throughput of every step is the pods by its time', () => {
    const seconds = (name: string) => record.phases.find((phase) => phase.name === name)?.durationSeconds ?? Number.NaN
    const rate = (name: string, source: string) => series(name, source).statistics.value
    expect(rate('pod_create_throughput', 'client')).toBeCloseTo(PODS / seconds('create'), 6)
    expect(rate('pod_ready_throughput', 'watch')).toBeCloseTo(PODS / seconds('ready'), 6)
    expect(rate('pod_delete_throughput', 'watch')).toBeCloseTo(PODS / seconds('delete'), 6)
    const windows = series('scheduling_throughput', 'watch').samples ?? []
    expect(windows.reduce((sum, value) => sum + value, 0)).toBe(PODS)
  })

  test('how late this program was stands in the record, and in the error bar', () => {
    const { p99, max } = densityDetails(record)?.eventLoopDelay ?? { p99: Number.NaN, max: Number.NaN }
    expect(max).toBeGreaterThanOrEqual(p99)
    expect(series('pod_ready_latency', 'watch').resolution).toBe(Math.max(0.001, p99))
  })
})

describe('the API server', () => {
  test('requests as the client saw them, and none throttled', () => {
    const { count, min } = series('api_request_latency', 'client', { verb: 'create', resource: 'pods' }).statistics
    expect(count).toBe(PODS)
    expect(min).toBeGreaterThan(0)
    expect(series('api_throttled_requests', 'client', { verb: 'create', resource: 'pods' }).statistics.value).toBe(0)
  })

  const POSTS = ['verb="POST"', 'resource="pods"', 'subresource=""', 'scope="resource"']

  test.each([
    ['total', 'apiserver_request_duration_seconds'],
    ['sli', 'apiserver_request_sli_duration_seconds'],
  ])('as it counted them: %s', (duration, metric) => {
    const labels = { verb: 'POST', resource: 'pods', scope: 'resource', duration }
    const { count, mean, p50 } = series('apiserver_request_latency', 'apiserver-metrics', labels).statistics
    expect(count).toBe(PODS)
    expect(count).toBe(increase(`${metric}_count`, ...POSTS))
    expect(mean).toBeCloseTo(increase(`${metric}_sum`, ...POSTS) / PODS, 6)
    expect(p50).toBeCloseTo(medianOfBuckets(metric, ...POSTS), 9)
  })

  test('answers by code', () => {
    const labels = { verb: 'POST', resource: 'pods', scope: 'resource', code: '201' }
    const { value } = series('apiserver_requests', 'apiserver-metrics', labels).statistics
    expect(value).toBe(increase('apiserver_request_total', 'code="201"', ...POSTS))
  })

  test('what it asked of etcd', () => {
    const labels = { operation: 'create', type: 'pods' }
    const { count, mean, p50 } = series('etcd_request_latency', 'apiserver-metrics', labels).statistics
    const own = ['operation="create"', 'resource="pods"']
    expect(count).toBe(increase('etcd_request_duration_seconds_count', ...own))
    expect(mean).toBeCloseTo(increase('etcd_request_duration_seconds_sum', ...own) / PODS, 6)
    expect(p50).toBeCloseTo(medianOfBuckets('etcd_request_duration_seconds', ...own), 9)
  })

  test('priority and fairness: nothing rejected, how long requests waited; requests in flight', () => {
    expect(series('apiserver_rejected_requests', 'apiserver-metrics').statistics.value).toBe(0)
    expect(increase('apiserver_flowcontrol_rejected_requests_total')).toBe(0)
    const waits = record.metrics.filter(({ name }) => name === 'apiserver_queue_latency')
    expect(waits.length).toBeGreaterThan(0)
    for (const { labels, statistics } of waits) {
      expect(statistics.count).toBeGreaterThan(0)
      expect(statistics.count).toBeLessThanOrEqual(
        increase('apiserver_flowcontrol_request_wait_duration_seconds_count', `flow_schema="${labels.flow_schema}"`),
      )
    }
    const inflight = record.metrics.filter(({ name }) => name === 'apiserver_inflight_requests')
    expect(
      inflight.map(({ labels }) => [labels.kind, labels.when]).toSorted((a, b) => (String(a) < String(b) ? -1 : 1)),
    ).toEqual([
      ['mutating', 'after'],
      ['mutating', 'before'],
      ['readOnly', 'after'],
      ['readOnly', 'before'],
    ])
  })

  test('objects that it stores', () => {
    const stored = (resource: string) => series('stored_objects', 'apiserver-metrics', { resource }).statistics.value
    expect(stored('nodes')).toBe(NODES.length)
    expect(stored('nodes')).toBe(total(after, 'apiserver_resource_objects', ['resource="nodes"']))
  })
})

test.each(NODES)('CPU and memory of %s before, at the peak, and after', async (node) => {
  const of = (name: string, when: string) => series(name, 'kubelet', { node, when }).statistics.value ?? Number.NaN
  for (const name of ['node_cpu_usage', 'node_memory_usage']) {
    expect(of(name, 'before')).toBeGreaterThan(0)
    expect(of(name, 'peak')).toBeGreaterThanOrEqual(of(name, 'after'))
  }
  const summary = JSON.parse(await cluster.kubectl(['get', '--raw', `/api/v1/nodes/${node}/proxy/stats/summary`])) as {
    node: { memory: { workingSetBytes: number } }
  }
  // The machine's, of which others use some too.
  const ratio = of('node_memory_usage', 'after') / summary.node.memory.workingSetBytes
  expect(ratio).toBeGreaterThan(0.5)
  expect(ratio).toBeLessThan(2)
})
