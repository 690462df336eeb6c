import { expect, test } from 'vitest'
import { maxPodsDetailsOf } from '../../../lib/maxpods/assessment/maxpods-details.ts'
import { check } from './check.ts'
import type { FakePod } from './fake-cluster.ts'

const kubelet = () => ({ maxPods: 2 })
const nodes = [
  { name: 'node-a', pods: 2 },
  { name: 'node-b', pods: 110, taints: [{ key: 'x', effect: 'NoSchedule' }] },
]
const full: FakePod[] = [{ node: 'node-a' }, { node: 'node-a' }]
const TOO_MANY =
  '0/2 nodes are available: 1 Too many pods, 1 node(s) had untolerated taint {x: }. preemption: 0/2 nodes are available.'

test('pods that are too many are explained with the limit that is reached, by node', async () => {
  const pods = [
    ...full,
    { unschedulable: TOO_MANY, createdAt: '2026-11-20T10:00:10Z' },
    { unschedulable: TOO_MANY, createdAt: '2026-11-20T10:00:00Z' },
    { unschedulable: '0/2 nodes are available: 2 Insufficient cpu.' },
  ]
  const result = await check({ nodes, pods, kubelet })
  const { pending } = maxPodsDetailsOf({ ...result, readAtMs: Date.parse('2026-11-20T10:01:00Z') })
  expect(pending).toEqual([
    {
      reason: 'Too many pods',
      count: 2,
      oldest: 'default/pod-3',
      oldestSeconds: 60,
      explanation:
        'full: node-a (kubelet maxPods 2); the scheduler: Too many pods on 1 of 2 nodes, had untolerated taint {x: } on 1',
    },
    {
      reason: 'Insufficient cpu',
      count: 1,
      oldest: 'default/pod-4',
      oldestSeconds: 60,
      explanation: 'Insufficient cpu on 2 of 2 nodes',
    },
  ])
})

test('the scheduler may speak of a moment that is over', async () => {
  const result = await check({ nodes, pods: [{ unschedulable: TOO_MANY }], kubelet })
  expect(maxPodsDetailsOf(result).pending[0]?.explanation).toMatch(
    /^no node is full by now; the scheduler: Too many pods on 1/,
  )
})

test('a pod that no scheduler has looked at, and one that is over without ever having had a node', async () => {
  const result = await check({ nodes, pods: [{}, { phase: 'Failed' }], kubelet })
  expect(maxPodsDetailsOf(result).pending).toMatchObject([
    { reason: 'NotScheduled', count: 1, explanation: 'no scheduler has looked at it yet' },
  ])
})
