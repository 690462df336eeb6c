/** What can keep more pods from a node. */
export type LimitName =
  | 'kubelet maxPods'
  | 'kubelet podsPerCore'
  | 'node capacity'
  | 'pod CIDR'
  | 'Cilium IPAM'
  | 'Calico blocks'
  | 'EC2 network interfaces'
  | 'GKE'
  | 'AKS'
  | 'EKS recommendation'

/** One limit of one node. */
export interface Limit {
  readonly name: LimitName
  /** How many pods it allows on the node, those that are there included. */
  readonly pods: number
  /** What it comes from, for people: `10.1.0.0/24: 253 addresses`. */
  readonly basis: string
  /** false: a rule or a recommendation that nothing enforces on the node. */
  readonly binding: boolean
}
