import type { Finding, Metric, Phase } from '../record/run-record.ts'
import type { Kind } from './kinds.ts'
import type { ListCost } from './measurement/list-cost.ts'
import type { WatchCounters } from './measurement/watch-counters.ts'
import type { Window } from './observation/observe-kinds.ts'
import type { Propagation } from './observation/slice-tracker.ts'

export interface CesProgress {
  phase: string
  /** Requests made; in a wait, and while observing, seconds. */
  done: number
  total: number
  /** While it is measured. */
  events?: EventProgress
}

export interface EventProgress {
  /** So far, of what is measured. */
  cep: number
  ces: number
  /** Changes that no slice carries yet. */
  backlog: number
}

export interface CesHost {
  /** Stops the measuring; what was made is still cleaned up. */
  signal: AbortSignal
  onProgress: (progress: CesProgress) => void
}

/** What happened in one step of the load, or while it was observed. Times of the monotonic clock. */
export interface MeasuredStep {
  name: string
  startedMs: number
  endedMs: number
  window: Window
  /** Changes that no slice carried at the end. */
  backlog: number
  /** For how long the oldest of them had waited for one; 0 where there are none, or slices are simulated. */
  waitedMs: number
}

/** All objects of both kinds at one moment, of all namespaces. */
export interface Inventory {
  objects: Partial<Record<Kind, number>>
  lists: Partial<Record<Kind, ListCost>>
  /** Endpoints in each slice of what is measured. */
  fill: readonly number[]
  simulated: { objects: number; listBytes: number; fill: readonly number[] }
}

/** What was seen, complete or not: a run that failed or was stopped still has its measurements. */
export interface CesRun {
  phases: Phase[]
  steps: MeasuredStep[]
  originMs: number
  /** Where the figures of slices come from. */
  slices: 'measured' | 'simulated'
  /** How that was decided. */
  because: string
  inventory?: Inventory
  propagation: Propagation
  relists: Readonly<Record<Kind, number>>
  resourceVersions?: { first: string; last: string }
  /** Of the load's requests, as the client saw them. */
  requests: Metric[]
  /** What the API server and the nodes told of themselves. */
  instruments: Metric[]
  counters?: WatchCounters
  findings: Finding[]
  /** The fault that ended the run, if one did. */
  failure?: unknown
  /** Clean-up's findings: empty when nothing is left behind. */
  leftBehind: Finding[]
  /** Slices of the load's endpoints that nobody has removed. */
  slicesLeft: readonly string[]
}
