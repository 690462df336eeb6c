import type { JobDetail } from '../record/details/density-details.ts'
import type { Finding, Metric, Phase } from '../record/run-record.ts'
import type { TrackedPod } from '../workload/pods/tracked-pod.ts'
import type { LoopDelay } from './instruments/loop-delay.ts'
import type { Reading } from './instruments/reading.ts'
import type { WaitFor } from './wait-for.ts'

/** A job of a kube-burner configuration, and the phase that made its objects. */
export interface JobRun {
  phase: string
  job: JobDetail
}

/** When objects took the place of others, in ms of the monotonic clock; without an end when the run ended before. */
export interface ChurnTime {
  startedMs: number
  endedMs?: number
}

/** What was seen, complete or not: a run that failed or was stopped still has its measurements. */
export interface DensityRun {
  phases: Phase[]
  /** Of a kube-burner configuration, as far as it came. */
  jobs: JobRun[]
  /** Value of the label kube-burner.io/uuid of its objects. */
  uuid?: string | undefined
  churns: ChurnTime[]
  /** Pods that there were to be in the end. */
  planned: number
  pods: TrackedPod[]
  /** What the run waited for its pods to be: the figure that every one of them should have. */
  waitedFor: WaitFor
  /** While the load ran, and while its pods were deleted. */
  loopDelay?: LoopDelay | undefined
  deletionLoopDelay?: LoopDelay | undefined
  /** When the deletion of each namespace's pods was requested, in ms of the monotonic clock. */
  deleteSentMs: ReadonlyMap<string, number>
  requests: Metric[]
  /** What the instruments have found out. */
  readings: Reading[]
  /** The fault that ended the run, if one did. */
  failure?: unknown
  /** Clean-up's findings: empty when nothing is left behind. */
  leftBehind: Finding[]
}
