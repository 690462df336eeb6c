import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, type KubeClient } from '../../../lib/kube/client.ts'
import { observeServer } from '../../../lib/workload/control-plane/server-metrics-observer.ts'
import { sampleNodeUsage } from '../../../lib/workload/nodes/node-usage-sampler.ts'
import { type ControlPlane, startControlPlane } from '../../cluster/control-plane.ts'

const live = new AbortController().signal

let cluster: ControlPlane & AsyncDisposable
let client: KubeClient

beforeAll(async () => {
  // So few slots that a burst has to wait, and part of it is sent away.
  const apiServerFlags = ['--max-requests-inflight=8', '--max-mutating-requests-inflight=4']
  cluster = await startControlPlane({ realNodes: 1, kwokNodes: 1, apiServerFlags })
  const kubeconfig = await cluster.createUser('loader')
  await cluster.kubectl(['create', 'clusterrolebinding', 'loader', '--clusterrole=cluster-admin', '--user=loader'])
  client = await connect(
    { kubeconfig, connections: 10 },
    { variables: {}, homeDirectory: cluster.folder, workingDirectory: cluster.folder },
  )
})
afterAll(async () => {
  await client?.[Symbol.asyncDispose]()
  await cluster?.[Symbol.asyncDispose]()
})

interface Measured {
  time: string
  /** Unknown until the kubelet has seen the node twice: it says 0 until then. */
  cores: number | undefined
  bytes: number
}

/** What the kubelet of the real node tells kubectl now. */
async function measuredByKubelet(): Promise<Measured> {
  const { node } = JSON.parse(
    await cluster.kubectl(['get', '--raw', '/api/v1/nodes/node-a/proxy/stats/summary?only_cpu_and_memory=true']),
  ) as { node: { cpu: { time: string; usageNanoCores: number }; memory: { workingSetBytes: number } } }
  return { time: node.cpu.time, cores: node.cpu.usageNanoCores / 1e9 || undefined, bytes: node.memory.workingSetBytes }
}

test('a real node has its usage before, at the peak and after: what its kubelet tells kubectl; a fake one has none', async () => {
  const seen: Measured[] = []
  const look = async () => {
    const measured = await measuredByKubelet()
    if (seen.at(-1)?.time !== measured.time) seen.push(measured)
  }
  await look()
  const sampler = await sampleNodeUsage(client, live, { intervalMs: 1000 })
  await look()
  // The CPU of the second new measurement is of this time alone.
  const enough = seen.length + 2
  await expect.poll(async () => look().then(() => seen.length), { timeout: 120_000 }).toBeGreaterThanOrEqual(enough)
  const { metrics, findings } = await sampler.read(AbortSignal.timeout(90_000))
  await look()
  const of = (name: string, when: string) =>
    metrics.find((metric) => metric.name === name && metric.labels.node === 'node-a' && metric.labels.when === when)
      ?.statistics.value
  expect(new Set(metrics.map(({ labels, source }) => `${labels.node} ${source}`))).toEqual(new Set(['node-a kubelet']))
  const ofLoad = seen.slice(1)
  const known = (when: string) => [of('node_cpu_usage', when), of('node_memory_usage', when)]
  const figuresOf = ({ cores, bytes }: Measured) => [cores, bytes]
  expect(seen.map(figuresOf)).toContainEqual(known('before'))
  expect(ofLoad.map(figuresOf)).toContainEqual(known('after'))
  expect(ofLoad.map(({ cores }) => cores)).toContain(of('node_cpu_usage', 'peak'))
  expect(ofLoad.map(({ bytes }) => bytes)).toContain(of('node_memory_usage', 'peak'))
  for (const name of ['node_cpu_usage', 'node_memory_usage']) {
    expect(of(name, 'peak')).toBeGreaterThanOrEqual(of(name, 'after') ?? Number.NaN)
  }
  expect(findings).toMatchObject([{ code: 'NodeUsageUnknown', objects: ['kwok-0000'], count: 1 }])
})

test('requests that priority and fairness sends away are counted, also those that the client got', async () => {
  const observer = await observeServer(client, live)
  let refused = 0
  const stop = client.observe(({ code }) => {
    if (code === 429) refused += 1
  })
  const create = (index: number) =>
    client
      .create(
        '/api/v1/namespaces/default/configmaps',
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `burst-${index}` } },
        { retry: false },
      )
      .catch(() => {})
  await Promise.all(Array.from({ length: 800 }, (_, index) => create(index)))
  stop()
  const { metrics, findings } = await observer.read()
  await observer.stop()
  const rejected = metrics.filter(({ name }) => name === 'apiserver_rejected_requests')
  expect(refused).toBeGreaterThan(0)
  expect(rejected.reduce((sum, { statistics }) => sum + (statistics.value ?? 0), 0)).toBe(refused)
  expect(findings).toMatchObject([{ code: 'RequestsRejected', count: refused }])
  const waits = metrics.find(
    ({ name, labels }) => name === 'apiserver_queue_latency' && labels.flow_schema === 'global-default',
  )
  expect(waits?.statistics.count).toBeGreaterThanOrEqual(800)
})

test('a server that was restarted in between has no figures, and the reason says so', async () => {
  const observer = await observeServer(client, live)
  await cluster.restartApiServer()
  const { metrics, findings } = await observer.read()
  await observer.stop()
  expect(metrics).toEqual([])
  expect(findings).toMatchObject([{ code: 'NoServerMetrics', message: expect.stringContaining('it was restarted') }])
})
