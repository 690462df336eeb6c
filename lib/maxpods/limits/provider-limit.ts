import { type EniMode, eksRecommendedMaximum, eniMaxPods, instanceNetwork } from '../ec2/eni-addresses.ts'
import type { NodeFacts } from '../facts/node-facts.ts'
import { addressCount, parseCidr } from '../ipam/cidr.ts'
import type { Limit } from './limit.ts'

/** GKE Standard takes no more for --max-pods-per-node (GKE docs, flexible-pod-cidr). */
export const GKE_MOST_PODS = 256
/** AKS takes no more, and no fewer than 10, for --max-pods (AKS docs, quotas). */
export const AKS_MOST_PODS = 250

/**
 * The most pods that GKE allows on a node with this block: half of its addresses, so that those of deleted pods are not
 * given out again at once.
 */
export function gkeMaximum(mask: number): number {
  return Math.min(GKE_MOST_PODS, Math.floor(addressCount({ family: 4, mask }) / 2))
}

/** The block that GKE gives to each node for so many pods, by the table of its docs: at least twice as many addresses. */
export function gkeMask(maxPods: number): number {
  return 32 - Math.max(4, Math.ceil(Math.log2(2 * maxPods)))
}

/**
 * What the provider of a managed cluster allows or recommends; nothing of it is enforced on the node itself.
 * @param eniMode how the VPC CNI gives addresses, where that is known
 */
export function providerLimits(node: NodeFacts, eniMode?: EniMode): Limit[] {
  const { provider, podCidrs } = node
  if (provider === 'eks') return [eksLimit(node, eniMode)]
  if (provider === 'aks') {
    return [{ name: 'AKS', pods: AKS_MOST_PODS, basis: 'the most that --max-pods takes', binding: false }]
  }
  if (provider !== 'gke') return []
  const block = podCidrs.map(parseCidr).find((cidr) => cidr?.family === 4)
  const pods = block === undefined ? GKE_MOST_PODS : gkeMaximum(block.mask)
  const basis =
    block === undefined ? 'the most that --max-pods-per-node takes' : `half of the addresses of ${block.text}`
  return [{ name: 'GKE', pods, basis, binding: false }]
}

/** What the calculator of EKS says: pods for the addresses of the instance type, and no more than is recommended. */
function eksLimit({ instanceType = '', capacity }: NodeFacts, eniMode: EniMode | undefined): Limit {
  const vcpus = capacity.cpuMillis / 1000
  const recommended = eksRecommendedMaximum(vcpus)
  const network = eniMode === undefined ? undefined : instanceNetwork(instanceType)
  if (network === undefined || eniMode === undefined) {
    return { name: 'EKS recommendation', pods: recommended, basis: `${vcpus} vCPU`, binding: false }
  }
  const prefixDelegation = eniMode.prefixDelegation && network.takesPrefixes
  const pods = Math.min(recommended, eniMaxPods(network, { ...eniMode, prefixDelegation }))
  return { name: 'EKS recommendation', pods, basis: `${instanceType} with ${vcpus} vCPU`, binding: false }
}
