import type { MetricName } from '../record/catalogue/metric-catalogue.ts'
import type { TrackedPod } from '../workload/pods/tracked-pod.ts'
import type { DensityProgress } from './density-progress.ts'
import type { StartInstrument } from './instruments/instrument.ts'

/** Who has a run done: what is measured beside the pods, and whom it tells of it. */
export interface DensityHost {
  /** In this order. */
  instruments: readonly StartInstrument[]
  /** Stops the measuring; what was made is still cleaned up. */
  signal: AbortSignal
  onProgress: (progress: DensityProgress) => void
  /** Each latency the moment it is measured: seconds, and when by the monotonic clock. */
  onMeasured: (metric: MetricName, pod: TrackedPod, atMs: number, seconds: number) => void
}
