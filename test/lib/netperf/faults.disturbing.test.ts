import { describe, expect, test } from 'vitest'
import { PerfError } from '../../../lib/errors/perf-error.ts'
import type { Engine } from '../../../lib/netperf/engines/engine.ts'
import type { NetperfHost } from '../../../lib/netperf/netperf-run.ts'
import { newRunId } from '../../../lib/run/ownership.ts'
import { existingNamespace, namespaceFor } from '../../../lib/run/run-scope.ts'
import type { ControlPlane } from '../../cluster/control-plane.ts'
import { measure, outcomes, realEngines, realPlan } from './measuring.ts'
import { testCase } from './test-case-example.ts'
import { withCluster } from './with-cluster.ts'

// What goes wrong in clusters: each fault has its name, the other pairs go on, and nothing is left.

let cluster: ControlPlane
withCluster({ realNodes: 2 }, (started) => {
  cluster = started
})

/** Does something as soon as the traffic of a sample flows. */
function whenTrafficFlows(
  sample: number,
  work: () => Promise<unknown>,
): Pick<NetperfHost, 'onProgress'> & { done: () => Promise<unknown> } {
  let begun: Promise<unknown> | undefined
  return {
    onProgress({ traffic }) {
      if (traffic?.sample === sample) begun ??= untilClientsRun(traffic.pairs).then(work)
    },
    done: async () => begun,
  }
}

/** On a busy machine they begin long after their commands were sent, and what breaks before that is tried once more. */
async function untilClientsRun(clients: number): Promise<void> {
  const iperf3Clients = String.raw`grep -lsaP '^iperf3\x00-c\x00' /proc/[0-9]*/cmdline`
  const running = async (node: string) => {
    const { stdout } = await cluster.runOnNode(node, ['sh', '-c', iperf3Clients])
    return stdout.split('\n').filter((line) => line !== '').length
  }
  const all = async () => (await running('node-a')) + (await running('node-b'))
  await expect.poll(all, { timeout: 60_000, interval: 50 }).toBeGreaterThanOrEqual(clients)
}

/** What is done meanwhile takes a second or two, on a busy machine more. */
const longTraffic = { durationSeconds: 6, warmupSeconds: 0 }
const twoPairs = { kind: 'ratio', clients: 2, servers: 2 } as const

describe('before the traffic', () => {
  test('an image that cannot be pulled ends the run at once, with what to do', async () => {
    const images = new Map([['iperf3', 'no.such.registry/tools:1'] as const])
    const run = await measure(cluster.kubeconfig, realPlan({ pods: { images } }))
    expect(run.failure).toBeInstanceOf(PerfError)
    expect(String(run.failure)).toMatch(
      /^PerfError: pod other-node-(client|server)-0 on node node-[ab] is not ready: (ErrImagePull|ImagePullBackOff): /,
    )
    expect((run.failure as PerfError).advice.join()).toMatch(/--image, .*--image-registry, .*--image-pull-secret/)
    expect(run.samples).toEqual([])
  })

  test('an image without the engine', async () => {
    const images = new Map([['iperf3', 'docker.io/library/busybox:latest'] as const])
    const run = await measure(cluster.kubeconfig, realPlan({ pods: { images } }))
    expect(String(run.failure)).toBe('MissingEngine: image docker.io/library/busybox:latest has no iperf3')
  })

  test('a server that never listens', async () => {
    const [iperf3] = realEngines.values()
    if (iperf3 === undefined) throw new Error('no iperf3')
    const engines = new Map([['iperf3' as const, { ...iperf3, serverCommand: () => ['sleep', '600'] }]])
    const run = await measure(cluster.kubeconfig, realPlan({ engines }))
    expect(String(run.failure)).toMatch(
      /^PerfError: the iperf3 server in pod other-node-server-0 on node-[ab] does not listen on port 5201$/,
    )
  })

  test('a firewall between the nodes: both ends are named, and the other pair is measured', async () => {
    await cluster.shapeLink('node-b', { blockedPorts: ['tcp/5203'] })
    const plan = realPlan({ arrangement: { kind: 'ratio', clients: 2, servers: 1 }, samples: 3 })
    const run = await measure(cluster.kubeconfig, plan)
    const { client, server } = run.pairs[1] ?? {}
    const fault = `ConnectionTimedOut: client pod other-node-client-1 on ${client?.node} cannot reach server ${server?.addresses[0]}:5203 on ${server?.node}: connection timed out; a NetworkPolicy or firewall?`
    expect(outcomes(run.samples)).toEqual(
      [0, 1, 2].flatMap((sample) => [`0/${sample}/0 measured`, `0/${sample}/1 ${fault}`]),
    )
  })

  test('a test without a single pair is given up after two samples, the others go on', async () => {
    await cluster.shapeLink('node-b', { blockedPorts: ['tcp/5201'] })
    const tests = [testCase(), testCase({ placement: 'same-node' })]
    const run = await measure(cluster.kubeconfig, realPlan({ tests, samples: 3 }))
    expect(outcomes(run.samples).map((outcome) => outcome.replace(/:.*/, ''))).toEqual([
      '0/0/0 ConnectionTimedOut',
      '0/1/0 ConnectionTimedOut',
      '1/0/1 measured',
      '1/1/1 measured',
      '1/2/1 measured',
    ])
    const message = '1 of 2 tests was given up after 2 samples without a figure'
    expect(run.findings).toMatchObject([{ code: 'SamplesSkipped', message }])
  })
})

describe('amid the traffic', () => {
  test('a pod is evicted: it is said, and the other pair goes on', async () => {
    const plan = realPlan({ arrangement: twoPairs, timing: longTraffic, samples: 2 })
    const namespace = namespaceFor(plan.scope, 0)
    const eviction = JSON.stringify({
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: 'other-node-server-0', namespace },
    })
    const path = `/api/v1/namespaces/${namespace}/pods/other-node-server-0/eviction`
    const disturbance = whenTrafficFlows(0, () =>
      cluster.kubectl(['create', '--raw', path, '-f', '-'], { stdin: eviction }),
    )
    const run = await measure(cluster.kubeconfig, plan, disturbance)
    await disturbance.done()
    const node = run.pairs[0]?.server.node
    expect(outcomes(run.samples)).toEqual([
      expect.stringMatching(
        new RegExp(`^0/0/0 PodGone: server pod other-node-server-0 on ${node} was evicted: Eviction API: evicting$`),
      ),
      '0/0/1 measured',
      expect.stringMatching(/^0\/1\/0 PodGone: server pod other-node-server-0 on /),
      '0/1/1 measured',
    ])
  })

  test('a container is killed', async () => {
    const plan = realPlan({ arrangement: twoPairs, timing: longTraffic })
    const namespace = namespaceFor(plan.scope, 0)
    const disturbance = whenTrafficFlows(0, async () => {
      const get = (field: string) =>
        cluster.kubectl(['get', 'pod', 'other-node-client-1', '-n', namespace, '-o', `jsonpath=${field}`])
      const id = (await get('{.status.containerStatuses[0].containerID}')).replace('containerd://', '')
      const killed = await cluster.runOnNode(await get('{.spec.nodeName}'), [
        'ctr',
        '-n',
        'k8s.io',
        'tasks',
        'kill',
        '-s',
        'SIGKILL',
        id,
      ])
      expect(killed).toMatchObject({ exitCode: 0 })
    })
    const run = await measure(cluster.kubeconfig, plan, disturbance)
    await disturbance.done()
    expect(outcomes(run.samples)).toEqual([
      '0/0/0 measured',
      expect.stringMatching(
        /^0\/0\/1 PodGone: client pod other-node-client-1 on node-[ab] lost its container iperf3: Error, exit code 137$/,
      ),
    ])
  })

  test('the exec connections are cut: the sample fails with that reason, the next one is measured', async () => {
    const disturbance = whenTrafficFlows(0, () => cluster.restartApiServer())
    const run = await measure(cluster.kubeconfig, realPlan({ timing: longTraffic, samples: 2 }), disturbance)
    await disturbance.done()
    expect(outcomes(run.samples)).toEqual([expect.stringMatching(/^0\/0\/0 ExecFailed: /), '0/1/0 measured'])
    expect(run.failure).toBeUndefined()
  })

  test('a kubelet goes away, and comes back', async () => {
    const disturbance = whenTrafficFlows(0, async () => {
      await cluster.stop('node-b/kubelet')
      await cluster.start('node-b/kubelet')
    })
    const plan = realPlan({ arrangement: twoPairs, timing: longTraffic })
    const run = await measure(cluster.kubeconfig, plan, disturbance)
    await disturbance.done()
    const broken = run.pairs.findIndex(({ client }) => client.node === 'node-b')
    expect(outcomes(run.samples).map((outcome) => outcome.replace(/:.*/, ''))).toEqual(
      [0, 1].map((pair) => `0/0/${pair} ${pair === broken ? 'ExecFailed' : 'measured'}`),
    )
  })

  test('a server that is busy with somebody else is tried once more', async () => {
    const [iperf3] = realEngines.values()
    if (iperf3 === undefined) throw new Error('no iperf3')
    const occupied: Engine = {
      ...iperf3,
      clientCommand(request) {
        const { address, port } = request.target
        // The first time another client is there before it, for a second.
        const script = `[ -e /tmp/once ] || { touch /tmp/once; iperf3 -c ${address} -p ${port} -t 1 >/dev/null & sleep 0.3; }; exec "$@"`
        return ['sh', '-c', script, 'sh', ...iperf3.clientCommand(request)]
      },
    }
    const run = await measure(cluster.kubeconfig, realPlan({ engines: new Map([['iperf3', occupied]]) }))
    expect(outcomes(run.samples)).toEqual(['0/0/0 measured'])
    // Of the try that counts.
    expect(run.startSpreads).toHaveLength(1)
  })

  test('the user stops the run: what is known stays, all is removed', async () => {
    const user = new AbortController()
    const disturbance = whenTrafficFlows(1, async () => user.abort(new Error('stopped by the user')))
    const plan = realPlan({ timing: longTraffic, samples: 3 })
    const run = await measure(cluster.kubeconfig, plan, { ...disturbance, signal: user.signal })
    expect(outcomes(run.samples)).toEqual(['0/0/0 measured'])
    expect(String(run.failure)).toBe('Error: stopped by the user')
    expect(run.leftBehind).toEqual([])
  })
})

test('rights in one namespace that enforces the restricted profile are enough', async () => {
  const namespace = 'guests'
  const kubeconfig = await cluster.createUser('guest')
  await cluster.kubectl(['create', 'namespace', namespace])
  await cluster.kubectl(['label', 'namespace', namespace, 'pod-security.kubernetes.io/enforce=restricted'])
  const rules = [
    ['pods', 'create,list,watch,deletecollection'],
    ['pods/exec', 'create,get'],
    ['services', 'create,get,patch,list,watch,deletecollection'],
    ['configmaps', 'create,patch,delete'],
  ]
  for (const [index, [resource = '', verbs = '']] of rules.entries()) {
    await cluster.kubectl([
      'create',
      'role',
      `rule-${index}`,
      '-n',
      namespace,
      `--verb=${verbs}`,
      `--resource=${resource}`,
    ])
    await cluster.kubectl([
      'create',
      'rolebinding',
      `rule-${index}`,
      '-n',
      namespace,
      `--role=rule-${index}`,
      '--user=guest',
    ])
  }
  const tests = [testCase(), testCase({ path: 'nodeport' })]
  const run = await measure(kubeconfig, realPlan({ scope: existingNamespace(newRunId(), namespace), tests }))
  expect(run.failure).toBeUndefined()
  expect(outcomes(run.samples)).toEqual(['0/0/0 measured', '1/0/0 measured'])
  expect(run.leftBehind).toEqual([])
  const left = await cluster.kubectl(['get', 'pods,services,configmaps', '-n', namespace, '-o', 'name'])
  expect(left.trim()).toBe('configmap/kube-root-ca.crt')
})
