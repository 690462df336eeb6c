import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { DensityPlan } from '../../../../lib/density/density-plan.ts'
import type { LoadPhase, Step } from '../../../../lib/density/load.ts'
import { runLoadPhase } from '../../../../lib/density/phases/run-load.ts'
import type { DensitySession } from '../../../../lib/density/session.ts'
import type { KubeClient } from '../../../../lib/kube/client.ts'
import { trackPods } from '../../../../lib/workload/pods/pod-tracker.ts'
import { pod, readyPod } from '../../workload/pods.ts'
import { runOfPods } from '../tracked-pods.ts'

/** A run that makes no requests of its own. */
function session(timeoutMs: number): DensitySession {
  const { signal } = new AbortController()
  return {
    client: {} as KubeClient,
    plan: {
      timeoutMs,
      waitFor: 'ready',
      load: { resources: [] },
      scope: {},
      random: Math.random,
    } as unknown as DensityPlan,
    tracker: trackPods(),
    run: runOfPods([]),
    signal,
    lateSignal: signal,
    progress: () => {},
  }
}

function phase(steps: readonly Step[], parts: Partial<LoadPhase> = {}): LoadPhase {
  return {
    name: 'create',
    count: steps.length,
    steps: () => steps,
    pace: { perSecond: 0, burst: 1, concurrency: 1, arrival: 'constant' },
    waitsForPods: false,
    ...parts,
  }
}

test('a pause that is longer than the phase may last ends the run, and is not cut short', async () => {
  await expect(runLoadPhase(session(20), phase([{ pauseMs: 60_000 }]))).rejects.toThrow(
    'the load was not done within 0.02s',
  )
})

test('a wait of its own limit is counted from its own beginning, and told by that limit', async () => {
  const { tracker, ...rest } = session(60_000)
  tracker.add('ns', 'never-ready', performance.now())
  const limited = { waitsForPods: true, waitTimeoutMs: 30 }
  const run = runLoadPhase({ tracker, ...rest }, phase([{ pauseMs: 200 }], limited))
  await expect(run).rejects.toThrow('0 of 1 pods became ready within 0.03s')
  // The pause before it, longer than that limit, has not ended it.
  // How far it came stands in the record all the same.
  expect(rest.run.phases.map(({ name, count }) => [name, count])).toEqual([
    ['create', 0],
    ['ready', 0],
  ])
  expect(rest.run.phases[0]?.durationSeconds).toBeGreaterThanOrEqual(0.19)
})

test('a pod that crashes after it was ready ends the wait for the others, and is told apart from those that never were', async () => {
  const { tracker, plan, ...rest } = session(60_000)
  for (const name of ['crashes', 'never', 'waits']) tracker.add('ns', name, 0)
  tracker.observe('ADDED', readyPod('crashes'), 1)
  const impatient: DensityPlan = { ...plan, failFast: { pendingGraceMs: 60_000 } }
  const run = runLoadPhase({ tracker, plan: impatient, ...rest }, phase([], { waitsForPods: true }))
  const failed = (name: string) => pod(name, { nodeName: 'n', status: { phase: 'Failed' } })
  tracker.observe('ADDED', failed('crashes'), 2)
  tracker.observe('ADDED', failed('never'), 2)
  await expect(run).rejects.toThrow('0 of 3 pods are ready; 1 cannot, 1 did not stay so')
})

test('whoever waits for pods to be scheduled does not mind what becomes of them on their nodes', async () => {
  const { tracker, plan, ...rest } = session(60_000)
  for (const name of ['crashes', 'broke', 'waits']) tracker.add('ns', name, 0)
  const scheduled: DensityPlan = { ...plan, waitFor: 'scheduled', failFast: { pendingGraceMs: 60_000 } }
  const start = () => runLoadPhase({ tracker, plan: scheduled, ...rest }, phase([], { waitsForPods: true }))
  const failed = (name: string) => pod(name, { nodeName: 'n', status: { phase: 'Failed' } })
  const run = start()
  tracker.observe('ADDED', failed('crashes'), 1)
  tracker.observe('ADDED', readyPod('broke'), 1)
  tracker.observe('MODIFIED', failed('broke'), 2)
  // Long enough for a wait that has been given up to end.
  await sleep(20)
  tracker.observe('ADDED', pod('waits', { nodeName: 'n' }), 3)
  await run
  expect(tracker.counts).toMatchObject({ scheduled: 3, failed: 2 })
  // One that somebody else deletes cannot be scheduled any more.
  tracker.add('ns', 'late', 4)
  const lost = start()
  tracker.observe('DELETED', pod('late'), 5)
  await expect(lost).rejects.toThrow('3 of 4 pods were scheduled; 1 were deleted by somebody else, such as ns/late')
})

test('a limit above that of the run changes nothing', async () => {
  const { tracker, ...rest } = session(20)
  tracker.add('ns', 'never-ready', performance.now())
  const run = runLoadPhase({ tracker, ...rest }, phase([], { waitsForPods: true, waitTimeoutMs: 14_400_000 }))
  await expect(run).rejects.toThrow('0 of 1 pods became ready within 0.02s')
})

test('--wait-for none waits for no pods between the steps either', async () => {
  const { tracker, plan, ...rest } = session(60_000)
  tracker.add('ns', 'never-ready', performance.now())
  const none: DensityPlan = { ...plan, waitFor: 'none' }
  await runLoadPhase({ tracker, plan: none, ...rest }, phase([{ wait: 'pods' }], { waitsForPods: true }))
  expect(rest.run.phases.map(({ name }) => name)).toEqual(['create'])
})
