import type { KubeClient } from '../../kube/client.ts'
import { listNames } from '../../kube/collections/list-names.ts'
import { isFakeNode, type NodeObject } from '../../workload/nodes/node-objects.ts'
import { withoutManagedFields } from '../../workload/pods/pod-line.ts'
import { createQuantityReader, type QuantityReader } from '../../workload/pods/pod-requests.ts'
import type { NodeFacts, NodeState, Provider } from './node-facts.ts'

interface DetailedNode extends NodeObject {
  spec?: NodeObject['spec'] & { podCIDR?: string; podCIDRs?: readonly string[]; providerID?: string }
  status?: NodeObject['status'] & { nodeInfo?: { kubeletVersion?: string; operatingSystem?: string } }
}

const CORDON_TAINT = 'node.kubernetes.io/unschedulable'

/**
 * All nodes of the cluster, with what decides how many pods they take. Their lists of images, which are most of a Node
 * object, are not kept.
 * @throws ApiError when nodes cannot be listed
 */
export async function readNodes(client: KubeClient, signal: AbortSignal): Promise<NodeFacts[]> {
  const read = createQuantityReader()
  const extract = (item: Buffer) => nodeFacts(JSON.parse(withoutManagedFields(item)) as DetailedNode, read)
  const { items } = await client.list<NodeFacts>('/api/v1/nodes', { extract, signal })
  return items.sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** The names of the nodes that a label selector matches. */
export async function readNodeNames(
  client: KubeClient,
  labelSelector: string,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  return new Set(await listNames(client, '/api/v1/nodes', { labelSelector, signal }))
}

/** What a Node object says; see NodeFacts. */
export function nodeFacts(node: DetailedNode, read: QuantityReader): NodeFacts {
  const { metadata, spec = {}, status = {} } = node
  const { labels = {} } = metadata
  const provider = providerOf(node)
  const instanceType = labels['node.kubernetes.io/instance-type'] ?? labels['beta.kubernetes.io/instance-type']
  const amounts = (quantities: Readonly<Record<string, string>> = {}) => ({
    cpuMillis: read.cpuMillis(quantities.cpu),
    memoryBytes: read.memoryBytes(quantities.memory),
    ...(quantities.pods === undefined ? {} : { pods: read.memoryBytes(quantities.pods) }),
  })
  return {
    name: metadata.name,
    os: labels['kubernetes.io/os'] ?? status.nodeInfo?.operatingSystem ?? 'linux',
    hasKubelet: !isFakeNode(node) && !isVirtual(node),
    ...(provider === undefined ? {} : { provider }),
    ...(instanceType === undefined ? {} : { instanceType }),
    kubeletVersion: status.nodeInfo?.kubeletVersion ?? '',
    capacity: amounts(status.capacity),
    allocatable: amounts(status.allocatable),
    podCidrs: spec.podCIDRs ?? (spec.podCIDR === undefined ? [] : [spec.podCIDR]),
    state: stateOf(node),
  }
}

function stateOf({ spec = {}, status = {} }: DetailedNode): NodeState {
  const conditions = status.conditions ?? []
  const hard = (spec.taints ?? []).filter(
    ({ key, effect }) => (effect === 'NoSchedule' || effect === 'NoExecute') && key !== CORDON_TAINT,
  )
  return {
    ready: conditions.some(({ type, status: state }) => type === 'Ready' && state === 'True'),
    cordoned: spec.unschedulable === true,
    taints: hard.map(({ key, effect }) => `${key}:${effect}`),
    pressures: conditions
      .filter(({ type, status: state }) => type !== 'Ready' && state === 'True')
      .map(({ type }) => type),
  }
}

function isVirtual({ metadata: { labels = {} } }: DetailedNode): boolean {
  return labels.type === 'virtual-kubelet' || labels['kubernetes.azure.com/managed'] === 'virtual-kubelet'
}

/** By what each puts on its nodes: labels, the version of its kubelet, the annotation of kubeadm join. */
function providerOf({ metadata: { labels = {}, annotations = {} }, spec, status }: DetailedNode): Provider | undefined {
  const version = status?.nodeInfo?.kubeletVersion ?? ''
  const has = (prefix: string) => Object.keys(labels).some((label) => label.startsWith(prefix))
  if (version.includes('-eks-') || has('eks.amazonaws.com/')) return 'eks'
  if (version.includes('-gke.') || has('cloud.google.com/gke-')) return 'gke'
  if (spec?.providerID?.startsWith('azure:') === true && has('kubernetes.azure.com/')) return 'aks'
  return annotations['kubeadm.alpha.kubernetes.io/cri-socket'] === undefined ? undefined : 'kubeadm'
}
