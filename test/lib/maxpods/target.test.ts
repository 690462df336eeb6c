import { expect, test } from 'vitest'
import type { TargetPlan } from '../../../lib/maxpods/target/target-plan.ts'
import { check } from './check.ts'
import type { FakeCluster } from './fake-cluster.ts'

async function plan(target: number, cluster: FakeCluster): Promise<TargetPlan> {
  const { target: found } = await check({ kubelet: () => ({ maxPods: 110, podPidsLimit: -1 }), ...cluster }, { target })
  if (found === undefined) throw new Error('nothing was planned')
  return found
}

const changesOf = ({ groups }: TargetPlan) =>
  groups.map(({ changes }) => changes.map(({ what, now, needed }) => `${what}: ${now} → ${needed}`))
const linesOf = ({ groups }: TargetPlan) =>
  groups.flatMap(({ instructions }) => instructions.map(({ title, lines }) => [title, ...lines]))

test('110 to 400 on a plain node: what changes, and the exact lines', async () => {
  const found = await plan(400, { nodes: [{ name: 'a', podCidrs: ['10.1.0.0/24'] }] })
  expect(changesOf(found)).toEqual([
    [
      'kubelet maxPods: 110 → 400',
      'pod CIDR of the node: /24: 253 addresses → /22, at least /23',
      'kubeReserved memory: 0Mi kept from pods → 4655Mi',
      'kubelet podPidsLimit: none → 1024',
      'kernel.pid_max, kernel.threads-max: not known (sysctl kernel.pid_max) → 524288 each',
      'kubelet serializeImagePulls: true by default → false, maxParallelImagePulls 5',
    ],
  ])
  expect(linesOf(found)).toEqual([
    ['kernel', 'kernel.pid_max = 524288', 'kernel.threads-max = 524288', 'fs.inotify.max_user_instances = 8192'],
    ['pod CIDR: node by node, since the block of a node never changes', '    - --node-cidr-mask-size=22'],
    [
      'kubelet configuration file',
      'maxPods: 400',
      'podPidsLimit: 1024',
      'kubeReserved:',
      '  cpu: 80m',
      '  memory: 4655Mi',
      '  ephemeral-storage: 1Gi',
      'serializeImagePulls: false',
      'maxParallelImagePulls: 5',
    ],
  ])
  expect(found.cluster).toMatchObject([
    { what: 'controller manager --node-cidr-mask-size', now: '24', needed: '22' },
    { what: 'pod subnet of the cluster', now: 'not known', needed: '1 blocks of /22 and some to spare' },
  ])
  expect(found.risks[0]).toBe(
    'Kubernetes is tested up to 110 pods per node: beyond, nobody vouches for it but your own tests.',
  )
})

test('tasks that the machine can have are as its kubelet tells them', async () => {
  const summary = (maxpid: number) => ({ node: { nodeName: 'x', rlimit: { maxpid, curproc: 300 } } })
  const found = await plan(400, {
    nodes: [{ name: 'small' }, { name: 'large' }, { name: 'silent' }],
    objects: {
      '/api/v1/nodes/small/proxy/stats/summary': summary(32_768),
      '/api/v1/nodes/large/proxy/stats/summary': summary(524_288),
      '/api/v1/nodes/silent/proxy/stats/summary': { node: {} },
    },
  })
  const told = found.groups.map(({ nodes, changes, instructions }) => [
    nodes,
    changes.filter(({ what }) => what.startsWith('kernel.')).map(({ now, needed, why }) => [now, needed, why]),
    instructions.find(({ title }) => title === 'kernel')?.lines,
  ])
  const sysctl = ['kernel.pid_max = 524288', 'kernel.threads-max = 524288', 'fs.inotify.max_user_instances = 8192']
  const why = '400 pods of 1024 processes; with 32768 each pod could have 64'
  expect(told).toEqual([
    [['large'], [], ['fs.inotify.max_user_instances = 8192']],
    [['silent'], [['not known (sysctl kernel.pid_max)', '524288 each', why]], sysctl],
    [['small'], [['32768, the smaller', '524288 each', why]], sysctl],
  ])
})

test('nodes that need the same are one group, whatever their blocks are', async () => {
  const nodes = Array.from({ length: 50 }, (_, index) => ({ name: `n${index}`, podCidrs: [`10.1.${index}.0/24`] }))
  const found = await plan(400, { nodes: [...nodes, { name: 'ready', pods: 400, podCidrs: ['10.9.0.0/22'] }] })
  expect(found.groups.map(({ nodes: names, changes }) => [names.length, changes.length > 0])).toEqual([
    [50, true],
    [1, false],
  ])
})

test('kubeadm: its ConfigMaps, and whether the pod subnet has room', async () => {
  const configMaps = {
    'kubelet-config': { kubelet: 'maxPods: 110\n' },
    'kubeadm-config': {
      ClusterConfiguration:
        'networking:\n  podSubnet: 10.244.0.0/16\ncontrollerManager:\n  extraArgs:\n  - name: node-cidr-mask-size\n    value: "25"\n',
    },
  }
  const found = await plan(400, { nodes: [{ name: 'a', podCidrs: ['10.244.0.0/25'] }], configMaps })
  expect(linesOf(found)[2]).toEqual([
    'kubeadm',
    '    maxPods: 400',
    '    podPidsLimit: 1024',
    '    kubeReserved:',
    '      cpu: 80m',
    '      memory: 4655Mi',
    '      ephemeral-storage: 1Gi',
    '    serializeImagePulls: false',
    '    maxParallelImagePulls: 5',
  ])
  expect(found.cluster).toMatchObject([
    { now: '25', needed: '22' },
    { now: '10.244.0.0/16: 64 blocks of /22', why: 'enough for the nodes that are there' },
  ])
})

test('a pod subnet that is too small is said', async () => {
  const configMaps = {
    'kubeadm-config': { ClusterConfiguration: 'networking: {podSubnet: "10.244.0.0/23,fd00::/48"}' },
  }
  const found = await plan(400, { nodes: [{ name: 'a', podCidrs: ['10.244.0.0/24'] }], configMaps })
  expect(found.cluster[1]).toMatchObject({ why: 'too small: the cluster needs a larger subnet' })
})

const eks = {
  name: 'a',
  kubeletVersion: 'v1.33.5-eks-1234567',
  pods: 29,
  cpu: '2',
  labels: { 'node.kubernetes.io/instance-type': 'm5.large' },
}
const awsNode = (env: object[]) => ({
  '/apis/apps/v1/namespaces/kube-system/daemonsets/aws-node': {
    spec: { template: { spec: { containers: [{ name: 'x', env }] } } },
  },
})

test('EKS: nodeadm, which reckons kubeReserved itself, and prefixes for the addresses', async () => {
  const kubelet = () => ({ maxPods: 29 })
  const found = await plan(110, {
    nodes: [eks],
    kubelet,
    pods: [{ node: 'a', daemonSet: 'aws-node' }],
    objects: awsNode([]),
  })
  expect(found.groups[0]?.provider).toBe('eks')
  expect(changesOf(found)[0]).toContain('prefix delegation of aws-node: off, 27 addresses → on')
  expect(linesOf(found)).toEqual([
    [
      'AWS VPC CNI: prefixes of 16 addresses',
      'kubectl set env daemonset aws-node -n kube-system ENABLE_PREFIX_DELEGATION=true WARM_PREFIX_TARGET=1',
    ],
    [
      'EKS nodeadm',
      'apiVersion: node.eks.aws/v1alpha1',
      'kind: NodeConfig',
      'spec:',
      '  kubelet:',
      '    config:',
      '      maxPods: 110',
      '      podPidsLimit: 1024',
      '      serializeImagePulls: false',
      '      maxParallelImagePulls: 5',
    ],
  ])
  expect(found.risks).toEqual([])
})

test('EKS: beyond what is recommended, and beyond what prefixes have', async () => {
  const env = [{ name: 'ENABLE_PREFIX_DELEGATION', value: 'true' }]
  const found = await plan(500, { nodes: [eks], pods: [{ node: 'a', daemonSet: 'aws-node' }], objects: awsNode(env) })
  expect(found.groups[0]?.impossible).toEqual(['m5.large has 432 addresses for pods: take a larger instance type'])
  expect(found.risks.at(-1)).toBe(
    'EKS recommends at most 110 pods on nodes up to 30 vCPU and 250 on larger ones: 1 nodes would have more.',
  )
})

test('GKE: a new pool, of no more than 256 pods', async () => {
  const found = await plan(400, {
    nodes: [{ name: 'a', kubeletVersion: 'v1.33.5-gke.1000', podCidrs: ['10.0.0.0/24'] }],
  })
  expect(found.groups[0]?.impossible).toEqual(['GKE takes at most 256 pods per node (Autopilot decides by itself)'])
  expect(linesOf(found)).toEqual([
    [
      'GKE: a new node pool, since the figure of a pool never changes',
      'gcloud container node-pools create NEW-POOL --cluster=CLUSTER --location=LOCATION --max-pods-per-node=256',
    ],
  ])
  expect(found.cluster).toEqual([])
})

test('AKS: a new pool, of no more than 250 pods', async () => {
  const node = { name: 'a', providerId: 'azure:///x', labels: { 'kubernetes.azure.com/cluster': 'x' } }
  expect(linesOf(await plan(200, { nodes: [node] }))).toEqual([
    [
      'AKS: a new node pool, since the figure of a pool never changes',
      'az aks nodepool add --resource-group GROUP --cluster-name CLUSTER --name NEWPOOL --max-pods 200',
    ],
  ])
  expect((await plan(400, { nodes: [node] })).groups[0]?.impossible).toEqual(['AKS takes at most 250 pods per node'])
})

test('Cilium cluster-pool: the mask of its operator', async () => {
  const found = await plan(400, {
    nodes: [{ name: 'a' }],
    configMaps: { 'cilium-config': { ipam: 'cluster-pool', 'cluster-pool-ipv4-mask-size': '24' } },
    objects: {
      '/apis/cilium.io/v2/ciliumnodes': [{ metadata: { name: 'a' }, spec: { ipam: { podCIDRs: ['10.0.0.0/24'] } } }],
    },
  })
  expect(linesOf(found)).toContainEqual([
    'Cilium: nodes that join from then on get the larger block',
    'ipam:',
    '  operator:',
    '    clusterPoolIPv4MaskSize: 22',
  ])
  expect(found.cluster[0]).toMatchObject({ what: 'Cilium clusterPoolIPv4MaskSize', now: '24', needed: '22' })
})

test('podsPerCore has to go where it allows fewer', async () => {
  const found = await plan(400, {
    nodes: [{ name: 'a', pods: 40 }],
    kubelet: () => ({ maxPods: 400, podsPerCore: 10 }),
  })
  expect(changesOf(found)[0]).toContain('kubelet podsPerCore: 10 → 0, or 100')
  expect(linesOf(found)[1]).toContain('podsPerCore: 0')
})

test('a target that is reached already changes nothing', async () => {
  const found = await plan(100, { nodes: [{ name: 'a', podCidrs: ['10.0.0.0/24'] }] })
  expect(found.groups).toEqual([{ nodes: ['a'], changes: [], instructions: [], impossible: [] }])
  expect(found.risks).toEqual([])
})

test('fake and virtual nodes have nothing to configure', async () => {
  const found = await plan(400, { nodes: [{ name: 'a', annotations: { 'kwok.x-k8s.io/node': 'fake' } }] })
  expect(changesOf(found)).toEqual([['allocatable pods: 110 → 400']])
  expect(linesOf(found)).toEqual([])
})

test('a huge target is impossible for reasons that can be read', async () => {
  const found = await plan(2_147_483_647, {
    nodes: [
      { name: 'a', podCidrs: ['10.0.0.0/24'] },
      { name: 'b', podCidrs: ['fd00::/120'] },
    ],
  })
  for (const { impossible, instructions } of found.groups) {
    expect(impossible).toEqual([
      'the machine has 16Gi of memory, and 2147483647 pods need 23068673Gi for kubelet and runtime alone',
    ])
    expect(instructions).toEqual([])
  }
  expect(found.risks[0]).toContain('150,000 pods in the cluster (this allows 4,294,967,294)')
})

test('Windows nodes are named among the risks', async () => {
  const found = await plan(200, { nodes: [{ name: 'a', labels: { 'kubernetes.io/os': 'windows' } }] })
  expect(found.risks.at(-1)).toContain('Windows nodes')
})

test('a kubelet that may write to the API server but slowly is given the rate of newer ones', async () => {
  const settings = { maxPods: 110, podPidsLimit: 4096, serializeImagePulls: false, kubeAPIQPS: 5, kubeAPIBurst: 10 }
  const found = await plan(200, { nodes: [{ name: 'a' }], kubelet: () => settings })
  expect(changesOf(found)[0]).toContain('kubelet kubeAPIQPS: 5, kubeAPIBurst 10 → 50, kubeAPIBurst 100')
  expect(linesOf(found).flat()).toEqual(expect.arrayContaining(['kubeAPIQPS: 50', 'kubeAPIBurst: 100']))
})
