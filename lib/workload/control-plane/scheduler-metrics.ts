import type { Exposition } from '../../prometheus/exposition/exposition.ts'
import type { GroupOf } from '../../prometheus/figures/aggregate.ts'
import type { MetricName } from '../../record/catalogue/metric-catalogue.ts'
import type { Metric } from '../../record/run-record.ts'
import { valueMetric } from '../../stats/metric.ts'
import { type MetricFamilies, PROCESS_FAMILIES } from './metric-families.ts'
import type { ProcessWindow } from './process-window.ts'
import { firstKnown, highest, histogramMetrics } from './series.ts'

const ATTEMPTS = 'scheduler_scheduling_attempt_duration_seconds'
// Its names since Kubernetes 1.28 and before; gated time counts in the older one.
const POD_LATENCIES = [
  'scheduler_pod_scheduling_sli_duration_seconds',
  'scheduler_pod_scheduling_duration_seconds',
] as const
const PENDING = 'scheduler_pending_pods'

/** The families of a scheduler's /metrics that its figures come from. */
export const SCHEDULER_FAMILIES = {
  ...PROCESS_FAMILIES,
  [ATTEMPTS]: 'histogram',
  [POD_LATENCIES[0]]: 'histogram',
  [POD_LATENCIES[1]]: 'histogram',
  [PENDING]: 'gauge',
} as const satisfies MetricFamilies

/**
 * What the schedulers of a cluster did. Of several only the leader works, and after it has changed each has its share:
 * their figures are summed.
 * @param source of each figure, as the record has it
 */
export function schedulerFigures(windows: readonly ProcessWindow[], source: string): Metric[] {
  const latencies = (name: MetricName, family: string, groupOf: GroupOf) =>
    histogramMetrics(name, windows, family, groupOf, source)
  /** Those who do not lead keep queues as well, of the same pods: the longest is the leader's or as good. */
  const pendingPods = (scrapes: readonly Exposition[], when: 'before' | 'after') =>
    highest(scrapes, PENDING, ({ queue = '' }) => ({ queue })).map(({ labels, value }) =>
      valueMetric('scheduler_pending_pods', value, { labels: { ...labels, when }, source, resolution: 1 }),
    )
  return [
    ...latencies('scheduler_attempt_latency', ATTEMPTS, ({ profile = '', result = '' }) => ({ profile, result })),
    ...latencies('scheduler_pod_latency', firstKnown(windows, POD_LATENCIES), () => ({})),
    ...pendingPods(
      windows.map(({ before }) => before),
      'before',
    ),
    ...pendingPods(
      windows.map(({ after }) => after),
      'after',
    ),
  ]
}
