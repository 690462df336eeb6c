import type { Unit } from '../../record/run-record.ts'

// What the page's script gets to draw: plain data in the page, known to the writer of the page and to its script.

export interface PlotSeries {
  readonly label: string
  /** Ascending. */
  readonly x: readonly number[]
  /** As many. null: no data there, and the line has a gap. */
  readonly y: readonly (number | null)[]
}

export interface Plot {
  /** lines: values at points of time; steps: a value holds until the next one; areas: steps, filled down to 0. */
  readonly kind: 'lines' | 'steps' | 'areas'
  readonly xLabel: string
  readonly xUnit: Unit
  /** log: for what ranges over orders of magnitude. */
  readonly xScale: 'linear' | 'log'
  readonly yLabel: string
  readonly yUnit: Unit
  /** The y axis reaches that far at least, such as 1 for shares. */
  readonly yMax?: number
  readonly series: readonly PlotSeries[]
}
