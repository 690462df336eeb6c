import { expect, test } from 'vitest'
import { densityFindings } from '../../../../lib/density/assessment/density-findings.ts'
import { densityMetrics } from '../../../../lib/density/assessment/density-metrics.ts'
import { facts, runOfPods, trackedPod } from '../tracked-pods.ts'

const reading = (podEvents: ReadonlyMap<string, ReturnType<typeof facts>>) => ({ metrics: [], findings: [], podEvents })

test('pods of which nobody says when their sandbox was ready are named', () => {
  const pods = [trackedPod('silent', { ready: 900 }), trackedPod('told', { ready: 900 })]
  const readings = [reading(new Map([['told', facts({ sandboxReadyMs: 200 })]]))]
  expect(densityFindings(runOfPods(pods, { readings }), false)).toMatchObject([
    { severity: 'info', code: 'SandboxUnknown', objects: ['ns/silent'], count: 1 },
  ])
  expect(densityFindings(runOfPods(pods.slice(1), { readings }), false)).toEqual([])
})

test('a pod that crashes after it was ready is measured, and named as not ready', () => {
  const crash = { reason: 'CrashLoopBackOff', message: 'back-off 10s', isFinal: true }
  const crashed = trackedPod('crashed', { sandboxReady: 1, ready: 900 }, { reason: crash })
  const never = trackedPod('never', { scheduled: 10 }, { reason: crash })
  const of = (pods: Parameters<typeof runOfPods>[0], failure?: Error) =>
    densityFindings(runOfPods(pods, failure === undefined ? {} : { failure }), false)
      .filter(({ code }) => code === 'PodsNotReady')
      .map(({ severity, message, count }) => [severity, message, count])
  // Nobody waited any more: its figure is complete.
  expect(of([crashed])).toEqual([['warning', 'CrashLoopBackOff after it was ready: back-off 10s', 1]])
  expect(of([crashed], new Error('0 of 1'))[0]?.[0]).toBe('error')
  expect(of([crashed, never], new Error('0 of 2'))).toEqual([
    ['error', 'CrashLoopBackOff, 1 after it was ready: back-off 10s', 2],
  ])
  const values = densityMetrics(runOfPods([crashed, never])).filter(({ name }) => name.startsWith('pods_'))
  expect(values.map(({ name, statistics }) => [name, statistics.value])).toEqual([
    ['pods_created', 2],
    ['pods_measured', 1],
    ['pods_not_ready', 2],
  ])
})

test('a slow node is a finding of the run; steps that events tell need to differ by less', () => {
  const onNode = (node: string, sandboxReady: number, started: number) =>
    Array.from({ length: 10 }, (_, index) =>
      trackedPod(`${node}-${index}`, { scheduled: 0, sandboxReady, started, ready: started }, { node }),
    )
  const pods = [...onNode('node-a', 10, 300), ...onNode('node-b', 310, 1400)]
  const slow = (run: Parameters<typeof densityFindings>[0]) => densityFindings(run, false).map(({ code }) => code)
  expect(slow(runOfPods(pods))).toEqual([])
  const told = new Map(pods.map((pod) => [pod.name, facts({ startedMs: pod.passedMs.started ?? 0 })]))
  expect(slow(runOfPods(pods, { readings: [reading(told)] }))).toEqual(['SlowNode'])
})

test('pods refused for several reasons are grouped by the main one, with all of them in the message', () => {
  const refused = (name: string, reasons: Record<string, number>) =>
    trackedPod(
      name,
      {},
      {
        reason: {
          reason: 'Unschedulable',
          message: '',
          isFinal: false,
          scheduling: { totalNodes: 3, reasons: Object.entries(reasons).map(([reason, nodes]) => ({ reason, nodes })) },
        },
      },
    )
  const pods = [
    refused('a', { 'Too many pods': 2, 'Insufficient cpu': 1 }),
    refused('b', { 'Too many pods': 2, 'had untolerated taint {x: }': 1 }),
    refused('c', { 'Insufficient cpu': 3 }),
  ]
  const findings = densityFindings(runOfPods(pods), true)
  expect(findings.map(({ message, count }) => [message, count])).toEqual([
    ['Unschedulable: Too many pods on 2 of 3 nodes, Insufficient cpu on 1, had untolerated taint {x: } on 1', 2],
    ['Unschedulable: Insufficient cpu on 3 of 3 nodes', 1],
  ])
})
