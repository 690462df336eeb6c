import { expect, test } from 'vitest'
import type { KubeClient } from '../../../../lib/kube/client.ts'
import type { WatchOptions } from '../../../../lib/kube/collections/watch.ts'
import { watchPods } from '../../../../lib/workload/pods/pod-watch.ts'
import { fakeCluster } from '../../run/fake-cluster.ts'

const PATH = '/api/v1/namespaces/ns/pods'
const labels = { run: 'x' }

function podObject(name: string, status: object = {}) {
  return { metadata: { name, namespace: 'ns', labels }, status }
}

test('pods as they are now: those that were there, that come, change and go', async () => {
  const cluster = fakeCluster()
  cluster.put(PATH, podObject('old'))
  const pods = await watchPods(cluster.client, PATH, 'run=x', new AbortController().signal)
  const { signal } = new AbortController()
  expect(pods.all().map(({ pod, isGone }) => `${pod.metadata.name} ${isGone}`)).toEqual(['old false'])
  cluster.put(PATH, podObject('new', { phase: 'Pending' }))
  cluster.put(PATH, podObject('new', { phase: 'Running' }))
  await pods.until(() => pods.get('ns', 'new')?.pod.status?.phase === 'Running' || undefined, signal)
  await cluster.client.delete(`${PATH}/old`)
  await pods.until(() => pods.get('ns', 'old')?.isGone === true || undefined, signal)
  expect(pods.get('other', 'new')).toBeUndefined()
  await pods[Symbol.asyncDispose]()
})

test('what went while events were missed is gone', async () => {
  const client: Pick<KubeClient, 'list' | 'watch'> = {
    list: async () => ({ items: [podObject('a'), podObject('b')] as never[], resourceVersion: '1' }),
    async *watch<T>(_: string, { onOpen, signal }: WatchOptions<T> = {}) {
      onOpen?.()
      yield { type: 'RELIST', items: [podObject('b'), podObject('c')] as T[], resourceVersion: '9', receivedMs: 0 }
      await new Promise((resolve) => signal?.addEventListener('abort', resolve))
    },
  }
  const pods = await watchPods(client as KubeClient, PATH, 'run=x', new AbortController().signal)
  await pods.until(() => pods.get('ns', 'c'), new AbortController().signal)
  expect(pods.all().map(({ pod, isGone }) => `${pod.metadata.name} ${isGone}`)).toEqual([
    'a true',
    'b false',
    'c false',
  ])
  await pods[Symbol.asyncDispose]()
})

test('waiting ends with its limit, with what the look throws, and with the watch', async () => {
  const cluster = fakeCluster()
  const user = new AbortController()
  const pods = await watchPods(cluster.client, PATH, 'run=x', user.signal)
  const limit = new AbortController()
  const waiting = pods.until(() => undefined, limit.signal)
  limit.abort(new Error('too late'))
  await expect(waiting).rejects.toThrow('too late')
  const looking = pods.until(() => {
    throw new Error('hopeless')
  }, new AbortController().signal)
  await expect(looking).rejects.toThrow('hopeless')
  const last = pods.until(() => undefined, new AbortController().signal)
  user.abort(new Error('stopped'))
  await expect(last).rejects.toThrow('stopped')
  await pods[Symbol.asyncDispose]()
})
