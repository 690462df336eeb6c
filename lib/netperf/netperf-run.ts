import type { Finding, Phase } from '../record/run-record.ts'
import type { Pass } from './engines/engine.ts'
import type { CpuLoad, EndpointFacts, PathMtu, Throttling } from './facts/path-facts.ts'
import type { MeasurementFault } from './measurement-fault.ts'
import type { Pair } from './pair.ts'
import type { Reading } from './reading.ts'
import type { TestCase } from './test-case.ts'

/** How far a run is. */
export interface NetperfProgress {
  /** As in the run's phases: namespaces, pods, services, paths, traffic, clean-up. */
  readonly phase: string
  /** Pods, Services, samples of tests, or objects that are to go. */
  readonly total: number
  readonly done: number
  /** While traffic flows. */
  readonly traffic?: { readonly test: number; readonly sample: number; readonly pass: Pass; readonly pairs: number }
  /** Pods that are not ready, by reason. */
  readonly waiting?: ReadonlyMap<string, number>
}

export interface NetperfHost {
  /** Stops the measuring; what was made is still cleaned up. */
  signal: AbortSignal
  onProgress: (progress: NetperfProgress) => void
  /** Each sample of each pair the moment it is known; the run as it is so far. */
  onSample: (sample: PairSample, run: NetperfRun) => void
}

/** One sample of one pair. */
export interface PairSample {
  /** Index in the run's pairs. */
  readonly pair: number
  /** Index in the run's tests. */
  readonly test: number
  /** From 0. */
  readonly sample: number
  /** When its traffic was released, in ms of the monotonic clock. */
  readonly startedMs: number
  readonly result: SampleResult
  readonly clientThrottling?: Throttling
  readonly serverThrottling?: Throttling
  readonly clientCpu?: CpuLoad
  readonly serverCpu?: CpuLoad
}

export type SampleResult =
  /** Of several passes, put together. */
  | { readonly kind: 'measured'; readonly reading: Reading; readonly search?: RateSearch }
  | { readonly kind: 'failed'; readonly fault: MeasurementFault }

/** How the highest rate with little enough loss was found. */
export interface RateSearch {
  readonly tries: readonly { readonly bitsPerSecond: number; readonly loss: number }[]
}

/** The real starts of the clients that were released together, on the clock of this program. */
export interface StartSpread {
  readonly test: number
  readonly sample: number
  readonly clients: number
  readonly seconds: number
  /** How well a start is known: the longest way from a client to here. */
  readonly resolutionSeconds: number
}

/** What was seen, complete or not: a run that failed or was stopped still has its measurements. */
export interface NetperfRun {
  phases: Phase[]
  tests: readonly TestCase[]
  pairs: Pair[]
  /** The pairs of each test, by the test's index. */
  pairsOfTest: ReadonlyMap<number, readonly number[]>
  samples: PairSample[]
  startSpreads: StartSpread[]
  /** By namespace/pod. */
  endpointFacts: Map<string, EndpointFacts>
  pathMtus: PathMtu[]
  /** Of the cluster, e.g. the mode of kube-proxy; absent: could not be found out. */
  clusterFacts: { kubeProxyMode?: string; encryption?: string; encapsulation?: string }
  /** What the run has found out on its way, such as more pairs than nodes. */
  findings: Finding[]
  /** The fault that ended the run, if one did. */
  failure?: unknown
  /** Clean-up's findings: empty when nothing is left behind. */
  leftBehind: Finding[]
}
