import { spawn } from 'node:child_process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ControlPlane, startControlPlane } from '../control-plane.ts'
import { addressPrefixes, machineState, noTraces, traces } from './traces.ts'

interface NodeFacts {
  metadata: { name: string }
  spec: { taints?: { key: string }[] }
  status: {
    allocatable: { pods: string }
    conditions: { type: string; status: string }[]
    nodeInfo: { kubeletVersion: string }
  }
}

let before: ReturnType<typeof machineState>
let cluster: ControlPlane & AsyncDisposable

beforeAll(async () => {
  before = machineState()
  cluster = await startControlPlane({ realNodes: 2, kwokNodes: 1, maxPods: { 'node-b': 3 } })
})
afterAll(() => cluster?.[Symbol.asyncDispose]())

const podField = (name: string, path: string) => cluster.kubectl(['get', 'pod', name, '-o', `jsonpath={${path}}`])
const patiently = { timeout: 60_000, interval: 200 }

async function runPod(name: string, image: string, node: string, ...args: string[]): Promise<void> {
  const overrides = JSON.stringify({ spec: { nodeName: node, terminationGracePeriodSeconds: 1 } })
  await cluster.kubectl(['run', name, `--image=${image}`, '--restart=Never', `--overrides=${overrides}`, ...args])
}

test('two real nodes of the pinned version are Ready, and the fake one is tainted', async () => {
  const nodes: NodeFacts[] = JSON.parse(await cluster.kubectl(['get', 'nodes', '-o', 'json'])).items
  const facts = nodes.map((node: NodeFacts) => [
    node.metadata.name,
    node.status.nodeInfo.kubeletVersion,
    node.status.conditions.find(({ type }) => type === 'Ready')?.status,
    node.status.allocatable.pods,
    node.spec.taints?.map(({ key }) => key),
  ])
  expect(facts).toEqual([
    ['kwok-0000', expect.stringMatching(/^kwok-v?0\.8\.0$/), 'True', '110', ['kwok.x-k8s.io/node']],
    ['node-a', 'v1.34.4', 'True', '110', undefined],
    ['node-b', 'v1.34.4', 'True', '3', undefined],
  ])
})

test('a pod runs an image that was pulled, and exec, logs and exit codes are real', async () => {
  const images = ['ctr', '--namespace', 'k8s.io', 'images', 'ls', '-q']
  expect((await cluster.runOnNode('node-a', images)).stdout).not.toContain('busybox')
  await runPod('shell', 'busybox:1.35', 'node-a', '--command', '--', 'sh', '-c', 'echo said; sleep 600')
  await expect.poll(() => podField('shell', '.status.phase'), patiently).toBe('Running')
  expect((await cluster.runOnNode('node-a', images)).stdout).toContain('docker.io/library/busybox:1.35')
  const messages = await cluster.kubectl([
    'get',
    'events',
    '--field-selector=involvedObject.name=shell',
    '-o',
    'name',
    '-o',
    'jsonpath={.items[*].message}',
  ])
  expect(messages).toMatch(/Successfully pulled image "busybox:1.35" in \d+/)
  expect(await cluster.kubectl(['exec', 'shell', '--', 'hostname'])).toBe('shell\n')
  expect(await cluster.kubectl(['exec', '-i', 'shell', '--', 'cat'], { stdin: 'through stdin' })).toBe('through stdin')
  expect((await cluster.tryKubectl(['exec', 'shell', '--', 'sh', '-c', 'exit 7'])).exitCode).toBe(7)
  expect(await cluster.kubectl(['logs', 'shell'])).toBe('said\n')
})

test('an image that no registry has fails as it does anywhere', async () => {
  await runPod('unknown', 'quay.io/nobody/nothing:v1', 'node-b')
  const reason = () => podField('unknown', '.status.containerStatuses[0].state.waiting.reason')
  await expect.poll(reason, patiently).toMatch(/^(ErrImagePull|ImagePullBackOff)$/)
  const events = ['get', 'events', '--field-selector=involvedObject.name=unknown', '-o', 'jsonpath={.items[*].message}']
  await expect.poll(() => cluster.kubectl(events), patiently).toContain('Back-off pulling image')
  const message = await podField('unknown', '.status.containerStatuses[0].state.waiting.message')
  expect(message).toContain('quay.io/nobody/nothing:v1: not found')
  await cluster.kubectl(['delete', 'pod', 'unknown', '--grace-period=1'])
})

test('an image of the private registry is pulled with credentials, and not without', async () => {
  const image = 'private.example.com/pause:3.10'
  const fields = { nodeName: 'node-a', terminationGracePeriodSeconds: 0 }
  const run = (name: string, spec: object) =>
    cluster.kubectl([
      'run',
      name,
      `--image=${image}`,
      `--overrides=${JSON.stringify({ spec: { ...fields, ...spec } })}`,
    ])
  await run('stranger', {})
  const message = () => podField('stranger', '.status.containerStatuses[0].state.waiting.message')
  await expect.poll(message, patiently).toContain('401 Unauthorized')
  const credentials = ['--docker-username=puller', '--docker-password=let-me-in']
  const secret = ['create', 'secret', 'docker-registry', 'known', '--docker-server=private.example.com']
  await cluster.kubectl([...secret, ...credentials])
  await run('friend', { imagePullSecrets: [{ name: 'known' }] })
  await expect.poll(() => podField('friend', '.status.phase'), patiently).toBe('Running')
  await cluster.kubectl(['delete', 'pod', 'stranger', 'friend'])
})

test('pods reach each other across nodes, Services, and the API server', async () => {
  await runPod('web', 'nginx:alpine', 'node-b', '--labels=app=web')
  await cluster.kubectl(['expose', 'pod', 'web', '--port=80'])
  await expect.poll(() => podField('web', '.status.phase'), patiently).toBe('Running')
  const inShell = (command: string) => cluster.tryKubectl(['exec', 'shell', '--', 'sh', '-c', command])
  const podIp = await podField('web', '.status.podIP')
  expect((await inShell(`wget -qO- http://${podIp}`)).stdout).toBe('<h1>Welcome to nginx!</h1>\n')
  const service = await cluster.kubectl(['get', 'service', 'web', '-o', 'jsonpath={.spec.clusterIP}'])
  await expect
    .poll(async () => (await inShell(`timeout 2 wget -qO- http://${service}`)).stdout, patiently)
    .toBe('<h1>Welcome to nginx!</h1>\n')
  const version = await inShell('wget --no-check-certificate -qO- https://$KUBERNETES_SERVICE_HOST/version')
  expect(JSON.parse(version.stdout).gitVersion).toBe('v1.34.4')
  // Nothing beyond this machine: what is not in the cluster has no route.
  const outside = await inShell('timeout 2 wget -qO- http://203.0.113.1')
  expect(outside.exitCode).not.toBe(0)
})

test('a full node refuses more pods', async () => {
  await cluster.kubectl(['cordon', 'node-a'])
  await cluster.kubectl(['create', 'deployment', 'many', '--image=registry.k8s.io/pause:3.10', '--replicas=4'])
  const pending = [
    'get',
    'pods',
    '-l',
    'app=many',
    '--field-selector=status.phase=Pending',
    '-o',
    'jsonpath={.items[*].status.conditions[0].message}',
  ]
  await expect.poll(() => cluster.kubectl(pending), patiently).toContain('1 Too many pods')
  await cluster.kubectl(['delete', 'deployment', 'many'])
  await cluster.kubectl(['uncordon', 'node-a'])
})

test("a node's kubelet can be stopped and started", async () => {
  const [, first] = await cluster.processIds('node-a/kubelet')
  await cluster.stop('node-a/kubelet')
  expect(await cluster.processIds('node-a/kubelet')).toEqual([])
  expect((await cluster.tryKubectl(['logs', 'shell'])).stderr).toContain('connection refused')
  await cluster.start('node-a/kubelet')
  await expect.poll(async () => (await cluster.tryKubectl(['logs', 'shell'])).stdout, patiently).toBe('said\n')
  expect(await cluster.processIds('node-a/kubelet')).not.toContain(first)
})

test('the nodes change nothing on this machine while they run', () => {
  expect(machineState()).toEqual(before)
})

test('two clusters with real nodes at once have addresses of their own, and end on their own', async () => {
  const other = await startControlPlane({ realNodes: 1 })
  const [ours, theirs] = await Promise.all([addressPrefixes(cluster), addressPrefixes(other)])
  expect(ours.filter((prefix) => theirs.includes(prefix))).toEqual([])
  const seen = await traces(other.name, other.folder, theirs)
  expect(seen).toMatchObject({ files: true, links: [expect.stringMatching(/^kperf\d+@/)] })
  expect(seen.processes.length).toBeGreaterThan(5)
  expect(seen.cgroups.length).toBeGreaterThan(5)
  expect(seen.routes.length).toBeGreaterThanOrEqual(4)
  await other[Symbol.asyncDispose]()
  expect(await traces(other.name, other.folder, theirs)).toEqual(noTraces)
  expect(await cluster.kubectl(['exec', 'shell', '--', 'hostname'])).toBe('shell\n')
})

test('kill -9 of the owner leaves nothing', async () => {
  const module = new URL('../control-plane.ts', import.meta.url).href
  const script = `import { startControlPlane } from '${module}'
    const cluster = await startControlPlane({ realNodes: 1 })
    await cluster.kubectl(['run', 'pod', '--image=registry.k8s.io/pause:3.10'])
    await cluster.kubectl(['wait', '--for=condition=Ready', 'pod/pod', '--timeout=30s'])
    const address = await cluster.kubectl(['get', 'node', 'node-a', '-o', 'jsonpath={.status.addresses[0].address}'])
    console.log(JSON.stringify({ name: cluster.name, folder: cluster.folder, third: Number(address.split('.')[2]) }))
    setInterval(() => {}, 1000)`
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const line = await new Promise<string>((resolve, reject) => {
    owner.stdout.setEncoding('utf8').once('data', resolve)
    owner.once('exit', () => reject(new Error('the owner ended before it was killed')))
  })
  const { name, folder, third } = JSON.parse(line) as { name: string; folder: string; third: number }
  const prefixes = [`198.18.${third}.`, `198.18.${third + 1}.`, `198.19.${third}.`]
  expect((await traces(name, folder, prefixes)).cgroups.length).toBeGreaterThan(5)
  owner.kill('SIGKILL')
  await expect.poll(() => traces(name, folder, prefixes), patiently).toEqual(noTraces)
  expect(machineState()).toEqual(before)
})
