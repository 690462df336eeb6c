import type { GroupOf } from '../prometheus/figures/aggregate.ts'
import type { MetricName } from '../record/catalogue/metric-catalogue.ts'
import type { Metric } from '../record/run-record.ts'
import { valueMetric } from '../stats/metric.ts'
import type { MetricFamilies } from '../workload/control-plane/metric-families.ts'
import type { ProcessWindow } from '../workload/control-plane/process-window.ts'
import { firstKnown, histogramsOf, sumAtEnd } from '../workload/control-plane/series.ts'

// API Priority and Fairness (k8s.io/apiserver/pkg/util/flowcontrol/metrics): a request takes a seat or more of its priority
// level while it executes. Of two names the first is the newer: that of limits is of Kubernetes 1.26, that of seats in use of
// 1.30; nominal and upper limits are told since 1.26.
const LIMITS = ['apiserver_flowcontrol_current_limit_seats', 'apiserver_flowcontrol_request_concurrency_limit'] as const
const TAKEN = [
  'apiserver_flowcontrol_current_executing_seats',
  'apiserver_flowcontrol_request_concurrency_in_use',
] as const
const WAITING = 'apiserver_flowcontrol_current_inqueue_requests'
const USE = 'apiserver_flowcontrol_priority_level_seat_utilization'
const NOMINAL = 'apiserver_flowcontrol_nominal_limit_seats'
const MOST = 'apiserver_flowcontrol_upper_limit_seats'

export const SEAT_FAMILIES = {
  [LIMITS[0]]: 'gauge',
  [LIMITS[1]]: 'gauge',
  [TAKEN[0]]: 'gauge',
  [TAKEN[1]]: 'gauge',
  [WAITING]: 'gauge',
  [USE]: 'histogram',
  [NOMINAL]: 'gauge',
  [MOST]: 'gauge',
} as const satisfies MetricFamilies

/** What is exempt has no limit. */
const ofLevel: GroupOf = ({ priority_level = '' }) => (priority_level === 'exempt' ? null : { priority_level })
const executing: GroupOf = ({ phase = '', ...level }) => (phase === 'executing' ? ofLevel(level) : null)
const exempt: GroupOf = ({ priority_level = '' }) => (priority_level === 'exempt' ? {} : null)

/**
 * How many requests may be in flight at once, and how near to that the window came: by priority level, all servers
 * together. Where a server does not say it (API Priority and Fairness is off), there are no figures.
 */
export function seatFigures(windows: readonly ProcessWindow[], source: string): Metric[] {
  const gauges = (name: MetricName, family: string) =>
    sumAtEnd(windows, family, ofLevel).map(({ labels, value }) =>
      valueMetric(name, value, { labels: { ...labels }, source, resolution: 1 }),
    )
  return [
    ...inflightLimit(windows, source),
    ...gauges('apiserver_seat_limit', firstKnown(windows, LIMITS)),
    ...gauges('apiserver_seats_in_use', firstKnown(windows, TAKEN)),
    ...gauges('apiserver_queued_requests', WAITING),
    ...seatUse(windows, source),
  ]
}

/**
 * --max-requests-inflight and --max-mutating-requests-inflight together, which all levels share. The exempt level may take
 * all of it beyond its own seats: that difference is it.
 */
function inflightLimit(windows: readonly ProcessWindow[], source: string): Metric[] {
  const [nominal] = sumAtEnd(windows, NOMINAL, exempt)
  const [most] = sumAtEnd(windows, MOST, exempt)
  if (nominal === undefined || most === undefined || most.value <= nominal.value) return []
  return [valueMetric('apiserver_inflight_limit', most.value - nominal.value, { source, resolution: 1 })]
}

/**
 * The share of a level's seats that was taken, weighed by time: the server counts the nanoseconds at each share, so the
 * mean is exact.
 */
function seatUse(windows: readonly ProcessWindow[], source: string): Metric[] {
  return histogramsOf(windows, USE, executing).flatMap(({ labels, sum, count }) =>
    sum === undefined || count === undefined || !(count > 0)
      ? []
      : valueMetric('apiserver_seat_use', sum / count, { labels: { ...labels }, source }),
  )
}
