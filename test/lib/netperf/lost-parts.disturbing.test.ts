import { expect, test } from 'vitest'
import type { Engine } from '../../../lib/netperf/engines/engine.ts'
import { iperf3 } from '../../../lib/netperf/engines/iperf3/iperf3.ts'
import { newRunId } from '../../../lib/run/ownership.ts'
import { existingNamespace } from '../../../lib/run/run-scope.ts'
import type { ControlPlane } from '../../cluster/control-plane.ts'
import { measure, outcomes, realPlan } from './measuring.ts'
import { testCase } from './test-case-example.ts'
import { withCluster } from './with-cluster.ts'

// Nodes that cannot be used, pods without memory, and tools that say anything.

let cluster: ControlPlane
withCluster({ realNodes: 2 }, (started) => {
  cluster = started
})

test('nodes that are all tainted: said with the way out, before anything is made', async () => {
  await cluster.kubectl(['taint', 'nodes', '--all', 'dedicated=db:NoSchedule'])
  try {
    await expect(measure(cluster.kubeconfig, realPlan())).rejects.toMatchObject({
      message:
        'none of the 2 nodes can be used: node-a has the taint dedicated:NoSchedule, node-b has the taint dedicated:NoSchedule',
      advice: ['--toleration dedicated'],
    })
    const tolerations = [{ key: 'dedicated', operator: 'Exists' as const }]
    const run = await measure(cluster.kubeconfig, realPlan({ pods: { tolerations } }))
    expect(outcomes(run.samples)).toEqual(['0/0/0 measured'])
  } finally {
    await cluster.kubectl(['taint', 'nodes', '--all', 'dedicated-'])
  }
})

test('what a tool says instead of figures is a reason, never a figure', async () => {
  // One for each number of streams.
  const sayings = [
    ['echo', 'Segmentation fault, no, not really'],
    ['true'],
    ['echo', '{"start":{},"intervals":[],"end":{},"error":"unable to receive results"}'],
    ['sh', '-c', 'kill -9 $$'],
  ]
  const odd: Engine = {
    ...iperf3,
    clientCommand(request) {
      const saying = sayings[request.test.streams - 1]
      // The last asks for a second where three were wanted.
      return saying ?? iperf3.clientCommand({ ...request, timing: { durationSeconds: 1, warmupSeconds: 0 } })
    },
  }
  const tests = Array.from({ length: sayings.length + 1 }, (_, index) => testCase({ streams: index + 1 }))
  const timing = { durationSeconds: 3, warmupSeconds: 0 }
  const run = await measure(cluster.kubeconfig, realPlan({ engines: new Map([['iperf3', odd]]), tests, timing }))
  expect(run.failure).toBeUndefined()
  expect(outcomes(run.samples)).toEqual([
    expect.stringMatching(/^0\/0\/0 UnknownOutput: .* printed “Segmentation fault, no, not really”$/),
    expect.stringMatching(/^1\/0\/0 UnknownOutput: .* printed nothing$/),
    expect.stringMatching(/^2\/0\/0 ToolFailed: .*unable to receive results$/),
    expect.stringMatching(/^3\/0\/0 ToolFailed: .*exit code 137/),
    // On a busy machine it names the nodes that were.
    expect.stringMatching(
      /^4\/0\/0 ShortMeasurement: .* of 3\.00 seconds([;,] node \S+ of the (client|server) was \S+ busy)*$/,
    ),
  ])
})

test('a server that a memory limit kills', async () => {
  await cluster.kubectl(['create', 'namespace', 'small'])
  const limits = [{ type: 'Container', default: { memory: '64Mi' }, defaultRequest: { memory: '16Mi' } }]
  const limitRange = { apiVersion: 'v1', kind: 'LimitRange', metadata: { name: 'memory' }, spec: { limits } }
  await cluster.kubectl(['apply', '-n', 'small', '-f', '-'], { stdin: JSON.stringify(limitRange) })
  // Without a shell for the plugin, the container's first process is what becomes greedy.
  const hungry: Engine = {
    ...iperf3,
    hasShell: false,
    serverCommand: (port) => [
      'sh',
      '-c',
      `iperf3 -s -p ${port} & until [ -e /tmp/eat ]; do sleep 0.1; done; exec tail /dev/zero`,
    ],
  }
  let eating: Promise<unknown> | undefined
  const plan = realPlan({
    scope: existingNamespace(newRunId(), 'small'),
    engines: new Map([['iperf3', hungry]]),
    // It ends with the server.
    timing: { durationSeconds: 60, warmupSeconds: 0 },
  })
  const run = await measure(cluster.kubeconfig, plan, {
    onProgress({ traffic }) {
      if (traffic !== undefined) eating ??= eat()
    },
  })
  await eating
  expect(run.failure).toBeUndefined()
  expect(outcomes(run.samples)).toEqual([
    expect.stringMatching(
      /^0\/0\/0 PodGone: server pod \S+ on node-[ab] was killed: .* was out of memory \(OOMKilled\)$/,
    ),
  ])

  async function eat(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 500))
    const names = await cluster.kubectl(['get', 'pods', '-n', 'small', '-o', 'name'])
    const server = names.split('\n').find((name) => name.includes('server')) ?? ''
    await cluster.kubectl(['exec', '-n', 'small', server, '--', 'touch', '/tmp/eat'])
  }
})
