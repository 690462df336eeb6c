import type { SuiteItem } from '../../lib/acceptance/suite/read-suite.ts'
import type { KubeClient } from '../../lib/kube/client.ts'
import type { Permission } from '../../lib/kube/preflight.ts'
import type { Finding, Metric, Phase } from '../../lib/record/run-record.ts'
import type { RunScope } from '../../lib/run/run-scope.ts'
import type { NodeObject } from '../../lib/workload/nodes/node-objects.ts'
import type { Context } from '../command.ts'
import type { MeasureSession } from '../measure.ts'
import type { OptionTable } from '../option-table.ts'

/** What is known before anything is made. */
export interface Outlook {
  readonly permissions: readonly Permission[]
  /** When all goes well and the images are there, clean-up included. */
  readonly seconds: number
  /** What it makes: `1 namespace`, `2 pods`. */
  readonly objects: readonly string[]
  /** Why others in the cluster may feel it, so that it has to be confirmed. */
  readonly concern?: string
  /** Why it cannot be measured in this cluster at all. */
  readonly impossible?: string
}

export interface Surroundings {
  /** Undefined: nothing is to be asked, or the nodes may not be listed. */
  readonly nodes: readonly NodeObject[] | undefined
  readonly scope: RunScope
  readonly connect: () => Promise<KubeClient>
  readonly signal: AbortSignal
}

/** What measuring one item came to; thresholds have not been looked at. */
export interface Measured {
  readonly outcome: 'measured' | 'not-applicable' | 'no-data' | 'not-permitted'
  /** Of all but measured. */
  readonly reason?: string
  /** The command itself says no: pods that do not fit. */
  readonly refusal?: string
  readonly metrics: readonly Metric[]
  readonly findings: readonly Finding[]
  readonly phases: readonly Phase[]
  readonly details?: Readonly<Record<string, unknown>>
}

/** What is done at once, for one item or for several that share their pods. */
export interface Work {
  /** The lightest is done first. */
  readonly weight: number
  readonly look: (surroundings: Surroundings) => Promise<Outlook>
  /** One result for each item, in their order. Objects carry the session's run id. */
  readonly measure: (session: MeasureSession, limits: WorkLimits) => Promise<readonly Measured[]>
}

export interface WorkLimits {
  readonly scope: RunScope
  readonly cleanUpTimeoutMs: number
}

/** Items with their option values, all of the same command. */
export interface Ask {
  readonly item: SuiteItem
  readonly values: Readonly<Record<string, unknown>>
}

/** How items of one command are measured. */
export interface ItemKind {
  /** All that an item can set. */
  readonly options: OptionTable
  /**
   * Items with the same key are measured together; undefined: alone.
   * @throws UsageError when values contradict each other
   */
  readonly sharingKey: (values: Ask['values'], context: Context) => string | undefined
  readonly workFor: (asks: readonly Ask[], context: Context) => Work
}

/** Weights, from what only reads to what fills links. */
export const WEIGHT = { reads: 0, little: 1, services: 2, pods: 3, traffic: 4 } as const
