import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { densityDetails, type PodDetail } from '../../../lib/record/details/density-details.ts'
import type { Metric, RunRecord } from '../../../lib/record/run-record.ts'
import { type ControlPlane, startControlPlane } from '../../cluster/control-plane.ts'
import { recordOf, runCommandLine } from '../run-command-line.ts'

// What only real kubelets show: steps that pass one after the other, images that are pulled, nodes that are full or slow.

const IMAGE = 'docker.io/library/nginx:alpine'
const MAX_PODS = { 'node-a': 12, 'node-b': 10 }

let cluster: ControlPlane & AsyncDisposable
beforeAll(async () => {
  cluster = await startControlPlane({ realNodes: 2, maxPods: MAX_PODS })
})
afterAll(() => cluster[Symbol.asyncDispose]())

const density = (...argv: string[]) =>
  runCommandLine(cluster.kubeconfig, ['density', '--image', IMAGE, '--preload', 'never', '-o', 'json', ...argv])

interface KubeList<T> {
  items: readonly T[]
}

interface Event {
  metadata: { name: string; namespace: string }
  reason: string
  message: string
}

async function list<T>(...argv: string[]): Promise<readonly T[]> {
  return (JSON.parse(await cluster.kubectl(['get', ...argv, '-o', 'json'])) as KubeList<T>).items
}

function metric({ metrics }: RunRecord, name: string, source: string): Metric | undefined {
  return metrics.find((one) => one.name === name && one.source === source && Object.keys(one.labels).length === 0)
}

function podsOf(record: RunRecord): readonly PodDetail[] {
  return densityDetails(record)?.pods ?? []
}

test('sandbox, pull, start and readiness stand apart, and agree with the events that kubectl shows', async () => {
  const ended = await density('--iterations', '6', '--keep')
  const record = recordOf(ended)
  try {
    expect(ended.exitCode, ended.stderr).toBe(0)
    const events = (await list<Event>('events', '-A', '--field-selector', 'involvedObject.kind=Pod')).filter(
      ({ metadata: { namespace } }) => namespace.startsWith(`perf-${record.runId}-`),
    )
    const pods = podsOf(record)
    expect(pods).toHaveLength(6)
    for (const { namespace, ms, events: told } of pods) {
      const order = [0, ms.scheduled, told?.sandboxReady, told?.started, ms.ready].map(Number)
      expect(order).toEqual(order.toSorted((a, b) => a - b))
      expect(new Set(order).size).toBe(5)
      // By the clock of the kubelet, in the names of its events.
      const madeMs = (...reasons: string[]) =>
        events
          .filter((event) => event.metadata.namespace === namespace && reasons.includes(event.reason))
          .map(({ metadata: { name } }) => Number(BigInt(`0x${name.split('.').at(-1)}`) / 1000n) / 1000)
      const apartMs = Math.max(...madeMs('Started')) - Math.min(...madeMs('Pulling', 'Pulled'))
      expect((told?.started ?? 0) - (told?.sandboxReady ?? 0)).toBeCloseTo(apartMs, 1)
    }
    const pulled = events.flatMap(({ message }) => {
      const [, number, unit] = /^Successfully pulled image ".*" in ([\d.]+)(ms|s) /.exec(message) ?? []
      return number === undefined ? [] : [Number(number) / (unit === 'ms' ? 1000 : 1)]
    })
    expect(pulled.length).toBeGreaterThanOrEqual(2)
    const pulls = metric(record, 'pod_image_pull_latency', 'events')?.samples ?? []
    const ascending = (values: readonly number[]) => values.toSorted((a, b) => a - b)
    expect(ascending(pulls)).toEqual(ascending(pulled))
    expect(metric(record, 'pod_image_pull_wait', 'events')?.statistics.count).toBe(pulled.length)
    const { images, ...counts } = densityDetails(record)?.imagePulls ?? {}
    expect(counts).toEqual({ pulled: pulled.length, alreadyPresent: 6 - pulled.length })
    expect(images).toMatchObject([{ image: IMAGE, pulls: pulled.length }])
    expect((images?.[0]?.bytes ?? 0) / 2 ** 20).toBeCloseTo(await mebibytesOnNode(), 1)
  } finally {
    await runCommandLine(cluster.kubeconfig, ['cleanup', '--run', record.runId, '-y'])
  }
})

test('a node whose runtime hangs for a while is named as slow, with the step', async () => {
  await cluster.signal('node-b/containerd', 'SIGSTOP')
  const running = density('--iterations', '16', '--namespaces', '1')
  try {
    await expect.poll(async () => await readyPods('node-a'), { timeout: 60_000, interval: 500 }).toBeGreaterThan(5)
    await expect.poll(async () => await waitingPods('node-a'), { timeout: 60_000, interval: 500 }).toBe(0)
    await sleep(4000)
  } finally {
    await cluster.signal('node-b/containerd', 'SIGCONT')
  }
  const ended = await running
  expect(ended.exitCode, ended.stderr).toBe(0)
  const record = recordOf(ended)
  expect(densityDetails(record)?.slowNodes?.[0]).toMatchObject({ node: 'node-b', step: 'sandboxReady' })
  const [finding] = record.findings.filter(({ code }) => code === 'SlowNode')
  expect(finding).toMatchObject({ severity: 'warning', objects: ['node-b'] })
  expect(finding?.message).toMatch(
    /^node node-b is slow: sandbox and network takes [\d.]+s \(median of \d+ pods\) against [\d.]+s elsewhere \(\d+ pods\), p[=<]0\.00/,
  )
  expect(record.findings.flatMap(({ code, objects }) => (code === 'SlowNode' ? objects : []))).toEqual(['node-b'])
  // The scheduler may give a node more pods than the other.
  const pods = podsOf(record).filter(({ node }) => node === 'node-b').length
  const slowest = densityDetails(record)?.slowestPods?.slice(0, pods) ?? []
  expect(slowest.length).toBeGreaterThan(2)
  expect(new Set(slowest.map(({ node }) => node))).toEqual(new Set(['node-b']))
})

test('pods beyond maxPods are counted by that reason, with what to do', async () => {
  const capacity = MAX_PODS['node-a'] + MAX_PODS['node-b']
  const ended = await density('--iterations', String(capacity + 5), '--namespaces', '1', '--pending-grace', '1s')
  expect(ended.exitCode).toBe(1)
  const record = recordOf(ended)
  expect(record.outcome).toBe('error')
  expect(metric(record, 'pods_created', 'client')?.statistics.value).toBe(capacity + 5)
  expect(metric(record, 'pods_measured', 'watch')?.statistics.value).toBe(capacity)
  const notReady = record.metrics.filter(({ name }) => name === 'pods_not_ready')
  expect(notReady.map(({ labels, statistics }) => [labels.reason, statistics.value])).toEqual([['Too many pods', 5]])
  expect(podsOf(record).filter(({ notMeasured }) => notMeasured === 'Too many pods')).toHaveLength(5)
  expect(record.findings.find(({ code }) => code === 'PodsNotReady')).toMatchObject({
    severity: 'error',
    message: 'Unschedulable: Too many pods on 2 of 2 nodes',
    advice: 'raise maxPods of the kubelets, or add nodes: kubectl perf maxpods-check shows what limits each node',
    count: 5,
  })
})

/** As the runtime's own tool has it, with one digit after the point. */
async function mebibytesOnNode(): Promise<number> {
  const { stdout } = await cluster.runOnNode('node-a', ['ctr', '-n', 'k8s.io', 'images', 'ls', `name==${IMAGE}`])
  return Number(/ ([\d.]+) MiB /.exec(stdout)?.[1])
}

interface Pod {
  spec: { nodeName?: string }
  status: { conditions?: readonly { type: string; status: string }[] }
}

async function podsOn(node: string): Promise<{ ready: number; waiting: number }> {
  const pods = await list<Pod>('pods', '-A', '-l', 'app.kubernetes.io/managed-by=kubectl-perf')
  const here = pods.filter(({ spec }) => spec.nodeName === node)
  const ready = here.filter(({ status: { conditions = [] } }) =>
    conditions.some(({ type, status }) => type === 'Ready' && status === 'True'),
  ).length
  return { ready, waiting: here.length - ready + pods.filter(({ spec }) => spec.nodeName === undefined).length }
}

async function readyPods(node: string): Promise<number> {
  return (await podsOn(node)).ready
}

async function waitingPods(node: string): Promise<number> {
  return (await podsOn(node)).waiting
}

test('pods of a lower priority, which the scheduler may remove, are told of before anything is created', async () => {
  const spare = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'spare' }, value: -5 }
  const metadata = { name: 'spare' }
  const containers = [{ name: 'main', image: IMAGE }]
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec: { priorityClassName: 'spare', containers } }
  await cluster.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify(spare) })
  const quiet = await density('--iterations', '1')
  expect(quiet.exitCode, quiet.stderr).toBe(0)
  expect(quiet.stderr).not.toContain('priority')
  await cluster.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify(pod) })
  try {
    await cluster.kubectl(['wait', 'pod/spare', '--for=condition=Ready', '--timeout=120s'], { timeoutMs: 130_000 })
    const ended = await density('--iterations', '1')
    expect(ended.exitCode, ended.stderr).toBe(0)
    const told =
      '1 pod of a priority below 0 may be removed by the scheduler if those of this load find no room, such as default/spare of -5'
    expect(recordOf(ended).findings).toContainEqual(
      expect.objectContaining({ code: 'MayPreempt', message: told, count: 1 }),
    )
    expect(ended.stderr.split(/^create: /m)[0]).toContain(`Warning: ${told}\n`)
  } finally {
    await cluster.kubectl(['delete', 'pod/spare', 'priorityclass/spare', '--now'], { timeoutMs: 60_000 })
  }
})
