import { describe, expect, test } from 'vitest'
import { ApiError } from '../../../../lib/kube/api-error.ts'
import type { KubeClient } from '../../../../lib/kube/client.ts'
import { MeasurementFault } from '../../../../lib/netperf/measurement-fault.ts'
import { explainByNodes, isMarkedNotReady, lostNodes } from '../../../../lib/netperf/pods/node-fault.ts'
import type { NodeObject } from '../../../../lib/workload/nodes/node-objects.ts'
import type { PodObject } from '../../../../lib/workload/pods/pod-status.ts'
import type { WatchedPods } from '../../../../lib/workload/pods/pod-watch.ts'
import { failed, netperfRun, pair } from '../netperf-run-example.ts'

type Client = Pick<KubeClient, 'list'>

/** A cluster of these nodes, by the status and message of their Ready condition. */
function clusterOf(nodes: Readonly<Record<string, readonly [status: string, message?: string]>>): Client {
  return {
    list: (async (_path: string, { fieldSelector = '' }: { fieldSelector?: string }) => {
      const name = fieldSelector.replace('metadata.name=', '')
      const [status, message] = nodes[name] ?? []
      if (status === undefined) return { items: [], resourceVersion: '1' }
      const ready = { type: 'Ready', status, ...(message === undefined ? {} : { message }) }
      const node: NodeObject = { metadata: { name }, status: { conditions: [ready] } }
      return { items: [node], resourceVersion: '1' }
    }) as unknown as Client['list'],
  }
}

function failing(error: Error): Client {
  return {
    async list() {
      throw error
    },
  }
}

const forbidden = new ApiError('nodes is forbidden', { code: 403, reason: 'Forbidden', serverMessage: 'forbidden' })
/** What a kubelet says that has fallen silent. */
const silent = ['Unknown', 'Kubelet stopped posting node status.'] as const

/** As pods are while all is well. */
const well: PodObject = {
  metadata: { name: 'p' },
  status: {
    phase: 'Running',
    conditions: [
      { type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' },
      { type: 'ContainersReady', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' },
    ],
  },
}
/** What the node controller of Kubernetes 1.34 makes of it: see lost-node.disturbing.test.ts. */
const marked: PodObject = {
  metadata: { name: 'p' },
  status: {
    phase: 'Running',
    conditions: [
      { type: 'Ready', status: 'False', lastTransitionTime: '2026-01-01T00:01:00Z' },
      { type: 'ContainersReady', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' },
    ],
  },
}
/** What a kubelet makes of it when a container ends. */
const ended: PodObject = {
  metadata: { name: 'p' },
  status: {
    phase: 'Running',
    conditions: ['Ready', 'ContainersReady'].map((type) => ({
      type,
      status: 'False',
      reason: 'ContainersNotReady',
      message: 'containers with unready status: [iperf3]',
    })),
  },
}
/** What a kubelet makes of it when one of its readiness gates is closed. */
const gated: PodObject = {
  metadata: { name: 'p' },
  status: {
    conditions: [
      { type: 'Ready', status: 'False', reason: 'ReadinessGatesNotReady' },
      { type: 'ContainersReady', status: 'True' },
    ],
  },
}

test.each([
  ['a pod that is ready', well, false],
  ['a pod on a node that is away', marked, true],
  ['a pod without containers', ended, false],
  ['a pod behind a readiness gate', gated, false],
  ['a pod that nobody knows', undefined, false],
])('marked by the node controller: %s', (_, pod, expected) => {
  expect(isMarkedNotReady(pod)).toBe(expected)
})

describe('a fault is explained by the nodes of the pair', () => {
  const fault = new MeasurementFault('TimedOut', 'the client did not end within 21s')

  async function explained(client: Client, server: PodObject = well): Promise<string> {
    const pods: Pick<WatchedPods, 'get'> = {
      get: (_, name) => ({ pod: name === 'server-0' ? server : well, isGone: false }),
    }
    const session = { client, pods: pods as WatchedPods, signal: new AbortController().signal }
    const { code, message, cause } = await explainByNodes(session, pair(0, 'node-a', 'node-b'), fault)
    if (code === 'TimedOut') return 'not explained'
    expect(cause).toBe(fault)
    return `${code}: ${message}`
  }

  test.each<[string, Client, PodObject, string]>([
    ['both are ready', clusterOf({ 'node-a': ['True'], 'node-b': ['True'] }), well, 'not explained'],
    [
      "the server's is away",
      clusterOf({ 'node-a': ['True'], 'node-b': silent }),
      marked,
      'NodeNotReady: node node-b of server pod server-0 is not ready: Kubelet stopped posting node status.',
    ],
    [
      "the client's says itself what it lacks, and its pods are as they were",
      clusterOf({ 'node-a': ['False', 'container runtime is down'], 'node-b': ['True'] }),
      well,
      'NodeNotReady: node node-a of client pod client-0 is not ready: container runtime is down',
    ],
    [
      'one was removed',
      clusterOf({ 'node-a': ['True'] }),
      well,
      'NodeNotReady: node node-b of server pod server-0 is no longer in the cluster',
    ],
    ['nodes may not be listed, and the pods are well', failing(forbidden), well, 'not explained'],
    [
      'nodes may not be listed, and the pod is marked',
      failing(forbidden),
      marked,
      'NodeNotReady: node node-b of server pod server-0 is not ready',
    ],
    ['nobody answers', failing(new Error('connection refused')), well, 'not explained'],
    ['the node is back already', clusterOf({ 'node-a': ['True'], 'node-b': ['True'] }), marked, 'not explained'],
  ])('%s', async (_, client, server, expected) => {
    expect(await explained(client, server)).toBe(expected)
  })

  test('a run that is stopped meanwhile ends for that reason', async () => {
    const signal = AbortSignal.abort(new Error('stopped'))
    const pods = { get: () => undefined } as unknown as WatchedPods
    const session = { client: failing(new Error('aborted')), pods, signal }
    await expect(explainByNodes(session, pair(0, 'node-a', 'node-b'), fault)).rejects.toThrow('stopped')
  })
})

test('at the end of a run: the lost nodes of the pairs that nothing has explained', async () => {
  const pairs = [pair(0, 'node-a', 'node-b'), pair(1, 'node-c', 'node-d')]
  const run = netperfRun({
    pairs,
    samples: [failed({ pair: 0, sample: 0 }, 'no'), failed({ pair: 0, sample: 1 }, 'no')],
  })
  const client = clusterOf({ 'node-a': ['True'], 'node-b': silent, 'node-c': silent, 'node-d': silent })
  expect(await lostNodes(client, run)).toEqual([
    {
      severity: 'error',
      code: 'NodeNotReady',
      message: 'node node-b is not ready: Kubelet stopped posting node status.',
      objects: ['nodes/node-b'],
    },
  ])
  const fault = new MeasurementFault('NodeNotReady', 'node node-b of server pod server-0 is not ready')
  const known = netperfRun({ samples: [{ ...failed({ sample: 0 }, ''), result: { kind: 'failed', fault } }] })
  expect(await lostNodes(client, known)).toEqual([])
})
