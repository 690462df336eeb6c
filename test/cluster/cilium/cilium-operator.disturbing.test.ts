import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ControlPlane, startControlPlane } from '../control-plane.ts'

const patiently = { timeout: 180_000, interval: 200 }
let cluster: ControlPlane & AsyncDisposable

beforeAll(async () => {
  cluster = await startControlPlane({ ciliumOperator: true, cesWritesPerSecond: 1 })
})
afterAll(() => cluster?.[Symbol.asyncDispose]())

function endpoint(namespace: string, name: string, ownerReferences: readonly object[] = []) {
  return {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumEndpoint',
    metadata: { namespace, name, ownerReferences },
    status: {
      id: 1,
      identity: { id: 20_000, labels: ['k8s:app=web'] },
      networking: { addressing: [{ ipv4: '198.18.255.1' }], node: '198.18.255.2' },
      state: 'ready',
    },
  }
}

async function create(objects: readonly object[]): Promise<void> {
  const list = { apiVersion: 'v1', kind: 'List', items: objects }
  await cluster.kubectl(['create', '-f', '-'], { stdin: JSON.stringify(list) })
}

interface Slice {
  readonly namespace: string
  readonly metadata: { creationTimestamp: string }
  readonly endpoints: readonly { name: string }[]
}

async function slices(): Promise<Slice[]> {
  return JSON.parse(await cluster.kubectl(['get', 'ces', '-o', 'json'])).items
}

test('endpoints without pods come into slices, in the order of arrival', async () => {
  await create(['a', 'b', 'c'].map((name) => endpoint('default', name)))
  const found = async () => (await slices()).map(({ namespace, endpoints }) => [namespace, endpoints.length])
  await expect.poll(found, patiently).toEqual([['default', 3]])
})

test('the operator writes no faster than it may', async () => {
  const namespaces = Array.from({ length: 7 }, (_, index) => `ns-${index}`)
  const namespaceObjects = namespaces.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }))
  await create(namespaceObjects)
  await create(namespaces.map((namespace) => endpoint(namespace, 'x')))
  const found = async () => (await slices()).filter(({ namespace }) => namespace.startsWith('ns-'))
  await expect.poll(async () => (await found()).length, patiently).toBe(7)
  const seconds = (await found()).map(({ metadata }) => Date.parse(metadata.creationTimestamp) / 1000)
  // Two at once, then one a second; the timestamps are of whole seconds.
  expect(Math.max(...seconds) - Math.min(...seconds)).toBeGreaterThanOrEqual(4)
})

test('the settings are where Cilium has them', async () => {
  const data = JSON.parse(await cluster.kubectl(['get', 'cm', '-n', 'kube-system', 'cilium-config', '-o', 'json'])).data
  expect(data).toMatchObject({
    'enable-cilium-endpoint-slice': 'true',
    'ces-slice-mode': 'cesSliceModeFCFS',
    'ces-write-qps-limit': '1',
    'ces-write-qps-burst': '2',
  })
})

test('without the operator no slice follows; the next one removes endpoints that belong to nothing, and goes on', async () => {
  await cluster.stop('cilium-operator')
  const node = { apiVersion: 'cilium.io/v2', kind: 'CiliumNode', metadata: { name: 'owner' }, spec: {} }
  await create([node])
  const uid = await cluster.kubectl(['get', 'ciliumnode', 'owner', '-o', 'jsonpath={.metadata.uid}'])
  const owner = { apiVersion: node.apiVersion, kind: node.kind, name: 'owner', uid }
  await create([endpoint('default', 'late', [owner])])
  const names = async () => (await slices()).flatMap(({ endpoints }) => endpoints.map(({ name }) => name))
  expect(await names()).not.toContain('late')
  await cluster.start('cilium-operator')
  await expect.poll(names, patiently).toEqual(['late'])
})
