import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, type KubeClient } from '../../../lib/kube/client.ts'
import { sampleNodeUsage } from '../../../lib/workload/nodes/node-usage-sampler.ts'
import { type ControlPlane, startControlPlane } from '../../cluster/control-plane.ts'
import { recordOf, runCommandLine } from '../../cmd/run-command-line.ts'

// A cluster whose metrics.k8s.io answers: metrics-server asks the kubelet of the one real node every 10 s.

const live = new AbortController().signal

let cluster: ControlPlane & AsyncDisposable
let client: KubeClient

beforeAll(async () => {
  cluster = await startControlPlane({ realNodes: 1, kwokNodes: 2, metricsServer: true })
  client = await connect(
    { kubeconfig: cluster.kubeconfig, connections: 2 },
    { variables: {}, homeDirectory: cluster.folder, workingDirectory: cluster.folder },
  )
})
afterAll(async () => {
  await client?.[Symbol.asyncDispose]()
  await cluster?.[Symbol.asyncDispose]()
})

/** CPU in cores and memory in bytes that kubectl reads there now. */
async function readByKubectl(): Promise<readonly number[]> {
  const { usage } = JSON.parse(
    await cluster.kubectl(['get', '--raw', '/apis/metrics.k8s.io/v1beta1/nodes/node-a']),
  ) as { usage: { cpu: string; memory: string } }
  const [, nanoCores = ''] = /^(\d+)n$/.exec(usage.cpu) ?? []
  const [, kibibytes = ''] = /^(\d+)Ki$/.exec(usage.memory) ?? []
  return [Number(nanoCores) / 1e9, Number(kibibytes) * 1024]
}

test('the figures are those that kubectl reads there; fake nodes have none', async () => {
  const sampler = await sampleNodeUsage(client, live, { intervalMs: 1000 })
  // New figures come every 10 s: one of those that kubectl sees until after the reading is the reading's.
  const seen: (readonly number[])[] = []
  const look = async () => {
    const now = await readByKubectl()
    if (seen.at(-1)?.join() !== now.join()) seen.push(now)
  }
  await look()
  // The CPU of the second new measurement is of this time alone.
  const enough = seen.length + 2
  await expect.poll(async () => look().then(() => seen.length), { timeout: 120_000 }).toBeGreaterThanOrEqual(enough)
  const { metrics, findings } = await sampler.read(AbortSignal.timeout(90_000))
  await look()
  const after = metrics.filter(({ labels }) => labels.when === 'after')
  expect(after.map(({ name, labels, source }) => [name, labels.node, source])).toEqual([
    ['node_cpu_usage', 'node-a', 'metrics-api'],
    ['node_memory_usage', 'node-a', 'metrics-api'],
  ])
  expect(seen).toContainEqual(after.map(({ statistics }) => statistics.value))
  expect(findings).toMatchObject([
    { code: 'NodeUsageUnknown', message: expect.stringContaining('metrics.k8s.io has none'), count: 2 },
  ])
  // A third way to the same figure: the kubelet's own, without metrics-server.
  const path = '/api/v1/nodes/node-a/proxy/stats/summary'
  const { node } = JSON.parse(await cluster.kubectl(['get', '--raw', path])) as {
    node: { memory: { workingSetBytes: number } }
  }
  expect(Math.abs((after[1]?.statistics.value ?? 0) / node.memory.workingSetBytes - 1)).toBeLessThan(0.25)
})

test('density says that its figures are from metrics.k8s.io', async () => {
  const ended = await runCommandLine(cluster.kubeconfig, ['density', '--iterations', '3', '-o', 'json'])
  expect(ended.exitCode, ended.stderr).toBe(0)
  const usage = recordOf(ended).metrics.filter(({ name }) => name === 'node_cpu_usage')
  expect(new Set(usage.map(({ labels, source }) => `${labels.when} ${labels.node} ${source}`))).toContain(
    'before node-a metrics-api',
  )
})

test('metrics-server goes away amid a run: the run has no figures after that, the next one asks the kubelets', async () => {
  const sampler = await sampleNodeUsage(client, live, { intervalMs: 1000 })
  await cluster.kubectl(['-n', 'kube-system', 'scale', 'deployment', 'metrics-server', '--replicas=0'])
  const answer = () => client.request({ method: 'GET', path: '/apis/metrics.k8s.io/v1beta1/nodes', retry: false })
  await expect.poll(() => answer().then(() => '', String), { timeout: 60_000 }).toMatch(/unable to handle the request/)
  const { metrics, findings } = await sampler.read()
  expect(metrics.filter(({ labels }) => labels.when === 'after')).toEqual([])
  expect(metrics.filter(({ labels }) => labels.when === 'before')).not.toEqual([])
  expect(findings).toMatchObject([
    {
      code: 'NodeUsageUnknown',
      message: expect.stringMatching(
        /^CPU and memory of the nodes after the load are not known: .*(unavailable|unable to handle the request)/,
      ),
    },
  ])
  const next = await sampleNodeUsage(client, live)
  const { metrics: again } = await next.read()
  expect(new Set(again.map(({ source }) => source))).toEqual(new Set(['kubelet']))
})
