import type { NodeReport } from '../assessment/node-report.ts'
import { takesPods } from '../facts/node-facts.ts'

/** The pods that are to fit: what each requests. */
export interface WantedPods {
  readonly count: number
  readonly cpuMillis: number
  readonly memoryBytes: number
}

/** How many of them one node takes, and what ends it. */
export interface NodeFit {
  readonly node: string
  readonly pods: number
  readonly limitedBy: string
}

export interface Fit {
  readonly wanted: WantedPods
  /** As many as fit, also beyond the wanted: the largest deployment. */
  readonly most: number
  readonly fits: boolean
  /** Where the wanted ones have room, the roomiest nodes first, each with as many as it takes. */
  readonly nodes: readonly NodeFit[]
  /** What more would fit on nodes with taints, if the pods tolerate them. */
  readonly onTaintedNodes: number
}

/**
 * Estimates whether so many pods have room, by the scheduler's rule for resources: on each node no more pods than its
 * smallest limit, and no more CPU and memory requested than is allocatable. Cordoned nodes, nodes that are not ready and
 * nodes with taints are left out; affinity, topology spread, volumes and quotas are not looked at.
 */
export function fitPods(reports: readonly NodeReport[], wanted: WantedPods): Fit {
  const open = reports.filter(({ node }) => takesPods(node))
  const untainted = open.filter(({ node }) => node.state.taints.length === 0)
  const nodes = untainted.map((report) => fitOnNode(report, wanted)).filter(({ pods }) => pods > 0)
  const sum = (fits: readonly NodeFit[]) => fits.reduce((total, { pods }) => total + pods, 0)
  const most = sum(nodes)
  const tainted = open.filter(({ node }) => node.state.taints.length > 0)
  return {
    wanted,
    most,
    fits: most >= wanted.count,
    nodes: nodes.toSorted((a, b) => b.pods - a.pods),
    onTaintedNodes: sum(tainted.map((report) => fitOnNode(report, wanted))),
  }
}

/** How many pods of this size still fit on a node, and what is used up first. */
export function fitOnNode(
  { node, load, free = 0, limitedBy }: NodeReport,
  { cpuMillis, memoryBytes }: Omit<WantedPods, 'count'>,
): NodeFit {
  const times = (free: number, each: number) => (each === 0 ? Number.POSITIVE_INFINITY : Math.floor(free / each))
  const candidates = [
    { pods: free, limitedBy: limitedBy?.name ?? 'unknown' },
    { pods: times(node.allocatable.cpuMillis - load.cpuMillis, cpuMillis), limitedBy: 'CPU requests' },
    { pods: times(node.allocatable.memoryBytes - load.memoryBytes, memoryBytes), limitedBy: 'memory requests' },
  ]
  const least = candidates.reduce((a, b) => (b.pods < a.pods ? b : a))
  return { node: node.name, pods: Math.max(0, least.pods), limitedBy: least.limitedBy }
}
