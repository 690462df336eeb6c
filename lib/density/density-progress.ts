import type { PodCounts } from '../workload/pods/pod-tracker.ts'

/** How far a run is. */
export interface DensityProgress {
  phase: string
  /** What is counted: objects are those that the phase makes, or does something with. */
  of: 'namespaces' | 'images' | 'objects' | 'pods'
  done: number
  /** Undefined where only the cluster knows. */
  total: number | undefined
  /** Of the pods of the load, while they come into being. */
  pods?: PodProgress
}

export interface PodProgress {
  counts: Readonly<PodCounts>
  /** Pods that are there and not ready, by reason. */
  waiting: ReadonlyMap<string, number>
}
