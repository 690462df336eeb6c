import { expect, test } from 'vitest'
import { check, reportOf } from './check.ts'
import type { FakeCluster } from './fake-cluster.ts'

// Who gives pods their addresses, and how many a node has: by what the network's own objects say.

const kubelet = () => ({ maxPods: 400 })
const agent = (name: string) => ({ node: 'a', daemonSet: name, hostNetwork: true })
const CILIUM_NODES = '/apis/cilium.io/v2/ciliumnodes'

const ciliumNode = (ipam: object, more: object = {}) => ({
  metadata: { name: 'a' },
  spec: {
    addresses: [
      { type: 'InternalIP', ip: '192.168.0.1' },
      { type: 'CiliumInternalIP', ip: '10.0.0.5' },
    ],
    health: { ipv4: '10.0.0.6' },
    ingress: {},
    ipam,
    ...more,
  },
})

async function addresses(cluster: Omit<FakeCluster, 'kubelet'>) {
  const { addresses: pool, limitedBy } = reportOf(await check({ kubelet, ...cluster }))
  return { ipam: pool?.ipam, usable: pool?.usable, note: pool?.note, limitedBy: limitedBy?.name, pods: limitedBy?.pods }
}

test('Cilium cluster-pool: the block of the CiliumNode, not the podCIDR of the Node, less router and health endpoint', async () => {
  expect(
    await addresses({
      nodes: [{ name: 'a', pods: 400, podCidrs: ['10.244.0.0/22'] }],
      pods: [agent('cilium')],
      configMaps: { 'cilium-config': { ipam: 'cluster-pool' } },
      objects: { [CILIUM_NODES]: [ciliumNode({ podCIDRs: ['10.0.0.0/24'] })] },
    }),
  ).toEqual({ ipam: 'Cilium cluster-pool', usable: 252, note: undefined, limitedBy: 'Cilium IPAM', pods: 253 })
})

test('Cilium with ingress takes one address more', async () => {
  const node = ciliumNode({ podCIDRs: ['10.0.0.0/24'] }, { ingress: { ipv4: '10.0.0.7' } })
  const cluster = {
    nodes: [{ name: 'a' }],
    configMaps: { 'cilium-config': { ipam: 'cluster-pool' } },
    objects: { [CILIUM_NODES]: [node] },
  }
  expect((await addresses(cluster)).usable).toBe(251)
})

test('Cilium kubernetes: the podCIDR of the Node', async () => {
  const cluster = {
    nodes: [{ name: 'a', pods: 400, podCidrs: ['10.244.0.0/24'] }],
    configMaps: { 'cilium-config': { ipam: 'kubernetes' } },
  }
  expect(await addresses(cluster)).toMatchObject({ ipam: 'Cilium kubernetes', usable: 252, limitedBy: 'Cilium IPAM' })
})

test('Cilium multi-pool: blocks come on demand, so they limit nothing', async () => {
  const pools = { allocated: [{ pool: 'default', cidrs: ['10.0.0.0/27'] }] }
  const cluster = {
    nodes: [{ name: 'a', pods: 400 }],
    configMaps: { 'cilium-config': { ipam: 'multi-pool' } },
    objects: { [CILIUM_NODES]: [ciliumNode({ pools })] },
  }
  expect(await addresses(cluster)).toEqual({
    ipam: 'Cilium multi-pool',
    usable: undefined,
    note: 'the node is given more blocks on demand',
    limitedBy: 'kubelet maxPods',
    pods: 400,
  })
})

test('Cilium ENI: what the instance type has, with prefixes where they are on', async () => {
  const eni = { 'instance-type': 'm5.large', 'first-interface-index': 0 }
  const node = ciliumNode({ pool: { '10.0.0.1': {}, '10.0.0.2': {} } }, { eni, addresses: [], health: {} })
  const cluster = (data: Record<string, string>) => ({
    nodes: [{ name: 'a', pods: 400 }],
    configMaps: { 'cilium-config': { ipam: 'eni', ...data } },
    objects: { [CILIUM_NODES]: [node] },
  })
  expect(await addresses(cluster({}))).toMatchObject({ usable: 27, limitedBy: 'EC2 network interfaces' })
  expect((await addresses(cluster({ 'aws-enable-prefix-delegation': 'true' }))).usable).toBe(432)
})

test('Cilium Azure: a pool that grows', async () => {
  const cluster = {
    nodes: [{ name: 'a' }],
    configMaps: { 'cilium-config': { ipam: 'azure' } },
    objects: { [CILIUM_NODES]: [ciliumNode({ pool: { '10.0.0.1': {} } })] },
  }
  expect((await addresses(cluster)).note).toBe('1 addresses on its interfaces, more come on demand')
})

test('Cilium that is seen by its pods alone says nothing of addresses, and the podCIDR is not taken for them', async () => {
  const result = await check({
    kubelet,
    nodes: [{ name: 'a', pods: 400, podCidrs: ['10.244.0.0/24'] }],
    pods: [agent('cilium')],
    forbidden: ['/api/v1/namespaces/kube-system/configmaps/cilium-config', CILIUM_NODES],
  })
  expect(reportOf(result).addresses).toEqual({ ipam: 'Cilium IPAM', cidrs: [], note: 'its block is not known' })
  expect(result.missing.map(({ what }) => what)).toContain('CiliumNodes')
})

const awsNode = (env: Record<string, string>) => ({
  '/apis/apps/v1/namespaces/kube-system/daemonsets/aws-node': {
    spec: {
      template: {
        spec: {
          containers: [{ name: 'aws-node', env: Object.entries(env).map(([name, value]) => ({ name, value })) }],
        },
      },
    },
  },
})
const eksNode = {
  name: 'a',
  pods: 400,
  labels: { 'node.kubernetes.io/instance-type': 't3.medium', 'eks.amazonaws.com/nodegroup': 'x' },
}

test('AWS VPC CNI: interfaces times addresses, and those on the host network on top', async () => {
  const pods = [agent('aws-node'), { node: 'a', daemonSet: 'kube-proxy', hostNetwork: true }]
  // 17 with the two pods of the host network: the published figure of a t3.medium.
  expect(await addresses({ nodes: [eksNode], pods, objects: awsNode({}) })).toMatchObject({
    ipam: 'AWS VPC CNI',
    usable: 15,
    limitedBy: 'EC2 network interfaces',
    pods: 17,
  })
  const prefixes = awsNode({ ENABLE_PREFIX_DELEGATION: 'true' })
  expect((await addresses({ nodes: [eksNode], pods, objects: prefixes })).pods).toBe(242)
  const custom = awsNode({ AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG: 'true' })
  expect((await addresses({ nodes: [eksNode], pods, objects: custom })).pods).toBe(12)
})

test('an instance type that nobody knows limits nothing, and is named', async () => {
  const labels = { ...eksNode.labels, 'node.kubernetes.io/instance-type': 'z9.huge' }
  const cluster = { nodes: [{ ...eksNode, labels }], pods: [agent('aws-node')], objects: awsNode({}) }
  expect(await addresses(cluster)).toMatchObject({
    usable: undefined,
    note: 'instance type z9.huge is not in the table',
    limitedBy: 'kubelet maxPods',
  })
})

const CALICO = '/apis/crd.projectcalico.org/v1'
const ipv4Pools = [
  { spec: { cidr: '10.48.0.0/16', blockSize: 26 } },
  // Nobody gets an address from it.
  { spec: { cidr: '10.49.0.0/16', blockSize: 20, disabled: true } },
]
const calico = (config: object, pools: readonly object[] = ipv4Pools) => ({
  [`${CALICO}/ippools`]: pools,
  [`${CALICO}/blockaffinities`]: [
    { spec: { node: 'a', cidr: '10.48.0.0/26', deleted: 'false' } },
    { spec: { node: 'a', cidr: '10.48.0.64/26' } },
    { spec: { node: 'b', cidr: '10.48.0.128/26' } },
    { spec: { node: 'a', cidr: '10.48.0.192/26', deleted: 'true' } },
  ],
  [`${CALICO}/ipamconfigs`]: [{ spec: config }],
})

test('Calico: blocks on demand, unless a node may have only so many', async () => {
  const cluster = { nodes: [{ name: 'a', pods: 400, podCidrs: ['10.244.0.0/24'] }], pods: [agent('calico-node')] }
  expect(
    await addresses({ ...cluster, objects: calico({ strictAffinity: false, maxBlocksPerHost: 0 }) }),
  ).toMatchObject({
    ipam: 'Calico',
    note: '128 addresses in its blocks, more come from 10.48.0.0/16',
    limitedBy: 'kubelet maxPods',
  })
  expect(await addresses({ ...cluster, objects: calico({ strictAffinity: true, maxBlocksPerHost: 4 }) })).toMatchObject(
    {
      usable: 256,
      limitedBy: 'Calico blocks',
      pods: 257,
    },
  )
})

test('Calico: the blocks of each family are counted by themselves, and a pod takes an address of each', async () => {
  const limit = async (...pools: object[]) => {
    const objects = calico({ strictAffinity: true, maxBlocksPerHost: 2 }, pools)
    return addresses({ nodes: [{ name: 'a', pods: 400 }], pods: [agent('calico-node')], objects })
  }
  const ipv6 = { spec: { cidr: 'fd00:48::/64', blockSize: 122 } }
  expect(await limit(ipv6)).toMatchObject({ usable: 128, limitedBy: 'Calico blocks' })
  expect(await limit({ spec: { cidr: 'fd00:48::/64' } })).toMatchObject({ usable: 128 })
  expect(await limit({ spec: { cidr: '10.48.0.0/16', blockSize: 24 } }, ipv6)).toMatchObject({ usable: 128 })
})

test('GKE and AKS: their rules stand beside, and bind nothing on the node', async () => {
  const gke = await check({
    kubelet,
    nodes: [{ name: 'a', kubeletVersion: 'v1.33.5-gke.1000', podCidrs: ['10.0.0.0/24'] }],
  })
  expect(reportOf(gke).limits).toContainEqual({
    name: 'GKE',
    pods: 128,
    basis: 'half of the addresses of 10.0.0.0/24',
    binding: false,
  })
  expect(reportOf(gke).limitedBy).toMatchObject({ name: 'kubelet maxPods', pods: 110 })
  const aks = await check({
    kubelet,
    nodes: [{ name: 'a', providerId: 'azure:///subscriptions/x', labels: { 'kubernetes.azure.com/cluster': 'x' } }],
  })
  expect(reportOf(aks).limits).toContainEqual({
    name: 'AKS',
    pods: 250,
    basis: 'the most that --max-pods takes',
    binding: false,
  })
})

test('EKS recommends what its calculator says of the instance type, and no more than 110 or 250', async () => {
  const pods = [agent('aws-node')]
  const recommended = async (env: Record<string, string>, cpu: string) => {
    const result = await check({ kubelet, nodes: [{ ...eksNode, cpu }], pods, objects: awsNode(env) })
    return reportOf(result).limits.find(({ name }) => name === 'EKS recommendation')
  }
  expect(await recommended({}, '2')).toMatchObject({ pods: 17, basis: 't3.medium with 2 vCPU', binding: false })
  expect((await recommended({ ENABLE_PREFIX_DELEGATION: 'true' }, '2'))?.pods).toBe(110)
  expect((await recommended({ ENABLE_PREFIX_DELEGATION: 'true' }, '48'))?.pods).toBe(242)
})
