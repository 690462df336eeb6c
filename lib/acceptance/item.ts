import type { KubeClient } from '../kube/client.ts'
import type { MetricName } from '../record/catalogue/metric-catalogue.ts'
import type { Finding, Metric, Phase } from '../record/run-record.ts'
import type { RunScope } from '../run/run-scope.ts'

// What the engines that measure for the acceptance checklist alone have in common.

export interface ItemProgress {
  phase: string
  done?: number
  total?: number
}

/** What such an engine gets to work with. */
export interface ItemSession {
  client: KubeClient
  /** Where it makes its objects; the engine makes the scope, and removes it. */
  scope: RunScope
  /** Ends with the user's signal, or when the time of the item is over: the engine then cleans up and returns. */
  signal: AbortSignal
  /** Of requests that make objects; see lateSignal. */
  lateSignal: AbortSignal
  onProgress: (progress: ItemProgress) => void
  /** The command line that removes what is left. */
  cleanUpCommand: string
  /** Gets each raw value when it is known. */
  onSample?: (metric: MetricName, labels: Record<string, string>, atMs: number, value: number) => void
}

export type ItemOutcome = 'measured' | 'not-applicable' | 'no-data' | 'not-permitted'

/** What one measuring came to. Thresholds are not its business. */
export interface ItemResult {
  outcome: ItemOutcome
  /** Of all but measured: why, and how that was found out. A sentence without a capital and a period. */
  reason?: string
  metrics: Metric[]
  findings: Finding[]
  phases: Phase[]
  /** What only this engine knows. */
  details?: Record<string, unknown>
}
