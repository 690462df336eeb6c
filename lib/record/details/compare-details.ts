import type { Statistics, Unit } from '../run-record.ts'

// What the record of `compare` has in its details: the runs of both sides, figure by figure.

/** A side with fewer measurements says too little of its own spread. */
export const LEAST_MEASUREMENTS = 5

/** What stands for one measurement: whole runs differ by more than the samples of one run do. */
export type UnitOfComparison = 'run' | 'sample'

export type ComparisonVerdict =
  /** Worse, and by chance only in 5 % of cases. */
  | 'regression'
  | 'improvement'
  /** A difference of what is neither good nor bad. */
  | 'changed'
  | 'no-difference-shown'
  | 'too-few'

/** One figure of both sides. */
export interface ComparedFigure {
  readonly metric: string
  readonly labels: Readonly<Record<string, string>>
  /** value: the metric has just one figure. */
  readonly statistic: keyof Statistics
  readonly unit: Unit
  readonly better?: 'lower' | 'higher'
  /** How fine a value can be, in the unit: what differs by less does not differ. */
  readonly resolution?: number
  /** Which both sides have it from. */
  readonly source: string
  readonly base: readonly number[]
  readonly next: readonly number[]
  readonly baseMedian: number
  readonly nextMedian: number
  /** ratio: next/base - 1. difference: next - base, where a value is not positive, in the figure's unit. */
  readonly change: {
    readonly kind: 'ratio' | 'difference'
    readonly estimate: number
    /** 95 %; absent where the samples are too small for one. */
    readonly interval?: readonly [low: number, high: number]
  }
  /** Of the Mann–Whitney test, two-sided. Absent with too few measurements. */
  readonly p?: number
  /** Holm's correction of it over the figures that gate. */
  readonly adjustedP?: number
  /** Can it fail the comparison? */
  readonly gates: boolean
  readonly verdict: ComparisonVerdict
  /** Worse by more than the limit, beyond chance. Absent where it does not gate, or nothing can be concluded. */
  readonly isBeyondLimit?: boolean
}

/** A series that both sides have, but from no source in common: what differs may be the instruments. */
export interface IncomparableSeries {
  readonly metric: string
  readonly labels: Readonly<Record<string, string>>
  readonly baseSources: readonly string[]
  readonly nextSources: readonly string[]
}

export interface Comparison {
  readonly unit: UnitOfComparison
  readonly figures: readonly ComparedFigure[]
  /** Figures that only one side has. */
  readonly onlyBase: readonly string[]
  readonly onlyNext: readonly string[]
  /** Absent in records of versions that did not look at it. */
  readonly incomparable?: readonly IncomparableSeries[]
  /** Metrics that should gate, and have no figure that is on both sides. */
  readonly ungated?: readonly string[]
}

/** What the sides have not in common. */
export interface Difference {
  /** `--iterations`, or `Kubernetes`. */
  readonly what: string
  readonly base: string
  readonly next: string
}

/** One of the runs that were compared. */
export interface ComparedRun {
  readonly runId: string
  readonly startedAt: string
  readonly outcome: string
  readonly serverVersion: string
  readonly context: string
  /** Of a run that was repeated as a whole: how often. */
  readonly repeats?: number
}

export interface ComparedSide {
  readonly name: string
  readonly runs: readonly ComparedRun[]
}

/** Base against each of the others. */
export interface CompareDetails {
  /** The command whose runs these are. */
  readonly measuredKind: string
  readonly comparisons: readonly (Comparison & {
    readonly base: ComparedSide
    readonly next: ComparedSide
    readonly unlikeParameters: readonly Difference[]
    readonly unlikeEnvironments: readonly Difference[]
  })[]
}

/** Of a record of `compare`; undefined where it is of another kind. */
export function compareDetailsOf({
  kind,
  details,
}: {
  readonly kind: string
  readonly details: Readonly<Record<string, unknown>>
}): CompareDetails | undefined {
  return kind === 'compare' && Array.isArray(details.comparisons) ? (details as unknown as CompareDetails) : undefined
}
