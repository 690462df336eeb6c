import { PerfError } from '../../errors/perf-error.ts'

export type Labels = Readonly<Record<string, string>>

/** One series with a single value. */
export interface Sample {
  readonly labels: Labels
  readonly value: number
  /** When the value was taken, where the exporter says so. */
  readonly timestampMs?: number
}

/** One series of a classic histogram. */
export interface Histogram {
  /** Without `le`. */
  readonly labels: Labels
  /** Ascending; the last is +Inf unless the exporter leaves that bucket out. */
  readonly upperBounds: readonly number[]
  /** Of the observations up to each bound, so ascending as well. */
  readonly cumulativeCounts: readonly number[]
  /** Of all observed values, where the exporter tells it. */
  readonly sum?: number
  readonly count?: number
}

export interface SampleFamily {
  readonly type: 'counter' | 'gauge' | 'summary' | 'untyped'
  readonly series: ReadonlyMap<string, Sample>
}

/**
 * What one scrape of a process says, by metric name and then by `seriesKey` of the labels. A summary's `_sum` and
 * `_count` are counters of their own names.
 */
export interface Exposition {
  readonly samples: ReadonlyMap<string, SampleFamily>
  readonly histograms: ReadonlyMap<string, ReadonlyMap<string, Histogram>>
}

/** Text that is no exposition: from another kind of server, or cut off. */
export class ExpositionError extends PerfError {
  override name = 'ExpositionError'
  /** Counted from 1. */
  readonly line: number

  constructor(line: number, problem: string) {
    super(`line ${line} of the metrics: ${problem}`)
    this.line = line
  }
}
