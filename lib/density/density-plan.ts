import { PODS, type Resource } from '../run/resource.ts'
import type { RunScope } from '../run/run-scope.ts'
import type { Load } from './load.ts'
import type { PreloadPlan } from './phases/preload-plan.ts'
import type { WaitFor } from './wait-for.ts'

/** What one density run does, with every default in force. */
export interface DensityPlan {
  scope: RunScope
  load: Load
  /** Pull images before the load; undefined: do not. */
  preload?: PreloadPlan
  waitFor: WaitFor
  /** How long the pods of a phase may take, counted from the phase's first request. */
  timeoutMs: number
  /** End the run as soon as a pod can never get ready, or pods stay unschedulable for so long; undefined: never. */
  failFast?: { pendingGraceMs: number }
  /** How long the clean-up may take. */
  cleanUpTimeoutMs: number
  keep: boolean
  /** The command line, for whoever finds the objects. */
  command: string
  /** What removes the objects later, if they cannot be removed now. */
  cleanUpCommand: string
  /** 0 <= value < 1, for random arrivals. */
  random: () => number
}

/** Every kind of object that a run makes, those that own pods first: its load's, and pods that pull images. */
export function madeResources({ load, preload }: Pick<DensityPlan, 'load' | 'preload'>): readonly Resource[] {
  const pulls = preload !== undefined && load.images.length > 0
  return !pulls || load.resources.includes(PODS) ? load.resources : [...load.resources, PODS]
}
