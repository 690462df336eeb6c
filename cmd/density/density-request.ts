import type { DensityPlan } from '../../lib/density/density-plan.ts'
import type { StartInstrument } from '../../lib/density/instruments/instrument.ts'
import type { Load } from '../../lib/density/load.ts'
import type { KubeClient } from '../../lib/kube/client.ts'
import type { RunScope } from '../../lib/run/run-scope.ts'
import type { Threshold } from '../../lib/thresholds/threshold.ts'

/** What the options ask for, checked; all that can be known without a cluster. */
export interface DensityRequest {
  /** @param defaultNamespace the one of the kubeconfig's context */
  scope: (runId: string, defaultNamespace: string) => RunScope
  /** Some loads depend on what is in the cluster: those connect. */
  load: (scope: RunScope, connect: () => Promise<KubeClient>, signal: AbortSignal) => Promise<Load>
  plan: Omit<DensityPlan, 'scope' | 'load' | 'cleanUpCommand'>
  instruments: readonly StartInstrument[]
  /** Those that a file of the load brings. */
  thresholds: readonly Threshold[]
  /** What a file of the load says that is not followed. */
  warnings: readonly string[]
}
