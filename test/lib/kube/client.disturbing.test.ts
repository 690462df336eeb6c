import { expect, test } from 'vitest'
import { connect, type KubeClient } from '../../../lib/kube/client.ts'
import { type ControlPlane, startControlPlane } from '../../cluster/control-plane.ts'

const CONFIGMAPS = '/api/v1/namespaces/default/configmaps'
const configMap = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, labels: { test: 'x' } } })

interface Named {
  metadata: { name: string }
}

const connectTo = (cluster: ControlPlane, kubeconfig = cluster.kubeconfig) =>
  connect({ kubeconfig }, { variables: {}, homeDirectory: cluster.folder, workingDirectory: cluster.folder })

async function createMany(client: KubeClient, from: number, to: number): Promise<void> {
  let next = from
  const worker = async () => {
    while (next < to) await client.create(CONFIGMAPS, configMap(`c-${next++}`))
  }
  await Promise.all(Array.from({ length: 50 }, worker))
}

/** Follows the names of what exists, whatever the watch goes through, until there are as many. */
async function followUntil(client: KubeClient, count: number): Promise<Set<string>> {
  const names = new Set<string>()
  for await (const event of client.watch<Named>(CONFIGMAPS, { labelSelector: 'test=x' })) {
    if (event.type === 'RELIST') {
      names.clear()
      for (const item of event.items) names.add(item.metadata.name)
    } else if (event.type === 'DELETED') names.delete(event.object.metadata.name)
    else names.add(event.object.metadata.name)
    if (names.size === count) break
  }
  return names
}

const expected = (count: number) => new Set(Array.from({ length: count }, (_, index) => `c-${index}`))

test('an API server that is killed and comes back interrupts neither creates nor a watch', async () => {
  await using cluster = await startControlPlane()
  await using client = await connectTo(cluster)
  const watching = followUntil(client, 2000)
  await createMany(client, 0, 500)
  const creating = createMany(client, 500, 2000)
  await cluster.restartApiServer()
  await creating
  expect(await watching).toEqual(expected(2000))
  const { retries, watchResumes } = client.statistics()
  expect(retries).toBeGreaterThan(0)
  expect(watchResumes).toBeGreaterThan(0)
  expect((await cluster.kubectl(['get', 'cm', '-l', 'test=x', '-o', 'name'])).split('\n').length - 1).toBe(2000)
})

test('an API server that closes connections all the time (GOAWAY) loses no request', async () => {
  await using cluster = await startControlPlane({ apiServerFlags: ['--goaway-chance=0.02'] })
  await using client = await connectTo(cluster)
  const watching = followUntil(client, 1000)
  await createMany(client, 0, 1000)
  expect(await watching).toEqual(expected(1000))
  expect(client.statistics().connections).toBeGreaterThan(5)
})

test('an API server that sheds load is waited for, and every refusal counted', async () => {
  await using cluster = await startControlPlane({
    apiServerFlags: ['--enable-priority-and-fairness=false', '--max-mutating-requests-inflight=2'],
  })
  // An administrator would never be refused.
  const kubeconfig = await cluster.createUser('writer')
  await cluster.kubectl(['create', 'clusterrolebinding', 'writer', '--clusterrole=admin', '--user=writer'])
  // The API server learns of the binding by a watch of its own.
  const mayCreate = ['auth', 'can-i', 'create', 'configmaps']
  await expect
    .poll(async () => (await cluster.tryKubectl(mayCreate, { kubeconfig })).exitCode, { timeout: 30_000 })
    .toBe(0)
  await using client = await connectTo(cluster, kubeconfig)
  const codes = new Map<number, number>()
  client.observe((sample) => codes.set(sample.code, (codes.get(sample.code) ?? 0) + 1))
  await createMany(client, 0, 300)
  const { throttles, retries } = client.statistics()
  expect(throttles).toBeGreaterThan(0)
  expect([codes.get(201), codes.get(429), retries]).toEqual([300, throttles, throttles])
})

test('a watch from a place in history that is compacted away lists anew and goes on', async () => {
  await using cluster = await startControlPlane({
    apiServerFlags: ['--watch-cache=false', '--etcd-compaction-interval=1s'],
  })
  await using client = await connectTo(cluster)
  await client.create(CONFIGMAPS, configMap('old'))
  const isForgotten = async () =>
    client
      .request({ method: 'GET', path: CONFIGMAPS, query: { watch: 1, resourceVersion: 1, timeoutSeconds: 1 } })
      .then(
        (response) => response.text().includes('"code":410'),
        (error: { code?: number }) => error.code === 410,
      )
  await expect.poll(isForgotten, { timeout: 30_000, interval: 500 }).toBe(true)
  const seen: string[] = []
  for await (const event of client.watch<Named>(CONFIGMAPS, { labelSelector: 'test=x', resourceVersion: '1' })) {
    seen.push(event.type === 'RELIST' ? `RELIST ${event.items.map((item) => item.metadata.name).join()}` : event.type)
    if (seen.length === 2) break
    await client.create(CONFIGMAPS, configMap('new'))
  }
  expect(seen).toEqual(['RELIST old', 'ADDED'])
  expect(client.statistics().watchRelists).toBe(1)
})
