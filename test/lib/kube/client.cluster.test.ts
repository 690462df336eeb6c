import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect, type KubeClient } from '../../../lib/kube/client.ts'
import type { ConnectionOptions } from '../../../lib/kube/kubeconfig/connection-options.ts'
import { requirePermissions } from '../../../lib/kube/preflight.ts'
import { openScraper } from '../../../lib/kube/scrape.ts'
import type { ControlPlane } from '../../cluster/control-plane.ts'
import { sharedCluster } from '../../cluster/shared-cluster.ts'

const NAMESPACE = 'kube-client'
const CONFIGMAPS = `/api/v1/namespaces/${NAMESPACE}/configmaps`

interface Named {
  metadata: { name: string; resourceVersion: string }
}

let cluster: ControlPlane
let client: KubeClient

const connectTo = (options: ConnectionOptions = {}) =>
  connect(
    { kubeconfig: cluster.kubeconfig, ...options },
    { variables: {}, homeDirectory: cluster.folder, workingDirectory: cluster.folder },
  )

beforeAll(async () => {
  cluster = await sharedCluster()
  client = await connectTo()
  await cluster.kubectl(['create', 'namespace', NAMESPACE])
})
afterAll(async () => {
  await client[Symbol.asyncDispose]()
  await cluster.kubectl(['delete', 'namespace', NAMESPACE, '--wait=false'])
})

const configMap = (name: string, test: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, labels: { test } },
})

/** Creates so many, 50 at a time. */
async function createMany(count: number, label: string, by: KubeClient = client): Promise<void> {
  let next = 0
  const worker = async () => {
    while (next < count) await by.create(CONFIGMAPS, configMap(`${label}-${next++}`, label))
  }
  await Promise.all(Array.from({ length: 50 }, worker))
}

const kubectlCount = async (selector: string) =>
  (await cluster.kubectl(['get', 'configmaps', '-n', NAMESPACE, '-l', selector, '-o', 'name'])).split('\n').length - 1

test('what is created is there, is changed by a patch, and is gone when it is deleted', async () => {
  const created = await client.create<Named>(CONFIGMAPS, configMap('one', 'one'))
  expect(created.metadata.name).toBe('one')
  await client.patch(`${CONFIGMAPS}/one`, { data: { key: 'ä' } })
  expect(await cluster.kubectl(['get', 'configmap', 'one', '-n', NAMESPACE, '-o', 'jsonpath={.data.key}'])).toBe('ä')
  await client.delete(`${CONFIGMAPS}/one`)
  expect(await kubectlCount('test=one')).toBe(0)
})

test('1,000 creates use four connections; a list of pages has them all; one request deletes them', async () => {
  const own = await connectTo()
  await createMany(1000, 'many', own)
  expect(own.statistics()).toEqual({ connections: 3, retries: 0, throttles: 0, watchResumes: 0, watchRelists: 0 })
  let pages = 0
  for await (const page of own.listPages(CONFIGMAPS, { labelSelector: 'test=many', limit: 300 })) {
    pages += 1
    expect(page.items.length).toBe(pages === 4 ? 100 : 300)
  }
  expect(pages).toBe(4)
  const { items } = await own.list<Named>(CONFIGMAPS, { labelSelector: 'test=many' })
  const names = items.map((item) => item.metadata.name)
  expect(new Set(names)).toEqual(new Set(Array.from({ length: 1000 }, (_, index) => `many-${index}`)))
  expect(names.length).toBe(1000)
  await own.deleteCollection(CONFIGMAPS, { labelSelector: 'test=many' })
  expect(await kubectlCount('test=many')).toBe(0)
  await own[Symbol.asyncDispose]()
})

test('a watch shows what others do, from the place of a list on', async () => {
  await client.create(CONFIGMAPS, configMap('before', 'watched'))
  const { resourceVersion } = await client.list(CONFIGMAPS, { labelSelector: 'test=watched' })
  const events: string[] = []
  const sentMs = performance.now()
  const watching = (async () => {
    for await (const event of client.watch<Named>(CONFIGMAPS, { labelSelector: 'test=watched', resourceVersion })) {
      if (event.type === 'RELIST') throw new Error('it was listed anew')
      expect(event.receivedMs).toBeGreaterThan(sentMs)
      events.push(`${event.type} ${event.object.metadata.name}`)
      if (event.type === 'DELETED') return
    }
  })()
  await cluster.kubectl(['create', 'configmap', 'other', '-n', NAMESPACE])
  await client.create(CONFIGMAPS, configMap('during', 'watched'))
  await cluster.kubectl(['label', 'configmap', 'during', '-n', NAMESPACE, 'more=x'])
  await cluster.kubectl(['delete', 'configmap', 'before', '-n', NAMESPACE])
  await watching
  expect(events).toEqual(['ADDED during', 'MODIFIED during', 'DELETED before'])
})

test('over HTTP/1.1 everything works too', async () => {
  const old = await connectTo({ protocol: 'http1' })
  const seen = new Set<string>()
  const watching = (async () => {
    for await (const event of old.watch<Named>(CONFIGMAPS, { labelSelector: 'test=http1' })) {
      if (event.type === 'ADDED') seen.add(event.object.metadata.name)
      if (seen.size === 100) return
    }
  })()
  await createMany(100, 'http1', old)
  await watching
  expect(old.statistics()).toMatchObject({ connections: 4, retries: 0 })
  await old[Symbol.asyncDispose]()
})

test('the server knows the impersonated user with all the groups, the uid and the extra', async () => {
  const writer = await connectTo({
    as: 'writer',
    asUid: 'u-1',
    asGroups: ['one', 'two, three'],
    asUserExtra: { 'example.com/scopes': ['a', 'b'] },
  })
  // Who may review oneself: every user who is authenticated, and that is a group as well.
  const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }
  const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews'
  const answer = await writer.create<{ status: { userInfo: unknown } }>(path, review)
  expect(answer.status.userInfo).toEqual({
    username: 'writer',
    uid: 'u-1',
    groups: ['one', 'two, three', 'system:authenticated'],
    extra: { 'example.com/scopes': ['a', 'b'] },
  })
  await writer[Symbol.asyncDispose]()
})

test('the preflight finds exactly what a role does not grant', async () => {
  const kubeconfig = await cluster.createUser('kube-client-preflight')
  const role = ['-n', NAMESPACE, '--verb=create,list', '--resource=pods']
  await cluster.kubectl(['create', 'role', 'preflight', ...role])
  await cluster.kubectl([
    'create',
    'rolebinding',
    'preflight',
    '-n',
    NAMESPACE,
    '--role=preflight',
    '--user=kube-client-preflight',
  ])
  const reader = await connectTo({ kubeconfig })
  const pods = ['create', 'list', 'watch'].map((verb) => ({ verb, resource: 'pods', namespace: NAMESPACE }))
  await requirePermissions(reader, pods.slice(0, 2))
  await expect(requirePermissions(reader, [...pods, { verb: 'create', resource: 'namespaces' }])).rejects.toMatchObject(
    {
      message: `error: cannot watch pods in namespace "${NAMESPACE}": forbidden for user "kube-client-preflight"`,
      missing: [pods[2], { verb: 'create', resource: 'namespaces' }],
      advice: [
        `needs:   create,list,watch pods in ${NAMESPACE}, create namespaces`,
        `missing: watch pods in ${NAMESPACE}, create namespaces`,
      ],
    },
  )
  await reader[Symbol.asyncDispose]()
})

test('the metrics of the API server come over one connection, twice from the same process', async () => {
  const scraper = openScraper(client)
  const started = (text: string) => /^process_start_time_seconds (\S+)$/m.exec(text)?.[1]
  const before = await scraper.scrape()
  await createMany(20, 'scraped')
  const after = await scraper.scrape()
  expect(started(before.text)).toMatch(/^\d/)
  expect(started(after.text)).toBe(started(before.text))
  const created = (text: string) =>
    Number(/^apiserver_request_total\{.*resource="configmaps".*verb="POST".*\} (\d+)$/m.exec(text)?.[1] ?? 0)
  expect(created(after.text) - created(before.text)).toBeGreaterThanOrEqual(20)
  await scraper[Symbol.asyncDispose]()
})
