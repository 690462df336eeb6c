import type { KubeClient } from '../kube/client.ts'
import type { PodTracker } from '../workload/pods/pod-tracker.ts'
import type { DensityPlan } from './density-plan.ts'
import type { DensityProgress } from './density-progress.ts'
import type { DensityRun } from './density-run.ts'

/** What the parts of one run share. */
export interface DensitySession {
  client: KubeClient
  plan: DensityPlan
  tracker: PodTracker
  run: DensityRun
  /** Ends with the user's signal or when the watch fails. */
  signal: AbortSignal
  /** The same for requests that make objects, some seconds later; see lateSignal. */
  lateSignal: AbortSignal
  progress: (progress: DensityProgress) => void
}
