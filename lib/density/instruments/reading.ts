import type { Finding, Metric } from '../../record/run-record.ts'
import type { PodEventFacts } from './pod-event-log.ts'

/** What an instrument has found out. */
export interface Reading {
  metrics: Metric[]
  findings: Finding[]
  /** Goes into the details of the record, under names of its own. */
  details?: Record<string, unknown>
  /** What events tell of each pod, by its uid. */
  podEvents?: ReadonlyMap<string, PodEventFacts>
}
