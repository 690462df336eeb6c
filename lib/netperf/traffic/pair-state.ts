import type { Pass } from '../engines/engine.ts'
import type { CpuLoad, Throttling } from '../facts/path-facts.ts'
import type { MeasurementFault } from '../measurement-fault.ts'
import type { RateSearch } from '../netperf-run.ts'
import type { Pair, Target } from '../pair.ts'
import type { Reading } from '../reading.ts'

/** One pair on its way through a sample. */
export interface PairState {
  readonly pair: Pair
  readonly target: Target | undefined
  readonly passes: Map<Pass, Reading>
  startedMs: number
  fault?: MeasurementFault
  throttling?: Throttling
  /** Of the client, in the last pass. */
  cpu?: CpuLoad
  server?: { throttling?: Throttling; cpu?: CpuLoad }
  search?: RateSearch
}

/** Those that have not failed yet. */
export function alive<State extends PairState>(states: readonly State[]): State[] {
  return states.filter(({ fault }) => fault === undefined)
}
