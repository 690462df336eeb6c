import type { NodeReport } from '../assessment/node-report.ts'
import type { ClusterFacts } from '../facts/gather-facts.ts'
import type { Provider } from '../facts/node-facts.ts'
import type { Change } from './change.ts'
import { clusterChanges } from './cluster-changes.ts'
import { type Instruction, instructionsFor } from './instructions.ts'
import { nodeChanges } from './node-changes.ts'
import { risksOf } from './risks.ts'

/** Nodes that need the same. */
export interface TargetGroup {
  readonly nodes: readonly string[]
  readonly provider?: Provider
  readonly changes: readonly Change[]
  readonly instructions: readonly Instruction[]
  /** Why so many pods are not possible there at all. */
  readonly impossible: readonly string[]
}

/** The way to so many pods on each of some nodes. */
export interface TargetPlan {
  readonly pods: number
  readonly groups: readonly TargetGroup[]
  /** What has to change in the cluster beside its nodes, or to be checked. */
  readonly cluster: readonly Change[]
  readonly risks: readonly string[]
}

/** Pure: from the reports of the nodes that are meant. */
export function planTarget(
  pods: number,
  reports: readonly NodeReport[],
  facts: Pick<ClusterFacts, 'nodes' | 'config' | 'awsNode' | 'scan'>,
): TargetPlan {
  const groups = new Map<string, { nodes: string[]; rest: Omit<TargetGroup, 'nodes'> }>()
  for (const report of reports) {
    const { provider } = report.node
    const { changes, impossible, settings } = nodeChanges(pods, report, facts)
    // Providers have a largest figure, or a larger machine; elsewhere there is nothing to be done.
    const isManaged = provider === 'eks' || provider === 'gke' || provider === 'aks'
    const isOfNoUse = changes.length === 0 || (impossible.length > 0 && !isManaged)
    const instructions = isOfNoUse ? [] : instructionsFor(pods, report, settings, facts)
    const rest = { ...(provider === undefined ? {} : { provider }), changes, instructions, impossible }
    const key = JSON.stringify(rest)
    const group = groups.get(key) ?? { nodes: [], rest }
    group.nodes.push(report.node.name)
    groups.set(key, group)
  }
  return {
    pods,
    groups: [...groups.values()].map(({ nodes, rest }) => ({ nodes, ...rest })),
    cluster: clusterChanges(pods, reports, facts),
    risks: risksOf(pods, reports, facts.nodes.length),
  }
}
