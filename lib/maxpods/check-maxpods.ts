import type { KubeClient } from '../kube/client.ts'
import type { MaxPodsResult } from './assessment/maxpods-result.ts'
import { clusterTotals, reportNode } from './assessment/node-report.ts'
import { gatherFacts, listNodes } from './facts/gather-facts.ts'
import type { MissingFact } from './facts/missing-fact.ts'
import { type NodeFacts, takesPods } from './facts/node-facts.ts'
import type { KubeletReading } from './facts/read-kubelets.ts'
import { selectNodes } from './select-nodes.ts'
import { fitPods, type WantedPods } from './sizing/fit.ts'
import { planTarget } from './target/target-plan.ts'

export interface CheckPlan {
  /** Empty: all. */
  nodes: readonly string[]
  selector?: string
  asksKubelets: boolean
  /** Would these fit? */
  wanted?: WantedPods
  /** What would so many pods on each node take? */
  target?: number
}

/**
 * Finds out how many pods fit on each node, and what stops more.
 * @throws PerfError when the nodes that are meant are not there; ApiError when nodes or pods cannot be listed
 */
export async function checkMaxPods(
  client: KubeClient,
  plan: CheckPlan,
  { signal, onPods }: { signal: AbortSignal; onPods: (pods: number) => void },
): Promise<MaxPodsResult> {
  const { nodes, matching } = await listNodes(client, plan.selector, signal)
  const selected = new Set(selectNodes(nodes, plan.nodes, matching))
  const facts = await gatherFacts(client, nodes, {
    signal,
    isSelected: (node) => selected.has(node),
    asksKubelets: plan.asksKubelets,
    asksTasks: plan.target !== undefined,
    onPods,
  })
  const allReports = nodes.map((node) => reportNode(node, facts))
  const reports = allReports.filter(({ node }) => selected.has(node))
  return {
    reports,
    allReports,
    totals: clusterTotals(allReports, takesPods),
    pending: facts.scan.pending,
    missing: [...missingKubelets(facts.kubelets, [...selected]), ...facts.missing],
    ...(plan.wanted === undefined ? {} : { fit: fitPods(reports, plan.wanted) }),
    ...(plan.target === undefined ? {} : { target: planTarget(plan.target, reports, facts) }),
    readAtMs: Date.now(),
  }
}

/** One line for each reason that kubelets were not heard. */
function missingKubelets(kubelets: KubeletReading | undefined, selected: readonly NodeFacts[]): MissingFact[] {
  const tells = 'podsPerCore, podPidsLimit, reservations, image pulls'
  const withKubelet = selected.filter(({ hasKubelet }) => hasKubelet).length
  if (kubelets === undefined) {
    return withKubelet === 0 ? [] : [{ what: 'settings of kubelets', why: '--no-kubelet', tells }]
  }
  const reasons = new Map<string, string[]>()
  for (const [node, why] of kubelets.unknown) reasons.set(why, [...(reasons.get(why) ?? []), node])
  return [...reasons].map(([why, nodes]) => ({
    what:
      nodes.length === withKubelet && nodes.length > 1
        ? 'settings of all kubelets'
        : `settings of ${nodes.length === 1 ? `the kubelet of ${nodes[0]}` : `${nodes.length} kubelets`}`,
    why,
    tells,
  }))
}
