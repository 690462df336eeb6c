import { metricDefinition, metricNames } from '../../lib/record/catalogue/metric-catalogue.ts'
import { STATISTICS } from '../../lib/thresholds/threshold.ts'
import type { Candidate } from './complete.ts'

/** What a threshold begins with: names of metrics, and behind `NAME.` or `NAME{…}.` the statistics. */
export function metricCandidates(typed: string): readonly Candidate[] {
  const [, head] = /^([a-z][a-z0-9_]*(?:\{[^}]*\})?\.)[a-z0-9]*$/.exec(typed) ?? []
  if (head !== undefined) return STATISTICS.map((name) => ({ value: head + name, description: '' }))
  return metricNames().map((name) => ({ value: name, description: metricDefinition(name).description }))
}
