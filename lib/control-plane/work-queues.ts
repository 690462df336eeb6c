import type { Labels } from '../prometheus/exposition/exposition.ts'
import { sumSamples } from '../prometheus/figures/aggregate.ts'
import type { Metric } from '../record/run-record.ts'
import { valueMetric } from '../stats/metric.ts'
import type { MetricFamilies } from '../workload/control-plane/metric-families.ts'
import type { ProcessWindow } from '../workload/control-plane/process-window.ts'
import { histogramMetrics, ratesOf, sumAtEnd } from '../workload/control-plane/series.ts'

// Of k8s.io/component-base/metrics/prometheus/workqueue: every component that has controllers counts its queues so.
const DEPTH = 'workqueue_depth'
const ADDS = 'workqueue_adds_total'
const WAIT = 'workqueue_queue_duration_seconds'
const WORK = 'workqueue_work_duration_seconds'

export const WORK_QUEUE_FAMILIES = {
  [DEPTH]: 'gauge',
  [ADDS]: 'counter',
  [WAIT]: 'histogram',
  [WORK]: 'histogram',
} as const satisfies MetricFamilies

/**
 * The work queues of a component, all its processes together. Only the one that leads works; the others' queues are
 * empty, so that sums are the leader's.
 */
export function workQueueFigures(component: string, windows: readonly ProcessWindow[], source: string): Metric[] {
  const groupOf = ({ name = '' }: Labels): Labels => ({ component, queue: name })
  const resolution = 1 / Math.max(...windows.map(({ seconds }) => seconds))
  return [
    ...sumAtEnd(windows, DEPTH, groupOf).map(({ labels, value }) =>
      valueMetric('workqueue_depth', value, { labels: { ...labels }, source, resolution: 1 }),
    ),
    ...sumSamples(ratesOf(windows, ADDS), groupOf).map(({ labels, value }) =>
      valueMetric('workqueue_add_rate', value, { labels: { ...labels }, source, resolution }),
    ),
    ...histogramMetrics('workqueue_latency', windows, WAIT, groupOf, source),
    ...histogramMetrics('workqueue_work_latency', windows, WORK, groupOf, source),
  ]
}
