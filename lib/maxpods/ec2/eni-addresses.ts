import { INSTANCE_SIZES, XEN_FAMILIES } from './instance-table.ts'

/** The network of an EC2 instance type. */
export interface InstanceNetwork {
  /** Network interfaces of the default network card. */
  enis: number
  /** IPv4 addresses of each, its primary one included. */
  ipv4: number
  /** Whether its interfaces can be given prefixes of 16 addresses: on the Nitro system, and bare metal. */
  takesPrefixes: boolean
}

/** undefined for a type that the table does not have. */
export function instanceNetwork(instanceType: string): InstanceNetwork | undefined {
  const [family = '', size = ''] = instanceType.split('.')
  const has = (list: string, word: string) => list.split(' ').includes(word)
  const found = INSTANCE_SIZES.find(({ types }) =>
    types.some(([families, sizes]) => has(families, family) && has(sizes, size)),
  )
  if (found === undefined) return undefined
  const takesPrefixes = !XEN_FAMILIES.has(family) || size.startsWith('metal')
  return { enis: found.enis, ipv4: found.ipv4, takesPrefixes }
}

export interface EniMode {
  /** Prefixes of 16 addresses instead of single ones. */
  prefixDelegation: boolean
  /** Interfaces that pods get no address from: 1 with custom networking. */
  unusedEnis: number
}

/** Addresses for pods: the primary one of each interface is the node's. */
export function eniAddresses({ enis, ipv4 }: InstanceNetwork, { prefixDelegation, unusedEnis }: EniMode): number {
  return Math.max(0, enis - unusedEnis) * (ipv4 - 1) * (prefixDelegation ? 16 : 1)
}

/** Pods of the node's own network that every EKS node runs: aws-node and kube-proxy. */
const OWN_NETWORK_PODS = 2
const FEW_VCPUS = 30

/**
 * The maxPods that EKS computes for an instance type: one pod for each address, and two for those that take none.
 * Source: nodeadm/internal/kubelet/eni_max_pods.go and max-pods-calculator.sh of amazon-eks-ami.
 */
export function eniMaxPods(network: InstanceNetwork, mode: EniMode): number {
  return eniAddresses(network, mode) + OWN_NETWORK_PODS
}

/** The most pods that EKS recommends and its managed node groups set, whatever the addresses (max-pods-calculator.sh). */
export function eksRecommendedMaximum(vcpus: number): number {
  return vcpus <= FEW_VCPUS ? 110 : 250
}
