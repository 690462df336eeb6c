import type { ResourceTotals } from '../../workload/pods/pod-requests.ts'

/** Who runs the machine, where that decides how its limits are set. */
export type Provider = 'eks' | 'gke' | 'aks' | 'kubeadm'

/** What of a node decides how many pods it takes, as the Node object says it. */
export interface NodeFacts {
  readonly name: string
  readonly os: string
  /** No kubelet to ask: a fake node (kwok) or a virtual one (virtual-kubelet). */
  readonly hasKubelet: boolean
  readonly provider?: Provider
  readonly instanceType?: string
  readonly kubeletVersion: string
  /** Pods undefined: the node does not say. */
  readonly capacity: ResourceTotals & { readonly pods?: number }
  readonly allocatable: ResourceTotals & { readonly pods?: number }
  /** Those of spec.podCIDRs, which another IPAM may not use. */
  readonly podCidrs: readonly string[]
  readonly state: NodeState
}

export interface NodeState {
  readonly ready: boolean
  readonly cordoned: boolean
  /** Keys and effects of taints that keep pods away that do not tolerate them, the cordon's own left out. */
  readonly taints: readonly string[]
  /** Conditions other than Ready that are True, e.g. DiskPressure. */
  readonly pressures: readonly string[]
}

/** Does the node take new pods, as far as it itself is concerned? */
export function takesPods({ state }: Pick<NodeFacts, 'state'>): boolean {
  return state.ready && !state.cordoned
}
