import type { Statistics, Unit } from '../run-record.ts'

export interface MetricDefinition {
  unit: Unit
  /** The statistic a threshold means when it names none. */
  threshold: keyof Statistics
  description: string
  /** Which way is an improvement; absent where neither is. */
  better?: 'lower' | 'higher'
}

/** A time that something takes. */
export const latency = (description: string): MetricDefinition => ({
  unit: 's',
  threshold: 'p99',
  description,
  better: 'lower',
})
/** Of what happens in a second, good or bad. */
export const rate = (description: string): MetricDefinition => ({ unit: '1/s', threshold: 'p50', description })
/** How many there are. */
export const count = (description: string): MetricDefinition => ({ unit: 'count', threshold: 'value', description })
/** Of work that gets done. */
export const workRate = (description: string): MetricDefinition => ({ ...rate(description), better: 'higher' })
/** Of what should not happen. */
export const faultCount = (description: string): MetricDefinition => ({ ...count(description), better: 'lower' })
/** How large something is. */
export const bytes = (description: string): MetricDefinition => ({ unit: 'B', threshold: 'value', description })
/** The share of a whole that is a fault: a threshold means the worst. */
export const faultShare = (description: string): MetricDefinition => ({
  unit: 'ratio',
  threshold: 'max',
  description,
  better: 'lower',
})
