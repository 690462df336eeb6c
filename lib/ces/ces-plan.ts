import type { ScopeOfNamespaces } from '../run/run-scope.ts'
import type { PodOptions } from '../workload/pods/pod-manifest.ts'
import type { ScopePlan } from '../workload/scope.ts'
import type { Detection } from './detection/detect-slices.ts'
import type { LoadSize } from './load/load-steps.ts'

/** What one run does, with every default in force. */
export interface CesPlan {
  detection: Detection
  work: LoadWork | ObserveWork
  /** How long what a step does may take to come to rest. */
  timeoutMs: number
}

/** Watches what happens anyway, and changes nothing. */
export interface ObserveWork {
  kind: 'observe'
  durationMs: number
}

export interface LoadWork extends ScopePlan {
  kind: 'load'
  scope: ScopeOfNamespaces
  size: LoadSize
  /** Endpoints without pods, or pods for which agents write endpoints. */
  of: { kind: 'endpoints' } | { kind: 'pods'; pod: PodOptions }
  /** Requests per second; 0: as fast as can be. */
  perSecond: number
}
