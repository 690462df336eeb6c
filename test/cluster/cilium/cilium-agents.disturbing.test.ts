import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ControlPlane, startControlPlane } from '../control-plane.ts'
import { addressPrefixes, machineState, noTraces, traces } from '../nodes/traces.ts'
import { nodeBpfObjects, survivors } from './bpf-objects.ts'

const patiently = { timeout: 180_000, interval: 200 }
let before: ReturnType<typeof machineState>
let cluster: ControlPlane & AsyncDisposable

beforeAll(async () => {
  before = machineState()
  cluster = await startControlPlane({ ciliumAgents: 2, kwokNodes: 2, ciliumValues: { 'bpf.lbMapMax': '512' } })
})
afterAll(() => cluster?.[Symbol.asyncDispose]())

interface ConntrackEntries {
  readonly value?: number
  readonly labels: Readonly<Record<string, string>>
}

/** The agent's pod on a node. */
async function agent(node: string): Promise<string> {
  const selector = ['-l', 'k8s-app=cilium', `--field-selector=spec.nodeName=${node}`]
  return cluster.kubectl(['get', 'pods', '-n', 'kube-system', ...selector, '-o', 'jsonpath={.items[*].metadata.name}'])
}

async function inAgent(node: string, ...command: string[]): Promise<string> {
  return cluster.kubectl(['exec', '-n', 'kube-system', await agent(node), '-c', 'cilium-agent', '--', ...command])
}

async function runPod(name: string, node: string, image: string, ...args: string[]): Promise<string> {
  const overrides = JSON.stringify({ spec: { nodeName: node, terminationGracePeriodSeconds: 0 } })
  const labels = `--labels=app=${name}`
  await cluster.kubectl([
    'run',
    name,
    `--image=${image}`,
    '--restart=Never',
    labels,
    `--overrides=${overrides}`,
    ...args,
  ])
  await cluster.kubectl(['wait', '--for=condition=Ready', `pod/${name}`, '--timeout=170s'], { timeoutMs: 180_000 })
  return cluster.kubectl(['get', 'pod', name, '-o', 'jsonpath={.status.podIP}'])
}

test('an agent is ready on each real node and on no fake one, and nothing else routes for Services', async () => {
  const numbers = 'jsonpath={.status.desiredNumberScheduled} {.status.numberReady}'
  expect(await cluster.kubectl(['get', 'daemonset', '-n', 'kube-system', 'cilium', '-o', numbers])).toBe('2 2')
  const ready = 'jsonpath={.status.readyReplicas}'
  expect(await cluster.kubectl(['get', 'deployment', '-n', 'kube-system', 'cilium-operator', '-o', ready])).toBe('1')
  expect(await agent('node-a')).toMatch(/^cilium-\w{5}$/)
  expect(await cluster.processIds('node-a/kube-proxy')).toEqual([])
  const nodes = ['get', 'ciliumnodes', '-o', 'jsonpath={.items[*].metadata.name}']
  expect(await cluster.kubectl(nodes)).toBe('node-a node-b')
})

test('exec reaches the real cilium-dbg', async () => {
  const metrics = JSON.parse(await inAgent('node-a', 'cilium-dbg', 'metrics', 'list', '-o', 'json')) as {
    name: string
  }[]
  expect(metrics.map(({ name }) => name)).toContain('cilium_bpf_map_pressure')
  const status = JSON.parse(await inAgent('node-b', 'cilium-dbg', 'status', '-o', 'json'))
  expect(status.cilium).toEqual({ state: 'Ok', msg: '1.15.19 (v1.15.19-unknown)' })
  const failing = ['exec', '-n', 'kube-system', 'ds/cilium', '-c', 'cilium-agent', '--', 'sh', '-c', 'exit 7']
  expect((await cluster.tryKubectl(failing)).exitCode).toBe(7)
})

test('maps have the sizes that the values say', async () => {
  const entries = async (map: string) => {
    const show = ['bpftool', '--json', 'map', 'show', 'pinned', `/sys/fs/bpf/tc/globals/${map}`]
    return JSON.parse((await cluster.runOnNode('node-a', show)).stdout).max_entries
  }
  expect(await entries('cilium_ct4_global')).toBe(1024)
  expect(await entries('cilium_lb4_services_v2')).toBe(512)
})

test('a pod has a CiliumEndpoint, and the operator puts it into a CiliumEndpointSlice', async () => {
  const address = await runPod('shell', 'node-a', 'busybox:1.35', '--command', '--', 'sleep', '600')
  const field = 'jsonpath={.status.state} {.status.networking.addressing[0].ipv4}'
  await expect.poll(() => cluster.kubectl(['get', 'cep', 'shell', '-o', field]), patiently).toBe(`ready ${address}`)
  const slices = ['get', 'ces', '-o', 'jsonpath={.items[*].endpoints[*].name}']
  await expect.poll(() => cluster.kubectl(slices), patiently).toBe('shell')
})

test('pods reach each other across nodes and through a Service, unless a policy forbids it', async () => {
  const address = await runPod('web', 'node-b', 'nginx:alpine')
  await cluster.kubectl(['expose', 'pod', 'web', '--port=80'])
  const service = await cluster.kubectl(['get', 'service', 'web', '-o', 'jsonpath={.spec.clusterIP}'])
  const fetchFrom = async (host: string) =>
    (await cluster.tryKubectl(['exec', 'shell', '--', 'timeout', '2', 'wget', '-qO-', `http://${host}`])).stdout
  const page = '<h1>Welcome to nginx!</h1>\n'
  await expect.poll(() => fetchFrom(address), patiently).toBe(page)
  await expect.poll(() => fetchFrom(service), patiently).toBe(page)
  const policy = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'nobody' },
    spec: { podSelector: { matchLabels: { app: 'web' } }, policyTypes: ['Ingress'] },
  }
  await cluster.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify(policy) })
  await expect.poll(() => fetchFrom(address), patiently).toBe('')
  await cluster.kubectl(['delete', 'networkpolicy', 'nobody'])
  await expect.poll(() => fetchFrom(address), patiently).toBe(page)
})

test('connections are in the maps of the agent, and in its metrics', async () => {
  const service = await cluster.kubectl(['get', 'service', 'web', '-o', 'jsonpath={.spec.clusterIP}'])
  const listed = async () => (await inAgent('node-a', 'cilium-dbg', 'bpf', 'ct', 'list', 'global')).split('\n').length
  const counted = async () => {
    const args = ['metrics', 'list', '-o', 'json', '-p', 'conntrack_gc_entries']
    const metrics: ConntrackEntries[] = JSON.parse(await inAgent('node-a', 'cilium-dbg', ...args))
    return metrics.find(({ labels }) => labels.protocol === 'TCP' && labels.status === 'alive')?.value ?? 0
  }
  expect(await counted()).toBeLessThan(60)
  const hold = `for i in $(seq 60); do (sleep 600 | nc ${service} 80) >/dev/null 2>&1 & done`
  await cluster.kubectl(['exec', 'shell', '--', 'sh', '-c', hold])
  await expect.poll(listed, patiently).toBeGreaterThanOrEqual(60)
  await expect.poll(counted, patiently).toBeGreaterThanOrEqual(60)
})

test('the nodes change nothing on this machine while they run', () => {
  expect(machineState()).toEqual(before)
})

test('nothing is left: no process, mount, cgroup, address, BPF program or map', async () => {
  const prefixes = await addressPrefixes(cluster)
  const objects = await Promise.all(['node-a', 'node-b'].map((node) => nodeBpfObjects(cluster, node)))
  for (const { programs, maps } of objects) {
    expect(programs.length).toBeGreaterThan(10)
    expect(maps.length).toBeGreaterThan(20)
  }
  // The connections between the pods are still open.
  expect((await traces(cluster.name, cluster.folder, prefixes)).processes.length).toBeGreaterThan(5)
  await cluster[Symbol.asyncDispose]()
  for (const node of objects) expect(await survivors(node)).toEqual({ programs: [], maps: [] })
  expect(await traces(cluster.name, cluster.folder, prefixes)).toEqual(noTraces)
  expect(machineState()).toEqual(before)
})
