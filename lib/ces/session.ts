import type { KubeClient } from '../kube/client.ts'
import type { CesPlan } from './ces-plan.ts'
import type { CesHost, CesRun } from './ces-run.ts'
import type { Observation } from './observation/observe-kinds.ts'

/** What the parts of one run share. */
export interface CesSession {
  client: KubeClient
  plan: CesPlan
  host: CesHost
  run: CesRun
  observation: Observation
  /** Ends with the user's signal or when a watch fails. */
  signal: AbortSignal
  /** Of requests that make objects, some seconds later; see lateSignal. */
  lateSignal: AbortSignal
}
