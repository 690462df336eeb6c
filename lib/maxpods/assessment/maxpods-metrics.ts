import type { Metric } from '../../record/run-record.ts'
import { valueMetric } from '../../stats/metric.ts'
import type { MaxPodsResult } from './maxpods-result.ts'
import type { NodeReport } from './node-report.ts'

const SOURCE = 'api'

/** The figures of every node and of the cluster; what is not known has none. */
export function maxPodsMetrics({ reports, totals, pending, fit, verification }: MaxPodsResult): Metric[] {
  const value = valueMetric
  return [
    value('cluster_allocatable_pods', totals.allocatable, { source: SOURCE }),
    value('cluster_running_pods', totals.running, { source: SOURCE }),
    value('cluster_free_pods', totals.free, { source: SOURCE }),
    // None is a figure too, that a threshold can be held against.
    ...(pending.size === 0 ? [value('pending_pods', 0, { labels: { reason: 'none' }, source: SOURCE })] : []),
    ...[...pending].map(([reason, { count }]) => value('pending_pods', count, { labels: { reason }, source: SOURCE })),
    ...reports.flatMap(nodeMetrics),
    ...(fit === undefined ? [] : [value('fitting_pods', fit.most, { source: 'estimate' })]),
    ...(verification === undefined
      ? []
      : [value('verified_pods', verification.running, { labels: { node: verification.node }, source: 'watch' })]),
  ]
}

function nodeMetrics({ node, load, limits, limitedBy, free }: NodeReport): Metric[] {
  const labels = { node: node.name }
  const { pods } = node.allocatable
  return [
    ...(pods === undefined ? [] : [valueMetric('node_allocatable_pods', pods, { labels, source: SOURCE })]),
    valueMetric('node_running_pods', load.running, { labels, source: SOURCE }),
    ...(free === undefined ? [] : [valueMetric('node_free_pods', free, { labels, source: SOURCE })]),
    ...limits
      .filter(({ binding }) => binding)
      .map(({ name, pods: allowed }) =>
        valueMetric('node_max_pods', allowed, { labels: { ...labels, limit: name }, source: SOURCE }),
      ),
    ...(limitedBy === undefined
      ? []
      : [valueMetric('node_max_pods', limitedBy.pods, { labels: { ...labels, limit: 'effective' }, source: SOURCE })]),
  ]
}
