import { expect, test } from 'vitest'
import { densityFindings } from '../../../../lib/density/assessment/density-findings.ts'
import { countNotReady, densityMetrics } from '../../../../lib/density/assessment/density-metrics.ts'
import { isComplete } from '../../../../lib/density/assessment/measured-pods.ts'
import type { DensityRun } from '../../../../lib/density/density-run.ts'
import { PerfError } from '../../../../lib/errors/perf-error.ts'
import { trackPods } from '../../../../lib/workload/pods/pod-tracker.ts'
import { pod, readyPod } from '../../workload/pods.ts'
import { runOfPods, trackedPod } from '../tracked-pods.ts'

function runOf(parts: Partial<DensityRun> = {}): DensityRun {
  const tracker = trackPods()
  for (const name of ['ready', 'pending', 'failed', 'unseen']) tracker.add('ns', name, 1000)
  tracker.observe('ADDED', pod('ready'), 1010)
  tracker.observe('MODIFIED', pod('ready', { nodeName: 'node-a' }), 1020)
  tracker.observe('MODIFIED', readyPod('ready'), 1700.5)
  tracker.observe('DELETED', readyPod('ready'), 3250)
  const unschedulable = {
    type: 'PodScheduled',
    status: 'False',
    reason: 'Unschedulable',
    message:
      '0/2 nodes are available: 2 Too many pods. preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.',
  }
  tracker.observe('ADDED', pod('pending', { status: { conditions: [unschedulable] } }), 1010)
  const waiting = { name: 'main', state: { waiting: { reason: 'ErrImagePull', message: 'not found' } } }
  tracker.observe('ADDED', pod('failed', { nodeName: 'node-a', status: { containerStatuses: [waiting] } }), 1030)
  return {
    phases: [
      { name: 'create', ...from(1000), durationSeconds: 2, count: 4 },
      { name: 'ready', ...from(1000), durationSeconds: 4, count: 1 },
    ],
    jobs: [],
    churns: [],
    planned: 5,
    pods: [...tracker.pods()],
    waitedFor: 'ready',
    deleteSentMs: new Map([['ns', 3000]]),
    requests: [],
    readings: [],
    leftBehind: [],
    ...parts,
  }
}

/** A moment of the monotonic clock as the record has it. */
function from(atMs: number): { startedAt: string } {
  return { startedAt: new Date(performance.timeOrigin + atMs).toISOString() }
}

const find = (run: DensityRun, name: string, source?: string) =>
  densityMetrics(run).find((metric) => metric.name === name && (source === undefined || metric.source === source))

test('latencies run from the create request to the watch event, in seconds', () => {
  expect(find(runOf(), 'pod_ready_latency', 'watch')).toEqual({
    name: 'pod_ready_latency',
    unit: 's',
    labels: {},
    source: 'watch',
    resolution: 0.001,
    samples: [0.7005],
    statistics: { count: 1, min: 0.7005, mean: 0.7005, max: 0.7005 },
  })
  expect(find(runOf(), 'pod_scheduled_latency', 'watch')?.samples).toEqual([0.02, 0.03])
  expect(find(runOf(), 'pod_deleted_latency')?.samples).toEqual([0.25])
})

test("the server's own timestamps stand beside them, in whole seconds from the creation timestamp", () => {
  expect(find(runOf(), 'pod_ready_latency', 'status')).toMatchObject({ samples: [4], resolution: 1 })
})

test('pods without a figure are counted by reason and never enter a sample', () => {
  expect(countNotReady(runOf())).toEqual(
    new Map([
      ['Too many pods', 1],
      ['ErrImagePull', 1],
      ['NotSeen', 1],
    ]),
  )
  expect(find(runOf(), 'pods_created')?.statistics).toEqual({ value: 4 })
  expect(find(runOf(), 'pods_measured')?.statistics).toEqual({ value: 1 })
})

test('what keeps pods from ever getting ready stands before those on their way, then the reason of the most', () => {
  const waiting = (reason: string, isFinal: boolean) => ({ reason: { reason, message: '', isFinal } })
  const pods = [
    trackedPod('a', {}, waiting('ContainerCreating', false)),
    trackedPod('b', {}, waiting('ContainerCreating', false)),
    trackedPod('c', {}, waiting('ErrImagePull', true)),
    trackedPod('d', {}, waiting('CrashLoopBackOff', true)),
    trackedPod('e', {}, waiting('CrashLoopBackOff', true)),
    trackedPod('f', { ready: 1 }),
  ]
  expect([...countNotReady(runOfPods(pods))]).toEqual([
    ['CrashLoopBackOff', 2],
    ['ErrImagePull', 1],
    ['ContainerCreating', 2],
  ])
})

test('a rate is the objects of a phase by its duration; without either there is none', () => {
  expect(find(runOf(), 'pod_create_throughput')?.statistics).toEqual({ value: 2 })
  expect(find(runOf(), 'pod_ready_throughput')?.statistics).toEqual({ value: 0.25 })
  expect(find(runOf({ phases: [] }), 'pod_ready_throughput')).toBeUndefined()
})

test('pods of another phase do not count, and have a rate of their own by phase or job', () => {
  const ready = (sentMs: number, readyMs: number) =>
    trackedPod(`pod-${sentMs}`, { ready: readyMs }, { sentMs, controlled: true })
  const pods = [ready(1000, 1100), ready(1200, 1400), ready(5000, 5200)]
  const phases = [
    { name: 'create', ...from(900), durationSeconds: 0.5 },
    { name: 'ready', ...from(900), durationSeconds: 1 },
    { name: 'scale', ...from(4900), durationSeconds: 0.1 },
    { name: 'scale ready', ...from(4900), durationSeconds: 0.5 },
    { name: 'delete', ...from(6000), durationSeconds: 1 },
  ]
  const rates = (jobs: DensityRun['jobs']) =>
    densityMetrics(runOfPods(pods, { phases, jobs }))
      .filter(({ name }) => name === 'pod_ready_throughput')
      .map(({ labels, statistics }) => [labels, statistics.value])
  expect(rates([])).toEqual([
    [{}, 2],
    [{ phase: 'scale' }, 2],
  ])
  const job = (name: string, phase: string) => ({ phase, job: { name, ...from(0), durationSeconds: 1, config: {} } })
  expect(rates([job('first', 'create'), job('more', 'scale')])).toEqual([
    [{ job: 'first' }, 2],
    [{ job: 'more' }, 2],
  ])
})

test('of several jobs each has its latencies, with that of its containers', () => {
  const of = (name: string, job: string, readyMs: number) =>
    trackedPod(name, { ready: readyMs }, { containersReadyMs: readyMs - 100, origin: { job } })
  const pods = [of('a', 'x', 400), of('b', 'x', 600), of('c', 'y', 900)]
  const job = (name: string) => ({ phase: name, job: { name, ...from(0), durationSeconds: 1, config: {} } })
  const metrics = densityMetrics(runOfPods(pods, { jobs: [job('x'), job('y')] }))
  const maxima = (name: string) =>
    metrics.filter((metric) => metric.name === name).map(({ labels, statistics }) => [labels, statistics.max])
  expect(maxima('pod_containers_ready_latency')).toEqual([
    [{}, 0.8],
    [{ job: 'x' }, 0.5],
    [{ job: 'y' }, 0.8],
  ])
  expect(maxima('pod_ready_latency').filter(([labels]) => 'job' in Object(labels))).toEqual([
    [{ job: 'x' }, 0.6],
    [{ job: 'y' }, 0.9],
  ])
})

test('measured is what the run waited for', () => {
  expect(find(runOf({ waitedFor: 'scheduled' }), 'pods_measured')?.statistics).toEqual({ value: 2 })
  expect(find(runOf({ waitedFor: 'none' }), 'pods_measured')?.statistics).toEqual({ value: 4 })
})

test('a run that measured some of its pods only has failed, and says so', () => {
  expect(densityFindings(runOf(), false)[0]).toEqual({
    severity: 'error',
    code: 'RunFailed',
    message: '1 of 4 pods were measured',
  })
  expect(densityFindings(runOf(), true).map(({ code }) => code)).not.toContain('RunFailed')
  expect(densityFindings(runOf({ waitedFor: 'none' }), false).map(({ severity }) => severity)).toEqual([
    'info',
    'info',
    'info',
  ])
})

test('a pod that its controller replaced, or that the load deleted, is named and does not make the run incomplete', () => {
  const ready = trackedPod('a', { ready: 5 }, { controlled: true })
  const gone = { terminating: true, goneMs: 9 }
  const replaced = trackedPod('b', {}, { ...gone, controlled: true })
  const run = runOfPods([ready, replaced])
  expect(isComplete(run)).toBe(true)
  expect(densityFindings(run, false).filter(({ code }) => code !== 'SandboxUnknown')).toEqual([
    {
      severity: 'info',
      code: 'PodsNotReady',
      message: 'Deleted: its controller made another in its place',
      objects: ['ns/b'],
      count: 1,
    },
  ])
  expect(isComplete(runOfPods([ready, trackedPod('c', {}, { ...gone, deletionExpected: true })]))).toBe(true)
  expect(isComplete(runOfPods([ready, trackedPod('d', {}, gone)]))).toBe(false)
  expect(isComplete(runOfPods([ready, trackedPod('e', {}, { controlled: true })]))).toBe(false)
})

test('figures of the watch are no finer than this process was quick', () => {
  const loopDelay = { p99: 0.012, max: 0.1 }
  expect(find(runOf({ loopDelay }), 'pod_ready_latency', 'watch')?.resolution).toBe(0.012)
  expect(find(runOf({ loopDelay }), 'pod_deleted_latency')?.resolution).toBe(0.001)
  expect(find(runOf({ deletionLoopDelay: loopDelay }), 'pod_deleted_latency')?.resolution).toBe(0.012)
})

test('pods gone per second are those that were deleted, by the duration of that', () => {
  const phase = { name: 'delete', startedAt: '2026-01-01T00:00:00.000Z', durationSeconds: 0.5 }
  expect(find(runOf({ phases: [phase] }), 'pod_delete_throughput')?.statistics).toEqual({ value: 2 })
})

test('findings name the fault, the reasons with the pods, and what is left behind', () => {
  const failure = new PerfError('1 of 5 pods became ready within 5s', { advice: ['try --timeout 10m'] })
  const left = { severity: 'error' as const, code: 'LeftBehind', message: 'x' }
  expect(densityFindings(runOf({ failure, leftBehind: [left] }), false)).toEqual([
    {
      severity: 'error',
      code: 'RunFailed',
      message: '1 of 5 pods became ready within 5s',
      advice: 'try --timeout 10m',
    },
    {
      severity: 'error',
      code: 'PodsNotReady',
      message: 'Unschedulable: Too many pods on 2 of 2 nodes',
      advice: 'raise maxPods of the kubelets, or add nodes: kubectl perf maxpods-check shows what limits each node',
      objects: ['ns/pending'],
      count: 1,
    },
    { severity: 'error', code: 'PodsNotReady', message: 'ErrImagePull: not found', objects: ['ns/failed'], count: 1 },
    {
      severity: 'error',
      code: 'PodsNotReady',
      message: 'NotSeen: created, but the watch has not shown it',
      objects: ['ns/unseen'],
      count: 1,
    },
    left,
  ])
})
