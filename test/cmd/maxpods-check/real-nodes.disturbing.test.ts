import { execFile } from 'node:child_process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type MaxPodsDetails, maxPodsDetails } from '../../../lib/record/details/maxpods-details.ts'
import { type ControlPlane, startControlPlane } from '../../cluster/control-plane.ts'
import { recordOf, runCommandLine } from '../run-command-line.ts'

// Real kubelets, one with maxPods 20, beside fake nodes: against what kubectl and jq say, and by filling a node.

let cluster: ControlPlane & AsyncDisposable
beforeAll(async () => {
  cluster = await startControlPlane({ realNodes: 2, kwokNodes: 3, maxPods: { 'node-b': 20 } })
})
afterAll(() => cluster[Symbol.asyncDispose]())

const run = (...argv: string[]) => runCommandLine(cluster.kubeconfig, ['maxpods-check', ...argv])

async function details(...argv: string[]): Promise<MaxPodsDetails> {
  const found = maxPodsDetails(recordOf(await run('-o', 'json', ...argv)))
  if (found === undefined) throw new Error('no details')
  return found
}

interface Row {
  node: string
  allocatable: number
  running: number
  cpuMillis: number
}

/** The same by kubectl and jq, which know nothing of this program. */
async function byHand(): Promise<Row[]> {
  const nodes = await cluster.kubectl(['get', 'nodes', '-o', 'json'])
  const pods = await cluster.kubectl(['get', 'pods', '-A', '-o', 'json'])
  const program = `
    def millis: if . == null then 0 elif endswith("m") then (.[:-1] | tonumber) else (tonumber * 1000) end;
    .[0].items as $nodes | .[1].items as $pods
    | [ $nodes[] | .metadata.name as $node
        | [ $pods[] | select(.spec.nodeName == $node and .status.phase != "Succeeded" and .status.phase != "Failed") ] as $own
        | { node: $node,
            allocatable: (.status.allocatable.pods | tonumber),
            running: ($own | length),
            cpuMillis: ([ $own[].spec.containers[].resources.requests.cpu | millis ] | add // 0) } ]
    | sort_by(.node)`
  return JSON.parse(await jq(program, `${nodes}\n${pods}`)) as Row[]
}

function jq(program: string, input: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile('jq', ['-s', '-c', program], { maxBuffer: 64 << 20 }, (error, stdout) =>
      error === null ? resolve(stdout) : reject(new Error(error.message)),
    )
    child.stdin?.end(input)
  })
}

const rowsOf = ({ nodes }: MaxPodsDetails): Row[] =>
  nodes.map(({ node, allocatablePods = 0, running, cpu }) => ({
    node,
    allocatable: allocatablePods,
    running,
    cpuMillis: Math.round(cpu.requested * 1000),
  }))

const web = (name: string, replicas: number, spec: object) =>
  JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          terminationGracePeriodSeconds: 0,
          containers: [
            {
              name: 'main',
              image: 'registry.k8s.io/pause:3.10',
              resources: { requests: { cpu: '7m', memory: '3Mi' } },
            },
          ],
          ...spec,
        },
      },
    },
  })

const onNode = (node: string) => ({ nodeSelector: { 'kubernetes.io/hostname': node } })
const tolerant = { tolerations: [{ operator: 'Exists' }] }

async function apply(manifest: string): Promise<void> {
  await cluster.kubectl(['apply', '-f', '-'], { stdin: manifest })
}

async function gone(...deployments: string[]): Promise<void> {
  await cluster.kubectl(['delete', 'deployment', ...deployments, '--wait', '--cascade=foreground'], {
    timeoutMs: 120_000,
  })
  await cluster.kubectl(['wait', 'pods', '--all', '--for=delete', '--timeout=120s'], { timeoutMs: 130_000 })
}

test('the table is what kubectl and jq add up, on real and on fake nodes', async () => {
  await apply(web('spread', 40, tolerant))
  try {
    await cluster.kubectl(['rollout', 'status', 'deployment/spread', '--timeout=120s'], { timeoutMs: 130_000 })
    const found = await details()
    expect(rowsOf(found)).toEqual(await byHand())
    expect(found.cluster).toMatchObject({ nodes: 5, allocatable: 460, running: 40, free: 420 })
    const [a, b] = ['node-a', 'node-b'].map((name) => found.nodes.find(({ node }) => node === name))
    expect(a).toMatchObject({ maximum: 110, limitedBy: 'kubelet maxPods', kubelet: { source: 'configz' } })
    expect(b).toMatchObject({ maximum: 20, limitedBy: 'kubelet maxPods', kubelet: { settings: { maxPods: 20 } } })
    expect(b?.addresses).toMatchObject({ ipam: 'host-local', usable: 253, used: b?.running })
  } finally {
    await gone('spread')
  }
}, 300_000)

test('pods that are too many are explained with the limit and its node', async () => {
  await apply(web('many', 27, onNode('node-b')))
  try {
    const pending = ['get', 'pods', '--field-selector', 'spec.nodeName=', '-o', 'name']
    await expect
      .poll(async () => (await cluster.kubectl(pending)).trim().split('\n').length, { timeout: 60_000 })
      .toBe(7)
    const counted = async () => (await details('node-b')).pending.map(({ reason, count }) => `${count} ${reason}`)
    await expect.poll(counted, { timeout: 30_000 }).toEqual(['7 Too many pods'])
    const { pending: groups, nodes } = await details('node-b')
    expect(groups[0]?.explanation).toMatch(/^full: node-b \(kubelet maxPods 20\); the scheduler: /)
    expect(nodes[0]).toMatchObject({ running: 20, free: 0 })
    // What density advises for these pods, and what it leads to.
    const { stdout } = await run('--pods', '150', '-q')
    expect(stdout).toContain('7   Too many pods')
    expect(stdout).toContain('150 pods without requests do not fit: there is room for 110.')
  } finally {
    await gone('many')
  }
}, 300_000)

test('--verify proves the figure of the small node, and nothing is left', async () => {
  const ended = await run('node-b', '--verify', '-o', 'json')
  const record = recordOf(ended)
  expect(ended.exitCode, ended.stderr).toBe(0)
  expect(maxPodsDetails(record)?.verification).toEqual({
    node: 'node-b',
    maximum: 20,
    before: 0,
    created: 20,
    ready: 20,
    running: 20,
    further: 'refused: Too many pods',
    proven: true,
  })
  expect(
    await cluster.kubectl(['get', 'namespaces', '-l', 'app.kubernetes.io/managed-by=kubectl-perf', '-o', 'name']),
  ).toBe('')
}, 300_000)

test('a node that is partly full is filled with what is missing', async () => {
  await apply(web('some', 15, onNode('node-b')))
  try {
    await cluster.kubectl(['rollout', 'status', 'deployment/some', '--timeout=120s'], { timeoutMs: 130_000 })
    const verified = (await details('node-b', '--verify')).verification
    expect(verified).toMatchObject({ before: 15, created: 5, ready: 5, running: 20, proven: true })
  } finally {
    await gone('some')
  }
}, 300_000)

test('--verify pushes nobody out: a node with pods of a lower priority is left alone', async () => {
  const low = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'low' }, value: -10 }
  await apply(JSON.stringify(low))
  await apply(web('lowly', 3, { ...onNode('node-b'), priorityClassName: 'low' }))
  try {
    await cluster.kubectl(['rollout', 'status', 'deployment/lowly', '--timeout=120s'], { timeoutMs: 130_000 })
    const names = () => cluster.kubectl(['get', 'pods', '-l', 'app=lowly', '-o', 'name'])
    const before = await names()
    const { exitCode, stdout } = await run('node-b', '--verify')
    expect(exitCode).toBe(1)
    expect(stdout).toMatch(
      /node node-b runs pod default\/lowly-\S+ of priority -10, which the scheduler would remove for one of priority 0 too many\. Nothing left behind\.$/m,
    )
    expect(await names()).toBe(before)
  } finally {
    await gone('lowly')
  }
}, 300_000)

test('Ctrl-C while it fills a node cleans up', async () => {
  const stop = new AbortController()
  const { Interruption } = await import('../../../cmd/signals.ts')
  const ended = runCommandLine(cluster.kubeconfig, ['maxpods-check', 'node-a', '--verify'], stop.signal)
  const ours = ['get', 'pods', '-A', '-l', 'app.kubernetes.io/managed-by=kubectl-perf', '-o', 'name']
  await expect.poll(async () => (await cluster.kubectl(ours)).length, { timeout: 60_000 }).toBeGreaterThan(0)
  stop.abort(new Interruption('SIGINT'))
  const { exitCode, stdout } = await ended
  expect(exitCode).toBe(130)
  expect(stdout).toContain('ABORTED')
  expect(stdout).toContain('Nothing left behind.')
  expect(await cluster.kubectl(ours)).toBe('')
}, 300_000)

test('a kubelet that is stopped is told as not heard, and the figures stand', async () => {
  await cluster.signal('node-a/kubelet', 'SIGSTOP')
  try {
    const found = await details('node-a', 'node-b')
    expect(found.missing).toContainEqual({
      what: 'settings of the kubelet of node-a',
      why: 'its kubelet does not answer within 3s',
      tells: 'podsPerCore, podPidsLimit, reservations, image pulls',
    })
    expect(found.nodes.map(({ allocatablePods, kubelet }) => [allocatablePods, kubelet?.source])).toEqual([
      [110, undefined],
      [20, 'configz'],
    ])
  } finally {
    await cluster.signal('node-a/kubelet', 'SIGCONT')
  }
}, 120_000)

const RIGHTS = new URL('../../../docs/rbac/maxpods-check.yaml', import.meta.url).pathname

/** @param right one of those that it gives: the API server learns of bindings a moment later */
async function bind(kind: 'clusterrole' | 'role', name: string, user: string, right: string): Promise<void> {
  const place = kind === 'role' ? ['-n', 'kube-system'] : []
  await cluster.kubectl([
    'create',
    `${kind}binding`,
    `${name}-${user}`,
    `--${kind}=${name}`,
    `--user=${user}`,
    ...place,
  ])
  const mayI = ['auth', 'can-i', ...right.split(' '), '--as', user, ...place]
  await expect.poll(async () => (await cluster.tryKubectl(mayI)).stdout.trim(), { timeout: 60_000 }).toBe('yes')
}

async function as(kubeconfig: string, ...argv: string[]): Promise<MaxPodsDetails> {
  const ended = await runCommandLine(kubeconfig, ['maxpods-check', '-o', 'json', ...argv])
  const found = maxPodsDetails(recordOf(ended))
  if (found === undefined) throw new Error(ended.stderr)
  return found
}

test('the right to list nodes and pods is enough; with the documented rights nothing is missing', async () => {
  await cluster.kubectl(['create', 'clusterrole', 'lists', '--verb=list', '--resource=nodes,pods'])
  const lister = await cluster.createUser('lister')
  await bind('clusterrole', 'lists', 'lister', 'list nodes')
  const little = await as(lister)
  expect(little.cluster).toMatchObject({ nodes: 5, allocatable: 460 })
  expect(little.missing.map(({ why }) => why)).toEqual([
    'forbidden: get nodes/proxy',
    'forbidden: list csinodes.storage.k8s.io',
    ...Array.from({ length: 3 }, () => 'forbidden: get configmaps in kube-system'),
  ])
  const reader = await cluster.createUser('reader')
  await cluster.kubectl(['apply', '-f', RIGHTS])
  await bind('clusterrole', 'perf-maxpods-check', 'reader', 'list csinodes.storage.k8s.io')
  await bind('clusterrole', 'perf-maxpods-check-kubelets', 'reader', 'get nodes --subresource=proxy')
  await bind('role', 'perf-maxpods-check', 'reader', 'get configmaps/kubelet-config')
  const all = await as(reader)
  expect(all.missing).toEqual([])
  expect(all.nodes.find(({ node }) => node === 'node-b')?.kubelet?.source).toBe('configz')
  const refused = await runCommandLine(reader, ['maxpods-check', 'node-b', '--verify'])
  expect(refused).toMatchObject({ exitCode: 1, stdout: '' })
  expect(refused.stderr).toContain('missing: create,patch,delete,list,watch namespaces, create,watch pods')
  await bind('clusterrole', 'perf-maxpods-check-verify', 'reader', 'create namespaces')
  expect((await as(reader, 'node-b', '--verify')).verification?.proven).toBe(true)
}, 300_000)
