import { expect, test } from 'vitest'
import { check } from './check.ts'
import type { FakeNode, FakePod } from './fake-cluster.ts'

const kubelet = () => ({ maxPods: 110 })
const wanted = (count: number, cpuMillis = 0, memoryMebibytes = 0) => ({
  wanted: { count, cpuMillis, memoryBytes: memoryMebibytes * 2 ** 20 },
})

async function estimate(nodes: readonly FakeNode[], pods: readonly FakePod[], plan: ReturnType<typeof wanted>) {
  const { fit: found } = await check({ nodes, pods, kubelet }, plan)
  if (found === undefined) throw new Error('nothing was asked for')
  return found
}

test('pods without requests: as many as the nodes take', async () => {
  const nodes = [
    { name: 'a', pods: 20 },
    { name: 'b', pods: 110 },
  ]
  const pods = [{ node: 'a' }, { node: 'a' }]
  expect(await estimate(nodes, pods, wanted(128))).toMatchObject({ most: 128, fits: true })
  expect(await estimate(nodes, pods, wanted(129))).toMatchObject({
    most: 128,
    fits: false,
    nodes: [
      { node: 'b', pods: 110, limitedBy: 'kubelet maxPods' },
      { node: 'a', pods: 18, limitedBy: 'kubelet maxPods' },
    ],
  })
})

test('CPU and memory end it where they are used up first', async () => {
  const nodes = [
    { name: 'cpu', cpu: '2', memory: '64Gi' },
    { name: 'memory', cpu: '64', memory: '1Gi' },
  ]
  const pods = [{ node: 'cpu', cpu: '500m' }]
  expect(await estimate(nodes, pods, wanted(10, 200, 100))).toMatchObject({
    most: 17,
    nodes: [
      { node: 'memory', pods: 10, limitedBy: 'memory requests' },
      { node: 'cpu', pods: 7, limitedBy: 'CPU requests' },
    ],
  })
})

test('cordoned nodes and nodes that are not ready take none; tainted ones only pods that tolerate it', async () => {
  const nodes = [
    {
      name: 'cordoned',
      unschedulable: true,
      taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }],
    },
    { name: 'away', ready: 'Unknown' },
    { name: 'tainted', taints: [{ key: 'dedicated', effect: 'NoSchedule' }] },
    { name: 'preferred', pods: 5, taints: [{ key: 'spot', effect: 'PreferNoSchedule' }] },
  ]
  const found = await estimate(nodes, [], wanted(6))
  expect(found).toMatchObject({ most: 5, fits: false, onTaintedNodes: 110 })
  expect(found.nodes.map(({ node }) => node)).toEqual(['preferred'])
})

test('a node with more than it takes counts as full, not as less than nothing', async () => {
  const pods = Array.from({ length: 5 }, () => ({ node: 'a', cpu: '2' }))
  expect(await estimate([{ name: 'a', pods: 3, cpu: '4' }], pods, wanted(1, 100))).toMatchObject({
    most: 0,
    fits: false,
    nodes: [],
  })
})
