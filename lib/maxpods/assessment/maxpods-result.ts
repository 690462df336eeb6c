import type { MissingFact } from '../facts/missing-fact.ts'
import type { PendingGroup } from '../facts/pending-pods.ts'
import type { Fit } from '../sizing/fit.ts'
import type { TargetPlan } from '../target/target-plan.ts'
import type { Verification } from '../verify/verify-node.ts'
import type { ClusterTotals, NodeReport } from './node-report.ts'

/** All that one run found out. */
export interface MaxPodsResult {
  /** Of the nodes that were asked for. */
  reports: readonly NodeReport[]
  /** Of all nodes. */
  allReports: readonly NodeReport[]
  totals: ClusterTotals
  pending: ReadonlyMap<string, PendingGroup>
  missing: readonly MissingFact[]
  fit?: Fit
  target?: TargetPlan
  verification?: Verification
  /** When the cluster was read, in ms since the epoch. */
  readAtMs: number
}
