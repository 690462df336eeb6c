import type { CiliumNode } from '../detection/detect-slices.ts'

/** RFC 2544: for benchmarks, never routed. 198.18.0.0 to 198.19.255.255. */
export const ADDRESS_RANGE = '198.18.0.0/15'
const FIRST_ADDRESS = ((198 << 24) | (18 << 16)) >>> 0
/** The last 256 of the range are for nodes. */
const NODE_ADDRESSES = 256
export const MOST_ENDPOINTS = 2 ** 17 - NODE_ADDRESSES - 1
/** Endpoints of one workload share an identity. */
const PER_IDENTITY = 30
const MOST_GROUPS = 100
const NODES = 3

/** Made up like a pod's, so that it is as large. */
const HASH = '7c9d8f6b54'

export interface EndpointLoadNames {
  namespace: string
  labels: Readonly<Record<string, string>>
  /** Numbers that belong to no identity of the cluster: two for each group. */
  identities: readonly number[]
  /** Who owns the endpoints: the operator's garbage collector then leaves them alone. */
  owner: CiliumNode | undefined
}

/** How many groups of endpoints with an identity of their own there are. */
export function groupCount(endpoints: number): number {
  return Math.min(MOST_GROUPS, Math.ceil(endpoints / PER_IDENTITY))
}

/**
 * A name as long as a pod's.
 * @param round of the churn: each makes endpoints of other names
 */
export function endpointName(index: number, groups: number, round = 0): string {
  return `web-${index % groups}-${HASH}-${String(index).padStart(5, '0')}${round === 0 ? '' : `-${round}`}`
}

/** A CiliumEndpoint as an agent writes it for a pod, with addresses that no pod has. */
export function endpointManifest(
  { namespace, labels, identities, owner }: EndpointLoadNames,
  index: number,
  groups: number,
  round = 0,
): object {
  const name = endpointName(index, groups, round)
  const group = index % groups
  const container = String(index).padStart(64, '0')
  return {
    apiVersion: 'cilium.io/v2',
    kind: 'CiliumEndpoint',
    metadata: {
      name,
      labels: { ...labels, app: `web-${group}`, 'pod-template-hash': HASH },
      ...(owner === undefined
        ? {}
        : { ownerReferences: [{ apiVersion: 'cilium.io/v2', kind: 'CiliumNode', name: owner.name, uid: owner.uid }] }),
    },
    status: {
      encryption: {},
      'external-identifiers': {
        'cni-attachment-id': `${container}:eth0`,
        'container-id': container,
        'k8s-namespace': namespace,
        'k8s-pod-name': name,
        'pod-name': `${namespace}/${name}`,
      },
      id: (index % 65_534) + 1,
      identity: identityOf(namespace, group, identities[group] ?? 0),
      'named-ports': [{ name: 'http', port: 8080, protocol: 'TCP' }],
      networking: { addressing: [{ ipv4: addressOf(index) }], node: nodeAddress(index) },
      state: 'ready',
    },
  }
}

/** What becomes of an endpoint when a label of its pod changes: another identity. */
export function relabelPatch({ namespace, identities }: EndpointLoadNames, index: number, groups: number): object {
  const group = index % groups
  const identity = identityOf(namespace, group, identities[groups + group] ?? 0)
  return { status: { identity: { ...identity, labels: [...identity.labels, 'k8s:perf-label=updated'].sort() } } }
}

function identityOf(namespace: string, group: number, id: number) {
  return {
    id,
    labels: [
      `k8s:app=web-${group}`,
      `k8s:io.cilium.k8s.namespace.labels.kubernetes.io/metadata.name=${namespace}`,
      'k8s:io.cilium.k8s.policy.cluster=default',
      'k8s:io.cilium.k8s.policy.serviceaccount=default',
      `k8s:io.kubernetes.pod.namespace=${namespace}`,
    ],
  }
}

/**
 * @returns an address of the range, another one for each index
 * @throws RangeError from `MOST_ENDPOINTS` on: those are the nodes'
 */
export function addressOf(index: number): string {
  if (index >= MOST_ENDPOINTS) throw new RangeError(`no address for endpoint ${index}`)
  return dotted(FIRST_ADDRESS + 1 + index)
}

function nodeAddress(index: number): string {
  return dotted(FIRST_ADDRESS + 2 ** 17 - NODE_ADDRESSES + 1 + (index % NODES))
}

function dotted(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 255).join('.')
}
