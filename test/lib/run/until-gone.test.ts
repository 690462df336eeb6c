import { expect, test } from 'vitest'
import { untilGone } from '../../../lib/run/until-gone.ts'
import { fakeCluster } from './fake-cluster.ts'

const PODS = '/api/v1/namespaces/a/pods'
const signal = new AbortController().signal
const pod = (name: string, finalizers: string[] = []) => ({ metadata: { name, labels: { run: 'x' }, finalizers } })

test('nothing there: one look', async () => {
  const cluster = fakeCluster()
  const left: number[] = []
  await untilGone(cluster.client, PODS, 'run=x', { signal, onLeft: (count) => left.push(count) })
  expect(cluster.requests).toEqual([`LIST ${PODS}`])
  expect(left).toEqual([0])
})

test('follows each that goes or comes', async () => {
  const cluster = fakeCluster()
  for (const name of ['a', 'b']) cluster.put(PODS, pod(name))
  const left: number[] = []
  const gone = untilGone(cluster.client, PODS, 'run=x', { signal, onLeft: (count) => left.push(count) })
  await expect.poll(() => left).toEqual([2])
  await cluster.client.delete(`${PODS}/a`)
  cluster.put(PODS, pod('c'))
  cluster.put('/api/v1/namespaces/a/services', pod('d'))
  await cluster.client.delete(`${PODS}/c`)
  await cluster.client.delete(`${PODS}/b`)
  await gone
  expect(left).toEqual([2, 1, 2, 1, 0])
})

test('events that were missed: looks again', async () => {
  const cluster = fakeCluster()
  cluster.put(PODS, pod('a'))
  const left: number[] = []
  const gone = untilGone(cluster.client, PODS, 'run=x', { signal, onLeft: (count) => left.push(count) })
  await expect.poll(() => left).toEqual([1])
  cluster.relist()
  await expect.poll(() => cluster.requests.filter((line) => line.startsWith('LIST'))).toHaveLength(2)
  await cluster.client.delete(`${PODS}/a`)
  await gone
})

test('removes those that nobody removes, and those that come late', async () => {
  const cluster = fakeCluster()
  cluster.put(PODS, pod('a', ['x']))
  cluster.put(PODS, pod('b'))
  await cluster.client.delete(`${PODS}/a`)
  const asked: (readonly string[])[] = []
  const remove = async (names: readonly string[]) => {
    asked.push(names)
    for (const name of names) await cluster.client.delete(`${PODS}/${name}`)
  }
  const gone = untilGone(cluster.client, PODS, 'run=x', { signal, remove })
  await expect.poll(() => asked).toEqual([['b']])
  cluster.put(PODS, pod('c'))
  await expect.poll(() => asked).toEqual([['b'], ['c']])
  cluster.release()
  await gone
})

test('ends with the reason of the signal, and with what could not be removed', async () => {
  const cluster = fakeCluster()
  cluster.put(PODS, pod('a'))
  const controller = new AbortController()
  const waiting = untilGone(cluster.client, PODS, 'run=x', { signal: controller.signal })
  setTimeout(() => controller.abort(new Error('enough')), 5)
  await expect(waiting).rejects.toThrow('enough')
  const remove = () => Promise.reject(new Error('refused'))
  await expect(untilGone(cluster.client, PODS, 'run=x', { signal, remove })).rejects.toThrow('refused')
})
