/** A Cilium agent: a container of a pod, of which each node has one. */
export interface Agent {
  readonly namespace: string
  readonly pod: string
  readonly container: string
  readonly node: string
  readonly image: string
  /** What made its pod: `daemonsets/cilium`; `pods` where nothing did. */
  readonly owner: string
  /** Why it cannot be asked anything, where its pod says so: `Pending`, `CrashLoopBackOff`. */
  readonly problem?: string
}
