import { parseQuantity } from '../../record/quantity.ts'
import type { Metric } from '../../record/run-record.ts'
import { valueMetric } from '../../stats/metric.ts'

/** What a node uses now, as far as it is known; never 0 for what is not. */
export interface NodeUsage {
  node: string
  /** By the node's own clock: good to see whether a measurement is a new one. */
  measuredAt?: string
  /** The same by this program's monotonic clock, to a second; absent where the answer did not say how old it is. */
  measuredMs?: number
  /** Average since the measurement before this one. */
  cpuCores?: number
  /** Working set, at that moment. */
  memoryBytes?: number
}

/** Of `/apis/metrics.k8s.io/v1beta1/nodes` (k8s.io/metrics pkg/apis/metrics/v1beta1). */
export interface NodeMetricsList {
  items?: { metadata?: { name?: string }; timestamp?: string; usage?: { cpu?: string; memory?: string } }[]
}

/** Of the kubelet's `/stats/summary` (k8s.io/kubelet pkg/apis/stats/v1alpha1). */
export interface StatsSummary {
  node?: { cpu?: { time?: string; usageNanoCores?: number }; memory?: { workingSetBytes?: number } }
}

/** Of all nodes that metrics-server knows. */
export function usageFromMetricsApi({ items = [] }: NodeMetricsList): NodeUsage[] {
  return items.flatMap(({ metadata, timestamp, usage }) => {
    if (metadata?.name === undefined) return []
    return nodeUsage(metadata.name, timestamp, quantity(usage?.cpu), quantity(usage?.memory))
  })
}

/** Of one node, as its kubelet tells it. */
export function usageFromSummary(name: string, { node }: StatsSummary): NodeUsage {
  const { time, usageNanoCores } = node?.cpu ?? {}
  const cpuCores = usageNanoCores === undefined ? undefined : usageNanoCores / 1e9
  return nodeUsage(name, time, cpuCores, node?.memory?.workingSetBytes)
}

// Both sources say 0 until they have seen a node twice; no node that runs uses nothing.
function nodeUsage(
  node: string,
  measuredAt: string | undefined,
  cpuCores: number | undefined,
  memoryBytes: number | undefined,
): NodeUsage {
  return {
    node,
    ...(measuredAt === undefined ? {} : { measuredAt }),
    ...(isUsage(cpuCores) ? { cpuCores } : {}),
    ...(isUsage(memoryBytes) ? { memoryBytes } : {}),
  }
}

/** The higher figure of each kind, of two readings of a node. */
export function highestUsage(a: NodeUsage, b: NodeUsage): NodeUsage {
  return nodeUsage(a.node, undefined, highest(a.cpuCores, b.cpuCores), highest(a.memoryBytes, b.memoryBytes))
}

function highest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b)
}

function isUsage(value: number | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0
}

function quantity(text: string | undefined): number | undefined {
  return text === undefined ? undefined : parseQuantity(text)
}

/** metrics-api: metrics.k8s.io. kubelet: each node's stats/summary. */
export type UsageSource = 'metrics-api' | 'kubelet'

export type UsageMoments = Readonly<Record<'before' | 'peak' | 'after', readonly NodeUsage[]>>

/** A metric for each figure that is known. */
export function usageMetrics(source: UsageSource, moments: UsageMoments): Metric[] {
  return Object.entries(moments).flatMap(([when, usages]) =>
    usages.flatMap(({ node, cpuCores, memoryBytes }) => {
      const origin = { labels: { node, when }, source }
      return [
        ...(cpuCores === undefined ? [] : [valueMetric('node_cpu_usage', cpuCores, { ...origin, resolution: 1e-9 })]),
        ...(memoryBytes === undefined
          ? []
          : [valueMetric('node_memory_usage', memoryBytes, { ...origin, resolution: MEMORY_RESOLUTION[source] })]),
      ]
    }),
  )
}

// metrics-server rounds to Ki.
const MEMORY_RESOLUTION: Readonly<Record<UsageSource, number>> = { 'metrics-api': 1024, kubelet: 1 }
