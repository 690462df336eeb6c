import { expect, test } from 'vitest'
import { breakdown } from '../../../../lib/density/assessment/breakdown.ts'
import type { TrackedPod } from '../../../../lib/workload/pods/tracked-pod.ts'
import { facts, trackedPod } from '../tracked-pods.ts'

const none = () => undefined
const of = (pods: readonly TrackedPod[], label: string) =>
  breakdown(pods, none, 0.002)
    .filter(({ labels }) => label in labels)
    .map(({ name, labels, statistics }) => [name, labels[label], statistics.count, statistics.max])

test('the latencies of each node and namespace, as statistics without samples', () => {
  const pods = [
    trackedPod('a', { scheduled: 10, ready: 500 }, { node: 'node-a' }),
    trackedPod('b', { scheduled: 20, ready: 700 }, { node: 'node-a', sentMs: 100 }),
    trackedPod('c', { scheduled: 30, ready: 900 }, { node: 'node-b', namespace: 'other' }),
    trackedPod('d', {}),
  ]
  expect(of(pods, 'node')).toEqual([
    ['pod_scheduled_latency', 'node-a', 2, 0.01],
    ['pod_ready_latency', 'node-a', 2, 0.6],
    ['pod_scheduled_latency', 'node-b', 1, 0.03],
    ['pod_ready_latency', 'node-b', 1, 0.9],
  ])
  expect(of(pods, 'namespace').filter(([name]) => name === 'pod_ready_latency')).toEqual([
    ['pod_ready_latency', 'ns', 2, 0.6],
    ['pod_ready_latency', 'other', 1, 0.9],
  ])
  for (const metric of breakdown(pods, none, 0.002)) {
    expect(metric).toMatchObject({ source: 'watch', resolution: 0.002 })
    expect(metric).not.toHaveProperty('samples')
  }
})

test('events are preferred where they tell of every pod', () => {
  const pods = ['a', 'b'].map((name) => trackedPod(name, { started: 1500, ready: 1500 }, { node: 'node-a' }))
  const started = (eventsOf: Parameters<typeof breakdown>[1]) =>
    breakdown(pods, eventsOf, 0.001).find(({ name, labels }) => name === 'pod_started_latency' && 'node' in labels)
  expect(started(() => facts({ startedMs: 800 }))).toMatchObject({ source: 'events', statistics: { max: 0.8 } })
  expect(started(({ name }) => (name === 'a' ? facts({ startedMs: 800 }) : undefined))).toMatchObject({
    source: 'watch',
    statistics: { count: 2, max: 1.5 },
  })
})

test('one pod in each namespace, or very many namespaces, make no breakdown by namespace', () => {
  const spread = (namespaces: number, each: number) =>
    Array.from({ length: namespaces * each }, (_, index) =>
      trackedPod(`${index}`, { ready: 1 }, { namespace: `ns-${index % namespaces}` }),
    )
  expect(of(spread(10, 1), 'namespace')).toHaveLength(0)
  expect(of(spread(50, 2), 'namespace')).toHaveLength(50)
  expect(of(spread(51, 2), 'namespace')).toHaveLength(0)
})

test('of very many nodes only the ready latency is given', () => {
  const pods = Array.from({ length: 101 }, (_, index) =>
    trackedPod(`${index}`, { scheduled: 1, ready: 2 }, { node: `node-${index}` }),
  )
  expect(new Set(of(pods, 'node').map(([name]) => name))).toEqual(new Set(['pod_ready_latency']))
  expect(of(pods.slice(1), 'node')).toHaveLength(200)
})
