import { expect, test } from 'vitest'
import { isMarkedNotReady } from '../../../lib/netperf/pods/node-fault.ts'
import { namespaceFor } from '../../../lib/run/run-scope.ts'
import type { PodObject } from '../../../lib/workload/pods/pod-status.ts'
import type { ControlPlane } from '../../cluster/control-plane.ts'
import { measure, outcomes, realPlan } from './measuring.ts'
import { withCluster } from './with-cluster.ts'

// A node that the cluster loses while it is measured.

let cluster: ControlPlane
withCluster({ realNodes: 2 }, (started) => {
  cluster = started
})

const patiently = { timeout: 120_000, interval: 200 }

test('a node that is lost amid the samples is named, and so is what it keeps from being removed', async () => {
  const stop = new AbortController()
  let losing: Promise<void> | undefined
  const nodes = { clientNode: 'node-a', serverNode: 'node-b' }
  const plan = realPlan({ samples: 200, pods: nodes, cleanUpTimeoutMs: 10_000 })
  const namespace = namespaceFor(plan.scope, 0)
  const run = await measure(cluster.kubeconfig, plan, {
    onProgress({ traffic }) {
      if (traffic !== undefined) losing ??= lose(namespace).catch((error: unknown) => stop.abort(error))
    },
    signal: stop.signal,
  })
  await losing
  await cluster.start('node-b/kubelet')
  expect(run.failure).toBeUndefined()
  const { measured = [], failed = [] } = Object.groupBy(run.samples, ({ result }) => result.kind)
  expect(measured.length).toBeGreaterThan(0)
  const fault =
    'NodeNotReady: node node-b of server pod other-node-server-0 is not ready: Kubelet stopped posting node status.'
  expect(outcomes(failed).map((outcome) => outcome.replace(/^\S+ /, ''))).toEqual([fault, fault])
  const skipped = '1 of 1 test was given up after 2 samples without a figure'
  expect(run.findings).toMatchObject([{ code: 'SamplesSkipped', message: skipped }])
  expect(run.leftBehind).toMatchObject([{ code: 'LeftBehind', objects: [namespace] }])
  // What was told to go goes when the node is back.
  const left = () => cluster.kubectl(['get', 'namespaces', '-l', plan.scope.selector, '-o', 'name'])
  await expect.poll(left, patiently).toBe('')
})

/** The kubelet falls silent first: when the cluster has noticed it, the others cannot reach the node any more either. */
async function lose(namespace: string): Promise<void> {
  await cluster.stop('node-b/kubelet')
  const get = ['get', 'pod', '-n', namespace, 'other-node-server-0', '-o', 'json']
  const pod = async () => JSON.parse(await cluster.kubectl(get)) as PodObject
  await expect.poll(async () => isMarkedNotReady(await pod()), patiently).toBe(true)
  await cluster.shapeLink('node-b', { lossRatio: 1 })
}
