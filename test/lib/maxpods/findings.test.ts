import { expect, test } from 'vitest'
import { maxPodsFindings } from '../../../lib/maxpods/assessment/maxpods-findings.ts'
import { check } from './check.ts'
import type { FakeCluster } from './fake-cluster.ts'

const findingsOf = async (cluster: FakeCluster) =>
  maxPodsFindings(await check({ kubelet: () => ({ maxPods: 110 }), ...cluster }))
const pods = (count: number, more: object = {}) => Array.from({ length: count }, () => ({ node: 'a', ...more }))

test('a cluster where all is well has none', async () => {
  expect(await findingsOf({ nodes: [{ name: 'a', podCidrs: ['10.0.0.0/24'] }], pods: pods(10) })).toEqual([])
})

test('more pods than the limit allows', async () => {
  const findings = await findingsOf({ nodes: [{ name: 'a', pods: 3 }], pods: pods(5), kubelet: () => ({ maxPods: 3 }) })
  expect(findings).toMatchObject([
    {
      severity: 'warning',
      code: 'MorePodsThanMaximum',
      message: 'more pods run than the limit allows: a',
      objects: ['node/a'],
      count: 1,
    },
  ])
})

test('a node without pods in its status', async () => {
  expect(await findingsOf({ nodes: [{ name: 'a', pods: null }] })).toMatchObject([
    { severity: 'warning', code: 'NoPodCapacity' },
  ])
})

test('fewer addresses than pods that the scheduler puts there', async () => {
  expect(await findingsOf({ nodes: [{ name: 'a', podCidrs: ['10.0.0.0/28'] }] })).toMatchObject([
    { severity: 'warning', code: 'FewerAddressesThanPods' },
  ])
})

test('a setting of a kubelet that is not in force', async () => {
  const findings = await findingsOf({ nodes: [{ name: 'a' }], kubelet: () => ({ maxPods: 400 }) })
  expect(findings).toMatchObject([
    {
      code: 'KubeletSettingNotInForce',
      message: "the kubelet's configuration and the node's capacity differ: a (400 and 110)",
    },
  ])
})

test('pods that kubelets refused', async () => {
  const refused = pods(2, { phase: 'Failed', reason: 'OutOfpods' })
  expect(await findingsOf({ nodes: [{ name: 'a' }], pods: refused })).toMatchObject([
    {
      code: 'OutOfPods',
      message: 'kubelets have refused 2 pods as too many (OutOfpods), which bypassed the scheduler: a',
    },
  ])
})

test('CPU that is used up before the number of pods is', async () => {
  const findings = await findingsOf({ nodes: [{ name: 'a', cpu: '4' }], pods: pods(10, { cpu: '300m' }) })
  expect(findings).toMatchObject([{ severity: 'info', code: 'RequestsFirst' }])
  expect(findings[0]?.message).toContain('a has room for 3 more by CPU, and for 100 by number')
})

test('of many nodes a few are named', async () => {
  const nodes = Array.from({ length: 150 }, (_, index) => ({ name: `n${String(index).padStart(3, '0')}`, pods: null }))
  const [finding] = await findingsOf({ nodes })
  expect(finding).toMatchObject({ count: 150 })
  expect(finding?.message).toContain('n000, n001, n002 and 147 more')
  expect(finding?.objects).toHaveLength(100)
})
