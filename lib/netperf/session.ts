import type { KubeClient } from '../kube/client.ts'
import type { WatchedPods } from '../workload/pods/pod-watch.ts'
import type { NetperfPlan } from './netperf-plan.ts'
import type { NetperfHost, NetperfRun } from './netperf-run.ts'

/** What the parts of one run share. */
export interface NetperfSession {
  readonly client: KubeClient
  readonly plan: NetperfPlan
  readonly host: NetperfHost
  readonly run: NetperfRun
  readonly pods: WatchedPods
  /** Ends with the user's signal. */
  readonly signal: AbortSignal
  /** The same for requests that make objects, some seconds later; see lateSignal. */
  readonly lateSignal: AbortSignal
}
