import { expect, test } from 'vitest'
import { startFaultServer } from '../kube/fault-server.ts'
import { check, reportOf } from './check.ts'
import { answerAs, type FakePod } from './fake-cluster.ts'

const kubelet = () => ({ maxPods: 110, podsPerCore: 0, podPidsLimit: -1 })
const many = (count: number, pod: FakePod) => Array.from({ length: count }, () => pod)

test('pods that are over do not count, all others do, and each kind is told apart', async () => {
  const pods: FakePod[] = [
    { node: 'a', cpu: '100m', memory: '64Mi' },
    { node: 'a', cpu: '150m', terminating: true },
    { node: 'a', mirror: true, hostNetwork: true },
    { node: 'a', daemonSet: 'logs' },
    { node: 'a', phase: 'Pending' },
    { node: 'a', phase: 'Succeeded', cpu: '2' },
    { node: 'a', phase: 'Failed', reason: 'OutOfpods' },
    { node: 'a', phase: 'Failed', reason: 'Evicted' },
  ]
  const result = await check({ nodes: [{ name: 'a', pods: 20 }], pods, kubelet })
  const { load, free, limitedBy } = reportOf(result)
  expect(load).toEqual({
    running: 5,
    terminating: 1,
    mirror: 1,
    daemonSet: 1,
    hostNetwork: 1,
    refused: 1,
    cpuMillis: 250,
    memoryBytes: 64 * 2 ** 20,
  })
  expect(free).toBe(15)
  expect(limitedBy?.name).toBe('kubelet maxPods')
})

test('the smallest limit counts: addresses of the pod CIDR below maxPods, those on the host network on top', async () => {
  const nodes = [{ name: 'a', podCidrs: ['10.1.0.0/28'] }]
  const pods = [...many(3, { node: 'a' }), ...many(2, { node: 'a', hostNetwork: true })]
  const report = reportOf(await check({ nodes, pods, kubelet }))
  expect(report.limits.map(({ name, pods }) => [name, pods])).toEqual([
    ['pod CIDR', 15],
    ['kubelet maxPods', 110],
  ])
  expect(report.limitedBy?.basis).toBe('10.1.0.0/28: 13 addresses for pods, 2 pods take none')
  expect(report.free).toBe(10)
})

test('IPv6 alone, and both families', async () => {
  const nodes = [
    { name: 'six', podCidrs: ['fd00::/120'] },
    { name: 'both', podCidrs: ['10.1.0.0/24', 'fd00:1::/64'] },
    { name: 'huge', podCidrs: ['fd00:2::/64'] },
  ]
  const result = await check({ nodes, kubelet })
  expect(reportOf(result, 'six').addresses?.usable).toBe(254)
  expect(reportOf(result, 'both').addresses?.usable).toBe(253)
  expect(reportOf(result, 'huge').limitedBy?.name).toBe('kubelet maxPods')
})

test('podsPerCore is named where it is the limit', async () => {
  const nodes = [{ name: 'a', cpu: '4', pods: 40 }]
  const report = reportOf(await check({ nodes, kubelet: () => ({ maxPods: 110, podsPerCore: 10 }) }))
  expect(report.limitedBy).toMatchObject({ name: 'kubelet podsPerCore', pods: 40, basis: 'podsPerCore 10 on 4 cores' })
  expect(report.unappliedPods).toBeUndefined()
})

test('a node that has more pods than it takes now is below 0 free', async () => {
  const result = await check({
    nodes: [{ name: 'a', pods: 3 }],
    pods: many(5, { node: 'a' }),
    kubelet: () => ({ maxPods: 3 }),
  })
  expect(reportOf(result).free).toBe(-2)
  expect(result.totals).toMatchObject({ allocatable: 3, running: 5, free: 0 })
})

test('a kubelet whose configuration is not in force yet', async () => {
  const result = await check({ nodes: [{ name: 'a', pods: 110 }], kubelet: () => ({ maxPods: 400 }) })
  expect(reportOf(result).unappliedPods).toBe(400)
  expect(reportOf(result).limitedBy?.pods).toBe(110)
})

test('a node that reports no pods takes none, and says so', async () => {
  const report = reportOf(await check({ nodes: [{ name: 'a', pods: null, podCidrs: ['10.0.0.0/24'] }], kubelet }))
  expect(report.limitedBy).toBeUndefined()
  expect(report.free).toBeUndefined()
})

test('fake and virtual nodes have no kubelet to ask, and Windows nodes do', async () => {
  const asked: string[] = []
  const nodes = [
    { name: 'fake', annotations: { 'kwok.x-k8s.io/node': 'fake' } },
    { name: 'virtual', labels: { type: 'virtual-kubelet' }, pods: 5000 },
    { name: 'windows', labels: { 'kubernetes.io/os': 'windows' } },
  ]
  const result = await check({
    nodes,
    kubelet: (node) => {
      asked.push(node)
      return kubelet()
    },
  })
  expect(asked).toEqual(['windows'])
  expect(result.reports.map(({ node, limitedBy }) => [node.name, node.os, limitedBy?.name, limitedBy?.pods])).toEqual([
    ['fake', 'linux', 'node capacity', 110],
    ['virtual', 'linux', 'node capacity', 5000],
    ['windows', 'windows', 'kubelet maxPods', 110],
  ])
})

test('200 kubelets that hang cost one time-out, and are told as one line', async () => {
  await using server = await startFaultServer()
  await using client = await server.connect()
  const nodes = Array.from({ length: 201 }, (_, index) => ({ name: `node-${index}` }))
  const answer = answerAs({ nodes, kubelet: (node) => (node === 'node-7' ? { maxPods: 110 } : undefined) })
  let open = 0
  let most = 0
  server.answer((call) => {
    if (call.path.endsWith('/configz')) {
      most = Math.max(most, ++open)
      call.onClose(() => (open -= 1))
    }
    answer(call)
  })
  const { checkMaxPods } = await import('../../../lib/maxpods/check-maxpods.ts')
  const plan = { nodes: [], asksKubelets: true }
  const result = await checkMaxPods(client, plan, { signal: AbortSignal.timeout(30_000), onPods: () => {} })
  // All at once: so one batch.
  expect(most).toBeGreaterThanOrEqual(200)
  expect(server.calls.filter(({ path }) => path.endsWith('/configz'))).toHaveLength(201)
  expect(result.missing).toEqual([
    {
      what: 'settings of 200 kubelets',
      why: 'its kubelet does not answer within 3s',
      tells: 'podsPerCore, podPidsLimit, reservations, image pulls',
    },
  ])
  expect(reportOf(result, 'node-7').kubelet?.settings).toEqual({ maxPods: 110 })
}, 30_000)

test('with no more than the rights to list nodes and pods the figures stand, and what is missing is said', async () => {
  const kubeSystem = '/api/v1/namespaces/kube-system/configmaps'
  const forbidden = [
    'nodes/proxy',
    ...['kubelet-config', 'kubeadm-config', 'cilium-config'].map((name) => `${kubeSystem}/${name}`),
    '/apis/storage.k8s.io/v1/csinodes',
  ]
  const result = await check({
    nodes: [{ name: 'a', pods: 20 }, { name: 'b' }],
    pods: many(4, { node: 'a' }),
    kubelet,
    forbidden,
  })
  expect(result.totals).toMatchObject({ allocatable: 130, running: 4, free: 126 })
  expect(result.missing.map(({ what, why }) => `${what}: ${why}`)).toEqual([
    'settings of all kubelets: forbidden: get nodes/proxy',
    'CSINodes: forbidden: list csinodes.storage.k8s.io',
    'the ConfigMap cilium-config: forbidden: get configmaps in kube-system',
    'the ConfigMap kubeadm-config: forbidden: get configmaps in kube-system',
    'the ConfigMap kubelet-config: forbidden: get configmaps in kube-system',
  ])
})

test('kubelets that may not be asked have the default that kubeadm gives, marked as such', async () => {
  const configMaps = { 'kubelet-config': { kubelet: 'kind: KubeletConfiguration\nmaxPods: 250\npodPidsLimit: 4096\n' } }
  const result = await check({ nodes: [{ name: 'a', pods: 250 }], configMaps, kubelet, forbidden: ['nodes/proxy'] })
  expect(reportOf(result).kubelet).toEqual({
    source: 'kubelet-config',
    settings: { maxPods: 250, podsPerCore: 0, podPidsLimit: 4096 },
  })
  expect(reportOf(result).kubeletUnknown).toBe('forbidden: get nodes/proxy')
})

test('without asking kubelets nothing is sent to them', async () => {
  const result = await check(
    {
      nodes: [{ name: 'a' }],
      kubelet: () => {
        throw new Error('a kubelet was asked')
      },
    },
    { asksKubelets: false },
  )
  expect(result.missing[0]).toMatchObject({ what: 'settings of kubelets', why: '--no-kubelet' })
})

test('nodes are chosen by name or label; the cluster stays whole', async () => {
  const nodes = [{ name: 'a' }, { name: 'b' }, { name: 'c' }]
  const byName = await check({ nodes, kubelet }, { nodes: ['node/b', 'a'] })
  expect(byName.reports.map(({ node }) => node.name)).toEqual(['a', 'b'])
  expect(byName.totals.nodes).toBe(3)
  const byLabel = await check({ nodes, kubelet, selected: ['c'] }, { selector: 'pool=x' })
  expect(byLabel.reports.map(({ node }) => node.name)).toEqual(['c'])
})

test('nodes that are not there, and clusters without any, are faults in words', async () => {
  await expect(check({ nodes: [{ name: 'node-a' }] }, { nodes: ['node-x'] })).rejects.toMatchObject({
    message: 'Error from server (NotFound): nodes "node-x" not found',
    advice: ['did you mean node-a?'],
  })
  await expect(check({ nodes: [{ name: 'node-a' }] }, { nodes: ['ΩΩ;rm -rf'] })).rejects.toMatchObject({
    message: 'Error from server (NotFound): nodes "ΩΩ;rm -rf" not found',
  })
  await expect(check({ nodes: [] })).rejects.toThrow('the cluster has no nodes')
  await expect(check({ nodes: [{ name: 'a' }], selected: [] }, { selector: 'x=y' })).rejects.toThrow(
    'none of 1 nodes matches the label selector',
  )
})

test('volumes that can be attached, and are', async () => {
  const objects = {
    '/apis/storage.k8s.io/v1/csinodes': [
      {
        metadata: { name: 'a' },
        spec: { drivers: [{ name: 'ebs.csi.aws.com', allocatable: { count: 25 } }, { name: 'nfs' }] },
      },
      { metadata: { name: 'b' }, spec: { drivers: null } },
    ],
    '/apis/storage.k8s.io/v1/volumeattachments': [
      { spec: { attacher: 'ebs.csi.aws.com', nodeName: 'a' } },
      { spec: { attacher: 'ebs.csi.aws.com', nodeName: 'a' } },
    ],
  }
  const result = await check({ nodes: [{ name: 'a' }, { name: 'b' }], kubelet, objects })
  expect(reportOf(result, 'a').volumes).toEqual([{ driver: 'ebs.csi.aws.com', limit: 25, attached: 2 }])
  expect(reportOf(result, 'b').volumes).toEqual([])
})
