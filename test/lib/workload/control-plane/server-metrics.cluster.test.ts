import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, type KubeClient } from '../../../../lib/kube/client.ts'
import { observeServer } from '../../../../lib/workload/control-plane/server-metrics-observer.ts'
import { sampleNodeUsage } from '../../../../lib/workload/nodes/node-usage-sampler.ts'
import type { ControlPlane } from '../../../cluster/control-plane.ts'
import { sharedCluster } from '../../../cluster/shared-cluster.ts'

// Pod templates are a resource that nothing else uses: whatever the server counts of them is this file's doing.
const NAMESPACE = 'server-metrics'
const POD_TEMPLATES = `/api/v1/namespaces/${NAMESPACE}/podtemplates`
const live = new AbortController().signal

let cluster: ControlPlane
let client: KubeClient

const connectAs = (kubeconfig: string) =>
  connect({ kubeconfig }, { variables: {}, homeDirectory: cluster.folder, workingDirectory: cluster.folder })

beforeAll(async () => {
  cluster = await sharedCluster()
  client = await connectAs(cluster.kubeconfig)
  await cluster.kubectl(['create', 'namespace', NAMESPACE])
})
afterAll(async () => {
  await client[Symbol.asyncDispose]()
  await cluster.kubectl(['delete', 'namespace', NAMESPACE, '--wait=false'])
})

const podTemplate = (name: string) => ({
  apiVersion: 'v1',
  kind: 'PodTemplate',
  metadata: { name },
  template: { metadata: {}, spec: { containers: [{ name: 'main', image: 'registry.k8s.io/pause:3.10' }] } },
})

/** The value of the one line of /metrics with that beginning and all of these labels; 0 where there is none. */
async function rawValue(name: string, ...labels: string[]): Promise<number> {
  const lines = (await cluster.kubectl(['get', '--raw', '/metrics'])).split('\n')
  const line = lines.find((text) => text.startsWith(`${name}{`) && labels.every((label) => text.includes(label)))
  return Number(line?.split(' ').at(-1) ?? 0)
}

test('the server counts 120 creations as kubectl reads them from its metrics, and their time is in the buckets', async () => {
  const family = 'apiserver_request_duration_seconds'
  const labels = ['resource="podtemplates"', 'verb="POST"', 'scope="resource"']
  const rawBefore = [await rawValue(`${family}_count`, ...labels), await rawValue(`${family}_sum`, ...labels)]
  const observer = await observeServer(client, live)
  const clientSeconds: number[] = []
  for (let index = 0; index < 120; index += 1) {
    const sentMs = performance.now()
    await client.create(POD_TEMPLATES, podTemplate(`template-${index}`))
    clientSeconds.push((performance.now() - sentMs) / 1000)
  }
  const { metrics, findings } = await observer.read()
  await observer.stop()
  const rawAfter = [await rawValue(`${family}_count`, ...labels), await rawValue(`${family}_sum`, ...labels)]

  const [countBefore = Number.NaN, sumBefore = Number.NaN] = rawBefore
  const [countAfter = Number.NaN, sumAfter = Number.NaN] = rawAfter
  expect(countAfter - countBefore).toBe(120)
  const mine = metrics.filter(({ labels }) => labels.resource === 'podtemplates' && labels.verb === 'POST')
  const total = mine.find(({ labels }) => labels.duration === 'total')
  expect(total?.labels).toEqual({ verb: 'POST', resource: 'podtemplates', scope: 'resource', duration: 'total' })
  expect(total?.statistics.count).toBe(120)
  expect(total?.statistics.mean).toBeCloseTo((sumAfter - sumBefore) / 120, 9)
  // The server saw no request take longer than the slowest did here.
  const slowest = Math.max(...clientSeconds)
  expect(total?.interpolated?.max?.[0]).toBeLessThan(slowest)
  expect(total?.statistics.mean).toBeLessThan(slowest)
  expect(Object.keys(total?.statistics ?? {})).toEqual(['count', 'mean', 'p50', 'p90', 'p95', 'p99'])
  expect(mine.map(({ name, labels, statistics }) => [name, labels.duration ?? labels.code, statistics.value])).toEqual([
    ['apiserver_request_latency', 'total', undefined],
    ['apiserver_request_latency', 'sli', undefined],
    ['apiserver_requests', '201', 120],
  ])
  const etcd = metrics.find(
    ({ name, labels }) =>
      name === 'etcd_request_latency' && labels.operation === 'create' && labels.type === 'podtemplates',
  )
  expect(etcd?.statistics.count).toBe(120)
  expect(findings.filter(({ code }) => code !== 'RequestsRejected')).toEqual([])
})

test('a user who may not read /metrics is told how to get the right, and that way works', async () => {
  const user = 'metrics-reader-to-be'
  const restricted = await connectAs(await cluster.createUser(user))
  try {
    const refused = await observeServer(restricted, live)
    const { metrics, findings } = await refused.read()
    await refused.stop()
    expect([metrics, findings.map(({ code }) => code)]).toEqual([[], ['MetricsForbidden']])

    const commands = findings[0]?.advice?.match(/kubectl create [^,]+/g) ?? []
    expect(commands.length).toBe(2)
    for (const command of commands) await cluster.kubectl(command.replace('NAME', user).split(' ').slice(1))
    try {
      const allowed = await observeServer(restricted, live)
      const figures = await allowed.read()
      await allowed.stop()
      expect(figures.metrics.length).toBeGreaterThan(0)
    } finally {
      await cluster.kubectl(['delete', 'clusterrole,clusterrolebinding', 'metrics-reader'])
    }
  } finally {
    await restricted[Symbol.asyncDispose]()
  }
})

test('fake nodes have no usage: a finding names them, and nothing is 0', async () => {
  const sampler = await sampleNodeUsage(client, live)
  const { metrics, findings } = await sampler.read()
  expect(metrics).toEqual([])
  expect(findings).toMatchObject([{ severity: 'info', code: 'NodeUsageUnknown', count: 5 }])
  expect(findings[0]?.objects?.length).toBe(5)
})
