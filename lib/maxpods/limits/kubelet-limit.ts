import type { KubeletSettings } from '../facts/kubelet-settings.ts'
import { kubeletCapacity } from '../facts/kubelet-settings.ts'
import type { NodeFacts } from '../facts/node-facts.ts'
import type { Limit } from './limit.ts'

/**
 * The limit that the scheduler keeps to: the node's allocatable pods, which its kubelet makes of maxPods and podsPerCore.
 * @returns undefined where the node does not say
 */
export function kubeletLimit(
  { allocatable: { pods }, capacity, hasKubelet }: NodeFacts,
  settings: KubeletSettings | undefined,
): Limit | undefined {
  if (pods === undefined) return undefined
  if (!hasKubelet) return { name: 'node capacity', pods, basis: 'allocatable pods of the Node object', binding: true }
  const cores = capacity.cpuMillis / 1000
  const isPerCore = settings !== undefined && kubeletCapacity(settings, cores).by === 'podsPerCore'
  if (!isPerCore) return { name: 'kubelet maxPods', pods, basis: 'allocatable pods of the node', binding: true }
  const basis = `podsPerCore ${settings.podsPerCore} on ${Math.floor(cores)} cores`
  return { name: 'kubelet podsPerCore', pods, basis, binding: true }
}

/**
 * Where a kubelet's configuration and what its node reports differ: how many pods the node should report.
 * @returns undefined where they agree, or one of them is not known
 */
export function unappliedCapacity({ capacity }: NodeFacts, settings: KubeletSettings | undefined): number | undefined {
  if (settings === undefined || settings.maxPods === undefined || capacity.pods === undefined) return undefined
  const { pods } = kubeletCapacity(settings, capacity.cpuMillis / 1000)
  return pods === capacity.pods ? undefined : pods
}
